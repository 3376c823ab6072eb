//! `/cases/proposal`: the case that a mail calls for, filled in as far as the mail tells, and cases that resemble it.

use axum::{Json as JsonBody, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    App, Problem,
    extract::{Json, Language, Viewer},
    kle::{SuggestedSubject, subjects_for},
    mails, suggestions,
};
use crate::{
    domain::{
        access::{AccessCode, Allowed, CaseAccess},
        case::{CaseStatus, PartyKind},
        mail::Mail,
    },
    messages::Lang,
    mime,
    store::MailRow,
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
    /// You.
    responsible: String,
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
    Ok(JsonBody(CaseProposal {
        mail_id: row.id,
        title: described.title,
        kle: subjects_for(&app, &subject, viewer.rights(), lang).await?,
        parties: parties
            .into_iter()
            .map(|party| PartyInWords::of(party, lang))
            .collect(),
        similar_cases: similar(&app, &inquiry, access.code, viewer.rights(), lang).await?,
        access: AccessInWords::of(&access, viewer.rights(), lang),
        responsible: viewer.rights().to_owned(),
    }))
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
    fn of(party: ProposedParty, lang: Lang) -> Self {
        Self {
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
    fn of(proposal: &AccessProposal, viewer: &str, lang: Lang) -> Self {
        Self {
            code: proposal.code,
            list: (proposal.code == AccessCode::Restricted)
                .then(|| CaseAccess::of_users([viewer]).list),
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
