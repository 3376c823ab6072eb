//! What is wrong with the shape of JSON or of parameters, as a problem that names the field at fault.
//!
//! serde tells it in English and repeats what was sent, which may be anything. Here its words are only recognised: what
//! is told comes from the catalogue, and of the request nothing but the name of the field is repeated.

use axum::http::StatusCode;
use serde_json::Value;

use super::Problem;

/// Longest name of a field that is repeated, in characters.
const MAX_FIELD_CHARS: usize = 100;

/// Of JSON: `path` as `serde_path_to_error` writes it.
pub(super) fn of_json(path: &str, error: &serde_json::Error) -> Problem {
    let words = error.to_string();
    if error.is_data()
        && let Some(problem) = problem(path, &words)
    {
        return problem;
    }
    Problem::new(StatusCode::BAD_REQUEST, "malformed-json")
        .with("line", error.line())
        .with("column", error.column())
}

/// Of query parameters: `words` begin with the parameter's name.
pub(super) fn of_query(words: &str) -> Problem {
    let (path, rest) = words.split_once(": ").unwrap_or((".", words));
    problem(path, rest).unwrap_or_else(|| Problem::invalid("query", "malformed"))
}

/// A text with U+0000, which no database keeps, by its place.
pub(super) fn zero(value: &Value, path: &str) -> Option<Problem> {
    match value {
        Value::String(text) => text
            .contains('\0')
            .then(|| Problem::invalid(named(path), "control")),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(at, item)| zero(item, &format!("{path}[{at}]"))),
        Value::Object(fields) => fields.iter().find_map(|(name, field)| {
            let dot = if path.is_empty() { "" } else { "." };
            zero(field, &format!("{path}{dot}{name}"))
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// `None` where the words name no field.
fn problem(path: &str, words: &str) -> Option<Problem> {
    let quoted: Vec<&str> = words.split('`').skip(1).step_by(2).collect();
    // The names of our own fields; what was sent stands elsewhere.
    if words.starts_with("missing field") {
        let parent = path.trim_matches('.');
        let dot = if parent.is_empty() { "" } else { "." };
        let field = format!("{parent}{dot}{}", quoted.first()?);
        return Some(Problem::invalid(named(&field), "missing"));
    }
    let field = match path {
        "" | "." if words.starts_with("unknown field") => quoted.first()?,
        "" | "." => return None,
        path => path,
    };
    let field = named(field);
    if words.starts_with("unknown field") {
        return Some(Problem::invalid(field, "unknown-field"));
    }
    if words.starts_with("unknown variant") {
        let choices = quoted.get(1..).unwrap_or_default().join(", ");
        return Some(Problem::invalid(field, "choice").with("choices", choices));
    }
    let expected = words.rsplit("expected ").next().unwrap_or(words);
    Some(Problem::invalid(field, kind(expected)))
}

/// The reason of `[invalid]` for what serde, chrono or uuid expected.
fn kind(expected: &str) -> &'static str {
    const KNOWN: [(&str, &str); 15] = [
        ("UUID", "not-a-uuid"),
        ("date", "not-a-date"),
        ("input", "not-a-date"),
        ("true", "not-a-boolean"),
        ("boolean", "not-a-boolean"),
        ("string", "not-a-text"),
        ("usize", "not-a-number"),
        ("u64", "not-a-number"),
        ("i64", "not-a-number"),
        ("digit", "not-a-number"),
        ("number", "not-a-number"),
        ("integer", "not-a-number"),
        ("sequence", "not-a-list"),
        ("struct", "not-an-object"),
        ("map", "not-an-object"),
    ];
    // "invalid digit found in string" is about a number.
    if expected.contains("digit") {
        return "not-a-number";
    }
    KNOWN
        .iter()
        .find(|(word, _)| expected.contains(word))
        .map_or("malformed", |(_, reason)| reason)
}

fn named(path: &str) -> String {
    path.chars()
        .filter(|c| !c.is_control())
        .take(MAX_FIELD_CHARS)
        .collect()
}
