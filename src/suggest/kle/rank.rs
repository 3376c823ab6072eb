//! From a question to a few subjects: points by words and laws, then odds, then shares beside "none of them".

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::words::Stems;
use super::Probability;
use super::index::{Field, Phrase, PlanIndex, Posting, Slot, Subject, Term};
use super::own_cases::{OwnCases, Said};
use super::question::Question;
use super::reason::Reason;
use super::weights;
use crate::domain::access::Onlooker;
use crate::domain::kle::{Facet, KleNumber};

/// Subjects looked at closely.
const CANDIDATES: usize = 60;
const MAX_WORDS_TOLD: usize = 6;
/// Parts of a compound cover a phrase less surely than the word itself.
const COVERED_BY_PARTS: f64 = 0.7;

#[derive(Clone, Debug, PartialEq)]
pub struct ProposedSubject {
    pub number: KleNumber,
    pub title: String,
    pub confidence: Probability,
    /// What weighs most first.
    pub reasons: Vec<Reason>,
    pub facet: Option<ProposedFacet>,
}

/// A facet for a proposed subject; only where something says so.
#[derive(Clone, Debug, PartialEq)]
pub struct ProposedFacet {
    pub facet: Facet,
    /// Empty when the facets were not imported.
    pub title: String,
    /// What says so: a number in the text, a keyword, words, or a case's number.
    pub because: String,
}

pub(super) fn rank(
    index: &PlanIndex,
    own: &OwnCases,
    question: &Question,
    viewer: &Onlooker,
    limit: usize,
) -> Vec<ProposedSubject> {
    let ranking = Ranking::of(index, own, question, viewer);
    let shares = ranking.shares();
    ranking
        .scored
        .iter()
        .zip(shares)
        .take(limit)
        .map(|((_, slot), confidence)| {
            let subject = &index.subjects[*slot as usize];
            let told = Told {
                index,
                question,
                asked: &ranking.asked,
                slot: *slot,
                subject,
                named: ranking.named.get(slot),
                said: ranking.cases.get(slot),
            };
            ProposedSubject {
                number: subject.number,
                title: subject.title.text.clone(),
                confidence,
                reasons: told.reasons(),
                facet: told.facet(),
            }
        })
        .collect()
}

/// All candidates without their reasons, for measuring.
pub(super) fn order(
    index: &PlanIndex,
    own: &OwnCases,
    question: &Question,
    viewer: &Onlooker,
) -> Vec<(KleNumber, Probability)> {
    let ranking = Ranking::of(index, own, question, viewer);
    let numbers = ranking
        .scored
        .iter()
        .map(|(_, slot)| index.subjects[*slot as usize].number);
    numbers.zip(ranking.shares()).collect()
}

struct Ranking {
    asked: Terms,
    named: BTreeMap<Slot, Named>,
    cases: BTreeMap<Slot, Said>,
    /// Odds (logarithm), the best first.
    scored: Vec<(f64, Slot)>,
}

impl Ranking {
    fn of(index: &PlanIndex, own: &OwnCases, question: &Question, viewer: &Onlooker) -> Self {
        let asked = Terms::of(index, question, &Stems::new());
        let cases = cases_said(index, own, question, viewer);
        let named = named(index, question);
        let points = asked.points(index);

        let mut candidates = best(&points, CANDIDATES);
        candidates.extend(cases.keys().copied());
        candidates.extend(named.keys().copied());
        let scale = asked.scale(index);
        let mut scored: Vec<(f64, Slot)> = candidates
            .into_iter()
            .map(|slot| {
                let subject = &index.subjects[slot as usize];
                let words =
                    points.get(&slot).copied().unwrap_or_default() + asked.whole(index, subject);
                let named = named.get(&slot).map_or(0.0, |named| named.odds);
                let said = cases.get(&slot).map_or(0.0, |said| said.strength);
                let odds = weights::SHARPNESS * words / scale + named + weights::OWN_CASES * said;
                (odds - weights::NONE, slot)
            })
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        Self {
            asked,
            named,
            cases,
            scored,
        }
    }

    fn shares(&self) -> Vec<Probability> {
        let odds: Vec<f64> = self.scored.iter().map(|scored| scored.0).collect();
        Probability::shares(&odds)
    }
}

/// The question in terms of the index.
struct Terms {
    /// Term → its weight and the word of the question it comes from.
    terms: BTreeMap<Term, Asked>,
}

#[derive(Clone, Copy)]
struct Asked {
    weight: f64,
    /// Place of the word, or of the law behind the words.
    from: usize,
}

impl Terms {
    fn of(index: &PlanIndex, question: &Question, stems: &Stems) -> Self {
        let mut terms: BTreeMap<Term, Asked> = BTreeMap::new();
        let mut put = |name: &str, asked: Asked| {
            let Some(term) = index.term(name) else { return };
            let known = terms.entry(term).or_insert(asked);
            if asked.weight > known.weight {
                *known = asked;
            }
        };
        for (from, word) in question.words.iter().enumerate() {
            let weight = word.weight;
            put(&word.stem, Asked { weight, from });
            let parts = index.compounds.parts(&word.form, stems);
            for part in &parts {
                put(
                    part,
                    Asked {
                        weight: weight * weights::PART_ASKED,
                        from,
                    },
                );
            }
            if parts.is_empty() && index.term(&word.stem).is_none() {
                for part in [
                    index.compounds.head(&word.form, stems),
                    index.compounds.beginning(&word.form, stems),
                ]
                .into_iter()
                .flatten()
                {
                    put(
                        &part,
                        Asked {
                            weight: weight * weights::LOOSE_PART,
                            from,
                        },
                    );
                }
            }
        }
        for (from, law) in (question.words.len()..).zip(&question.laws) {
            let Some(name) = index.laws.known(&law.name) else {
                continue;
            };
            let asked = Asked { weight: 1.0, from };
            put(&name.term(), asked);
            for section in &law.sections {
                for term in name.terms_of(section) {
                    put(&term, asked);
                }
            }
        }
        Self { terms }
    }

    /// BM25 of every subject that has any of the terms, and a share of its group's.
    fn points(&self, index: &PlanIndex) -> HashMap<Slot, f64> {
        let mut points: HashMap<Slot, f64> = HashMap::new();
        let mut of_groups: HashMap<u32, f64> = HashMap::new();
        for (term, asked) in &self.terms {
            let worth = asked.weight * index.rarity(*term);
            for posting in index.postings(*term) {
                *points.entry(posting.slot).or_default() += worth * posting.weight;
            }
            for (group, worth) in index.in_groups(*term) {
                *of_groups.entry(group).or_default() += asked.weight * worth;
            }
        }
        for (slot, points) in &mut points {
            let group = index.subjects[*slot as usize].group;
            *points += weights::GROUP * of_groups.get(&group).copied().unwrap_or_default();
        }
        points
    }

    /// Long questions gather more points; odds must not grow with them.
    fn scale(&self, index: &PlanIndex) -> f64 {
        let asked: f64 = self
            .terms
            .iter()
            .map(|(term, asked)| asked.weight * index.rarity(*term))
            .sum();
        asked.max(1.0).powf(weights::SCALE)
    }

    /// Points for a title and the best keyword that stand in the question as a whole, or nearly.
    fn whole(&self, index: &PlanIndex, subject: &Subject) -> f64 {
        let keyword = self.best_keyword(index, subject).map_or(0.0, |best| best.1);
        weights::WHOLE_KEYWORD * keyword
            + weights::WHOLE_TITLE * self.phrase_points(index, &subject.title)
    }

    fn best_keyword(&self, index: &PlanIndex, subject: &Subject) -> Option<(usize, f64)> {
        let keywords = subject.keywords.iter().enumerate();
        keywords
            .map(|(at, (phrase, _))| (at, self.phrase_points(index, phrase)))
            .filter(|(_, points)| *points > 0.0)
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    }

    fn phrase_points(&self, index: &PlanIndex, phrase: &Phrase) -> f64 {
        let (covered, all) = self.covered(index, phrase);
        if all <= 0.0 {
            return 0.0;
        }
        let share = covered / all;
        share.powf(weights::COVER) * all
    }

    /// How much of a phrase the question holds, and how much there is, by rarity.
    fn covered(&self, index: &PlanIndex, phrase: &Phrase) -> (f64, f64) {
        let strength = |term: &Term| {
            self.terms
                .get(term)
                .map_or(0.0, |asked| asked.weight.min(1.0))
        };
        phrase
            .words
            .iter()
            .fold((0.0, 0.0), |(covered, all), (word, parts)| {
                let by_parts = parts.iter().map(strength).fold(f64::INFINITY, f64::min);
                let by_parts = if parts.is_empty() {
                    0.0
                } else {
                    COVERED_BY_PARTS * by_parts.min(1.0)
                };
                let rarity = index.rarity(*word);
                (
                    covered + rarity * strength(word).max(by_parts),
                    all + rarity,
                )
            })
    }

    /// Whether the whole phrase is in the question.
    fn holds(&self, index: &PlanIndex, phrase: &Phrase) -> bool {
        let (covered, all) = self.covered(index, phrase);
        all > 0.0 && covered >= 0.66 * all
    }
}

/// Numbers that stand in the question itself.
struct Named {
    odds: f64,
    reason: Reason,
}

fn named(index: &PlanIndex, question: &Question) -> BTreeMap<Slot, Named> {
    let mut named: BTreeMap<Slot, Named> = BTreeMap::new();
    for found in &question.numbers {
        let subjects = index.plan.subjects_today(found.number);
        let odds = if found.sure {
            weights::NUMBER
        } else {
            weights::NUMBER_OR_DAY
        };
        for subject in &subjects {
            let Some(slot) = index.slots.get(subject) else {
                continue;
            };
            let reason = if *subject == found.number {
                Reason::Number {
                    number: subject.to_string(),
                }
            } else {
                Reason::OldNumber {
                    old: found.number.to_string(),
                }
            };
            named.entry(*slot).or_insert(Named { odds, reason });
        }
    }
    named
}

/// What the organisation's own cases say, by the subjects that their numbers stand for today.
fn cases_said(
    index: &PlanIndex,
    own: &OwnCases,
    question: &Question,
    viewer: &Onlooker,
) -> BTreeMap<Slot, Said> {
    let mut by_slot: BTreeMap<Slot, Said> = BTreeMap::new();
    for said in own.ask(question, viewer) {
        for subject in index.plan.subjects_today(said.kle) {
            let Some(slot) = index.slots.get(&subject) else {
                continue;
            };
            by_slot
                .entry(*slot)
                .and_modify(|known| {
                    known.strength = 1.0 - (1.0 - known.strength) * (1.0 - said.strength);
                    known.count += said.count;
                })
                .or_insert_with(|| said.clone());
        }
    }
    by_slot
}

/// One candidate, to be put into reasons.
struct Told<'a> {
    index: &'a PlanIndex,
    question: &'a Question,
    asked: &'a Terms,
    slot: Slot,
    subject: &'a Subject,
    named: Option<&'a Named>,
    said: Option<&'a Said>,
}

impl Told<'_> {
    fn reasons(&self) -> Vec<Reason> {
        let mut found: Vec<(f64, Reason)> = Vec::new();
        if let Some(named) = self.named {
            found.push((f64::INFINITY, named.reason.clone()));
        }
        if let Some(said) = self.said {
            let reason = Reason::OwnCases {
                case_id: said.case_id,
                number: said.number.clone(),
                title: said.title.clone(),
                count: said.count,
            };
            found.push((weights::OWN_CASES * said.strength, reason));
        }
        if let Some((phrase, points)) = self.keyword() {
            let reason = Reason::Keyword {
                keyword: phrase.text.clone(),
            };
            found.push((points, reason));
        }
        found.extend(self.laws());
        found.extend(self.words());
        // The sort is stable: equal weights stay in the order above.
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        found.into_iter().map(|found| found.1).collect()
    }

    /// The best keyword that is in the question.
    fn keyword(&self) -> Option<(&Phrase, f64)> {
        let (at, points) = self.asked.best_keyword(self.index, self.subject)?;
        let phrase = &self.subject.keywords[at].0;
        self.asked
            .holds(self.index, phrase)
            .then_some((phrase, points))
    }

    fn laws(&self) -> Option<(f64, Reason)> {
        let words = self.question.words.len();
        let mut cited: BTreeMap<usize, f64> = BTreeMap::new();
        for (worth, asked, _) in self.matches().filter(|(_, asked, _)| asked.from >= words) {
            *cited.entry(asked.from - words).or_default() += worth;
        }
        let (at, worth) = cited
            .into_iter()
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
        let law = self.question.laws.get(at)?;
        let name = self.index.laws.known(&law.name)?;
        // Only places that the subject rests on are told.
        let place = law.sections.iter().find(|section| {
            name.terms_of(section).iter().any(|term| {
                self.index
                    .term(term)
                    .is_some_and(|term| self.posting(term).is_some())
            })
        });
        let law = match place {
            Some(place) => format!("{} {}", law.written, shown(&place.number)),
            None => law.written.clone(),
        };
        Some((worth, Reason::Law { law }))
    }

    /// Words of the question by the place where the plan has them, each told once, where it says the most.
    fn words(&self) -> Vec<(f64, Reason)> {
        let mut by_field: [(f64, Vec<(f64, usize)>); 4] = Default::default();
        let mut told = BTreeSet::new();
        let mut matches: Vec<_> = self
            .matches()
            .filter(|(_, asked, _)| asked.from < self.question.words.len())
            .collect();
        matches.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.from.cmp(&b.1.from)));
        for (worth, asked, posting) in matches {
            let field = if posting.is_in(Field::Title) {
                0
            } else if posting.is_in(Field::Predecessor) {
                1
            } else if posting.is_in(Field::Guidance) {
                2
            } else if posting.is_in(Field::Group) {
                3
            } else {
                continue;
            };
            by_field[field].0 += worth;
            if told.insert(asked.from) {
                by_field[field].1.push((worth, asked.from));
            }
        }
        let [title, predecessor, guidance, group] = by_field;
        let put = |(worth, words): (f64, Vec<(f64, usize)>), reason: fn(Vec<String>) -> Reason| {
            let words: Vec<String> = words
                .into_iter()
                .take(MAX_WORDS_TOLD)
                .map(|(_, from)| self.question.words[from].form.clone())
                .collect();
            (!words.is_empty()).then(|| (worth, reason(words)))
        };
        [
            put(title, |words| Reason::Title { words }),
            put(predecessor, |words| Reason::Predecessor { words }),
            put(guidance, |words| Reason::Guidance { words }),
            put(group, |words| Reason::Group { words }),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// What the question and the subject have in common.
    fn matches(&self) -> impl Iterator<Item = (f64, Asked, Posting)> + '_ {
        self.asked.terms.iter().filter_map(|(term, asked)| {
            let posting = self.posting(*term)?;
            let worth = asked.weight * self.index.rarity(*term) * posting.weight;
            Some((worth, *asked, posting))
        })
    }

    fn posting(&self, term: Term) -> Option<Posting> {
        let postings = self.index.postings(term);
        let at = postings.binary_search_by_key(&self.slot, |posting| posting.slot);
        at.ok().map(|at| postings[at])
    }

    fn facet(&self) -> Option<ProposedFacet> {
        let facets = &self.index.facets;
        let propose = |facet: Facet, because: String| ProposedFacet {
            facet,
            title: facets.title(facet).to_owned(),
            because,
        };
        if let Some(facet) = self.question.facet_written_for(self.subject.number) {
            return Some(propose(facet, format!("{}-{facet}", self.subject.number)));
        }
        let with_keyword = self
            .subject
            .keywords
            .iter()
            .filter_map(|(phrase, facet)| facet.map(|facet| (phrase, facet)))
            .find(|(phrase, facet)| facets.may_be(*facet) && self.asked.holds(self.index, phrase));
        if let Some((phrase, facet)) = with_keyword {
            return Some(propose(facet, phrase.text.clone()));
        }
        let words = self
            .question
            .words
            .iter()
            .map(|word| (word.stem.as_str(), word.form.as_str()));
        if let Some(cued) = facets.cued(words, self.subject.number) {
            return Some(propose(cued.facet, cued.words.join(", ")));
        }
        let said = self.said?;
        let facet = said.facet.filter(|facet| facets.may_be(*facet))?;
        Some(propose(facet, said.number.clone()))
    }
}

/// The slots with the most points; equal ones by number.
fn best(points: &HashMap<Slot, f64>, count: usize) -> BTreeSet<Slot> {
    let mut all: Vec<(f64, Slot)> = points
        .iter()
        .map(|(slot, points)| (*points, *slot))
        .collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    all.into_iter().take(count).map(|best| best.1).collect()
}

/// `§16` as people write it.
fn shown(section: &str) -> String {
    let digits = section.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let (sign, number) = section.split_at(digits);
    match sign {
        "kap" => format!("kap. {number}"),
        sign => format!("{sign} {number}"),
    }
}
