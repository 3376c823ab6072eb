//! `/suggestions/{mail_id}`: how the cases of a mail came to their order, to the last figure.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    App, Problem,
    extract::{Id, Language, Viewer},
    suggestions::{self, SuggestedCase},
};
use crate::{
    messages::Lang,
    suggest::{Counted, Inquiry, SHOWN, Signals},
};

#[derive(Serialize, ToSchema)]
pub(super) struct Explanation {
    mail_id: Uuid,
    /// Best first; empty when nothing speaks for any case.
    cases: Vec<ExplainedCase>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ExplainedCase {
    #[serde(flatten)]
    case: SuggestedCase,
    /// The contributions together; "none of them" has 0.
    score: f64,
    /// What weighs most first.
    counted: Vec<CountedFeature>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct CountedFeature {
    /// Stable, e.g. `sender_share`.
    feature: &'static str,
    /// How much of it the case has, from -1 to 1.
    value: f64,
    /// What it is worth, as learned from what people chose.
    weight: f64,
    /// Value times weight: what it adds to the score.
    contribution: f64,
}

/// Why a mail's cases are suggested: every feature that counted, with its weight
#[utoipa::path(get, path = "/api/v1/suggestions/{mail_id}", tag = "suggestions", params(("mail_id" = Uuid, Path)),
    responses((status = OK, body = Explanation), (status = NOT_FOUND, body = super::problem::ProblemBody)))]
pub(super) async fn explain(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(mail_id): Id,
) -> Result<Json<Explanation>, Problem> {
    let row = app.store.mail(mail_id, viewer.rights()).await?;
    let signals = Signals::of_row(&row);
    let inquiry = Inquiry::of_row(&row, &signals);
    let (cases, _) = suggestions::answer(&app, &inquiry, viewer.rights(), SHOWN).await?;
    Ok(Json(Explanation {
        mail_id,
        cases: cases
            .into_iter()
            .map(|found| ExplainedCase::of(found, lang))
            .collect(),
    }))
}

impl ExplainedCase {
    fn of(mut found: suggestions::Found, lang: Lang) -> Self {
        let counted = std::mem::take(&mut found.suggestion.counted);
        Self {
            case: found.in_words(lang),
            score: counted.iter().map(Counted::contribution).sum(),
            counted: counted.iter().map(CountedFeature::of).collect(),
        }
    }
}

impl CountedFeature {
    fn of(counted: &Counted) -> Self {
        Self {
            feature: counted.feature,
            value: counted.value,
            weight: counted.weight,
            contribution: counted.contribution(),
        }
    }
}
