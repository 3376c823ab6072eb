//! What is wrong with a template, told so that whoever wrote it finds the place.

use serde::Serialize;

use crate::documents::package::Story;

/// Mistakes that are told; a document with more was meant for something else.
pub const MAX_MISTAKES: usize = 100;
/// Of a paragraph's beginning.
const MAX_NEAR_CHARS: usize = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    UnknownField,
    UnknownWord,
    /// `{{` without `}}` in the same paragraph.
    UnclosedField,
    EmptyField,
    UnclosedLoop,
    UnclosedCondition,
    /// An end without a beginning, or of the other kind.
    UnexpectedEnd,
    UnexpectedElse,
    NestedLoop,
    /// Beginning and end stand where nothing whole lies between them.
    Misplaced,
    /// Two blocks reach into each other.
    Crossing,
    TooDeep,
}

impl Fault {
    /// As the message catalogue has it (`[template-mistake]`).
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownField => "unknown_field",
            Self::UnknownWord => "unknown_word",
            Self::UnclosedField => "unclosed_field",
            Self::EmptyField => "empty_field",
            Self::UnclosedLoop => "unclosed_loop",
            Self::UnclosedCondition => "unclosed_condition",
            Self::UnexpectedEnd => "unexpected_end",
            Self::UnexpectedElse => "unexpected_else",
            Self::NestedLoop => "nested_loop",
            Self::Misplaced => "misplaced",
            Self::Crossing => "crossing",
            Self::TooDeep => "too_deep",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub fault: Fault,
    /// What was written.
    pub written: String,
    /// What was probably meant.
    pub meant: Option<String>,
    pub story: Story,
    /// How the paragraph begins that it stands in.
    pub near: String,
}

impl Mistake {
    pub(super) fn new(fault: Fault, written: &str, story: Story, paragraph: &str) -> Self {
        Self {
            fault,
            written: beginning(written),
            meant: None,
            story,
            near: beginning(paragraph),
        }
    }
}

fn beginning(text: &str) -> String {
    let text = text.trim();
    let mut beginning: String = text.chars().take(MAX_NEAR_CHARS).collect();
    if beginning.len() < text.len() {
        beginning.push('…');
    }
    beginning
}
