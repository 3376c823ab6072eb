//! Where a link leads, when its text does not say so.

use std::borrow::Cow;

use super::attributes::decoded;
use crate::mime::cid::percent_decoded;

/// Longer addresses are tracks of a newsletter, of no use to a reader: their host is told.
const MAX_URL_CHARS: usize = 160;
const MAX_SAID_BYTES: usize = 600;

/// A link that is being read.
pub(super) struct Link {
    target: String,
    said: String,
}

impl Link {
    /// `None` when it leads to nowhere that could be told.
    pub(super) fn to(href: &str) -> Option<Self> {
        let href = decoded(href);
        let target: String = unwrapped(&href)
            .trim()
            .chars()
            .filter(|c| !c.is_control() && !c.is_whitespace())
            .collect();
        let is_told = ["http://", "https://", "mailto:", "tel:"]
            .iter()
            .any(|scheme| starts_with(&target, scheme));
        is_told.then_some(Self {
            target,
            said: String::new(),
        })
    }

    pub(super) fn hear(&mut self, letter: char) {
        if self.said.len() < MAX_SAID_BYTES && !letter.is_whitespace() {
            self.said.extend(letter.to_lowercase());
        }
    }

    /// What is added after the link's text.
    pub(super) fn told(&self) -> Option<String> {
        if self.said.is_empty() {
            return None;
        }
        let target = self.target.to_lowercase();
        if let Some(number) = target.strip_prefix("tel:") {
            let digits =
                |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
            let (number, said) = (digits(number), digits(&self.said));
            let is_said = said.len() >= 6 && (number.ends_with(&said) || said.ends_with(&number));
            return (!is_said && !number.is_empty())
                .then(|| format!("({})", self.target.get(4..).unwrap_or_default()));
        }
        if let Some(address) = target.strip_prefix("mailto:") {
            let address = address.split('?').next().unwrap_or_default();
            let is_said = address.is_empty() || self.said.contains(address);
            return (!is_said).then(|| format!("({address})"));
        }
        let (said, bare) = (bare(&self.said), bare(&target));
        let is_said = said == bare
            || said.contains(bare)
            || said.strip_suffix(['…', '.']).is_some_and(|start| {
                !start.is_empty() && bare.starts_with(start.trim_end_matches('.'))
            });
        (!is_said).then(|| format!("({})", short(&self.target)))
    }
}

fn starts_with(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

/// Without what people leave out when they write an address.
fn bare(url: &str) -> &str {
    let url = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))
        .unwrap_or(url);
    url.strip_prefix("www.")
        .unwrap_or(url)
        .trim_end_matches('/')
}

fn short(url: &str) -> Cow<'_, str> {
    if url.chars().nth(MAX_URL_CHARS).is_none() {
        return Cow::Borrowed(url);
    }
    let host_end = url.find("://").and_then(|at| {
        url.get(at + 3..)?
            .find(['/', '?', '#'])
            .map(|end| at + 3 + end)
    });
    match host_end.and_then(|end| url.get(..end)) {
        Some(host) if host.len() <= MAX_URL_CHARS => Cow::Owned(format!("{host}/…")),
        _ => Cow::Borrowed("…"),
    }
}

/// The address within one that a mail filter put around it (Microsoft's Safe Links).
fn unwrapped(href: &str) -> Cow<'_, str> {
    let inner = href
        .contains(".safelinks.protection.outlook.com/")
        .then(|| href.split_once("?url="))
        .flatten()
        .and_then(|(_, after)| after.split('&').next());
    match inner {
        Some(encoded) => percent_decoded(encoded),
        None => Cow::Borrowed(href),
    }
}
