//! Claims jobs, runs them, and decides what becomes of those that failed.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use tokio_util::sync::CancellationToken;

use super::{Marker, Post, deliver, letter, mark, read_attachments, send_mail, triage};
use crate::{
    cases::CaseSystem,
    documents::reader::Reader,
    scan::Scanner,
    store::{EntryState, Job, JobKind, Store, StoreError},
    suggest::Engine,
    triage::FilingRules,
};

/// Pauses before each further attempt, in seconds; after the last one a person decides.
const RETRY_AFTER_SECS: [i64; 8] = [1, 5, 30, 120, 600, 1800, 7200, 21600];
/// How long a job may run before another worker takes it over.
const LEASE_SECS: i64 = 120;
/// Jobs claimed at once.
const BATCH: i64 = 50;
/// Likewise one that reads the attachments of a batch of mails; what it has read by then is kept.
const READING_LEASE_SECS: i64 = 300;
/// And one that sends a mail to a server which is slow at every step.
const MAIL_LEASE_SECS: i64 = 300;
/// How often the outbox looks when nothing rang.
const POLL: Duration = Duration::from_millis(500);

/// What jobs need.
#[derive(Clone)]
pub struct Outbox {
    pub store: Store,
    pub case_system: Arc<dyn CaseSystem>,
    /// What files pass before they are delivered.
    pub scanner: Arc<Scanner>,
    pub marker: Arc<dyn Marker>,
    pub reader: Reader,
    /// What mails and their attachments are called and recognised by.
    pub engine: Arc<Engine>,
    /// What is filed without a click.
    pub filing: Arc<FilingRules>,
    /// How mails go out; `None` when none do.
    pub post: Option<Arc<Post>>,
}

/// Why a job did not succeed.
#[derive(Debug, thiserror::Error)]
pub(super) enum JobError {
    /// Worth another attempt; the code is one of the message catalogue's.
    #[error("{0}")]
    Passing(String),
    /// No attempt will help before a person acts.
    #[error("{0}")]
    Lasting(String),
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        if error.is_transient() {
            Self::Passing("database_away".into())
        } else {
            Self::Lasting("internal".into())
        }
    }
}

/// Works until cancelled; the batch at hand is finished first, but for attachments, which are read later then.
///
/// Attachments are read, and mails sent, beside the other jobs, so that no click waits for them.
pub async fn run(outbox: Outbox, stop: CancellationToken) {
    tokio::join!(
        work(&outbox, Line::Acts, &stop),
        work(&outbox, Line::Readings, &stop),
        work(&outbox, Line::Mails, &stop),
        work(&outbox, Line::Letters, &stop)
    );
}

/// The lines of jobs.
#[derive(Clone, Copy)]
enum Line {
    Acts,
    Readings,
    Mails,
    Letters,
}

async fn work(outbox: &Outbox, line: Line, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let done = match line {
            Line::Acts => outbox.run_due().await,
            Line::Mails => outbox.mail_due().await,
            Line::Letters => outbox.write_letters_due().await,
            Line::Readings => tokio::select! {
                () = stop.cancelled() => Ok(0),
                done = outbox.read_due() => done,
            },
        };
        match done {
            Ok(0) => {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = outbox.store.event_written() => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "the outbox cannot reach the database");
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(POLL * 4) => {}
                }
            }
        }
    }
}

impl Outbox {
    /// Runs the due jobs of one group; returns how many there were.
    pub async fn run_due(&self) -> Result<usize, StoreError> {
        let jobs = self
            .store
            .claim_jobs(BATCH, Utc::now(), chrono::Duration::seconds(LEASE_SECS))
            .await?;
        self.run_each(&jobs).await
    }

    /// Reads the attachments of one batch of mails, if any waits for that; returns how many jobs that were.
    pub async fn read_due(&self) -> Result<usize, StoreError> {
        let lease = chrono::Duration::seconds(READING_LEASE_SECS);
        let jobs = self.store.claim_reading_jobs(1, Utc::now(), lease).await?;
        self.run_each(&jobs).await
    }

    /// Sends one mail, if any waits; returns how many jobs that were.
    pub async fn mail_due(&self) -> Result<usize, StoreError> {
        let lease = chrono::Duration::seconds(MAIL_LEASE_SECS);
        let jobs = self.store.claim_mail_jobs(1, Utc::now(), lease).await?;
        self.run_each(&jobs).await
    }

    /// Makes letters of those that were asked for in one go; returns for how many cases.
    pub async fn write_letters_due(&self) -> Result<usize, StoreError> {
        let lease = chrono::Duration::seconds(LEASE_SECS);
        let jobs = self
            .store
            .claim_letter_jobs(BATCH, Utc::now(), lease)
            .await?;
        self.run_each(&jobs).await
    }

    async fn run_each(&self, jobs: &[Job]) -> Result<usize, StoreError> {
        let mut press = letter::Press::default();
        for job in jobs {
            let outcome = match job.kind {
                JobKind::Deliver => deliver::run(self, job).await,
                JobKind::Mark => mark::run(self, job, true).await,
                JobKind::Unmark => mark::run(self, job, false).await,
                JobKind::ReadAttachments => read_attachments::run(self, job).await,
                JobKind::Triage => Box::pin(triage::run(self, job)).await,
                JobKind::SendMail => Box::pin(send_mail::run(self, job)).await,
                JobKind::MarkByRule => mark::run_by_rule(self, job, true).await,
                JobKind::UnmarkByRule => mark::run_by_rule(self, job, false).await,
                JobKind::Letter => Box::pin(press.run(self, job)).await,
            };
            match outcome {
                Ok(()) => {
                    self.store.finish_job(job).await?;
                }
                Err(error) => self.failed(job, error).await?,
            }
        }
        Ok(jobs.len())
    }

    async fn failed(&self, job: &Job, error: JobError) -> Result<(), StoreError> {
        let now = Utc::now();
        let tries = match job.kind {
            // Others wait behind it for a while each time.
            JobKind::Triage => &RETRY_AFTER_SECS[..triage::MAX_TRIES - 1],
            _ => &RETRY_AFTER_SECS[..],
        };
        let pause = usize::try_from(job.attempts - 1)
            .ok()
            .and_then(|n| tries.get(n));
        let (reason, again) = match error {
            JobError::Passing(reason) => (
                reason,
                pause.map(|secs| now + chrono::Duration::seconds(*secs)),
            ),
            JobError::Lasting(reason) => (reason, None),
        };
        metrics::counter!("sagspost_job_failures_total", "reason" => reason.clone()).increment(1);
        tracing::warn!(job = %job.id, kind = ?job.kind, attempts = job.attempts, reason, "a job failed");
        // The entry first: should this process die in between, the job's lease runs out and it is tried once more.
        if let (JobKind::Deliver, Some(entry), None) = (job.kind, job.entry_id, again) {
            self.store
                .set_entry_state(entry, EntryState::Failed, Some(&reason), now)
                .await?;
        }
        if job.kind == JobKind::Triage && again.is_none() {
            triage::given_up(self, job).await?;
        }
        if let (JobKind::Letter, None) = (job.kind, again) {
            letter::gave_up(self, job, &reason).await?;
        }
        self.store.retry_job(job, &reason, again, now).await
    }
}
