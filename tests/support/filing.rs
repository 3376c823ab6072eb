//! What the tests' house has chosen of filing without a click: threads are followed, marks have a known key.

use std::sync::Arc;

use sagspost::{
    config::{Filing, Follow},
    domain::{case_mark::MarkKey, direction::OwnDomains},
    mailbox::{TokenCache, mark::Marks},
    outbox::{Outbox, Post},
    store::Store,
    suggest::{Engine, Organisation},
    triage::FilingRules,
};

/// Whose Authentication-Results the tests' house believes.
pub const TRUSTED: &str = "mx.eksempelkommune.example";

pub fn key() -> MarkKey {
    MarkKey::new(&[7; 32])
}

pub fn rules() -> Arc<FilingRules> {
    rules_with(Follow::On)
}

pub fn rules_with(follow: Follow) -> Arc<FilingRules> {
    let settings = Filing {
        follow,
        address: "sag+{case}@eksempelkommune.example".to_owned(),
        trusted_server: TRUSTED.to_owned(),
    };
    Arc::new(FilingRules::new(&settings, key(), true))
}

/// The outbox of a house on this store, with real marks in mailboxes.
pub fn outbox(
    store: &Store,
    tokens: TokenCache,
    filing: Arc<FilingRules>,
    post: Option<Arc<Post>>,
) -> Outbox {
    let own = vec!["eksempelkommune.example".to_owned()];
    let organisation = Organisation {
        domains: OwnDomains::from(own),
        ..Organisation::default()
    };
    Outbox {
        marker: Arc::new(Marks::new(store.clone(), tokens)),
        engine: Arc::new(Engine::new(organisation)),
        filing,
        post,
        ..super::outbox::of(store)
    }
}

/// Does all that is due now.
pub async fn run(outbox: &Outbox) {
    while outbox.run_due().await.unwrap() + outbox.mail_due().await.unwrap() > 0 {}
}
