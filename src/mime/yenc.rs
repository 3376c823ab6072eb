//! yEnc in a text: recognised, so that it can be said, and left as it is.
//!
//! It belongs to news, where bytes pass unchanged; through mail it mostly arrives damaged, and nothing would show that.

use super::embedded::lines;
use super::warning;
use crate::domain::mail::Warning;

/// No header line of yEnc is longer.
const MAX_LINE_BYTES: usize = 1_000;

/// What to say of a text with a yEnc file in it.
pub(super) fn seen(text: &[u8]) -> Option<Warning> {
    let mut begun = false;
    for line in lines(text) {
        begun |= is_begin(line);
        if begun && line.starts_with(b"=yend ") && has(line, b" size=") {
            return Some(warning(
                "yenc_unread",
                "the text holds a file in yEnc, which is left as it is",
            ));
        }
    }
    None
}

fn is_begin(line: &[u8]) -> bool {
    line.starts_with(b"=ybegin ")
        && [&b" line="[..], b" size=", b" name="]
            .iter()
            .all(|field| has(line, field))
}

fn has(line: &[u8], field: &[u8]) -> bool {
    let line = line.get(..MAX_LINE_BYTES).unwrap_or(line);
    line.windows(field.len()).any(|found| found == field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::assert_linear;

    #[test]
    fn a_file_in_yenc_is_said() {
        let text = b"Hej\r\n=ybegin line=128 size=3 name=a b.txt\r\n\x8b\x8c\x8d\r\n=yend size=3 crc32=352441c2\r\n";
        assert_eq!(seen(text).unwrap().code, "yenc_unread");
        assert!(seen(b"=ybegin part=1 line=128 size=9 name=a\n=ypart begin=1 end=3\nx\n=yend size=3 part=1\n").is_some());
    }

    #[test]
    fn a_text_about_it_is_a_text() {
        for text in [
            &b"=ybegin line=128 size=3 name=a\n"[..],
            b"=yend size=3\n",
            b"=ybegin size=3\n=yend size=3\n",
            b"a =ybegin line=128 size=3 name=a\n=yend size=3\n",
            b"",
        ] {
            assert_eq!(seen(text), None);
        }
    }

    #[test]
    fn the_time_grows_with_the_text_alone() {
        for run in [
            "=ybegin ",
            "=ybegin line=1 size=1 name=\n",
            "=yend \n",
            "=yend ",
            "\n",
        ] {
            let runs = |n| run.repeat(n);
            assert_linear(run, 20_000, runs, |text| {
                seen(text.as_bytes());
            });
        }
    }
}
