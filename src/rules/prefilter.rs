//! A set of rules, and the few of them that a mail can meet: found in one pass over its text.
//!
//! Every rule names the literal pieces of which a mail must have one ([`super::needle`]). All pieces of all rules stand in
//! one automaton (Aho-Corasick); rules whose pieces are all absent are not tried.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, MatchKind};

use super::condition::{Leaf, PersonPlace, TextPlace};
use super::evaluate::{Decision, decide};
use super::facts::Facts;
use super::needle::needed;
use super::rule::Rule;
use super::view::View;
use crate::domain::mail::Mail;

/// Pieces of all rules; beyond, the rules that come last are tried on every mail.
const MAX_NEEDLES: usize = 200_000;

/// Rules made ready to be tried.
pub struct RuleSet {
    rules: Vec<Rule>,
    needles: Option<AhoCorasick>,
    /// Of each needle, the rules that need it or one of others.
    needed_by: Vec<Vec<u32>>,
    /// Rules that need nothing.
    always: Vec<u32>,
    /// Rules that look at the text of attachments: as long as that is not known, a piece may yet turn up in it.
    of_attachment_text: Vec<u32>,
}

impl RuleSet {
    pub fn new(rules: Vec<Rule>) -> Self {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut set = Self {
            rules: Vec::new(),
            needles: None,
            needed_by: Vec::new(),
            always: Vec::new(),
            of_attachment_text: Vec::new(),
        };
        for (at, rule) in (0_u32..).zip(&rules) {
            let Some(needles) = needed(&rule.when).filter(|_| places.len() < MAX_NEEDLES) else {
                set.always.push(at);
                continue;
            };
            if rule.when.leaves().into_iter().any(is_of_attachment_text) {
                set.of_attachment_text.push(at);
            }
            for needle in needles {
                let next = places.len();
                let place = *places.entry(needle).or_insert(next);
                set.needed_by.resize(places.len(), Vec::new());
                set.needed_by[place].push(at);
            }
        }
        let mut needles: Vec<(String, usize)> = places.into_iter().collect();
        needles.sort_by_key(|(_, place)| *place);
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(needles.iter().map(|(needle, _)| needle));
        match automaton {
            Ok(automaton) => set.needles = Some(automaton),
            // Only what is too large cannot be built; the rules are tried one by one then.
            Err(_) => set.always = (0_u32..).zip(&rules).map(|(at, _)| at).collect(),
        }
        set.rules = rules;
        set
    }

    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// What follows for a mail; tells of the rules that are met, and of those of which that is not known.
    pub fn decide(&self, mail: &Mail, facts: &Facts) -> Decision {
        self.decide_each(mail, std::slice::from_ref(facts), |_| 0)
    }

    /// The same, where what is known depends on whom a rule acts for: `of_rule` says which facts are a rule's, the first
    /// for a place that is not there. What tells whether the mail is held is the same in all of them.
    pub fn decide_each(
        &self,
        mail: &Mail,
        facts: &[Facts],
        of_rule: impl Fn(usize) -> usize,
    ) -> Decision {
        let views: Vec<View<'_>> = facts.iter().map(|facts| View::new(mail, facts)).collect();
        let Some(first) = views.first() else {
            return Decision::default();
        };
        let rules = self.candidates(first).into_iter().filter_map(|at| {
            let at = at as usize;
            let view = views.get(of_rule(at)).unwrap_or(first);
            Some((at, self.rules.get(at)?, view))
        });
        decide(rules, mail, first.facts, false)
    }

    /// As [`Self::decide`], every rule tried one by one and told of.
    pub fn explain(&self, mail: &Mail, facts: &Facts) -> Decision {
        self.explain_each(mail, std::slice::from_ref(facts), |_| 0)
    }

    pub fn explain_each(
        &self,
        mail: &Mail,
        facts: &[Facts],
        of_rule: impl Fn(usize) -> usize,
    ) -> Decision {
        let views: Vec<View<'_>> = facts.iter().map(|facts| View::new(mail, facts)).collect();
        let Some(first) = views.first() else {
            return Decision::default();
        };
        let rules = self.rules.iter().enumerate().map(|(at, rule)| {
            let view = views.get(of_rule(at)).unwrap_or(first);
            (at, rule, view)
        });
        decide(rules, mail, first.facts, true)
    }

    /// Rules that the mail can meet, in their order.
    fn candidates(&self, view: &View<'_>) -> Vec<u32> {
        let mut found = self.always.clone();
        let mut seen = vec![false; self.needed_by.len()];
        let mut read = |text: &str| {
            let Some(needles) = &self.needles else { return };
            for met in needles.find_overlapping_iter(text) {
                let place = met.pattern().as_usize();
                if !std::mem::replace(&mut seen[place], true) {
                    found.extend(&self.needed_by[place]);
                }
            }
        };
        read(&view.subject.folded);
        read(&view.body.folded);
        for name in &view.attachment_names {
            read(&name.folded);
        }
        for person in view.people(PersonPlace::Participant) {
            read(person.address);
            if let Some(name) = &person.name {
                read(&name.folded);
            }
        }
        if self.of_attachment_text.is_empty() {
            // Nobody asks for them.
        } else if let Some(texts) = view.attachment_texts() {
            for text in texts {
                read(&text.folded);
            }
        } else {
            found.extend(&self.of_attachment_text);
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn is_of_attachment_text(leaf: &Leaf) -> bool {
    matches!(leaf, Leaf::Text(TextPlace::AttachmentText, _))
}
