//! What a rule does with a mail that meets it.

use crate::domain::{
    access::AccessCode, case::Direction, document_type::DocumentType, kle::KleNumber,
};

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Journal(Box<Journal>),
    /// Leave it unfiled for good, and why.
    NeverJournal(String),
    /// To a person's queue: their user name.
    AssignPerson(String),
    AssignUnit(String),
    /// Placeholders allowed.
    Tag(Vec<String>),
    /// Working days from receipt.
    DeadlineWorkingDays(u32),
    /// User names of whom to tell by mail.
    Notify(Vec<String>),
    Mark(Mark),
    /// What follows in the conversation goes to the same case.
    FollowThread,
    /// To this address.
    Forward(String),
    /// The name of the template of the acknowledgement.
    Acknowledge(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Journal {
    pub on: Target,
    /// Patterns with placeholders.
    pub title: Option<String>,
    pub file_name: Option<String>,
    pub attachments: Attachments,
    pub direction: Option<Direction>,
    pub access: Option<AccessCode>,
    pub document_type: Option<DocumentType>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A number; placeholders allowed.
    Case(String),
    /// The only case whose number the mail has.
    CaseNumber,
    /// The only case its conversation is on.
    Thread,
    /// The best suggestion, when it is as sure as this.
    Suggestion(Confidence),
    NewCase(NewCase),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewCase {
    /// Name of the case template.
    pub template: Option<String>,
    /// Placeholders allowed; the mail's own title where there is none.
    pub title: Option<String>,
    pub kle: Option<KleNumber>,
    /// User name.
    pub responsible: Option<String>,
    pub access: Option<AccessCode>,
}

/// Which files go along; those shown within the body never do unless named.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Attachments {
    #[default]
    All,
    None,
    /// Whose name ends so, lower case: `.pdf`.
    NameEnds(Vec<String>),
    /// Whose media type begins so, lower case: `application/pdf`, `image/`.
    TypeStarts(Vec<String>),
    /// Of at most so many bytes.
    AtMostBytes(u64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    Flag,
    /// Into this folder.
    Move(String),
}

/// How sure a guess must be: above 0, at most 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Confidence(f64);

impl Confidence {
    pub fn new(value: f64) -> Option<Self> {
        (value > 0.0 && value <= 1.0).then_some(Self(value))
    }

    pub fn value(self) -> f64 {
        self.0
    }

    /// Whole per cent, rounded.
    pub fn percent(self) -> u32 {
        (self.0 * 100.0).round() as u32
    }
}

impl Action {
    /// The key it stands under in a file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Journal(_) => "journal",
            Self::NeverJournal(_) => "never_journal",
            Self::AssignPerson(_) | Self::AssignUnit(_) => "assign",
            Self::Tag(_) => "tag",
            Self::DeadlineWorkingDays(_) => "deadline_working_days",
            Self::Notify(_) => "notify",
            Self::Mark(_) => "mark",
            Self::FollowThread => "follow_thread",
            Self::Forward(_) => "forward",
            Self::Acknowledge(_) => "acknowledge",
        }
    }

    /// It files, hides or answers, so a stranger must not set it off under a borrowed name.
    pub fn needs_proof(&self) -> bool {
        matches!(
            self,
            Self::Journal(_)
                | Self::NeverJournal(_)
                | Self::Mark(Mark::Move(_))
                | Self::FollowThread
                | Self::Forward(_)
                | Self::Acknowledge(_)
        )
    }

    /// Two of which at most one can be done with a mail.
    pub(super) fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::NeverJournal(_), Self::Journal(_) | Self::FollowThread)
            | (Self::Journal(_) | Self::FollowThread, Self::NeverJournal(_))
            | (Self::FollowThread, Self::FollowThread)
            | (Self::Acknowledge(_), Self::Acknowledge(_))
            | (Self::DeadlineWorkingDays(_), Self::DeadlineWorkingDays(_)) => true,
            (Self::Mark(Mark::Move(one)), Self::Mark(Mark::Move(two))) => one != two,
            _ => self.name() == "assign" && other.name() == "assign",
        }
    }
}
