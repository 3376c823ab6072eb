//! Addresses that name a case: `sag+2024-00123@example.org`, or `2024-00123@sag.example.org` of a domain of its own.
//!
//! A number is written into an address as it is, but for what addresses do not hold well: a slash becomes a dot, and spaces
//! and brackets are left out. So what is read may be a number in several ways of writing.

use std::fmt;

/// Where the number stands in the pattern.
const NUMBER: &str = "{case}";
/// Longest part of an address before the @ (RFC 5321 § 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;

/// A pattern of addresses, in small letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilingAddress {
    before: String,
    after: String,
    domain: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilingAddressError {
    #[error("has no {{case}} before its @, where the number stands")]
    NoNumber,
    #[error("is no mail address")]
    NoAddress,
}

impl FilingAddress {
    /// `None` for an empty pattern: there are no such addresses.
    pub fn parse(pattern: &str) -> Result<Option<Self>, FilingAddressError> {
        let pattern = pattern.trim().to_lowercase();
        if pattern.is_empty() {
            return Ok(None);
        }
        let (local, domain) = pattern
            .rsplit_once('@')
            .ok_or(FilingAddressError::NoAddress)?;
        let (before, after) = local
            .split_once(NUMBER)
            .ok_or(FilingAddressError::NoNumber)?;
        let odd = |c: char| c.is_whitespace() || "{}<>@,;\"".contains(c);
        if domain.is_empty()
            || [before, after, domain]
                .iter()
                .any(|part| part.contains(odd))
        {
            return Err(FilingAddressError::NoAddress);
        }
        Ok(Some(Self {
            before: before.to_owned(),
            after: after.to_owned(),
            domain: domain.to_owned(),
        }))
    }

    /// What stands in an address where the number of a case does; `None` for another address.
    pub fn number_in<'a>(&self, address: &'a str) -> Option<&'a str> {
        let (local, domain) = address.trim().rsplit_once('@')?;
        if !domain.eq_ignore_ascii_case(&self.domain) || local.len() > MAX_LOCAL_BYTES {
            return None;
        }
        let begins = local.get(..self.before.len())?;
        let rest = local.get(self.before.len()..)?;
        let ends_at = rest.len().checked_sub(self.after.len())?;
        let (number, ends) = (rest.get(..ends_at)?, rest.get(ends_at..)?);
        let is_one = begins.eq_ignore_ascii_case(&self.before)
            && ends.eq_ignore_ascii_case(&self.after)
            && number.chars().any(|c| c.is_ascii_digit());
        is_one.then_some(number)
    }

    /// The address of a case.
    pub fn of(&self, number: &str) -> String {
        let number: String = number
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '[' | ']'))
            .map(|c| if c == '/' { '.' } else { c })
            .collect();
        format!("{}{number}{}@{}", self.before, self.after, self.domain)
    }
}

/// The ways a case system may write what stands in an address, the likeliest first.
pub fn numbers(in_address: &str) -> Vec<String> {
    let number = in_address.to_uppercase();
    let mut ways = vec![
        number.clone(),
        number.replace('.', "/"),
        number.replace('-', " - "),
        format!("[{number}]"),
    ];
    let mut seen = std::collections::HashSet::new();
    ways.retain(|way| seen.insert(way.clone()));
    ways
}

impl fmt::Display for FilingAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{NUMBER}{}@{}", self.before, self.after, self.domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> FilingAddress {
        FilingAddress::parse(text).unwrap().unwrap()
    }

    #[test]
    fn the_number_is_read_out_of_an_address_of_either_kind() {
        let plus = pattern("sag+{case}@byen.example");
        for (address, number) in [
            ("sag+2024-00123@byen.example", Some("2024-00123")),
            ("Sag+2024-00123@BYEN.example", Some("2024-00123")),
            ("sag+@byen.example", None),
            ("sag+hej@byen.example", None),
            ("sag@byen.example", None),
            ("sag+2024-00123@ond.byen.example", None),
            ("sag+2024-00123@byen.example.ond.example", None),
            ("ø", None),
            ("", None),
        ] {
            assert_eq!(plus.number_in(address), number, "{address}");
        }
        let own = pattern("{case}@sag.byen.example");
        assert_eq!(own.number_in("14.10822@sag.byen.example"), Some("14.10822"));
        assert_eq!(own.of("14/10822"), "14.10822@sag.byen.example");
        assert!(numbers("14.10822").contains(&"14/10822".to_owned()));
        assert_eq!(numbers("s2019-12345")[0], "S2019-12345");
    }

    #[test]
    fn a_pattern_without_a_number_or_an_address_is_none() {
        assert_eq!(FilingAddress::parse(" "), Ok(None));
        for (text, error) in [
            ("sag@byen.example", FilingAddressError::NoNumber),
            ("sag+{case}", FilingAddressError::NoAddress),
            ("sag+{case}@", FilingAddressError::NoAddress),
            ("sag@{case}.byen.example", FilingAddressError::NoNumber),
            ("{case}{case}@byen.example", FilingAddressError::NoAddress),
        ] {
            assert_eq!(FilingAddress::parse(text), Err(error), "{text}");
        }
    }
}
