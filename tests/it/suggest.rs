//! The suggestion engine beside the store, on both databases: built from it, kept up by its events.

use chrono::Duration;
use sagspost::domain::access::Onlooker;
use sagspost::{
    domain::{case::CaseStatus, direction::OwnDomains},
    store::Store,
    suggest::{Engine, Evidence, Organisation, Signals},
};
use uuid::Uuid;

use crate::support::store::{
    add_case, batch, case, day, eml, file_mail, mailbox, open, sqlite, user,
};

fn engine() -> Engine {
    Engine::new(Organisation {
        domains: OwnDomains::from(vec!["eksempelkommune.example".to_owned()]),
        ..Organisation::default()
    })
}

/// Stores a mail with its signals, as ingest does: (mail, signals).
async fn store_mail(
    store: &Store,
    engine: &Engine,
    place: (Uuid, Uuid),
    uid: u32,
    raw: Vec<u8>,
) -> (Uuid, Signals) {
    let mut batch = batch(place.0, place.1, uid, &[raw]);
    batch.mails[0].signals = engine.signals(&batch.mails[0].mail).to_value();
    let stored = store.commit_batch(&batch, day(2)).await.unwrap()[0];
    let row = store.mail_unchecked(stored.id).await.unwrap();
    (stored.id, Signals::kept(&row.signals, row.thread_id))
}

async fn follow(store: &Store, engine: &Engine, from: i64) -> i64 {
    let events = store.events_after(from, 100).await.unwrap();
    for event in &events {
        engine.apply(store, &event.kind).await.unwrap();
    }
    events.last().map_or(from, |event| event.id)
}

async fn test(store: &Store) {
    user(store, "birthe.lund").await;
    let place = mailbox(store, "birthe", &["birthe.lund"]).await;
    let engine = engine();
    let loaded = engine.load(store).await.unwrap();
    assert!(engine.is_loaded() && loaded.cases == 0);

    // A case that is made and a mail that is filed after the start are known by their events.
    let hedge = add_case(store, case("Nabostrid om hæk")).await;
    let other = add_case(store, case("Svømmehallens åbningstider")).await;
    let (first, _) = store_mail(store, &engine, place, 1, eml("a@x", "Vores nabo", &[])).await;
    let reply = eml("b@x", "Et helt andet emne", &["In-Reply-To: <a@x>"]);
    let (_, question) = store_mail(store, &engine, place, 2, reply).await;
    let entry = file_mail(store, first, hedge.id, "birthe.lund").await;
    let position = follow(store, &engine, loaded.last_event).await;
    assert_eq!(engine.size(), (2, 1));
    let suggestions = engine.suggest(&question, &Onlooker::alone("birthe.lund"), day(4), 5);
    assert_eq!(suggestions[0].case_id, hedge.id);
    assert!(
        suggestions[0]
            .evidence
            .contains(&Evidence::SameThread { mails: 1 })
    );

    // Events that come again change nothing, and a process that starts later knows the same.
    follow(store, &engine, loaded.last_event).await;
    let restarted = self::engine();
    let again = restarted.load(store).await.unwrap();
    assert_eq!((again.cases, again.filings), (2, 1));
    for process in [&engine, &restarted] {
        assert_eq!(
            process.suggest(&question, &Onlooker::alone("birthe.lund"), day(4), 5),
            suggestions
        );
    }

    // What is undone is forgotten; a closed case sinks.
    store
        .undo_entry(
            entry,
            "birthe.lund",
            Duration::days(30),
            |_| Vec::new(),
            day(4),
        )
        .await
        .unwrap();
    store
        .set_case_status(hedge.id, CaseStatus::Closed, None, "birthe.lund", day(4))
        .await
        .unwrap();
    follow(store, &engine, position).await;
    assert_eq!(engine.size(), (2, 0));
    let after_undo = engine.suggest(&question, &Onlooker::alone("birthe.lund"), day(4), 5);
    assert!(after_undo.iter().all(|s| s.case_id != other.id));
    assert!(
        after_undo
            .iter()
            .all(|s| s.confidence < suggestions[0].confidence)
    );
    let fresh = self::engine();
    fresh.load(store).await.unwrap();
    assert_eq!(
        fresh.suggest(&question, &Onlooker::alone("birthe.lund"), day(4), 5),
        after_undo
    );
}

#[tokio::test]
async fn filings_are_learned_and_undone_by_events_on_sqlite() {
    let store = sqlite().await;
    test(&store).await;
}

#[tokio::test]
async fn filings_are_learned_and_undone_by_events_on_postgres() {
    let database = crate::support::postgres::database().await;
    let store = open(database.url(), tempfile::tempdir().unwrap()).await;
    test(&store).await;
    store.close().await;
}
