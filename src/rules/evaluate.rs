//! Rules against a mail: which are met and why, and what follows.

use std::collections::BTreeMap;

use super::action::{Action, Target};
use super::condition::{Condition, Leaf};
use super::facts::Facts;
use super::placeholders::{filled, of_every_mail, tame};
use super::rule::Rule;
use super::safety::{self, Held};
use super::text_test::TextTest;
use super::view::{Truth, View};
use crate::domain::{mail::Mail, working_days::danish_day};

/// What becomes of a mail by a set of rules.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// Nothing is done, whatever the rules say.
    pub held: Option<Held>,
    /// In their order.
    pub tried: Vec<Tried>,
    pub followed: Vec<Followed>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// Which of the set, from 0.
    pub rule: usize,
    pub outcome: Outcome,
    /// The conditions that decided it.
    pub causes: Vec<Cause>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Matched,
    NotMatched,
    /// What it asks for is not known.
    Unknown,
    SwitchedOff,
    /// It counts on other days.
    OutsideItsTime,
    /// A rule before it said to stop.
    AfterStop,
}

/// A condition and what was found of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cause {
    pub leaf: Leaf,
    pub holds: Truth,
    /// Of the mail; may be private.
    pub found: Option<String>,
}

/// What a rule does, or would have done.
#[derive(Clone, Debug, PartialEq)]
pub struct Followed {
    pub rule: usize,
    /// With its placeholders filled.
    pub action: Action,
    /// The case it files on, where that is found already.
    pub case: Option<String>,
    /// Why it is not done after all.
    pub withheld: Option<Withheld>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Withheld {
    /// It acts on who sent the mail, and nothing shows that.
    SenderUnproven,
    AutomaticMail,
    /// The placeholder of this name has no value.
    NoValue(String),
    NoCase,
    SeveralCases,
    /// Nobody looked whether it exists, or which it is.
    CaseUnknown,
    /// Per cent.
    TooUnsure {
        is: u32,
        needs: u32,
    },
    /// An earlier rule of which it is not known whether it is met would forbid it.
    Undecided {
        by: usize,
    },
    /// An earlier rule decided otherwise.
    Settled {
        by: usize,
    },
}

impl Withheld {
    /// A code, and what its sentence is filled with; `name_of_rule` gives the name of the rule at a place of the set.
    pub fn told(
        &self,
        name_of_rule: impl Fn(usize) -> String,
    ) -> (&'static str, Vec<(&'static str, String)>) {
        match self {
            Self::SenderUnproven => ("sender_unproven", Vec::new()),
            Self::AutomaticMail => ("automatic_mail", Vec::new()),
            Self::NoValue(name) => ("no_value", vec![("name", name.clone())]),
            Self::NoCase => ("no_case", Vec::new()),
            Self::SeveralCases => ("several_cases", Vec::new()),
            Self::CaseUnknown => ("case_unknown", Vec::new()),
            Self::TooUnsure { is, needs } => (
                "too_unsure",
                vec![("is", is.to_string()), ("needs", needs.to_string())],
            ),
            Self::Undecided { by } => ("undecided", vec![("rule", name_of_rule(*by))]),
            Self::Settled { by } => ("settled", vec![("rule", name_of_rule(*by))]),
        }
    }
}

/// Tries rules, each given with its place in the set and with what whom it acts for may know; `all` tells of those not met
/// too.
pub(super) fn decide<'r, 'm: 'r>(
    rules: impl Iterator<Item = (usize, &'r Rule, &'r View<'m>)>,
    mail: &Mail,
    facts: &Facts,
    all: bool,
) -> Decision {
    let mut decision = Decision {
        held: safety::held(mail, facts),
        ..Decision::default()
    };
    let day = danish_day(facts.at);
    let mut stopped = false;
    let mut undecided = Vec::new();
    for (at, rule, view) in rules {
        let outcome = match () {
            () if stopped => Outcome::AfterStop,
            () if !rule.enabled => Outcome::SwitchedOff,
            () if !rule.counts_on(day) => Outcome::OutsideItsTime,
            () => match view.holds(&rule.when) {
                Truth::Yes => Outcome::Matched,
                Truth::No => Outcome::NotMatched,
                Truth::Unknown => Outcome::Unknown,
            },
        };
        let tells = matches!(outcome, Outcome::Matched | Outcome::Unknown);
        if all || tells {
            let decided = tells || outcome == Outcome::NotMatched;
            decision.tried.push(Tried {
                rule: at,
                outcome,
                causes: if decided {
                    causes(&rule.when, view)
                } else {
                    Vec::new()
                },
            });
        }
        if outcome == Outcome::Unknown {
            undecided.push((at, rule));
        }
        if outcome == Outcome::Matched {
            if decision.held.is_none() {
                follow((at, rule), &undecided, mail, view, &mut decision.followed);
            }
            stopped = rule.stop;
            if stopped && !all {
                break;
            }
        }
    }
    decision
}

/// The leaves that decided: of several that say the same, the first that is enough.
fn causes(condition: &Condition, view: &View<'_>) -> Vec<Cause> {
    match condition {
        Condition::Not(part) => causes(part, view),
        Condition::Leaf(leaf) => vec![Cause {
            leaf: leaf.clone(),
            holds: view.leaf(leaf),
            found: found(leaf, view),
        }],
        Condition::All(parts) => of_parts(parts, Truth::No, view),
        Condition::Any(parts) => of_parts(parts, Truth::Yes, view),
    }
}

fn of_parts(parts: &[Condition], decides: Truth, view: &View<'_>) -> Vec<Cause> {
    let with = |truth: Truth| parts.iter().filter(move |part| view.holds(part) == truth);
    if let Some(part) = with(decides).next() {
        return causes(part, view);
    }
    let open: Vec<Cause> = with(Truth::Unknown)
        .flat_map(|part| causes(part, view))
        .collect();
    if open.is_empty() {
        parts.iter().flat_map(|part| causes(part, view)).collect()
    } else {
        open
    }
}

/// What of the mail a leaf met.
fn found(leaf: &Leaf, view: &View<'_>) -> Option<String> {
    match leaf {
        Leaf::Text(_, test) | Leaf::Header { test, .. } => {
            view.tested(leaf).find_map(|text| test.found(text))
        }
        Leaf::Person(place, test) => {
            let mut people = view.people(*place);
            people
                .find(|person| view.is(person, test))
                .map(|person| person.address.to_owned())
        }
        _ => None,
    }
}

/// What a rule that is met does. Rules before it that are `undecided` may yet forbid it.
fn follow(
    (at, rule): (usize, &Rule),
    undecided: &[(usize, &Rule)],
    mail: &Mail,
    view: &View<'_>,
    followed: &mut Vec<Followed>,
) {
    let facts = view.facts;
    let values = values(rule, mail, view);
    let unproven =
        rule.trusts_the_sender() && !rule.allow_unauthenticated && !facts.sender_is_proven();
    for action in &rule.then {
        let (action, mut withheld) = match filled(action, &values) {
            Ok(action) => (action, None),
            Err(name) => (action.clone(), Some(Withheld::NoValue(name))),
        };
        let mut case = None;
        if let Action::Journal(journal) = &action {
            match target(&journal.on, facts) {
                Ok(found) => case = found,
                Err(why) => withheld = withheld.or(Some(why)),
            }
        }
        let settled = followed
            .iter()
            .filter(|other| other.rule != at && other.withheld.is_none())
            .find(|other| action.excludes(&other.action));
        if let Some(other) = settled {
            withheld = Some(Withheld::Settled { by: other.rule });
        }
        let forbids =
            |before: &Rule| before.stop || before.then.iter().any(|one| action.excludes(one));
        if let Some((by, _)) = undecided.iter().find(|(_, before)| forbids(before)) {
            withheld = Some(Withheld::Undecided { by: *by });
        }
        let answers = matches!(action, Action::Acknowledge(_)) && safety::is_automatic(mail, facts);
        let circles = matches!(action, Action::Forward(_)) && safety::is_ours(facts);
        if answers || circles {
            withheld = Some(Withheld::AutomaticMail);
        }
        if unproven && action.needs_proof() {
            withheld = Some(Withheld::SenderUnproven);
        }
        followed.push(Followed {
            rule: at,
            action,
            case: case.filter(|_| withheld.is_none()),
            withheld,
        });
    }
}

/// What placeholders stand for: of two groups of one name, the first that met something.
fn values(rule: &Rule, mail: &Mail, view: &View<'_>) -> BTreeMap<String, String> {
    let mut values = of_every_mail(mail, view.facts.at);
    for leaf in rule.when.leaves() {
        let (Leaf::Text(_, TextTest::Regex(pattern))
        | Leaf::Header {
            test: TextTest::Regex(pattern),
            ..
        }) = leaf
        else {
            continue;
        };
        let Some(captures) = view
            .tested(leaf)
            .find_map(|text| pattern.captures(text.composed()))
        else {
            continue;
        };
        for name in pattern.groups() {
            if let Some(met) = captures.name(name).map(|met| tame(met.as_str()))
                && !met.is_empty()
            {
                values.entry(name.to_owned()).or_insert(met);
            }
        }
    }
    values
}

/// The number of the case to file on; `None` for one that is yet to be made.
fn target(on: &Target, facts: &Facts) -> Result<Option<String>, Withheld> {
    let only = |mut numbers: Vec<&String>| {
        numbers.dedup();
        match numbers.as_slice() {
            [] => Err(Withheld::NoCase),
            [number] => Ok(Some((*number).clone())),
            _ => Err(Withheld::SeveralCases),
        }
    };
    match on {
        Target::Case(number) => Ok(Some(number.clone())),
        Target::NewCase(_) => Ok(None),
        Target::CaseNumber => {
            let found = &facts.cases_found;
            if found.iter().any(|case| case.exists.is_none()) {
                return Err(Withheld::CaseUnknown);
            }
            let exist = found.iter().filter(|case| case.exists == Some(true));
            only(exist.map(|case| &case.number).collect())
        }
        Target::Thread => match &facts.thread_cases {
            Some(cases) => only(cases.iter().collect()),
            None => Err(Withheld::CaseUnknown),
        },
        Target::Suggestion(needs) => match &facts.suggestion {
            None => Err(Withheld::CaseUnknown),
            Some(best) if best.confidence >= needs.value() => Ok(Some(best.case.clone())),
            Some(best) => Err(Withheld::TooUnsure {
                is: (best.confidence * 100.0).floor() as u32,
                needs: needs.percent(),
            }),
        },
    }
}
