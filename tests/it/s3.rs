//! Blobs in an S3 bucket: the same promises as in a folder.

use chrono::{Duration, Utc};
use sagspost::domain::mail::Sha256;
use sagspost::store::{BlobError, Blobs, BlobsAt, Master, Store, StoreError};
use tempfile::TempDir;

use crate::store::file;
use crate::support::s3::S3;
use crate::support::store::{add_case, batch, case, day, eml, mailbox, user};

async fn store_on(s3: &S3) -> (Store, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("sagspost.db").display());
    let store = Store::open(&url, Blobs::open(&s3.blobs()).unwrap())
        .await
        .unwrap();
    store.migrate().await.unwrap();
    user(&store, "birthe").await;
    (store, folder)
}

fn with_attachment() -> Vec<u8> {
    let mut mail = String::from_utf8(eml(
        "bilag@x",
        "Tegning",
        &[
            "MIME-Version: 1.0",
            "Content-Type: multipart/mixed; boundary=b",
        ],
    ))
    .unwrap();
    mail.push_str(
        "--b\r\nContent-Type: text/plain\r\n\r\nSe bilag\r\n--b\r\nContent-Type: application/pdf; name=\"kort.pdf\"\r\n\
         Content-Disposition: attachment\r\n\r\n%PDF-kort\r\n--b--\r\n",
    );
    mail.into_bytes()
}

#[tokio::test]
async fn a_batch_is_one_object_and_each_mail_is_read_out_of_it() {
    let s3 = S3::start().await;
    let (store, _folder) = store_on(&s3).await;
    let (leader, inbox) = mailbox(&store, "leder", &["birthe"]).await;
    let raws: Vec<_> = (0..20)
        .map(|n| eml(&format!("{n}@x"), "Hæk", &[]))
        .collect();
    store
        .commit_batch(&batch(leader, inbox, 1, &raws), day(2))
        .await
        .unwrap();
    assert_eq!(s3.object_count(), 1);
    for raw in &raws {
        assert_eq!(store.blob(Sha256::of(raw)).await.unwrap(), raw);
    }
}

#[tokio::test]
async fn a_journaled_attachment_has_a_copy_of_its_own_and_survives_its_mailbox() {
    let s3 = S3::start().await;
    let (store, _folder) = store_on(&s3).await;
    let (leader, inbox) = mailbox(&store, "leder", &["birthe"]).await;
    let large = eml("stor@x", "Stor", &[&format!("X-Fyld: {}", "a".repeat(900))]);
    let raws = [with_attachment(), large];
    let stored = store
        .commit_batch(&batch(leader, inbox, 1, &raws), day(2))
        .await
        .unwrap();
    let case = add_case(&store, case("Byggesag")).await;
    file(&store, stored[0].id, case.id, "birthe", "key")
        .await
        .unwrap();
    assert_eq!(s3.object_count(), 2);
    store.remove_mailbox(leader).await.unwrap();
    store.tidy(Duration::zero(), day(3)).await.unwrap();
    store.tidy(Duration::zero(), day(9)).await.unwrap();
    assert_eq!(s3.object_count(), 2, "the rewritten batch and the copy");
    assert_eq!(store.blob(Sha256::of(&raws[0])).await.unwrap(), raws[0]);
    assert_eq!(
        store.blob(Sha256::of(b"%PDF-kort")).await.unwrap(),
        "%PDF-kort"
    );
    assert_eq!(
        store
            .remove_orphans(Utc::now() + Duration::days(8))
            .await
            .unwrap(),
        0
    );
}

#[tokio::test]
async fn a_wrong_secret_is_an_error_that_says_so_and_shows_no_secret() {
    let s3 = S3::start().await;
    let blobs = Blobs::open(&s3.blobs_with_secret("forkert-hemmelighed")).unwrap();
    let error = blobs.probe().await.unwrap_err();
    assert!(matches!(error, BlobError::Write(_)), "{error}");
    let text = format!("{error} {error:?}");
    assert!(!text.contains("forkert-hemmelighed"), "{text}");
}

#[tokio::test]
async fn a_server_that_is_away_is_worth_another_try() {
    let s3 = S3::start().await;
    let (store, _folder) = store_on(&s3).await;
    let BlobsAt::S3 {
        bucket,
        region,
        access_key_id,
        secret_access_key,
        ..
    } = s3.blobs()
    else {
        panic!("an S3 server has S3 blobs");
    };
    let nobody = BlobsAt::S3 {
        endpoint: Some(format!("http://127.0.0.1:{}", crate::support::free_port())),
        bucket,
        region,
        access_key_id,
        secret_access_key,
    };
    let error = StoreError::from(Blobs::open(&nobody).unwrap().probe().await.unwrap_err());
    assert!(error.is_transient(), "{error}");
    assert!(store.blobs().probe().await.is_ok());
}

#[tokio::test]
async fn what_is_large_and_encrypted_goes_in_parts_and_comes_back_whole() {
    let s3 = S3::start().await;
    let (store, _folder) = store_on(&s3).await;
    let store = store.with_master(Master::keys(&"ab".repeat(32), None).unwrap());
    let (leader, inbox) = mailbox(&store, "leder", &["birthe"]).await;
    for (uid, mebibytes) in [(1, 1), (2, 8), (3, 17)] {
        let mut raw = eml(
            &format!("{uid}@x"),
            "Film",
            &["Content-Type: application/octet-stream"],
        );
        raw.resize(raw.len() + (mebibytes << 20), b'x');
        let one = batch(leader, inbox, uid, std::slice::from_ref(&raw));
        store.commit_batch(&one, day(2)).await.unwrap();
        assert!(
            store.blob(Sha256::of(&raw)).await.unwrap() == raw,
            "{mebibytes}"
        );
    }
    assert_eq!(s3.object_count(), 3);
}
