//! The call that an act is part of: where it came from and why, told once for all that happens within.
//!
//! It travels beside the arguments (as a task's own value), since every act would otherwise pass it on only to hand it to
//! the log. What runs in no call is the house's own work.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};
use uuid::Uuid;

tokio::task_local! {
    static CALL: Arc<Call>;
}

/// Where a call came from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    pub address: Option<String>,
    pub agent: Option<String>,
    pub request: Option<String>,
}

/// One call, and what became known of it on the way.
#[derive(Debug, Default)]
pub struct Call {
    origin: Origin,
    noted: Mutex<Noted>,
}

#[derive(Clone, Debug, Default)]
struct Noted {
    actor: Option<String>,
    on_behalf_of: Option<String>,
    why: Option<String>,
    subject: Option<(&'static str, String)>,
    case_id: Option<Uuid>,
    detail: Map<String, Value>,
    acted: bool,
}

impl Call {
    pub fn new(origin: Origin) -> Arc<Self> {
        Arc::new(Self {
            origin,
            noted: Mutex::default(),
        })
    }

    /// Runs something as part of this call.
    pub async fn scope<F: Future>(self: Arc<Self>, work: F) -> F::Output {
        CALL.scope(self, work).await
    }

    /// The call at hand, if any.
    pub fn current() -> Option<Arc<Self>> {
        CALL.try_with(Arc::clone).ok()
    }

    /// Who calls, and for whom.
    pub fn note_actor(actor: &str, on_behalf_of: Option<&str>) {
        note(|noted| {
            noted.actor = Some(actor.to_owned());
            noted.on_behalf_of = on_behalf_of.map(str::to_owned);
        });
    }

    /// Why they do it.
    pub fn note_why(why: &str) {
        note(|noted| noted.why = Some(why.to_owned()));
    }

    /// What it turned out to be about, where the address does not say.
    pub fn note_subject(kind: &'static str, id: impl ToString) {
        note(|noted| noted.subject = Some((kind, id.to_string())));
    }

    pub fn note_case(case_id: Uuid) {
        note(|noted| noted.case_id = Some(case_id));
    }

    /// Ids and counts; never content.
    pub fn note_detail(name: &str, value: impl Into<Value>) {
        note(|noted| {
            noted.detail.insert(name.to_owned(), value.into());
        });
    }

    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    pub fn actor(&self) -> Option<String> {
        self.noted().actor
    }

    pub fn on_behalf_of(&self) -> Option<String> {
        self.noted().on_behalf_of
    }

    pub fn why(&self) -> Option<String> {
        self.noted().why
    }

    pub fn subject(&self) -> Option<(&'static str, String)> {
        self.noted().subject
    }

    pub fn case_id(&self) -> Option<Uuid> {
        self.noted().case_id
    }

    pub fn detail(&self) -> Value {
        Value::Object(self.noted().detail)
    }

    /// Whether an act within it wrote a record of its own.
    pub fn has_acted(&self) -> bool {
        self.noted().acted
    }

    pub(super) fn note_act(&self) {
        self.noted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .acted = true;
    }

    fn noted(&self) -> Noted {
        self.noted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn note(change: impl FnOnce(&mut Noted)) {
    if let Some(call) = Call::current() {
        change(&mut call.noted.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
