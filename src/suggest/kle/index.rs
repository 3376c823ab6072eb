//! The plan as it is searched: for every term the subjects it stands at, with how much it says about each.
//!
//! Built whole from a plan in a moment, and never changed: a new import gets a new index.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::super::words::Stems;
use super::compounds::Compounds;
use super::facets::Facets;
use super::guidance;
use super::laws::{self, Laws};
use super::terms;
use super::weights;
use crate::domain::kle::{Facet, KleNumber};
use crate::kle::{Entry, Law, Plan};

/// A subject's place in the index.
pub(super) type Slot = u32;
/// A word, a part of one, or a law.
pub(super) type Term = u32;

/// A retired entry that was split into more than these tells nothing about each.
const MAX_HEIRS: usize = 4;

/// Where the plan has a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Title = 1,
    Keyword = 2,
    Guidance = 4,
    Predecessor = 8,
    Group = 16,
    Law = 32,
}

#[derive(Default)]
pub struct PlanIndex {
    pub(super) plan: Plan,
    pub(super) subjects: Vec<Subject>,
    pub(super) slots: HashMap<KleNumber, Slot>,
    pub(super) compounds: Compounds,
    pub(super) laws: Laws,
    pub(super) facets: Facets,
    terms: HashMap<String, Term>,
    postings: Vec<Vec<Posting>>,
    /// How rare a term is, by term.
    rarity: Vec<f64>,
    /// Term → groups, by their place, with how much it says about each.
    in_groups: Vec<Vec<(u32, f64)>>,
    group_rarity: Vec<f64>,
}

pub(super) struct Subject {
    pub number: KleNumber,
    /// Its group's place.
    pub group: u32,
    pub title: Phrase,
    pub keywords: Vec<(Phrase, Option<Facet>)>,
}

/// A title or keyword as terms, to see whether it stands in a text as a whole.
#[derive(Default)]
pub(super) struct Phrase {
    pub text: String,
    /// Each word, with the parts it is made of.
    pub words: Vec<(Term, Vec<Term>)>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Posting {
    pub slot: Slot,
    pub weight: f64,
    /// [`Field`]s as bits.
    pub fields: u8,
}

impl Posting {
    pub fn is_in(&self, field: Field) -> bool {
        self.fields & field as u8 != 0
    }
}

impl PlanIndex {
    pub fn build(plan: &Plan) -> Self {
        let mut building = Building::new(plan);
        for (number, entry) in plan.active_subjects() {
            building.add_subject(number, entry);
        }
        building.add_guidance();
        building.add_predecessors();
        building.finish(plan)
    }

    /// The plan it was built from.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    pub fn published(&self) -> Option<NaiveDate> {
        self.plan.published
    }

    pub(super) fn term(&self, name: &str) -> Option<Term> {
        self.terms.get(name).copied()
    }

    pub(super) fn postings(&self, term: Term) -> &[Posting] {
        self.postings.get(term as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn rarity(&self, term: Term) -> f64 {
        self.rarity.get(term as usize).copied().unwrap_or_default()
    }

    /// The groups whose subjects have the term, with what it is worth there.
    pub(super) fn in_groups(&self, term: Term) -> impl Iterator<Item = (u32, f64)> + '_ {
        let rarity = self
            .group_rarity
            .get(term as usize)
            .copied()
            .unwrap_or_default();
        let groups = self.in_groups.get(term as usize);
        groups
            .into_iter()
            .flatten()
            .map(move |(group, weight)| (*group, weight * rarity))
    }
}

struct Building<'p> {
    plan: &'p Plan,
    stems: Stems,
    compounds: Compounds,
    laws: Laws,
    facets: Facets,
    terms: HashMap<String, Term>,
    subjects: Vec<Subject>,
    slots: HashMap<KleNumber, Slot>,
    groups: HashMap<KleNumber, u32>,
    /// What stands at each subject: term → weight and fields.
    texts: Vec<BTreeMap<Term, (f64, u8)>>,
}

impl<'p> Building<'p> {
    fn new(plan: &'p Plan) -> Self {
        let stems = Stems::new();
        let mut compounds = Compounds::default();
        let mut laws = Laws::default();
        for entry in plan.entries.values().filter(|entry| entry.is_active()) {
            let keywords = entry.keywords.iter().map(|word| word.text.as_str());
            for text in keywords.chain([entry.title.as_str(), entry.guidance.as_str()]) {
                for word in terms::of(text, &stems) {
                    compounds.learn(&word.form, &word.stem);
                }
            }
            laws.learn_names(&entry.guidance, &stems);
        }
        Self {
            plan,
            facets: Facets::new(plan, &stems),
            stems,
            compounds,
            laws,
            terms: HashMap::new(),
            subjects: Vec::new(),
            slots: HashMap::new(),
            groups: HashMap::new(),
            texts: Vec::new(),
        }
    }

    fn add_subject(&mut self, number: KleNumber, entry: &Entry) {
        let slot = self.subjects.len() as Slot;
        self.slots.insert(number, slot);
        self.texts.push(BTreeMap::new());
        self.say(slot, &entry.title, weights::TITLE, Field::Title);
        for keyword in &entry.keywords {
            self.say(slot, &keyword.text, weights::KEYWORD, Field::Keyword);
        }
        for law in &entry.laws {
            self.say_law(slot, law);
        }
        if let Some(group) = number.parent() {
            let title = self.plan.title(group).to_owned();
            self.say(slot, &title, weights::GROUP_TITLE, Field::Group);
            if let Some(main_group) = group.parent() {
                let title = self.plan.title(main_group).to_owned();
                self.say(slot, &title, weights::MAIN_GROUP_TITLE, Field::Group);
            }
            if number.general_subject() == Some(number) {
                self.add_group(slot, group);
            }
        }
        let title = self.phrase(&entry.title);
        let keywords = entry
            .keywords
            .iter()
            .map(|keyword| (self.phrase(&keyword.text), keyword.facet))
            .collect();
        let next = self.groups.len() as u32;
        let group = *self
            .groups
            .entry(number.parent().unwrap_or(number))
            .or_insert(next);
        self.subjects.push(Subject {
            number,
            group,
            title,
            keywords,
        });
    }

    /// What is said of a group as a whole belongs to its general subject.
    fn add_group(&mut self, slot: Slot, group: KleNumber) {
        let Some(entry) = self
            .plan
            .entries
            .get(&group)
            .filter(|group| group.is_active())
        else {
            return;
        };
        for keyword in &entry.keywords {
            self.say(slot, &keyword.text, weights::KEYWORD, Field::Keyword);
        }
        for law in &entry.laws {
            self.say_law(slot, law);
        }
    }

    /// Guidance of subjects and groups, each sentence where its matter belongs.
    fn add_guidance(&mut self) {
        let plan = self.plan;
        for (number, entry) in plan.entries.iter().filter(|(_, entry)| entry.is_active()) {
            let own = self.slots.get(number).copied();
            let general = number
                .general_subject()
                .filter(|_| own.is_none())
                .and_then(|general| self.slots.get(&general).copied());
            let is_known = |number| plan.entries.contains_key(&number);
            for sentence in guidance::sentences(&entry.guidance, *number, is_known) {
                self.facets.learn(&sentence, *number, &self.stems);
                if sentence.about.is_empty() {
                    if let Some(slot) = own {
                        self.say(slot, sentence.text, weights::GUIDANCE, Field::Guidance);
                        self.say_cited(slot, sentence.text);
                    } else if let Some(slot) = general {
                        self.say(slot, sentence.text, weights::GROUP_GUIDANCE, Field::Group);
                    }
                    continue;
                }
                for to in sentence
                    .about
                    .iter()
                    .flat_map(|to| plan.subjects_today(*to))
                {
                    if let Some(slot) = self.slots.get(&to).copied() {
                        self.say(slot, sentence.text, weights::REFERRED, Field::Guidance);
                    }
                }
            }
        }
    }

    fn add_predecessors(&mut self) {
        let plan = self.plan;
        for (number, entry) in plan.entries.iter().filter(|(_, entry)| !entry.is_active()) {
            let heirs = plan.subjects_today(*number);
            if heirs.len() > MAX_HEIRS {
                continue;
            }
            for slot in heirs
                .iter()
                .filter_map(|heir| self.slots.get(heir).copied())
                .collect::<Vec<_>>()
            {
                self.say(slot, &entry.title, weights::PREDECESSOR, Field::Predecessor);
                for keyword in &entry.keywords {
                    self.say(
                        slot,
                        &keyword.text,
                        weights::PREDECESSOR,
                        Field::Predecessor,
                    );
                }
            }
        }
    }

    fn say(&mut self, slot: Slot, text: &str, weight: f64, field: Field) {
        for word in terms::of(text, &self.stems) {
            let term = self.term(&word.stem);
            self.put(slot, term, weight, field);
            for part in self.compounds.parts(&word.form, &self.stems) {
                let term = self.term(&part);
                self.put(slot, term, weight * weights::PART, field);
            }
        }
    }

    fn say_law(&mut self, slot: Slot, law: &Law) {
        let name = self.laws.of_title(&law.title, &self.stems);
        let mut said = vec![name.term()];
        for section in laws::sections(law.section.as_deref().unwrap_or_default()) {
            said.extend(name.terms_of(&section));
        }
        said.sort_unstable();
        said.dedup();
        for term in said {
            let term = self.term(&term);
            self.put(slot, term, weights::LAW, Field::Law);
        }
    }

    fn say_cited(&mut self, slot: Slot, text: &str) {
        for citation in laws::cited(text, &self.stems) {
            let Some(name) = self.laws.known(&citation.name) else {
                continue;
            };
            let sections = citation.sections.iter().flat_map(|s| name.terms_of(s));
            for term in std::iter::once(name.term())
                .chain(sections)
                .collect::<Vec<_>>()
            {
                let term = self.term(&term);
                self.put(slot, term, weights::LAW_IN_GUIDANCE, Field::Law);
            }
        }
    }

    fn phrase(&mut self, text: &str) -> Phrase {
        let words = terms::of(text, &self.stems);
        let words = words.into_iter().map(|word| {
            let parts = self.compounds.parts(&word.form, &self.stems);
            let parts = parts.iter().map(|part| self.term(part)).collect();
            (self.term(&word.stem), parts)
        });
        let words = words.collect();
        Phrase {
            text: text.to_owned(),
            words,
        }
    }

    fn put(&mut self, slot: Slot, term: Term, weight: f64, field: Field) {
        let Some(text) = self.texts.get_mut(slot as usize) else {
            return;
        };
        let known = text.entry(term).or_default();
        known.0 += weight;
        known.1 |= field as u8;
    }

    fn term(&mut self, name: &str) -> Term {
        if let Some(term) = self.terms.get(name) {
            return *term;
        }
        let term = self.terms.len() as Term;
        self.terms.insert(name.to_owned(), term);
        term
    }

    fn finish(self, plan: &Plan) -> PlanIndex {
        let mut postings: Vec<Vec<Posting>> = vec![Vec::new(); self.terms.len()];
        for (slot, saturated) in (0..).zip(saturated(&self.texts)) {
            for (term, weight, fields) in saturated {
                postings[term as usize].push(Posting {
                    slot,
                    weight,
                    fields,
                });
            }
        }
        let mut of_groups = vec![BTreeMap::<Term, (f64, u8)>::new(); self.groups.len()];
        for (subject, text) in self.subjects.iter().zip(&self.texts) {
            let of_group = &mut of_groups[subject.group as usize];
            for (term, (said, fields)) in text {
                let known = of_group.entry(*term).or_default();
                known.0 += said;
                known.1 |= fields;
            }
        }
        let mut in_groups: Vec<Vec<(u32, f64)>> = vec![Vec::new(); self.terms.len()];
        for (group, saturated) in (0..).zip(saturated(&of_groups)) {
            for (term, weight, _) in saturated {
                in_groups[term as usize].push((group, weight));
            }
        }
        let rarity = postings
            .iter()
            .map(|at| rarity_of(at.len(), self.texts.len()))
            .collect();
        let group_rarity = in_groups
            .iter()
            .map(|at| rarity_of(at.len(), of_groups.len()))
            .collect();
        PlanIndex {
            plan: plan.clone(),
            subjects: self.subjects,
            slots: self.slots,
            compounds: self.compounds,
            laws: self.laws,
            facets: self.facets,
            terms: self.terms,
            postings,
            rarity,
            in_groups,
            group_rarity,
        }
    }
}

/// How much each term says about each text: more of the same says little more, and in a long text less.
fn saturated(
    texts: &[BTreeMap<Term, (f64, u8)>],
) -> impl Iterator<Item = impl Iterator<Item = (Term, f64, u8)> + '_> + '_ {
    // Laws are no words: a subject that rests on many is not a long text.
    let length = |text: &BTreeMap<Term, (f64, u8)>| {
        let words = text.values().filter(|said| said.1 != Field::Law as u8);
        words.map(|said| said.0).sum::<f64>()
    };
    let mean = texts.iter().map(length).sum::<f64>() / texts.len().max(1) as f64;
    texts.iter().map(move |text| {
        let longer = length(text) / mean.max(1.0);
        let held_back = weights::SATURATION * (1.0 - weights::LENGTH + weights::LENGTH * longer);
        text.iter()
            .map(move |(term, (said, fields))| (*term, said / (said + held_back), *fields))
    })
}

/// The logarithm of one in how many texts has a term.
fn rarity_of(with: usize, texts: usize) -> f64 {
    ((texts as f64 + 1.0) / (with as f64 + 0.5)).ln().max(0.0)
}
