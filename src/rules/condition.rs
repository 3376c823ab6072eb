//! What a rule asks of a mail: leaves, and what joins them.

use chrono::{NaiveDate, NaiveTime};

use super::facts::Verdict;
use super::text_test::{TextTest, Values};
use crate::domain::case::Direction;

#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// At least one each.
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Leaf(Leaf),
}

/// One thing that is so or is not.
#[derive(Clone, Debug, PartialEq)]
pub enum Leaf {
    /// Any text of that place passes.
    Text(TextPlace, TextTest),
    Header {
        name: String,
        test: TextTest,
    },
    /// Any person of that place passes.
    Person(PersonPlace, PersonTest),
    Direction(Direction),
    /// ISO 639-1.
    Language(Vec<String>),
    /// The kind of mail is one of these.
    Is(Vec<Trait>),
    /// The subject or the body has one of these.
    Has(Vec<Content>),
    Importance(Importance),
    /// How many files are attached that are not shown within the body.
    AttachmentCount(Range),
    /// Bytes of one of them.
    AttachmentSize(Range),
    /// Days in Denmark, first and last.
    Received {
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
    },
    /// Time of day in Denmark, from–to; past midnight when `to` is earlier.
    Time {
        from: NaiveTime,
        to: NaiveTime,
    },
    WorkingDay,
    SenderIsParty,
    ThreadOnCase,
    /// The best suggestion's confidence is at least this.
    Suggested(super::Confidence),
    /// What a trusted server found when it checked the sender.
    Checked {
        check: Check,
        verdict: Verdict,
    },
}

/// A set of names as they stand in a file.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$note])* $variant),+ }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}
pub(super) use named;

named!(TextPlace {
    Subject = "subject",
    Body = "body",
    AttachmentName = "attachment_name",
    AttachmentType = "attachment_type",
    AttachmentText = "attachment_text",
    Mailbox = "mailbox",
    Folder = "folder",
});

named!(PersonPlace {
    From = "from",
    To = "to",
    Cc = "cc",
    /// From, To, Cc and Bcc.
    Participant = "participant",
});

named!(Trait {
    Reply = "reply",
    AutoReply = "auto_reply",
    Bounce = "bounce",
    Newsletter = "newsletter",
    Calendar = "calendar",
    System = "system",
    ReadReceipt = "read_receipt",
    JournalReport = "journal_report",
    Encrypted = "encrypted",
    Signed = "signed",
});

named!(Content {
    CaseNumber = "case_number",
    ExistingCase = "existing_case",
    KleNumber = "kle_number",
    Cpr = "cpr",
    Cvr = "cvr",
    Address = "address",
});

named!(Importance {
    High = "high",
    Normal = "normal",
    Low = "low",
});

named!(Check {
    Dmarc = "dmarc",
    Spf = "spf",
    Dkim = "dkim",
});

#[derive(Clone, Debug, PartialEq)]
pub enum PersonTest {
    /// One of these, lower case.
    Address(Vec<String>),
    /// One of these or below it, lower case.
    Domain(Vec<String>),
    /// The name holds one of these.
    Name(Values),
    /// Of the organisation's own domains, or not.
    Internal(bool),
}

/// At least one end is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub at_least: Option<u64>,
    pub at_most: Option<u64>,
}

impl Range {
    pub fn has(self, number: u64) -> bool {
        self.at_least.is_none_or(|least| least <= number)
            && self.at_most.is_none_or(|most| number <= most)
    }
}

impl Condition {
    pub fn leaves(&self) -> Vec<&Leaf> {
        let mut found = Vec::new();
        self.each_leaf(true, &mut |leaf, _| found.push(leaf));
        found
    }

    /// With whether an even number of `not` stands over it.
    fn each_leaf<'a>(&'a self, positive: bool, see: &mut impl FnMut(&'a Leaf, bool)) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.each_leaf(positive, see);
                }
            }
            Self::Not(part) => part.each_leaf(!positive, see),
            Self::Leaf(leaf) => see(leaf, positive),
        }
    }

    /// Whether who the mail says it is from has a say.
    pub fn asks_for_sender(&self) -> bool {
        let mut asks = false;
        self.each_leaf(true, &mut |leaf, positive| {
            asks |= leaf.asks_for_sender(positive);
        });
        asks
    }
}

impl Leaf {
    /// That a sender is a stranger is no privilege: nobody borrows a name for it.
    fn asks_for_sender(&self, positive: bool) -> bool {
        match self {
            Self::Direction(Direction::Incoming) => !positive,
            Self::Person(PersonPlace::From, PersonTest::Internal(internal)) => {
                *internal == positive
            }
            Self::Person(PersonPlace::From | PersonPlace::Participant, _)
            | Self::SenderIsParty
            | Self::Direction(_) => true,
            Self::Header { name, .. } => {
                ["from", "sender", "reply-to", "return-path"].contains(&name.as_str())
            }
            _ => false,
        }
    }
}
