//! The features and what each is worth.
//!
//! A candidate's score is the sum of its features times these weights; its confidence is the logistic of
//! that beside the other candidates and beside "none of them". The numbers are shipped, the same for all.

pub(super) const FEATURES: usize = 23;

/// Each lies between 0 and 1 unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Feature {
    NumberInSubject,
    NumberNamed,
    NumberInText,
    NumberInAttachment,
    /// `14/10` may be a day.
    NumberLikeDate,
    Thread,
    Subject,
    /// Of all that the mail's principal person has on cases, the share on this one.
    PersonShare,
    /// Logarithm of how often, in steps of e.
    PersonCount,
    OtherPersonShare,
    ColleagueShare,
    DomainShare,
    PartyMail,
    PartyIdentifier,
    PartyName,
    PartyAddress,
    /// How much of the mail's words the case has.
    TextCover,
    /// The same beside the best case's.
    TextLead,
    /// How much of the title the mail says.
    TitleCover,
    Recent,
    Fresh,
    Responsible,
    Closed,
}

pub(super) const BIAS: f64 = -4.6;

/// What says of itself which case is meant; all else is circumstance.
const PLAIN: [Feature; 5] = [
    Feature::NumberInSubject,
    Feature::NumberNamed,
    Feature::NumberInText,
    Feature::NumberInAttachment,
    Feature::Thread,
];
/// Circumstances are no independent witnesses: an address on the case is a word of its title and a party's too. Above
/// this they count for less, so that many of them together are not taken for certainty.
const CIRCUMSTANCE_FULL: f64 = 6.0;
const CIRCUMSTANCE_ABOVE: f64 = 0.25;

/// In the order of [`Feature`].
const WEIGHTS: [(Feature, f64); FEATURES] = [
    (Feature::NumberInSubject, 7.5),
    (Feature::NumberNamed, 6.5),
    (Feature::NumberInText, 5.0),
    (Feature::NumberInAttachment, 4.5),
    (Feature::NumberLikeDate, 1.5),
    (Feature::Thread, 6.5),
    (Feature::Subject, 2.5),
    (Feature::PersonShare, 2.6),
    (Feature::PersonCount, 0.3),
    (Feature::OtherPersonShare, 1.4),
    (Feature::ColleagueShare, 0.8),
    (Feature::DomainShare, 0.9),
    (Feature::PartyMail, 3.0),
    (Feature::PartyIdentifier, 3.8),
    (Feature::PartyName, 1.8),
    (Feature::PartyAddress, 2.8),
    (Feature::TextCover, 5.0),
    (Feature::TextLead, 1.0),
    (Feature::TitleCover, 3.6),
    (Feature::Recent, 0.9),
    (Feature::Fresh, 0.3),
    (Feature::Responsible, 0.4),
    (Feature::Closed, -2.5),
];

/// A candidate's features.
#[derive(Clone, Debug, Default)]
pub(super) struct Features([f32; FEATURES]);

impl Features {
    /// The strongest find counts.
    pub fn raise(&mut self, feature: Feature, value: f64) {
        let place = &mut self.0[feature as usize];
        *place = place.max(value as f32);
    }

    pub fn get(&self, feature: Feature) -> f64 {
        f64::from(self.0[feature as usize])
    }

    pub fn contribution(&self, features: &[Feature]) -> f64 {
        features
            .iter()
            .map(|f| WEIGHTS[*f as usize].1 * self.get(*f))
            .sum()
    }

    pub fn score(&self) -> f64 {
        let all: f64 = WEIGHTS
            .iter()
            .map(|(feature, weight)| weight * self.get(*feature))
            .sum();
        let plain = self.contribution(&PLAIN);
        let circumstance = all - plain;
        let above = (circumstance - CIRCUMSTANCE_FULL).max(0.0);
        BIAS + plain + circumstance - above * (1.0 - CIRCUMSTANCE_ABOVE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circumstances_alone_are_never_near_certainty_and_still_rank() {
        let mut features = Features::default();
        for feature in [
            Feature::PartyName,
            Feature::PartyAddress,
            Feature::TextCover,
        ] {
            features.raise(feature, 1.0);
        }
        let some = features.score();
        features.raise(Feature::TitleCover, 1.0);
        let more = features.score();
        assert!(some < more, "more speaks for it");
        assert!(1.0 / (1.0 + (-more).exp()) < 0.97, "{more}");
        features.raise(Feature::NumberInSubject, 1.0);
        assert!(1.0 / (1.0 + (-features.score()).exp()) > 0.99);
    }

    #[test]
    fn every_feature_finds_its_own_weight() {
        for (at, (feature, _)) in WEIGHTS.iter().enumerate() {
            assert_eq!(*feature as usize, at);
        }
    }
}
