//! Makes the letters of one case, of those that were asked for in one go, and files them there: all of them or none.
//!
//! In the name of who asked, and only where they may file themself. A case that cannot have its letters says why, and
//! costs the others nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::worker::{JobError, Outbox};
use crate::{
    cases::CaseError,
    documents::{
        letter::{self, Asked, LetterError},
        template::Template,
    },
    domain::{case::Direction, document_type::DocumentType, role::Principal},
    journal::{self, Filing, JournalError, Paper, PaperFile},
    store::{Call, Job, LetterState, LettersToMake, Origin, StoreError},
};

/// What was asked for, but for template and cases; kept as JSON until the letters are made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LetterWish {
    pub title: String,
    pub document_type: Option<DocumentType>,
    pub date: NaiveDate,
    pub fields: BTreeMap<String, String>,
    pub only_for: Option<Vec<Principal>>,
}

#[derive(Deserialize)]
struct Payload {
    run_id: Uuid,
    position: i64,
}

/// The template that was read last: five hundred letters read it once for each batch of jobs.
#[derive(Default)]
pub(super) struct Press(Option<((Uuid, i64), Arc<Template>)>);

/// Why a case has no letters; a code of the message catalogue, or another attempt may help.
enum Refusal {
    Because(&'static str),
    Passing(JobError),
}

impl Press {
    pub async fn run(&mut self, outbox: &Outbox, job: &Job) -> Result<(), JobError> {
        let Payload { run_id, position } = payload(job)?;
        let store = &outbox.store;
        let wanted = match store.letters_to_make(run_id, position).await {
            Err(StoreError::NotFound(_)) => return Ok(()),
            other => other?,
        };
        if wanted.state == LetterState::Done {
            return Ok(());
        }
        let call = Call::new(Origin::default());
        let made = call.scope(async {
            Call::note_why("letters");
            Box::pin(self.make(outbox, run_id, position, &wanted)).await
        });
        match made.await {
            Ok(entry_id) => store.letters_made(run_id, position, Ok(entry_id)).await?,
            Err(Refusal::Because(reason)) => {
                store.letters_made(run_id, position, Err(reason)).await?;
            }
            Err(Refusal::Passing(error)) => return Err(error),
        }
        Ok(())
    }

    async fn make(
        &mut self,
        outbox: &Outbox,
        run_id: Uuid,
        position: i64,
        wanted: &LettersToMake,
    ) -> Result<Uuid, Refusal> {
        let wish: LetterWish = serde_json::from_value(wanted.wish.clone())
            .map_err(|_| Refusal::Because("internal"))?;
        let template = self.template(outbox, wanted).await?;
        let (store, by) = (&outbox.store, wanted.created_by.as_str());
        let case = outbox.case_system.get(wanted.letters.case_id, by).await?;
        let recipients: Vec<Option<usize>> = if wanted.letters.parties.is_empty() {
            vec![None]
        } else {
            wanted.letters.parties.iter().copied().map(Some).collect()
        };
        let mut papers = Vec::with_capacity(recipients.len());
        for recipient in &recipients {
            let asked = Asked {
                recipient: *recipient,
                date: wish.date,
                fields: wish.fields.clone(),
            };
            let data = letter::data(store, &case, by, asked).await?;
            let to = recipient
                .and_then(|at| case.parties.get(at))
                .map(|party| party.name.as_str());
            let title = match to {
                Some(name) if recipients.len() > 1 => format!("{} – {name}", wish.title),
                _ => wish.title.clone(),
            };
            let id = Uuid::now_v7();
            let (press, case_id) = (Arc::clone(&template), case.id);
            let made = tokio::task::spawn_blocking(move || {
                letter::render(&press, &data, case_id, Some(id))
            });
            let bytes = made.await.map_err(|_| LetterError::Failed)??;
            papers.push(Paper {
                id,
                files: vec![PaperFile {
                    name: format!("{title}.{}", template.extension()),
                    media_type: template.media_type().to_owned(),
                    bytes: Bytes::from(bytes),
                }],
                title,
                document_type: wish.document_type,
                document_date: wish.date,
                direction: Direction::Outgoing,
            });
        }
        let mut digest = blake3::Hasher::new();
        digest
            .update(run_id.as_bytes())
            .update(&position.to_be_bytes());
        let filing = Filing {
            case_id: case.id,
            papers,
            only_for: wish.only_for,
            // Made again after a process died, it is the same act.
            idempotency_key: format!("letters:{run_id}:{position}"),
            request_hash: *digest.finalize().as_bytes(),
        };
        Ok(journal::document(store, filing, by, Utc::now()).await?.id)
    }

    async fn template(
        &mut self,
        outbox: &Outbox,
        wanted: &LettersToMake,
    ) -> Result<Arc<Template>, Refusal> {
        let key = (wanted.template_id, wanted.version);
        if let Some((read, template)) = &self.0
            && *read == key
        {
            return Ok(Arc::clone(template));
        }
        let version = outbox
            .store
            .template_version_unchecked(key.0, key.1)
            .await?;
        let bytes = outbox.store.blob(version.sha256).await?;
        let read = tokio::task::spawn_blocking(move || Template::read(bytes)).await;
        let template = Arc::new(
            read.map_err(|_| LetterError::Failed)?
                .map_err(LetterError::from)?,
        );
        self.0 = Some((key, Arc::clone(&template)));
        Ok(template)
    }
}

/// When no further attempt is made.
pub(super) async fn gave_up(outbox: &Outbox, job: &Job, reason: &str) -> Result<(), StoreError> {
    match payload(job) {
        Ok(Payload { run_id, position }) => {
            outbox
                .store
                .letters_made(run_id, position, Err(reason))
                .await
        }
        Err(_) => Ok(()),
    }
}

fn payload(job: &Job) -> Result<Payload, JobError> {
    serde_json::from_value(job.payload.clone()).map_err(|_| JobError::Lasting("internal".into()))
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            error if error.is_transient() => Self::Passing(error.into()),
            StoreError::CaseClosed(_) => Self::Because("case_closed"),
            StoreError::NotFound("case") => Self::Because("no_such_case"),
            StoreError::NotFound(_) => Self::Because("no_such_template"),
            StoreError::NotAllowed(_) => Self::Because("not_allowed"),
            _ => Self::Because("internal"),
        }
    }
}

impl From<CaseError> for Refusal {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::Unreachable => Self::Passing(JobError::Passing("case_system_away".into())),
            CaseError::Refused(reason) => Self::Because(reason),
            CaseError::Store(error) => error.into(),
        }
    }
}

impl From<JournalError> for Refusal {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Store(error) => error.into(),
            _ => Self::Because("letter_not_made"),
        }
    }
}

impl From<LetterError> for Refusal {
    fn from(error: LetterError) -> Self {
        match error {
            LetterError::Store(error) => error.into(),
            LetterError::NoSuchParty => Self::Because("no_such_party"),
            LetterError::NotAsked(_) => Self::Because("field_missing"),
            LetterError::Mistakes => Self::Because("template_mistakes"),
            LetterError::Package(_) | LetterError::Failed => Self::Because("letter_not_made"),
        }
    }
}
