//! Tells people once a day, by mail, which of their mails are near their journaling deadline.

use std::time::Duration;

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _, Utc, Weekday};
use tokio_util::sync::CancellationToken;

use super::worker::Outbox;
use crate::{
    domain::{
        access::Onlooker,
        mail::MailKind,
        working_days::{Calendar, JournalingDeadline, JournalingLimits, danish_day},
    },
    store::{MailAbout, MailFilter, MailRow, MailTemplate, MailTo, NewJob, Store, StoreError},
    suggest::{Inquiry, Signals},
};

const EVERY: Duration = Duration::from_mins(10);
/// In Denmark: when people come to work.
const FROM_HOUR: u32 = 7;
/// Working days before the last one in time, from which a mail is near it.
const NEAR_WORKING_DAYS: u32 = 2;
/// Days back from today that are looked at for those on which a mail that is near its deadline came.
const MAX_DAYS: usize = 200;
/// Mails of one person that are looked at, and that are told by name.
const MOST: i64 = 200;
const NAMED: usize = 20;
const MAX_NAME_CHARS: usize = 80;

/// Works until cancelled; in every process, since a person is told once a day whoever asks.
pub async fn run(store: Store, stop: CancellationToken) {
    let mut told = None;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        let now = Utc::now();
        let today = danish_day(now);
        if !is_time(now) || told == Some(today) {
            continue;
        }
        match remind(&store, now).await {
            Ok(()) => told = Some(today),
            Err(error) => tracing::warn!(%error, "nobody could be reminded of deadlines yet"),
        }
    }
}

fn is_time(now: DateTime<Utc>) -> bool {
    let here = now.with_timezone(&chrono_tz::Europe::Copenhagen);
    here.hour() >= FROM_HOUR && !matches!(here.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Orders a mail to everybody who has an address; whether there is anything to tell is seen when it leaves.
pub async fn remind(store: &Store, now: DateTime<Utc>) -> Result<(), StoreError> {
    let day = danish_day(now);
    let mails: Vec<NewJob> = (store.users().await?.into_iter())
        .filter(|user| user.mail.is_some())
        .map(|user| {
            let about = MailAbout {
                once: Some(format!("near_deadline:{}:{day}", user.name)),
                ..MailAbout::default()
            };
            NewJob::send_mail(MailTemplate::NearDeadline, MailTo::User(user.name), about)
        })
        .collect();
    store.order(&mails, now).await
}

/// A mail and its last day in time.
pub(super) struct Near {
    mail: MailRow,
    last: NaiveDate,
}

/// The mails that a person sees, look like case work, lie on no case and are due; soonest first.
pub(super) async fn waiting(
    outbox: &Outbox,
    reader: &str,
    limits: JournalingLimits,
    now: DateTime<Utc>,
) -> Result<Vec<Near>, StoreError> {
    let calendar = Calendar::default();
    let today = danish_day(now);
    let horizon = calendar.add_working_days(today, NEAR_WORKING_DAYS);
    let last = |day| calendar.add_working_days(day, limits.limit);
    let days = || std::iter::successors(Some(today), NaiveDate::pred_opt).take(MAX_DAYS);
    let newest = days().find(|day| last(*day) <= horizon);
    let oldest = days().find(|day| last(*day) < today);
    let filter = MailFilter {
        kind: Some(MailKind::Personal),
        journaled: Some(false),
        not_for_a_case: Some(false),
        received_from: oldest.and_then(beginning_of),
        received_before: newest
            .and_then(|day| day.succ_opt()?.succ_opt())
            .and_then(beginning_of),
        ..MailFilter::default()
    };
    let near = |mail: MailRow| {
        let last = JournalingDeadline::of(&calendar, limits, mail.received_at).limit;
        (today..=horizon)
            .contains(&last)
            .then_some(Near { mail, last })
    };
    let onlooker = outbox.store.onlooker(reader).await?;
    let mut found: Vec<Near> = (outbox.store.mails(&filter, reader, MOST).await?.into_iter())
        .filter(|mail| looks_like_case_work(outbox, mail, &onlooker, now))
        .filter_map(near)
        .collect();
    found.sort_by_key(|near| (near.last, near.mail.received_at));
    Ok(found)
}

/// Some hours early, as Denmark is ahead; what is too early is left out by its own day.
fn beginning_of(day: NaiveDate) -> Option<DateTime<Utc>> {
    Some(day.and_hms_opt(0, 0, 0)?.and_utc())
}

fn looks_like_case_work(
    outbox: &Outbox,
    mail: &MailRow,
    reader: &Onlooker,
    now: DateTime<Utc>,
) -> bool {
    let signals = Signals::of_row(mail);
    let inquiry = Inquiry::of_row(mail, &signals);
    let answer = outbox.engine.answer(&inquiry, reader, now, 1);
    answer.for_a_case.is_likely()
}

/// A line for each, as people read it.
pub(super) fn list(waiting: &[Near]) -> String {
    let line = |near: &Near| {
        let from = near.mail.envelope.from.first();
        let from = from.map(|from| from.name.as_deref().unwrap_or(&from.address));
        format!(
            "{}  {}: {}",
            near.last.format("%d-%m-%Y"),
            name(from.unwrap_or_default()),
            name(&near.mail.envelope.subject)
        )
    };
    let mut lines: Vec<String> = waiting.iter().take(NAMED).map(line).collect();
    if waiting.len() > NAMED {
        lines.push("…".to_owned());
    }
    lines.join("\n")
}

fn name(text: &str) -> String {
    let line = text.chars().map(|c| match c {
        '{' => '(',
        '}' => ')',
        c if c.is_control() => ' ',
        c => c,
    });
    line.take(MAX_NAME_CHARS).collect()
}
