//! A probability: never below 0, above 1, or not a number.

use serde::Serialize;

#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Probability(f64);

impl Probability {
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
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
}
