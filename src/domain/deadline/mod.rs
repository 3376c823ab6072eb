//! The deadline that a text names: `svar senest den 3. maj`, `inden 14 dage`, `frist: 1/6`, `by Friday`.
//!
//! Found sentence by sentence: a word that sets a deadline (`cue`) near a time (`moment`). The sentence is given back with
//! it, so that a person can judge. Callers pass what was written for this mail, not what it quotes, and the day it was
//! written: a time without a year, a weekday and `14 dage` are counted from there.

mod cue;
mod moment;
mod sentence;

use chrono::{Days, NaiveDate};

use super::working_days::Calendar;
use cue::{Cue, Strength};
use moment::Moment;

/// Bytes of a text that are read.
const MAX_TEXT_BYTES: usize = 64 * 1024;
/// A deadline further away is a mistake of reading.
const MAX_DAYS_AHEAD: u64 = 3 * 366;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    pub date: NaiveDate,
    /// The sentence it stands in, in one line.
    pub sentence: String,
}

/// The deadline of a text that was written on a day: of several the clearest, of equally clear ones the first to come.
pub fn find(text: &str, written: NaiveDate, calendar: &Calendar) -> Option<Deadline> {
    let read = text
        .get(..text.floor_char_boundary(MAX_TEXT_BYTES))
        .unwrap_or_default();
    let latest = written.checked_add_days(Days::new(MAX_DAYS_AHEAD))?;
    sentence::sentences(read)
        .into_iter()
        .flat_map(|sentence| {
            let lower = sentence.to_lowercase();
            in_sentence(&lower)
                .into_iter()
                .filter_map(|(strength, moment)| {
                    let date = moment.date(written, calendar)?;
                    (date >= written && date <= latest).then(|| (strength, date, sentence.clone()))
                })
                .collect::<Vec<_>>()
        })
        .min_by_key(|(strength, date, _)| (std::cmp::Reverse(*strength), *date))
        .map(|(_, date, sentence)| Deadline {
            date,
            sentence: sentence::shown(&sentence),
        })
}

/// Each time of a sentence, in lower case, that a cue makes a deadline.
fn in_sentence(sentence: &str) -> Vec<(Strength, Moment)> {
    let cues = cue::find(sentence);
    if cues.is_empty() {
        return Vec::new();
    }
    let moments = moment::find(sentence);
    moments
        .iter()
        .enumerate()
        .filter_map(|(at, (range, moment))| {
            let before = at
                .checked_sub(1)
                .and_then(|before| moments.get(before))
                .map_or(0, |(range, _)| range.end);
            let cue = cues
                .iter()
                .filter(|cue| belongs(cue, range, moment, before))
                .max_by_key(|cue| cue.strength)?;
            Some((cue::strength_in(cue.strength, sentence), moment.clone()))
        })
        .collect()
}

/// Whether a cue speaks of a time: close before it with no other time between, or right after it.
fn belongs(cue: &Cue, moment: &std::ops::Range<usize>, kind: &Moment, earlier_end: usize) -> bool {
    if cue.range.end <= moment.start {
        let gap = moment.start - cue.range.end;
        // `med frist den 1. maj og møde den 5. maj`: the second is no deadline.
        return cue.range.start >= earlier_end && gap <= cue.reach.min(kind.reach());
    }
    // `fredag senest`, `14 dages skriftlig frist`
    let reach = if matches!(kind, Moment::After { .. }) {
        14
    } else {
        2
    };
    cue.stands_after && cue.range.start >= moment.end && cue.range.start - moment.end <= reach
}

#[cfg(test)]
mod tests;
