//! Why a subject is proposed: reasons that a person can check.

use serde::Serialize;
use uuid::Uuid;

use crate::messages::{Lang, text};

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// The text names the subject's number.
    Number { number: String },
    /// The text names a number that the subject has replaced.
    OldNumber { old: String },
    /// A keyword of the plan stands in the text.
    Keyword { keyword: String },
    /// Words of the text that stand in the subject's title.
    Title { words: Vec<String> },
    /// … in the title or keywords of what it replaced.
    Predecessor { words: Vec<String> },
    /// … in its guidance.
    Guidance { words: Vec<String> },
    /// … in the title or guidance of its group.
    Group { words: Vec<String> },
    /// The text cites a law that the subject rests on.
    Law { law: String },
    /// So many of the organisation's cases that the asker may see have similar titles; this one the most.
    OwnCases {
        case_id: Uuid,
        number: String,
        title: String,
        count: usize,
    },
}

impl Reason {
    /// Stable name, as callers of the API know it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Number { .. } => "number",
            Self::OldNumber { .. } => "old_number",
            Self::Keyword { .. } => "keyword",
            Self::Title { .. } => "title",
            Self::Predecessor { .. } => "predecessor",
            Self::Guidance { .. } => "guidance",
            Self::Group { .. } => "group",
            Self::Law { .. } => "law",
            Self::OwnCases { .. } => "own_cases",
        }
    }

    /// The reason as a sentence.
    pub fn in_words(&self, lang: Lang) -> String {
        let say =
            |values: &[(&str, &str)]| text(lang, &format!("kle-reason.{}", self.kind()), values);
        match self {
            Self::Number { number } => say(&[("number", number)]),
            Self::OldNumber { old } => say(&[("number", old)]),
            Self::Keyword { keyword } => say(&[("keyword", keyword)]),
            Self::Title { words }
            | Self::Predecessor { words }
            | Self::Guidance { words }
            | Self::Group { words } => say(&[("words", &words.join(", "))]),
            Self::Law { law } => say(&[("law", law)]),
            Self::OwnCases {
                number,
                title,
                count: 1,
                ..
            } => text(
                lang,
                "kle-reason.own_case",
                &[("number", number), ("title", title)],
            ),
            Self::OwnCases {
                number,
                title,
                count,
                ..
            } => say(&[
                ("number", number),
                ("title", title),
                ("count", &count.to_string()),
            ]),
        }
    }
}
