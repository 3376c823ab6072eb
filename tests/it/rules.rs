//! Files of rules, checked and tried at the command line.

use crate::support::cli::{Cli, Said};

const RULES: &str = r#"[[rule]]
name = "Fakturaer"
when.subject.regex = 'faktura (?<nummer>[0-9]+)'
then.journal = { on = "case", case = "2026-00001", title = "Faktura {nummer}" }
then.tag = "faktura"

[[rule]]
name = "Revisor"
when.from.domain = "revisor.example"
then.journal = { on = "case", case = "2026-00002" }

[[rule]]
name = "Parter"
when.sender_is_party = true
then.assign.unit = "byggesag"
"#;

const MAIL: &str = "Authentication-Results: mx.byen.example; dmarc=pass header.from=revisor.example\r\n\
    From: Bo Lund <bo@revisor.example>\r\nTo: post@byen.example\r\nSubject: SV: FAKTURA 0042\r\n\
    Date: Mon, 12 Jan 2026 09:00:00 +0100\r\n\r\nHej\r\n";

fn tested(cli: &Cli, lang: &str, more: &[&str]) -> Said {
    cli.write("regler.toml", RULES);
    let asked = ["rules", "test", "regler.toml", "--mail", "mail.eml"];
    cli.run_with(&[("LC_ALL", lang)], &[asked.as_slice(), more].concat())
}

#[test]
fn a_file_of_rules_is_read_aloud_in_the_readers_language() {
    let cli = Cli::new();
    cli.write("regler.toml", RULES);
    let check = |lang| cli.run_with(&[("LC_ALL", lang)], &["rules", "check", "regler.toml"]);
    let danish = check("da_DK.UTF-8");
    assert_eq!(danish.code, 0, "{}", danish.err);
    assert!(
        danish.out.contains(
            "Når afsenderen har en adresse på domænet »revisor.example«: journalisér på sag 2026-00002."
        ),
        "{}",
        danish.out
    );
    let english = check("C");
    assert!(
        english.out.contains("3 rules without mistakes"),
        "{}",
        english.out
    );
}

#[test]
fn all_mistakes_of_a_file_of_rules_are_told_with_line_and_column() {
    let cli = Cli::new();
    let wrong = RULES
        .replace(
            "when.subject.regex = 'faktura (",
            "when.subjet.regex = 'faktura (",
        )
        .replace(
            "on = \"case\", case = \"2026-00002\"",
            "on = \"suggestion\"",
        )
        .replace("then.assign.unit = \"byggesag\"\n", "");
    cli.write("regler.toml", &wrong);
    let said = cli.run_with(
        &[("LC_ALL", "da_DK.UTF-8")],
        &["rules", "check", "regler.toml"],
    );
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    for told in [
        "3 fejl i regler.toml",
        "linje 3, tegn 6 (Fakturaer): Feltet subjet findes ikke. Mente du subject?",
        "linje 10, tegn 16 (Revisor): Reglen journaliserer på et gæt",
        "(Parter): Reglen gør ingenting",
    ] {
        assert!(said.err.contains(told), "{told}: {}", said.err);
    }
    let json = cli.run(&["--json", "rules", "check", "regler.toml"]);
    assert_eq!(json.code, 2);
    assert_eq!(
        json.json()["mistakes"][1]["code"],
        "guess-without-confidence"
    );
    assert_eq!(json.json()["mistakes"][1]["line"], 10);
    let gone = cli.run(&["rules", "check", "ingen.toml"]);
    assert_eq!(gone.code, 1);
}

#[test]
fn what_rules_would_do_with_a_mail_is_told_with_its_reasons() {
    let cli = Cli::new();
    cli.write("mail.eml", MAIL);
    let danish = tested(&cli, "da_DK.UTF-8", &["--trust", "mx.byen.example"]);
    assert_eq!(danish.code, 0, "{}", danish.err);
    for told in [
        "Fakturaer: passer, fordi emnet passer til mønsteret",
        "(fandt »FAKTURA 0042«)",
        "journalisér på sag 2026-00001 med titlen »Faktura 0042«",
        "Revisor: passer, fordi afsenderen har en adresse på domænet",
        "gør: journalisér på sag 2026-00002",
        "Parter: kan ikke afgøres, fordi det ikke vides, om afsenderen er part på en sag",
    ] {
        assert!(danish.out.contains(told), "{told}: {}", danish.out);
    }
    let english = tested(&cli, "C", &[]);
    assert!(
        english.out.contains("matched because the subject fits"),
        "{}",
        english.out
    );
}

#[test]
fn a_mail_whose_sender_no_trusted_server_checked_files_nothing_because_of_its_sender() {
    let cli = Cli::new();
    cli.write("mail.eml", MAIL);
    for more in [&["--json"][..], &["--json", "--trust", "mx.ond.example"]] {
        let told = tested(&cli, "C", more).json();
        assert_eq!(told["follows"][0]["withheld"], serde_json::Value::Null);
        assert_eq!(
            told["follows"][2]["withheld"],
            "nothing shows that the sender is who the mail says"
        );
    }
    let trusted = tested(&cli, "C", &["--json", "--trust", "mx.byen.example"]).json();
    assert_eq!(trusted["follows"][2]["case"], "2026-00002");
}

#[test]
fn a_mail_with_two_senders_waits_for_a_person() {
    let cli = Cli::new();
    cli.write("mail.eml", &format!("From: chef@byen.example\r\n{MAIL}"));
    let told = tested(&cli, "C", &["--json", "--trust", "mx.byen.example"]).json();
    assert_eq!(told["held"], "several_senders");
    assert_eq!(told["follows"], serde_json::json!([]));
    assert_eq!(told["rules"][0]["outcome"], "matched");
}

/// A database with Birthe, her mailbox and cases of these numbers.
fn with_cases(cli: &Cli, numbers: &[&str]) {
    std::fs::create_dir(cli.path("post")).unwrap();
    let cases: Vec<serde_json::Value> = numbers
        .iter()
        .map(|number| serde_json::json!({ "number": number, "title": "Hegn" }))
        .collect();
    cli.write("sager.json", &serde_json::to_string(&cases).unwrap());
    let post = cli.path("post").display().to_string();
    for command in [
        &["user", "add", "birthe"][..],
        &[
            "mailbox",
            "add",
            "leder",
            "--user",
            "birthe",
            "--maildir",
            &post,
        ],
        &["case", "import", "sager.json"],
    ] {
        let said = cli.run(command);
        assert_eq!(said.code, 0, "{command:?}: {}", said.err);
    }
}

#[test]
fn rules_that_are_exported_are_imported_as_the_same() {
    let cli = Cli::new();
    with_cases(&cli, &["2026-00001", "2026-00002"]);
    let text = RULES.replace(
        "then.assign.unit = \"byggesag\"",
        "then.assign.person = \"birthe\"",
    );
    cli.write("regler.toml", &text);
    let import = |more: &[&str]| {
        let asked = [
            "rules",
            "import",
            "regler.toml",
            "--owner",
            "person:birthe",
            "--user",
            "birthe",
        ];
        cli.run(&[asked.as_slice(), more].concat())
    };
    let only_told = import(&["--check"]);
    assert_eq!(only_told.out.matches("+ ").count(), 3, "{}", only_told.err);
    let imported = import(&["--mode", "live"]);
    assert_eq!(imported.out.matches("+ ").count(), 3, "{}", imported.err);
    let exported = cli.run(&["rules", "export", "--user", "birthe"]);
    assert_eq!(exported.code, 0, "{}", exported.err);
    assert!(exported.out.starts_with("# "), "{}", exported.out);
    cli.write("regler.toml", &exported.out);
    let again = import(&[]);
    assert_eq!(
        again.out.matches("= ").count(),
        3,
        "{} {}",
        again.out,
        again.err
    );
    let first = exported.out.split("\n# ").next().unwrap();
    cli.write("regler.toml", first);
    let fewer = import(&["--remove-others"]);
    assert_eq!(
        fewer.out.matches("- ").count(),
        2,
        "{} {}",
        fewer.out,
        fewer.err
    );
}

#[test]
fn an_import_with_a_mistake_changes_nothing_and_tells_it_at_its_line() {
    let cli = Cli::new();
    with_cases(&cli, &["2026-00001"]);
    let text = RULES.replace("then.assign.unit = \"byggesag\"", "then.tag = \"part\"");
    cli.write("regler.toml", &text);
    let asked = [
        "rules",
        "import",
        "regler.toml",
        "--owner",
        "person:birthe",
        "--user",
        "birthe",
    ];
    let refused = cli.run(&asked);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(
        refused
            .err
            .contains("line 10, column 38 (Revisor): There is no case 2026-00002"),
        "{}",
        refused.err
    );
    let exported = cli.run(&["rules", "export", "--user", "birthe"]);
    assert_eq!(exported.out, "");
}
