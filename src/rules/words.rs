//! Rules, and what became of a mail by them, in words.

use super::action::{Action, Attachments, Journal, Mark, Target};
use super::condition::{Condition, Leaf, PersonTest, Range};
use super::evaluate::{Cause, Outcome, Withheld};
use super::rule::Rule;
use super::safety::Held;
use super::text_test::TextTest;
use super::view::Truth;
use crate::messages::{self, Lang};

/// Values of a list that are told; the others are counted.
const MAX_TOLD: usize = 5;

#[derive(Clone, Copy)]
pub struct Words(pub Lang);

impl Words {
    /// The whole rule, to be read aloud.
    pub fn rule(self, rule: &Rule) -> String {
        let then: Vec<String> = rule.then.iter().map(|action| self.action(action)).collect();
        let values = [
            ("when", self.condition(&rule.when)),
            ("then", then.join(", ")),
        ];
        let mut told = vec![self.say("rule", &values)];
        let mut add = |there: bool, key: &str, values: &[(&str, String)]| {
            if there {
                told.push(self.say(key, values));
            }
        };
        add(rule.stop, "stops", &[]);
        add(rule.allow_unauthenticated, "unauthenticated", &[]);
        add(!rule.enabled, "switched-off", &[]);
        for (key, day) in [("from-day", rule.valid_from), ("to-day", rule.valid_to)] {
            if let Some(day) = day {
                add(true, key, &[("day", self.day(day))]);
            }
        }
        told.join(" ")
    }

    pub fn condition(self, condition: &Condition) -> String {
        let within = |parts: &[Condition], by: &str| {
            let parts: Vec<String> = parts.iter().map(|part| self.grouped(part)).collect();
            parts.join(&format!(" {} ", self.say(by, &[])))
        };
        match condition {
            Condition::All(parts) => within(parts, "and"),
            Condition::Any(parts) => within(parts, "or"),
            Condition::Not(part) => self.say("not", &[("what", self.grouped(part))]),
            Condition::Leaf(leaf) => self.leaf(leaf),
        }
    }

    fn grouped(self, condition: &Condition) -> String {
        let told = self.condition(condition);
        match condition {
            Condition::All(parts) | Condition::Any(parts) if parts.len() > 1 => format!("({told})"),
            _ => told,
        }
    }

    pub fn leaf(self, leaf: &Leaf) -> String {
        match leaf {
            Leaf::Text(place, test) => self.test(&self.say(&key("place", place.name()), &[]), test),
            Leaf::Header { name, test } => {
                self.test(&self.say("place-header", &[("name", name.clone())]), test)
            }
            Leaf::Person(place, test) => {
                let who = self.say(&key("person", place.name()), &[]);
                let (key, what) = match test {
                    PersonTest::Address(those) => ("has-address", self.either(those)),
                    PersonTest::Domain(those) => ("has-domain", self.either(those)),
                    PersonTest::Name(values) => ("has-name", self.either(&values.written)),
                    PersonTest::Internal(true) => ("is-internal", String::new()),
                    PersonTest::Internal(false) => ("is-external", String::new()),
                };
                self.say(key, &[("who", who), ("what", what)])
            }
            Leaf::Direction(direction) => {
                self.say(&format!("direction-{}", name_of(direction)), &[])
            }
            Leaf::Language(those) => self.say("language", &[("what", self.either(those))]),
            Leaf::Is(traits) => self.alternatives(traits.iter().map(|one| key("is", one.name()))),
            Leaf::Has(those) => self.alternatives(those.iter().map(|one| key("holds", one.name()))),
            Leaf::Importance(one) => self.say(&key("importance", one.name()), &[]),
            Leaf::AttachmentCount(range) => self.range("attachment-count", *range),
            Leaf::AttachmentSize(range) => self.range("attachment-bytes", *range),
            Leaf::Received { from, to } => {
                let days = [("received-from", from), ("received-to", to)];
                let ends: Vec<String> = days
                    .into_iter()
                    .filter_map(|(key, day)| Some(self.say(key, &[("day", self.day((*day)?))])))
                    .collect();
                ends.join(&format!(" {} ", self.say("and", &[])))
            }
            Leaf::Time { from, to } => {
                let time = |time: &chrono::NaiveTime| time.format("%H.%M").to_string();
                self.say("time", &[("from", time(from)), ("to", time(to))])
            }
            Leaf::WorkingDay => self.say("working-day", &[]),
            Leaf::SenderIsParty => self.say("sender-is-party", &[]),
            Leaf::ThreadOnCase => self.say("thread-on-case", &[]),
            Leaf::Suggested(least) => {
                self.say("suggested", &[("percent", least.percent().to_string())])
            }
            Leaf::Checked { check, verdict } => {
                let check = check.name().to_uppercase();
                self.say(&key("checked", verdict.name()), &[("check", check)])
            }
        }
    }

    pub fn cause(self, cause: &Cause) -> String {
        let what = self.leaf(&cause.leaf);
        match (cause.holds, &cause.found) {
            (Truth::Yes, Some(found)) => {
                let found = found.split_whitespace().collect::<Vec<_>>().join(" ");
                self.say("so-found", &[("what", what), ("found", found)])
            }
            (Truth::Yes, None) => what,
            (Truth::No, _) => self.say("not", &[("what", what)]),
            (Truth::Unknown, _) => self.say("not-known", &[("what", what)]),
        }
    }

    /// How a rule met a mail, before the reasons.
    pub fn outcome(self, outcome: Outcome) -> String {
        self.say(&format!("outcome-{}", name_of(&outcome)), &[])
    }

    pub fn held(self, held: Held) -> String {
        self.say(&format!("held-{}", name_of(&held)), &[])
    }

    /// `name_of_rule` gives the name of the rule at a place of the set.
    pub fn withheld(self, why: &Withheld, name_of_rule: impl Fn(usize) -> String) -> String {
        let (code, values) = why.told(name_of_rule);
        self.why(code, &values)
    }

    /// Why something was not done, by its code.
    pub fn why(self, code: &str, values: &[(&str, String)]) -> String {
        self.say(&key("withheld", code), values)
    }

    pub fn action(self, action: &Action) -> String {
        let one = |key: &str, what: &str| self.say(key, &[("what", what.to_owned())]);
        match action {
            Action::Journal(journal) => self.journal(journal),
            Action::NeverJournal(why) => one("do-never-journal", why),
            Action::AssignPerson(person) => one("do-assign-person", person),
            Action::AssignUnit(unit) => one("do-assign-unit", unit),
            Action::Tag(tags) => one("do-tag", &self.every(tags)),
            Action::DeadlineWorkingDays(days) => one("do-deadline", &days.to_string()),
            Action::Notify(those) => one("do-notify", &self.every(those)),
            Action::Mark(Mark::Flag) => one("do-flag", ""),
            Action::Mark(Mark::Move(folder)) => one("do-move", folder),
            Action::FollowThread => one("do-follow-thread", ""),
            Action::Forward(address) => one("do-forward", address),
            Action::Acknowledge(template) => one("do-acknowledge", template),
        }
    }

    fn journal(self, journal: &Journal) -> String {
        let mut told = match &journal.on {
            Target::Case(number) => self.say("do-journal-case", &[("number", number.clone())]),
            Target::CaseNumber => self.say("do-journal-case-number", &[]),
            Target::Thread => self.say("do-journal-thread", &[]),
            Target::Suggestion(needs) => self.say(
                "do-journal-suggestion",
                &[("percent", needs.percent().to_string())],
            ),
            Target::NewCase(case) => {
                let title = case.title.clone().unwrap_or_else(|| "{subject}".to_owned());
                self.say("do-journal-new-case", &[("title", title)])
            }
        };
        let mut add = |key: &str, what: &str| {
            told.push(' ');
            told.push_str(&self.say(key, &[("what", what.to_owned())]));
        };
        if let Some(title) = &journal.title {
            add("with-title", title);
        }
        match &journal.attachments {
            Attachments::All => {}
            Attachments::None => add("without-attachments", ""),
            Attachments::NameEnds(endings) => add("with-attachments-named", &self.every(endings)),
            Attachments::TypeStarts(types) => add("with-attachments-typed", &self.every(types)),
            Attachments::AtMostBytes(bytes) => add("with-attachments-of", &bytes.to_string()),
        }
        told
    }

    fn test(self, place: &str, test: &TextTest) -> String {
        let (key, what) = match test {
            TextTest::Contains(values) => ("contains", self.either(&values.written)),
            TextTest::Starts(values) => ("starts", self.either(&values.written)),
            TextTest::Equals(values) => ("equals", self.either(&values.written)),
            TextTest::Word(values) => ("word", self.either(&values.written)),
            TextTest::Regex(pattern) => ("regex", pattern.written().to_owned()),
        };
        self.say(key, &[("place", place.to_owned()), ("what", what)])
    }

    fn range(self, key: &str, range: Range) -> String {
        let number = |end: Option<u64>| end.map(|end| end.to_string()).unwrap_or_default();
        let (least, most) = (number(range.at_least), number(range.at_most));
        let kind = match (range.at_least, range.at_most) {
            (Some(_), Some(_)) => "between",
            (Some(_), None) => "at-least",
            _ => "at-most",
        };
        self.say(
            &format!("{key}-{kind}"),
            &[("least", least), ("most", most)],
        )
    }

    fn alternatives(self, keys: impl Iterator<Item = String>) -> String {
        let told: Vec<String> = keys.map(|key| self.say(&key, &[])).collect();
        told.join(&format!(" {} ", self.say("or", &[])))
    }

    fn either(self, values: &[String]) -> String {
        self.list(values, "or")
    }

    fn every(self, values: &[String]) -> String {
        self.list(values, "and")
    }

    fn list(self, values: &[String], by: &str) -> String {
        let quoted = |value: &String| self.say("quoted", &[("what", value.clone())]);
        let mut told: Vec<String> = values.iter().take(MAX_TOLD).map(quoted).collect();
        let more = values.len().saturating_sub(MAX_TOLD);
        if more > 0 {
            told.push(self.say("more", &[("count", more.to_string())]));
        }
        let last = told.pop().unwrap_or_default();
        if told.is_empty() {
            return last;
        }
        format!("{} {} {last}", told.join(", "), self.say(by, &[]))
    }

    fn day(self, day: chrono::NaiveDate) -> String {
        match self.0 {
            Lang::Da => day.format("%d-%m-%Y").to_string(),
            Lang::En => day.to_string(),
        }
    }

    /// A text of the section `rules`.
    pub fn say(self, key: &str, values: &[(&str, String)]) -> String {
        let values: Vec<(&str, &str)> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
        messages::text(self.0, &format!("rules.{key}"), &values)
    }
}

fn key(of: &str, name: &str) -> String {
    format!("{of}-{}", name.replace('_', "-"))
}

/// As it is called in JSON, with hyphens.
fn name_of(value: &impl serde::Serialize) -> String {
    let name = serde_json::to_value(value).unwrap_or_default();
    name.as_str().unwrap_or_default().replace('_', "-")
}
