//! `/rules/dry-run`: rules on stored mail, as server-sent lines: how far it is, then what came out.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use chrono::{DateTime, Days, NaiveDate, TimeZone as _, Utc};
use futures::stream::{self, Stream};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{Semaphore, SemaphorePermit, mpsc};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    App, Problem,
    decisions::Because,
    extract::{Json, Language, Viewer},
    rules::{with_mistakes, written},
};
use crate::{
    domain::working_days::danish_day,
    messages::Lang,
    rules::{self, Words},
    store::{KeptRule, RuleOwner, StoreError},
    triage::by_rules::{Counts, Example, Period, Tested, ToTry, Verdict, dry_run, told},
};

/// Beyond, others would wait for the processor.
const AT_ONCE: usize = 2;
static RUNNING: Semaphore = Semaphore::const_new(AT_ONCE);
const WAIT_SECS: u64 = 5;

const DEFAULT_DAYS: u64 = 30;
const LAST_YEAR: i32 = 2999;
const DEFAULT_MAILS: usize = 20_000;
const MAX_MAILS: usize = 100_000;
const DEFAULT_EXAMPLES: usize = 100;
const MAX_EXAMPLES: usize = 500;
/// What a rule is held against when it is switched on.
const LOOKED_BACK_DAYS: u64 = 90;
const LOOKED_BACK_MAILS: usize = 5_000;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DryRun {
    /// Rules as a text, or one in JSON, or stored ones by their ids; all stored ones that you see when none is given.
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    rule: Option<Value>,
    #[serde(default)]
    rule_ids: Option<Vec<Uuid>>,
    /// Every mailbox that you see when left out.
    #[serde(default)]
    mailbox_id: Option<Uuid>,
    /// First and last day; the last 30 days when left out.
    #[serde(default)]
    from: Option<NaiveDate>,
    #[serde(default)]
    to: Option<NaiveDate>,
    /// 1–100,000.
    #[serde(default)]
    max_mails: Option<usize>,
    /// Mails that are told of each verdict, 0–500.
    #[serde(default)]
    examples: Option<usize>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct DryRunProgress {
    done: usize,
    /// At most.
    of: usize,
}

#[derive(Serialize, ToSchema)]
pub(super) struct DryRunResult {
    mails: usize,
    /// There were more.
    cut: bool,
    millis: u64,
    /// Mails of which at least one rule is met.
    hits: usize,
    /// Filed by people on the case that the rules name.
    agreements: usize,
    disagreements: usize,
    /// Nobody has filed it, or the rule does not.
    not_judged: usize,
    /// Wait for a person, whatever rules say.
    held: usize,
    /// Nobody knows whether a rule is met.
    unknown: usize,
    /// Of those that people decided on, rounded up.
    contradiction_percent: usize,
    /// What rules ask for and was not known of some mail: `suggestion`, `thread`, `attachment_text`.
    not_known: Vec<&'static str>,
    not_known_text: Vec<String>,
    rules: Vec<TriedRule>,
    examples: Vec<TriedMail>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DryRunRule)]
pub(super) struct TriedRule {
    id: Option<Uuid>,
    name: String,
    hits: usize,
    agreements: usize,
    disagreements: usize,
    not_judged: usize,
    unknown: usize,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DryRunMail)]
pub(super) struct TriedMail {
    mail_id: Uuid,
    subject: String,
    from: String,
    received_at: DateTime<Utc>,
    verdict: Verdict,
    /// The rule that decided.
    rule: Option<String>,
    because: Vec<Because>,
    would: Vec<Would>,
    did: Vec<PersonDid>,
    not_for_a_case: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DryRunWould)]
pub(super) struct Would {
    action: String,
    text: String,
    case_number: Option<String>,
    withheld: Option<String>,
    withheld_text: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DryRunDid)]
pub(super) struct PersonDid {
    case_number: String,
    case_title: String,
    by: String,
}

/// Try rules on stored mail that you see, beside what people did; nothing is done. Events: `progress`, then `result` or
/// `problem`
#[utoipa::path(post, path = "/api/v1/rules/dry-run", tag = "rules", request_body = DryRun,
    responses((status = OK, content_type = "text/event-stream", body = DryRunResult),
        (status = UNPROCESSABLE_ENTITY, body = super::rules::RuleMistakes)))]
pub(super) async fn run(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Json(wish): Json<DryRun>,
) -> Result<Sse<impl Stream<Item = Result<Message, Infallible>>>, Problem> {
    let permit = RUNNING
        .try_acquire()
        .map_err(|_| Problem::too_many(WAIT_SECS))?;
    let (to_try, mailbox_id) = chosen(&app, &wish, viewer.rights(), lang).await?;
    let period = period(&wish, mailbox_id)?;
    let of = usize::try_from(app.store.mail_count().await?).unwrap_or(usize::MAX);
    let run = Run {
        app,
        viewer: viewer.rights().to_owned(),
        lang,
        to_try,
        of: of.min(period.max_mails),
        period,
        _permit: permit,
    };
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(run.tell(tell));
    let messages = stream::unfold(told, |mut told| async move {
        let message: Message = told.recv().await?;
        Some((Ok(message), told))
    });
    Ok(Sse::new(messages).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

struct Run {
    app: App,
    viewer: String,
    lang: Lang,
    to_try: ToTry,
    period: Period,
    of: usize,
    _permit: SemaphorePermit<'static>,
}

impl Run {
    async fn tell(self, tell: mpsc::UnboundedSender<Message>) {
        let began = Instant::now();
        let house = self.app.house();
        let progress = |done| {
            let told = DryRunProgress { done, of: self.of };
            // Who has gone hears of nothing, and needs nothing more.
            tell.send(message("progress", &told)).is_ok()
        };
        let tested = dry_run(house, &self.to_try, &self.period, &self.viewer, progress).await;
        let last = match tested {
            Ok(tested) => {
                let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                let result = DryRunResult::of(&self.to_try, tested, millis, Words(self.lang));
                message("result", &result)
            }
            Err(error) => message("problem", &Problem::from(error).told(self.lang)),
        };
        let _ = tell.send(last);
    }
}

fn message(name: &str, body: &impl Serialize) -> Message {
    let data = serde_json::to_string(body).unwrap_or_default();
    Message::default().event(name).data(data)
}

/// The rules, and the mailbox that they are all of where none is named.
async fn chosen(
    app: &App,
    wish: &DryRun,
    viewer: &str,
    lang: Lang,
) -> Result<(ToTry, Option<Uuid>), Problem> {
    let seen = async || app.store.rules(None, viewer).await;
    let kept: Vec<KeptRule> = match (&wish.text, &wish.rule, &wish.rule_ids) {
        (None, None, None) => seen().await?,
        (None, None, Some(ids)) => {
            let mut seen = seen().await?;
            let mut named = Vec::with_capacity(ids.len());
            for id in ids {
                let at = seen.iter().position(|rule| rule.id == *id);
                named.push(seen.swap_remove(at.ok_or(StoreError::NotFound("rule"))?));
            }
            named
        }
        (_, _, None) => {
            let text = written(wish.text.clone(), wish.rule.clone())?;
            let read = rules::read(&text).map_err(|wrong| with_mistakes(&wrong, lang))?;
            return Ok((ToTry::written(read), wish.mailbox_id));
        }
        _ => return Err(Problem::invalid("rule_ids", "text-or-rule")),
    };
    let mailbox_id = wish.mailbox_id.or_else(|| only_mailbox(&kept));
    Ok((ToTry::stored(kept), mailbox_id))
}

fn only_mailbox(rules: &[KeptRule]) -> Option<Uuid> {
    let (first, rest) = rules.split_first()?;
    match &first.owner {
        RuleOwner::Mailbox(id) if rest.iter().all(|rule| rule.owner == first.owner) => Some(*id),
        _ => None,
    }
}

fn period(wish: &DryRun, mailbox_id: Option<Uuid>) -> Result<Period, Problem> {
    // No database knows days that are much further away.
    let last = NaiveDate::from_ymd_opt(LAST_YEAR, 12, 31).unwrap_or_default();
    let known = |day: NaiveDate| day.clamp(NaiveDate::default(), last);
    let to = known(wish.to.unwrap_or_else(|| danish_day(Utc::now())));
    let from = wish
        .from
        .or_else(|| to.checked_sub_days(Days::new(DEFAULT_DAYS)));
    let from = known(from.unwrap_or(to));
    let day_after = to.checked_add_days(Days::new(1)).unwrap_or(to);
    if from > to {
        return Err(Problem::invalid("from", "after-to"));
    }
    let max_mails = wish.max_mails.unwrap_or(DEFAULT_MAILS);
    if !(1..=MAX_MAILS).contains(&max_mails) {
        return Err(Problem::invalid("max_mails", "limit").with("max", MAX_MAILS));
    }
    let examples = wish.examples.unwrap_or(DEFAULT_EXAMPLES);
    if examples > MAX_EXAMPLES {
        return Err(Problem::invalid("examples", "limit").with("max", MAX_EXAMPLES));
    }
    Ok(Period {
        mailbox_id,
        from: beginning_of(from),
        before: beginning_of(day_after),
        max_mails,
        examples,
    })
}

/// In Denmark.
fn beginning_of(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    chrono_tz::Europe::Copenhagen
        .from_local_datetime(&midnight)
        .earliest()
        .map_or_else(|| midnight.and_utc(), |moment| moment.to_utc())
}

/// Refuses to switch a rule on that would have decided otherwise than people did, more often than the organisation puts up
/// with.
pub(super) async fn refuse_contradiction(
    app: &App,
    rule: &KeptRule,
    viewer: &str,
) -> Result<(), Problem> {
    let today = danish_day(Utc::now());
    let from = today.checked_sub_days(Days::new(LOOKED_BACK_DAYS));
    let period = Period {
        mailbox_id: only_mailbox(std::slice::from_ref(rule)),
        from: beginning_of(from.unwrap_or(today)),
        before: Utc::now(),
        max_mails: LOOKED_BACK_MAILS,
        examples: 0,
    };
    let to_try = ToTry::stored(vec![rule.clone()]);
    let tested = dry_run(app.house(), &to_try, &period, viewer, |_| true).await?;
    let (percent, limit) = (
        tested.total.contradiction_percent(),
        app.config.rules.contradiction_percent as usize,
    );
    if percent <= limit {
        return Ok(());
    }
    let (judged, disagreements) = (tested.total.judged(), tested.total.disagreements);
    Err(Problem::new(StatusCode::CONFLICT, "rule-contradicts")
        .with("judged", judged)
        .with("disagreements", disagreements)
        .with("percent", percent)
        .with("limit", limit)
        .with_member("percent", percent)
        .with_member("limit_percent", limit)
        .with_member("judged", judged)
        .with_member("disagreements", disagreements))
}

impl DryRunResult {
    fn of(to_try: &ToTry, tested: Tested, millis: u64, words: Words) -> Self {
        let Counts {
            hits,
            agreements,
            disagreements,
            not_judged,
            unknown,
        } = tested.total;
        let rules = to_try.names().zip(&tested.rules);
        Self {
            mails: tested.mails,
            cut: tested.cut,
            millis,
            hits,
            agreements,
            disagreements,
            not_judged,
            held: tested.held,
            unknown,
            contradiction_percent: tested.total.contradiction_percent(),
            not_known_text: tested
                .not_known
                .iter()
                .map(|what| words.say(&format!("not-in-dry-run-{}", what.replace('_', "-")), &[]))
                .collect(),
            not_known: tested.not_known,
            rules: rules
                .map(|((id, name), counts)| TriedRule {
                    id,
                    name: name.to_owned(),
                    hits: counts.hits,
                    agreements: counts.agreements,
                    disagreements: counts.disagreements,
                    not_judged: counts.not_judged,
                    unknown: counts.unknown,
                })
                .collect(),
            examples: tested
                .examples
                .into_iter()
                .map(|example| TriedMail::of(example, words))
                .collect(),
        }
    }
}

impl TriedMail {
    fn of(example: Example, words: Words) -> Self {
        let from = example.envelope.from.into_iter().next();
        Self {
            mail_id: example.mail_id,
            subject: example.envelope.subject,
            from: from.map(|from| from.address).unwrap_or_default(),
            received_at: example.received_at,
            verdict: example.verdict,
            rule: example.rule,
            because: example
                .because
                .iter()
                .map(|because| Because::of(because, words))
                .collect(),
            would: example
                .would
                .iter()
                .map(|would| Would::of(would, words))
                .collect(),
            did: example
                .did
                .into_iter()
                .map(|did| PersonDid {
                    case_number: did.case_number,
                    case_title: did.case_title,
                    by: did.by,
                })
                .collect(),
            not_for_a_case: example.not_for_a_case,
        }
    }
}

impl Would {
    fn of(did: &told::Did, words: Words) -> Self {
        Self {
            action: did.name().to_owned(),
            text: did.text(words),
            case_number: did.case_number.clone(),
            withheld: did.why.clone(),
            withheld_text: did.why_text(words),
        }
    }
}
