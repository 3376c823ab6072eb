//! A store on each database, and builders for what tests put into it.

use bytes::Bytes;
use chrono::{DateTime, TimeZone, Utc};
use sagspost::{
    domain::{
        access::CaseAccess,
        case::{Case, CaseStatus},
        mail::Sha256,
    },
    mime,
    store::{
        Batch, Blobs, BlobsAt, FiledMail, Following, NewCase, NewEntry, NewMail, Place, Store, User,
    },
};
use uuid::Uuid;

/// A fresh, migrated store; its files go when this is dropped.
pub struct TestStore {
    pub store: Store,
    url: String,
    _folder: tempfile::TempDir,
}

impl TestStore {
    /// Where its database is, for what is to be done around Sagspost.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl std::ops::Deref for TestStore {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.store
    }
}

pub async fn sqlite() -> TestStore {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("sagspost.db").display());
    open(&url, folder).await
}

/// A store on the database at `url`, with blobs in a folder of its own.
pub async fn open(url: &str, folder: tempfile::TempDir) -> TestStore {
    let blobs = Blobs::open(&BlobsAt::Folder(folder.path().join("blobs"))).unwrap();
    let store = Store::open(url, blobs).await.unwrap();
    store.migrate().await.unwrap();
    TestStore {
        store,
        url: url.to_owned(),
        _folder: folder,
    }
}

/// Noon of a day in March 2026.
pub fn day(day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, day, 11, 0, 0).unwrap()
}

pub async fn user(store: &Store, name: &str) -> String {
    let user = User {
        name: name.to_owned(),
        display_name: name.to_owned(),
        mail: None,
        unit: None,
    };
    store.save_user(&user, day(1)).await.unwrap();
    name.to_owned()
}

/// A mailbox with one folder, seen by these users: (mailbox, folder).
pub async fn mailbox(store: &Store, name: &str, users: &[&str]) -> (Uuid, Uuid) {
    let users: Vec<String> = users.iter().map(|user| (*user).to_owned()).collect();
    let id = store
        .add_mailbox(name, &serde_json::json!({}), &users, day(1))
        .await
        .unwrap();
    let folder = store.ensure_folder(id, "INBOX", day(1)).await.unwrap();
    store.set_folder_position(folder, 1, None, 0).await.unwrap();
    (id, folder)
}

pub fn case(title: &str) -> NewCase {
    NewCase {
        number: None,
        title: title.to_owned(),
        kle: None,
        facet: None,
        responsible: None,
        unit: None,
        access: CaseAccess::open(),
        parties: Vec::new(),
        status: CaseStatus::Open,
        created_at: day(1),
        request: None,
    }
}

pub async fn add_case(store: &Store, new: NewCase) -> Case {
    store
        .create_case(&new, "system", |year, n| format!("{year}-{n:05}"), day(1))
        .await
        .unwrap()
}

/// A mail of few words; `headers` are whole lines.
pub fn eml(message_id: &str, subject: &str, headers: &[&str]) -> Vec<u8> {
    let mut text = format!(
        "Message-ID: <{message_id}>\r\nFrom: Gerda Borger <gerda@borger.example>\r\n\
         To: birthe.lund@eksempelkommune.example\r\nDate: Mon, 2 Mar 2026 10:00:00 +0100\r\nSubject: {subject}\r\n"
    );
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    text.push_str("\r\nGod dag. Hækken ved nabogrunden er for høj.\r\n");
    text.into_bytes()
}

/// A batch of mails lying in one folder from UID `first_uid` on.
pub fn batch(mailbox_id: Uuid, folder_id: Uuid, first_uid: u32, raws: &[Vec<u8>]) -> Batch {
    let mut bytes = Vec::new();
    let mut mails = Vec::new();
    for (uid, raw) in (first_uid..).zip(raws) {
        let start = bytes.len();
        bytes.extend_from_slice(raw);
        let mail = mime::parse(raw);
        let thread = mime::thread::of(&mail);
        mails.push(NewMail {
            range: start..bytes.len(),
            sha256: Sha256::of(raw),
            fingerprint: mime::fingerprint(raw, &mail),
            thread_keys: thread.keys,
            base_subject: thread.base_subject,
            threads_by_subject: thread.by_subject,
            mail,
            signals: serde_json::json!({}),
            received_at: day(2),
            incomplete_reason: None,
            chosen_case: None,
            place: Some(Place {
                folder_id,
                uidvalidity: 1,
                uid,
                flags: Vec::new(),
                mark_due: true,
            }),
        });
    }
    Batch {
        mailbox_id,
        bytes: Bytes::from(bytes),
        mails,
        lease: None,
    }
}

/// Files a mail on a case, without documents and jobs: the entry.
pub async fn file_mail(store: &Store, mail_id: Uuid, case_id: Uuid, by: &str) -> Uuid {
    let row = store.mail_unchecked(mail_id).await.unwrap();
    let id = Uuid::now_v7();
    let entry = NewEntry {
        id,
        mail: Some(FiledMail {
            id: mail_id,
            fingerprint: row.fingerprint,
        }),
        case_id,
        only_for: None,
        created_by: by.to_owned(),
        idempotency_key: id.to_string(),
        request_hash: [0; 32],
        type_lessons: None,
        suggestion_lesson: None,
        following: Following::Untouched,
        case_kle: None,
        documents: Vec::new(),
        jobs: Vec::new(),
    };
    store.commit_entry(&entry, day(3)).await.unwrap().id
}
