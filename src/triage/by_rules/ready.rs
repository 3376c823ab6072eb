//! The rules of a mailbox, read and made ready to be tried, as long as nobody changes any.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::{
    rules::{self, Action, Leaf, Rule, RuleSet, Target, TextPlace},
    store::{KeptRule, RuleMode, Store, StoreError},
};

/// Rules of mailboxes.
#[derive(Debug, Default)]
pub(in crate::triage) struct Ready {
    kept: Mutex<HashMap<Uuid, Kept>>,
}

#[derive(Clone, Debug)]
struct Kept {
    revision: i64,
    since: Instant,
    rules: Arc<OfMailbox>,
}

/// Whose mailboxes are theirs changes without any rule changing.
const LASTS: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct OfMailbox {
    pub live: Set,
    /// Those in shadow mode among the live ones, where there are any.
    pub with_shadow: Option<Set>,
}

/// Rules in the order in which they are tried.
pub(super) struct Set {
    pub kept: Vec<KeptRule>,
    pub rules: RuleSet,
    pub asks: Asks,
}

impl std::fmt::Debug for Set {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.kept).finish()
    }
}

/// What any of the rules asks for that costs something to find out.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is asked for by itself")]
pub(super) struct Asks {
    pub attachment_text: bool,
    pub suggestion: bool,
    pub party: bool,
    pub thread: bool,
}

impl Ready {
    pub(super) async fn of_mailbox(
        &self,
        store: &Store,
        mailbox_id: Uuid,
    ) -> Result<Arc<OfMailbox>, StoreError> {
        let revision = store.rules_revision().await?;
        let known = self.kept().get(&mailbox_id).cloned();
        if let Some(known) = known
            && known.revision == revision
            && known.since.elapsed() < LASTS
        {
            return Ok(known.rules);
        }
        let all = store.rules_of_mailbox(mailbox_id).await?;
        let runs = |rule: &KeptRule, shadow: bool| {
            let is_on = match rule.mode {
                RuleMode::Live => true,
                RuleMode::Shadow => shadow,
                RuleMode::Off => false,
            };
            is_on && rule.suspended.is_none()
        };
        let chosen = |shadow: bool| {
            let those = all.iter().filter(|rule| runs(rule, shadow));
            Set::of(those.cloned().collect())
        };
        let has_shadow = all.iter().any(|rule| rule.mode == RuleMode::Shadow);
        let ready = Arc::new(OfMailbox {
            live: chosen(false),
            with_shadow: has_shadow.then(|| chosen(true)),
        });
        let kept = Kept {
            revision,
            since: Instant::now(),
            rules: Arc::clone(&ready),
        };
        self.kept().insert(mailbox_id, kept);
        Ok(ready)
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<Uuid, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Set {
    /// A text that this version cannot read is no rule.
    pub fn of(kept: Vec<KeptRule>) -> Self {
        let read = kept.into_iter().filter_map(|kept| {
            let Some(rule) = rules::read(&kept.text).ok().and_then(|mut read| read.pop()) else {
                tracing::warn!(rule = %kept.id, "a rule cannot be read, and is passed over");
                return None;
            };
            let rule = Rule {
                enabled: kept.mode != RuleMode::Off && kept.suspended.is_none(),
                ..rule
            };
            Some((kept, rule))
        });
        let (kept, rules): (Vec<KeptRule>, Vec<Rule>) = read.unzip();
        Self {
            kept,
            asks: Asks::of(&rules),
            rules: RuleSet::new(rules),
        }
    }

    pub fn name(&self, at: usize) -> String {
        self.kept
            .get(at)
            .map(|rule| rule.name.clone())
            .unwrap_or_default()
    }
}

impl Asks {
    pub fn of(rules: &[Rule]) -> Self {
        let mut asks = Self::default();
        for rule in rules {
            for leaf in rule.when.leaves() {
                match leaf {
                    Leaf::Text(TextPlace::AttachmentText, _) => asks.attachment_text = true,
                    Leaf::Suggested(_) => asks.suggestion = true,
                    Leaf::SenderIsParty => asks.party = true,
                    Leaf::ThreadOnCase => asks.thread = true,
                    _ => {}
                }
            }
            for action in &rule.then {
                match action {
                    Action::Journal(journal) => match journal.on {
                        Target::Suggestion(_) => asks.suggestion = true,
                        Target::Thread => asks.thread = true,
                        _ => {}
                    },
                    Action::FollowThread => asks.thread = true,
                    _ => {}
                }
            }
        }
        asks
    }
}
