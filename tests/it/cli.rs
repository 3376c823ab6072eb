//! The command line as an administrator uses it.

use std::fs;

use crate::support::cli::{Cli, Said};
use crate::support::dovecot::{Dovecot, PASSWORD};
use crate::support::store::eml;

fn add_mailbox(cli: &Cli, dovecot: &Dovecot, name: &str, password: &str) -> Said {
    let password = cli.write(&format!("{name}.password"), password);
    cli.run(&[
        "mailbox",
        "add",
        name,
        "--host",
        "127.0.0.1",
        "--port",
        &dovecot.port.to_string(),
        "--security",
        "plain",
        "--login",
        name,
        "--password-file",
        &password.display().to_string(),
        "--folder",
        "INBOX",
        "--user",
        "birthe",
    ])
}

#[test]
fn every_mistake_of_the_configuration_is_told_at_once_with_its_key() {
    let cli = Cli::new();
    cli.write(
        "sagspost.toml",
        "[server]\nlisten = \"her\"\nfarve = 1\n[mailboxes]\npoll_secs = \"ofte\"\n[log]\nlevel = \"shout\"\n[databse]\nurl = \"x\"\n\
         [[api.tokens]]\nuser = \"a\"\ntoken = \"0123456789abcdef\"\n[[api.tokens]]\nuser = \"b\"\ntoken = \"0123456789abcdef\"\n",
    );
    let said = cli.run(&["config", "check"]);
    assert_eq!(said.code, 2);
    for key in [
        "server.listen",
        "server.farve",
        "mailboxes.poll_secs",
        "log.level",
        "did you mean database?",
        "api.tokens[1].token: is another user's too",
    ] {
        assert!(said.err.contains(key), "{key}: {}", said.err);
    }
}

#[test]
fn the_example_configuration_is_right() {
    let cli = Cli::new();
    let example = cli.run(&["config", "example"]).out;
    cli.write("sagspost.toml", &example);
    let said = cli.run(&["config", "check"]);
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn a_mailbox_is_added_tested_synced_listed_and_removed() {
    let (cli, dovecot) = (Cli::new(), Dovecot::start());
    dovecot.deliver("leder", "INBOX", &eml("a@x", "Hæk", &[]));
    assert_eq!(cli.run(&["user", "add", "birthe"]).code, 0);
    let added = add_mailbox(&cli, &dovecot, "leder", PASSWORD);
    assert_eq!(added.code, 0, "{}", added.err);
    assert!(cli.run(&["mailbox", "test", "leder"]).out.contains("INBOX"));
    let synced = cli.run(&["--json", "mailbox", "sync", "leder"]);
    assert_eq!(synced.json()["new"], 1, "{}", synced.err);
    let listed = cli.run(&["--json", "mailbox", "list"]).json();
    assert_eq!(
        (&listed[0]["name"], &listed[0]["folders"][0]["stored"]),
        (&"leder".into(), &1.into())
    );
    assert_eq!(cli.run(&["mailbox", "remove", "leder"]).code, 0);
    assert_eq!(
        cli.run(&["--json", "mailbox", "list"]).json(),
        serde_json::json!([])
    );
    let again = cli.run(&["mailbox", "remove", "leder"]);
    assert!(
        again.code == 2 && again.err.contains("leder"),
        "{}",
        again.err
    );
}

#[test]
fn the_doctor_names_what_is_wrong_and_what_to_do() {
    let (cli, dovecot) = (Cli::new(), Dovecot::start());
    dovecot.deliver("leder", "INBOX", &eml("a@x", "Hæk", &[]));
    cli.run(&["user", "add", "birthe"]);
    add_mailbox(&cli, &dovecot, "leder", PASSWORD);
    let healthy = cli.run(&["doctor"]);
    assert_eq!(healthy.code, 0, "{}{}", healthy.out, healthy.err);
    for what in [
        "database",
        "blobs",
        "disk of the blobs",
        "mailbox leder",
        "clock",
    ] {
        assert!(healthy.out.contains(what), "{what}: {}", healthy.out);
    }
    add_mailbox(&cli, &dovecot, "konsulent", "forkert");
    let ill = cli.run(&["doctor"]);
    assert_eq!(ill.code, 1);
    let line = ill
        .out
        .lines()
        .find(|line| line.contains("mailbox konsulent"))
        .unwrap();
    assert!(
        line.starts_with("BAD") && line.contains("mailbox test konsulent"),
        "{line}"
    );
    assert!(!ill.out.contains("forkert") && !ill.err.contains("forkert"));
}

#[test]
fn the_doctor_tells_why_a_database_cannot_be_reached() {
    let cli = Cli::new();
    // A port that was free a moment ago.
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let url = format!("postgres://sagspost@127.0.0.1:{port}/sagspost");
    let ill = cli.run_with(&[("SAGSPOST__DATABASE__URL", &url)], &["doctor"]);
    assert_eq!(ill.code, 1);
    assert!(
        ill.out.to_lowercase().contains("connection refused"),
        "{}",
        ill.out
    );
}

#[test]
fn an_import_counts_what_it_found_and_a_second_one_finds_nothing_new() {
    let cli = Cli::new();
    cli.run(&["user", "add", "birthe"]);
    let mbox: Vec<u8> = (0..3)
        .flat_map(|n| {
            [
                b"From gerda Mon Mar  2 10:00:00 2026\n".to_vec(),
                eml(&format!("{n}@x"), "Hæk", &[]),
                b"\n".to_vec(),
            ]
            .concat()
        })
        .collect();
    fs::write(cli.path("arkiv.mbox"), mbox).unwrap();
    let import = || {
        cli.run(&[
            "--json",
            "import",
            "arkiv.mbox",
            "--mailbox",
            "arkiv",
            "--user",
            "birthe",
        ])
    };
    let first = import();
    assert_eq!(
        (&first.json()["mails"], &first.json()["new"]),
        (&3.into(), &3.into()),
        "{}{}",
        first.out,
        first.err
    );
    assert_eq!(import().json()["new"], 0);
}

#[test]
fn a_mailbox_of_mails_is_shown_with_the_best_case_of_each() {
    let cli = Cli::new();
    cli.run(&["user", "add", "birthe"]);
    let cases = r#"[{"number":"2026-00007","title":"Lokalplan for havnen"}]"#;
    cli.write("cases.json", cases);
    assert_eq!(cli.run(&["case", "import", "cases.json"]).code, 0);
    fs::create_dir_all(cli.path("post/new")).unwrap();
    fs::create_dir_all(cli.path("post/cur")).unwrap();
    fs::write(
        cli.path("post/new/1"),
        eml("a@x", "Vedr. sag 2026-00007", &[]),
    )
    .unwrap();
    cli.run(&["import", "post", "--mailbox", "arkiv", "--user", "birthe"]);
    let said = cli.run(&[
        "--json",
        "suggest",
        "--mailbox",
        "arkiv",
        "--user",
        "birthe",
    ]);
    assert_eq!(
        said.json()["number"],
        "2026-00007",
        "{}{}",
        said.out,
        said.err
    );
    let stranger = cli.run(&["suggest", "--mailbox", "arkiv", "--user", "carl"]);
    assert_eq!((stranger.code, stranger.out.as_str()), (2, ""));
}

#[test]
fn a_mail_is_told_with_its_parties_its_access_and_whether_it_is_for_a_case() {
    let cli = Cli::new();
    cli.run(&["user", "add", "birthe"]);
    let mail = "From: Karen Holm <karen@borger.example>\r\nTo: post@byen.example\r\nSubject: Klage over afgørelse\r\n\
                Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
                Mit cpr-nr. er 070761-4285, og jeg har fået konstateret kræft.\r\n\r\nMvh\r\nKaren Holm\r\nSkovvej 12, 2620 Albertslund\r\n";
    cli.write("klage.eml", mail);
    let danish = cli.run_with(
        &[("LC_ALL", "da_DK.UTF-8")],
        &["suggest", "klage.eml", "--user", "birthe"],
    );
    for told in [
        "For a case: ",
        "Ord fra sagsbehandling: klage, afgørelse",
        "Karen Holm  070761-xxxx, Skovvej 12, 2620 Albertslund",
        "Access: Begrænset adgang",
        "CPR-nummer: 1 fundet i mailen",
        "Helbred: 1 fund, fx kræft",
    ] {
        assert!(
            danish.out.contains(told),
            "{told}: {}{}",
            danish.out,
            danish.err
        );
    }
    let json = cli
        .run(&["--json", "suggest", "klage.eml", "--user", "birthe"])
        .json();
    assert_eq!(json["access"]["code"], "restricted");
    assert_eq!(json["parties"][0]["identifier"], "070761-xxxx");
    assert!(
        json["for_a_case"]["probability"].as_f64().unwrap() > 0.7,
        "{json}"
    );
    assert!(!json.to_string().contains("4285"));
}

#[test]
fn a_suggestion_is_explained_by_its_figures_when_that_is_asked_for() {
    let cli = Cli::new();
    cli.run(&["user", "add", "birthe"]);
    cli.write(
        "cases.json",
        r#"[{ "title": "Nabostrid om hæk" }, { "title": "Hækken på Skovvej", "access": ["carl"] }]"#,
    );
    assert_eq!(cli.run(&["case", "import", "cases.json"]).code, 0);
    let mail = String::from_utf8(eml("a@x", "Hæk ved nabogrunden", &[])).unwrap();
    cli.write("haek.eml", &mail);
    let asked = ["suggest", "haek.eml", "--user", "birthe"];
    assert!(!cli.run(&asked).out.contains("title_anywhere"));
    let explained = cli.run(&[asked.as_slice(), &["--explain"]].concat());
    let adds_of = |line: &str| line.split_whitespace().last()?.parse::<f64>().ok();
    let lines = || explained.out.lines().map(str::trim_start);
    let features = lines().skip_while(|line| !line.starts_with("feature"));
    let features = features
        .skip(1)
        .take_while(|line| !line.starts_with("score"));
    let sum: f64 = features.filter_map(adds_of).sum();
    let score = lines().find(|line| line.starts_with("score"));
    let score = score.and_then(adds_of).unwrap_or(f64::NAN);
    assert!(
        (sum - score).abs() < 0.05 && sum != 0.0,
        "{}",
        explained.out
    );
    assert!(!explained.out.contains("Skovvej"), "{}", explained.out);
}

#[test]
fn a_danish_machine_is_told_in_danish_how_mailboxes_are() {
    let (cli, dovecot) = (Cli::new(), Dovecot::start());
    cli.run(&["user", "add", "birthe"]);
    add_mailbox(&cli, &dovecot, "leder", "forkert");
    assert_eq!(cli.run(&["mailbox", "sync", "leder"]).code, 1);
    let listed = |lang: &str| cli.run_with(&[("LC_ALL", lang)], &["mailbox", "list"]).out;
    let (danish, english) = (listed("da_DK.UTF-8"), listed("C"));
    assert!(
        danish.contains("Kræver handling: Serveren afviser brugernavn eller adgangskode"),
        "{danish}"
    );
    assert!(english.contains("The server refuses"), "{english}");
}

#[test]
fn a_mailbox_for_nobody_known_and_a_folder_for_another_mark_are_refused() {
    let cli = Cli::new();
    let add = |more: &[&str]| {
        let mut arguments = vec![
            "mailbox",
            "add",
            "leder",
            "--host",
            "imap.example",
            "--login",
            "leder",
            "--password-env",
            "X",
        ];
        arguments.extend(more);
        cli.run(&arguments)
    };
    let nobody = add(&["--user", "birthe"]);
    assert!(
        nobody.code == 2 && nobody.err.contains("sagspost user add birthe"),
        "{}",
        nobody.err
    );
    let folder = add(&["--user", "birthe", "--mark-folder", "Arkiv"]);
    assert!(
        folder.code == 2 && folder.err.contains("--mark move"),
        "{}",
        folder.err
    );
}

#[test]
fn a_password_file_is_found_from_wherever_the_service_runs() {
    let cli = Cli::new();
    cli.run(&["user", "add", "birthe"]);
    cli.write("leder.password", PASSWORD);
    let added = cli.run(&[
        "mailbox",
        "add",
        "leder",
        "--host",
        "imap.example",
        "--login",
        "leder",
        "--password-file",
        "leder.password",
        "--user",
        "birthe",
    ]);
    assert_eq!(added.code, 0, "{}", added.err);
    let listed = cli.run(&["--json", "mailbox", "list"]).json();
    let file = listed[0]["settings"]["password"]["file"].as_str().unwrap();
    assert!(
        file.starts_with('/') && file.ends_with("/leder.password"),
        "{file}"
    );
}

#[test]
fn cases_come_from_the_spreadsheets_that_danes_have_and_all_of_them_or_none() {
    let cli = Cli::new();
    cli.run(&["user", "add", "birthe"]);
    // Windows-1252 with semicolons, as a Danish Excel saves it.
    fs::write(
        cli.path("gammel.csv"),
        b"number;title;kle;party_name\r\n2026-00001;Hegn p\xe5 \xd8sterg\xe5rd; 02.34.02;L. \xd8stergaard\r\n",
    )
    .unwrap();
    cli.write(
        "ny.csv",
        "\u{FEFF}number,title\n2026-00002,\"Lokalplan, havnen\"\n",
    );
    for file in ["gammel.csv", "ny.csv"] {
        let said = cli.run(&["case", "import", file]);
        assert_eq!(said.code, 0, "{}", said.err);
    }
    let listed = cli.run(&["case", "list", "--user", "birthe"]).out;
    assert!(
        listed.contains("Hegn på Østergård") && listed.contains("Lokalplan, havnen"),
        "{listed}"
    );
    cli.write(
        "forkert.json",
        r#"[{"number":"2026-00003","title":"God"},{"title":" ","kle":"byggeri"}]"#,
    );
    let wrong = cli.run(&["case", "import", "forkert.json"]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains("case 2: the title is empty") && wrong.err.contains("case 2: kle"),
        "{}",
        wrong.err
    );
    assert!(
        !cli.run(&["case", "list", "--user", "birthe"])
            .out
            .contains("God")
    );
    cli.write("ekstra.csv", "number,title,farve\n2026-00004,Hegn,rød\n");
    let extra = cli.run(&["case", "import", "ekstra.csv"]);
    assert!(
        extra.code == 2 && extra.err.contains("farve"),
        "{}",
        extra.err
    );
}

#[test]
fn manifests_are_written_for_an_address_that_office_takes_and_for_no_other() {
    let cli = Cli::new();
    let out = cli.path("manifests").display().to_string();
    let host = "https://sagspost.egelund-kommune.example";
    let said = cli.run(&["--json", "manifest", "--host", host, "--out", &out]);
    assert_eq!(said.code, 0, "{}", said.err);
    let written = fs::read_to_string(cli.path("manifests/outlook.xml")).unwrap();
    assert!(written.contains(&format!("{host}/addin/commands.html")));
    assert_eq!(
        said.json()["microsoft365"],
        format!("{out}/microsoft365.zip")
    );
    for wrong in [
        "http://sagspost.example",
        "sagspost.example",
        "https://sagspost.example/x",
    ] {
        let said = cli.run(&["manifest", "--host", wrong, "--out", &out]);
        assert_eq!(said.code, 2, "{wrong}");
        assert!(
            said.err.contains("https://sagspost.example.org"),
            "{}",
            said.err
        );
    }
}
