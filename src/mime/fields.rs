//! Every field of a mail's header, for rules that ask for one by name.

use super::{headers, journaled, nested, parsed};

/// Mails in the wild have up to some hundred.
const MAX_FIELDS: usize = 2_000;
/// What servers found is read as it stands: a stranger's encoded word within it would become part of it.
const AS_IT_STANDS: &str = "Authentication-Results";

/// Names as written and decoded values on one line, in their order; none of what is no mail.
pub fn header_fields(raw: &[u8]) -> Vec<(String, String)> {
    let raw = nested::mail_file(raw);
    let Some((message, _)) = parsed(&raw) else {
        return Vec::new();
    };
    let fields = journaled::meant(message.root()).headers().iter();
    fields
        .take(MAX_FIELDS)
        .map(|field| {
            let name = field.raw_name().trim().to_owned();
            let value = headers::value(field, None);
            let value = if name.eq_ignore_ascii_case(AS_IT_STANDS) {
                value.into_owned()
            } else {
                headers::readable(&value)
            };
            (name, value)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::header_fields;

    #[test]
    fn fields_are_decoded_and_on_one_line_but_for_what_servers_found() {
        let raw = b"From: a@b.example\r\nX-Note: =?utf-8?q?H=C3=A6k?=\r\n og hegn\r\n\
                    Authentication-Results: mx.example; spf=fail\r\n smtp.mailfrom==?utf-8?q?=3B_dmarc=3Dpass?=\r\n\r\nHej";
        let fields = header_fields(raw);
        let value = |name: &str| {
            let field = fields.iter().find(|(other, _)| other == name);
            field.map(|(_, value)| value.as_str()).unwrap_or_default()
        };
        assert_eq!(value("X-Note"), "Hæk og hegn");
        assert!(!value("Authentication-Results").contains("; dmarc"));
        assert!(header_fields(b"ingen mail").is_empty());
    }
}
