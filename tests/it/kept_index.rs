//! The suggestion index between two starts of the service, on both databases: kept in a file that is never trusted.

use sagspost::domain::access::Onlooker;
use std::path::Path;
use std::sync::Arc;

use sagspost::{
    domain::case::Case,
    store::Store,
    suggest::{Engine, Organisation, Signals, Suggestion},
};
use uuid::Uuid;

use crate::support::store::{add_case, batch, case, day, eml, file_mail, mailbox, user};

fn engine(folder: &Path) -> Arc<Engine> {
    Arc::new(Engine::new(Organisation::default()).kept_in(folder.join("suggestions.index")))
}

/// Cases, a mail that was filed, and one that resembles it.
struct House {
    hedge: Case,
    question: Signals,
    place: (Uuid, Uuid),
}

async fn house(store: &Store) -> House {
    user(store, "birthe").await;
    let place = mailbox(store, "birthe", &["birthe"]).await;
    let hedge = add_case(store, case("Nabostrid om hæk")).await;
    add_case(store, case("Svømmehallens åbningstider")).await;
    let first = store_mail(store, place, 1, eml("a@x", "Vores nabo", &[])).await;
    file_mail(store, first, hedge.id, "birthe").await;
    let reply = eml("b@x", "Noget andet", &["In-Reply-To: <a@x>"]);
    let second = store_mail(store, place, 2, reply).await;
    let row = store.mail_unchecked(second).await.unwrap();
    House {
        hedge,
        question: Signals::of_row(&row),
        place,
    }
}

async fn store_mail(store: &Store, place: (Uuid, Uuid), uid: u32, raw: Vec<u8>) -> Uuid {
    let mut batch = batch(place.0, place.1, uid, &[raw]);
    let signals = Engine::new(Organisation::default()).signals(&batch.mails[0].mail);
    batch.mails[0].signals = signals.to_value();
    store.commit_batch(&batch, day(2)).await.unwrap()[0].id
}

fn suggested(engine: &Engine, house: &House) -> Vec<Suggestion> {
    engine.suggest(&house.question, &Onlooker::alone("birthe"), day(4), 5)
}

/// A service that ran, kept its index and stopped: where it kept it, and what it suggested.
async fn kept(store: &Store, house: &House) -> (tempfile::TempDir, Vec<Suggestion>) {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    let loaded = engine.load(store).await.unwrap();
    assert!(!loaded.from_snapshot && loaded.filings == 1);
    engine.keep(store, loaded.last_event).await.unwrap();
    let suggestions = suggested(&engine, house);
    assert_eq!(suggestions[0].case_id, house.hedge.id);
    (folder, suggestions)
}

on_both! {
    a_restart_knows_the_same_and_follows_from_where_it_was_kept(store) {
        let house = house(store).await;
        let (folder, before) = kept(store, &house).await;
        let third = store_mail(store, house.place, 3, eml("c@x", "Hækken igen", &[])).await;
        file_mail(store, third, house.hedge.id, "birthe").await;

        let restarted = engine(folder.path());
        let loaded = restarted.load(store).await.unwrap();
        assert!(loaded.from_snapshot && loaded.filings == 1, "{loaded:?}");
        assert_eq!(suggested(&restarted, &house), before);
        for event in store.events_after(loaded.last_event, 100).await.unwrap() {
            restarted.apply(store, &event.kind).await.unwrap();
        }
        let anew = Engine::new(Organisation::default());
        anew.load(store).await.unwrap();
        assert_eq!((restarted.size(), anew.size()), ((2, 2), (2, 2)));
        assert_eq!(suggested(&restarted, &house), suggested(&anew, &house));
    }

    a_damaged_file_is_not_used_and_the_index_is_built_anew(store) {
        let house = house(store).await;
        let (folder, before) = kept(store, &house).await;
        let file = folder.path().join("suggestions.index");
        let whole = std::fs::read(&file).unwrap();
        let first_section = whole.iter().position(|byte| *byte == b'\n').unwrap() + 41;
        let changed = |at: usize| {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x04;
            bytes
        };
        let wrong = [
            changed(3),
            changed(first_section),
            changed(first_section + 30),
            changed(whole.len() / 2),
            changed(whole.len() - 1),
            whole[..whole.len() - 1].to_vec(),
            whole[..first_section].to_vec(),
            Vec::new(),
        ];
        for (n, bytes) in wrong.into_iter().enumerate() {
            std::fs::write(&file, bytes).unwrap();
            let restarted = engine(folder.path());
            let loaded = restarted.load(store).await.unwrap();
            assert!(!loaded.from_snapshot, "{n}");
            assert_eq!(suggested(&restarted, &house), before, "{n}");
        }
    }

    the_file_of_another_database_is_not_used(store) {
        let elsewhere = crate::support::store::sqlite().await;
        let other = house(&elsewhere).await;
        let (folder, _) = kept(&elsewhere, &other).await;
        let house = house(store).await;
        let restarted = engine(folder.path());
        assert!(!restarted.load(store).await.unwrap().from_snapshot);
        assert_eq!(suggested(&restarted, &house)[0].case_id, house.hedge.id);
    }

    the_file_is_its_owners_alone(store) {
        use std::os::unix::fs::PermissionsExt as _;
        let house = house(store).await;
        let (folder, _) = kept(store, &house).await;
        let file = std::fs::metadata(folder.path().join("suggestions.index")).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }
}
