//! What a trusted server found when it checked a mail's sender (Authentication-Results, RFC 8601).
//!
//! Anyone can write such a field. One counts when it names the server that is trusted; that server is expected to take
//! off those of others that bear its name (RFC 8601 § 5), and writes its own on top, so the first one counts.

use super::facts::{Authentication, Verdict};
use crate::domain::{direction::domain_of, mail::Mail};

const FIELD: &str = "authentication-results";
/// What a server writes is far shorter.
const MAX_BYTES: usize = 16 * 1024;

impl Authentication {
    /// `None` where the trusted server said nothing. `headers` in the order they stand.
    pub fn read(headers: &[(String, String)], server: &str, mail: &Mail) -> Option<Self> {
        let fields = headers
            .iter()
            .filter(|(name, value)| name.eq_ignore_ascii_case(FIELD) && value.len() <= MAX_BYTES);
        let mut bare = fields.filter_map(|(_, value)| without_quoted(value));
        bare.find_map(|value| of_field(&value, server, mail))
    }
}

fn of_field(value: &str, server: &str, mail: &Mail) -> Option<Authentication> {
    let mut parts = value.split(';');
    let named = parts.next()?.split_whitespace().next()?;
    if !named.eq_ignore_ascii_case(server) {
        return None;
    }
    let mut found = Authentication {
        dmarc: Verdict::None,
        spf: Verdict::None,
        dkim: Verdict::None,
    };
    for part in parts {
        let part = part.to_lowercase();
        let mut words = part.split_whitespace();
        let Some((method, result)) = words.next().and_then(|word| word.split_once('=')) else {
            continue;
        };
        let verdict = match result {
            "pass" => Verdict::Pass,
            "fail" | "softfail" | "hardfail" | "permerror" => Verdict::Fail,
            _ => Verdict::None,
        };
        match method.split('/').next().unwrap_or_default() {
            // Of several signatures one that holds is enough.
            "dkim" if found.dkim != Verdict::Pass => found.dkim = verdict,
            "spf" if found.spf != Verdict::Fail => found.spf = verdict,
            "dmarc" if found.dmarc != Verdict::Fail => {
                let about = words.find_map(|word| word.strip_prefix("header.from="));
                found.dmarc = match verdict {
                    Verdict::Pass if !about.is_none_or(|about| is_of(about, mail)) => Verdict::None,
                    verdict => verdict,
                };
            }
            _ => {}
        }
    }
    Some(found)
}

/// Whether it is the sender that people see whom the server checked.
fn is_of(domain: &str, mail: &Mail) -> bool {
    let domain = domain.rsplit('@').next().unwrap_or_default();
    let senders = mail.from.iter().filter_map(|from| domain_of(&from.address));
    senders
        .into_iter()
        .any(|sender| sender.eq_ignore_ascii_case(domain))
}

/// Without what stands in quotes or in parentheses, which a stranger may have written; `None` where one has no end.
fn without_quoted(value: &str) -> Option<String> {
    let mut bare = String::with_capacity(value.len());
    let (mut depth, mut quoted) = (0_usize, false);
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if quoted || depth > 0 => {
                chars.next()?;
            }
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted && depth > 0 => depth -= 1,
            c if !quoted && depth == 0 => bare.push(c),
            _ => {}
        }
    }
    (depth == 0 && !quoted).then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mail::Address;

    fn dmarc(fields: &[&str]) -> Option<Verdict> {
        let mail = Mail {
            from: vec![Address {
                name: None,
                address: "karen@borger.example".to_owned(),
            }],
            ..Mail::default()
        };
        let field = |value: &&str| ("Authentication-Results".to_owned(), (*value).to_owned());
        let headers: Vec<_> = fields.iter().map(field).collect();
        Authentication::read(&headers, "mx.byen.example", &mail).map(|found| found.dmarc)
    }

    #[test]
    fn the_first_field_of_the_trusted_server_counts_and_no_other() {
        let pass = "mx.byen.example; spf=pass smtp.mailfrom=x; dmarc=pass (p=none) header.from=borger.example";
        let fail = "MX.byen.example 1;\r\n dmarc=fail header.from=borger.example";
        assert_eq!(dmarc(&[pass]), Some(Verdict::Pass));
        assert_eq!(dmarc(&[fail, pass]), Some(Verdict::Fail));
        assert_eq!(
            dmarc(&["ond.example; dmarc=pass", fail]),
            Some(Verdict::Fail)
        );
        assert_eq!(dmarc(&["ond.example; dmarc=pass"]), None);
        assert_eq!(dmarc(&["mx.byen.example.ond.example; dmarc=pass"]), None);
        assert_eq!(dmarc(&["mx.byen.example; none"]), Some(Verdict::None));
    }

    #[test]
    fn what_a_stranger_wrote_within_a_field_says_nothing() {
        for forged in [
            r#"mx.byen.example; spf=fail smtp.mailfrom="x; dmarc=pass"@ond.example"#,
            "mx.byen.example; spf=fail (hello; dmarc=pass)",
            r#"mx.byen.example; spf=fail reason="\"; dmarc=pass""#,
            "mx.byen.example; dmarc=pass header.from=ond.example",
        ] {
            assert_eq!(dmarc(&[forged]), Some(Verdict::None), "{forged}");
        }
        assert_eq!(dmarc(&["mx.byen.example; spf=fail (; dmarc=pass"]), None);
    }
}
