//! `/suggestions`: which case a mail belongs on, why, and what to call it there.

use axum::{
    Json as JsonBody,
    extract::{FromRequest, Request, State},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    App, Problem,
    extract::{self, Json, Language, Viewer},
    mails,
};
use crate::{
    domain::{
        access::Onlooker,
        case::{Case, Direction},
        document_type::DocumentType,
        mail::Mail,
    },
    messages::Lang,
    mime,
    store::{Call, MailRow, StoreError},
    suggest::{
        self, ForACase, Inquiry, NamedFile, Reason, SHOWN, Signals, Suggestion, TaskDate, Weighed,
    },
};

/// Bytes of a stored mail that are read for its text: files come after it.
const MAX_HEAD_BYTES: u64 = 1 << 20;
/// Cases that a list shows of each mail.
const GLANCED: usize = 3;
/// More likely than not.
const EVEN_PERCENT: u8 = 50;

/// The mail, by one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(default)]
    mail_id: Option<Uuid>,
    #[serde(default)]
    message_id: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Suggestions {
    /// Absent when no mailbox you may see holds the mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    mail_id: Option<Uuid>,
    /// Best first; empty when nothing speaks for any case.
    cases: Vec<SuggestedCase>,
    title: String,
    /// Where the title comes from.
    title_evidence: EvidenceInWords,
    /// `null` when nothing is likely.
    document_type: Option<SuggestedType>,
    direction: Direction,
    document_date: NaiveDate,
    /// A deadline that the mail or a document names, for a task on the case.
    task_date: Option<SuggestedTask>,
    attachments: Vec<SuggestedFile>,
    for_a_case: ForACaseInWords,
    /// Whether the first case is sure enough for the organisation to be taken unseen.
    sure: bool,
    /// Whether the mail looks like case work: it should not be sent without a case.
    case_work: bool,
    /// How far the service has got with what it knows of cases after it was started, in percent; below 100 the cases
    /// are not complete.
    built_percent: u8,
}

/// Whether the mail is for a case at all: newsletters, calendar noise, system mail and private mail are not.
#[derive(Serialize, ToSchema)]
pub(super) struct ForACaseInWords {
    /// In percent.
    probability: u8,
    /// Those that say most first.
    reasons: Vec<ReasonInWords>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ReasonInWords {
    /// Stable, e.g. `kind_newsletter`.
    kind: String,
    /// Whether it speaks for a case or against one.
    for_a_case: bool,
    /// The reason as a sentence in the reader's language.
    text: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct SuggestedType {
    #[serde(rename = "type")]
    kind: DocumentType,
    /// As it is called in the reader's language.
    name: String,
    /// Probability that it is the right one, in percent.
    confidence: u8,
    evidence: Vec<EvidenceInWords>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct SuggestedTask {
    date: NaiveDate,
    /// The sentence it stands in; `null` where it is a field of Digital Post.
    sentence: Option<String>,
    /// The attachment it stands in, by its place; `null` for the mail itself.
    attachment: Option<usize>,
    evidence: EvidenceInWords,
}

#[derive(Serialize, ToSchema)]
pub(super) struct SuggestedCase {
    case_id: Uuid,
    number: String,
    title: String,
    /// `null` for a case that has none yet.
    kle: Option<String>,
    /// Probability that it is the right one, in percent.
    confidence: u8,
    pub evidence: Vec<EvidenceInWords>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct EvidenceInWords {
    /// Stable, e.g. `same_thread`.
    pub kind: &'static str,
    /// The reason as a sentence in the reader's language.
    text: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct SuggestedFile {
    index: usize,
    name: String,
    /// Proposed for filing; pictures of the text are not.
    proposed: bool,
    renamed: bool,
    /// Where a name comes from that was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    name_evidence: Option<EvidenceInWords>,
    /// `null` when nothing is likely.
    document_type: Option<SuggestedType>,
    /// The date the document bears; the mail's where it bears none that can be.
    document_date: NaiveDate,
    /// Where the document's own date stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    date_evidence: Option<EvidenceInWords>,
}

/// Suggestions for a mail: one that is stored (JSON), or the mail itself (message/rfc822)
#[utoipa::path(post, path = "/api/v1/suggestions", tag = "suggestions", request_body = Asked,
    responses((status = OK, body = Suggestions)))]
pub(super) async fn suggest(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    request: Request,
) -> Result<JsonBody<Suggestions>, Problem> {
    let mut question = if extract::is_mail(&request) {
        uploaded(&app, &extract::mail(request, &app).await?, viewer.rights()).await?
    } else {
        let Json(asked) = Json::<Asked>::from_request(request, &app).await?;
        let message_id = asked.message_id.as_deref();
        let row = named_mail(&app, asked.mail_id, message_id, viewer.rights()).await?;
        Question::of(&app, row).await?
    };
    app.store.mark_logos(&mut question.mail).await?;
    let read = match question.mail_id {
        Some(id) => app.store.attachment_texts(id).await?,
        None => Vec::new(),
    };
    let described = app
        .engine
        .describe(&question.mail, &read, question.received_at);
    let (cases, for_a_case) = answer(&app, &question.inquiry(), viewer.rights(), SHOWN).await?;
    let best = cases.first().map(|found| &found.suggestion);
    Ok(JsonBody(Suggestions {
        sure: best.is_some_and(|best| is_sure(&app, best)),
        case_work: best.is_some_and(|best| best.confidence.percent() >= EVEN_PERCENT),
        for_a_case: ForACaseInWords::of(&for_a_case, lang),
        built_percent: app.engine.built_percent(),
        mail_id: question.mail_id,
        cases: cases
            .into_iter()
            .map(|found| found.in_words(lang))
            .collect(),
        title: described.title,
        title_evidence: EvidenceInWords::of(&described.title_reason, lang),
        document_type: described
            .document_type
            .map(|of| SuggestedType::of(of, lang)),
        direction: described.direction,
        document_date: described.document_date,
        task_date: described
            .task_date
            .map(|task| SuggestedTask::of(task, lang)),
        attachments: described
            .attachments
            .into_iter()
            .map(|file| SuggestedFile::of(file, lang))
            .collect(),
    }))
}

/// A mail that suggestions are asked for.
struct Question {
    mail_id: Option<Uuid>,
    mail: Mail,
    signals: Signals,
    /// The first lines of its text.
    beginning: String,
    received_at: DateTime<Utc>,
}

impl Question {
    /// What is kept of a mail, and its text, which stands at the beginning of its bytes.
    async fn of(app: &App, row: MailRow) -> Result<Self, Problem> {
        let text = match app.store.blob_head(row.sha256, MAX_HEAD_BYTES).await {
            Ok(head) => mails::blocking(move || mime::parse_undigested(&head).text).await?,
            Err(error) => {
                // The case is suggested by what is kept; only what the text says of title and deadline is missing.
                tracing::warn!(mail = %row.id, %error, "the text of a mail could not be read for suggestions");
                String::new()
            }
        };
        Ok(Self {
            mail_id: Some(row.id),
            signals: Signals::of_row(&row),
            mail: Mail {
                text,
                ..row.envelope
            },
            beginning: row.preview,
            received_at: row.received_at,
        })
    }

    fn inquiry(&self) -> Inquiry<'_> {
        Inquiry {
            mail: &self.mail,
            beginning: &self.beginning,
            signals: &self.signals,
        }
    }
}

impl SuggestedFile {
    fn of(file: NamedFile, lang: Lang) -> Self {
        let in_words =
            |reason: Option<Reason>| reason.map(|reason| EvidenceInWords::of(&reason, lang));
        Self {
            index: file.index,
            name: file.name,
            proposed: file.proposed,
            renamed: file.renamed,
            name_evidence: in_words(file.name_reason),
            document_type: file.document_type.map(|of| SuggestedType::of(of, lang)),
            document_date: file.document_date,
            date_evidence: in_words(file.date_reason),
        }
    }
}

impl SuggestedType {
    fn of(suggested: suggest::SuggestedType, lang: Lang) -> Self {
        Self {
            kind: suggested.kind,
            name: suggested.name(lang),
            confidence: suggested.confidence.percent(),
            evidence: suggested
                .evidence
                .iter()
                .map(|reason| EvidenceInWords::of(reason, lang))
                .collect(),
        }
    }
}

impl SuggestedTask {
    fn of(task: TaskDate, lang: Lang) -> Self {
        Self {
            date: task.date,
            sentence: task.sentence,
            attachment: task.attachment,
            evidence: EvidenceInWords::of(&task.reason, lang),
        }
    }
}

impl EvidenceInWords {
    fn of(reason: &Reason, lang: Lang) -> Self {
        Self {
            kind: reason.kind(),
            text: reason.in_words(lang),
        }
    }
}

/// A mail that was sent along; when it is stored where the viewer may see it, that one.
async fn uploaded(app: &App, upload: &extract::Upload, viewer: &str) -> Result<Question, Problem> {
    let fingerprint = mime::fingerprint(&upload.raw, &upload.mail);
    let mut stored = app.store.mails_by_fingerprint(&fingerprint, viewer).await?;
    if !stored.is_empty() {
        return Question::of(app, stored.swap_remove(0)).await;
    }
    let mut signals = app.engine.signals(&upload.mail);
    signals.thread = app
        .store
        .thread_of(&mime::thread::of(&upload.mail).keys)
        .await?;
    Ok(Question {
        mail_id: None,
        beginning: beginning(&upload.mail.text),
        mail: upload.mail.clone(),
        signals,
        received_at: Utc::now(),
    })
}

/// As much of a text as is kept beside a stored mail.
fn beginning(text: &str) -> String {
    text.chars().take(200).collect()
}

impl ForACaseInWords {
    fn of(answer: &ForACase, lang: Lang) -> Self {
        let reason = |weighed: &Weighed| ReasonInWords {
            kind: weighed.reason.kind(),
            for_a_case: weighed.speaks_for_a_case(),
            text: weighed.reason.in_words(lang),
        };
        Self {
            probability: answer.probability.percent(),
            reasons: answer.reasons.iter().map(reason).collect(),
        }
    }
}

/// What a list shows of a mail that waits. Asked of what is kept of it, without reading its bytes.
#[derive(Serialize, ToSchema)]
pub(super) struct Glance {
    /// Best first, at most three.
    suggestions: Vec<SuggestedCase>,
    for_a_case: ForACaseInWords,
    /// Whether the first case is sure enough for the organisation to be taken unseen.
    sure: bool,
    #[serde(skip)]
    pub looks_like_case_work: bool,
}

impl Glance {
    /// Code of what keeps it from being settled.
    pub fn why_it_waits(&self) -> &'static str {
        match self.suggestions.first() {
            _ if !self.looks_like_case_work => "hardly_for_a_case",
            None => "no_suggestion",
            Some(_) if self.sure => "nobody_yet",
            Some(_) => "unsure",
        }
    }
}

pub(super) async fn glance(
    app: &App,
    row: &MailRow,
    onlooker: &Onlooker,
    lang: Lang,
) -> Result<Glance, Problem> {
    let signals = Signals::of_row(row);
    let inquiry = Inquiry::of_row(row, &signals);
    let (found, for_a_case) = answer_to(app, &inquiry, onlooker, GLANCED).await?;
    let best = found.first().map(|found| &found.suggestion);
    Ok(Glance {
        sure: best.is_some_and(|best| is_sure(app, best)),
        looks_like_case_work: for_a_case.is_likely(),
        for_a_case: ForACaseInWords::of(&for_a_case, lang),
        suggestions: found
            .into_iter()
            .map(|found| found.in_words(lang))
            .collect(),
    })
}

/// Whether the best case may be taken unseen.
fn is_sure(app: &App, best: &Suggestion) -> bool {
    best.confidence.percent() >= app.config.addin.one_click_percent
        && best.is_tied()
        // While the index is built, a better case may still be missing.
        && app.engine.built_percent() == 100
}

/// The best case for a mail that is not journaled yet.
pub(super) async fn best(
    app: &App,
    row: &MailRow,
    viewer: &str,
    lang: Lang,
) -> Result<Option<SuggestedCase>, Problem> {
    let signals = Signals::of_row(row);
    let (mut found, _) = answer(app, &Inquiry::of_row(row, &signals), viewer, 1).await?;
    Ok(found.pop().map(|best| best.in_words(lang)))
}

/// The mail that a request names by exactly one of the two; of several with that Message-ID the newest.
pub(super) async fn named_mail(
    app: &App,
    mail_id: Option<Uuid>,
    message_id: Option<&str>,
    viewer: &str,
) -> Result<MailRow, Problem> {
    let row = mail_by(app, mail_id, message_id, viewer).await?;
    Call::note_subject("mail", row.id);
    Ok(row)
}

async fn mail_by(
    app: &App,
    mail_id: Option<Uuid>,
    message_id: Option<&str>,
    viewer: &str,
) -> Result<MailRow, Problem> {
    match (mail_id, message_id) {
        (Some(id), None) => app
            .store
            .mail(id, viewer)
            .await
            .map_err(|error| match error {
                StoreError::NotFound(_) => Problem::no_such("mail_id", "no-such-mail"),
                error => error.into(),
            }),
        (None, Some(message_id)) => {
            let message_id = message_id.trim().trim_matches(['<', '>']);
            let rows = app.store.mails_by_message_id(message_id, viewer).await?;
            rows.into_iter()
                .next()
                .ok_or_else(|| Problem::no_such("message_id", "no-such-mail"))
        }
        _ => Err(Problem::invalid("mail_id", "one-of")),
    }
}

/// A suggestion with its case as it is now.
pub(super) struct Found {
    pub suggestion: Suggestion,
    pub case: Case,
}

/// The most likely cases, as far as the viewer may see them, and whether the mail is for a case at all.
pub(super) async fn answer(
    app: &App,
    inquiry: &Inquiry<'_>,
    viewer: &str,
    limit: usize,
) -> Result<(Vec<Found>, ForACase), Problem> {
    let onlooker = app.store.onlooker(viewer).await?;
    answer_to(app, inquiry, &onlooker, limit).await
}

async fn answer_to(
    app: &App,
    inquiry: &Inquiry<'_>,
    onlooker: &Onlooker,
    limit: usize,
) -> Result<(Vec<Found>, ForACase), Problem> {
    let answer = app.engine.answer(inquiry, onlooker, Utc::now(), limit);
    let mut found = Vec::with_capacity(answer.cases.len());
    for suggestion in answer.cases {
        match app.store.case(suggestion.case_id, &onlooker.user).await {
            Ok(case) => found.push(Found { suggestion, case }),
            // Closed to this viewer since the index was told; the database has the last word.
            Err(StoreError::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok((found, answer.for_a_case))
}

impl Found {
    pub fn in_words(self, lang: Lang) -> SuggestedCase {
        let Self { suggestion, case } = self;
        SuggestedCase {
            case_id: suggestion.case_id,
            number: case.number,
            title: case.title,
            kle: case.kle,
            confidence: suggestion.confidence.percent(),
            evidence: suggestion
                .evidence
                .iter()
                .map(|evidence| EvidenceInWords {
                    kind: evidence.kind(),
                    text: evidence.in_words(lang),
                })
                .collect(),
        }
    }
}
