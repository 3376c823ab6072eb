//! Which facet goes with a subject: from what the text writes, from keywords that name one, from sentences of the
//! guidance that do, and from the imported facets' own titles and keywords. Where nothing says so, none is proposed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::words::Stems;
use super::guidance::Sentence;
use super::terms;
use crate::domain::kle::{Facet, KleNumber};
use crate::kle::Plan;

/// Points from which a facet is worth proposing, and how far it must be before the next.
const ENOUGH: f64 = 1.0;
const AHEAD: f64 = 1.25;
/// Guidance that names the facet for the very subject.
const OF_SUBJECT: f64 = 2.0;
const OF_KEYWORD: f64 = 1.5;
const OF_TITLE: f64 = 1.5;
const OF_GUIDANCE: f64 = 0.5;

#[derive(Debug, Default)]
pub(super) struct Facets {
    /// Facets that may be proposed, with their titles; empty when none were imported, and then all may.
    known: BTreeMap<Facet, String>,
    /// Stem → the facets it speaks for, and how much.
    cues: HashMap<String, BTreeMap<Facet, f64>>,
    of_subject: HashMap<(KleNumber, String), BTreeSet<Facet>>,
}

/// A facet and the words that speak for it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cued {
    pub facet: Facet,
    pub words: Vec<String>,
}

impl Facets {
    pub fn new(plan: &Plan, stems: &Stems) -> Self {
        let mut facets = Self::default();
        for (facet, entry) in plan.facets.iter().filter(|(_, entry)| entry.is_active()) {
            facets.known.insert(*facet, entry.title.clone());
            facets.cue(*facet, &entry.title, OF_TITLE, stems);
            facets.cue(*facet, &entry.guidance, OF_GUIDANCE, stems);
            for keyword in &entry.keywords {
                facets.cue(*facet, keyword, OF_KEYWORD, stems);
            }
        }
        facets
    }

    /// Learns from a sentence of a subject's guidance that names a facet.
    pub fn learn(&mut self, sentence: &Sentence<'_>, at: KleNumber, stems: &Stems) {
        let [facet] = sentence.facets[..] else { return };
        for stem in terms::stems_of(sentence.text, stems) {
            let numbers = sentence.about.iter().copied().chain([at]);
            for number in numbers {
                let known = self.of_subject.entry((number, stem.clone())).or_default();
                known.insert(facet);
            }
            let known = self.cues.entry(stem).or_default().entry(facet).or_default();
            *known = known.max(OF_GUIDANCE);
        }
    }

    pub fn title(&self, facet: Facet) -> &str {
        self.known.get(&facet).map_or("", String::as_str)
    }

    pub fn may_be(&self, facet: Facet) -> bool {
        self.known.is_empty() || self.known.contains_key(&facet)
    }

    /// The facet that words (stem, form) speak for at a subject, when one is clearly ahead.
    pub fn cued<'w>(
        &self,
        words: impl Iterator<Item = (&'w str, &'w str)>,
        subject: KleNumber,
    ) -> Option<Cued> {
        let mut points: BTreeMap<Facet, (f64, Vec<String>)> = BTreeMap::new();
        let mut add = |facet: Facet, amount: f64, form: &str| {
            let known = points.entry(facet).or_default();
            known.0 += amount;
            if !known.1.iter().any(|word| word == form) {
                known.1.push(form.to_owned());
            }
        };
        for (stem, form) in words {
            let own = self.of_subject.get(&(subject, stem.to_owned()));
            for facet in own.into_iter().flatten() {
                add(*facet, OF_SUBJECT, form);
            }
            // A word that speaks for many facets speaks for none.
            let Some(cues) = self.cues.get(stem) else {
                continue;
            };
            for (facet, amount) in cues {
                add(*facet, amount / cues.len() as f64, form);
            }
        }
        points.retain(|facet, _| self.may_be(*facet));
        let mut ranked: Vec<(Facet, (f64, Vec<String>))> = points.into_iter().collect();
        ranked.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then(a.0.cmp(&b.0)));
        let mut ranked = ranked.into_iter();
        let (facet, (best, words)) = ranked.next()?;
        let next = ranked.next().map_or(0.0, |(_, (points, _))| points);
        (best >= ENOUGH && best >= next * AHEAD).then_some(Cued { facet, words })
    }

    fn cue(&mut self, facet: Facet, text: &str, amount: f64, stems: &Stems) {
        for stem in terms::stems_of(text, stems) {
            let known = self.cues.entry(stem).or_default().entry(facet).or_default();
            *known = known.max(amount);
        }
    }
}
