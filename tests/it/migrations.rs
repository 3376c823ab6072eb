//! Each migration runs on data of the version before it and loses nothing.
//!
//! A new migration gets a function of its own here, which fills a database as the version before wrote it.

use chrono::Duration;
use sagspost::domain::access::Level;
use sagspost::store::{
    AuditFilter, Blobs, BlobsAt, CaseRequest, MailFilter, NewCase, Store, StoreError,
};
use sqlx::Connection as _;
use uuid::Uuid;

use crate::support::store::{case, day};

const MAIL: Uuid = Uuid::from_u128(6);
const CASE: Uuid = Uuid::from_u128(7);
const RESTRICTED_CASE: Uuid = Uuid::from_u128(8);

/// What version 1 held: a mail with an attachment in Birthe's mailbox, journaled on a case, which is on record.
fn version_1(literals: &Literals) -> String {
    format!(
        "{}
         insert into audit (at, actor, action, subject_kind, subject_id, detail)
         values ('2026-03-02T11:00:00+00:00', 'birthe', 'journal', 'entry', '5', '{{\"documents\":1}}');",
        mail_on_a_case(literals)
    )
}

fn mail_on_a_case(literals: &Literals) -> String {
    let id = |number| (literals.id)(number);
    let hash = |byte| (literals.hash)(byte);
    let envelope = format!(
        r#"{{"message_id":"a@x","in_reply_to":[],"references":[],"date":"2026-03-02T09:00:00Z","from":[{{"address":"gerda@borger.example"}}],
           "to":[],"cc":[],"bcc":[],"subject":"Hæk","text":"","kind":"personal","warnings":[],
           "attachments":[{{"name":"kort.pdf","media_type":"application/pdf","size":9,"sha256":"{}","inline":false}}]}}"#,
        "ab".repeat(32)
    );
    let at = "'2026-03-02T11:00:00+00:00'";
    format!(
        "insert into users (name, display_name, created_at) values ('birthe', 'Birthe Lund', {at});
         insert into mailboxes (id, name, settings, state_at, created_at) values ({mailbox}, 'leder', '{{}}', {at}, {at});
         insert into mailbox_access (mailbox_id, user_name) values ({mailbox}, 'birthe');
         insert into folders (id, mailbox_id, name, uidvalidity, state_at) values ({folder}, {mailbox}, 'INBOX', 1, {at});
         insert into blob_objects (id, byte_length, created_at) values ({object}, 900, {at});
         insert into blobs (sha256, object_id, byte_offset, byte_length) values ({sha256}, {object}, 0, 900);
         insert into threads (id) values ({thread});
         insert into mails (id, sha256, fingerprint, message_id, thread_id, subject, base_subject, from_address, received_at,
           kind, byte_length, preview, envelope, signals, stored_at)
         values ({mail}, {sha256}, {sha256}, 'a@x', {thread}, 'Hæk', 'hæk', 'gerda@borger.example', {at}, 'personal', 900,
           'God dag', '{envelope}', '{{}}', {at});
         insert into mail_locations (folder_id, uidvalidity, uid, mail_id, mailbox_id, flags)
         values ({folder}, 1, 1, {mail}, {mailbox}, '[]');
         insert into cases (id, number, title, status, restricted, created_at, search_text)
         values ({case}, '2026-00001', 'Hegn', 'open', false, {at}, 'hegn');
         insert into entries (id, mail_id, fingerprint, case_id, state, created_by, created_at, idempotency_key, request_hash)
         values ({entry}, {mail}, {sha256}, {case}, 'delivered', 'birthe', {at}, 'key', {sha256});",
        mailbox = id(1),
        folder = id(2),
        object = id(3),
        thread = id(4),
        entry = id(5),
        mail = id(6),
        case = id(7),
        sha256 = hash(0xcd),
    )
}

/// What version 13 held, beside: a case for Birthe alone, and Ib, who runs the service.
fn version_13(literals: &Literals) -> String {
    let at = "'2026-03-02T11:00:00+00:00'";
    format!(
        "{}
         insert into users (name, display_name, created_at) values ('ib', 'Ib Dahl', {at});
         insert into memberships (user_name, principal)
         values ('birthe', 'user:birthe'), ('birthe', 'role:user'), ('ib', 'user:ib'), ('ib', 'role:user'),
           ('ib', 'role:administrator');
         insert into cases (id, number, title, status, restricted, responsible, created_at, search_text)
         values ({restricted}, '2026-00002', 'Personalesag', 'open', true, 'ib', {at}, 'personalesag');
         insert into case_access (case_id, user_name) values ({restricted}, 'birthe');",
        mail_on_a_case(literals),
        restricted = (literals.id)(RESTRICTED_CASE.as_u128()),
    )
}

async fn who_saw_sees(store: &Store) {
    assert!(store.mail(MAIL, "birthe").await.is_ok());
    assert!(store.case(CASE, "birthe").await.is_ok());
    let level = store.level_of_case(RESTRICTED_CASE, "birthe").await;
    assert_eq!(level.unwrap(), Level::Manage);
    for case in [CASE, RESTRICTED_CASE] {
        let seen = store.case(case, "ib").await;
        assert!(matches!(seen, Err(StoreError::NotFound(_))), "{seen:?}");
    }
}

async fn nothing_is_lost(store: &Store) {
    let mail = store.mail(MAIL, "birthe").await.unwrap();
    assert_eq!(mail.envelope.attachments[0].name, "kort.pdf");
    assert_eq!(mail.attachment_signals, None);
    assert_eq!(mail.not_for_a_case, None);
    assert_eq!(store.attachment_texts(MAIL).await.unwrap(), []);
    assert_eq!(
        store
            .mails(&MailFilter::default(), "birthe", 10)
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        store.case(CASE, "birthe").await.unwrap().number,
        "2026-00001"
    );
    let on_record = store.audit_found(&AuditFilter::default(), None, 10).await;
    let on_record = on_record.unwrap();
    assert_eq!(on_record[0].1.action, "journal");
    assert!(on_record[0].1.detail.contains("documents"));
    let again = NewCase {
        request: Some(CaseRequest {
            idempotency_key: "key".into(),
            hash: [1; 32],
        }),
        ..case("Skel")
    };
    let number = |year, n| format!("{year}-{n:05}");
    let made = store.create_case(&again, "birthe", number, day(3)).await;
    let same = store.create_case(&again, "birthe", number, day(3)).await;
    assert_eq!(made.unwrap(), same.unwrap());
    let entries = store
        .entries_of_mail(&mail.fingerprint, "birthe")
        .await
        .unwrap();
    assert_eq!(entries.len(), 1);
    assert!(store.kle_plan().await.unwrap().1.is_empty());
    assert_eq!(store.type_lessons(None, 10).await.unwrap(), []);
    assert_eq!(store.documents(CASE, "birthe").await.unwrap(), []);
    let tidied = store.tidy(Duration::zero(), day(20)).await.unwrap();
    assert_eq!(tidied.mails_removed, 0);
}

/// How a database writes what both know.
struct Literals {
    id: fn(u128) -> String,
    hash: fn(u8) -> String,
}

#[tokio::test]
async fn from_version_1_on_sqlite() {
    from_version_on_sqlite(1).await;
}

#[tokio::test]
async fn from_version_2_on_sqlite() {
    from_version_on_sqlite(2).await;
}

#[tokio::test]
async fn from_version_4_on_sqlite() {
    from_version_on_sqlite(4).await;
}

#[tokio::test]
async fn from_version_5_on_sqlite() {
    from_version_on_sqlite(5).await;
}

#[tokio::test]
async fn from_version_9_on_sqlite() {
    from_version_on_sqlite(9).await;
}

#[tokio::test]
async fn from_version_9_on_postgres() {
    from_version_on_postgres(9).await;
}

#[tokio::test]
async fn from_version_1_on_postgres() {
    from_version_on_postgres(1).await;
}

#[tokio::test]
async fn from_version_2_on_postgres() {
    from_version_on_postgres(2).await;
}

#[tokio::test]
async fn from_version_4_on_postgres() {
    from_version_on_postgres(4).await;
}

#[tokio::test]
async fn from_version_5_on_postgres() {
    from_version_on_postgres(5).await;
}

#[tokio::test]
async fn access_by_user_becomes_access_by_principal_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let store = migrated_on_sqlite(13, &folder, version_13).await;
    who_saw_sees(&store).await;
}

#[tokio::test]
async fn access_by_user_becomes_access_by_principal_on_postgres() {
    let database = crate::support::postgres::database().await;
    let folder = tempfile::tempdir().unwrap();
    let store = migrated_on_postgres(13, database.url(), &folder, version_13).await;
    who_saw_sees(&store).await;
    store.close().await;
}

/// Later versions only added columns that version 1's rows leave empty, and tables of their own.
async fn from_version_on_sqlite(version: i64) {
    let folder = tempfile::tempdir().unwrap();
    let store = migrated_on_sqlite(version, &folder, version_1).await;
    nothing_is_lost(&store).await;
}

async fn from_version_on_postgres(version: i64) {
    let database = crate::support::postgres::database().await;
    let folder = tempfile::tempdir().unwrap();
    let store = migrated_on_postgres(version, database.url(), &folder, version_1).await;
    nothing_is_lost(&store).await;
    store.close().await;
}

/// A database as that version left it, with `data` in it, brought up to date.
async fn migrated_on_sqlite(
    version: i64,
    folder: &tempfile::TempDir,
    data: fn(&Literals) -> String,
) -> Store {
    let url = format!(
        "sqlite://{}?mode=rwc",
        folder.path().join("sagspost.db").display()
    );
    let mut before = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::migrate!("migrations/sqlite")
        .run_to(version, &mut before)
        .await
        .unwrap();
    let literals = Literals {
        id: |number| format!("x'{number:032x}'"),
        hash: |byte| format!("x'{}'", format!("{byte:02x}").repeat(32)),
    };
    sqlx::raw_sql(sqlx::AssertSqlSafe(data(&literals)))
        .execute(&mut before)
        .await
        .unwrap();
    before.close().await.unwrap();
    opened(&url, folder).await
}

async fn migrated_on_postgres(
    version: i64,
    url: &str,
    folder: &tempfile::TempDir,
    data: fn(&Literals) -> String,
) -> Store {
    let mut before = sqlx::PgConnection::connect(url).await.unwrap();
    sqlx::migrate!("migrations/postgres")
        .run_to(version, &mut before)
        .await
        .unwrap();
    let literals = Literals {
        id: |number| format!("'{}'", Uuid::from_u128(number)),
        hash: |byte| format!("'\\x{}'", format!("{byte:02x}").repeat(32)),
    };
    sqlx::raw_sql(sqlx::AssertSqlSafe(data(&literals)))
        .execute(&mut before)
        .await
        .unwrap();
    before.close().await.unwrap();
    opened(url, folder).await
}

async fn opened(url: &str, folder: &tempfile::TempDir) -> Store {
    let blobs = Blobs::open(&BlobsAt::Folder(folder.path().join("blobs"))).unwrap();
    let store = Store::open(url, blobs).await.unwrap();
    store.migrate().await.unwrap();
    store
}
