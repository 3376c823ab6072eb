//! The outbox over a store and the built-in cases, with no mailbox to mark.

use std::sync::Arc;

use futures::future::BoxFuture;
use sagspost::{
    cases::BuiltIn,
    documents::reader::Reader,
    domain::case_number::Template,
    outbox::{MarkError, Marker, Outbox},
    store::{MarkPayload, Store},
    suggest::Engine,
};

struct NoMarks;

impl Marker for NoMarks {
    fn mark(&self, _: MarkPayload, _: bool) -> BoxFuture<'_, Result<(), MarkError>> {
        Box::pin(async { Ok(()) })
    }
}

pub fn of(store: &Store, engine: Arc<Engine>) -> Outbox {
    Outbox {
        store: store.clone(),
        case_system: Arc::new(BuiltIn {
            store: store.clone(),
            numbers: Template::parse("{year}-{seq:5}").unwrap(),
        }),
        scanner: super::scanner::none(),
        marker: Arc::new(NoMarks),
        reader: Reader::of(env!("CARGO_BIN_EXE_sagspost").into()),
        engine,
        filing: super::filing::rules(),
        post: None,
    }
}
