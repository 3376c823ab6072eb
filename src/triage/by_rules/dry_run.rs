//! Rules on stored mail: what would have happened, beside what people did. Nothing is done and nothing is kept.
//!
//! It works with what is kept beside mails, and reads their bytes only where a rule asks for what stands in them. What the
//! service has since learned from how a mail was filed is not used to judge how it should be: suggestions and the cases of
//! its conversation count as not known.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use uuid::Uuid;

use super::super::House;
use super::ready::{Asks, Set};
use super::told::{Because, Did};
use super::would_do;
use crate::{
    domain::{
        case_number::{self, Candidate},
        mail::{Attachment, Mail, Sha256},
    },
    mime,
    rules::{
        Action, Authentication, Decision, Facts, Followed, FoundCase, Leaf, Outcome, Rule, RuleSet,
        TextPlace,
    },
    store::{FiledByPerson, KeptRule, MailFilter, MailRow, Store, StoreError},
};

/// Mails looked at together.
const PAGE: usize = 500;
/// Of one mail that is read: files come after what it says.
const MAX_HEAD_BYTES: u64 = 256 * 1024;
/// Mails read at once.
const READ_AT_ONCE: usize = 16;
const MAX_CASE_NUMBERS: usize = 20;

/// Which mails.
#[derive(Clone, Debug)]
pub struct Period {
    pub mailbox_id: Option<Uuid>,
    pub from: DateTime<Utc>,
    pub before: DateTime<Utc>,
    pub max_mails: usize,
    /// Mails that are told of each verdict.
    pub examples: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DryRunVerdict)]
pub enum Verdict {
    /// With what a person did.
    Agrees,
    Disagrees,
    /// Met, and no person decided, or the rule does not.
    NotJudged,
    /// Nobody knows whether it is met.
    Unknown,
    /// Waits for a person, whatever rules say.
    Held,
}

/// What came out.
#[derive(Clone, Debug, Default)]
pub struct Tested {
    pub mails: usize,
    /// There were more.
    pub cut: bool,
    pub total: Counts,
    pub held: usize,
    /// By place in the set.
    pub rules: Vec<Counts>,
    pub examples: Vec<Example>,
    /// What rules ask for and was not known of some mail.
    pub not_known: Vec<&'static str>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub hits: usize,
    pub agreements: usize,
    pub disagreements: usize,
    pub not_judged: usize,
    pub unknown: usize,
}

impl Counts {
    pub fn judged(&self) -> usize {
        self.agreements + self.disagreements
    }

    /// Of those that people decided, rounded up: one contradiction is never none.
    pub fn contradiction_percent(&self) -> usize {
        match self.judged() {
            0 => 0,
            judged => (self.disagreements * 100).div_ceil(judged),
        }
    }

    fn count(&mut self, verdict: Verdict) {
        self.hits += usize::from(!matches!(verdict, Verdict::Unknown | Verdict::Held));
        match verdict {
            Verdict::Agrees => self.agreements += 1,
            Verdict::Disagrees => self.disagreements += 1,
            Verdict::NotJudged => self.not_judged += 1,
            Verdict::Unknown => self.unknown += 1,
            Verdict::Held => {}
        }
    }
}

#[derive(Clone, Debug)]
pub struct Example {
    pub mail_id: Uuid,
    pub envelope: Mail,
    pub received_at: DateTime<Utc>,
    pub verdict: Verdict,
    /// The rule that decided.
    pub rule: Option<String>,
    pub because: Vec<Because>,
    pub would: Vec<Did>,
    pub did: Vec<FiledByPerson>,
    pub not_for_a_case: bool,
}

/// Rules to be tried, stored or not.
pub struct ToTry {
    set: Set,
    reads: Reads,
}

/// What the bytes of mails are read for.
#[derive(Clone, Copy, Debug, Default)]
struct Reads {
    bytes: bool,
    case_numbers: bool,
}

impl ToTry {
    pub fn stored(rules: Vec<KeptRule>) -> Self {
        // As if they ran.
        let on = |mut rule: KeptRule| {
            rule.mode = crate::store::RuleMode::Live;
            rule.suspended = None;
            rule
        };
        Self::of(Set::of(rules.into_iter().map(on).collect()))
    }

    pub fn written(rules: Vec<Rule>) -> Self {
        Self::of(Set {
            asks: Asks::of(&rules),
            kept: Vec::new(),
            rules: RuleSet::new(rules),
        })
    }

    fn of(set: Set) -> Self {
        let mut reads = Reads::default();
        for rule in set.rules.rules() {
            let about_bytes = |leaf: &&Leaf| {
                matches!(
                    leaf,
                    Leaf::Text(TextPlace::Body, _)
                        | Leaf::Header { .. }
                        | Leaf::Has(_)
                        | Leaf::Importance(_)
                        | Leaf::Checked { .. }
                )
            };
            let names_case = |action: &Action| match action {
                Action::Journal(journal) => journal.on == crate::rules::Target::CaseNumber,
                // Whether a machine sent it stands in its header.
                Action::Acknowledge(_) | Action::Forward(_) => true,
                _ => false,
            };
            let has_number = |leaf: &&Leaf| matches!(leaf, Leaf::Has(_));
            let leaves = rule.when.leaves();
            reads.case_numbers |= leaves.iter().any(has_number) || rule.then.iter().any(names_case);
            reads.bytes |= leaves.iter().any(about_bytes)
                || rule.then.iter().any(names_case)
                || (rule.trusts_the_sender() && !rule.allow_unauthenticated);
        }
        Self { set, reads }
    }

    /// Id, if it is kept, and name of each rule.
    pub fn names(&self) -> impl Iterator<Item = (Option<Uuid>, &str)> {
        let rules = self.set.rules.rules().iter().enumerate();
        rules.map(|(at, rule)| {
            (
                self.set.kept.get(at).map(|kept| kept.id),
                rule.name.as_str(),
            )
        })
    }
}

/// Tries rules on the mails of a period that the viewer sees, newest first, and knows of cases what they know. `progress`
/// hears after how many mails; it says whether to go on.
pub async fn dry_run(
    house: House<'_>,
    rules: &ToTry,
    period: &Period,
    viewer: &str,
    mut progress: impl FnMut(usize) -> bool,
) -> Result<Tested, StoreError> {
    let mut tested = Tested {
        rules: vec![Counts::default(); rules.set.rules.rules().len()],
        ..Tested::default()
    };
    let mut parties = HashMap::new();
    let mut filter = MailFilter {
        mailbox_id: period.mailbox_id,
        received_from: Some(period.from),
        received_before: Some(period.before),
        ..MailFilter::default()
    };
    loop {
        let left = period.max_mails - tested.mails;
        let limit = left.min(PAGE) as i64;
        let mut rows = house.store.mails(&filter, viewer, limit + 1).await?;
        let more = rows.len() as i64 > limit;
        rows.truncate(limit as usize);
        let Some(last) = rows.last() else {
            return Ok(tested);
        };
        filter.after = Some((last.received_at, last.id));
        let page = Page::read(house, rules, rows, viewer, &mut parties).await?;
        for (row, (mail, facts)) in page.rows.iter().zip(&page.known) {
            let decision = rules.set.rules.decide(mail, facts);
            let did = page.filed.get(&row.fingerprint);
            tested.note(
                rules,
                period,
                row,
                &decision,
                did.map_or(&[], Vec::as_slice),
            );
        }
        tested.mails += page.rows.len();
        tested.note_unknown(rules.set.asks, &page);
        if !more {
            return Ok(tested);
        }
        tested.cut = tested.mails >= period.max_mails;
        if tested.cut || !progress(tested.mails) {
            return Ok(tested);
        }
        // Others want the processor too.
        tokio::task::yield_now().await;
    }
}

/// Mails with all that is known of them.
struct Page {
    rows: Vec<MailRow>,
    known: Vec<(Mail, Facts)>,
    filed: HashMap<[u8; 32], Vec<FiledByPerson>>,
}

/// What stands in a mail's bytes.
#[derive(Default)]
struct InBytes {
    text: String,
    headers: Option<Vec<(String, String)>>,
}

impl Page {
    async fn read(
        house: House<'_>,
        rules: &ToTry,
        rows: Vec<MailRow>,
        viewer: &str,
        parties: &mut HashMap<String, bool>,
    ) -> Result<Self, StoreError> {
        let store = house.store;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let prints: Vec<[u8; 32]> = rows.iter().map(|row| row.fingerprint).collect();
        let places = store.places_seen(&ids, viewer).await?;
        let filed = store.filed_by_people(&prints, viewer).await?;
        let mut texts = if rules.set.asks.attachment_text {
            store.texts_of_attachments(&ids).await?
        } else {
            HashMap::new()
        };
        let bytes: Vec<InBytes> = if rules.reads.bytes {
            let readings: Vec<_> = rows
                .iter()
                .map(|row| in_bytes(store.clone(), row.id, row.sha256))
                .collect();
            stream::iter(readings)
                .buffered(READ_AT_ONCE)
                .try_collect()
                .await?
        } else {
            rows.iter().map(|_| InBytes::default()).collect()
        };
        let organisation = house.engine.organisation();
        let server = house.filing.trusted_server.as_deref();
        let mut known = Vec::with_capacity(rows.len());
        for (row, read) in rows.iter().zip(bytes) {
            let mail = Mail {
                text: read.text,
                ..row.envelope.clone()
            };
            let place = places.get(&row.id);
            let authentication = server
                .and_then(|server| Authentication::read(read.headers.as_ref()?, server, &mail));
            let sender_is_party = if rules.set.asks.party {
                Some(is_party(store, &mail, viewer, parties).await?)
            } else {
                None
            };
            let facts = Facts {
                at: row.received_at,
                mailbox: place.map(|(mailbox, _)| mailbox.clone()),
                folder: place.map(|(_, folder)| folder.clone()),
                own: organisation.domains.clone(),
                direction: Some(organisation.domains.direction(&mail)),
                headers: read.headers,
                authentication,
                sender_is_party,
                attachment_texts: attachment_texts(row, texts.remove(&row.id)),
                ..Facts::default()
            };
            known.push((mail, facts));
        }
        if rules.reads.case_numbers {
            find_cases(house, &mut known, viewer).await?;
        }
        Ok(Self { rows, known, filed })
    }
}

/// A mail whose bytes cannot be read is tried by what is kept beside it.
async fn in_bytes(store: Store, id: Uuid, sha256: Sha256) -> Result<InBytes, StoreError> {
    let head = match store.blob_head(sha256, MAX_HEAD_BYTES).await {
        Ok(head) => head,
        Err(error) => {
            tracing::warn!(mail = %id, %error, "a mail could not be read for a dry run");
            return Ok(InBytes::default());
        }
    };
    let read = tokio::task::spawn_blocking(move || InBytes {
        text: mime::parse_undigested(&head).text,
        headers: Some(mime::header_fields(&head)),
    });
    Ok(read.await.unwrap_or_default())
}

async fn is_party(
    store: &Store,
    mail: &Mail,
    viewer: &str,
    known: &mut HashMap<String, bool>,
) -> Result<bool, StoreError> {
    let from = mail.from.first().map(|from| from.address.as_str());
    let from = from.unwrap_or_default();
    if let Some(is) = known.get(from) {
        return Ok(*is);
    }
    let is = store.is_party(from, viewer).await?;
    known.insert(from.to_owned(), is);
    Ok(is)
}

fn attachment_texts(row: &MailRow, read: Option<Vec<String>>) -> Option<Vec<String>> {
    let has_text = row
        .envelope
        .attachments
        .iter()
        .any(Attachment::may_have_text);
    if !has_text || row.attachment_signals.is_some() {
        return Some(read.unwrap_or_default());
    }
    None
}

/// Looks up the numbers of all mails of a page together.
async fn find_cases(
    house: House<'_>,
    known: &mut [(Mail, Facts)],
    viewer: &str,
) -> Result<(), StoreError> {
    let finder = &house.engine.organisation().numbers;
    let mut spellings = Vec::new();
    let found: Vec<Vec<Candidate>> = known
        .iter()
        .map(|(mail, _)| {
            let text = format!("{}\n{}", mail.subject, mail.text);
            let candidates = finder.find(&text, MAX_CASE_NUMBERS);
            for one in &candidates {
                spellings.push(text[one.range.clone()].to_owned());
                spellings.push(one.key.clone());
            }
            candidates
        })
        .collect();
    spellings.sort_unstable();
    spellings.dedup();
    let mut there: HashMap<String, String> = HashMap::new();
    for chunk in spellings.chunks(PAGE) {
        for number in house.store.writable_cases(chunk, viewer).await? {
            there.insert(case_number::key(&number), number);
        }
    }
    for ((_, facts), candidates) in known.iter_mut().zip(found) {
        let cases = candidates.into_iter().filter_map(|one| {
            let number = there.get(&one.key).cloned();
            let exists = number.is_some();
            (exists || one.named).then(|| FoundCase {
                number: number.unwrap_or(one.key),
                exists: Some(exists),
            })
        });
        facts.cases_found = cases.collect();
    }
    Ok(())
}

impl Tested {
    fn note(
        &mut self,
        rules: &ToTry,
        period: &Period,
        row: &MailRow,
        decision: &Decision,
        filed: &[FiledByPerson],
    ) {
        let said_no = row.not_for_a_case.is_some();
        let judge = |followed: &[&Followed]| verdict(followed, filed, said_no);
        let mut overall: Option<(Verdict, usize)> = None;
        for tried in &decision.tried {
            let followed: Vec<&Followed> = (decision.followed.iter())
                .filter(|one| one.rule == tried.rule)
                .collect();
            let verdict = match tried.outcome {
                Outcome::Matched if decision.held.is_some() => Verdict::Held,
                Outcome::Matched => judge(&followed),
                Outcome::Unknown => Verdict::Unknown,
                _ => continue,
            };
            if let Some(counts) = self.rules.get_mut(tried.rule) {
                counts.count(verdict);
            }
            // The rule that says most of the mail stands for it.
            if overall.is_none_or(|(before, _)| weight(verdict) > weight(before)) {
                overall = Some((verdict, tried.rule));
            }
        }
        let Some((verdict, rule)) = overall else {
            return;
        };
        self.total.count(verdict);
        self.held += usize::from(verdict == Verdict::Held);
        let told = self.examples.iter().filter(|one| one.verdict == verdict);
        if told.count() >= period.examples {
            return;
        }
        let tried = decision.tried.iter().find(|tried| tried.rule == rule);
        let name = |at: usize| {
            let rule = rules.set.rules.rules().get(at);
            rule.map(|rule| rule.name.clone()).unwrap_or_default()
        };
        let mut envelope = row.envelope.clone();
        envelope.attachments.clear();
        self.examples.push(Example {
            mail_id: row.id,
            envelope,
            received_at: row.received_at,
            verdict,
            rule: (verdict != Verdict::Held).then(|| name(rule)),
            because: tried
                .map(|tried| tried.causes.iter().map(Because::of).collect())
                .unwrap_or_default(),
            would: tried
                .map(|tried| would_do(name, decision, tried))
                .unwrap_or_default(),
            did: filed.to_vec(),
            not_for_a_case: said_no,
        });
    }

    fn note_unknown(&mut self, asks: Asks, page: &Page) {
        let mut note = |is: bool, what: &'static str| {
            if is && !self.not_known.contains(&what) {
                self.not_known.push(what);
            }
        };
        note(asks.suggestion, "suggestion");
        note(asks.thread, "thread");
        let unread = |(_, facts): &(Mail, Facts)| facts.attachment_texts.is_none();
        note(
            asks.attachment_text && page.known.iter().any(unread),
            "attachment_text",
        );
    }
}

fn weight(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Disagrees => 4,
        Verdict::Agrees => 3,
        Verdict::Held => 2,
        Verdict::NotJudged => 1,
        Verdict::Unknown => 0,
    }
}

/// What a rule would do with a mail, beside what people did.
fn verdict(followed: &[&Followed], filed: &[FiledByPerson], said_no: bool) -> Verdict {
    let done = followed.iter().filter(|one| one.withheld.is_none());
    let mut verdict = Verdict::NotJudged;
    for one in done {
        let agrees = match (&one.action, &one.case) {
            (Action::NeverJournal(_), _) if said_no => true,
            (Action::NeverJournal(_), _) if !filed.is_empty() => false,
            (Action::Journal(_), _) if said_no => false,
            (Action::Journal(_), Some(number)) if !filed.is_empty() => {
                filed.iter().any(|one| one.case_number == *number)
            }
            // Of a case that is yet to be made nobody can say whether it would be the same.
            _ => continue,
        };
        verdict = if agrees {
            Verdict::Agrees
        } else {
            return Verdict::Disagrees;
        };
    }
    verdict
}
