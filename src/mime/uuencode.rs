//! Uuencoded parts and files (POSIX `uuencode`), as old Outlook, Unix and business systems write them.
//!
//! A line is a letter for its length and four letters for each three bytes. Read leniently: spaces or backquotes for
//! zero, line ends of either kind, spaces lost on the way, a letter too many, no `begin`, no `end`. What is broken is
//! noted, and what is no uuencoded data stays as it was written.

use super::embedded::{File, Split, lines, name};
use super::note;
use crate::domain::mail::Warning;

/// Files taken out of one text; further ones stay in it.
const MAX_FILES: usize = 1_000;
/// Empty lines that a gateway may have put between two lines of data.
const MAX_EMPTY_LINES: usize = 2;
/// Letters that some encoders add to a line as a check.
const MAX_JUNK: usize = 2;

const UNTERMINATED: (&str, &str) = (
    "uuencode_unterminated",
    "a uuencoded file has no end; it is kept as far as it goes",
);
const DAMAGED: (&str, &str) = (
    "uuencode_damaged",
    "some lines of a uuencoded file could not be read",
);
const TOO_MANY: (&str, &str) = (
    "uuencode_too_many",
    "the text has too many uuencoded files; the rest stays in the text",
);

/// A part whose transfer encoding is uuencode.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Decoded {
    pub name: Option<String>,
    pub bytes: Vec<u8>,
    pub warnings: Vec<Warning>,
}

/// Decodes a part that says it is uuencoded (`x-uuencode`, `uuencode`, `x-uue`); one that is not comes back as it is.
pub(super) fn decode(part: &[u8]) -> Decoded {
    let begin = lines(part).position(|line| begin_name(line).is_some());
    let mut rest = lines(part).skip(begin.unwrap_or_default());
    let mut data = Data::default();
    let mut decoded = Decoded::default();
    let mut unread = 0;
    if begin.is_some() {
        decoded.name = rest.next().and_then(begin_name).and_then(name);
    }
    for line in rest {
        if is_end(line) {
            data.ended = true;
            break;
        } else if !data.add(line) && !line.trim_ascii().is_empty() {
            unread += 1;
        }
    }
    let is_empty = part.trim_ascii().is_empty();
    let is_data = if begin.is_some() {
        data.lines > 0 || unread == 0
    } else {
        data.is_likely(unread)
    };
    if is_empty || !is_data {
        decoded.bytes = part.to_vec();
    } else {
        decoded.bytes = std::mem::take(&mut data.bytes);
    }
    if !is_empty && (unread > 0 || data.short_lines()) {
        note(&mut decoded.warnings, DAMAGED.0, DAMAGED.1);
    }
    if begin.is_some() && !data.ended {
        note(&mut decoded.warnings, UNTERMINATED.0, UNTERMINATED.1);
    }
    decoded
}

/// Takes uuencoded files out of a text; `None` when it has none.
pub(super) fn split(text: &[u8]) -> Option<Split> {
    let mut split = Split::default();
    let mut rest = text;
    while let Some(line) = lines(rest).next() {
        let after = rest.get(line.len()..).unwrap_or_default();
        let found = begin_name(line).map(|name| (name, file(after)));
        match found {
            Some((_, Some(_))) if split.files.len() == MAX_FILES => {
                note(&mut split.warnings, TOO_MANY.0, TOO_MANY.1);
                split.text.extend_from_slice(rest);
                break;
            }
            Some((given, Some((data, length)))) => {
                if data.short_lines() {
                    note(&mut split.warnings, DAMAGED.0, DAMAGED.1);
                }
                if !data.ended {
                    note(&mut split.warnings, UNTERMINATED.0, UNTERMINATED.1);
                }
                split.files.push(File {
                    name: name(given),
                    media_type: None,
                    bytes: data.bytes,
                });
                rest = after.get(length..).unwrap_or_default();
            }
            _ => {
                split.text.extend_from_slice(line);
                rest = after;
            }
        }
    }
    (!split.files.is_empty()).then_some(split)
}

/// What follows the mode of a `begin` line.
fn begin_name(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"begin ")?.trim_ascii();
    let mode = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_octal = rest.iter().take(mode).all(|byte| *byte <= b'7');
    let name = rest.get(mode..)?;
    let is_apart = name.is_empty() || name.starts_with(b" ");
    (matches!(mode, 3..=5) && is_octal && is_apart).then_some(name)
}

fn is_end(line: &[u8]) -> bool {
    line.trim_ascii() == b"end"
}

/// The file whose lines begin here, and how many bytes of text it takes.
fn file(text: &[u8]) -> Option<(Data, usize)> {
    let mut data = Data::default();
    let (mut at, mut length, mut empty) = (0, 0, 0);
    for line in lines(text) {
        at += line.len();
        if is_end(line) {
            data.ended = true;
            length = at;
            break;
        }
        if line.trim_ascii().is_empty() {
            empty += 1;
            if empty > MAX_EMPTY_LINES {
                break;
            }
        } else if data.closed || !data.add(line) {
            break;
        } else {
            empty = 0;
            length = at;
        }
    }
    // The line of length zero says that all is there.
    data.ended |= data.closed;
    let is_empty_file = data.ended && data.lines == 0;
    (is_empty_file || data.is_likely(0)).then_some((data, length))
}

/// Lines decoded so far.
#[derive(Default)]
struct Data {
    bytes: Vec<u8>,
    /// Lines that hold data, and those of them whose length is what it says.
    lines: usize,
    whole: usize,
    /// Lines with zeros written so; of spaces, lines may have lost some at their end.
    spaces: usize,
    backquotes: usize,
    /// The line of length zero was seen.
    closed: bool,
    ended: bool,
}

impl Data {
    /// False when this can be no line of data.
    fn add(&mut self, line: &[u8]) -> bool {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Some((&first, letters)) = line.split_first() else {
            return false;
        };
        let is_letter = |byte: &u8| (b' '..=b'`').contains(byte);
        if !is_letter(&first) {
            return false;
        }
        let length = usize::from(value(first));
        let needed = length.div_ceil(3) * 4;
        // Some encoders leave out what the last bytes do not need.
        let least = (length * 8).div_ceil(6);
        let unpadded = letters.trim_ascii_end().len();
        let used = letters.get(..needed).unwrap_or(letters);
        if !used.iter().all(is_letter) || unpadded > needed + MAX_JUNK {
            return false;
        }
        if length == 0 {
            self.closed = true;
            return true;
        }
        self.lines += 1;
        self.whole += usize::from(letters.len() >= least);
        self.spaces += usize::from(used.contains(&b' '));
        self.backquotes += usize::from(used.contains(&b'`'));
        let start = self.bytes.len();
        for group in used.chunks(4) {
            let [a, b, c, d] = [0, 1, 2, 3].map(|at| group.get(at).map_or(0, |byte| value(*byte)));
            self.bytes
                .extend([a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
        }
        self.bytes.resize(start + length, 0);
        true
    }

    /// Whether enough lines look as such lines do, besides `other` ones.
    fn is_likely(&self, other: usize) -> bool {
        self.lines > 0 && self.whole * 2 >= self.lines + other
    }

    /// Lines lack letters, and not because spaces were lost.
    fn short_lines(&self) -> bool {
        self.whole < self.lines && self.backquotes > 0 && self.spaces == 0
    }
}

/// Six bits; space and backquote are both zero.
fn value(letter: u8) -> u8 {
    letter.wrapping_sub(b' ') & 0x3f
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::assert_linear;

    /// `Hækken er for høj.` in UTF-8.
    const TEXT: &str = "42,.F:VME;B!E<B!F;W(@:,.X:BX`";

    fn encoded(bytes: &[u8], zero: u8) -> String {
        let letter = |bits: u8| char::from(if bits == 0 { zero } else { bits + b' ' });
        let mut out = String::new();
        for line in bytes.chunks(45) {
            out.push(letter(line.len() as u8));
            for group in line.chunks(3) {
                let [a, b, c] = [0, 1, 2].map(|at| group.get(at).copied().unwrap_or(0));
                for bits in [
                    a >> 2,
                    (a & 3) << 4 | b >> 4,
                    (b & 15) << 2 | c >> 6,
                    c & 63,
                ] {
                    out.push(letter(bits));
                }
            }
            out.push('\n');
        }
        out
    }

    fn codes(warnings: &[Warning]) -> Vec<&str> {
        warnings
            .iter()
            .map(|warning| warning.code.as_str())
            .collect()
    }

    #[test]
    fn known_lines_give_their_bytes() {
        for (text, expected) in [
            ("begin 644 cat.txt\n#0V%T\n`\nend\n", "Cat"),
            (
                "begin 644 x\n::'1T<#HO+W=W=RYW:6MI<&5D:6$N;W)G#0H`\n`\nend\n",
                "http://www.wikipedia.org\r\n",
            ),
            (
                &format!("begin 600 x\n{TEXT}\n`\nend"),
                "Hækken er for høj.",
            ),
        ] {
            assert_eq!(decode(text.as_bytes()).bytes, expected.as_bytes(), "{text}");
        }
    }

    #[test]
    fn a_part_is_decoded_whatever_was_lost_on_the_way() {
        for (text, warnings) in [
            (
                format!("begin 644 hæk.txt\r\n{TEXT}\r\n`\r\nend\r\n"),
                &[][..],
            ),
            (format!("{TEXT}\n"), &[]),
            (format!("\n\nbegin 0644 a\n{TEXT}\n \nend\ntak\n"), &[]),
            (format!("begin 644 a\n{TEXT}\n"), &["uuencode_unterminated"]),
            (format!("{TEXT}x\n`\nend\n"), &[]),
            (
                format!("begin 644 a\nher kommer den\n{TEXT}\n`\nend\n"),
                &["uuencode_damaged"],
            ),
        ] {
            let decoded = decode(text.as_bytes());
            assert_eq!(decoded.bytes, "Hækken er for høj.".as_bytes(), "{text}");
            assert_eq!(codes(&decoded.warnings), warnings, "{text}");
        }
    }

    #[test]
    fn spaces_lost_at_the_end_of_lines_are_zeros() {
        let bytes = [b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 37], &[0; 45], b"slut"].concat();
        let text = encoded(&bytes, b' ');
        let stripped: Vec<&str> = text.lines().map(str::trim_end).collect();
        let part = format!("begin 644 a.png\n{}\n\nend\n", stripped.join("\n"));
        let decoded = decode(part.as_bytes());
        assert_eq!((decoded.bytes, decoded.warnings), (bytes, Vec::new()));
    }

    #[test]
    fn a_part_that_is_not_uuencoded_stays_as_it_is() {
        let part = "Kære Birthe\n\nSe vedlagte.\n".as_bytes();
        let decoded = decode(part);
        assert_eq!(decoded.bytes, part);
        assert_eq!(codes(&decoded.warnings), ["uuencode_damaged"]);
        let part = "begin 644 brev.txt\nKære Birthe\nend\n".as_bytes();
        assert_eq!(decode(part).bytes, part);
        assert_eq!(decode(b"\r\n").warnings, []);
    }

    #[test]
    fn files_are_taken_out_of_a_text_and_the_text_stays() {
        let text = [
            b"Hej\r\n\r\nbegin 644 h\xe6k.txt\r\n".as_slice(),
            TEXT.as_bytes(),
            b"\r\n`\r\nend\r\nOg:\r\nbegin 755 tom\r\n`\r\nend\r\nbegin 600 a b.txt\n#0V%T\n\nend\nHilsen\r\n",
        ]
        .concat();
        let split = split(&text).unwrap();
        assert_eq!(split.text, b"Hej\r\n\r\nOg:\r\nHilsen\r\n");
        let files: Vec<(Option<&str>, &[u8])> = split
            .files
            .iter()
            .map(|file| (file.name.as_deref(), file.bytes.as_slice()))
            .collect();
        assert_eq!(
            files,
            [
                (Some("hæk.txt"), "Hækken er for høj.".as_bytes()),
                (Some("tom"), b""),
                (Some("a b.txt"), b"Cat"),
            ]
        );
        assert_eq!(split.warnings, []);
    }

    #[test]
    fn a_file_without_an_end_is_kept_as_far_as_it_goes() {
        let text = format!("begin 644 a.txt\n{TEXT}\nMed venlig hilsen\n");
        let split = split(text.as_bytes()).unwrap();
        assert_eq!(split.text, b"Med venlig hilsen\n");
        assert_eq!(split.files[0].bytes, "Hækken er for høj.".as_bytes());
        assert_eq!(codes(&split.warnings), ["uuencode_unterminated"]);
    }

    #[test]
    fn a_sentence_that_begins_so_is_no_file() {
        for text in [
            "begin 644 is the mode of the file\nIt is explained below.\nend\n",
            "begin 644 something\nTHE END CAME\nend\n",
            "begin 644 a.txt\n\nend of the story\n",
            "begin 6 a\n#0V%T\n`\nend\n",
            "begin 999 a\n#0V%T\n`\nend\n",
            "> begin 644 a\n> #0V%T\n> `\n> end\n",
            "begin 644 a",
        ] {
            assert_eq!(split(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn only_so_many_files_are_taken_out() {
        let text = "begin 644 a\n#0V%T\n`\nend\n".repeat(MAX_FILES + 2);
        let split = split(text.as_bytes()).unwrap();
        assert_eq!(split.files.len(), MAX_FILES);
        assert_eq!(split.text.len(), text.len() / (MAX_FILES + 2) * 2);
        assert_eq!(codes(&split.warnings), ["uuencode_too_many"]);
    }

    #[test]
    fn the_time_grows_with_the_text_alone() {
        for run in [
            "begin 644 a\n",
            "begin 644 a\n#0V%T\n",
            "begin 644 a\n#\n",
            "begin 644 a\n\n",
            "begin 644 a\nMA\n",
            "MA\n",
            "begin 644 ",
            "`\n",
            "end\n",
            "\n",
        ] {
            let runs = |n| run.repeat(n);
            assert_linear(run, 4_000, runs, |text| {
                split(text.as_bytes());
            });
            assert_linear(run, 4_000, runs, |text| {
                decode(text.as_bytes());
            });
        }
    }

    #[test]
    fn files_of_other_projects_mails_come_out_whole() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/mime/");
        for (mail, count) in [
            ("mmp-php/tests/_data/emails/m2010.txt", 2),
            ("mmp-php/tests/_data/emails/m0018.txt", 3),
            ("mmp-php/tests/_data/emails/m1014.txt", 3),
            ("mmp-php/tests/_data/emails/m3007.txt", 3),
            ("mail-parser/resources/eml/legacy/049.eml", 3),
        ] {
            let Ok(raw) = std::fs::read(format!("{root}{mail}")) else {
                continue;
            };
            let split = split(&raw).unwrap();
            assert_eq!(
                (split.files.len(), split.warnings),
                (count, Vec::new()),
                "{mail}"
            );
            for file in split.files {
                let is_picture = file.name.unwrap().contains(".png");
                let has_its_end =
                    file.bytes.starts_with(b"\x89PNG") && file.bytes.ends_with(b"IEND\xaeB`\x82");
                assert_eq!(is_picture, has_its_end, "{mail}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn what_was_encoded_comes_back(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..500), zero in 0usize..2) {
            let text = encoded(&bytes, b" `"[zero]);
            let whole = format!("Hej\n\nbegin 644 a.bin\n{text}`\nend\nTak\n");
            proptest::prop_assert_eq!(&decode(whole.as_bytes()).bytes, &bytes);
            let split = split(whole.as_bytes()).unwrap();
            proptest::prop_assert_eq!(split.text, b"Hej\n\nTak\n");
            proptest::prop_assert_eq!(&split.files[0].bytes, &bytes);
        }

        #[test]
        fn no_text_is_too_strange(text in "(begin 644 a\n|#0V%T\n|`\n|end\n|\n|M|[ -`]{0,9}|æ|\r)*") {
            decode(text.as_bytes());
            if let Some(split) = split(text.as_bytes()) {
                proptest::prop_assert!(split.text.len() <= text.len());
            }
        }
    }
}
