//! Sends a mail of ours: its words from the message catalogue, its facts as the reader may know them.
//!
//! Nothing is sent to machines that answer, to lists, or to ourselves, and to one address no more than it takes to see that
//! something goes round in circles. What may not be sent is dropped and told in the log; a server that is away is tried again.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;

use super::near_deadline;
use super::worker::{JobError, Outbox};
use crate::{
    domain::{
        case_mark::{CaseMark, MarkKey},
        working_days::{JournalingLimits, danish_day},
    },
    messages::{Lang, text},
    mime,
    rules::{self, Facts},
    smtp::{Letter, Mailer},
    store::{Job, MailAbout, MailTemplate, MailTo, MayLeave, StoreError},
};

/// Mails to one address within the time after it; more look like a loop.
const MOST_TO_ONE: i64 = 20;
const LATELY: Duration = Duration::hours(2);
/// Of a subject, a name, a reason that stands in a mail.
const MAX_VALUE_CHARS: usize = 200;

/// How mails go out.
#[derive(Clone, Debug)]
pub struct Post {
    pub mailer: Mailer,
    /// What makes Message-IDs known as ours.
    pub marks: MarkKey,
    pub lang: Lang,
    pub organisation: String,
    /// Where people find the service; empty when they do not.
    pub public_url: String,
    pub limits: JournalingLimits,
}

#[derive(Deserialize)]
struct Order {
    template: MailTemplate,
    to: MailTo,
    #[serde(default)]
    about: MailAbout,
}

/// Why a mail is not sent.
enum Stop {
    /// For the log.
    Dropped(&'static str),
    Failed(JobError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

pub(super) async fn run(outbox: &Outbox, job: &Job) -> Result<(), JobError> {
    let Some(post) = outbox.post.clone() else {
        return Ok(());
    };
    let order: Order = serde_json::from_value(job.payload.clone())
        .map_err(|_| JobError::Lasting("internal".into()))?;
    match send(outbox, &post, job, &order).await {
        Ok(()) => {
            metrics::counter!("sagspost_mails_sent_total", "template" => order.template.as_str())
                .increment(1);
            Ok(())
        }
        Err(Stop::Failed(error)) => Err(error),
        Err(Stop::Dropped(why)) => {
            metrics::counter!("sagspost_mails_withheld_total", "why" => why).increment(1);
            tracing::info!(job = %job.id, template = order.template.as_str(), why, "a mail is not sent");
            Ok(())
        }
    }
}

async fn send(outbox: &Outbox, post: &Arc<Post>, job: &Job, order: &Order) -> Result<(), Stop> {
    let now = Utc::now();
    let address = address_of(outbox, &order.to).await?;
    if address == post.mailer.from_address() || outbox.filing.is_filing_address(&address) {
        return Err(Stop::Dropped("own_address"));
    }
    let source = Source::read(outbox, order).await?;
    may_follow(outbox, order, &address, source.as_ref()).await?;
    let words = words(outbox, post, order, source.as_ref(), now).await?;
    let once = once(order, &address, now);
    let begun = outbox.store.begin_mail_out(
        (job.id, order.template),
        &address,
        once.as_deref(),
        (MOST_TO_ONE, LATELY),
        now,
    );
    match begun.await? {
        MayLeave::Yes => {}
        MayLeave::SentBefore => return Err(Stop::Dropped("sent_before")),
        // An answer that goes round in circles ends here; what one of ours is told may come later.
        MayLeave::TooMany if order.template.follows_a_mail() => {
            return Err(Stop::Dropped("too_many"));
        }
        MayLeave::TooMany => {
            return Err(Stop::Failed(JobError::Passing("too_many_mails".into())));
        }
    }
    let mark = CaseMark(job.id);
    note_case(outbox, order, mark, now).await?;
    let answers = order.template == MailTemplate::Acknowledgement;
    let letter = Letter {
        to: address,
        subject: words.subject,
        text: words.text,
        message_id: format!("{}@{}", post.marks.write(mark), post.mailer.domain()),
        in_reply_to: source
            .as_ref()
            .filter(|_| answers)
            .and_then(|source| source.message_id.clone()),
        headers: vec![
            ("Auto-Submitted", auto_submitted(order.template).to_owned()),
            // Says so to programs that know no RFC 3834.
            ("X-Auto-Response-Suppress", "All".to_owned()),
            (HEADER, order.template.as_str().to_owned()),
        ],
        returns_to_nobody: answers,
        carries: source
            .filter(|_| order.template == MailTemplate::Forwarded)
            .map(|source| source.raw),
    };
    post.mailer.send(&letter).await.map_err(|error| {
        tracing::warn!(job = %job.id, %error, "a mail could not be sent");
        Stop::Failed(if error.is_passing() {
            JobError::Passing(error.code().into())
        } else {
            JobError::Lasting(error.code().into())
        })
    })?;
    Ok(outbox.store.note_mail_sent(job.id, Utc::now()).await?)
}

/// As [`rules::OWN_HEADER`] is written in a mail.
const HEADER: &str = "X-Sagspost";

fn auto_submitted(template: MailTemplate) -> &'static str {
    match template {
        MailTemplate::Acknowledgement => "auto-replied",
        _ => "auto-generated",
    }
}

/// In small letters.
async fn address_of(outbox: &Outbox, to: &MailTo) -> Result<String, Stop> {
    let address = match to {
        MailTo::Address(address) => Some(address.clone()),
        MailTo::User(name) => {
            // Whoever is disabled counts as nothing, and hears of nothing.
            let is_in = !outbox.store.memberships(name).await?.is_empty();
            let user = outbox.store.user(name).await?;
            user.filter(|_| is_in).and_then(|user| user.mail)
        }
    };
    address
        .map(|address| address.trim().to_lowercase())
        .filter(|address| address.contains('@'))
        .ok_or(Stop::Dropped("no_address"))
}

/// The mail that it is about.
struct Source {
    row: crate::store::MailRow,
    raw: Vec<u8>,
    message_id: Option<String>,
    facts: Facts,
}

impl Source {
    /// `None` for a mail that is about none; one that was removed since is a mail too many.
    async fn read(outbox: &Outbox, order: &Order) -> Result<Option<Self>, Stop> {
        let Some(id) = order.about.mail_id else {
            return Ok(None);
        };
        let row = match outbox.store.mail_unchecked(id).await {
            Err(StoreError::NotFound(_)) => return Err(Stop::Dropped("mail_gone")),
            other => other?,
        };
        let raw = outbox.store.blob(row.sha256).await?.to_vec();
        let facts = Facts {
            headers: Some(mime::header_fields(&raw)),
            own: outbox.engine.organisation().domains.clone(),
            ..Facts::default()
        };
        Ok(Some(Self {
            message_id: row.envelope.message_id.clone(),
            row,
            raw,
            facts,
        }))
    }
}

/// What answers or passes on a mail must not go back to a machine, to a list, or to ourselves.
async fn may_follow(
    outbox: &Outbox,
    order: &Order,
    address: &str,
    source: Option<&Source>,
) -> Result<(), Stop> {
    if !order.template.follows_a_mail() {
        return Ok(());
    }
    let source = source.ok_or(Stop::Dropped("mail_gone"))?;
    if rules::is_ours(&source.facts) {
        return Err(Stop::Dropped("own_mail"));
    }
    if order.template != MailTemplate::Acknowledgement {
        return Ok(());
    }
    if rules::is_automatic(&source.row.envelope, &source.facts) {
        return Err(Stop::Dropped("automatic_mail"));
    }
    let own = outbox.store.own_addresses().await?;
    if own.iter().any(|own| own == address) {
        return Err(Stop::Dropped("own_address"));
    }
    Ok(())
}

/// An acknowledgement goes to a sender once a day, whatever they send.
fn once(order: &Order, address: &str, now: DateTime<Utc>) -> Option<String> {
    match order.template {
        MailTemplate::Acknowledgement => {
            Some(format!("acknowledgement:{address}:{}", danish_day(now)))
        }
        _ => order.about.once.clone(),
    }
}

/// What somebody answers to an acknowledgement goes to the case of the mail, when that is known.
async fn note_case(
    outbox: &Outbox,
    order: &Order,
    mark: CaseMark,
    now: DateTime<Utc>,
) -> Result<(), Stop> {
    let (MailTemplate::Acknowledgement, Some(case_id), Some(by)) =
        (order.template, order.about.case_id, &order.about.by)
    else {
        return Ok(());
    };
    match outbox.store.note_mark(mark, case_id, by, now).await {
        // It is a mark of ours all the same, of no case.
        Ok(()) | Err(StoreError::NotFound(_) | StoreError::NotAllowed(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

struct Words {
    subject: String,
    text: String,
}

async fn words(
    outbox: &Outbox,
    post: &Post,
    order: &Order,
    source: Option<&Source>,
    now: DateTime<Utc>,
) -> Result<Words, Stop> {
    let reader = match &order.to {
        MailTo::User(name) => Some(name.as_str()),
        MailTo::Address(_) => None,
    };
    let (count, list) = match (order.template, reader) {
        (MailTemplate::NearDeadline, Some(reader)) => {
            let waiting = near_deadline::waiting(outbox, reader, post.limits, now).await?;
            if waiting.is_empty() {
                return Err(Stop::Dropped("nothing_waits"));
            }
            (waiting.len().to_string(), near_deadline::list(&waiting))
        }
        _ => (String::new(), String::new()),
    };
    let subject = subject_for(outbox, reader, source).await?;
    let (number, title) = case_for(outbox, order, reader).await?;
    let note = order.about.note.as_deref().map(value).unwrap_or_default();
    let by = order.about.by.as_deref().unwrap_or_default();
    let by = match outbox.store.user(by).await? {
        Some(user) => value(&user.display_name),
        None => value(by),
    };
    let values = [
        ("subject", subject.as_str()),
        ("case", number.as_str()),
        ("title", title.as_str()),
        ("by", by.as_str()),
        ("note", note.as_str()),
        ("count", count.as_str()),
        ("list", list.as_str()),
        ("organisation", post.organisation.as_str()),
        ("url", post.public_url.as_str()),
    ];
    let say = |part: &str| {
        let key = format!("mail.{}-{part}", order.template.as_str());
        filled(&text(post.lang, &key, &[]), &values)
    };
    let end = if reader.is_some() {
        "end"
    } else {
        "end-outside"
    };
    let end = filled(&text(post.lang, &format!("mail.{end}"), &[]), &values);
    Ok(Words {
        subject: say("subject"),
        text: format!("{}\n\n{end}\n", say("text")),
    })
}

/// The subject of the mail it is about, where the reader wrote it, or may see it.
async fn subject_for(
    outbox: &Outbox,
    reader: Option<&str>,
    source: Option<&Source>,
) -> Result<String, Stop> {
    let Some(source) = source else {
        return Ok(String::new());
    };
    let knows = match reader {
        None => true,
        Some(reader) => sees(outbox.store.mail(source.row.id, reader).await)?,
    };
    let subject = value(&source.row.envelope.subject);
    Ok(if knows { subject } else { "…".to_owned() })
}

/// Number and title of the case it is about, where the reader may see it.
async fn case_for(
    outbox: &Outbox,
    order: &Order,
    reader: Option<&str>,
) -> Result<(String, String), Stop> {
    let (Some(case_id), Some(reader)) = (order.about.case_id, reader) else {
        return Ok((String::new(), String::new()));
    };
    match outbox.store.case(case_id, reader).await {
        Ok(case) => Ok((case.number, value(&case.title))),
        Err(StoreError::NotFound(_)) => Ok((String::new(), String::new())),
        Err(error) => Err(error.into()),
    }
}

/// A template with its values; a line that would say nothing for want of them is left out.
fn filled(template: &str, values: &[(&str, &str)]) -> String {
    let place = |name: &str| format!("{{{name}}}");
    let says = |line: &&str| {
        let mut named = values
            .iter()
            .filter(|(name, _)| line.contains(&place(name)));
        named.clone().next().is_none() || named.any(|(_, value)| !value.is_empty())
    };
    let fill = |line: &str| {
        let filled = values.iter().fold(line.to_owned(), |line, (name, value)| {
            line.replace(&place(name), value)
        });
        filled.trim_end().to_owned()
    };
    let lines: Vec<String> = template.lines().filter(says).map(fill).collect();
    lines.join("\n")
}

fn sees<T>(found: Result<T, StoreError>) -> Result<bool, StoreError> {
    match found {
        Ok(_) => Ok(true),
        Err(StoreError::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// On one line, and no longer than anybody reads. Braces would be taken for places of values.
fn value(text: &str) -> String {
    text.chars()
        .take(MAX_VALUE_CHARS)
        .map(|c| match c {
            '{' => '(',
            '}' => ')',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_its_values_is_left_out_and_none_is_taken_for_a_place() {
        let template = "Hej\nRegel: {note}\nSag: {case} {title}\n\n{url}";
        let values = [("note", ""), ("case", "2026-1"), ("title", ""), ("url", "")];
        assert_eq!(filled(template, &values), "Hej\nSag: 2026-1\n");
        assert_eq!(value("{url}\r\nBcc: x"), "(url)  Bcc: x");
    }
}
