//! Encoded words (RFC 2047), read wherever they stand and whatever software broke in them.
//!
//! Words that follow each other are decoded as one, since software cuts letters in two. A word without its end, under a
//! wrong character set, or within quotation marks is read all the same; what is no word stays as it is.

use std::borrow::Cow;

use mail_parser::Encoding;

use super::charset;

/// No label of a character set is longer.
const MAX_LABEL_BYTES: usize = 80;

/// The field with its encoded words as letters.
pub(super) fn decoded(field: &str) -> Cow<'_, str> {
    if !field.contains("=?") {
        return Cow::Borrowed(field);
    }
    let mut out = Decoder::default();
    let mut rest = field;
    // Behind it no end is looked for any more.
    let last_end = field.rfind("?=").unwrap_or_default();
    while let Some(at) = rest.find("=?") {
        let (before, from_here) = rest.split_at(at);
        let may_end = field.len() - from_here.len() < last_end;
        if let Some((word, after)) = word(from_here, may_end) {
            out.text_between(before);
            out.word(&word);
            rest = after;
        } else {
            out.text(before);
            out.text("=?");
            rest = from_here.get(2..).unwrap_or_default();
        }
    }
    out.text(rest);
    Cow::Owned(out.text)
}

struct Word<'f> {
    label: &'f str,
    is_base64: bool,
    text: &'f str,
}

/// The word that begins here, and what follows it.
fn word(field: &str, may_end: bool) -> Option<(Word<'_>, &str)> {
    let inner = field.strip_prefix("=?")?;
    let end = inner
        .bytes()
        .take(MAX_LABEL_BYTES)
        .position(|byte| byte == b'?')?;
    let (label, after) = inner.split_at(end);
    if label.is_empty() || !label.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let mut head = after.bytes();
    let (Some(b'?'), Some(kind), Some(b'?')) = (head.next(), head.next(), head.next()) else {
        return None;
    };
    let is_base64 = match kind {
        b'B' | b'b' => true,
        b'Q' | b'q' => false,
        _ => return None,
    };
    let text = after.get(3..)?;
    let end = may_end.then(|| end_of(text, is_base64)).flatten();
    let (text, after) = match end {
        Some(end) => (text.get(..end)?, text.get(end + 2..)?),
        None => text.split_at(text.find(char::is_whitespace).unwrap_or(text.len())),
    };
    // RFC 2231 lets a language follow the label.
    let label = label.split('*').next().unwrap_or_default();
    let word = Word {
        label,
        is_base64,
        text,
    };
    Some((word, after))
}

/// Where `?=` ends the word; a question mark before an escape of its own text does not.
fn end_of(text: &str, is_base64: bool) -> Option<usize> {
    let mut from = 0;
    loop {
        let end = from + text.get(from..)?.find("?=")?;
        let after = text.get(end + 2..).unwrap_or_default();
        let is_escape = after
            .as_bytes()
            .first_chunk::<2>()
            .is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
        if is_base64 || !is_escape {
            return Some(end);
        }
        // Unless another word begins before the next end.
        let before_next = after.find("?=").and_then(|next| after.get(..=next));
        match before_next {
            Some(text) if !text.contains("=?") => from = end + 2,
            _ => return Some(end),
        }
    }
}

#[derive(Default)]
struct Decoder {
    text: String,
    /// Bytes of the words read last, and what character set they are said to be in.
    bytes: Vec<u8>,
    label: String,
    /// Base64 digits that the word before left over.
    digits: Vec<u8>,
    in_words: bool,
}

impl Decoder {
    /// Text before a word: white space between two words is none.
    fn text_between(&mut self, text: &str) {
        let is_space = text.bytes().all(|byte| byte.is_ascii_whitespace());
        if !(self.in_words && is_space) {
            self.text(text);
        }
    }

    fn text(&mut self, text: &str) {
        self.end_words();
        self.text.push_str(text);
    }

    fn word(&mut self, word: &Word<'_>) {
        if !word.label.eq_ignore_ascii_case(&self.label) {
            self.end_words();
            word.label.clone_into(&mut self.label);
        }
        self.in_words = true;
        if word.is_base64 {
            self.base64(word.text);
        } else {
            self.end_digits();
            quoted(word.text, &mut self.bytes);
        }
    }

    fn base64(&mut self, text: &str) {
        let is_digit =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
        self.digits.extend(text.bytes().filter(is_digit));
        let whole = self.digits.len() - self.digits.len() % 4;
        let rest = self.digits.split_off(whole);
        Encoding::Base64.decode_append(&self.digits, &mut self.bytes);
        self.digits = rest;
        if text.ends_with('=') {
            self.end_digits();
        }
    }

    fn end_digits(&mut self) {
        if self.digits.len() > 1 {
            self.digits.resize(4, b'=');
            Encoding::Base64.decode_append(&self.digits, &mut self.bytes);
        }
        self.digits.clear();
    }

    fn end_words(&mut self) {
        self.end_digits();
        if !self.bytes.is_empty() {
            self.text
                .push_str(&charset::of_word(&self.bytes, Some(&self.label)));
            self.bytes.clear();
        }
        self.label.clear();
        self.in_words = false;
    }
}

/// The Q encoding; an escape that is none stays.
fn quoted(text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let mut letter = [0];
        match byte {
            b'_' => out.push(b' '),
            b'=' if after
                .get(..2)
                .is_some_and(|two| hex::decode_to_slice(two, &mut letter).is_ok()) =>
            {
                out.extend(letter);
                rest = after.get(2..).unwrap_or_default();
            }
            byte => out.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::assert_linear;

    #[test]
    fn words_become_letters_wherever_they_stand() {
        for (field, expected) in [
            ("=?utf-8?Q?H=C3=A6k?=", "Hæk"),
            ("=?UTF-8*da?q?H=c3=a6k_nu?=", "Hæk nu"),
            ("=?iso-8859-1?B?SOZr?= nu", "Hæk nu"),
            ("SV: =?utf-8?Q?H=C3=A6k?=nu", "SV: Hæknu"),
            ("=?utf-8?Q?H=C3=A6?=\t =?utf-8?Q?k?= nu", "Hæk nu"),
            ("=?utf-8?Q?H=C3?= =?utf-8?Q?=A6k?=", "Hæk"),
            ("=?utf-8?B?SMM=?= =?utf-8?B?pms=?=", "Hæk"),
            ("=?utf-8?B?SMOma?= =?utf-8?B?w==?=", "Hæk"),
            ("=?utf-8?Q?Hvad?=3F_Nu?=", "Hvad?? Nu"),
            ("=?utf-8?Q?H=C3=A6k nu?= a", "Hæk nu a"),
            ("=?utf-8?Q?H=C3=A6k", "Hæk"),
            ("=?iso-2022-jp?B?GyRCJCIbKEI=?=", "あ"),
            ("=?utf-7?Q?H+AOY-k?=", "Hæk"),
            ("=?x-ukendt?Q?H=E6k?=", "Hæk"),
            ("=?utf-8?Q?H=E6k?=", "Hæk"),
            ("=?us-ascii?Q?H=C3=A6k?=", "Hæk"),
            ("=?iso-8859-1?Q?5_=96_7?=", "5 – 7"),
            ("=?utf-8?Q??=", ""),
        ] {
            assert_eq!(decoded(field), expected, "{field}");
        }
    }

    #[test]
    fn what_is_no_word_stays() {
        for field in [
            "a =? b",
            "=?utf-8?X?a?=",
            "=??Q?a?=",
            "=?utf-8 nu?Q?a?=",
            "a=?",
        ] {
            assert_eq!(decoded(field), field);
        }
    }

    #[test]
    fn the_time_grows_with_the_field_alone() {
        for run in [
            "=?",
            "=?utf-8?Q?",
            "=?a?Q?b?=3F",
            "=?a?B?a?= ",
            "=?a?Q?b ",
            "?=41",
        ] {
            let runs = |n| run.repeat(n);
            assert_linear(run, 2_500, runs, |field| {
                decoded(field);
            });
            let begun = |n| format!("=?a?Q?{}", run.repeat(n));
            assert_linear(run, 2_500, begun, |field| {
                decoded(field);
            });
        }
    }
}
