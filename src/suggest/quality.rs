//! How good the suggestions were: counted from what people chose, lesson by lesson.

use super::lesson::Lesson;
use super::model::Proof;
use super::rank::SHOWN;
use crate::domain::working_days::{danish_day, days_before};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// Lessons that are looked back on, the last.
pub(super) const LOOKED_BACK: i64 = 2000;
/// What is asked for before a mail may be filed unseen.
pub(super) const PRECISION: f64 = 0.98;
const WEEKS: u64 = 12;
const BINS: usize = 10;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Quality {
    #[serde(flatten)]
    all: Taken,
    /// The last twelve, this one last; weeks begin on Monday.
    weeks: Vec<Week>,
    /// Whether 70 % means seven of ten: the first suggestions by their confidence, in tenths.
    calibration: Vec<Bin>,
    /// From which confidence on the organisation's first suggestions were right in 98 of 100, as far as that is proven.
    proof: Option<Proof>,
}

/// What people took of what was suggested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Taken {
    /// Mails that were filed.
    lessons: usize,
    /// Filed on the first that was suggested.
    first: usize,
    /// Filed on one of the first three.
    first_three: usize,
    /// Filed on a case that was not shown.
    not_among: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Week {
    monday: NaiveDate,
    #[serde(flatten)]
    taken: Taken,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Bin {
    from: f64,
    to: f64,
    /// Mean confidence; `null` where there was none.
    said: Option<f64>,
    /// Share that was right.
    was: Option<f64>,
    count: usize,
}

impl Quality {
    pub(super) fn of(
        lessons: &[(DateTime<Utc>, Lesson)],
        proof: Option<Proof>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            all: Taken::of(lessons.iter().map(|(_, lesson)| lesson)),
            weeks: weeks(lessons, danish_day(now)),
            calibration: calibration(lessons),
            proof,
        }
    }
}

impl Taken {
    fn of<'a>(lessons: impl Iterator<Item = &'a Lesson>) -> Self {
        let mut taken = Self::default();
        for lesson in lessons {
            let within = |places| lesson.right.is_some_and(|place| place < places);
            taken.lessons += 1;
            taken.first += usize::from(within(1));
            taken.first_three += usize::from(within(3));
            taken.not_among += usize::from(!within(SHOWN));
        }
        taken
    }
}

fn weeks(lessons: &[(DateTime<Utc>, Lesson)], today: NaiveDate) -> Vec<Week> {
    let this_monday = monday(today);
    let mondays = (0..WEEKS)
        .rev()
        .map(|back| days_before(this_monday, 7 * back));
    mondays
        .map(|start| {
            let of_week = lessons
                .iter()
                .filter(|(at, _)| monday(danish_day(*at)) == start);
            Week {
                monday: start,
                taken: Taken::of(of_week.map(|(_, lesson)| lesson)),
            }
        })
        .collect()
}

fn monday(day: NaiveDate) -> NaiveDate {
    days_before(day, day.weekday().num_days_from_monday().into())
}

fn calibration(lessons: &[(DateTime<Utc>, Lesson)]) -> Vec<Bin> {
    let mut sums = [(0.0, 0usize, 0usize); BINS];
    for (_, lesson) in lessons.iter().filter(|(_, lesson)| lesson.was_suggested()) {
        let bin = (lesson.confidence * BINS as f64) as usize;
        let (said, right, count) = &mut sums[bin.min(BINS - 1)];
        *said += lesson.confidence;
        *right += usize::from(lesson.first_was_right());
        *count += 1;
    }
    let tenth = |bin: usize| bin as f64 / BINS as f64;
    let bins = sums.iter().enumerate();
    bins.map(|(bin, (said, right, count))| {
        let mean = |sum: f64| (*count > 0).then(|| sum / *count as f64);
        Bin {
            from: tenth(bin),
            to: tenth(bin + 1),
            said: mean(*said),
            was: mean(*right as f64),
            count: *count,
        }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suggest::weights::Features;
    use chrono::TimeZone;

    fn at(day: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, day, 11, 0, 0).unwrap()
    }

    fn lesson(right: Option<usize>, confidence: f64) -> Lesson {
        Lesson {
            candidates: vec![Features::default()],
            right,
            confidence,
        }
    }

    #[test]
    fn what_was_taken_is_counted_by_place_and_by_week() {
        let lessons = [
            (at(8), lesson(Some(0), 0.95)),
            (at(9), lesson(Some(2), 0.31)),
            (at(15), lesson(Some(SHOWN), 0.35)),
            (at(15), lesson(None, 1.0)),
        ];
        let quality = Quality::of(&lessons, None, at(16));
        let taken = |lessons, first, first_three, not_among| Taken {
            lessons,
            first,
            first_three,
            not_among,
        };
        assert_eq!(quality.all, taken(4, 1, 2, 2));
        // 8 and 15 March 2026 are Sundays.
        let weeks: Vec<Taken> = quality.weeks.iter().map(|week| week.taken).collect();
        assert_eq!(
            weeks[9..],
            [taken(1, 1, 1, 0), taken(3, 0, 1, 2), Taken::default()]
        );
        assert_eq!(quality.weeks[11].monday.to_string(), "2026-03-16");
        assert_eq!(quality.weeks.len(), 12);
    }

    #[test]
    fn what_was_said_stands_beside_what_was() {
        let mut lessons = vec![
            (at(9), lesson(Some(0), 0.32)),
            (at(9), lesson(Some(1), 0.34)),
            (at(9), lesson(Some(0), 1.0)),
        ];
        // Nothing was said where nothing was suggested.
        lessons.push((at(9), Lesson::default()));
        let bins = Quality::of(&lessons, None, at(16)).calibration;
        assert_eq!(bins.len(), BINS);
        assert_eq!(bins[0].count, 0);
        assert_eq!(bins[0].said, None);
        assert!((bins[3].said.unwrap() - 0.33).abs() < 1e-9);
        assert_eq!((bins[3].was, bins[3].count), (Some(0.5), 2));
        assert_eq!((bins[9].was, bins[9].count), (Some(1.0), 1));
    }
}
