//! The features: what is looked at in a candidate, each a number between 0 and 1 (below 0 where it says so).
//!
//! What each is worth is not written here: it is shipped (`shipped.rs`) and learned from there (`model.rs`).

use super::rank::Counted;

macro_rules! features {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(usize)]
        pub(super) enum Feature {
            $($(#[$doc])* $name,)*
        }

        /// Stable names, in the order of [`Feature`]; what is kept of a lesson and shipped goes by them.
        pub(super) const NAMES: &[&str] = &[$($text,)*];
    };
}

features! {
    /// 1 for every candidate: what it takes to be more likely than "none of them".
    Any = "any",
    NumberInSubject = "number_in_subject",
    NumberNamed = "number_named",
    NumberInText = "number_in_text",
    NumberInAttachment = "number_in_attachment",
    /// `14/10` may be a day.
    NumberLikeDate = "number_like_date",
    Thread = "thread",
    PartyMail = "party_mail",
    PartyIdentifier = "party_identifier",
    PartyName = "party_name",
    PartyAddress = "party_address",
    ColleagueShare = "colleague_share",
    Responsible = "responsible",
    Closed = "closed",
    Fresh = "fresh",
    /// How much of the mail's words the case has.
    TextCover = "text_cover",
    /// The same beside the best case's.
    TextLead = "text_lead",
    /// The nearest document of the case: cosine of the words.
    Nearest = "nearest",
    NearestLead = "nearest_lead",
    /// Of the five nearest documents of all candidates, the share on this one.
    NearestShare = "nearest_share",
    /// Cosine with what was filed last on the case.
    LatestWords = "latest_words",
    LatestWordsLead = "latest_words_lead",
    /// Cosine with all of its documents that are looked at.
    AllWords = "all_words",
    AllWordsLead = "all_words_lead",
    SubjectWords = "subject_words",
    SubjectShare = "subject_share",
    SubjectLast = "subject_last",
    SubjectCount = "subject_count",
    OpeningShare = "opening_share",
    OpeningLast = "opening_last",
    SenderShare = "sender_share",
    SenderFaded = "sender_faded",
    SenderLast = "sender_last",
    SenderBefore = "sender_before",
    SenderCount = "sender_count",
    DomainShare = "domain_share",
    DomainFaded = "domain_faded",
    GroupShare = "group_share",
    GroupLast = "group_last",
    OthersShare = "others_share",
    OthersStrongest = "others_strongest",
    PairShare = "pair_share",
    /// The viewer's last filing, the one before, and before that.
    LastCase = "last_case",
    CaseBefore = "case_before",
    TwoBefore = "two_before",
    /// Share of the viewer's last filings.
    Lately5 = "lately_5",
    Lately20 = "lately_20",
    Lately100 = "lately_100",
    /// Few of the viewer's filings since the last on this case.
    FilingsSince = "filings_since",
    /// Little time since anything was filed on the case.
    TimeSince = "time_since",
    FilingCount = "filing_count",
    TitleInSubject = "title_in_subject",
    TitleInText = "title_in_text",
    TitleInSender = "title_in_sender",
    TitleInOthers = "title_in_others",
    TitleAnywhere = "title_anywhere",
    /// What a classifier says that is trained for this very question.
    LocalShare = "local_share",
    LocalLog = "local_log",
}

pub(super) const FEATURES: usize = NAMES.len();

/// What each feature is worth.
pub(super) type Weights = [f64; FEATURES];

pub(super) fn index_of(name: &str) -> Option<usize> {
    NAMES.iter().position(|known| *known == name)
}

/// A candidate's features.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Features(pub(super) [f32; FEATURES]);

impl Default for Features {
    fn default() -> Self {
        let mut features = Self([0.0; FEATURES]);
        features.set(Feature::Any, 1.0);
        features
    }
}

impl Features {
    /// The strongest find counts.
    pub(super) fn raise(&mut self, feature: Feature, value: f64) {
        let place = &mut self.0[feature as usize];
        *place = place.max(value as f32);
    }

    pub(super) fn set(&mut self, feature: Feature, value: f64) {
        self.0[feature as usize] = value as f32;
    }

    pub(super) fn get(&self, feature: Feature) -> f64 {
        f64::from(self.0[feature as usize])
    }

    pub(super) fn contribution(&self, features: &[Feature], weights: &Weights) -> f64 {
        features
            .iter()
            .map(|f| weights[*f as usize] * self.get(*f))
            .sum()
    }

    pub(super) fn score(&self, weights: &Weights) -> f64 {
        let pairs = self.0.iter().zip(weights);
        pairs
            .map(|(value, weight)| f64::from(*value) * weight)
            .sum()
    }

    /// Each that is not zero, what weighs most first.
    pub(super) fn counted(&self, weights: &Weights) -> Vec<Counted> {
        let values = NAMES.iter().zip(&self.0).zip(weights);
        let mut counted: Vec<Counted> = values
            .filter(|((_, value), _)| **value != 0.0)
            .map(|((feature, value), weight)| Counted {
                feature,
                value: f64::from(*value),
                weight: *weight,
            })
            .collect();
        let size = |counted: &Counted| (counted.value * counted.weight).abs();
        counted.sort_by(|a, b| size(b).total_cmp(&size(a)));
        counted
    }
}
