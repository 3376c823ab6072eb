//! The case that the sender chose while writing, as the add-in puts it into the mail's header.

use mail_parser::{HeaderName, MessageParser};

/// Written by the add-in, percent-encoded: `2024-00123`.
const HEADER: &str = "X-Sagspost-Case";
/// Case numbers are no longer.
const MAX_CHARS: usize = 50;
/// Where it is looked for; what Outlook writes is far shorter.
const MAX_HEADER_BYTES: usize = 256 * 1024;

/// The number that stands in the mail's own header. `None` for several that differ, and for what is no number.
///
/// Anybody can write this header: it says something only of a mail that lies in the sender's own sent mail.
pub fn chosen_case(raw: &[u8]) -> Option<String> {
    let head = &raw[..raw.len().min(MAX_HEADER_BYTES)];
    let message = MessageParser::new().parse_headers(head)?;
    let mut chosen = message
        .headers()
        .iter()
        .filter(|header| matches!(&header.name(), HeaderName::Other(name) if name.eq_ignore_ascii_case(HEADER)))
        .filter_map(|header| head.get(header.offset_start() as usize..header.offset_end() as usize));
    let first = decoded(chosen.next()?)?;
    chosen
        .all(|other| decoded(other).as_ref() == Some(&first))
        .then_some(first)
}

fn decoded(field: &[u8]) -> Option<String> {
    let folded = std::str::from_utf8(field).ok()?;
    let encoded: String = folded.split_whitespace().collect();
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(*first);
        }
    }
    let number = String::from_utf8_lossy(&bytes);
    let number = number.trim();
    let is_number = !number.is_empty()
        && number.chars().count() <= MAX_CHARS
        && !number.chars().any(|c| c.is_control() || c == '\u{fffd}');
    is_number.then(|| number.to_owned())
}

#[cfg(test)]
mod tests {
    use super::chosen_case;

    fn of(header: &str) -> Option<String> {
        chosen_case(
            format!("Subject: Hegn\r\n{header}\r\n\r\nX-Sagspost-Case: 2024-9\r\n").as_bytes(),
        )
    }

    #[test]
    fn the_number_in_the_header_is_read_however_it_is_written() {
        for header in [
            "X-Sagspost-Case: 2024-00123",
            "x-sagspost-case:2024-00123",
            "X-Sagspost-Case:\r\n 2024-00123",
            "X-Sagspost-Case: 2024%2D00123",
            "X-Sagspost-Case: 2024-00123\r\nX-Sagspost-Case: 2024-00123",
        ] {
            assert_eq!(of(header).as_deref(), Some("2024-00123"), "{header}");
        }
        assert_eq!(
            of("X-Sagspost-Case: 14%2F10822").as_deref(),
            Some("14/10822")
        );
    }

    #[test]
    fn what_is_no_number_or_two_of_them_is_none() {
        for header in [
            "To: a@x",
            "X-Sagspost-Case:",
            "X-Sagspost-Case: %",
            "X-Sagspost-Case: %zz",
            "X-Sagspost-Case: %0A",
            "X-Sagspost-Case: %ff",
            "X-Sagspost-Case: 2024-00123\r\nX-Sagspost-Case: 2024-00124",
            &format!("X-Sagspost-Case: {}", "1".repeat(51)),
        ] {
            assert_eq!(of(header), None, "{header}");
        }
    }
}
