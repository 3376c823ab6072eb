//! What rules say of a mail that arrived, and the doing of it.
//!
//! A rule acts in the name of its person, or of whom its mailbox belongs to, and knows of cases what they know. What it
//! said is kept once for each mail and mailbox: a mail that is looked at again is not acted on again.

mod act;
mod check;
mod dry_run;
mod facts;
mod ready;
pub mod told;
mod undo;

use chrono::Utc;
use uuid::Uuid;

pub use check::{CheckError, Checked, check, check_all};
pub use dry_run::{Counts, Example, Period, Tested, ToTry, Verdict, dry_run};
pub(super) use ready::Ready;
pub use undo::take_back;

use super::{House, Settled, opened::Opened};
use crate::{
    rules::{Action, Decision, Facts, Held, Outcome, Tried},
    store::{Actors, Arrived, KeptRule, MailDecision, RuleMode, StoreError, WithDecision},
};
use act::Actor;
use ready::Set;
use told::{Because, Did, State};

/// `may_wait`: until what attachments say is known, if a rule asks for that.
pub(super) async fn settle(
    house: House<'_>,
    mail: &Opened,
    arrived: &Arrived,
    may_wait: bool,
) -> Result<Settled, StoreError> {
    let store = house.store;
    let mailbox_id = arrived.mailbox_id;
    let Some((name, since)) = store.mailbox_since(mailbox_id).await? else {
        return Ok(Settled::No);
    };
    let ready = house.filing.rules.of_mailbox(store, mailbox_id).await?;
    let has_rules = !ready.live.kept.is_empty() || ready.with_shadow.is_some();
    // What came before the mailbox was watched is its history.
    if mail.row.received_at < since || !has_rules {
        return Ok(Settled::No);
    }
    let common = facts::common(house, mail, (mailbox_id, &name)).await?;
    let all = ready.with_shadow.as_ref().unwrap_or(&ready.live);
    if may_wait && all.asks.attachment_text && common.attachment_texts.is_none() {
        return Ok(Settled::NotYet);
    }
    let actors = store.actors_of_mailbox(mailbox_id).await?;
    let look = Look {
        house,
        mail,
        mailbox_id,
        actors: &actors,
        common: &common,
    };
    let decided = store.decided_rules(mail.row.id, mailbox_id).await?;
    let mut kept = Vec::new();
    let live = look.decide(&ready.live).await?;
    let mut settled = match live.decision.held {
        Some(Held::SeveralSenders) => Settled::Waits("several_senders"),
        Some(Held::AddressInName) => Settled::Waits("address_in_name"),
        None => Settled::No,
    };
    for tried in &live.decision.tried {
        let Some(rule) = ready.live.kept.get(tried.rule) else {
            continue;
        };
        if decided.contains(&rule.id) {
            continue;
        }
        let (did, with) = look.act(&ready.live, &live, tried).await?;
        let files = |did: &&Did| {
            did.state == State::Done && matches!(did.name(), "journal" | "never_journal")
        };
        if did.iter().any(|did| files(&did)) {
            settled = Settled::Filed;
        }
        kept.push((look.decision(rule, &live, tried, &did, true), with));
    }
    if let Some(set) = &ready.with_shadow {
        let would = look.decide(set).await?;
        for tried in &would.decision.tried {
            let Some(rule) = set.kept.get(tried.rule) else {
                continue;
            };
            let is_shadow = rule.mode == RuleMode::Shadow;
            if is_shadow && !decided.contains(&rule.id) {
                let did = would_do(|at| set.name(at), &would.decision, tried);
                let decision = look.decision(rule, &would, tried, &did, false);
                kept.push((decision, WithDecision::default()));
            }
        }
    }
    store.keep_decisions(&kept, Utc::now()).await?;
    Ok(settled)
}

/// A mail that rules look at in a mailbox.
#[derive(Clone, Copy)]
struct Look<'a> {
    house: House<'a>,
    mail: &'a Opened,
    mailbox_id: Uuid,
    actors: &'a Actors,
    common: &'a Facts,
}

/// What a set of rules says of a mail, and for whom each of its rules acts.
struct Said {
    decision: Decision,
    /// By place in the set.
    acts_for: Vec<Option<String>>,
}

impl Look<'_> {
    async fn decide(&self, set: &Set) -> Result<Said, StoreError> {
        self.try_all(set, false).await
    }

    /// Each rule is tried with what whom it acts for may know.
    async fn try_all(&self, set: &Set, explained: bool) -> Result<Said, StoreError> {
        let mail = &self.mail.mail;
        let people = mail.to.iter().chain(&mail.cc).chain(&mail.bcc);
        let addressed: Vec<&str> = people.map(|person| person.address.as_str()).collect();
        let acts_for: Vec<Option<String>> = set
            .kept
            .iter()
            .map(|rule| self.actors.of(rule, &addressed))
            .collect();
        let mut users: Vec<&Option<String>> = acts_for.iter().collect();
        users.sort_unstable();
        users.dedup();
        let mut facts = Vec::with_capacity(users.len());
        for user in &users {
            let of_user = facts::of_user(
                self.house,
                self.mail,
                self.common,
                user.as_deref(),
                set.asks,
            );
            facts.push(of_user.await?);
        }
        let of_rule = |at: usize| {
            let user = acts_for.get(at);
            user.and_then(|user| users.iter().position(|other| *other == user))
                .unwrap_or_default()
        };
        let decision = if explained {
            set.rules.explain_each(mail, &facts, of_rule)
        } else {
            set.rules.decide_each(mail, &facts, of_rule)
        };
        Ok(Said { decision, acts_for })
    }

    /// Does what follows of one rule.
    async fn act(
        &self,
        set: &Set,
        said: &Said,
        tried: &Tried,
    ) -> Result<(Vec<Did>, WithDecision), StoreError> {
        let mut with = WithDecision::default();
        let mut did: Vec<Did> = Vec::new();
        let Some(rule) = set.kept.get(tried.rule) else {
            return Ok((did, with));
        };
        let user = said.acts_for.get(tried.rule).and_then(Option::as_deref);
        // The case that it files on is the one that its conversation is followed to.
        let mut case: Option<String> = None;
        let followed = said.decision.followed.iter();
        for one in followed.filter(|one| one.rule == tried.rule) {
            case = one.case.clone().or(case);
            let new = Did::new(&one.action, State::Done).on(one.case.clone());
            did.push(match (&one.withheld, user) {
                (Some(why), _) => new.withheld(why, |at| set.name(at)),
                // A tag says nothing of anybody.
                (None, None) if !matches!(one.action, Action::Tag(_) | Action::Mark(_)) => {
                    new.because(State::Withheld, "nobody_acts")
                }
                (None, user) => {
                    let actor = Actor {
                        house: self.house,
                        mail: self.mail,
                        mailbox_id: self.mailbox_id,
                        rule,
                        user: user.unwrap_or_default(),
                        now: Utc::now(),
                    };
                    let done = actor.act(&one.action, case.as_deref(), &mut with).await?;
                    case = done.case_number.clone().or(case);
                    done
                }
            });
        }
        Ok((did, with))
    }

    fn decision(
        &self,
        rule: &KeptRule,
        said: &Said,
        tried: &Tried,
        did: &[Did],
        live: bool,
    ) -> MailDecision {
        let causes: Vec<Because> = tried.causes.iter().map(Because::of).collect();
        MailDecision {
            id: Uuid::now_v7(),
            mail_id: self.mail.row.id,
            mailbox_id: self.mailbox_id,
            rule_id: rule.id,
            rule_name: rule.name.clone(),
            owner: rule.owner.clone(),
            rule_version: rule.version,
            live,
            at: Utc::now(),
            outcome: outcome(tried.outcome),
            causes: told::write(&causes),
            followed: told::write(did),
            acted_for: said.acts_for.get(tried.rule).cloned().flatten(),
            undone_at: None,
        }
    }
}

/// What rules that left nothing would say of a mail now.
#[derive(Debug, Default)]
pub struct Explained {
    pub held: Option<Held>,
    pub decisions: Vec<MailDecision>,
}

/// Tries the rules of each mailbox that the viewer sees and that holds the mail, whatever their mode; those that have said
/// what they say of it are left out.
pub async fn explain(
    house: House<'_>,
    mail_id: Uuid,
    viewer: &str,
    kept: &[MailDecision],
) -> Result<Explained, StoreError> {
    let store = house.store;
    let mut explained = Explained::default();
    let mut mailboxes: Vec<(Uuid, String)> = (store.locations(mail_id).await?.into_iter())
        .map(|place| (place.mailbox_id, place.mailbox))
        .collect();
    mailboxes.dedup();
    let Some(mail) = Opened::read(house, mail_id).await? else {
        return Ok(explained);
    };
    for (mailbox_id, name) in mailboxes {
        if !store.may_see_mailbox(mailbox_id, viewer).await? {
            continue;
        }
        let set = Set::of(store.rules_of_mailbox(mailbox_id).await?);
        let common = facts::common(house, &mail, (mailbox_id, &name)).await?;
        let actors = store.actors_of_mailbox(mailbox_id).await?;
        let look = Look {
            house,
            mail: &mail,
            mailbox_id,
            actors: &actors,
            common: &common,
        };
        let said = look.try_all(&set, true).await?;
        explained.held = explained.held.or(said.decision.held);
        for tried in &said.decision.tried {
            let Some(rule) = set.kept.get(tried.rule) else {
                continue;
            };
            let has_said =
                |one: &MailDecision| (one.rule_id, one.mailbox_id) == (rule.id, mailbox_id);
            if !kept.iter().any(has_said) {
                let did = would_do(|at| set.name(at), &said.decision, tried);
                let decision = look.decision(rule, &said, tried, &did, false);
                explained.decisions.push(decision);
            }
        }
    }
    Ok(explained)
}

/// What a rule in shadow mode, or one that is only asked, would have done.
fn would_do(
    name_of_rule: impl Fn(usize) -> String,
    decision: &Decision,
    tried: &Tried,
) -> Vec<Did> {
    let followed = decision.followed.iter();
    followed
        .filter(|one| one.rule == tried.rule)
        .map(|one| {
            let would = Did::new(&one.action, State::Would).on(one.case.clone());
            match &one.withheld {
                Some(why) => would.withheld(why, &name_of_rule),
                None => would,
            }
        })
        .collect()
}

/// As it is called in JSON.
fn outcome(outcome: Outcome) -> String {
    let name = serde_json::to_value(outcome).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}
