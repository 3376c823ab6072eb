//! The attributes of a tag that say how, or whether, its element is shown.
//!
//! Read in one pass; of attributes that are given twice the first counts, as in browsers.

use std::borrow::Cow;

use super::tokens::reference;

/// Values as they are written: entities are decoded when somebody asks.
#[derive(Clone, Copy, Default)]
pub(super) struct Attributes<'h> {
    pub style: Option<&'h str>,
    pub class: Option<&'h str>,
    pub id: Option<&'h str>,
    pub hidden: Option<&'h str>,
    pub href: Option<&'h str>,
    pub alt: Option<&'h str>,
    pub width: Option<&'h str>,
    pub height: Option<&'h str>,
    pub start: Option<&'h str>,
    pub value: Option<&'h str>,
    pub kind: Option<&'h str>,
    pub role: Option<&'h str>,
    pub border: Option<&'h str>,
}

impl<'h> Attributes<'h> {
    pub(super) fn of(written: &'h str) -> Self {
        let mut attributes = Self::default();
        let mut rest = written;
        while let Some((name, value, after)) = next(rest) {
            if let Some(field) = attributes.field(name) {
                field.get_or_insert(value);
            }
            rest = after;
        }
        attributes
    }

    fn field(&mut self, name: &str) -> Option<&mut Option<&'h str>> {
        let fields = [
            ("style", &mut self.style),
            ("class", &mut self.class),
            ("id", &mut self.id),
            ("hidden", &mut self.hidden),
            ("href", &mut self.href),
            ("alt", &mut self.alt),
            ("width", &mut self.width),
            ("height", &mut self.height),
            ("start", &mut self.start),
            ("value", &mut self.value),
            ("type", &mut self.kind),
            ("role", &mut self.role),
            ("border", &mut self.border),
        ];
        fields
            .into_iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, field)| field)
    }

    pub(super) fn has_class(&self, class: &str) -> bool {
        self.class
            .unwrap_or_default()
            .split_ascii_whitespace()
            .any(|found| found.eq_ignore_ascii_case(class))
    }
}

/// How many there are, counted up to a limit.
pub(super) fn count(written: &str, limit: usize) -> usize {
    let mut rest = written;
    (0..limit)
        .take_while(|_| {
            let found = next(rest);
            rest = found.map_or("", |(_, _, after)| after);
            found.is_some()
        })
        .count()
}

/// Name and value of the first attribute, and what follows it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
    if text.is_empty() {
        return None;
    }
    // An equals sign that begins a name belongs to it.
    let first = text.chars().next().map_or(1, char::len_utf8);
    let end = text
        .get(first..)?
        .find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '='))
        .map_or(text.len(), |end| first + end);
    let (name, after) = text.split_at(end);
    let Some(value) = after.trim_ascii_start().strip_prefix('=') else {
        return Some((name, "", after));
    };
    let value = value.trim_ascii_start();
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            let (value, after) = quoted.split_once(quote).unwrap_or((quoted, ""));
            return Some((name, value, after));
        }
    }
    let end = value
        .find(|c: char| c.is_ascii_whitespace())
        .unwrap_or(value.len());
    let (value, after) = value.split_at(end);
    Some((name, value, after))
}

/// A value with its entities as letters.
pub(super) fn decoded(value: &str) -> Cow<'_, str> {
    if !value.contains('&') {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        let (before, entity) = rest.split_at(at);
        out.push_str(before);
        let (letters, length) = reference(entity).unwrap_or_else(|| ("&".to_owned(), 1));
        out.push_str(&letters);
        rest = entity.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_however_they_are_quoted() {
        for written in [
            r#" ALT="Kort" style='x:y' hidden"#,
            " alt=Kort\nstyle = 'x:y' hidden/",
            r#" =alt="x" alt="Kort" alt="igen" style="x:y" hidden="""#,
        ] {
            let found = Attributes::of(written);
            assert_eq!(found.alt, Some("Kort"), "{written}");
            assert_eq!(found.style, Some("x:y"), "{written}");
            assert!(found.hidden.is_some(), "{written}");
        }
        assert_eq!(decoded("a=1&amp;b=2&c&oslash;"), "a=1&b=2&cø");
        assert!(Attributes::of(" class='a Gmail_Quote'").has_class("gmail_quote"));
    }
}
