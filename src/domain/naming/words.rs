//! The lists of `words.toml`.

use serde::Deserialize;
use std::collections::HashSet;
use std::sync::LazyLock;

pub(super) static WORDS: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(include_str!("words.toml")).unwrap_or_default());

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub subject: Subject,
    pub file: File,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Subject {
    pub greetings: HashSet<String>,
    pub vague: HashSet<String>,
    pub phrases: Vec<String>,
    pub take_off: TakeOff,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TakeOff {
    pub prefixes: HashSet<String>,
    pub suffixes: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub meaningless: HashSet<String>,
    pub numbered: HashSet<String>,
    pub inner_extensions: HashSet<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_read() {
        toml::from_str::<Words>(include_str!("words.toml")).unwrap();
        assert!(WORDS.subject.vague.len() > 100 && WORDS.file.meaningless.len() > 100);
    }
}
