//! The organisation's own cases that carry a KLE number: how its people sort what comes in.
//!
//! A case is known by the stems of its title. Only cases that the asker may see are ever looked at.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::super::words::Stems;
use super::question::Question;
use super::terms;
use crate::domain::access::Onlooker;
use crate::domain::case::Case;
use crate::domain::kle::{Facet, KleNumber};

/// Words that stand in more titles than this tell no case from another.
const MAX_CASES_OF_WORD: usize = 20_000;
/// Cases that a question is compared with, and that speak.
const COMPARED: usize = 200;
const SPEAKING: usize = 20;
/// How much of a title, weighed by rarity, must stand in the question.
const LEAST_COVERED: f64 = 0.5;
const LEAST_WORDS: usize = 2;
const MAX_TITLE_WORDS: usize = 30;

#[derive(Default)]
pub struct OwnCases {
    cases: Vec<OwnCase>,
    /// Where a case is now; what it was before stays in the lists, dead.
    places: HashMap<Uuid, u32>,
    terms: HashMap<String, u32>,
    /// Term → cases.
    lists: Vec<Vec<u32>>,
    dead: usize,
}

struct OwnCase {
    id: Uuid,
    alive: bool,
    number: String,
    title: String,
    terms: Vec<u32>,
    kle: KleNumber,
    facet: Option<Facet>,
    /// Of a restricted case: who is on its list.
    only_for: Option<Vec<String>>,
}

/// What similar cases say for a subject.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    pub kle: KleNumber,
    /// From 0 to 1.
    pub strength: f64,
    pub count: usize,
    /// The most similar of them.
    pub case_id: Uuid,
    pub number: String,
    pub title: String,
    pub facet: Option<Facet>,
}

impl OwnCases {
    /// Takes a case in, or what has become of it.
    pub fn upsert(&mut self, case: &Case) {
        self.remove(case.id);
        let Some(kle) = case.kle.as_deref().and_then(KleNumber::parse) else {
            return;
        };
        if !kle.is_subject() {
            return;
        }
        let place = self.cases.len() as u32;
        let mut found = terms::stems_of(&case.title, &Stems::new());
        found.truncate(MAX_TITLE_WORDS);
        let found: Vec<u32> = found.into_iter().map(|stem| self.term(stem)).collect();
        for term in &found {
            self.lists[*term as usize].push(place);
        }
        self.places.insert(case.id, place);
        self.cases.push(OwnCase {
            id: case.id,
            alive: true,
            number: case.number.clone(),
            title: case.title.clone(),
            terms: found,
            kle,
            facet: case.facet.as_deref().and_then(Facet::parse),
            only_for: case.access.is_restricted().then(|| {
                case.access
                    .list
                    .iter()
                    .map(|line| line.who.to_string())
                    .collect()
            }),
        });
    }

    pub fn remove(&mut self, id: Uuid) {
        if let Some(place) = self.places.remove(&id)
            && let Some(case) = self.cases.get_mut(place as usize)
        {
            *case = OwnCase {
                id,
                alive: false,
                number: String::new(),
                title: String::new(),
                terms: Vec::new(),
                only_for: Some(Vec::new()),
                ..*case
            };
            self.dead += 1;
            if self.dead > 1000 && self.dead > self.places.len() {
                self.tidy();
            }
        }
    }

    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// What the most similar cases that the viewer may see say, the strongest first.
    pub(super) fn ask(&self, question: &Question, viewer: &Onlooker) -> Vec<Said> {
        let mut matched: HashMap<u32, (f64, usize)> = HashMap::new();
        for word in &question.words {
            let Some(term) = self.terms.get(&word.stem) else {
                continue;
            };
            let list = &self.lists[*term as usize];
            if list.len() > MAX_CASES_OF_WORD {
                continue;
            }
            for place in list {
                let known = matched.entry(*place).or_default();
                known.0 += self.rarity(*term);
                known.1 += 1;
            }
        }
        let mut nearest: Vec<(f64, &OwnCase)> = matched
            .into_iter()
            .filter(|(_, (_, words))| *words >= LEAST_WORDS)
            .map(|(place, (rarity, _))| (rarity, &self.cases[place as usize]))
            .filter(|(_, case)| case.alive && may_see(case.only_for.as_deref(), viewer))
            .collect();
        let by = |a: &(f64, &OwnCase), b: &(f64, &OwnCase)| {
            b.0.total_cmp(&a.0).then(a.1.id.cmp(&b.1.id))
        };
        nearest.sort_by(by);
        nearest.truncate(COMPARED);
        let mut similar: Vec<(f64, &OwnCase)> = nearest
            .into_iter()
            .map(|(rarity, case)| {
                let all: f64 = case.terms.iter().map(|term| self.rarity(*term)).sum();
                (
                    if all > 0.0 {
                        (rarity / all).min(1.0)
                    } else {
                        0.0
                    },
                    case,
                )
            })
            .filter(|(covered, _)| *covered >= LEAST_COVERED)
            .collect();
        similar.sort_by(by);
        similar.truncate(SPEAKING);
        said(&similar)
    }

    fn rarity(&self, term: u32) -> f64 {
        let cases = self.places.len() as f64;
        let with = self.lists[term as usize].len() as f64;
        ((cases + 1.0) / (with + 0.5)).ln().max(0.05)
    }

    fn term(&mut self, stem: String) -> u32 {
        let next = self.lists.len() as u32;
        let term = *self.terms.entry(stem).or_insert(next);
        if term == next {
            self.lists.push(Vec::new());
        }
        term
    }

    /// Lets go of the dead.
    fn tidy(&mut self) {
        let mut moved = vec![u32::MAX; self.cases.len()];
        let mut kept = Vec::with_capacity(self.places.len());
        for (place, case) in std::mem::take(&mut self.cases).into_iter().enumerate() {
            if case.alive {
                moved[place] = kept.len() as u32;
                kept.push(case);
            }
        }
        self.cases = kept;
        for list in &mut self.lists {
            for place in list.iter_mut() {
                *place = moved[*place as usize];
            }
            list.retain(|place| *place != u32::MAX);
        }
        self.places = (0..)
            .zip(&self.cases)
            .map(|(place, case)| (case.id, place))
            .collect();
        self.dead = 0;
    }
}

fn said(similar: &[(f64, &OwnCase)]) -> Vec<Said> {
    let mut found: BTreeMap<KleNumber, Said> = BTreeMap::new();
    for (covered, case) in similar {
        // Half as sure as the titles are alike; another case like it makes it surer.
        let strength = covered / 2.0;
        let said = found.entry(case.kle).or_insert_with(|| Said {
            kle: case.kle,
            strength: 0.0,
            count: 0,
            case_id: case.id,
            number: case.number.clone(),
            title: case.title.clone(),
            facet: case.facet,
        });
        said.strength = 1.0 - (1.0 - said.strength) * (1.0 - strength);
        said.count += 1;
    }
    let mut found: Vec<Said> = found.into_values().collect();
    found.sort_by(|a, b| b.strength.total_cmp(&a.strength).then(a.kle.cmp(&b.kle)));
    found
}

/// Every user sees an open case, and who is on its list a restricted one.
fn may_see(list: Option<&[String]>, viewer: &Onlooker) -> bool {
    match list {
        None => viewer.is_user(),
        Some(list) => list.iter().any(|who| viewer.counts_as.contains(who)),
    }
}
