//! Content lines: what calendars (RFC 5545 § 3.1) and visiting cards (RFC 6350 § 3.2, vCard 2.1) are written in.
//!
//! `NAME;PARAMETER=value:value`, folded over several lines. A line may be folded within a letter, so lines are joined as
//! bytes and read as text afterwards. One pass; nothing is refused, what is no content line is left out.

use std::borrow::Cow;

use super::charset;

/// Bytes that are looked at: a calendar with the files of a meeting within it.
const MAX_BYTES: usize = 64 * 1024 * 1024;
const MAX_LINES: usize = 200_000;
const MAX_PARAMETERS: usize = 50;
const MAX_NAME_BYTES: usize = 100;
const MAX_PARAMETER_BYTES: usize = 2_000;

pub(super) struct Line {
    /// Upper case, without the group that may stand before it.
    pub name: String,
    /// Names in upper case.
    parameters: Vec<(String, String)>,
    whole: Vec<u8>,
    value_at: usize,
}

/// The content lines, in order.
pub(super) fn read(bytes: &[u8]) -> impl Iterator<Item = Line> {
    let bytes = bytes.get(..MAX_BYTES).unwrap_or(bytes);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    Unfolded { rest: bytes }
        .take(MAX_LINES)
        .filter_map(|line| Line::parse(line.into_owned()))
}

impl Line {
    fn parse(whole: Vec<u8>) -> Option<Self> {
        let head_end = end_of_head(&whole)?;
        let head = charset::guessed(whole.get(..head_end)?);
        let mut fields = fields(&head);
        let name = fields.next()?;
        let name = name.rsplit('.').next().unwrap_or_default().trim();
        if name.is_empty() || name.len() > MAX_NAME_BYTES {
            return None;
        }
        Some(Self {
            name: name.to_uppercase(),
            parameters: fields.take(MAX_PARAMETERS).map(parameter).collect(),
            whole,
            value_at: head_end + 1,
        })
    }

    pub(super) fn parameter(&self, name: &'static str) -> Option<&str> {
        self.parameters(name).next()
    }

    /// All values of a parameter, which may stand in one field or in several.
    pub(super) fn parameters(&self, name: &'static str) -> impl Iterator<Item = &str> {
        self.parameters
            .iter()
            .filter(move |(given, _)| given == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The value as it is written, in its own transfer encoding.
    pub(super) fn raw(&self) -> &[u8] {
        self.whole.get(self.value_at..).unwrap_or_default()
    }

    /// The value, with escapes still in it.
    pub(super) fn value(&self) -> String {
        let bytes = if self.is_quoted_printable() {
            Cow::Owned(unquoted(self.raw()))
        } else {
            Cow::Borrowed(self.raw())
        };
        let encoding = self
            .parameter("CHARSET")
            .and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
        match encoding {
            Some(encoding) if encoding != encoding_rs::UTF_8 => {
                encoding.decode_without_bom_handling(&bytes).0.into_owned()
            }
            _ => charset::guessed(&bytes),
        }
    }

    /// The value as text.
    pub(super) fn text(&self) -> String {
        unescaped(&self.value())
    }

    fn is_quoted_printable(&self) -> bool {
        self.parameters("ENCODING")
            .any(|encoding| encoding.eq_ignore_ascii_case("quoted-printable"))
    }
}

/// The parts between separators that are not escaped, as text.
pub(super) fn split(value: &str, separator: char) -> impl Iterator<Item = String> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut escaped = false;
        let end = text.find(|c: char| {
            let ends = c == separator && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let (part, after) = match end {
            Some(at) => (text.get(..at)?, text.get(at + separator.len_utf8()..)),
            None => (text, None),
        };
        rest = after;
        Some(unescaped(part))
    })
}

/// RFC 5545 § 3.3.11.
fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(c @ (',' | ';' | ':' | '\\' | '"')) => out.push(c),
                Some(c) => out.extend(['\\', c]),
                None => out.push('\\'),
            },
            '\r' => (),
            c => out.push(c),
        }
    }
    out
}

/// Whole lines, joined where they were folded.
struct Unfolded<'b> {
    rest: &'b [u8],
}

impl<'b> Iterator for Unfolded<'b> {
    type Item = Cow<'b, [u8]>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let mut line = Cow::Borrowed(self.physical_line());
        let soft = is_quoted_printable_line(&line);
        loop {
            if let [b' ' | b'\t', folded @ ..] = self.rest {
                self.rest = folded;
            } else if soft && line.ends_with(b"=") && !self.rest.is_empty() {
                line.to_mut().pop();
            } else {
                return Some(line);
            }
            let more = self.physical_line();
            line.to_mut().extend_from_slice(more);
        }
    }
}

impl<'b> Unfolded<'b> {
    fn physical_line(&mut self) -> &'b [u8] {
        let end = self.rest.iter().position(|byte| *byte == b'\n');
        let (line, after) = match end {
            Some(end) => (
                self.rest.get(..end).unwrap_or_default(),
                self.rest.get(end + 1..).unwrap_or_default(),
            ),
            None => (self.rest, &[][..]),
        };
        self.rest = after;
        line.strip_suffix(b"\r").unwrap_or(line)
    }
}

/// vCard 2.1 continues such a line after `=`, without white space before what follows.
fn is_quoted_printable_line(line: &[u8]) -> bool {
    let head = line
        .iter()
        .take(MAX_PARAMETER_BYTES)
        .position(|byte| *byte == b':')
        .and_then(|end| line.get(..end));
    head.is_some_and(|head| {
        head.to_ascii_uppercase()
            .windows(b"QUOTED-PRINTABLE".len())
            .any(|window| window == b"QUOTED-PRINTABLE")
    })
}

/// The colon that ends the names: the first one outside quotation marks, if these end.
fn end_of_head(line: &[u8]) -> Option<usize> {
    let mut quoted = false;
    let outside = line.iter().position(|byte| {
        quoted ^= *byte == b'"';
        *byte == b':' && !quoted
    });
    outside.or_else(|| line.iter().position(|byte| *byte == b':'))
}

/// Fields between semicolons outside quotation marks.
fn fields(head: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    head.split(move |c: char| {
        quoted ^= c == '"';
        c == ';' && !quoted
    })
}

fn parameter(field: &str) -> (String, String) {
    let (name, value) = field
        .split_once('=')
        .unwrap_or_else(|| (left_out_name(field), field));
    let value = value.trim().replace('"', "");
    let value = value
        .get(..value.floor_char_boundary(MAX_PARAMETER_BYTES))
        .unwrap_or_default();
    (name.trim().to_uppercase(), decircumflexed(value))
}

/// vCard 2.1 leaves out what a parameter is called.
fn left_out_name(value: &str) -> &'static str {
    let is_encoding = ["quoted-printable", "base64", "b", "8bit", "7bit"]
        .iter()
        .any(|encoding| value.trim().eq_ignore_ascii_case(encoding));
    if is_encoding { "ENCODING" } else { "TYPE" }
}

/// RFC 6868.
fn decircumflexed(value: &str) -> String {
    if !value.contains('^') {
        return value.to_owned();
    }
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        let decoded = match (c, chars.peek()) {
            ('^', Some('n')) => Some('\n'),
            ('^', Some('\'')) => Some('"'),
            ('^', Some('^')) => Some('^'),
            _ => None,
        };
        if decoded.is_some() {
            chars.next();
        }
        out.push(decoded.unwrap_or(c));
    }
    out
}

fn unquoted(value: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((first, after)) = rest.split_first() {
        let decoded = match (first, after) {
            (b'=', [high, low, tail @ ..]) => digit(*high)
                .zip(digit(*low))
                .map(|(high, low)| (high * 16 + low, tail)),
            _ => None,
        };
        let (byte, after) = decoded.unwrap_or((*first, after));
        out.push(byte);
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(bytes: &[u8]) -> Line {
        let mut lines = read(bytes);
        let line = lines.next().unwrap();
        assert!(lines.next().is_none());
        line
    }

    #[test]
    fn a_line_folded_within_a_letter_is_whole_again() {
        let line = one(b"SUMMARY:R\xc3\r\n \xb8dgr\n\t\xc3\xb8d\r\n");
        assert_eq!(
            (line.name.as_str(), line.text()),
            ("SUMMARY", "Rødgrød".into())
        );
    }

    #[test]
    fn parameters_may_hold_what_parts_the_line() {
        let line = one(b"ATTENDEE;CN=\"Holm; Karen: leder\";role=CHAIR:mailto:k@x.example");
        assert_eq!(line.parameter("CN"), Some("Holm; Karen: leder"));
        assert_eq!(line.parameter("ROLE"), Some("CHAIR"));
        assert_eq!(line.text(), "mailto:k@x.example");
        assert_eq!(
            one(b"A;CN=Per ^'P^' Ravn:x").parameter("CN"),
            Some("Per \"P\" Ravn")
        );
        assert_eq!(one(b"A;CN=\"Per:x").text(), "x");
    }

    #[test]
    fn escapes_are_read_and_escaped_separators_part_nothing() {
        assert_eq!(one(b"D:a\\, b\\nc\\\\d\\e").text(), "a, b\nc\\d\\e");
        let parts: Vec<String> = split("Vej\\; Park;;By\\\\;", ';').collect();
        assert_eq!(parts, ["Vej; Park", "", "By\\", ""]);
    }

    #[test]
    fn quoted_printable_of_old_cards_goes_over_lines() {
        let line =
            one(b"item1.NOTE;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:R=F8d=\r\ngr=F8d = sundt=3D\r\n");
        assert_eq!(
            (line.name.as_str(), line.text()),
            ("NOTE", "Rødgrød = sundt=".into())
        );
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_fail(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            for line in read(&bytes) {
                let _ = (line.text(), line.raw().len(), line.parameter("CN").map(str::len));
                proptest::prop_assert!(split(&line.value(), ';').count() > 0);
            }
        }

        #[test]
        fn what_is_escaped_is_read_again(text in "[a-zæ,;\\\\\n ]{0,40}") {
            let escaped = text
                .replace('\\', "\\\\")
                .replace('\n', "\\n")
                .replace(',', "\\,")
                .replace(';', "\\;");
            proptest::prop_assert_eq!(unescaped(&escaped), text);
        }
    }
}
