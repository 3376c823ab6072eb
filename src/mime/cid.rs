//! The Content-IDs that a mail's text shows.
//!
//! They are read out of the text once: ten thousand pictures must not each search the whole of it. Identifiers are
//! compared exactly, upper and lower case as received (RFC 2392); a reference may be URL-encoded, its part's is not.

use std::{borrow::Cow, collections::HashSet};

const SCHEME: &[u8] = b"cid:";
/// No header line is longer (RFC 5322), so no Content-ID is.
const MAX_ID_BYTES: usize = 998;

#[derive(Default)]
pub(super) struct References(HashSet<String>);

impl References {
    /// Notes every `cid:` of a text: `src="cid:…"`, `url(cid:…)`, or `[cid:…]` as Outlook writes it in plain text.
    pub(super) fn read(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut from = 0;
        while let Some(at) = next_scheme(bytes, from) {
            from = at + SCHEME.len();
            let before = text.get(..at).unwrap_or_default();
            let after = text.get(from..).unwrap_or_default();
            let id = until_end(before, after);
            from += id.len();
            if id.is_empty() || id.len() > MAX_ID_BYTES {
                continue;
            }
            let id = id.replace("&amp;", "&");
            if let Cow::Owned(decoded) = percent_decoded(&id) {
                self.0.insert(decoded);
            }
            self.0.insert(id);
        }
    }

    /// Whether the text shows the part with this Content-ID.
    pub(super) fn show(&self, content_id: &str) -> bool {
        self.0
            .contains(content_id.trim().trim_matches(['<', '>']).trim())
    }
}

/// A text without the `[cid:…]` that Outlook writes where a picture stands.
pub(super) fn without_placeholders(text: &str) -> Cow<'_, str> {
    // Most texts have no bracket, which is looked for sooner than a word.
    if !text.contains('[') || !text.contains("[cid:") {
        return Cow::Borrowed(text);
    }
    let mut pieces = text.split("[cid:");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| c == ']' || c == '[' || c.is_whitespace());
        match end.map(|end| piece.split_at(end)) {
            Some((_, after)) if after.starts_with(']') => {
                out.push_str(after.get(1..).unwrap_or_default());
            }
            _ => {
                out.push_str("[cid:");
                out.push_str(piece);
            }
        }
    }
    Cow::Owned(out)
}

/// Where the next `cid:` stands, in upper or lower case, not as the end of a longer word.
fn next_scheme(bytes: &[u8], from: usize) -> Option<usize> {
    let colons = bytes.get(from..)?.iter().enumerate();
    colons
        .filter(|(_, byte)| **byte == b':')
        .filter_map(|(offset, _)| (from + offset).checked_sub(SCHEME.len() - 1))
        .find(|at| {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            bytes
                .get(*at..at + SCHEME.len())
                .is_some_and(|word| word.eq_ignore_ascii_case(SCHEME))
                && !before.is_some_and(u8::is_ascii_alphanumeric)
        })
}

/// The identifier ends where its quotation does; without one, where a URL in a style sheet or plain text would.
fn until_end<'t>(before: &str, after: &'t str) -> &'t str {
    // Long enough for an identifier and its end; the rest of a large text is not searched for a missing quote.
    let after = after
        .get(..after.floor_char_boundary(MAX_ID_BYTES * 2))
        .unwrap_or(after);
    for quote in ["\"", "'", "&quot;", "&#39;", "&#34;"] {
        if before.ends_with(quote) {
            return after.split(quote).next().unwrap_or_default().trim();
        }
    }
    let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | ')' | ']');
    after.split(is_end).next().unwrap_or_default()
}

/// `%40` as `@`; borrowed when nothing is encoded or the result is no text.
pub(super) fn percent_decoded(id: &str) -> Cow<'_, str> {
    if !id.contains('%') {
        return Cow::Borrowed(id);
    }
    let mut bytes = Vec::with_capacity(id.len());
    let mut rest = id.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let mut decoded = [0];
        match after.get(..2) {
            Some(digits) if byte == b'%' && hex::decode_to_slice(digits, &mut decoded).is_ok() => {
                bytes.extend(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(id), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::assert_linear;

    fn references(text: &str) -> References {
        let mut references = References::default();
        references.read(text);
        references
    }

    #[test]
    fn a_reference_is_found_however_it_is_written() {
        for text in [
            r#"<img src="cid:logo@x.example">"#,
            "<img src='cid:logo@x.example'>",
            "<img src=cid:logo@x.example>",
            "<IMG SRC=\"CID:logo@x.example\">",
            "<td style=\"background:url(cid:logo@x.example)\">",
            "<td style=\"background:url(&quot;cid:logo@x.example&quot;)\">",
            r#"<img src="cid:logo%40x.example">"#,
            "Med venlig hilsen [cid:logo@x.example]",
        ] {
            assert!(references(text).show("<logo@x.example>"), "{text}");
        }
        assert!(references(r#"<img src="cid:a(1)&amp;b@x">"#).show("a(1)&b@x"));
        assert!(references(r#"<img src="cid:100%@x">"#).show("100%@x"));
    }

    #[test]
    fn only_the_whole_identifier_counts_in_the_case_it_was_sent() {
        let references = references(r#"<img src="cid:logo2"> acid:logo3 <img src="cid:Logo4">"#);
        for id in ["logo", "logo22", "logo3", "logo4", "", "<>"] {
            assert!(!references.show(id), "{id}");
        }
        assert!(references.show("logo2") && references.show("Logo4"));
    }

    #[test]
    fn outlooks_placeholders_for_pictures_are_no_text() {
        assert_eq!(
            without_placeholders("Hilsen [cid:image001.png@01DC]\n[cid:x y] [cid:"),
            "Hilsen \n[cid:x y] [cid:"
        );
    }

    #[test]
    fn the_time_grows_with_the_text_alone() {
        for run in ["cid:", "\"cid:", "\"cid:'"] {
            let runs = |n| run.repeat(n);
            assert_linear(run, 20_000, runs, |text| {
                references(text);
            });
        }
    }
}
