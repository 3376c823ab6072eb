//! Answers of ours that differ from what was expected, and why they are right.

/// Files by the end of their path.
const REASONS: [(&str, &str); 1] = [("", "")];

pub fn reason(name: &str) -> Option<&'static str> {
    REASONS
        .into_iter()
        .find(|(file, _)| !file.is_empty() && name.ends_with(file))
        .map(|(_, reason)| reason)
}
