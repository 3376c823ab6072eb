//! What nobody can see any more is put away, and nothing else.

use bytes::Bytes;
use chrono::{Duration, Utc};
use sagspost::{
    domain::mail::Sha256,
    store::{Store, StoreError, Tidied},
};
use uuid::Uuid;

use crate::store::file;
use crate::support::store::{add_case, batch, case, day, eml, mailbox, user};

const KEEP: Duration = Duration::days(30);

/// Three mails in Birthe's mailbox, the last one the smallest; their ids, the mailbox, and their bytes.
async fn three_mails(store: &Store) -> (Vec<Uuid>, Uuid, Vec<Vec<u8>>) {
    user(store, "birthe").await;
    let (mailbox, folder) = mailbox(store, "leder", &["birthe"]).await;
    let long = format!("X-Fyld: {}", "a".repeat(900));
    let raws = vec![
        eml("1@x", "Hegn", &[&long]),
        eml("2@x", "Støj", &[&long]),
        eml("3@x", "Skel", &[]),
    ];
    let stored = store
        .commit_batch(&batch(mailbox, folder, 1, &raws), day(2))
        .await
        .unwrap();
    (stored.iter().map(|mail| mail.id).collect(), mailbox, raws)
}

on_both! {
    a_mail_that_lies_nowhere_is_kept_for_a_while_and_then_removed_with_its_bytes(store) {
        let (_, mailbox, raws) = three_mails(store).await;
        store.remove_mailbox(mailbox).await.unwrap();
        assert_eq!(store.tidy(KEEP, day(3)).await.unwrap(), Tidied::default());
        assert_eq!(store.blob(Sha256::of(&raws[0])).await.unwrap(), raws[0]);

        let done = store.tidy(KEEP, day(3) + KEEP).await.unwrap();
        assert_eq!((done.mails_removed, done.objects_removed), (3, 0));
        let done = store.tidy(KEEP, day(6) + KEEP).await.unwrap();
        assert_eq!((done.mails_removed, done.objects_removed), (0, 1));
        assert_eq!(store.mail_count().await.unwrap(), 0);
        let gone = store.blob(Sha256::of(&raws[0])).await;
        assert!(matches!(gone, Err(StoreError::NotFound(_))), "{gone:?}");
    }

    a_journaled_mail_of_a_removed_mailbox_stays_and_its_object_shrinks_to_it(store) {
        let (ids, mailbox, raws) = three_mails(store).await;
        let case = add_case(store, case("Skelsag")).await;
        file(store, ids[2], case.id, "birthe", "key").await.unwrap();
        store.remove_mailbox(mailbox).await.unwrap();
        store.tidy(KEEP, day(3)).await.unwrap();

        let done = store.tidy(KEEP, day(3) + KEEP).await.unwrap();
        assert_eq!((done.mails_removed, done.objects_rewritten), (2, 1));
        assert_eq!(store.blob(Sha256::of(&raws[2])).await.unwrap(), raws[2]);
        assert_eq!(store.mail(ids[2], "birthe").await.unwrap().envelope.subject, "Skel");
        let done = store.tidy(KEEP, day(6) + KEEP).await.unwrap();
        assert_eq!(done, Tidied { objects_removed: 1, ..Tidied::default() });
        assert_eq!(store.blob(Sha256::of(&raws[2])).await.unwrap(), raws[2]);
    }

    a_mail_that_is_found_again_in_time_is_kept(store) {
        let (ids, removed, raws) = three_mails(store).await;
        store.remove_mailbox(removed).await.unwrap();
        store.tidy(KEEP, day(3)).await.unwrap();
        let (again, folder) = mailbox(store, "leder igen", &["birthe"]).await;
        let stored = store.commit_batch(&batch(again, folder, 1, &raws), day(4)).await.unwrap();
        assert_eq!(stored[0].id, ids[0]);
        assert_eq!(store.tidy(KEEP, day(3) + KEEP).await.unwrap(), Tidied::default());
    }

    a_removed_mail_can_come_again_as_new(store) {
        let (ids, removed, raws) = three_mails(store).await;
        store.remove_mailbox(removed).await.unwrap();
        store.tidy(KEEP, day(3)).await.unwrap();
        store.tidy(KEEP, day(3) + KEEP).await.unwrap();
        let (again, folder) = mailbox(store, "leder igen", &["birthe"]).await;
        let stored = store.commit_batch(&batch(again, folder, 1, &raws), day(4)).await.unwrap();
        assert!(stored[0].new && stored[0].id != ids[0]);
        assert_eq!(store.blob(Sha256::of(&raws[0])).await.unwrap(), raws[0]);
    }

    bytes_that_no_row_names_go_after_a_week_and_others_stay(store) {
        let (_, _, raws) = three_mails(store).await;
        let orphan = Uuid::now_v7();
        store.blobs().put(orphan, Bytes::from_static(b"half a batch")).await.unwrap();
        assert_eq!(store.remove_orphans(Utc::now()).await.unwrap(), 0);
        assert_eq!(store.remove_orphans(Utc::now() + Duration::days(8)).await.unwrap(), 1);
        assert!(store.blobs().get(orphan, 0..4).await.is_err());
        assert_eq!(store.blob(Sha256::of(&raws[0])).await.unwrap(), raws[0]);
    }
}
