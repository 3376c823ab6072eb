//! Parameters of Content-Type and Content-Disposition, as RFC 2231 has them and as software writes them.
//!
//! Pieces of a value may be missing, out of order, half encoded or without a character set; a value may have spaces
//! without quotation marks. Whatever stands there is read as far as it goes.

use std::borrow::Cow;

use super::{charset, words, written_twice};

/// Parameters of one field; no software writes more.
const MAX_PARAMETERS: usize = 1_000;

/// The parameter's value; its RFC 2231 form counts before the plain one.
pub(super) fn value(field: &str, name: &str) -> Option<String> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let mut plain = None;
    for parameter in Parameters::of(field).take(MAX_PARAMETERS) {
        let Some(suffix) = strip_name(parameter.name, name) else {
            continue;
        };
        if suffix.is_empty() {
            plain.get_or_insert(parameter.value);
        } else if let Some(piece) = Piece::of(suffix, parameter.value) {
            pieces.push(piece);
        }
    }
    let joined = joined(pieces).filter(|value| !value.is_empty());
    joined.or_else(|| plain.map(|value| written_twice::mended(words::decoded(&value).into_owned())))
}

/// What follows the name: nothing, or the `*` of RFC 2231.
fn strip_name<'p>(parameter: &'p str, name: &str) -> Option<&'p str> {
    let head = parameter.get(..name.len())?;
    let suffix = parameter.get(name.len()..)?;
    (head.eq_ignore_ascii_case(name) && (suffix.is_empty() || suffix.starts_with('*')))
        .then_some(suffix)
}

struct Piece<'f> {
    number: u32,
    encoded: bool,
    value: Cow<'f, str>,
}

impl<'f> Piece<'f> {
    /// `*`, `*0` or `*0*`.
    fn of(suffix: &str, value: Cow<'f, str>) -> Option<Self> {
        let inner = suffix.strip_prefix('*')?;
        let number = inner.strip_suffix('*').unwrap_or(inner).trim();
        Some(Self {
            number: if number.is_empty() {
                0
            } else {
                number.parse().ok()?
            },
            encoded: suffix.ends_with('*'),
            value,
        })
    }
}

fn joined(mut pieces: Vec<Piece<'_>>) -> Option<String> {
    if pieces.is_empty() {
        return None;
    }
    pieces.sort_by_key(|piece| piece.number);
    pieces.dedup_by_key(|piece| piece.number);
    let mut label = None;
    let mut bytes = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let mut value = piece.value.as_ref();
        if index == 0
            && piece.encoded
            && let Some((charset, rest)) = value.split_once('\'')
            && let Some((_language, rest)) = rest.split_once('\'')
        {
            label = (!charset.is_empty()).then_some(charset);
            value = rest;
        }
        if piece.encoded {
            percent_decoded(value, &mut bytes);
        } else {
            bytes.extend(value.as_bytes());
        }
    }
    let text = charset::of_word(&bytes, label);
    Some(written_twice::mended(words::decoded(&text).into_owned()))
}

fn percent_decoded(text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let mut letter = [0];
        match after.get(..2) {
            Some(digits) if byte == b'%' && hex::decode_to_slice(digits, &mut letter).is_ok() => {
                out.extend(letter);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(byte);
                rest = after;
            }
        }
    }
}

struct Parameter<'f> {
    name: &'f str,
    value: Cow<'f, str>,
}

/// The `name=value` pairs of a field.
struct Parameters<'f> {
    rest: &'f str,
}

impl<'f> Parameters<'f> {
    /// What stands before the first semicolon is no parameter, unless it looks like one.
    fn of(field: &'f str) -> Self {
        let head = field.split(';').next().unwrap_or_default();
        let is_parameter = head.contains('=') && !head.contains('/');
        Self {
            rest: if is_parameter {
                field
            } else {
                field.get(head.len()..).unwrap_or_default()
            },
        }
    }
}

impl<'f> Iterator for Parameters<'f> {
    type Item = Parameter<'f>;

    fn next(&mut self) -> Option<Parameter<'f>> {
        loop {
            self.rest = self
                .rest
                .trim_start_matches(|c: char| c == ';' || c.is_whitespace());
            if self.rest.is_empty() {
                return None;
            }
            let end = self.rest.find(['=', ';'])?;
            let (name, after) = self.rest.split_at(end);
            let Some(after) = after.strip_prefix('=') else {
                self.rest = after;
                continue;
            };
            let (value, rest) = read_value(after.trim_start());
            self.rest = rest;
            return Some(Parameter {
                name: name.trim(),
                value,
            });
        }
    }
}

/// A value with or without quotation marks, and what follows it.
fn read_value(text: &str) -> (Cow<'_, str>, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, rest) = text.split_at(text.find(';').unwrap_or(text.len()));
        return (value.trim_end().trim_end_matches('"').into(), rest);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                let after = quoted.get(at + 1..).unwrap_or_default();
                let rest = after
                    .find(';')
                    .and_then(|end| after.get(end..))
                    .unwrap_or_default();
                return (value.into(), rest);
            }
            // Other letters are parts of a path that nobody escaped.
            '\\' if quoted
                .get(at + 1..)
                .is_some_and(|after| after.starts_with(['"', '\\'])) =>
            {
                value.extend(chars.next().map(|(_, c)| c));
            }
            c => value.push(c),
        }
    }
    (value.into(), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_however_it_is_cut_and_encoded() {
        for (field, expected) in [
            ("attachment; filename=a.pdf", "a.pdf"),
            ("attachment; FileName = \"a b.pdf\" ; size=3", "a b.pdf"),
            ("attachment; filename=min fil.pdf; x=y", "min fil.pdf"),
            (
                "attachment; filename=\"a;b \\\"c\\\".pdf\"",
                "a;b \"c\".pdf",
            ),
            ("attachment; filename=\"C:\\tmp\\a.pdf\"", "C:\\tmp\\a.pdf"),
            ("attachment; filename*=utf-8''h%C3%A6k.pdf", "hæk.pdf"),
            ("attachment; filename*=\"utf-8'da'h%C3%A6k.pdf\"", "hæk.pdf"),
            ("attachment; filename*=h%C3%A6k.pdf", "hæk.pdf"),
            ("attachment; filename*=iso-8859-1''h%E6k.pdf", "hæk.pdf"),
            ("attachment; filename*=utf-8''h%E6k.pdf", "hæk.pdf"),
            (
                "attachment; filename=x.pdf; filename*=utf-8''h%C3%A6k.pdf",
                "hæk.pdf",
            ),
            (
                "attachment; filename*1=k.pdf; filename*0*=utf-8''h%C3%A6",
                "hæk.pdf",
            ),
            (
                "attachment; filename*0*=utf-8''h%C3; filename*1*=%A6k; filename*3=.pdf",
                "hæk.pdf",
            ),
            (
                "attachment; filename*0=\"h\"; filename*1*=%C3%A6k.pdf",
                "hæk.pdf",
            ),
            (
                "attachment; filename*0=a; filename*2=c; filename*10=d",
                "acd",
            ),
            (
                "attachment; filename=\"=?utf-8?Q?h=C3=A6?= =?utf-8?Q?k.pdf?=\"",
                "hæk.pdf",
            ),
            ("attachment; filename==?utf-8?Q?h=C3=A6k.pdf?=", "hæk.pdf"),
            ("attachment; filename=\"h\u{c3}\u{a6}k.pdf\"", "hæk.pdf"),
            ("attachment; filename=\"uden ende.pdf", "uden ende.pdf"),
            ("filename=a.pdf", "a.pdf"),
            ("; filename=a.pdf", "a.pdf"),
        ] {
            assert_eq!(
                value(field, "filename").as_deref(),
                Some(expected),
                "{field}"
            );
        }
        assert_eq!(value("text/plain; names=a; name", "name"), None);
    }
}
