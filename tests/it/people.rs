//! Who belongs to what, on both databases; and the commands that say so.

use chrono::{Duration, Utc};
use sagspost::{
    domain::{
        role::{Grant, Principal, Role, Scope},
        user_name::UnknownUsers,
    },
    store::{
        AuditFilter, BegunSignIn, Deputy, Identity, ImportedUser, Known, SessionLimits, Store,
        StoreError, Unit, UnitTree, User,
    },
};

use crate::support::cli::Cli;
use crate::support::store::{day, user};

fn of_unit(name: &str, unit: Option<&str>, groups: Option<&[&str]>) -> ImportedUser {
    ImportedUser {
        user: User {
            name: name.to_owned(),
            display_name: name.to_owned(),
            mail: None,
            unit: unit.map(str::to_owned),
        },
        groups: groups.map(|groups| groups.iter().map(|g| (*g).to_owned()).collect()),
    }
}

fn tree(units: &[(&str, Option<&str>)]) -> UnitTree {
    let unit = |(code, parent): &(&str, Option<&str>)| Unit {
        code: (*code).to_owned(),
        name: (*code).to_owned(),
        parent: parent.map(str::to_owned),
    };
    UnitTree::of(units.iter().map(unit).collect()).unwrap()
}

fn grant(to: Principal, role: Role, scope: Scope) -> Grant {
    Grant { to, role, scope }
}

async fn counts_as(store: &Store, user: &str) -> Vec<String> {
    store.memberships(user).await.unwrap()
}

fn identity(subject: &str, name: &str, groups: Option<&[&str]>) -> Identity {
    Identity {
        issuer: "https://login.example".to_owned(),
        subject: subject.to_owned(),
        user_name: Some(name.to_owned()),
        name_is_ours: true,
        display_name: Some(format!("{name} på arbejde")),
        mail: None,
        unit: None,
        groups: groups.map(|groups| groups.iter().map(|g| (*g).to_owned()).collect()),
        hash: {
            use sha2::Digest as _;
            sha2::Sha256::digest(format!("{name}{groups:?}")).into()
        },
    }
}

const LIMITS: SessionLimits = SessionLimits {
    idle: Duration::hours(1),
    whole: Duration::hours(12),
};

on_both! {
    a_user_counts_as_themself_their_groups_and_every_unit_above(store) {
        store.replace_units(&tree(&[("plan", Some("teknik")), ("teknik", Some("kommunen")), ("kommunen", None), ("skole", Some("kommunen"))])).await.unwrap();
        store.import_users(&[of_unit("birthe", Some("plan"), Some(&["ledere", "b"])), of_unit("carl", Some("et sted"), None)], day(1)).await.unwrap();
        assert_eq!(counts_as(store, "birthe").await, ["group:b", "group:ledere", "role:user", "unit:kommunen", "unit:plan", "unit:teknik", "user:birthe"]);
        assert_eq!(counts_as(store, "carl").await, ["role:user", "unit:et sted", "user:carl"]);

        // Each source of it, changed.
        store.replace_units(&tree(&[("plan", None)])).await.unwrap();
        assert_eq!(counts_as(store, "birthe").await, ["group:b", "group:ledere", "role:user", "unit:plan", "user:birthe"]);
        store.import_users(&[of_unit("birthe", None, Some(&["b"]))], day(2)).await.unwrap();
        assert_eq!(counts_as(store, "birthe").await, ["group:b", "role:user", "user:birthe"]);
        store.set_user_disabled("birthe", Some(day(3))).await.unwrap();
        assert_eq!(counts_as(store, "birthe").await, Vec::<String>::new());
        assert!(store.is_disabled("birthe").await.unwrap());
        store.set_user_disabled("birthe", None).await.unwrap();
        assert_eq!(counts_as(store, "birthe").await, ["group:b", "role:user", "user:birthe"]);
        assert!(matches!(store.set_user_disabled("nobody", None).await, Err(StoreError::NotFound(_))));
    }

    roles_come_to_people_by_name_group_and_unit_and_reach_down_the_tree(store) {
        store.replace_units(&tree(&[("teknik", None), ("plan", Some("teknik")), ("veje", Some("plan")), ("skole", None)])).await.unwrap();
        store.import_users(&[of_unit("karen", Some("plan"), Some(&["journal"])), of_unit("rita", None, None)], day(1)).await.unwrap();
        store.grant(&grant(Principal::Group("journal".into()), Role::Registrar, Scope::Mailbox("teknik-miljoe".into()))).await.unwrap();
        store.grant(&grant(Principal::User("karen".into()), Role::Registrar, Scope::Unit("plan".into()))).await.unwrap();
        store.grant(&grant(Principal::Unit("teknik".into()), Role::RuleEditor, Scope::Everywhere)).await.unwrap();
        store.set_configured_grants(&[grant(Principal::User("rita".into()), Role::Auditor, Scope::Everywhere)]).await.unwrap();
        assert_eq!(counts_as(store, "karen").await, [
            "group:journal", "registrar:mailbox:teknik-miljoe", "registrar:unit:plan", "registrar:unit:veje",
            "role:registrar", "role:rule_editor", "role:user", "unit:plan", "unit:teknik", "user:karen",
        ]);
        assert_eq!(counts_as(store, "rita").await, ["role:auditor", "user:rita"]);

        store.set_configured_grants(&[]).await.unwrap();
        assert_eq!(counts_as(store, "rita").await, ["role:user", "user:rita"]);
        let given = grant(Principal::Unit("teknik".into()), Role::RuleEditor, Scope::Everywhere);
        store.revoke_grant(&given).await.unwrap();
        assert!(!counts_as(store, "karen").await.contains(&"role:rule_editor".to_owned()));
        assert!(matches!(store.revoke_grant(&given).await, Err(StoreError::NotFound(_))));
        // Who comes later has it too.
        store.import_users(&[of_unit("ny", None, Some(&["journal"]))], day(2)).await.unwrap();
        assert!(counts_as(store, "ny").await.contains(&"registrar:mailbox:teknik-miljoe".to_owned()));
    }

    claims_make_a_user_and_change_only_what_they_say(store) {
        let known = async |identity: Identity, unknown| store.recognise(&identity, unknown, day(2)).await.unwrap();
        let birthe = identity("s-1", "birthe", Some(&["ledere"]));
        assert_eq!(known(birthe.clone(), UnknownUsers::Refuse).await, Known::Unknown);
        assert_eq!(known(birthe.clone(), UnknownUsers::Create).await, Known::User("birthe".into()));
        assert_eq!(known(birthe.clone(), UnknownUsers::Refuse).await, Known::User("birthe".into()));
        assert_eq!(store.user("birthe").await.unwrap().unwrap().display_name, "birthe på arbejde");
        assert_eq!(counts_as(store, "birthe").await, ["group:ledere", "role:user", "user:birthe"]);

        // Groups of an import stay beside those of the claims; claims that say nothing of groups leave them.
        store.import_users(&[of_unit("birthe", Some("plan"), Some(&["importeret"]))], day(3)).await.unwrap();
        known(identity("s-1", "birthe", None), UnknownUsers::Refuse).await;
        assert_eq!(counts_as(store, "birthe").await, ["group:importeret", "group:ledere", "role:user", "unit:plan", "user:birthe"]);
        known(identity("s-1", "birthe", Some(&[])), UnknownUsers::Refuse).await;
        assert_eq!(counts_as(store, "birthe").await, ["group:importeret", "role:user", "unit:plan", "user:birthe"]);

        // Somebody known by name alone becomes who signs in by it first, and nobody else does.
        user(store, "carl").await;
        assert_eq!(known(identity("s-2", "carl", None), UnknownUsers::Refuse).await, Known::User("carl".into()));
        assert_eq!(known(identity("s-3", "carl", None), UnknownUsers::Create).await, Known::NameTaken);
        let nameless = Identity { user_name: None, ..identity("s-4", "x", None) };
        assert_eq!(known(nameless, UnknownUsers::Create).await, Known::Unknown);
    }

    who_was_added_here_is_bound_only_to_a_name_that_is_ours_or_by_an_administrator(store) {
        let known = async |identity: Identity| store.recognise(&identity, UnknownUsers::Create, day(2)).await.unwrap();
        user(store, "carl").await;
        let somebody = Identity { name_is_ours: false, ..identity("s-1", "carl", None) };
        assert_eq!(known(somebody.clone()).await, Known::NotProven);
        // Whom nobody added is nobody's to take over.
        let newcomer = Identity { name_is_ours: false, ..identity("s-2", "dorte", None) };
        assert_eq!(known(newcomer).await, Known::User("dorte".into()));

        let issuer = "https://login.example";
        let unknown = store.bind_user("emil", (issuer, "s-1"), day(2)).await;
        assert!(matches!(unknown, Err(StoreError::NotFound("user"))), "{unknown:?}");
        let taken = store.bind_user("carl", (issuer, "s-2"), day(2)).await;
        assert!(matches!(taken, Err(StoreError::Duplicate(_))), "{taken:?}");
        store.bind_user("carl", (issuer, "s-1"), day(2)).await.unwrap();
        assert_eq!(known(somebody).await, Known::User("carl".into()));
        assert_eq!(store.user("carl").await.unwrap().unwrap().display_name, "carl på arbejde");
        let twice = store.bind_user("carl", (issuer, "s-3"), day(2)).await;
        assert!(matches!(twice, Err(StoreError::Duplicate(_))), "{twice:?}");
    }

    what_people_may_is_on_record_whoever_changes_it(store) {
        user(store, "carl").await;
        store.replace_units(&tree(&[("plan", None)])).await.unwrap();
        for groups in [None, Some(["ledere"].as_slice()), Some(&["ledere"])] {
            store.recognise(&identity("s-1", "birthe", groups), UnknownUsers::Create, day(2)).await.unwrap();
        }
        let found = store.audit_found(&AuditFilter::default(), None, 10).await.unwrap();
        let mut told: Vec<String> = found.iter().map(|(_, r)| format!("{} {} {}", r.actor, r.action, r.subject_id)).collect();
        told.sort();
        // What did not change is no record.
        assert_eq!(told, ["birthe user.bind birthe", "birthe user.claims birthe", "command line unit.import ", "command line user.save carl"]);
    }

    two_newcomers_of_one_name_never_become_the_same_person(store) {
        let newcomers: Vec<Identity> = (0..8).map(|n| identity(&format!("s-{n}"), "birthe", None)).collect();
        let recognised = futures::future::join_all(newcomers.iter().map(|one| store.recognise(one, UnknownUsers::Create, day(1)))).await;
        let let_in = recognised.iter().filter(|known| matches!(known, Ok(Known::User(_)))).count();
        assert_eq!(let_in, 1, "{recognised:?}");
    }

    a_session_ends_when_it_is_idle_too_old_or_closed(store) {
        user(store, "birthe").await;
        let begun = day(5);
        let at = |minutes| begun + Duration::minutes(minutes);
        let whose = |hash: &'static [u8; 32], now| store.session_user(hash, LIMITS, now);
        store.open_session(&[1; 32], "birthe", &[], begun).await.unwrap();
        store.open_session(&[2; 32], "birthe", &[], begun).await.unwrap();
        assert_eq!(whose(&[1; 32], at(50)).await.unwrap().as_deref(), Some("birthe"));
        assert_eq!(whose(&[9; 32], at(50)).await.unwrap(), None);
        // One that is used goes on; one that is not has ended.
        assert_eq!(whose(&[1; 32], at(100)).await.unwrap().as_deref(), Some("birthe"));
        assert_eq!(whose(&[2; 32], at(100)).await.unwrap(), None);
        for hour in 1..8 {
            whose(&[1; 32], at(100 + 50 * hour)).await.unwrap().unwrap();
        }
        for half in 0..12 {
            let now = at(450 + 25 * half);
            let alive = now - begun < LIMITS.whole;
            assert_eq!(whose(&[1; 32], now).await.unwrap().is_some(), alive, "{now}");
        }
        assert_eq!(store.remove_ended_sessions(LIMITS, at(800)).await.unwrap(), 2);
        store.open_session(&[3; 32], "birthe", &[], begun).await.unwrap();
        assert_eq!(store.close_session(&[3; 32], at(1)).await.unwrap().as_deref(), Some("birthe"));
        assert_eq!(whose(&[3; 32], at(1)).await.unwrap(), None);
        store.open_session(&[4; 32], "birthe", &[], begun).await.unwrap();
        store.open_session(&[5; 32], "birthe", &[vec![4; 32]], begun).await.unwrap();
        assert_eq!(whose(&[4; 32], at(1)).await.unwrap(), None);
        store.set_user_disabled("birthe", Some(at(1))).await.unwrap();
        assert_eq!(whose(&[5; 32], at(2)).await.unwrap(), None);
    }

    a_pane_is_signed_in_by_a_code_once_in_time_and_while_its_session_lasts(store) {
        user(store, "birthe").await;
        let begun = day(5);
        let at = |seconds| begun + Duration::seconds(seconds);
        let redeem = |code: u8, token: u8, now| async move { store.redeem_pane_code(&[code; 32], &[token; 32], LIMITS, now).await.unwrap() };
        let whose = |token: u8, now| async move { store.pane_token_user(&[token; 32], LIMITS, now).await.unwrap() };
        store.open_session(&[1; 32], "birthe", &[], begun).await.unwrap();
        store.save_pane_code(&[2; 32], &[1; 32], begun).await.unwrap();
        assert_eq!(redeem(9, 3, at(1)).await, None);
        let session = redeem(2, 3, at(60)).await.unwrap();
        assert_eq!((session.user.as_str(), session.ends_at), ("birthe", begun + LIMITS.whole));
        assert_eq!(redeem(2, 4, at(60)).await, None);
        assert_eq!(whose(3, at(61)).await.as_deref(), Some("birthe"));
        assert_eq!((whose(2, at(61)).await, whose(4, at(61)).await), (None, None));
        store.save_pane_code(&[5; 32], &[1; 32], at(100)).await.unwrap();
        assert_eq!(redeem(5, 6, at(161)).await, None, "too late");
        // The use of the pane is use of its session, and both end together.
        assert_eq!(whose(3, at(3600)).await.as_deref(), Some("birthe"));
        assert!(store.session_user(&[1; 32], LIMITS, at(7000)).await.unwrap().is_some());
        for token in 10..40 {
            store.save_pane_code(&[token; 32], &[1; 32], at(7000 + i64::from(token))).await.unwrap();
            redeem(token, token, at(7000 + i64::from(token))).await.unwrap();
        }
        assert_eq!(whose(3, at(7100)).await, None, "the oldest of many give way");
        assert_eq!(whose(39, at(7100)).await.as_deref(), Some("birthe"));
        store.close_session(&[1; 32], at(7200)).await.unwrap();
        assert_eq!(whose(39, at(7201)).await, None);
    }

    a_sign_in_is_finished_once_and_in_time(store) {
        let begun = BegunSignIn {
            browser_hash: vec![7; 32],
            nonce: "n".into(),
            code_verifier: "v".into(),
            return_to: "/".into(),
            begun_at: day(5),
            session_hash: Some(vec![3; 32]),
        };
        store.begin_sign_in(&[1; 32], &begun).await.unwrap();
        assert_eq!(store.take_sign_in(&[2; 32], day(5)).await.unwrap(), None);
        assert_eq!(store.take_sign_in(&[1; 32], day(5)).await.unwrap(), Some(begun.clone()));
        assert_eq!(store.take_sign_in(&[1; 32], day(5)).await.unwrap(), None);
        store.begin_sign_in(&[1; 32], &begun).await.unwrap();
        let late = day(5) + Duration::minutes(16);
        assert_eq!(store.take_sign_in(&[1; 32], late).await.unwrap(), None);
    }

    a_deputy_acts_until_the_last_day(store) {
        for name in ["karen", "birthe"] {
            user(store, name).await;
        }
        let last = day(10).date_naive();
        let deputy = Deputy { user_name: "karen".into(), acts_for: "birthe".into(), until: Some(last) };
        store.save_deputy(&deputy).await.unwrap();
        assert_eq!(store.acts_for("karen", last).await.unwrap(), ["birthe"]);
        assert!(store.acts_for("karen", last.succ_opt().unwrap()).await.unwrap().is_empty());
        assert!(store.acts_for("birthe", last).await.unwrap().is_empty());
        for (user_name, acts_for) in [("karen", "nobody"), ("nobody", "karen"), ("karen", "karen")] {
            let wrong = Deputy { user_name: user_name.into(), acts_for: acts_for.into(), until: None };
            assert!(matches!(store.save_deputy(&wrong).await, Err(StoreError::NotFound(_))));
        }
        store.set_user_disabled("birthe", Some(Utc::now())).await.unwrap();
        assert!(store.acts_for("karen", last).await.unwrap().is_empty());
        store.remove_deputy("karen", "birthe").await.unwrap();
        assert!(matches!(store.remove_deputy("karen", "birthe").await, Err(StoreError::NotFound(_))));
    }
}

#[test]
fn people_units_and_roles_come_from_files_and_commands() {
    let cli = Cli::new();
    let units = cli.write(
        "enheder.csv",
        "code;name;parent\nplan;Plan og By;teknik\nteknik;Teknik og Miljø;\n",
    );
    let people = cli.write(
        "folk.csv",
        "name;display_name;mail;unit;groups\nbirthe.lund;Birthe Lund;Birthe@x.example;plan;ledere|journal\nsøren.ås;Søren Ås;;;\n",
    );
    let ok = |arguments: &[&str]| {
        let said = cli.run(arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {}", said.err);
        said
    };
    ok(&["unit", "import", units.to_str().unwrap()]);
    ok(&["user", "import", people.to_str().unwrap()]);
    ok(&[
        "role",
        "grant",
        "registrar",
        "--group",
        "journal",
        "--of-mailbox",
        "teknik-miljoe",
    ]);
    ok(&[
        "user",
        "deputy",
        "søren.ås",
        "--for",
        "birthe.lund",
        "--until",
        "2099-12-31",
    ]);
    let counts_as = ok(&["--json", "user", "show", "birthe.lund"]).json();
    assert_eq!(
        counts_as,
        serde_json::json!([
            "group:journal",
            "group:ledere",
            "registrar:mailbox:teknik-miljoe",
            "role:registrar",
            "role:user",
            "unit:plan",
            "unit:teknik",
            "user:birthe.lund"
        ])
    );
    assert!(
        ok(&["user", "deputies"])
            .out
            .contains("søren.ås acts for birthe.lund until 2099-12-31")
    );
    assert!(ok(&["role", "list"]).out.contains("by command line"));

    for (file, text, what) in [
        (
            "rundt.csv",
            "code;name;parent\na;A;b\nb;B;a\n",
            "below itself",
        ),
        ("mangler.csv", "code;name;parent\na;A;b\n", "is not there"),
    ] {
        let said = cli.run(&["unit", "import", cli.write(file, text).to_str().unwrap()]);
        assert!(said.code == 2 && said.err.contains(what), "{}", said.err);
    }
    let wrong = cli.write(
        "forkert.csv",
        "name;display_name;mail;unit;groups\na b;A;;;\n",
    );
    let said = cli.run(&["user", "import", wrong.to_str().unwrap()]);
    assert!(
        said.code == 2 && said.err.contains("line 2"),
        "{}",
        said.err
    );
    assert_eq!(
        cli.run(&["role", "grant", "king", "--user", "birthe.lund"])
            .code,
        2
    );
    assert_eq!(
        cli.run(&[
            "role",
            "grant",
            "auditor",
            "--user",
            "birthe.lund",
            "--of-unit",
            "plan"
        ])
        .code,
        2
    );
}

#[test]
fn a_token_of_a_script_is_shown_once() {
    let cli = Cli::new();
    assert_eq!(cli.run(&["user", "add", "birthe.lund"]).code, 0);
    let made = cli.run(&[
        "token",
        "create",
        "nattens kørsel",
        "--user",
        "birthe.lund",
        "--days",
        "30",
    ]);
    assert_eq!(made.code, 0, "{}", made.err);
    let token = made.out.trim();
    assert!(
        token.starts_with("sagspost_") && token.len() > 50,
        "{token}"
    );
    let list = cli.run(&["token", "list"]);
    assert!(
        list.out.contains("nattens kørsel") && list.out.contains("never used"),
        "{}",
        list.out
    );
    assert!(!list.out.contains(token));
    let database = std::fs::read(cli.path("sagspost.db")).unwrap();
    assert!(
        !database
            .windows(token.len())
            .any(|part| part == token.as_bytes())
    );
    assert_eq!(
        cli.run(&["token", "create", "nattens kørsel", "--user", "birthe.lund"])
            .code,
        1
    );
    assert_eq!(
        cli.run(&["token", "create", "x", "--user", "nobody"]).code,
        1
    );
    assert_eq!(cli.run(&["token", "revoke", "nattens kørsel"]).code, 0);
    assert!(cli.run(&["token", "list"]).out.contains("revoked"));
    assert_eq!(cli.run(&["token", "revoke", "nattens kørsel"]).code, 1);
}
