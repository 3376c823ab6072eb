//! The earlier mails of a thread, when one of them is journaled: offered, or taken along.
//!
//! The last mail quotes the others, but their files lie with them alone: whoever files only the last may still have every
//! earlier mail that has attachments.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{App, Problem};
use crate::{
    domain::role::Principal,
    journal::{Choice, JournalError},
    store::{MailFilter, MailRow, StoreError},
    triage::{self, Filing},
};

/// Mails of one thread that are taken along at most; the rest are offered.
const MOST: i64 = 100;

/// Which of them go along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Earlier {
    #[default]
    None,
    /// Those with files that are not shown within the text.
    WithAttachments,
    All,
}

#[derive(Serialize, ToSchema)]
pub(super) struct EarlierMails {
    /// Entries of those that went along.
    filed: Vec<Uuid>,
    /// Those that did not, and are not on the case; oldest first.
    left: Vec<EarlierMail>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct EarlierMail {
    mail_id: Uuid,
    subject: String,
    received_at: DateTime<Utc>,
    /// Files that are not shown within the text.
    attachments: usize,
}

/// What the others go with.
pub(super) struct Along<'a> {
    pub case_id: Uuid,
    pub only_for: Option<Vec<Principal>>,
    pub which: Earlier,
    /// Of the mail that they go with.
    pub idempotency_key: &'a str,
}

/// Files those of the thread that came before `mail`, that the viewer sees, and that are not on the case.
pub(super) async fn take(
    app: &App,
    mail: &MailRow,
    along: Along<'_>,
    viewer: &str,
) -> Result<EarlierMails, Problem> {
    let mut told = EarlierMails {
        filed: Vec::new(),
        left: Vec::new(),
    };
    for other in not_on_case(app, mail, along.case_id, viewer).await? {
        let files = other.envelope.attachments.iter();
        let files = files.filter(|file| !file.inline).count();
        let goes = match along.which {
            Earlier::None => false,
            Earlier::WithAttachments => files > 0,
            Earlier::All => true,
        };
        if goes && let Some(entry) = file(app, &other, &along, viewer).await? {
            told.filed.push(entry);
        } else {
            told.left.push(EarlierMail {
                mail_id: other.id,
                subject: other.envelope.subject,
                received_at: other.received_at,
                attachments: files,
            });
        }
    }
    Ok(told)
}

async fn not_on_case(
    app: &App,
    mail: &MailRow,
    case_id: Uuid,
    viewer: &str,
) -> Result<Vec<MailRow>, StoreError> {
    let filter = MailFilter {
        thread_id: Some(mail.thread_id),
        received_before: Some(mail.received_at),
        not_for_a_case: Some(false),
        ..MailFilter::default()
    };
    let mut seen = std::collections::HashSet::from([mail.fingerprint]);
    let mut found = Vec::new();
    for other in app.store.mails(&filter, viewer, MOST).await? {
        let is_on_case = app.store.filed_before(case_id, &other.fingerprint);
        if seen.insert(other.fingerprint) && is_on_case.await?.is_none() {
            found.push(other);
        }
    }
    found.reverse();
    Ok(found)
}

/// `None` for one that could not be filed: the mail that was asked for is filed all the same.
async fn file(
    app: &App,
    mail: &MailRow,
    along: &Along<'_>,
    viewer: &str,
) -> Result<Option<Uuid>, StoreError> {
    let filing = Filing {
        case_id: along.case_id,
        actor: viewer.to_owned(),
        choice: Choice::default(),
        only_for: along.only_for.clone(),
        why: String::new(),
        idempotency_key: format!("{}:{}", along.idempotency_key, mail.id),
    };
    match triage::file_as_asked(app.house(), mail.id, filing).await {
        Ok(entry) => Ok(Some(entry.id)),
        Err(JournalError::Store(error)) if error.is_transient() => Err(error),
        Err(error) => {
            tracing::info!(mail = %mail.id, %error, "an earlier mail of a thread could not go along");
            Ok(None)
        }
    }
}
