//! A probability: never below 0, above 1, or not a number.

use serde::Serialize;

#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Probability(f64);

impl Probability {
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// Each option's share beside the others and beside "none of them", whose score is 0.
    pub(super) fn shares(scores: &[f64]) -> Vec<Self> {
        let highest = scores.iter().copied().fold(0.0, f64::max);
        let none = (-highest).exp();
        let total: f64 = none + scores.iter().map(|s| (s - highest).exp()).sum::<f64>();
        scores
            .iter()
            .map(|s| Self(((s - highest).exp() / total).clamp(0.0, 1.0)))
            .collect()
    }

    /// Of this and that, where that is asked of what this holds for.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }

    pub fn value(self) -> f64 {
        self.0
    }

    /// Whole per cent, for people. Never 100: whoever reads that looks no more.
    pub fn percent(self) -> u8 {
        ((self.0 * 100.0).round() as u8).min(99)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_lies_between_nothing_and_certainty() {
        assert_eq!(Probability::new(0.25).map(Probability::percent), Some(25));
        assert_eq!(Probability::new(1.0).map(Probability::percent), Some(99));
        for value in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert_eq!(Probability::new(value), None);
        }
    }

    #[test]
    fn two_equal_options_share_what_is_not_none() {
        let shares = Probability::shares(&[5.0, 5.0]);
        assert!((shares[0].value() - 0.498).abs() < 0.001);
        assert_eq!(Probability::shares(&[0.0])[0].percent(), 50);
        assert!(Probability::shares(&[1e9, -1e9])[0].value() <= 1.0);
        assert!(Probability::shares(&[]).is_empty());
    }
}
