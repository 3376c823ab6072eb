//! The categories of sensitive content and the words that tell of them, read from `categories.toml`.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::suggest::word_patterns::AnyOf;

/// Kinds of content that call for care: the regulation's articles 9 and 10, and what is kept as closely.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// A CPR number; told by its digits, not by words.
    Cpr,
    Health,
    Children,
    SocialBenefits,
    TradeUnion,
    OriginReligion,
    SexualLife,
    Convictions,
}

impl Category {
    /// Stable, and the key of its texts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cpr => "cpr",
            Self::Health => "health",
            Self::Children => "children",
            Self::SocialBenefits => "social_benefits",
            Self::TradeUnion => "trade_union",
            Self::OriginReligion => "origin_religion",
            Self::SexualLife => "sexual_life",
            Self::Convictions => "convictions",
        }
    }
}

/// How much a word says, as the file's header tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    Always,
    Strong,
    Weak,
}

/// One category's words of one strength.
pub(super) struct Words {
    pub category: Category,
    pub strength: Strength,
    pub list: AnyOf,
}

/// The lists of `categories.toml`.
pub(super) struct Lists {
    pub words: Vec<Words>,
    except: BTreeMap<Category, AnyOf>,
}

impl Lists {
    /// Whether what stands at `at` only looks like a word of the category.
    pub fn is_excepted(&self, category: Category, text: &str, at: usize) -> bool {
        let except = self.except.get(&category);
        except.is_some_and(|except| except.is_at(text, at))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    always: Vec<String>,
    strong: Vec<String>,
    weak: Vec<String>,
    except: Vec<String>,
}

pub(super) static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let listed: BTreeMap<Category, Listed> = toml::from_str(include_str!("categories.toml"))
        .expect("the shipped file, which a test reads");
    let list = |words: &[String]| AnyOf::new(words.iter().map(String::as_str));
    let words = listed.iter().flat_map(|(category, listed)| {
        let by_strength = [
            (Strength::Always, &listed.always),
            (Strength::Strong, &listed.strong),
            (Strength::Weak, &listed.weak),
        ];
        by_strength.map(|(strength, words)| Words {
            category: *category,
            strength,
            list: list(words),
        })
    });
    Lists {
        words: words.collect(),
        except: listed
            .iter()
            .map(|(category, listed)| (*category, list(&listed.except)))
            .collect(),
    }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_words_are_read_in_lower_case_and_each_stands_once_in_its_category() {
        let listed: BTreeMap<Category, Listed> =
            toml::from_str(include_str!("categories.toml")).unwrap();
        assert_eq!(listed.len(), 7, "all categories but the number");
        for (category, listed) in listed {
            let mut words: Vec<&String> = [&listed.always, &listed.strong, &listed.weak]
                .into_iter()
                .flatten()
                .collect();
            assert!(words.len() > 10, "{category:?}");
            for word in &words {
                assert_eq!(**word, word.to_lowercase());
                assert!(word.trim_matches('*').chars().count() >= 2, "{word}");
            }
            words.sort();
            let twice: Vec<_> = words.windows(2).filter(|pair| pair[0] == pair[1]).collect();
            assert!(twice.is_empty(), "{category:?}: {twice:?}");
        }
        assert_eq!(LISTS.words.len(), 21);
    }
}
