//! Lists of addresses, as RFC 5322 has them and as software and people write them.
//!
//! Lists cut by semicolons, names with commas, brackets that are missing or doubled, addresses glued to each other,
//! comments, groups and words encoded anywhere are all read; nothing that stands in the field is refused.

use std::borrow::Cow;

use super::{words, written_twice};
use crate::domain::mail::Address;

/// A line of a mail is no longer (RFC 5322), so a name or an address is not.
const MAX_WORD_BYTES: usize = 998;
/// Encoded words are shorter (RFC 2047: 75), also those of software that knows no limit.
const MAX_ENCODED_BYTES: usize = 4_000;
/// Words of a family name that stands before a comma.
const MAX_NAME_WORDS: usize = 2;

/// The addresses of a field, no more than `most`.
pub(super) fn list(field: &str, most: usize) -> Vec<Address> {
    let mut list = Lister {
        rest: field,
        most,
        from_last_semicolon: field.rfind(';').map(|at| field.len() - at),
        ..Lister::default()
    };
    while list.found.len() < most && list.step() {}
    list.end_entry(End::Field);
    list.found.truncate(most);
    list.found
}

/// The address that a name shows, when it is not the one behind it.
pub(super) fn shown_in_name(address: &Address) -> Option<&str> {
    let name = address.name.as_deref()?;
    let shown = name
        .split(|c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    '<' | '>' | '(' | ')' | '"' | '\'' | ',' | ';' | '[' | ']'
                )
        })
        .map(|word| word.strip_prefix("mailto:").unwrap_or(word))
        .find(|word| is_address(word))?;
    (!address.address.is_empty() && !shown.eq_ignore_ascii_case(&address.address)).then_some(shown)
}

fn is_address(word: &str) -> bool {
    word.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !domain.contains('@') && !domain.ends_with('.')
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Comma,
    Semicolon,
    Field,
    /// The next address follows without anything between.
    Glued,
}

#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each stands for something else that was seen"
)]
struct Lister<'f> {
    rest: &'f str,
    found: Vec<Address>,
    most: usize,
    /// Words of the name, quoted or not, still encoded.
    phrase: String,
    comment: String,
    address: Option<&'f str>,
    /// How much of the phrase stood before the address.
    before_address: usize,
    /// The family name before a comma that stands in a name without quotation marks.
    family: Option<String>,
    in_group: bool,
    /// How much of the field its last semicolon begins.
    from_last_semicolon: Option<usize>,
    /// A quotation, or a comment, that did not end: no other is looked for.
    open_quotation: bool,
    open_comment: bool,
    /// Nothing stands between the word before and this one: software encodes single letters.
    is_glued: bool,
}

impl<'f> Lister<'f> {
    /// Reads on by one sign or word; false at the end.
    fn step(&mut self) -> bool {
        let rest = self.rest.trim_start();
        let Some(first) = rest.chars().next() else {
            return false;
        };
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        self.is_glued &= rest.len() == self.rest.len();
        self.rest = after;
        match first {
            ',' => self.end_entry(End::Comma),
            ';' => self.end_entry(End::Semicolon),
            '"' if !self.open_quotation => self.quoted(rest),
            '(' if !self.open_comment => self.comment(after),
            '<' => self.bracketed(after),
            '"' | '(' | '>' => (),
            '[' if self.is_outlooks_address(after) => self.square(after),
            ':' if self.is_group(after) => {
                self.phrase.clear();
                self.in_group = true;
            }
            ':' => self.phrase.push(':'),
            _ => {
                self.word(rest);
                self.is_glued = true;
                return true;
            }
        }
        self.is_glued = false;
        true
    }

    fn quoted(&mut self, rest: &'f str) {
        let after = self.rest;
        let mut text = String::new();
        let mut chars = after.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = after.get(at + 1..).unwrap_or_default();
                    // A quoted local part: "jens hansen"@x.example.
                    if self.rest.starts_with('@') && self.address.is_none() {
                        let end = self
                            .rest
                            .find([',', ';', ' ', '>'])
                            .unwrap_or(self.rest.len());
                        let whole = at + 2 + end;
                        self.address = rest.get(..whole);
                        self.rest = rest.get(whole..).unwrap_or_default();
                        return;
                    }
                    self.add(&text);
                    return;
                }
                '\\' => text.extend(chars.next().map(|(_, c)| c)),
                c => text.push(c),
            }
        }
        // It was none.
        self.open_quotation = true;
    }

    fn comment(&mut self, after: &'f str) {
        let mut depth = 1;
        let mut escaped = false;
        for (at, c) in after.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => (),
            }
            if depth == 0 {
                let text = after.get(..at).unwrap_or_default();
                if !self.comment.is_empty() {
                    self.comment.push(' ');
                }
                self.comment.push_str(text);
                self.rest = after.get(at + 1..).unwrap_or_default();
                return;
            }
        }
        self.open_comment = true;
    }

    fn bracketed(&mut self, after: &'f str) {
        if self.address.is_some() {
            self.end_entry(End::Glued);
        }
        let after = after.trim_start_matches('<');
        let (inside, rest) = match after.find(['<', '>']) {
            Some(end) if after.get(end..).is_some_and(|end| end.starts_with('>')) => {
                (after.get(..end), after.get(end + 1..))
            }
            // Without its end the bracket ends where the next address begins.
            _ => {
                let end = after.find([',', ';', '<']).unwrap_or(after.len());
                (after.get(..end), after.get(end..))
            }
        };
        self.rest = rest.unwrap_or_default();
        // A route, as RFC 822 had: <@a,@b:c@d>.
        let inside = inside.unwrap_or_default().trim();
        let inside = match inside.rsplit_once(':') {
            Some((route, address)) if route.starts_with('@') => address,
            _ => inside,
        };
        self.address = Some(inside);
        self.before_address = self.phrase.len();
    }

    /// `Jens [mailto:j@x.example]`, as Outlook quotes.
    fn is_outlooks_address(&self, after: &str) -> bool {
        self.address.is_none()
            && !self.phrase.is_empty()
            && after
                .get(..after.floor_char_boundary(MAX_WORD_BYTES))
                .and_then(|near| near.split_once(']'))
                .is_some_and(|(inside, _)| inside.contains('@'))
    }

    fn square(&mut self, after: &'f str) {
        let end = after.find(']').unwrap_or(after.len());
        self.address = after.get(..end);
        self.rest = after.get(end + 1..).unwrap_or_default();
    }

    /// A name before a colon is that of a group when a semicolon ends it.
    fn is_group(&self, after: &str) -> bool {
        !self.in_group
            && self.address.is_none()
            && !self.phrase.is_empty()
            && self
                .from_last_semicolon
                .is_some_and(|from| after.len() >= from)
            // Last, since a name that is no group's may be as long as the field.
            && !self.phrase.contains('@')
    }

    fn word(&mut self, rest: &'f str) {
        // An encoded word may hold signs that would end an entry.
        let encoded = rest
            .get(2..rest.floor_char_boundary(MAX_ENCODED_BYTES))
            .filter(|_| rest.starts_with("=?"))
            .and_then(encoded_end)
            .map(|end| end + 2);
        let ends = |(at, c): &(usize, char)| {
            c.is_whitespace()
                || matches!(c, ',' | ';' | '<' | '>' | '"' | '(' | ':')
                || rest.get(*at..).is_some_and(|here| here.starts_with("=?"))
        };
        let end = encoded.unwrap_or_else(|| {
            let mut letters = rest.char_indices().skip(1);
            letters.find(ends).map_or(rest.len(), |(at, _)| at)
        });
        let word = rest.get(..end).unwrap_or_default();
        self.rest = rest.get(word.len()..).unwrap_or_default();
        if word.eq_ignore_ascii_case("mailto") && self.rest.starts_with(':') {
            self.rest = self.rest.get(1..).unwrap_or_default();
            return;
        }
        self.add(word);
    }

    fn add(&mut self, text: &str) {
        if !self.phrase.is_empty() && !self.is_glued {
            self.phrase.push(' ');
        }
        self.phrase.push_str(text);
    }

    fn end_entry(&mut self, end: End) {
        let mut phrase = std::mem::take(&mut self.phrase);
        if end == End::Glued {
            self.phrase = phrase.split_off(self.before_address.min(phrase.len()));
        }
        let comment = std::mem::take(&mut self.comment);
        let address = self.address.take();
        let family = self.family.take();
        let decoded = words::decoded(phrase.trim());
        let name = match (&family, decoded.trim()) {
            (Some(family), "") => family.clone(),
            (Some(family), name) => format!("{family}, {name}"),
            (None, name) => name.to_owned(),
        };
        if let Some(address) = address {
            let name = if name.is_empty() {
                words::decoded(&comment).into_owned()
            } else {
                name
            };
            self.push(&name, address);
        } else if name.contains('@') {
            self.bare(&name, &words::decoded(&comment));
        } else if end == End::Comma
            && family.is_none()
            && !name.is_empty()
            && name.split_whitespace().count() <= MAX_NAME_WORDS
            && next_has_address(self.rest)
        {
            self.family = Some(name);
        } else if !name.is_empty() {
            self.push(&name, "");
        }
        if end == End::Semicolon {
            self.in_group = false;
        }
    }

    /// An entry without brackets: `jens@x.example`, `Jens jens@x.example`, `a@x.example b@x.example`.
    fn bare(&mut self, text: &str, comment: &str) {
        // The whole entry was encoded, brackets and all.
        if let Some((name, rest)) = text.split_once('<')
            && let Some((address, _)) = rest.split_once('>')
        {
            return self.push(name.trim(), address);
        }
        // Spaces around the sign are none of the address.
        let text = text
            .replace(" @ ", "@")
            .replace(" @", "@")
            .replace("@ ", "@");
        let (addresses, names): (Vec<&str>, Vec<&str>) =
            text.split_whitespace().partition(|word| word.contains('@'));
        let name = if names.is_empty() {
            comment.to_owned()
        } else {
            names.join(" ")
        };
        for (index, address) in addresses.into_iter().enumerate() {
            self.push(if index == 0 { &name } else { "" }, address);
        }
    }

    fn push(&mut self, name: &str, address: &str) {
        let address = Address {
            name: person(name),
            address: normalised(address),
        };
        if self.found.len() < self.most && (address.name.is_some() || !address.address.is_empty()) {
            self.found.push(address);
        }
    }
}

/// Where an encoded word ends, counted from behind its `=?`.
fn encoded_end(inner: &str) -> Option<usize> {
    let mut marks = inner.match_indices('?').map(|(at, _)| at);
    let (_, text) = (marks.next()?, marks.next()? + 1);
    let end = inner.get(text..)?.find("?=")?;
    Some(text + end + 2)
}

/// Whether the entry that follows has its address in brackets: then what stood before the comma may be its name.
fn next_has_address(rest: &str) -> bool {
    let entry = rest.split([',', ';']).next().unwrap_or_default();
    match entry.split_once('<') {
        Some((given, after)) => {
            let words = given.split_whitespace().count();
            (1..=MAX_NAME_WORDS).contains(&words)
                && !given.contains(['@', '"'])
                && after.contains('@')
        }
        None => false,
    }
}

/// A name without the quotation marks that Outlook puts around it.
fn person(name: &str) -> Option<String> {
    let name: String = name
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let name = name.trim();
    let unquoted = [('\'', '\''), ('"', '"')]
        .into_iter()
        .find_map(|(open, close)| name.strip_prefix(open)?.strip_suffix(close))
        .unwrap_or(name)
        .trim();
    let mut name = written_twice::mended(unquoted.to_owned());
    name.truncate(name.floor_char_boundary(MAX_WORD_BYTES));
    (!name.is_empty()).then_some(name)
}

/// An address as it is compared: lower case, without what people and software put around it.
fn normalised(address: &str) -> String {
    let address = words::decoded(address);
    let address = without_comments(address.trim());
    let address = address.trim();
    let address = match address.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => {
            address.get(7..).unwrap_or_default()
        }
        _ => address,
    };
    let quotes =
        |c: char| c.is_whitespace() || matches!(c, '\'' | '<' | '>' | ',' | ';' | '[' | ']');
    let address = if address.contains('@') {
        address.trim_matches(quotes)
    } else {
        address.trim()
    };
    let mut lower: String = if address.starts_with('"') {
        address.to_lowercase()
    } else {
        address
            .chars()
            .filter(|c| !c.is_whitespace() && !c.is_control())
            .collect::<String>()
            .to_lowercase()
    };
    lower.truncate(lower.floor_char_boundary(MAX_WORD_BYTES));
    lower
}

/// `pete(his account)@silly.test(his host)` as RFC 822 allowed.
fn without_comments(address: &str) -> Cow<'_, str> {
    if !address.contains('(') || !address.contains(')') || address.starts_with('"') {
        return Cow::Borrowed(address);
    }
    let mut depth = 0usize;
    let outside = |c: &char| {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => {
                depth -= 1;
                return false;
            }
            _ => (),
        }
        depth == 0
    };
    Cow::Owned(address.chars().filter(outside).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::assert_linear;

    fn read(field: &str) -> Vec<String> {
        list(field, 100)
            .into_iter()
            .map(|address| match address.name {
                Some(name) => format!("{name} <{}>", address.address),
                None => address.address,
            })
            .collect()
    }

    #[test]
    fn addresses_are_read_however_they_are_written() {
        for (field, expected) in [
            ("a@x.example", &["a@x.example"][..]),
            ("Jens <A@X.example>", &["Jens <a@x.example>"]),
            (
                "Jens Hansen <a@x.example>, b@x.example",
                &["Jens Hansen <a@x.example>", "b@x.example"],
            ),
            (
                "\"Hansen, Jens\" <a@x.example>",
                &["Hansen, Jens <a@x.example>"],
            ),
            ("\"'Jens'\" <a@x.example>", &["Jens <a@x.example>"]),
            (
                "\"Jens \\\"J\\\" Hansen\" <a@x.example>",
                &["Jens \"J\" Hansen <a@x.example>"],
            ),
            (
                "Hansen, Jens <a@x.example>, Holm, Karen <k@x.example>",
                &["Hansen, Jens <a@x.example>", "Holm, Karen <k@x.example>"],
            ),
            (
                "Hansen, Jens <a@x.example>; Holm, Karen <k@x.example>;",
                &["Hansen, Jens <a@x.example>", "Holm, Karen <k@x.example>"],
            ),
            ("a@x.example; b@x.example", &["a@x.example", "b@x.example"]),
            (
                "<a@x.example> <b@x.example>",
                &["a@x.example", "b@x.example"],
            ),
            (
                "<a@x.example><b@x.example>",
                &["a@x.example", "b@x.example"],
            ),
            (
                "Jens <a@x.example> Bo <b@x.example>",
                &["Jens <a@x.example>", "Bo <b@x.example>"],
            ),
            ("<a@x.example> Jens", &["Jens <a@x.example>"]),
            ("a@x.example b@x.example", &["a@x.example", "b@x.example"]),
            ("Jens a@x.example", &["Jens <a@x.example>"]),
            ("Jens <a@x.example", &["Jens <a@x.example>"]),
            (
                "Jens <a@x.example, Bo <b@x.example>",
                &["Jens <a@x.example>", "Bo <b@x.example>"],
            ),
            ("<<a@x.example>>", &["a@x.example"]),
            ("Jens <mailto:a@x.example>", &["Jens <a@x.example>"]),
            ("Jens [mailto:a@x.example]", &["Jens <a@x.example>"]),
            ("mailto:a@x.example", &["a@x.example"]),
            ("a@x.example (Jens Hansen)", &["Jens Hansen <a@x.example>"]),
            ("Jens (p\\) orlov) <a@x.example>", &["Jens <a@x.example>"]),
            ("Jens <a(mit)@x.example(hus)>", &["Jens <a@x.example>"]),
            (
                "Holdet: a@x.example, Bo <b@x.example>;",
                &["a@x.example", "Bo <b@x.example>"],
            ),
            ("undisclosed-recipients:;", &[]),
            ("Vagt: IT <a@x.example>", &["Vagt: IT <a@x.example>"]),
            (
                "=?utf-8?Q?J=C3=B8rgen?= <a@x.example>",
                &["Jørgen <a@x.example>"],
            ),
            (
                "=?utf-8?Q?Holm=2C_J=C3=B8rgen?= <a@x.example>",
                &["Holm, Jørgen <a@x.example>"],
            ),
            (
                "\"=?utf-8?Q?J=C3=B8rgen?= =?utf-8?Q?_Holm?=\" <a@x.example>",
                &["Jørgen Holm <a@x.example>"],
            ),
            (
                "=?utf-8?Q?J=C3=B8rgen?=<a@x.example>",
                &["Jørgen <a@x.example>"],
            ),
            (
                "=?utf-8?Q?J=C3=B8rgen_<a@x.example>?=",
                &["Jørgen <a@x.example>"],
            ),
            (
                "Jørgen <jørgen@grød.example>",
                &["Jørgen <jørgen@grød.example>"],
            ),
            ("\"jens h\"@x.example", &["\"jens h\"@x.example"]),
            (
                "Jens <\"jens h\"@x.example>",
                &["Jens <\"jens h\"@x.example>"],
            ),
            ("<@a.example,@b.example:c@x.example>", &["c@x.example"]),
            ("Jens", &["Jens <>"]),
            ("\"Jens <a@x.example>", &["Jens <a@x.example>"]),
            ("Jens <>", &["Jens <>"]),
            (" , ,; ", &[]),
        ] {
            assert_eq!(read(field), expected, "{field}");
        }
    }

    #[test]
    fn another_address_in_the_name_is_found() {
        let shown = |field: &str| {
            let list = list(field, 1);
            shown_in_name(&list[0]).map(str::to_owned)
        };
        assert_eq!(
            shown("\"borgmester@kommune.example\" <x@svindel.example>").as_deref(),
            Some("borgmester@kommune.example")
        );
        assert_eq!(shown("\"A@x.example\" <a@x.example>"), None);
        assert_eq!(shown("Jens <a@x.example>"), None);
        assert_eq!(shown("@Jens <a@x.example>"), None);
    }

    #[test]
    fn the_time_grows_with_the_field_alone() {
        let read = |field: &String| assert!(list(field, 5_000).len() <= 5_000);
        for run in [
            "<", "\"", "(", "a,", "a:", "=?a?Q?", "a@b ", "Jens <", "[", "\\", "<,", "a <a@x,",
        ] {
            assert_linear(run, 3_000, |n| run.repeat(n), read);
        }
        assert_linear("groups", 20_000, |n| "g: ".repeat(n), read);
    }
}
