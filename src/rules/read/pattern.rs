//! A regular expression of a file, and in words what is wrong with it.

use regex_syntax::ast::ErrorKind;

use super::fields::{Field, Reader};
use crate::rules::text_test::Pattern;

const EXAMPLE: &str = "regex = 'faktura (?<nummer>[0-9]+)'";

pub(super) fn pattern(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<Pattern> {
    // A literal string spares the doubled backslashes.
    let written = reader.string(field, EXAMPLE)?;
    let error = match Pattern::parse(&written) {
        Ok(pattern) => return Some(pattern),
        Err(error) => error,
    };
    let span = field.value.span();
    if matches!(error, regex::Error::CompiledTooBig(_)) {
        reader.wrong(span, "pattern-too-large", &[]);
        return None;
    }
    let (code, at) = match regex_syntax::Parser::new().parse(&written) {
        Err(regex_syntax::Error::Parse(error)) => (
            code_of(error.kind()),
            written[..written.floor_char_boundary(error.span().start.offset)]
                .chars()
                .count()
                + 1,
        ),
        _ => ("pattern", 1),
    };
    let at = at.to_string();
    reader.wrong(span, code, &[("at", &at), ("right", EXAMPLE)]);
    None
}

fn code_of(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::GroupUnclosed | ErrorKind::GroupUnopened => "pattern-parenthesis",
        ErrorKind::ClassUnclosed => "pattern-bracket",
        ErrorKind::RepetitionMissing => "pattern-repetition",
        ErrorKind::UnsupportedLookAround => "pattern-look-around",
        ErrorKind::UnsupportedBackreference => "pattern-back-reference",
        ErrorKind::EscapeUnrecognized | ErrorKind::EscapeUnexpectedEof => "pattern-escape",
        ErrorKind::GroupNameDuplicate { .. } => "pattern-group-twice",
        _ => "pattern",
    }
}
