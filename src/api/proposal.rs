//! `/cases/proposal`: the case that a mail calls for, filled in as far as the mail tells, and cases that resemble it.

use axum::{Json as JsonBody, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    App, Problem,
    extract::{Json, Language, Viewer},
    kle::{SuggestedSubject, chosen_before, subjects_for},
    mails, suggestions,
};
use crate::{
    domain::{
        access::{AccessCode, Allowed, CaseAccess},
        case::{Case, CaseStatus, Party, PartyKind},
        mail::Mail,
        role::Principal,
    },
    messages::Lang,
    mime, rules,
    store::{Call, CaseTemplate, MailRow, StoreError},
    suggest::{self, AccessProposal, Category, Inquiry, PartyReason, ProposedParty, Signals, kle},
};

/// Cases that resemble.
const SHOWN: usize = 5;
/// Evidence that says something of the user, not of the mail.
const ABOUT_THE_USER: &str = "recently_used";

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProposalAsked)]
pub(super) struct Asked {
    mail_id: Uuid,
    /// A case to make it like: its KLE number, responsible, unit, access and parties, and never its documents.
    #[serde(default)]
    like: Option<Uuid>,
    /// The name of a template to make it by, instead.
    #[serde(default)]
    template: Option<String>,
}

/// Ready to be looked through, changed, and sent to `POST /cases` with the same `mail_id`.
#[derive(Serialize, ToSchema)]
pub(super) struct CaseProposal {
    mail_id: Uuid,
    title: String,
    /// Best first; empty while no plan was imported, and when nothing speaks for any subject.
    kle: Vec<SuggestedSubject>,
    /// The most certain first.
    parties: Vec<PartyInWords>,
    access: AccessInWords,
    /// You, unless the case or the template that it is made like says another.
    responsible: String,
    unit: Option<String>,
    /// Open and closed cases that you may see and that resemble this one, best first: the mail may belong there.
    similar_cases: Vec<SimilarCase>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct PartyInWords {
    kind: PartyKind,
    name: String,
    /// CVR or BFE number, or a CPR number masked: `POST /cases` with the `mail_id` puts the number itself in.
    identifier: Option<String>,
    address: Option<String>,
    mail: Option<String>,
    phone: Option<String>,
    title: Option<String>,
    organisation: Option<String>,
    /// What the mail itself tells; parties of a case that it is made like are for a person to choose.
    proposed: bool,
    reasons: Vec<PartyReasonInWords>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct PartyReasonInWords {
    kind: PartyReason,
    text: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct AccessInWords {
    code: AccessCode,
    /// Who would be on its list, as `POST /cases` takes it; null when everybody sees it.
    list: Option<Vec<Allowed>>,
    /// Why access should be restricted; empty when it may stay open.
    reasons: Vec<AccessReasonInWords>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct AccessReasonInWords {
    category: Category,
    /// How often it was found.
    count: usize,
    /// Some of the words; none for CPR numbers.
    words: Vec<String>,
    text: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct SimilarCase {
    #[serde(flatten)]
    case: suggestions::SuggestedCase,
    status: CaseStatus,
    access: AccessCode,
    /// What it should be with this mail on the case: never less than it is.
    access_proposed: AccessCode,
}

/// Propose a case for a mail that belongs on none yet
#[utoipa::path(post, path = "/api/v1/cases/proposal", tag = "cases", request_body = Asked,
    responses((status = OK, body = CaseProposal), (status = NOT_FOUND, body = super::problem::ProblemBody)))]
pub(super) async fn propose(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Json(asked): Json<Asked>,
) -> Result<JsonBody<CaseProposal>, Problem> {
    let row = suggestions::named_mail(&app, Some(asked.mail_id), None, viewer.rights()).await?;
    let mail = whole(&app, &row, viewer.rights()).await?;
    let read = app.store.attachment_texts(row.id).await?;
    let documents = read.iter().map(|document| document.text.as_str());
    let access = suggest::propose_access(&mail, documents);
    let described = app.engine.describe(&mail, &read, row.received_at);
    let parties = suggest::propose_parties(&mail, app.engine.organisation());
    let signals = Signals::of_row(&row);
    let inquiry = Inquiry::of_row(&row, &signals);
    let subject = kle::Question::of_signals(&signals).and_read(&mail);
    let mut subjects = subjects_for(&app, &subject, viewer.rights(), lang).await?;
    let similar_cases = similar(&app, &inquiry, access.code, viewer.rights(), lang).await?;
    let model = Model::of(&app, &asked, viewer.rights()).await?;
    if let Some(chosen) = model.subject(&app, lang) {
        subjects.retain(|subject| subject.number() != chosen.number());
        subjects.insert(0, chosen);
    }
    let mut parties: Vec<PartyInWords> = parties
        .into_iter()
        .map(|party| PartyInWords::of(party, lang))
        .collect();
    for party in &model.parties {
        if !parties.iter().any(|known| known.is(party)) {
            parties.push(PartyInWords::on_like_case(party, lang));
        }
    }
    let title = model.title.as_deref();
    Ok(JsonBody(CaseProposal {
        mail_id: row.id,
        title: title.map_or(described.title, |pattern| {
            rules::filled_from(pattern, &mail, row.received_at)
        }),
        kle: subjects,
        parties,
        similar_cases,
        access: AccessInWords::of(&access, &model.access, viewer.rights(), lang),
        responsible: model
            .responsible
            .unwrap_or_else(|| viewer.rights().to_owned()),
        unit: model.unit,
    }))
}

/// What a new case begins as beside what the mail tells.
#[derive(Default)]
struct Model {
    /// Number of the case it was taken from, or name of the template.
    source: Source,
    /// A pattern.
    title: Option<String>,
    kle: Option<String>,
    facet: Option<String>,
    responsible: Option<String>,
    unit: Option<String>,
    access: CaseAccess,
    parties: Vec<Party>,
}

#[derive(Default)]
enum Source {
    #[default]
    Mail,
    Case(String),
    Template(String),
}

impl Model {
    async fn of(app: &App, asked: &Asked, viewer: &str) -> Result<Self, Problem> {
        match (asked.like, &asked.template) {
            (None, None) => Ok(Self::default()),
            (Some(id), None) => {
                let case = app.store.case(id, viewer).await;
                let case = case.map_err(|error| not_there(error, "like", "no-such-case"))?;
                Call::note_case(case.id);
                Ok(Self::like(case).whom_we_know(app).await?)
            }
            (None, Some(name)) => {
                let template = app.store.case_template(name.trim()).await;
                let absent = |error| not_there(error, "template", "no-such-template");
                Ok(Self::by(template.map_err(absent)?)
                    .whom_we_know(app)
                    .await?)
            }
            _ => Err(Problem::invalid("template", "like-or-template")),
        }
    }

    fn like(case: Case) -> Self {
        Self {
            source: Source::Case(case.number),
            title: None,
            kle: case.kle,
            facet: case.facet,
            responsible: case.responsible,
            unit: case.unit,
            access: case.access,
            parties: case.parties,
        }
    }

    fn by(template: CaseTemplate) -> Self {
        Self {
            source: Source::Template(template.name),
            title: template.title,
            kle: template.kle,
            facet: template.facet,
            responsible: template.responsible,
            unit: template.unit,
            access: template.access,
            parties: Vec::new(),
        }
    }

    /// Nobody gets a case who has left, or was never here.
    async fn whom_we_know(self, app: &App) -> Result<Self, StoreError> {
        let Some(name) = &self.responsible else {
            return Ok(self);
        };
        let who = Principal::User(name.clone());
        let is_known = app.store.is_known_principal(&who).await?;
        Ok(Self {
            responsible: self.responsible.filter(|_| is_known),
            ..self
        })
    }

    fn subject(&self, app: &App, lang: Lang) -> Option<SuggestedSubject> {
        let because: (&str, &[(&str, &str)]) = match &self.source {
            Source::Mail => return None,
            Source::Case(number) => ("like_case", &[("number", number)]),
            Source::Template(name) => ("template", &[("name", name)]),
        };
        let chosen = (self.kle.as_deref()?, self.facet.as_deref());
        chosen_before(app, chosen, because, lang)
    }
}

fn not_there(error: StoreError, field: &'static str, detail: &'static str) -> Problem {
    match error {
        StoreError::NotFound(_) => Problem::no_such(field, detail),
        error => error.into(),
    }
}

/// The stored mail with its text, as the viewer may know it.
pub(super) async fn whole(app: &App, row: &MailRow, viewer: &str) -> Result<Mail, Problem> {
    let raw = app.store.blob(row.sha256).await?;
    let mut mail = mails::blocking(move || mime::parse_undigested(&raw)).await?;
    if !app.store.is_in_mailbox_of(row.id, viewer).await? {
        mail.bcc.clear();
    }
    Ok(mail)
}

async fn similar(
    app: &App,
    inquiry: &Inquiry<'_>,
    proposed: AccessCode,
    viewer: &str,
    lang: Lang,
) -> Result<Vec<SimilarCase>, Problem> {
    let mut similar = Vec::new();
    let (cases, _) = suggestions::answer(app, inquiry, viewer, 2 * SHOWN).await?;
    for found in cases {
        let access = found.case.access.code;
        let status = found.case.status;
        let suggested = found.in_words(lang);
        let resembles = suggested.evidence.iter().any(|e| e.kind != ABOUT_THE_USER);
        if resembles && similar.len() < SHOWN {
            similar.push(SimilarCase {
                case: suggested,
                status,
                access,
                access_proposed: access.at_least(proposed),
            });
        }
    }
    Ok(similar)
}

impl PartyInWords {
    /// Whether this is the same party, as far as either tells.
    fn is(&self, party: &Party) -> bool {
        let same = |a: &Option<String>, b: &Option<String>| {
            a.as_ref()
                .zip(b.as_ref())
                .is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
        };
        same(&self.mail, &party.mail)
            || same(&self.identifier, &party.identifier)
            || self.name.to_lowercase() == party.name.to_lowercase()
    }

    fn on_like_case(party: &Party, lang: Lang) -> Self {
        let kind = PartyReason::OnLikeCase;
        Self {
            kind: party.kind,
            name: party.name.clone(),
            identifier: party.identifier.clone(),
            address: party.address.clone(),
            mail: party.mail.clone(),
            phone: None,
            title: None,
            organisation: None,
            proposed: false,
            reasons: vec![PartyReasonInWords {
                kind,
                text: kind.in_words(lang),
            }],
        }
    }

    fn of(party: ProposedParty, lang: Lang) -> Self {
        Self {
            proposed: true,
            kind: party.kind,
            name: party.name,
            identifier: party.identifier,
            address: party.address,
            mail: party.mail,
            phone: party.phone,
            title: party.title,
            organisation: party.organisation,
            reasons: party
                .because
                .into_iter()
                .map(|kind| PartyReasonInWords {
                    kind,
                    text: kind.in_words(lang),
                })
                .collect(),
        }
    }
}

impl AccessInWords {
    /// Sensitive content makes what was taken over stricter, never looser.
    fn of(proposal: &AccessProposal, model: &CaseAccess, viewer: &str, lang: Lang) -> Self {
        let list = match (model.is_restricted(), proposal.code) {
            (true, _) => Some(model.list.clone()),
            (false, AccessCode::Restricted) => Some(CaseAccess::of_users([viewer]).list),
            (false, AccessCode::Open) => None,
        };
        Self {
            code: proposal.code.at_least(model.code),
            list,
            reasons: proposal
                .findings
                .iter()
                .map(|finding| AccessReasonInWords {
                    category: finding.category,
                    count: finding.hits,
                    words: finding.words.clone(),
                    text: finding.in_words(lang),
                })
                .collect(),
        }
    }
}
