//! BinHex 4.0 (RFC 1741), as old Macintosh software sends files.
//!
//! Six bits a letter between two colons, runs of a byte shortened, then a header, the data fork and the resource fork,
//! each with a checksum. The data fork is the file; the resource fork is only when there is no other. A checksum that is
//! wrong is noted, and what is cut is kept as far as it goes.

use super::apple::{self, FileType};
use super::embedded::{File, Split, lines};
use super::note;
use crate::domain::mail::Warning;

/// Files taken out of one text; further ones stay in it.
const MAX_FILES: usize = 1_000;
/// Empty lines between the announcement and the data.
const MAX_EMPTY_LINES: usize = 4;

const ANNOUNCEMENT: &[u8] = b"(this file must be converted with binhex";
const ALPHABET: &[u8; 64] = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
/// Stands before the length of a run.
const RUN: u8 = 0x90;

const DAMAGED: (&str, &str) = (
    "binhex_damaged",
    "a BinHex file is not as it was sent: a checksum is wrong",
);
const UNTERMINATED: (&str, &str) = (
    "binhex_unterminated",
    "a BinHex file has no end; it is kept as far as it goes",
);
const RESOURCE_FORK: (&str, &str) = (
    "binhex_resource_fork",
    "a BinHex file has nothing but a Macintosh resource fork, which is given instead",
);
const TOO_MUCH: (&str, &str) = (
    "binhex_too_much",
    "BinHex files are too many or too large; the rest stays as it is",
);

/// Decodes a part of type `application/mac-binhex40`, announced or not; `None` when it is no BinHex, or when its runs
/// unfold to more than `room`: two bytes stand for up to 255.
pub(super) fn decode(part: &[u8], room: usize, warnings: &mut Vec<Warning>) -> Option<File> {
    let mut at = 0;
    for line in lines(part) {
        if line.trim_ascii_start().starts_with(b":") {
            return file(&body(part.get(at..)?), room, warnings);
        }
        at += line.len();
    }
    None
}

/// Takes BinHex files out of a text that announces them, as far as there is room; `None` when it has none.
pub(super) fn split(text: &[u8], mut room: usize) -> Option<Split> {
    let mut split = Split::default();
    let mut rest = text;
    while let Some(line) = lines(rest).next() {
        let after = rest.get(line.len()..).unwrap_or_default();
        if is_announcement(line)
            && let Some(skipped) = data_start(after)
        {
            let body = body(after.get(skipped..).unwrap_or_default());
            let taken = after.get(..skipped + body.length).unwrap_or(after);
            let file = if split.files.len() == MAX_FILES {
                note(&mut split.warnings, TOO_MUCH.0, TOO_MUCH.1);
                None
            } else {
                file(&body, room, &mut split.warnings)
            };
            if let Some(file) = file {
                room = room.saturating_sub(file.bytes.len());
                split.files.push(file);
            } else {
                split.text.extend_from_slice(line);
                split.text.extend_from_slice(taken);
            }
            rest = after.get(taken.len()..).unwrap_or_default();
        } else {
            split.text.extend_from_slice(line);
            rest = after;
        }
    }
    (!split.files.is_empty()).then_some(split)
}

fn is_announcement(line: &[u8]) -> bool {
    line.trim_ascii()
        .get(..ANNOUNCEMENT.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(ANNOUNCEMENT))
}

/// How many bytes of empty lines stand before the first colon.
fn data_start(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    for line in lines(text).take(MAX_EMPTY_LINES + 1) {
        if line.starts_with(b":") {
            return Some(at);
        }
        if !line.trim_ascii().is_empty() {
            return None;
        }
        at += line.len();
    }
    None
}

/// What stands between two colons.
struct Body {
    packed: Vec<u8>,
    /// Of the text, with the line that the second colon stands on.
    length: usize,
    ended: bool,
}

fn body(text: &[u8]) -> Body {
    let mut body = Body {
        packed: Vec::new(),
        length: 0,
        ended: false,
    };
    let (mut bits, mut count) = (0u32, 0);
    let mut first = true;
    for line in lines(text) {
        let letters = line.trim_ascii();
        let letters = if std::mem::take(&mut first) {
            letters.strip_prefix(b":").unwrap_or(letters)
        } else {
            letters
        };
        let letters = match letters.split_last() {
            Some((b':', before)) => {
                body.ended = true;
                before
            }
            _ => letters,
        };
        if !letters.iter().all(|letter| value(*letter).is_some()) {
            body.ended = false;
            break;
        }
        for six in letters.iter().filter_map(|letter| value(*letter)) {
            bits = bits << 6 | u32::from(six);
            count += 6;
            if count >= 8 {
                count -= 8;
                body.packed.push((bits >> count) as u8);
            }
        }
        body.length += line.len();
        if body.ended {
            break;
        }
    }
    body
}

fn value(letter: u8) -> Option<u8> {
    static VALUES: [u8; 256] = values();
    VALUES
        .get(usize::from(letter))
        .copied()
        .filter(|value| *value < 64)
}

const fn values() -> [u8; 256] {
    let mut values = [u8::MAX; 256];
    let mut at = 0;
    while at < ALPHABET.len() {
        values[ALPHABET[at] as usize] = at as u8;
        at += 1;
    }
    values
}

/// The file within; `None` when there is no header, or when it says more than `room` bytes.
fn file(body: &Body, room: usize, warnings: &mut Vec<Warning>) -> Option<File> {
    let mut unfolded = Unfolded {
        packed: body.packed.iter(),
        last: 0,
        left: 0,
    };
    let length = unfolded.next().filter(|length| (1..=63).contains(length))?;
    let mut header = vec![length];
    header.extend(unfolded.by_ref().take(usize::from(length) + 19));
    let name = header.get(1..=usize::from(length))?;
    let fields = header.get(usize::from(length) + 2..)?;
    let number = |at: usize| {
        let bytes = fields.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_be_bytes(bytes)).ok()
    };
    let (data, resource) = (number(10)?, number(14)?);
    let takes_resource = data == 0 && resource > 0;
    if data.max(if takes_resource { resource } else { 0 }) > room {
        note(warnings, TOO_MUCH.0, TOO_MUCH.1);
        return None;
    }
    let mut checks = Checks::default();
    checks.check(&header, &mut unfolded);
    let mut bytes: Vec<u8> = unfolded.by_ref().take(data).collect();
    checks.is_cut |= bytes.len() < data;
    checks.check(&bytes, &mut unfolded);
    if takes_resource {
        bytes = unfolded.by_ref().take(resource).collect();
        checks.is_cut |= bytes.len() < resource;
        checks.check(&bytes, &mut unfolded);
        note(warnings, RESOURCE_FORK.0, RESOURCE_FORK.1);
    }
    if checks.is_cut {
        note(warnings, UNTERMINATED.0, UNTERMINATED.1);
    } else if checks.is_wrong {
        note(warnings, DAMAGED.0, DAMAGED.1);
    }
    Some(File {
        name: apple::name(name),
        media_type: fields
            .get(..4)
            .and_then(FileType::new)
            .and_then(FileType::media_type),
        bytes,
    })
}

/// Bytes with the runs among them at their length.
struct Unfolded<'p> {
    packed: std::slice::Iter<'p, u8>,
    last: u8,
    /// How often the last byte comes again.
    left: u8,
}

impl Iterator for Unfolded<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        loop {
            if self.left > 0 {
                self.left -= 1;
                return Some(self.last);
            }
            let byte = *self.packed.next()?;
            if byte != RUN {
                self.last = byte;
                return Some(byte);
            }
            match *self.packed.next()? {
                0 => {
                    self.last = RUN;
                    return Some(RUN);
                }
                // The length counts the byte before.
                length => self.left = length - 1,
            }
        }
    }
}

#[derive(Default)]
struct Checks {
    is_wrong: bool,
    is_cut: bool,
}

impl Checks {
    fn check(&mut self, bytes: &[u8], sums: &mut Unfolded<'_>) {
        let told: Vec<u8> = sums.take(2).collect();
        self.is_cut |= told.len() < 2;
        self.is_wrong |= told != checksum(bytes).to_be_bytes();
    }
}

/// The polynomial of CCITT, begun at zero.
fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte) << 8, |sum, _| {
            sum << 1 ^ if sum & 0x8000 == 0 { 0 } else { 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::assert_linear;

    const ROOM: usize = 1_000_000;

    fn decode(part: &[u8]) -> Option<(File, Vec<Warning>)> {
        let mut warnings = Vec::new();
        Some((super::decode(part, ROOM, &mut warnings)?, warnings))
    }

    fn split(text: &[u8]) -> Option<Split> {
        super::split(text, ROOM)
    }

    fn framed(name: &[u8], data: &[u8], resource: &[u8]) -> Vec<u8> {
        let mut header = vec![name.len() as u8];
        header.extend(name);
        header.extend(b"\0PDF CARO\0\0");
        header.extend((data.len() as u32).to_be_bytes());
        header.extend((resource.len() as u32).to_be_bytes());
        let mut out = Vec::new();
        for fork in [header.as_slice(), data, resource] {
            out.extend(fork);
            out.extend(checksum(fork).to_be_bytes());
        }
        out
    }

    fn encoded(bytes: &[u8]) -> String {
        let mut packed = Vec::new();
        for run in bytes.chunk_by(|a, b| a == b) {
            for part in run.chunks(255) {
                packed.push(part[0]);
                if part[0] == RUN {
                    packed.push(0);
                }
                match part.len() {
                    1 => (),
                    2 if part[0] != RUN => packed.push(part[0]),
                    length => packed.extend([RUN, length as u8]),
                }
            }
        }
        let mut letters = ":".to_owned();
        for group in packed.chunks(3) {
            let [a, b, c] = [0, 1, 2].map(|at| group.get(at).copied().unwrap_or(0));
            let six = [
                a >> 2,
                (a & 3) << 4 | b >> 4,
                (b & 15) << 2 | c >> 6,
                c & 63,
            ];
            let used = group.len() + 1;
            letters.extend(
                six.iter()
                    .take(used)
                    .map(|six| char::from(ALPHABET[usize::from(*six)])),
            );
        }
        letters.push(':');
        let lines: Vec<&str> = letters
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        format!(
            "(This file must be converted with BinHex 4.0)\r\n\r\n{}\r\n",
            lines.join("\r\n")
        )
    }

    fn codes(warnings: &[Warning]) -> Vec<&str> {
        warnings
            .iter()
            .map(|warning| warning.code.as_str())
            .collect()
    }

    #[test]
    fn the_checksum_is_that_of_xmodem() {
        assert_eq!(checksum(b"123456789"), 0x31c3);
    }

    #[test]
    fn a_part_gives_its_data_fork_under_its_name() {
        let data = [b"%PDF".as_slice(), &[0; 400], &[RUN; 3], &[RUN], b"11"].concat();
        let (file, warnings) =
            decode(encoded(&framed(b"h\xbek.pdf", &data, b"icon")).as_bytes()).unwrap();
        assert_eq!(file.name.as_deref(), Some("hæk.pdf"));
        assert_eq!(file.media_type, Some("application/pdf"));
        assert_eq!((file.bytes, warnings), (data, Vec::new()));
    }

    #[test]
    fn a_resource_fork_is_given_when_it_is_all_there_is() {
        let (file, warnings) = decode(encoded(&framed(b"a", b"", b"icon")).as_bytes()).unwrap();
        assert_eq!(file.bytes, b"icon");
        assert_eq!(codes(&warnings), ["binhex_resource_fork"]);
    }

    #[test]
    fn what_is_damaged_or_cut_is_noted() {
        let mut bytes = framed(b"a", b"abcdef", b"");
        bytes[26] ^= 1;
        let (file, warnings) = decode(encoded(&bytes).as_bytes()).unwrap();
        assert_eq!(
            (file.bytes.len(), codes(&warnings)),
            (6, vec!["binhex_damaged"])
        );
        let whole = encoded(&framed(b"a", &(0..200).collect::<Vec<u8>>(), b""));
        let (file, warnings) = decode(&whole.as_bytes()[..200]).unwrap();
        assert!(file.bytes.len() > 80 && file.bytes.iter().copied().eq(0..file.bytes.len() as u8));
        assert_eq!(codes(&warnings), ["binhex_unterminated"]);
    }

    #[test]
    fn files_are_taken_out_of_a_text_that_announces_them() {
        let one = encoded(&framed(b"a", b"abc", b""));
        let text = format!(
            "Hej\r\n{one}Og\r\n{one}Hilsen\r\n(This file must be converted with BinHex 4.0)\r\n"
        );
        let split = split(text.as_bytes()).unwrap();
        assert_eq!(
            split.text,
            b"Hej\r\nOg\r\nHilsen\r\n(This file must be converted with BinHex 4.0)\r\n"
        );
        assert_eq!(split.files.len(), 2);
        assert_eq!(split.warnings, []);
    }

    #[test]
    fn what_is_no_binhex_stays() {
        for text in [
            "(This file must be converted with BinHex 4.0)\n\nSe vedlagte\n",
            "(This file must be converted with BinHex 4.0)\n:-)\n",
            ":!!!!:\n",
            "",
        ] {
            assert_eq!(split(text.as_bytes()), None, "{text}");
            assert_eq!(decode(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn runs_unfold_to_what_the_header_says_and_no_further() {
        let mut header = framed(b"a", b"", b"");
        header[13..17].copy_from_slice(&u32::MAX.to_be_bytes());
        assert_eq!(decode(encoded(&header).as_bytes()), None);
        let mut short = framed(b"a", &vec![0; 100_000], b"");
        short[13..17].copy_from_slice(&10u32.to_be_bytes());
        assert_eq!(
            decode(encoded(&short).as_bytes()).unwrap().0.bytes.len(),
            10
        );
    }

    #[test]
    fn files_share_the_room_there_is() {
        let one = encoded(&framed(b"a", &vec![0; ROOM * 2 / 3], b""));
        let text = format!("(This file must be converted with BinHex 4.0)\n{one}").repeat(2);
        let split = split(text.as_bytes()).unwrap();
        assert_eq!(
            (split.files.len(), split.warnings[0].code.as_str()),
            (1, "binhex_too_much")
        );
        assert!(split.text.len() >= one.len());
    }

    #[test]
    fn the_time_grows_with_the_text_alone() {
        let one = encoded(&framed(b"a", &[0; 1000], b""));
        for run in [
            one.as_str(),
            "(This file must be converted with BinHex 4.0)\n",
            "(This file must be converted with BinHex 4.0)\n\n:\n",
            "(This file must be converted with BinHex 4.0)\n:!!\n",
            ":\n",
            "!!!!\n",
            "\n",
        ] {
            let runs = |n| run.repeat(n);
            assert_linear(run, 1_500, runs, |text| {
                split(text.as_bytes());
            });
            assert_linear(run, 1_500, runs, |text| {
                decode(text.as_bytes());
            });
        }
    }

    #[test]
    fn files_of_other_projects_mails_come_out_whole() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/mime/");
        for mail in [
            "mail-parser/resources/eml/legacy/016.eml",
            "mmp-php/tests/_data/emails/m2011.txt",
        ] {
            let Ok(raw) = std::fs::read(format!("{root}{mail}")) else {
                continue;
            };
            let split = split(&raw).unwrap();
            assert!(
                !split.files.is_empty() && split.warnings.is_empty(),
                "{mail}"
            );
            // Checksums were right for all; of pictures the end is known too.
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
        fn what_was_encoded_comes_back(data in proptest::collection::vec(0x8eu8..0x92, 0..600)) {
            let (file, warnings) = decode(encoded(&framed(b"a.pdf", &data, b"")).as_bytes()).unwrap();
            proptest::prop_assert_eq!(file.bytes, data);
            proptest::prop_assert_eq!(warnings, Vec::new());
        }

        #[test]
        fn no_bytes_are_too_strange(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200), cut in 0usize..400) {
            let text = encoded(&bytes);
            let text = text.as_bytes();
            decode(text.get(..cut).unwrap_or(text));
            split(text.get(..cut).unwrap_or(text));
            decode(&bytes);
        }
    }
}
