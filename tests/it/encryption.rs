//! Blobs encrypted at rest: nothing readable in the storage, everything readable through Sagspost.

use std::fs;
use std::path::Path;

use chrono::Duration;
use sagspost::domain::mail::Sha256;
use sagspost::store::{BlobError, Blobs, BlobsAt, KeyError, Master, Store, StoreError, Tidied};

use crate::store::file;
use crate::support::cli::Cli;
use crate::support::s3::S3;
use crate::support::store::{self, add_case, batch, case, day, eml, mailbox, user};

const KEEP: Duration = Duration::days(30);
const SECRET: &str = "hemmelig-haek";

fn master(of: &str) -> Master {
    Master::keys(&of.repeat(32), None).unwrap()
}

fn mails() -> Vec<Vec<u8>> {
    let long = format!("X-Fyld: {}", "a".repeat(900));
    vec![
        eml("1@x", SECRET, &[&long]),
        eml("2@x", SECRET, &[&long]),
        eml("3@x", SECRET, &[]),
        // Several chunks, and an end that fills none.
        [eml("4@x", SECRET, &[]), SECRET.repeat(20_000).into_bytes()].concat(),
    ]
}

/// Stores the mails in a mailbox of Birthe's; their ids.
async fn stored(store: &Store) -> Vec<uuid::Uuid> {
    user(store, "birthe").await;
    let (mailbox, folder) = mailbox(store, "leder", &["birthe"]).await;
    let stored = store
        .commit_batch(&batch(mailbox, folder, 1, &mails()), day(2))
        .await
        .unwrap();
    stored.iter().map(|mail| mail.id).collect()
}

async fn all_are_read(store: &Store) {
    for raw in mails() {
        assert!(store.blob(Sha256::of(&raw)).await.unwrap() == raw);
        let head = store.blob_head(Sha256::of(&raw), 70_000).await.unwrap();
        assert!(head == raw[..raw.len().min(70_000)]);
    }
}

/// Encrypts all there is to encrypt; how many blobs that were.
async fn encrypted(store: &Store, older: bool) -> usize {
    let (mut count, mut after) = (0, None);
    while let Some(done) = store.encrypt_next(after, older, day(3)).await.unwrap() {
        assert_eq!(done.damaged, []);
        count += done.blobs;
        after = Some(done.object);
    }
    count
}

/// Files of the storage that hold these bytes.
fn hold(folder: &Path, words: &[u8]) -> usize {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() {
                return hold(&path, words);
            }
            let bytes = fs::read(path).unwrap();
            usize::from(bytes.windows(words.len()).any(|part| part == words))
        })
        .sum()
}

/// A store whose blobs lie in a folder of the test's.
macro_rules! with_folder {
    ($($name:ident($url:ident, $folder:ident) $body:block)*) => {
        $(mod $name {
            use super::*;
            async fn test($url: &str, $folder: &Path) $body

            #[tokio::test]
            async fn sqlite() {
                let home = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}", home.path().join("sagspost.db").display());
                test(&url, &home.path().join("blobs")).await;
            }

            #[tokio::test]
            async fn postgres() {
                let database = crate::support::postgres::database().await;
                let home = tempfile::tempdir().unwrap();
                test(database.url(), &home.path().join("blobs")).await;
            }
        })*
    };
}

async fn open(url: &str, folder: &Path) -> Store {
    let blobs = Blobs::open(&BlobsAt::Folder(folder.to_owned())).unwrap();
    let store = Store::open(url, blobs).await.unwrap();
    store.migrate().await.unwrap();
    store
}

with_folder! {
    encrypted_mails_are_read_as_they_came_and_lie_unreadable(url, folder) {
        let store = open(url, folder).await.with_master(master("ab"));
        let ids = stored(&store).await;
        all_are_read(&store).await;
        assert_eq!(hold(folder, SECRET.as_bytes()), 0);
        // What is journaled has copies of its own, which are encrypted too.
        let case = add_case(&store, case("Skelsag")).await;
        file(&store, ids[2], case.id, "birthe", "key").await.unwrap();
        assert_eq!(hold(folder, SECRET.as_bytes()), 0);
        store.close().await;
    }

    without_the_key_nothing_opens_and_why_is_told(url, folder) {
        let store = open(url, folder).await.with_master(master("ab"));
        stored(&store).await;
        store.close().await;
        let sha256 = Sha256::of(&mails()[0]);
        let keyless = open(url, folder).await;
        let refused = keyless.blob(sha256).await;
        assert!(matches!(refused, Err(StoreError::Blob(BlobError::Key(KeyError::NotSet)))), "{refused:?}");
        keyless.close().await;
        let stranger = open(url, folder).await.with_master(master("cd"));
        let refused = stranger.blob(sha256).await;
        assert!(matches!(refused, Err(StoreError::Blob(BlobError::Key(KeyError::OtherMaster(_))))), "{refused:?}");
        stranger.close().await;
    }

    what_lay_in_the_clear_is_read_and_can_be_encrypted(url, folder) {
        let plain = open(url, folder).await;
        stored(&plain).await;
        assert_eq!(hold(folder, SECRET.as_bytes()), 1);
        plain.close().await;
        let store = open(url, folder).await.with_master(master("ab"));
        all_are_read(&store).await;
        assert_eq!(encrypted(&store, false).await, 4);
        assert_eq!(encrypted(&store, false).await, 0);
        all_are_read(&store).await;
        // The old bytes stay for a while, for readers and for backups that are being taken.
        assert_eq!(hold(folder, SECRET.as_bytes()), 1);
        let done = store.tidy(KEEP, day(6)).await.unwrap();
        assert_eq!(done, Tidied { objects_removed: 1, ..Tidied::default() });
        assert_eq!(hold(folder, SECRET.as_bytes()), 0);
        all_are_read(&store).await;
        store.close().await;
    }

    a_damaged_blob_keeps_nothing_else_in_the_clear(url, folder) {
        let plain = open(url, folder).await;
        user(&plain, "birthe").await;
        let (mailbox, inbox) = mailbox(&plain, "leder", &["birthe"]).await;
        let (mails, more) = (mails(), [eml("5@x", SECRET, &[])]);
        plain.commit_batch(&batch(mailbox, inbox, 1, &mails), day(2)).await.unwrap();
        let (path, mut bytes) = files(folder).remove(0);
        bytes[mails[0].len() + 5] ^= 1;
        fs::write(path, bytes).unwrap();
        plain.commit_batch(&batch(mailbox, inbox, 9, &more), day(2)).await.unwrap();
        plain.close().await;

        let store = open(url, folder).await.with_master(master("ab"));
        let first = store.encrypt_next(None, false, day(3)).await.unwrap().unwrap();
        assert_eq!((first.blobs, first.damaged), (3, vec![Sha256::of(&mails[1])]));
        let second = store.encrypt_next(Some(first.object), false, day(3)).await.unwrap().unwrap();
        assert_eq!((second.blobs, second.damaged), (1, vec![]));
        assert_eq!(store.encrypt_next(Some(second.object), false, day(3)).await.unwrap(), None);
        // What is damaged lies where it lay, and what could be read is encrypted.
        store.tidy(KEEP, day(6)).await.unwrap();
        let again = store.encrypt_next(None, false, day(7)).await.unwrap().unwrap();
        assert_eq!((again.blobs, again.damaged.len()), (0, 1));
        for raw in [&mails[0], &mails[2], &mails[3], &more[0]] {
            assert!(store.blob(Sha256::of(raw)).await.unwrap() == *raw);
        }
        let states = store.key_states().await.unwrap();
        assert_eq!(states.iter().map(|state| state.blobs).collect::<Vec<_>>(), [1, 4]);
        store.close().await;
    }

    a_rotation_rewrites_no_blob_and_needs_the_old_key_no_more(url, folder) {
        let store = open(url, folder).await.with_master(master("ab"));
        stored(&store).await;
        store.close().await;
        let before: Vec<_> = files(folder);
        let both = Master::keys(&"cd".repeat(32), Some(&"ab".repeat(32))).unwrap();
        let rotating = open(url, folder).await.with_master(both);
        assert_eq!(rotating.rotate_keys("drift", day(3)).await.unwrap(), 1);
        assert_eq!(files(folder), before);
        rotating.close().await;
        let store = open(url, folder).await.with_master(master("cd"));
        all_are_read(&store).await;
        let states = store.key_states().await.unwrap();
        assert_eq!(states.iter().map(|state| state.blobs).collect::<Vec<_>>(), [0, 4, 0]);
        // Only when somebody asks for it are blobs moved to the newest data key.
        assert_eq!(encrypted(&store, false).await, 0);
        assert_eq!(encrypted(&store, true).await, 4);
        assert_eq!(encrypted(&store, true).await, 0);
        let states = store.key_states().await.unwrap();
        assert_eq!(states.iter().map(|state| state.blobs).collect::<Vec<_>>(), [0, 0, 4]);
        all_are_read(&store).await;
        store.close().await;
    }

    a_batch_that_is_mostly_gone_is_rewritten_with_what_lives_in_it(url, folder) {
        let store = open(url, folder).await.with_master(master("ab"));
        let ids = stored(&store).await;
        let case = add_case(&store, case("Skelsag")).await;
        file(&store, ids[2], case.id, "birthe", "key").await.unwrap();
        let leder = store.mailboxes(None).await.unwrap()[0].id;
        store.remove_mailbox(leder).await.unwrap();
        store.tidy(KEEP, day(3)).await.unwrap();
        let done = store.tidy(KEEP, day(3) + KEEP).await.unwrap();
        assert_eq!((done.mails_removed, done.objects_rewritten), (3, 1));
        assert!(store.blob(Sha256::of(&mails()[2])).await.unwrap() == mails()[2]);
        store.close().await;
    }

    nothing_is_written_in_the_clear_when_the_setting_got_lost(url, folder) {
        let store = open(url, folder).await.with_master(master("ab"));
        stored(&store).await;
        store.close().await;
        let store = open(url, folder).await;
        let before = files(folder);
        let (mailbox, inbox) = mailbox(&store, "anden", &[]).await;
        let batch = batch(mailbox, inbox, 1, &[eml("ny@x", "En ny mail", &[])]);
        let refused = store.commit_batch(&batch, day(3)).await;
        assert!(matches!(refused, Err(StoreError::Blob(BlobError::Key(_)))), "{refused:?}");
        assert_eq!(files(folder), before);
        store.close().await;
    }

    bytes_that_were_changed_in_the_storage_are_refused(url, folder) {
        let store = open(url, folder).await.with_master(master("ab"));
        stored(&store).await;
        for (path, mut bytes) in files(folder) {
            bytes[10] ^= 1;
            fs::write(path, bytes).unwrap();
        }
        let sha256 = Sha256::of(&mails()[0]);
        let refused = store.blob(sha256).await;
        assert!(matches!(refused, Err(StoreError::Blob(BlobError::Damaged(of))) if of == sha256), "{refused:?}");
        assert!(store.blob(Sha256::of(&mails()[1])).await.is_ok(), "each mail on its own");
        store.close().await;
    }
}

fn files(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_bucket_holds_encrypted_mails_too() {
    let s3 = S3::start().await;
    let home = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", home.path().join("sagspost.db").display());
    let store = Store::open(&url, Blobs::open(&s3.blobs()).unwrap())
        .await
        .unwrap()
        .with_master(master("ab"));
    store.migrate().await.unwrap();
    stored(&store).await;
    all_are_read(&store).await;
}

#[tokio::test]
async fn a_key_management_service_is_asked_by_a_command() {
    let home = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", home.path().join("sagspost.db").display());
    let folder = home.path().join("blobs");
    // Turns digits around, which undoes itself.
    let kms = || Master::command(vec!["rev".into(), "/dev/stdin".into()]);
    let script = home.path().join("kms");
    fs::write(&script, "#!/bin/sh\nrev\n").unwrap();
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let by_script = || Master::command(vec![script.display().to_string()]);
    let store = open(&url, &folder).await.with_master(by_script());
    stored(&store).await;
    assert_eq!(store.rotate_keys("drift", day(3)).await.unwrap(), 1);
    store.close().await;
    let store = open(&url, &folder).await.with_master(by_script());
    all_are_read(&store).await;
    assert_eq!(hold(&folder, SECRET.as_bytes()), 0);
    store.close().await;
    // One that does not know the second word fails, and is told so.
    let store = open(&url, &folder).await.with_master(kms());
    let refused = store.blob(Sha256::of(&mails()[0])).await;
    assert!(
        matches!(
            refused,
            Err(StoreError::Blob(BlobError::Key(KeyError::Command { .. })))
        ),
        "{refused:?}"
    );
}

#[test]
fn the_command_line_encrypts_rotates_and_tells() {
    let cli = Cli::new();
    let key = cli.write("master", &"ab".repeat(32));
    let configured = |extra: &str| {
        let home = cli.path("");
        let home = home.display();
        cli.write(
            "sagspost.toml",
            &format!(
                "[database]\nurl = \"sqlite://{home}/sagspost.db\"\n[blobs]\nurl = \"file:{home}/blobs\"\n[audit]\nkey_file = \"{home}/audit.key\"\n{extra}"
            ),
        );
    };
    let refused = cli.run(&["keys", "rotate"]);
    assert!(
        refused.code == 1 && refused.err.contains("encryption.master_key"),
        "{}",
        refused.err
    );
    cli.write("mail.mbox", "From x\nSubject: Hegn\n\nHej\n\n");
    let mbox = cli.path("mail.mbox");
    cli.run(&["user", "add", "birthe"]);
    let imported = cli.run(&[
        "import",
        mbox.to_str().unwrap(),
        "--mailbox",
        "arkiv",
        "--user",
        "birthe",
    ]);
    assert_eq!(imported.code, 0, "{}", imported.err);
    configured(&format!(
        "[encryption]\nmaster_key_file = {:?}\n",
        key.display().to_string()
    ));
    assert_eq!(
        cli.run(&["--json", "keys", "encrypt"]).json()["encrypted"],
        1
    );
    assert_eq!(cli.run(&["keys", "rotate"]).code, 0);
    let states = cli.run(&["--json", "keys", "status"]).json();
    assert_eq!(states.as_array().unwrap().len(), 3);
    assert_eq!(
        (&states[0]["blobs"], &states[1]["blobs"]),
        (&0.into(), &1.into())
    );
    assert!(cli.run(&["doctor"]).out.contains("2 data keys open"));
    configured("");
    let keyless = cli.run(&["doctor"]);
    assert!(
        keyless.code == 1 && keyless.out.contains("encryption.master_key_file"),
        "{}",
        keyless.out
    );
    configured("[encryption]\nmaster_key = \"kort\"\n");
    let wrong = cli.run(&["keys", "status"]);
    assert!(
        wrong.code == 2 && wrong.err.contains("64 hexadecimal") && !wrong.err.contains("kort"),
        "{}",
        wrong.err
    );
}

#[tokio::test]
async fn a_test_store_without_a_key_lies_in_the_clear() {
    let store = store::sqlite().await;
    stored(&store).await;
    let states = store.key_states().await.unwrap();
    assert_eq!((states.len(), states[0].blobs), (1, 4));
}

#[test]
fn the_command_line_encrypts_what_it_can_and_fails_with_the_names_of_what_is_damaged() {
    let cli = Cli::new();
    let text = |id: &str| {
        format!(
            "From x\nFrom: Gerda <gerda@borger.example>\nMessage-ID: <{id}>\nSubject: {SECRET}\n\nHej {id}\n\n"
        )
    };
    cli.run(&["user", "add", "birthe"]);
    for id in ["a@x", "b@x"] {
        let mbox = cli.write("mail.mbox", &text(id));
        let mbox = mbox.to_str().unwrap();
        let imported = cli.run(&["import", mbox, "--mailbox", "arkiv", "--user", "birthe"]);
        assert_eq!(imported.code, 0, "{}", imported.err);
    }
    let (path, mut bytes) = files(&cli.path("blobs")).remove(0);
    bytes[3] ^= 1;
    fs::write(path, bytes).unwrap();
    let key = "ab".repeat(32);
    let variables = [("SAGSPOST__ENCRYPTION__MASTER_KEY", key.as_str())];
    let done = cli.run_with(&variables, &["--json", "keys", "encrypt"]);
    assert_ne!(done.code, 0);
    assert!(
        done.err.contains("1 blobs could not be read"),
        "{}",
        done.err
    );
    let told = done.json();
    assert_eq!(told["encrypted"], 1, "{told}");
    let damaged = told["damaged"].as_array().unwrap();
    assert!(
        damaged.len() == 1 && damaged[0].as_str().unwrap().len() == 64,
        "{told}"
    );
}
