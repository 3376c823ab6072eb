//! The outbox over a store, as a test takes it: the built-in cases, nothing scanned, no mail out, and no mailbox to mark.
//! What a test is about it puts in place: `Outbox { marker, ..outbox::of(store) }`.

use std::sync::Arc;

use futures::future::BoxFuture;
use sagspost::{
    cases::BuiltIn,
    documents::reader::Reader,
    domain::case_number::Template,
    mailbox::mark::Marks,
    outbox::{MarkError, Marker, Outbox},
    store::{MarkPayload, Store},
    suggest::{Engine, Organisation},
};

use super::house::House;

struct NoMarks;

impl Marker for NoMarks {
    fn mark(&self, _: MarkPayload, _: bool) -> BoxFuture<'_, Result<(), MarkError>> {
        Box::pin(async { Ok(()) })
    }
}

pub fn of(store: &Store) -> Outbox {
    Outbox {
        store: store.clone(),
        case_system: Arc::new(BuiltIn {
            store: store.clone(),
            numbers: Template::parse("{year}-{seq:5}").unwrap(),
        }),
        scanner: super::scanner::none(),
        marker: Arc::new(NoMarks),
        reader: Reader::of(env!("CARGO_BIN_EXE_sagspost").into()),
        engine: Arc::new(Engine::new(Organisation::default())),
        filing: super::filing::rules(),
        post: None,
    }
}

/// Marks that are shown in the mailboxes of a house.
pub fn marks(house: &House) -> Arc<dyn Marker> {
    Arc::new(Marks::new(house.store().clone(), house.tokens.clone()))
}
