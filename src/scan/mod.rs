//! What a virus scanner says of a file before anybody is given it: a person over HTTP, or the case system.
//!
//! The scanner is the organisation's own, reached by clamd's protocol or by ICAP. A verdict is kept in memory for an hour,
//! by the SHA-256 of the content, so that a file that many open is scanned once; not for longer, for a scanner learns new
//! signatures. Without a verdict nothing is handed out, unless the configuration says otherwise.

mod answer;
mod clamd;
mod icap;
mod place;
mod verdicts;

use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::Semaphore;

use crate::{
    config::{self, ScannerAt},
    domain::mail::Sha256,
    mime,
};
use verdicts::Verdicts;

/// Files that are with the scanner at once; more wait, within their time.
const AT_ONCE: usize = 8;
/// Files of one mail, and mails within mails: what holds more is not handed out unseen.
const MAX_FILES: usize = 1000;
const MAX_DEPTH: usize = 8;

/// Asks the scanner, if there is one.
pub struct Scanner {
    at: Option<ScannerAt>,
    timeout: Duration,
    max_bytes: u64,
    serves_unscanned: bool,
    verdicts: Verdicts,
    places: Semaphore,
}

/// Why a file is not handed out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// By the scanner's name for it.
    #[error("the scanner found {0}")]
    Found(String),
    /// For some time, perhaps.
    #[error("the scanner is away: {0}")]
    Away(&'static str),
    #[error("the file is larger than what is scanned")]
    TooLarge,
}

/// What the scanner says of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Clean,
    Found(String),
}

impl Scanner {
    /// As configured; the address was checked there.
    pub fn new(settings: &config::Scan) -> Self {
        Self {
            at: ScannerAt::parse(&settings.url),
            timeout: Duration::from_secs(settings.timeout_secs),
            max_bytes: settings.max_bytes,
            serves_unscanned: settings.when_away == config::WhenAway::Serve,
            verdicts: Verdicts::default(),
            places: Semaphore::new(AT_ONCE),
        }
    }

    /// Whether there is a scanner to ask.
    pub fn is_there(&self) -> bool {
        self.at.is_some()
    }

    /// Whether a file may be handed out.
    pub async fn check(&self, bytes: &Bytes) -> Result<(), ScanError> {
        let Some(at) = &self.at else {
            return Ok(());
        };
        let result = self.verdict(at, bytes).await;
        let told = match &result {
            Ok(Verdict::Clean) => "clean",
            Ok(Verdict::Found(_)) => "found",
            Err(ScanError::TooLarge) => "too_large",
            Err(_) => "away",
        };
        metrics::counter!("sagspost_scans_total", "verdict" => told).increment(1);
        match result {
            Ok(Verdict::Clean) => Ok(()),
            Ok(Verdict::Found(name)) => {
                tracing::warn!(name, "the scanner found something in a file");
                Err(ScanError::Found(name))
            }
            Err(error) => self.unless_held(error),
        }
    }

    /// Likewise of a file that may be a mail.
    pub async fn check_file(&self, bytes: &Bytes, is_mail: bool) -> Result<(), ScanError> {
        if is_mail {
            self.check_mail(bytes).await
        } else {
            self.check(bytes).await
        }
    }

    /// Whether a mail may be handed out: itself, and what it holds as whoever opens it will find it. Not every scanner
    /// reads mails.
    pub async fn check_mail(&self, raw: &Bytes) -> Result<(), ScanError> {
        if self.at.is_none() {
            return Ok(());
        }
        self.check(raw).await?;
        // What is still to be opened, and how deep it lies.
        let mut mails = vec![(raw.clone(), 0)];
        let mut files = 0;
        while let Some((mail, depth)) = mails.pop() {
            let whole = mail.clone();
            let count = off_the_runtime(move || mime::parse_undigested(&whole).attachments.len());
            let count = count.await?;
            files += count;
            if files > MAX_FILES || depth > MAX_DEPTH {
                return self.unless_held(ScanError::TooLarge);
            }
            for index in 0..count {
                let whole = mail.clone();
                let opened = off_the_runtime(move || mime::attachment(&whole, &[index])).await?;
                let Some((attachment, bytes)) = opened else {
                    continue;
                };
                let bytes = Bytes::from(bytes);
                self.check(&bytes).await?;
                if attachment.mail.is_some() || !attachment.attachments.is_empty() {
                    mails.push((bytes, depth + 1));
                }
            }
        }
        Ok(())
    }

    /// What becomes of a file without a verdict.
    fn unless_held(&self, error: ScanError) -> Result<(), ScanError> {
        tracing::warn!(%error, served = self.serves_unscanned, "a file was not scanned");
        if self.serves_unscanned {
            Ok(())
        } else {
            Err(error)
        }
    }

    async fn verdict(&self, at: &ScannerAt, bytes: &Bytes) -> Result<Verdict, ScanError> {
        if bytes.len() as u64 > self.max_bytes {
            return Err(ScanError::TooLarge);
        }
        let content = bytes.clone();
        let sha256 = off_the_runtime(move || Sha256::of(&content)).await?;
        if let Some(verdict) = self.verdicts.of(&sha256, Instant::now()) {
            return Ok(verdict);
        }
        let asked = async {
            let _place = self.places.acquire().await;
            place::ask(at, bytes).await
        };
        let verdict = tokio::time::timeout(self.timeout, asked)
            .await
            .map_err(|_| ScanError::Away("it did not answer in time"))??;
        self.verdicts.keep(sha256, verdict.clone(), Instant::now());
        Ok(verdict)
    }

    /// Whether the scanner answers; `None` when there is none.
    pub async fn look(&self) -> Option<Result<(), ScanError>> {
        let at = self.at.as_ref()?;
        let looked = tokio::time::timeout(self.timeout, place::look(at)).await;
        Some(looked.unwrap_or(Err(ScanError::Away("it did not answer in time"))))
    }
}

async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ScanError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ScanError::Away("the file could not be read"))
}

/// The scanner's name for what it found, as it may stand in logs and answers whatever it sent.
fn clean_name(name: &str) -> String {
    let name: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | ':'))
        .take(80)
        .collect();
    if name.is_empty() {
        "?".to_owned()
    } else {
        name
    }
}
