//! When a certificate ends (RFC 5280, 4.1.2.5): the one thing of it that operations must know in time.

use chrono::{DateTime, NaiveDateTime, Utc};

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// `None` for what is no certificate.
pub(super) fn of(certificate: &[u8]) -> Option<DateTime<Utc>> {
    let (whole, _) = value(certificate, SEQUENCE)?;
    let (mut fields, _) = value(whole, SEQUENCE)?;
    // Version 1 does not say its version.
    if let Some((_, rest)) = value(fields, VERSION) {
        fields = rest;
    }
    let (_, fields) = value(fields, INTEGER)?;
    let (_, fields) = value(fields, SEQUENCE)?;
    let (_, fields) = value(fields, SEQUENCE)?;
    let (validity, _) = value(fields, SEQUENCE)?;
    let (_, ends) = time(validity)?;
    time(ends).map(|(at, _)| at)
}

fn time(bytes: &[u8]) -> Option<(DateTime<Utc>, &[u8])> {
    let (text, rest, is_short) = match value(bytes, UTC_TIME) {
        Some((text, rest)) => (text, rest, true),
        None => value(bytes, GENERALIZED_TIME).map(|(text, rest)| (text, rest, false))?,
    };
    let text = std::str::from_utf8(text).ok()?;
    // Two digits are of 1950 to 2049.
    let text = match (is_short, text.get(..2)?) {
        (true, year) if year < "50" => format!("20{text}"),
        (true, _) => format!("19{text}"),
        (false, _) => text.to_owned(),
    };
    let at = NaiveDateTime::parse_from_str(&text, "%Y%m%d%H%M%SZ").ok()?;
    Some((at.and_utc(), rest))
}

/// What a value of this tag holds, and what stands behind it (DER).
fn value(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = bytes.split_first()?;
    if *first != tag {
        return None;
    }
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(*first & 0x7f))?;
        if digits.len() > 4 {
            return None;
        }
        let length = digits
            .iter()
            .fold(0, |length, digit| length << 8 | usize::from(*digit));
        (length, rest)
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(last_year: i32) -> Vec<u8> {
        let mut parameters = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        parameters.not_before = rcgen::date_time_ymd(2000, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(last_year, 6, 7);
        let key = rcgen::KeyPair::generate().unwrap();
        parameters.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn the_end_is_read_in_both_ways_that_it_is_written() {
        for year in [2031, 2077] {
            let told = format!("{year}-06-07T00:00:00+00:00");
            assert_eq!(of(&made(year)).unwrap().to_rfc3339(), told);
        }
    }

    #[test]
    fn what_is_cut_short_has_no_end() {
        let whole = made(2031);
        for length in 0..150 {
            assert_eq!(of(&whole[..length]), None, "{length}");
        }
        assert_eq!(of(&[0x30, 0xff]), None);
        assert_eq!(of(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
