//! Everything people read, in Danish and English: two catalogues with the same keys, and one way to put values in.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// Language of the reader. Danish unless they ask for English before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    #[default]
    Da,
    En,
}

type Catalogue = HashMap<String, String>;

static DANISH: LazyLock<Catalogue> = LazyLock::new(|| read(include_str!("da.toml")));
static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| read(include_str!("en.toml")));

impl Lang {
    /// From an Accept-Language header (RFC 9110 § 12.5.4): the better liked of the two.
    pub fn from_accept_language(header: &str) -> Self {
        let liking = |language: &str| {
            header
                .split(',')
                .filter_map(|range| {
                    let mut parts = range.split(';');
                    let tag = parts.next()?.trim().to_lowercase();
                    let quality = parts
                        .find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok())
                        .unwrap_or(1.0);
                    (tag.split('-').next() == Some(language)).then_some(quality)
                })
                .fold(0.0, f32::max)
        };
        if liking("en") > liking("da") {
            Self::En
        } else {
            Self::Da
        }
    }

    /// From the environment's locale: English unless it is Danish, since whoever runs servers is used to that.
    pub fn from_locale(locale: &str) -> Self {
        if locale.to_lowercase().starts_with("da") {
            Self::Da
        } else {
            Self::En
        }
    }

    fn catalogue(self) -> &'static Catalogue {
        match self {
            Self::Da => &DANISH,
            Self::En => &ENGLISH,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Da => "da",
            Self::En => "en",
        }
    }
}

/// The text of a key with `{name}` replaced by its value; the key itself where the catalogue lacks it.
pub fn text(lang: Lang, key: &str, values: &[(&str, &str)]) -> String {
    let mut text = lang
        .catalogue()
        .get(key)
        .cloned()
        .unwrap_or_else(|| key.to_owned());
    for (name, value) in values {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

/// The text of a key, or of another where the catalogue lacks it.
pub fn text_or(lang: Lang, key: &str, other: &str) -> String {
    let known = lang.catalogue().contains_key(key);
    text(lang, if known { key } else { other }, &[])
}

/// A reason's sentence where the catalogue has one, else its code.
pub fn reason_text(reason: Option<&str>, lang: Lang) -> Option<String> {
    let reason = reason?;
    let words = lang.catalogue().get(&format!("reason.{reason}"));
    Some(words.map_or_else(|| reason.to_owned(), Clone::clone))
}

/// Every text whose key begins so, without that beginning; for a page that puts them in itself.
pub fn all_of(lang: Lang, prefix: &str) -> std::collections::BTreeMap<String, String> {
    lang.catalogue()
        .iter()
        .filter_map(|(key, text)| Some((key.strip_prefix(prefix)?.to_owned(), text.clone())))
        .collect()
}

/// Sections become the beginning of keys: `[problem] not-found` is `problem.not-found`.
fn read(toml: &str) -> Catalogue {
    let table: toml::Table = toml.parse().unwrap_or_default();
    let mut catalogue = Catalogue::new();
    for (section, texts) in table {
        for (name, text) in texts.as_table().into_iter().flatten() {
            catalogue.insert(
                format!("{section}.{name}"),
                text.as_str().unwrap_or_default().to_owned(),
            );
        }
    }
    catalogue
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placeholders(text: &str) -> Vec<&str> {
        let mut found: Vec<&str> = text
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
            .collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn both_languages_say_the_same_things_with_the_same_values() {
        assert!(DANISH.len() > 50);
        let mut keys: Vec<_> = DANISH.keys().chain(ENGLISH.keys()).collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            let (danish, english) = (DANISH.get(key), ENGLISH.get(key));
            assert!(
                danish.is_some() && english.is_some(),
                "{key} is missing in one language"
            );
            assert_eq!(
                placeholders(&DANISH[key]),
                placeholders(&ENGLISH[key]),
                "{key}"
            );
            assert!(
                !DANISH[key].trim().is_empty() && !ENGLISH[key].trim().is_empty(),
                "{key} is empty"
            );
        }
    }

    #[test]
    fn a_reason_is_told_in_words_and_an_unknown_one_by_its_code() {
        let told = |reason| reason_text(Some(reason), Lang::Da).unwrap();
        assert_eq!(told("quota_full"), "Postkassen er fuld");
        assert_eq!(told("noget_nyt"), "noget_nyt");
        assert_eq!(reason_text(None, Lang::Da), None);
    }

    #[test]
    fn a_danish_machine_is_spoken_to_in_danish() {
        assert_eq!(Lang::from_locale("da_DK.UTF-8"), Lang::Da);
        for other in ["", "C.UTF-8", "en_GB.UTF-8", "de_DE"] {
            assert_eq!(Lang::from_locale(other), Lang::En, "{other}");
        }
    }

    #[test]
    fn danish_is_spoken_unless_english_is_liked_better() {
        for (header, lang) in [
            ("", Lang::Da),
            ("en", Lang::En),
            ("en-GB,en;q=0.9,da;q=0.8", Lang::En),
            ("da-DK,da;q=0.9,en;q=0.8", Lang::Da),
            ("sv, de", Lang::Da),
            ("en;q=nonsense", Lang::En),
        ] {
            assert_eq!(Lang::from_accept_language(header), lang, "{header}");
        }
    }
}
