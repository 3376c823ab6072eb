//! The audit log: chained, sealed, and every change to it found, on both databases.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use sagspost::audit::{Finding, Keeper, Key, Report, Settings, export, verify};
use sagspost::store::{AuditFilter, AuditRecord, Call, Checkpoint, Origin, Recorded, Store};
use sqlx::Connection as _;

use crate::support::cli::Cli;
use crate::support::postgres::Database;
use crate::support::store::{self, TestStore, add_case, case, day, user};

/// A log of the test's own, with a way around Sagspost to its tables.
struct Log {
    store: TestStore,
    url: String,
    _home: tempfile::TempDir,
    _database: Option<Database>,
    key: std::path::PathBuf,
}

impl Log {
    async fn sqlite() -> Self {
        let home = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", home.path().join("log.db").display());
        Self::at(url, home, None).await
    }

    async fn postgres() -> Self {
        let database = crate::support::postgres::database().await;
        let url = database.url().to_owned();
        Self::at(url, tempfile::tempdir().unwrap(), Some(database)).await
    }

    async fn at(url: String, home: tempfile::TempDir, database: Option<Database>) -> Self {
        let store = store::open(&url, tempfile::tempdir().unwrap()).await;
        let key = home.path().join("audit.key");
        Self {
            store,
            url,
            _home: home,
            _database: database,
            key,
        }
    }

    fn keeper(&self, holder: &str) -> Keeper {
        let settings = Settings {
            keep: Duration::days(30),
            checkpoint_every: Duration::seconds(60),
        };
        let key = Key::open(&self.key).unwrap();
        Keeper::new(self.store.store.clone(), key, settings, holder.to_owned())
    }

    fn keys(&self) -> Vec<Vec<u8>> {
        vec![Key::open(&self.key).unwrap().public().to_vec()]
    }

    async fn verify(&self, kept: &[Checkpoint]) -> Report {
        verify(&self.store, &self.keys(), kept).await.unwrap()
    }

    async fn findings(&self) -> Vec<Finding> {
        self.verify(&[]).await.findings
    }

    /// What somebody does who has the database and no scruples.
    async fn tamper(&self, sql: &str) {
        if self.url.starts_with("sqlite") {
            let triggers = [
                "audit_inbox_is_not_changed",
                "audit_log_is_not_changed",
                "audit_log_grows_at_its_end",
                "audit_log_is_not_removed",
                "audit_checkpoints_are_not_changed",
                "audit_checkpoints_are_not_removed",
                "audit_removals_are_not_changed",
                "audit_removals_are_not_removed",
            ];
            let away: String = triggers
                .iter()
                .map(|name| format!("drop trigger if exists {name};"))
                .collect();
            self.execute(&format!("{away}{sql}")).await.unwrap();
        } else {
            let away: String = [
                "audit_inbox",
                "audit_log",
                "audit_checkpoints",
                "audit_removals",
            ]
            .iter()
            .map(|table| format!("alter table {table} disable trigger user;"))
            .collect();
            self.execute(&format!("{away}{sql}")).await.unwrap();
        }
    }

    async fn execute(&self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        if self.url.starts_with("sqlite") {
            let mut connection = sqlx::SqliteConnection::connect(&self.url).await?;
            sqlx::raw_sql(sql).execute(&mut connection).await?;
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.url).await?;
            sqlx::raw_sql(sql).execute(&mut connection).await?;
        }
        Ok(())
    }

    /// Ten records in two sealed halves.
    async fn ten(&self) {
        let mut keeper = self.keeper("a");
        for half in 0..2 {
            for n in 0..5 {
                read(&self.store, "birthe", &format!("thing-{half}-{n}"));
            }
            self.store.write_records().await.unwrap();
            keeper.seal(Utc::now()).await.unwrap();
        }
    }

    async fn checkpoint(&self) -> Checkpoint {
        self.store.last_checkpoint().await.unwrap().unwrap()
    }
}

/// Puts on record that somebody read something.
fn read(store: &Store, actor: &str, subject: &str) {
    read_at(store, actor, subject, Utc::now());
}

fn read_at(store: &Store, actor: &str, subject: &str, at: DateTime<Utc>) {
    let call = Call::new(Origin::default());
    let record = AuditRecord {
        actor,
        action: "mail.read",
        subject_kind: "mail",
        subject_id: subject.to_owned(),
        case_id: None,
        detail: serde_json::json!({}),
    };
    store
        .record(Recorded::of_call(record, &call, "ok", at))
        .unwrap();
}

/// Runs a test on a log in each database.
macro_rules! on_both_logs {
    ($($name:ident($log:ident) $body:block)*) => {
        $(mod $name {
            use super::*;
            async fn test($log: &Log) $body

            #[tokio::test]
            async fn sqlite() {
                test(&Log::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                let log = Log::postgres().await;
                test(&log).await;
                log.store.close().await;
            }
        })*
    };
}

on_both_logs! {
    acts_and_reads_stand_in_one_chain_that_leads_to_a_signature(log) {
        user(&log.store, "birthe").await;
        let case = add_case(&log.store, case("Skel")).await;
        log.store.set_favourite(case.id, "birthe", true).await.unwrap();
        log.ten().await;
        let report = log.verify(&[log.checkpoint().await]).await;
        assert_eq!(report.findings, []);
        assert_eq!((report.first, report.last, report.records), (1, 13, 13));
        assert_eq!((report.checkpoints, report.signed), (2, 13));
        let all = log.store.audit_records(0, 100).await.unwrap();
        let actions: BTreeSet<&str> = all.iter().map(|row| row.record.action.as_str()).collect();
        assert_eq!(actions, BTreeSet::from(["case.create", "case.favourite", "mail.read", "user.save"]));
    }

    the_database_itself_refuses_to_change_or_remove_a_record(log) {
        log.ten().await;
        read(&log.store, "carl", "waiting");
        log.store.write_records().await.unwrap();
        for sql in [
            "update audit_log set actor = 'carl' where seq = 3",
            "update audit_inbox set actor = 'birthe'",
            "delete from audit_log where seq = 10",
            "delete from audit_log",
            "insert into audit_log select 4, id, at, actor, on_behalf_of, address, agent, request, action, subject_kind,
               subject_id, case_id, why, outcome, detail, hash from audit_log where seq = 3",
            "update audit_checkpoints set seq = 1",
            "delete from audit_checkpoints",
        ] {
            let refused = log.execute(sql).await;
            assert!(refused.as_ref().is_err_and(|error| error.to_string().contains("the audit log")), "{sql}: {refused:?}");
        }
        assert_eq!(log.findings().await, []);
    }

    an_altered_record_is_found(log) {
        log.ten().await;
        log.tamper("update audit_log set subject_id = 'nothing' where seq = 4").await;
        assert_eq!(log.findings().await, [Finding::Altered { from: 4, to: 4 }]);
    }

    a_removed_record_is_found(log) {
        log.ten().await;
        log.tamper("delete from audit_log where seq in (4, 7, 8)").await;
        assert_eq!(log.findings().await, [Finding::Missing { from: 4, to: 4 }, Finding::Missing { from: 7, to: 8 }]);
    }

    a_removed_record_is_found_also_when_those_behind_it_close_the_gap(log) {
        log.ten().await;
        log.tamper("delete from audit_log where seq = 4; update audit_log set seq = -seq where seq > 4;
            update audit_log set seq = -seq - 1 where seq < 0").await;
        let findings = log.findings().await;
        assert!(matches!(findings[0], Finding::Altered { from: 4, .. }), "{findings:?}");
        assert!(findings.contains(&Finding::CutOff { last: 9, signed: 10 }), "{findings:?}");
    }

    an_inserted_record_is_found(log) {
        log.ten().await;
        log.tamper("update audit_log set seq = -seq where seq > 4; update audit_log set seq = -seq + 1 where seq < 0;
            insert into audit_log select 5, id, at, actor, on_behalf_of, address, agent, request, action, subject_kind,
               subject_id, case_id, why, outcome, detail, hash from audit_log where seq = 3").await;
        assert_eq!(log.findings().await[0], Finding::Altered { from: 5, to: 5 });
    }

    records_that_changed_places_are_found(log) {
        log.ten().await;
        log.tamper("update audit_log set seq = -3 where seq = 3; update audit_log set seq = 3 where seq = 4;
            update audit_log set seq = 4 where seq = -3").await;
        assert_eq!(log.findings().await[0], Finding::Altered { from: 3, to: 5 });
    }

    a_log_that_was_chained_anew_does_not_lead_to_what_was_signed(log) {
        log.ten().await;
        let mut rows = log.store.audit_records(0, 100).await.unwrap();
        rows[7].record.actor = "nobody".into();
        let mut before = rows[6].hash.clone();
        let mut sql = "update audit_log set actor = 'nobody' where seq = 8;".to_owned();
        for row in &rows[7..] {
            before = row.record.hash(&before, row.seq).to_vec();
            let literal = if log.url.starts_with("sqlite") {
                format!("x'{}'", hex::encode(&before))
            } else {
                format!("'\\x{}'::bytea", hex::encode(&before))
            };
            sql.extend(["update audit_log set hash = ", &literal, " where seq = ", &row.seq.to_string(), ";"]);
        }
        log.tamper(&sql).await;
        assert_eq!(log.findings().await, [Finding::Replaced { after: 5, up_to: 10 }]);
        // Without its checkpoint nothing within the database tells; the one that was kept elsewhere does.
        let kept = log.checkpoint().await;
        log.tamper("delete from audit_checkpoints where number = 2").await;
        assert_eq!(log.findings().await, []);
        assert_eq!(log.verify(&[kept]).await.findings, [Finding::Replaced { after: 5, up_to: 10 }]);
    }

    an_end_that_was_cut_off_is_found_by_a_checkpoint_that_was_kept_elsewhere(log) {
        log.ten().await;
        let kept = log.checkpoint().await;
        log.tamper("delete from audit_log where seq > 6").await;
        assert_eq!(log.findings().await, [Finding::CutOff { last: 6, signed: 10 }]);
        log.tamper("delete from audit_checkpoints where number = 2").await;
        assert_eq!(log.findings().await, []);
        assert_eq!(log.verify(&[kept]).await.findings, [Finding::CutOff { last: 6, signed: 10 }]);
    }

    a_checkpoint_that_was_altered_forged_or_removed_is_found(log) {
        log.ten().await;
        log.tamper("update audit_checkpoints set seq = 4 where number = 1").await;
        let findings = log.findings().await;
        assert!(findings.contains(&Finding::Forged { checkpoint: 1 }), "{findings:?}");
        log.tamper("delete from audit_checkpoints where number = 1").await;
        assert_eq!(log.findings().await, [Finding::CheckpointsMissing { from: 1, to: 1 }]);
        let other = tempfile::tempdir().unwrap();
        let stranger = vec![Key::open(&other.path().join("key")).unwrap().public().to_vec()];
        let findings = verify(&log.store, &stranger, &[]).await.unwrap().findings;
        assert!(matches!(findings[..], [Finding::CheckpointsMissing { .. }, Finding::UnknownKey { checkpoint: 2, .. }]), "{findings:?}");
    }

    writers_and_two_keepers_at_once_keep_one_chain(log) {
        user(&log.store, "birthe").await;
        let case = add_case(&log.store, case("Skel")).await;
        let writers = (0..8).map(|writer| {
            let store = log.store.store.clone();
            tokio::spawn(async move {
                for n in 0..25 {
                    read(&store, &format!("user-{writer}"), &format!("{writer}-{n}"));
                    if n % 5 == 0 {
                        store.write_records().await.unwrap();
                        store.set_favourite(case.id, "birthe", n % 2 == 0).await.unwrap();
                    }
                }
            })
        });
        let keepers = ["a", "b"].map(|holder| {
            let mut keeper = log.keeper(holder);
            tokio::spawn(async move {
                for round in 0..20 {
                    // Each takes the lease over from the other, as after a death.
                    let now = Utc::now() + Duration::minutes(round);
                    match keeper.seal(now).await {
                        Ok(()) | Err(sagspost::store::StoreError::LeaseLost(_)) => {}
                        Err(error) => assert!(error.to_string().contains("unique") || error.to_string().contains("duplicate")
                            || error.to_string().contains("the audit log grows"), "{error}"),
                    }
                }
            })
        });
        for task in writers.chain(keepers).collect::<Vec<_>>() {
            task.await.unwrap();
        }
        log.store.write_records().await.unwrap();
        log.keeper("c").seal(Utc::now() + Duration::hours(2)).await.unwrap();
        let report = log.verify(&[]).await;
        assert_eq!(report.findings, []);
        // The user, the case, the favourites, the reads.
        assert_eq!(report.records, 2 + 8 * 5 + 8 * 25);
        assert_eq!(report.signed, report.last);
    }

    what_is_too_old_goes_and_what_stays_can_be_verified(log) {
        log.ten().await;
        let mut keeper = log.keeper("a");
        let later = Utc::now() + Duration::days(31);
        read_at(&log.store, "carl", "new", later);
        keeper.work(later).await.unwrap();
        keeper.seal(later).await.unwrap();
        let report = log.verify(&[]).await;
        assert_eq!(report.findings, []);
        assert_eq!((report.first, report.last, report.records), (11, 11, 1));
        log.tamper("update audit_removals set through_seq = 9").await;
        let findings = log.findings().await;
        assert!(findings.contains(&Finding::RemovalForged { through: 9 }), "{findings:?}");
    }

    a_removal_that_nobody_signed_is_found(log) {
        log.ten().await;
        log.tamper("insert into audit_removals (through_seq, hash, checkpoint, at, public_key, signature)
            select seq, hash, number, at, public_key, signature from audit_checkpoints where number = 1;
            delete from audit_log where seq <= 5").await;
        assert_eq!(log.findings().await, [Finding::RemovalForged { through: 5 }]);
    }

    who_asks_about_a_case_is_told_of_the_mails_on_it_and_can_ask_about_one_of_them(log) {
        let store = &log.store;
        store::user(store, "birthe").await;
        let (mailbox, folder) = store::mailbox(store, "leder", &["birthe"]).await;
        let raws = [store::eml("1@x", "Hegn", &[]), store::eml("2@x", "Hegn", &[]), store::eml("3@x", "Andet", &[])];
        let mails = store.commit_batch(&store::batch(mailbox, folder, 1, &raws), day(2)).await.unwrap();
        let case = store::add_case(store, store::case("Hegn")).await;
        for (mail, key) in mails.iter().zip(["a", "b"]) {
            crate::store::file(store, mail.id, case.id, "birthe", key).await.unwrap();
        }
        for mail in &mails {
            read(store, "carl", &mail.id.to_string());
        }
        store.write_records().await.unwrap();
        let of = async |about: uuid::Uuid, subject: Option<uuid::Uuid>| {
            let filter = AuditFilter { about: Some(about.to_string()), subject: subject.map(|id| id.to_string()), person: Some("carl".into()), ..AuditFilter::default() };
            let found = store.audit_found(&filter, None, 50).await.unwrap();
            let paged = store.audit_page(&filter, 0, 50).await.unwrap();
            assert!(paged.is_empty(), "nothing is chained yet");
            let mut ids: Vec<String> = found.into_iter().map(|(_, record)| record.subject_id).collect();
            ids.sort();
            ids
        };
        let id = |at: usize| mails[at].id.to_string();
        let mut both = [id(0), id(1)];
        both.sort();
        assert_eq!(of(case.id, None).await, both);
        assert_eq!(of(case.id, Some(mails[1].id)).await, [id(1)]);
        assert!(of(case.id, Some(mails[2].id)).await.is_empty(), "a mail on no case of that name");
        assert_eq!(of(mails[2].id, None).await, [id(2)]);
    }

    an_export_holds_what_was_asked_for(log) {
        log.ten().await;
        read(&log.store, "=carl", "other");
        log.store.write_records().await.unwrap();
        log.keeper("a").seal(Utc::now()).await.unwrap();
        let mut all = Vec::new();
        export::write(&log.store, &AuditFilter::default(), export::Format::JsonLines, &mut all).await.unwrap();
        let lines: Vec<serde_json::Value> = String::from_utf8(all).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 11);
        assert_eq!((&lines[3]["seq"], &lines[3]["actor"], &lines[3]["subject_id"]), (&4.into(), &"birthe".into(), &"thing-0-3".into()));
        let filter = AuditFilter { person: Some("=carl".into()), from: Some(day(1)), ..AuditFilter::default() };
        let mut csv = Vec::new();
        assert_eq!(export::write(&log.store, &filter, export::Format::Csv, &mut csv).await.unwrap(), 1);
        let csv = String::from_utf8(csv).unwrap();
        assert_eq!(csv.lines().count(), 2);
        assert!(csv.contains(",'=carl,"), "a spreadsheet would count with it: {csv}");
    }
}

#[tokio::test]
async fn records_that_could_not_be_written_are_written_later() {
    let log = Log::sqlite().await;
    read(&log.store, "birthe", "one");
    log.execute("alter table audit_inbox rename to away")
        .await
        .unwrap();
    assert!(log.store.write_records().await.is_err());
    log.execute("alter table away rename to audit_inbox")
        .await
        .unwrap();
    read(&log.store, "birthe", "two");
    assert_eq!(log.store.write_records().await.unwrap(), 2);
}

#[test]
fn the_command_line_shows_the_key_and_verifies_and_exports() {
    let cli = Cli::new();
    let key = cli.run(&["audit", "key"]);
    assert_eq!(key.code, 0, "{}", key.err);
    assert_eq!(key.out.trim().len(), 64);
    assert_eq!(cli.run(&["audit", "key"]).out, key.out);
    let verified = cli.run(&["audit", "verify"]);
    assert_eq!(verified.code, 0, "{}", verified.err);
    assert!(
        verified.out.contains("as it was written"),
        "{}",
        verified.out
    );
    // What is done at the command line is on record with the system's user.
    assert_eq!(cli.run(&["case", "list", "--user", "birthe"]).code, 0);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let url = format!("sqlite://{}", cli.path("sagspost.db").display());
    let found = runtime.block_on(async {
        let store = store::open(&url, tempfile::tempdir().unwrap()).await;
        store
            .audit_found(&AuditFilter::default(), None, 1)
            .await
            .unwrap()
    });
    let record = &found[0].1;
    assert!(record.actor.starts_with("cli:"), "{record:?}");
    assert_eq!(
        (&*record.action, record.on_behalf_of.as_deref()),
        ("case.list", Some("birthe"))
    );
    let elsewhere = cli.run(&["--json", "audit", "verify", "--public-key", "ab"]);
    assert_eq!(elsewhere.code, 2, "{}", elsewhere.err);
    assert_eq!(cli.run(&["audit", "export", "--from", "i går"]).code, 2);
    assert_eq!(
        cli.run(&["audit", "export", "--from", "2026-03-31"]).code,
        0
    );
    assert_eq!(cli.run(&["audit", "checkpoint"]).code, 1);
}
