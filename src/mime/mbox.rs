//! Mailboxes in one file (mbox), told apart into their mails.
//!
//! Of mboxo and mboxrd a mail ends at an empty line and the next `From ` line, and `>From ` has lost one `>` when read;
//! of mboxcl and mboxcl2 it ends where its Content-Length says, if a mail or the end of the file follows there. Read as
//! a stream: what is held is bounded by the largest mail that is kept, whatever the size of the file.

use std::io::{self, BufRead, Read};

use super::note;
use crate::domain::mail::Warning;

/// Mails taken out of one attachment.
const MAX_MAILS: usize = 10_000;
/// A longer line is read in pieces.
const MAX_LINE_BYTES: u64 = 1 << 20;
/// What is looked at of a `From ` line and of the line behind it.
const MAX_SEPARATOR_BYTES: usize = 998;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// The mails of an attachment.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Mails {
    pub mails: Vec<Vec<u8>>,
    pub warnings: Vec<Warning>,
}

/// Whether bytes of an undeclared type are an mbox.
pub fn is_mbox(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    let head = bytes.get(..2 * MAX_SEPARATOR_BYTES).unwrap_or(bytes);
    let mut lines = head.split_inclusive(|byte| *byte == b'\n');
    lines.next().is_some_and(|line| {
        line.starts_with(b"From ") && lines.next().is_some_and(begins_header) && is_separator(line)
    })
}

/// The mails of an mbox that is an attachment.
pub(super) fn split(bytes: &[u8]) -> Mails {
    let mut split = Mails::default();
    let mut mbox = Mbox::new(bytes, bytes.len() as u64);
    // Bytes that lie in memory are always readable.
    while let Ok(Some(mail)) = mbox.next_mail() {
        if split.mails.len() == MAX_MAILS {
            note(
                &mut split.warnings,
                "mbox_too_many",
                "the mailbox file has more than 10,000 mails; the rest is kept unread",
            );
            break;
        }
        split.mails.push(mail);
    }
    split
}

/// Reads an mbox, mail by mail.
pub struct Mbox<R> {
    lines: Lookahead<R>,
    /// What is kept of one mail; the rest of a larger one is passed over, but its size is known.
    max_mail_bytes: usize,
    has_separator: bool,
    begun: bool,
}

impl<R: BufRead> Mbox<R> {
    pub fn new(reader: R, max_mail_bytes: u64) -> Self {
        Self {
            lines: Lookahead::new(reader),
            max_mail_bytes: usize::try_from(max_mail_bytes).unwrap_or(usize::MAX),
            has_separator: false,
            begun: false,
        }
    }

    /// Whether the file begins as an mbox does; known once the first mail was read.
    pub fn has_separator(&self) -> bool {
        self.has_separator
    }

    pub fn bytes_read(&self) -> u64 {
        self.lines.bytes_read
    }

    /// The next mail, without the line that separates it; cut one byte above the limit.
    pub fn next_mail(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut mail = Mail::new(self.max_mail_bytes);
        let mut line = Vec::new();
        let mut after_empty = true;
        let mut in_header = true;
        let mut length = None;
        loop {
            self.lines.read_line(&mut line)?;
            if !self.begun && line.starts_with(BOM) {
                line.drain(..BOM.len());
            }
            if line.is_empty() {
                return Ok((self.begun && !mail.bytes.is_empty()).then(|| mail.ended()));
            }
            let is_first = !self.begun;
            if line.starts_with(b"From ")
                && (mail.bytes.is_empty() || (!in_header && self.separates(&line, after_empty)?))
            {
                self.has_separator |= is_first;
                self.begun = true;
                if mail.bytes.is_empty() {
                    continue;
                }
                return Ok(Some(mail.ended()));
            }
            self.begun = true;
            after_empty = matches!(&*line, b"\n" | b"\r\n");
            mail.add(&line);
            if in_header && after_empty {
                in_header = false;
                if let Some(length) = length
                    && length <= self.max_mail_bytes
                    && self.ends_after(length)?
                {
                    self.read_body(length, &mut mail)?;
                    after_empty = true;
                }
            } else if in_header {
                length = content_length(&line).or(length);
            }
        }
    }

    /// Whether a `From ` line is no sentence: an empty line before it, a sender, a date, a header behind it, or most
    /// of these. Netscape leaves out the empty line.
    fn separates(&mut self, line: &[u8], after_empty: bool) -> io::Result<bool> {
        let after = self.lines.peek(0, MAX_SEPARATOR_BYTES)?;
        let before_header = after.is_some_and(begins_header);
        let is_certain = is_dated(line) || line.trim_ascii_end() == b"From -";
        Ok(match (after_empty, before_header) {
            (true, true) => is_separator(line),
            (true, false) => is_dated(line),
            (false, true) => is_certain,
            (false, false) => false,
        })
    }

    /// Whether a mail, or the end of the file, comes so many bytes from here.
    fn ends_after(&mut self, length: usize) -> io::Result<bool> {
        let Some(after) = self.lines.peek(length, MAX_SEPARATOR_BYTES)? else {
            return Ok(false);
        };
        let line = [&b"\r\n"[..], b"\n"]
            .iter()
            .find_map(|end| after.strip_prefix(*end))
            .unwrap_or(after);
        Ok(line.is_empty() || (line.starts_with(b"From ") && is_separator(line)))
    }

    /// A body whose length is known; one in which sentences begin as they like has no quoting to take away.
    fn read_body(&mut self, length: usize, mail: &mut Mail) -> io::Result<()> {
        let body = self.lines.take(length)?;
        let lines = || body.split_inclusive(|byte| *byte == b'\n');
        if lines().any(|line| line.starts_with(b"From ")) {
            mail.add_as_it_is(&body);
        } else {
            lines().for_each(|line| mail.add(line));
        }
        // The line end before the next separator belongs to the file.
        let end = self.lines.peek(0, 2)?.unwrap_or_default();
        let end = if end.starts_with(b"\r\n") {
            2
        } else {
            usize::from(end.starts_with(b"\n"))
        };
        self.lines.take(end)?;
        mail.is_whole = true;
        Ok(())
    }
}

/// A `From ` line as mail software writes them: a sender, or a sign in its place, and mostly a date.
fn is_separator(line: &[u8]) -> bool {
    let words = || {
        first_line(line)
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty())
            .skip(1)
    };
    let Some(sender) = words().next() else {
        return false;
    };
    words().nth(1).is_none() || sender.contains(&b'@') || words().any(is_time)
}

/// A separator with the whole of its date, `Mon Jan  1 12:00:00 2024`.
fn is_dated(line: &[u8]) -> bool {
    const DAYS: [&[u8]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
    let words: Vec<&[u8]> = first_line(line)
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .take(12)
        .collect();
    words.windows(4).skip(2).any(|date| {
        let [day, month, number, time] = date else {
            return false;
        };
        DAYS.contains(day)
            && month.len() == 3
            && number.iter().all(u8::is_ascii_digit)
            && is_time(time)
    })
}

/// `12:00` or `12:00:00`.
fn is_time(word: &[u8]) -> bool {
    matches!(word, [a, b, b':', c, d, ..]
        if [a, b, c, d].iter().all(|digit| digit.is_ascii_digit()))
}

/// A field's name and colon, or the trace that UUCP left.
fn begins_header(text: &[u8]) -> bool {
    let line = first_line(text);
    let name = line
        .iter()
        .take_while(|byte| matches!(byte, b'!'..=b'9' | b';'..=b'~'))
        .count();
    line.starts_with(b">From ") || (name > 0 && line.get(name) == Some(&b':'))
}

fn first_line(text: &[u8]) -> &[u8] {
    let text = text.get(..MAX_SEPARATOR_BYTES).unwrap_or(text);
    text.split(|byte| *byte == b'\n').next().unwrap_or_default()
}

fn content_length(line: &[u8]) -> Option<usize> {
    const FIELD: &[u8] = b"content-length:";
    let (name, value) = line.split_at_checked(FIELD.len())?;
    let value = std::str::from_utf8(value).ok()?;
    name.eq_ignore_ascii_case(FIELD)
        .then(|| value.trim().parse().ok())?
}

/// A mail as far as it was read.
struct Mail {
    bytes: Vec<u8>,
    limit: usize,
    /// Its end is known from its length, not from the empty line behind it.
    is_whole: bool,
}

impl Mail {
    fn new(limit: usize) -> Self {
        Self {
            bytes: Vec::new(),
            limit: limit.saturating_add(1),
            is_whole: false,
        }
    }

    /// A line, with one `>` less before `From `.
    fn add(&mut self, line: &[u8]) {
        self.is_whole = false;
        let quoted = line.iter().take_while(|byte| **byte == b'>').count();
        let is_quoted = quoted > 0
            && line
                .get(quoted..)
                .is_some_and(|rest| rest.starts_with(b"From "));
        self.add_as_it_is(line.get(usize::from(is_quoted)..).unwrap_or_default());
    }

    fn add_as_it_is(&mut self, bytes: &[u8]) {
        let room = self.limit.saturating_sub(self.bytes.len());
        self.bytes
            .extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    /// The empty line before the next `From ` belongs to the file, not to the mail.
    fn ended(mut self) -> Vec<u8> {
        let extra = match &*self.bytes {
            _ if self.is_whole => 0,
            [.., b'\r', b'\n', b'\r', b'\n'] => 2,
            [.., b'\n', b'\n'] => 1,
            _ => 0,
        };
        self.bytes.truncate(self.bytes.len() - extra);
        self.bytes
    }
}

/// A reader whose bytes can be looked at before they are read; each is read from below once.
struct Lookahead<R> {
    reader: R,
    buffer: Vec<u8>,
    /// What of the buffer was read.
    at: usize,
    bytes_read: u64,
}

impl<R: BufRead> Lookahead<R> {
    fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            at: 0,
            bytes_read: 0,
        }
    }

    /// The next line with its end into `line`; nothing at the end of the file.
    fn read_line(&mut self, line: &mut Vec<u8>) -> io::Result<()> {
        line.clear();
        let ahead = self.buffer.get(self.at..).unwrap_or_default();
        let ahead = ahead.get(..MAX_LINE_BYTES as usize).unwrap_or(ahead);
        let end = ahead.iter().position(|byte| *byte == b'\n');
        let end = end.map_or(ahead.len(), |end| end + 1);
        line.extend_from_slice(ahead.get(..end).unwrap_or(ahead));
        self.at += end;
        if !line.ends_with(b"\n") && self.ahead() == 0 {
            let room = MAX_LINE_BYTES.saturating_sub(line.len() as u64);
            Read::take(&mut self.reader, room).read_until(b'\n', line)?;
        }
        self.bytes_read += line.len() as u64;
        self.forget();
        Ok(())
    }

    /// Up to `length` bytes that come `skipped` bytes from here, fewer before the end of the file; `None` behind it.
    fn peek(&mut self, skipped: usize, length: usize) -> io::Result<Option<&[u8]>> {
        let missing = skipped.saturating_add(length).saturating_sub(self.ahead());
        Read::take(&mut self.reader, missing as u64).read_to_end(&mut self.buffer)?;
        let ahead = self.buffer.get(self.at..).unwrap_or_default();
        let Some(ahead) = ahead.get(skipped..) else {
            return Ok(None);
        };
        Ok(Some(ahead.get(..length).unwrap_or(ahead)))
    }

    /// The next `length` bytes.
    fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        self.peek(0, length)?;
        let end = (self.at + length).min(self.buffer.len());
        let taken = self.buffer.get(self.at..end).unwrap_or_default().to_vec();
        self.at = end;
        self.bytes_read += taken.len() as u64;
        self.forget();
        Ok(taken)
    }

    fn ahead(&self) -> usize {
        self.buffer.len().saturating_sub(self.at)
    }

    /// Lets go of what was read when that is most of the buffer, so that each byte moves few times.
    fn forget(&mut self) {
        if self.at >= self.buffer.len() {
            self.buffer.clear();
            self.at = 0;
        } else if self.at * 2 > self.buffer.len() {
            self.buffer.drain(..self.at);
            self.at = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;
    use crate::growth::assert_linear;

    fn read(text: &str, limit: u64) -> Vec<String> {
        let mut mbox = Mbox::new(text.as_bytes(), limit);
        let mut mails = Vec::new();
        while let Some(mail) = mbox.next_mail().unwrap() {
            mails.push(String::from_utf8(mail).unwrap());
        }
        assert_eq!(mbox.bytes_read(), text.len() as u64);
        mails
    }

    #[test]
    fn an_mbox_gives_its_mails_without_separators_and_quoting() {
        let text = "From a@x Mon Jan  1 00:00:00 2024\nSubject: 1\n\nhej\n>From her\n>>From der\nFrom the middle\n\n\
                    From b@x Mon Jan  1 00:00:00 2024\nSubject: 2\n\n";
        assert_eq!(
            read(text, 1000),
            [
                "Subject: 1\n\nhej\nFrom her\n>From der\nFrom the middle\n",
                "Subject: 2\n"
            ]
        );
    }

    #[test]
    fn a_mail_above_the_limit_is_cut_and_known_to_be() {
        let text = format!(
            "From a@x now\nSubject: 1\n\n{}\n\nFrom b@x now\nSubject: 2\n\nhej\n",
            "x".repeat(500)
        );
        let mails = read(&text, 50);
        assert_eq!((mails[0].len(), &*mails[1]), (51, "Subject: 2\n\nhej\n"));
    }

    #[test]
    fn a_sentence_that_begins_with_from_separates_nothing() {
        let text = "\u{feff}From -\nSubject: 1\n\nTitlen er:\n\nFrom Russia with love\nYear: 1963\n\nFrom her\n\nhej\n\n\
                    From MAILER-DAEMON Mon Jan  1 00:00:00 2024\nSubject: 2\n\nFrom 10:30 we meet\n\n\
                    From 1844347792267117879@xxx\nSubject: 3\n\nhej\n";
        let mails = read(text, 1000);
        assert!(
            mails[0].contains("Russia") && mails[0].contains("her\n\nhej"),
            "{mails:?}"
        );
        let starts: Vec<&str> = mails.iter().filter_map(|mail| mail.get(..10)).collect();
        assert_eq!(starts, ["Subject: 1", "Subject: 2", "Subject: 3"]);
    }

    #[test]
    fn a_length_that_is_true_counts_for_more_than_what_stands_within() {
        let body = "Se:\n\nFrom c@x Mon Jan  1 00:00:00 2024\nSubject: 3\n\n>From her\n\n";
        let text = format!(
            "From a@x now\nSubject: 1\nContent-Length: {}\n\n{body}\nFrom b@x now\ncontent-length: 11 \n\n>From mig\n\n\n",
            body.len()
        );
        let mails = read(&text, 1000);
        assert!(mails[0].ends_with(&format!("\n\n{body}")), "{mails:?}");
        assert_eq!(mails[1], "content-length: 11 \n\nFrom mig\n\n");
    }

    #[test]
    fn a_length_that_is_wrong_hides_no_mail() {
        for length in ["1", "7", "30", "99999", "-3", "x", "18446744073709551615"] {
            let text = format!(
                "From a@x now\nSubject: 1\nContent-Length: {length}\n\nhej\n\nFrom b@x now\nSubject: 2\n\nhej\n"
            );
            let mails = read(&text, 1000);
            assert_eq!(mails.len(), 2, "{length}");
            assert!(mails[0].ends_with("\n\nhej\n"), "{mails:?}");
        }
    }

    #[test]
    fn an_mbox_is_known_by_its_first_two_lines() {
        assert!(is_mbox(
            b"From a@x Mon Jan  1 00:00:00 2024\r\nSubject: 1\r\n"
        ));
        assert!(is_mbox(b"From - \nReturn-Path: <>\n"));
        for text in [
            &b"From Russia with love\nYear: 1963\n"[..],
            b"From: a@x\nTo: b@x\n",
            b"From a@x now\n\nhej",
            b"",
        ] {
            assert!(!is_mbox(text));
        }
    }

    #[test]
    fn only_so_many_mails_are_taken_out_of_an_attachment() {
        let text = "From a@x now\nSubject: 1\n\n".repeat(MAX_MAILS + 5);
        let split = split(text.as_bytes());
        assert_eq!(split.mails.len(), MAX_MAILS);
        assert_eq!(split.warnings[0].code, "mbox_too_many");
    }

    #[test]
    fn the_time_grows_with_the_file_alone() {
        for run in [
            "From a@x now\nContent-Length: 50000\n\nhej\n\n",
            "From a@x now\nContent-Length: 50003\n\n",
            "From a@x now\n",
            "From ",
            "\n",
            "From her\n\n",
            "Content-Length: 1\n",
            "\n>From ",
            ">",
        ] {
            let runs = |bytes| run.repeat(bytes / run.len());
            assert_linear(run, 100_000, runs, |text| {
                let mut mbox = Mbox::new(text.as_bytes(), u64::MAX);
                while mbox.next_mail().unwrap().is_some() {}
            });
        }
    }

    #[test]
    fn mailboxes_of_another_project_split_where_it_says() {
        let root = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../shared/corpus/mime/mimekit/UnitTests/TestData/mbox/"
        );
        for name in ["content-length", "issue1189"] {
            let (Ok(raw), Ok(json)) = (
                std::fs::read(format!("{root}{name}.mbox.txt")),
                std::fs::read_to_string(format!("{root}{name}.unix-offsets.json")),
            ) else {
                continue;
            };
            let expected: Vec<Range<usize>> = serde_json::from_str::<Vec<serde_json::Value>>(&json)
                .unwrap()
                .iter()
                .map(|mail| {
                    let offset = |field: &str| mail[field].as_u64().unwrap() as usize;
                    offset("beginOffset")..offset("endOffset")
                })
                .collect();
            let found = split(&raw).mails;
            assert_eq!(found.len(), expected.len(), "{name}");
            for (found, range) in found.iter().zip(expected) {
                let start = &raw[range.start..range.start + 100];
                assert_eq!(&found[..100], start, "{name}");
                let difference = range.len().abs_diff(found.len());
                assert!(difference <= 2, "{name} {range:?} {}", found.len());
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn mails_come_out_as_they_went_in(bodies in proptest::collection::vec("(hej\n|\n|From her\n|>From der\n|æ\r\n){1,6}", 1..5), with_length in proptest::bool::ANY) {
            let text: Vec<String> = bodies
                .iter()
                .map(|body| {
                    let length = if with_length { format!("Content-Length: {}\n", body.len()) } else { String::new() };
                    let body = if with_length { body.clone() } else { body.replace("From ", ">From ") };
                    format!("From a@x Mon Jan  1 00:00:00 2024\nSubject: 1\n{length}\n{body}\n")
                })
                .collect();
            let mails = read(&text.concat(), 10_000);
            proptest::prop_assert_eq!(mails.len(), bodies.len());
            for (mail, body) in mails.iter().zip(&bodies) {
                let (_, found) = mail.split_once("\n\n").unwrap();
                if !with_length || body.contains("\nFrom ") || body.starts_with("From ") {
                    proptest::prop_assert_eq!(found, body);
                }
            }
        }

        #[test]
        fn no_bytes_are_too_strange(text in "(From |a@x|\n|\r\n|Content-Length: |1|0|>|:| 12:00)*", limit in 0u64..50) {
            read(&text, limit);
        }
    }
}
