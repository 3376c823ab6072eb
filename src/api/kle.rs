//! `/kle`: looking numbers of KL's subject plan up, and which of them a new case may get.

use axum::{Json as JsonBody, extract::State};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    App, Problem,
    extract::{Json, Language, Params, Viewer, limit},
    mails::blocking,
    suggestions::named_mail,
};
use crate::{
    domain::{access::Level, kle::KleNumber},
    kle::{Plan, Preservation},
    messages::{Lang, text},
    mime,
    store::StoreError,
    suggest::{
        Signals,
        kle::{Found, ProposedSubject, Question, Reason},
    },
};

/// Subjects that are proposed; more would be a search.
const SHOWN: usize = 3;
const MAX_QUERY_CHARS: usize = 200;

/// What to look up.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LookupParams {
    /// The beginning of a number (`27.`, `27.35`), or of words of a title or keyword.
    query: String,
    /// 1 to 200; 50 when left out.
    limit: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct KleEntries {
    /// The day KL published the plan; null when none was imported.
    published: Option<NaiveDate>,
    items: Vec<KleEntry>,
}

/// A main group, a group or a subject.
#[derive(Serialize, ToSchema)]
pub(super) struct KleEntry {
    number: String,
    title: String,
    /// The entry it stands under.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<KleParent>,
    /// Whether a new case may get it: a subject, and not retired.
    usable: bool,
    /// Of a retired entry, what stands for it today.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    replaced_by: Vec<KleParent>,
    /// The keyword that led here, where the title did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    keyword: Option<String>,
    /// `B`, `K`, `K5`, `K10`.
    #[serde(skip_serializing_if = "Option::is_none")]
    preservation: Option<String>,
    /// Days from the closing of a case until its personal data go.
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_days: Option<u32>,
    guidance: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct KleParent {
    number: String,
    title: String,
}

/// What the case will be about, by one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KleAsked {
    #[serde(default)]
    mail_id: Option<Uuid>,
    /// A document's text, or a title; its beginning is read.
    #[serde(default)]
    text: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct KleSuggestions {
    /// The day KL published the plan; null when none was imported, and then nothing is proposed.
    published: Option<NaiveDate>,
    /// Best first; empty when nothing speaks for any subject.
    subjects: Vec<SuggestedSubject>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct SuggestedSubject {
    number: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<KleParent>,
    /// Probability that it is the right one, in percent.
    confidence: u8,
    /// Only where something says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    facet: Option<SuggestedFacet>,
    reasons: Vec<KleReason>,
}

impl SuggestedSubject {
    pub fn number(&self) -> &str {
        &self.number
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct SuggestedFacet {
    facet: String,
    /// Empty when the facets were not imported.
    title: String,
    /// Why, as a sentence in the reader's language.
    text: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct KleReason {
    /// Stable, e.g. `keyword`.
    kind: &'static str,
    /// The reason as a sentence in the reader's language.
    text: String,
}

/// Numbers of the subject plan that begin so, or whose title or keywords have such words
#[utoipa::path(get, path = "/api/v1/kle", tag = "kle", params(LookupParams),
    responses((status = OK, body = KleEntries)))]
pub(super) async fn look_up(
    State(app): State<App>,
    _viewer: Viewer,
    Params(params): Params<LookupParams>,
) -> Result<JsonBody<KleEntries>, Problem> {
    if params.query.trim().is_empty() {
        return Err(Problem::invalid("query", "empty"));
    }
    if params.query.chars().count() > MAX_QUERY_CHARS {
        return Err(Problem::invalid("query", "too-long").with("max", MAX_QUERY_CHARS));
    }
    let limit = limit(params.limit)? as usize;
    let index = app.subjects.plan();
    let found = index.look_up(&params.query, limit);
    Ok(JsonBody(KleEntries {
        published: index.published(),
        items: found
            .into_iter()
            .map(|found| entry(index.plan(), found))
            .collect(),
    }))
}

/// Subjects for a new case from a mail you may see, or from a text, with reasons
#[utoipa::path(post, path = "/api/v1/kle/suggestions", tag = "kle", request_body = KleAsked,
    responses((status = OK, body = KleSuggestions)))]
pub(super) async fn suggest(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Json(asked): Json<KleAsked>,
) -> Result<JsonBody<KleSuggestions>, Problem> {
    let question = match (asked.mail_id, asked.text) {
        (Some(id), None) => of_mail(&app, id, viewer.rights()).await?,
        (None, Some(text)) if text.trim().is_empty() => {
            return Err(Problem::invalid("text", "empty"));
        }
        (None, Some(text)) => blocking(move || Question::of_text(&text)).await?,
        _ => return Err(Problem::invalid("mail_id", "mail-or-text")),
    };
    Ok(JsonBody(KleSuggestions {
        published: app.subjects.plan().published(),
        subjects: subjects_for(&app, &question, viewer.rights(), lang).await?,
    }))
}

/// Best first, in words, with nothing in them that the viewer may not see.
pub(super) async fn subjects_for(
    app: &App,
    question: &Question,
    viewer: &str,
    lang: Lang,
) -> Result<Vec<SuggestedSubject>, Problem> {
    let index = app.subjects.plan();
    let onlooker = app.store.onlooker(viewer).await?;
    let mut subjects = Vec::new();
    for mut proposed in app.subjects.suggest(question, &onlooker, SHOWN) {
        keep_what_may_be_seen(app, &mut proposed, viewer).await?;
        subjects.push(in_words(index.plan(), proposed, lang));
    }
    Ok(subjects)
}

/// A subject that somebody chose before, for a reason that stands under `kle-reason`.
pub(super) fn chosen_before(
    app: &App,
    (kle, facet): (&str, Option<&str>),
    (kind, values): (&'static str, &[(&str, &str)]),
    lang: Lang,
) -> Option<SuggestedSubject> {
    let number = KleNumber::parse(kle)?;
    let index = app.subjects.plan();
    let because = text(lang, &format!("kle-reason.{kind}"), values);
    Some(SuggestedSubject {
        number: number.to_string(),
        title: index.plan().title(number).to_owned(),
        parent: number.parent().map(|parent| titled(index.plan(), parent)),
        confidence: 100,
        facet: facet.map(|facet| SuggestedFacet {
            facet: facet.to_owned(),
            title: String::new(),
            text: because.clone(),
        }),
        reasons: vec![KleReason {
            kind,
            text: because,
        }],
    })
}

/// What was kept of the mail and its attachments, and what its text says beside.
async fn of_mail(app: &App, id: Uuid, viewer: &str) -> Result<Question, Problem> {
    let row = named_mail(app, Some(id), None, viewer).await?;
    let kept = Signals::of_row(&row);
    let raw = app.store.blob(row.sha256).await?;
    blocking(move || Question::of_signals(&kept).and_read(&mime::parse_undigested(&raw))).await
}

/// Closed to this viewer since the index was told of a case? The database has the last word.
async fn keep_what_may_be_seen(
    app: &App,
    proposed: &mut ProposedSubject,
    viewer: &str,
) -> Result<(), Problem> {
    let named = proposed.reasons.iter().find_map(|reason| match reason {
        Reason::OwnCases {
            case_id, number, ..
        } => Some((*case_id, number.clone())),
        _ => None,
    });
    let Some((case_id, number)) = named else {
        return Ok(());
    };
    match app.store.expect_case(case_id, viewer, Level::Read).await {
        Ok(()) => Ok(()),
        Err(StoreError::NotFound(_)) => {
            proposed
                .reasons
                .retain(|reason| !matches!(reason, Reason::OwnCases { .. }));
            proposed.facet = proposed
                .facet
                .take()
                .filter(|facet| facet.because != number);
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

fn entry(plan: &Plan, found: Found<'_>) -> KleEntry {
    let Found {
        number,
        entry,
        keyword,
    } = found;
    let today = if entry.is_active() {
        Vec::new()
    } else {
        plan.successors(number)
    };
    KleEntry {
        number: number.to_string(),
        title: entry.title.clone(),
        parent: number.parent().map(|parent| titled(plan, parent)),
        usable: number.is_subject() && entry.is_active(),
        replaced_by: today.into_iter().map(|to| titled(plan, to)).collect(),
        keyword: keyword.map(str::to_owned),
        preservation: entry.preservation.map(Preservation::code),
        deletion_days: entry.deletion_days,
        guidance: entry.guidance.clone(),
    }
}

fn in_words(plan: &Plan, proposed: ProposedSubject, lang: Lang) -> SuggestedSubject {
    SuggestedSubject {
        number: proposed.number.to_string(),
        parent: proposed.number.parent().map(|parent| titled(plan, parent)),
        title: proposed.title,
        confidence: proposed.confidence.percent(),
        facet: proposed.facet.map(|facet| {
            let name = facet.facet.to_string();
            let values = [("facet", name.as_str()), ("because", &facet.because)];
            SuggestedFacet {
                text: text(lang, "kle-reason.facet", &values),
                facet: name.clone(),
                title: facet.title,
            }
        }),
        reasons: proposed
            .reasons
            .iter()
            .map(|reason| KleReason {
                kind: reason.kind(),
                text: reason.in_words(lang),
            })
            .collect(),
    }
}

fn titled(plan: &Plan, number: KleNumber) -> KleParent {
    KleParent {
        number: number.to_string(),
        title: plan.title(number).to_owned(),
    }
}
