//! KL's subject plan: imported from files of either generation, kept on both databases, suggested from.

use std::fs;
use std::path::{Path, PathBuf};

use reqwest::Method;
use sagspost::domain::access::Onlooker;
use sagspost::domain::kle::KleNumber;
use sagspost::kle::{self, Changes, Limits, Part, Plan};
use sagspost::store::{Follower, NewCase, Store, StoreError};
use sagspost::suggest::kle::{OwnCases, PlanIndex, Question, Subjects, measure, suggest};
use serde_json::json;

use crate::support::app::{self, App};
use crate::support::cli::{Cli, Said};
use crate::support::store::{add_case, case, day, eml};

const OLD: &str = "emneplan_2.0.xml";
const KEYWORDS: &str = "stikord_2.0.xml";
const REST: &str = "emneplan_rest.xml";
const FACETS: &str = "handlingsfacetter.xml";
const DANISH: [(&str, &str); 1] = [("LC_ALL", "da_DK.UTF-8")];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/kle")
        .join(name)
}

/// KL's own files lie beside the repository on some machines; they are not ours to ship.
fn official(name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/kle");
    let given = std::env::var_os("SAGSPOST_KLE_FILES").map_or(beside, PathBuf::from);
    let path = given.join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("not tested: {name} is not there; set SAGSPOST_KLE_FILES to the folder that has it");
    None
}

fn read(path: &Path) -> Part {
    kle::read(fs::File::open(path).unwrap(), Limits::default()).unwrap()
}

fn plan(files: &[&str]) -> Plan {
    let mut plan = Plan::default();
    for file in files {
        plan.take(read(&fixture(file)));
    }
    plan
}

async fn import(store: &Store, plan: &Plan) -> i64 {
    let (version, before) = store.kle_plan().await.unwrap();
    let changes = kle::diff(&before, plan);
    store
        .replace_kle_plan(plan, version, &changes, "import", day(2))
        .await
        .unwrap()
}

fn first(subjects: &Subjects, text: &str, viewer: &str) -> Option<String> {
    let proposed = subjects.suggest(&Question::of_text(text), &Onlooker::alone(viewer), 3);
    proposed.first().map(|best| best.number.to_string())
}

on_both! {
    a_plan_comes_back_as_it_was_imported(store) {
        assert_eq!(store.kle_plan().await.unwrap(), (0, Plan::default()));
        let old = plan(&[OLD, FACETS, KEYWORDS]);
        let version = import(store, &old).await;
        assert_eq!(store.kle_plan().await.unwrap(), (version, old));
        let rest = plan(&[OLD, FACETS, KEYWORDS, REST]);
        let newer = import(store, &rest).await;
        assert!(newer > version);
        assert_eq!(store.kle_plan().await.unwrap(), (newer, rest));
    }

    an_import_that_was_overtaken_changes_nothing(store) {
        let old = plan(&[OLD]);
        let version = import(store, &old).await;
        let late = store
            .replace_kle_plan(&plan(&[REST]), 0, &Changes::default(), "import", day(3))
            .await;
        assert!(matches!(late, Err(StoreError::VersionConflict)), "{late:?}");
        assert_eq!(store.kle_plan().await.unwrap(), (version, old));
    }

    suggestions_follow_imports_and_cases_of_any_process(store) {
        let subjects = Subjects::default();
        let after = store.last_event().await.unwrap();
        subjects.load(store).await.unwrap();
        assert_eq!(first(&subjects, "klatrestativer", "birthe"), None);
        import(store, &plan(&[REST])).await;
        let sorted = NewCase { kle: Some("70.02.09".into()), ..case("Sommerfest i klubhuset") };
        add_case(store, sorted).await;
        let mut follower = Follower::after(store.clone(), after);
        let mut seen = 0;
        while seen < 2 {
            for event in follower.next().await {
                seen += 1;
                // Twice is as good as once.
                subjects.apply(store, &event.kind).await.unwrap();
                subjects.apply(store, &event.kind).await.unwrap();
            }
        }
        assert_eq!(first(&subjects, "klatrestativer", "birthe").as_deref(), Some("71.01.03"));
        let like_the_case = first(&subjects, "Sommerfest i klubhuset", "birthe");
        assert_eq!(like_the_case.as_deref(), Some("70.02.03"), "the case's old number, as it is today");
        let afresh = Subjects::default();
        afresh.load(store).await.unwrap();
        let ask = |subjects: &Subjects| subjects.suggest(&Question::of_text("Sommerfest i havnens klubhus"), &Onlooker::alone("birthe"), 5);
        assert_eq!(ask(&afresh), ask(&subjects));
    }
}

fn import_files(cli: &Cli, files: &[&Path], flags: &[&str]) -> Said {
    let files: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    let arguments = ["kle", "import"]
        .into_iter()
        .chain(files.iter().map(String::as_str));
    let arguments: Vec<&str> = arguments.chain(flags.iter().copied()).collect();
    cli.run_with(&DANISH, &arguments)
}

#[test]
fn an_import_tells_what_it_changes() {
    let cli = Cli::new();
    let (old, keywords, facets) = (fixture(OLD), fixture(KEYWORDS), fixture(FACETS));
    // The order of the files says nothing.
    let first = import_files(&cli, &[&keywords, &facets, &old], &[]);
    assert_eq!(first.code, 0, "{}", first.err);
    let again = import_files(&cli, &[&old], &[]);
    let dry = import_files(&cli, &[&fixture(REST)], &["--dry-run"]);
    let newer = import_files(&cli, &[&fixture(REST)], &[]);
    assert_eq!(newer.code, 0, "{}", newer.err);
    insta::assert_snapshot!(format!(
        "{}---\n{}---\n{}---\n{}",
        first.out, again.out, dry.out, newer.out
    ));
}

#[test]
fn a_dry_run_changes_nothing_and_says_all_as_json() {
    let cli = Cli::new();
    let said = cli.run(&[
        "--json",
        "kle",
        "import",
        &fixture(REST).display().to_string(),
        "--dry-run",
    ]);
    let json = said.json();
    assert_eq!(
        (&json["dry_run"], &json["imported"]),
        (&json!(true), &json!(false)),
        "{}",
        said.err
    );
    assert_eq!(json["new"].as_array().map(Vec::len), Some(17));
    let shown = cli.run(&["kle", "show", "70.01.05"]);
    assert_eq!(shown.code, 2);
    assert!(shown.err.contains("sagspost kle import"), "{}", shown.err);
}

#[test]
fn a_number_is_shown_with_where_it_went() {
    let cli = Cli::new();
    import_files(
        &cli,
        &[&fixture(OLD), &fixture(KEYWORDS), &fixture(FACETS)],
        &[],
    );
    let said = |number: &str| cli.run_with(&DANISH, &["kle", "show", number]);
    let painting = said("70.01.05").out;
    for part in [
        "Maling af fyrtårne",
        "70.01 Fyrtårne",
        "Rødkalk",
        "Fyrtårnsloven § 16",
        "stillads",
        "efter 5 år",
    ] {
        assert!(painting.contains(part), "{part}: {painting}");
    }
    let siren = said("70.02.09").out;
    assert!(
        siren.contains("Afløst af 70.01.10") && siren.contains("I dag: 70.02.03 Signaler i havne"),
        "{siren}"
    );
    assert!(said("K05").out.contains("Eftersyn på stedet"));
    let both = said("70.02.04-Ø12").out;
    assert!(
        both.contains("Bådpladser") && both.contains("Udlån af ting"),
        "{both}"
    );
    for (wrong, why) in [
        ("70.1", "hverken"),
        ("99.01.01", "findes ikke"),
        ("Q77", "findes ikke"),
    ] {
        let said = said(wrong);
        assert!(
            said.code == 2 && said.err.contains(why),
            "{wrong}: {}",
            said.err
        );
    }
    let json = cli.run(&["--json", "kle", "show", "70.02.09"]).json();
    assert_eq!(json["entry"]["today"], json!(["70.02.03"]));
}

#[test]
fn a_file_that_cannot_be_used_changes_nothing_and_says_what_to_do() {
    let cli = Cli::new();
    import_files(&cli, &[&fixture(OLD)], &[]);
    let whole = fs::read_to_string(fixture(REST)).unwrap();
    let huge = cli.path("huge.xml");
    fs::File::create(&huge)
        .unwrap()
        .set_len(500 * 1024 * 1024)
        .unwrap();
    let files = [
        (huge, "større end 64 MB"),
        (cli.write("cut.xml", &whole[..whole.len() / 2]), "halvt frem"),
        (cli.write("html.xml", "<html></html>"), "<html>"),
        (
            cli.write("old.xml", "<KLE-Emneplan xsi:noNamespaceSchemaLocation='KLE-Emneplan-version-1-1.xsd'></KLE-Emneplan>"),
            "version 1-1",
        ),
        (cli.write("new.xml", "<KLE-Emneplan><Subject/></KLE-Emneplan>"), "anden version"),
        (cli.write("text.xml", "Kære læser"), "ikke gyldig XML"),
        (
            cli.write("wrong.xml", &whole.replace("<EmneNr>70.01.05<", "<EmneNr>70.1.5<")),
            "»70.1.5« er ikke et nummer",
        ),
        (cli.path("missing.xml"), "kan ikke læses"),
        (cli.path("."), "mappe"),
    ];
    for (file, why) in files {
        // A good file beside a bad one is not taken either.
        let said = import_files(&cli, &[&fixture(REST), &file], &[]);
        assert_eq!(said.code, 2, "{why}: {}{}", said.out, said.err);
        assert!(
            said.err.contains(why) && said.err.contains("Intet er ændret."),
            "{why}: {}",
            said.err
        );
        let english = cli.run(&["kle", "import", &file.display().to_string()]);
        assert!(
            english.err.contains("Nothing was changed."),
            "{}",
            english.err
        );
    }
    let kept = cli.run(&["--json", "kle", "show", "70.02.04"]).json();
    assert_eq!(kept["entry"]["title"], "Bådpladser", "still the older plan");
}

#[test]
fn an_older_plan_an_extract_and_keywords_without_a_plan_are_asked_about_first() {
    let cli = Cli::new();
    let keywords = fixture(KEYWORDS);
    let alone = import_files(&cli, &[&keywords], &[]);
    assert!(
        alone.code == 2 && alone.err.contains("Importér KLE-Emneplan først"),
        "{}",
        alone.err
    );
    import_files(&cli, &[&fixture(REST)], &[]);
    let older = import_files(&cli, &[&fixture(OLD)], &[]);
    assert!(
        older.code == 2 && older.err.contains("2014-02-01") && older.err.contains("--force"),
        "{}",
        older.err
    );
    let whole = fs::read_to_string(fixture(REST)).unwrap();
    let from = whole.rfind("\t<Hovedgruppe>").unwrap();
    let extract = cli.write("extract.xml", &format!("<KLE-Emneplan>{}", &whole[from..]));
    let lacking = import_files(&cli, &[&extract], &[]);
    assert!(
        lacking.code == 2 && lacking.err.contains("udsnit"),
        "{}",
        lacking.err
    );
    let forced = import_files(&cli, &[&extract], &["--force"]);
    assert!(
        forced.code == 0 && forced.out.contains("Fjernede: 1"),
        "{}{}",
        forced.out,
        forced.err
    );
}

#[test]
fn what_is_measured_is_told_in_figures() {
    let cli = Cli::new();
    let file = fixture(REST).display().to_string();
    let said = cli.run(&["--json", "eval", "kle", &file]);
    let json = said.json();
    let kinds: Vec<_> = json["measured"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| &m["asked_with"])
        .collect();
    assert_eq!(kinds, ["keywords", "guidance", "titles"], "{}", said.err);
    let table = cli.run(&["eval", "kle", &file]);
    assert!(
        table.out.contains("top 1") && table.out.contains("keywords"),
        "{}",
        table.out
    );
    assert_eq!(cli.run(&["eval", "kle", "/no/such/file"]).code, 2);
}

async fn app_with_plan() -> App {
    let app = App::start().await;
    import(&app.store, &plan(&[REST, FACETS])).await;
    app.subjects.load(&app.store).await.unwrap();
    app
}

#[tokio::test]
async fn numbers_are_looked_up_over_http() {
    let app = app_with_plan().await;
    let found = app.get("/api/v1/kle?query=rutsje", "birthe").await.json();
    assert_eq!(found["published"], "2025-05-01");
    assert_eq!(found["items"][0]["number"], "71.01.03");
    assert_eq!(found["items"][0]["parent"]["title"], "Legepladser");
    let siren = app.get("/api/v1/kle?query=70.02.09", "birthe").await.json();
    assert_eq!(siren["items"][0]["usable"], false);
    assert_eq!(siren["items"][0]["replaced_by"][0]["number"], "70.02.03");
    let few = app
        .get("/api/v1/kle?query=7&limit=2", "birthe")
        .await
        .json();
    assert_eq!(few["items"].as_array().unwrap().len(), 2);
    let long = format!("/api/v1/kle?query={}", "x".repeat(300));
    for (path, field) in [
        ("/api/v1/kle?query=", "query"),
        ("/api/v1/kle?query=x&limit=0", "limit"),
        (long.as_str(), "query"),
        ("/api/v1/kle", "query"),
    ] {
        let refused = app.get(path, "birthe").await;
        assert_eq!(
            (refused.status, &refused.json()["field"]),
            (422, &json!(field)),
            "{path}"
        );
    }
    assert_eq!(app.get("/api/v1/kle?query=x", "").await.status, 401);
}

#[tokio::test]
async fn a_text_gets_subjects_with_reasons_in_the_readers_language() {
    let app = app_with_plan().await;
    let ask = json!({ "text": "Udlån af redningsveste til bådpladsen" });
    let answer = app
        .post("/api/v1/kle/suggestions", "birthe", &ask)
        .await
        .json();
    let best = &answer["subjects"][0];
    assert_eq!(best["number"], "70.02.04", "{answer}");
    assert_eq!(best["facet"]["facet"], "Ø12");
    let keyword = best["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .find(|reason| reason["kind"] == "keyword")
        .unwrap();
    assert_eq!(
        keyword["text"],
        "Stikordet »Udlån af redningsveste« står i teksten"
    );
    assert!(best["confidence"].as_u64().unwrap() > 50, "{answer}");
    let english = app
        .request(Method::POST, "/api/v1/kle/suggestions", "birthe")
        .header("Accept-Language", "en")
        .json(&ask);
    let english = app::answer(english).await.json();
    assert!(
        english["subjects"][0]["facet"]["text"]
            .as_str()
            .unwrap()
            .contains("because of"),
        "{english}"
    );
    for body in [
        json!({}),
        json!({ "text": " " }),
        json!({ "text": "x", "mail_id": uuid::Uuid::nil() }),
        json!({ "txt": "x" }),
    ] {
        assert_eq!(
            app.post("/api/v1/kle/suggestions", "birthe", &body)
                .await
                .status,
            422,
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_mail_is_asked_about_by_those_alone_who_may_see_it() {
    let app = app_with_plan().await;
    let mails = app
        .add_mails(&[eml("a@x", "Sag 70.02.09: klatrestativer", &[])])
        .await;
    let ask = json!({ "mail_id": mails[0] });
    let answer = app
        .post("/api/v1/kle/suggestions", "birthe", &ask)
        .await
        .json();
    assert_eq!(answer["subjects"][0]["number"], "70.02.03", "{answer}");
    assert_eq!(answer["subjects"][0]["reasons"][0]["kind"], "old_number");
    assert_eq!(answer["subjects"][1]["number"], "71.01.03");
    assert_eq!(
        app.post("/api/v1/kle/suggestions", "carl", &ask)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_case_that_one_may_not_see_is_no_reason() {
    let app = app_with_plan().await;
    let hidden = NewCase {
        kle: Some("70.02.00".into()),
        facet: Some("K05".into()),
        access: sagspost::domain::access::CaseAccess::of_users(["carl"]),
        ..case("Sommerfest i klubhuset Skjoldnæs")
    };
    let made = app.add_case(hidden).await;
    app.subjects.load(&app.store).await.unwrap();
    let ask = json!({ "text": "Sommerfest i klubhuset Skjoldnæs" });
    let seen = app
        .post("/api/v1/kle/suggestions", "carl", &ask)
        .await
        .json();
    assert_eq!(seen["subjects"][0]["number"], "70.02.00");
    assert!(seen.to_string().contains(&made.number));
    let unseen = app
        .post("/api/v1/kle/suggestions", "birthe", &ask)
        .await
        .json();
    assert_eq!(unseen["subjects"], json!([]), "{unseen}");
}

#[tokio::test]
async fn without_a_plan_nothing_is_proposed_and_that_is_told() {
    let app = App::start().await;
    let answer = app
        .post(
            "/api/v1/kle/suggestions",
            "birthe",
            &json!({ "text": "havn" }),
        )
        .await;
    assert_eq!(answer.json(), json!({ "published": null, "subjects": [] }));
    let found = app.get("/api/v1/kle?query=havn", "birthe").await;
    assert_eq!(found.json(), json!({ "published": null, "items": [] }));
}

#[test]
fn kls_own_plan_of_2015_is_read_whole() {
    let Some(path) = official("KLE-Emneplan_Version2-0_2015-08-01.xml") else {
        return;
    };
    let mut plan = Plan::default();
    plan.take(read(&path));
    let level =
        |level: fn(&KleNumber) -> bool| plan.entries.keys().filter(|number| level(number)).count();
    assert_eq!(level(KleNumber::is_subject), 3457);
    assert_eq!(level(|number| number.parent().is_none()), 41);
    assert_eq!(plan.active_subjects().count(), 2136);
    assert!(
        plan.entries
            .values()
            .all(|entry| !entry.title.contains('['))
    );
    let remarks = kle::check(&plan);
    assert_eq!(
        remarks.len(),
        1,
        "one successor that KL left out: {remarks:?}"
    );
    let index = PlanIndex::build(&plan);
    for (text, number) in [
        ("Ansøgning om alkoholbevilling til restaurant", "22.01.01"),
        (
            "Klage over elevplaner efter folkeskolelovens § 13 b",
            "17.05.08",
        ),
        ("Jeg vil gerne på venteliste til en ældrebolig", "27.45.08"),
    ] {
        let question = Question::of_text(text);
        let proposed = suggest(
            &index,
            &OwnCases::default(),
            &question,
            &Onlooker::alone("birthe"),
            3,
        );
        let numbers: Vec<String> = proposed
            .iter()
            .map(|best| best.number.to_string())
            .collect();
        assert!(numbers.contains(&number.to_owned()), "{text}: {numbers:?}");
    }
}

#[test]
fn the_reduced_set_is_read_too() {
    let Some(path) = official("KLE-valid-data.xml") else {
        return;
    };
    let mut plan = Plan::default();
    plan.take(read(&path));
    assert!(plan.active_subjects().count() > 10);
    assert!(!measure(&plan).is_empty());
}

/// The titles that subjects have today, asked of the plan of ten years before: where they were put in other words.
#[test]
fn titles_of_today_find_their_subjects_in_the_plan_of_2015() {
    let (Some(plan_of_2015), Some(today)) = (
        official("KLE-Emneplan_Version2-0_2015-08-01.xml"),
        official("os2compliance-kle-mapping.csv"),
    ) else {
        return;
    };
    let mut plan = Plan::default();
    plan.take(read(&plan_of_2015));
    let index = PlanIndex::build(&plan);
    let mut rows = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_path(today)
        .unwrap();
    let (mut asked, mut found) = (0, 0);
    for row in rows.records() {
        let row = row.unwrap();
        // "17.00.26. Eleverklæringer"
        let Some((number, title)) = row.get(4).and_then(|cell| cell.split_at_checked(8)) else {
            continue;
        };
        let title = title.trim_start_matches('.').trim();
        let Some(entry) = KleNumber::parse(number).and_then(|number| plan.entries.get(&number))
        else {
            continue;
        };
        if !entry.is_active() || entry.title == title {
            continue;
        }
        asked += 1;
        let proposed = suggest(
            &index,
            &OwnCases::default(),
            &Question::of_text(title),
            &Onlooker::alone("birthe"),
            3,
        );
        found += usize::from(
            proposed
                .iter()
                .any(|best| best.number.to_string() == number),
        );
    }
    eprintln!(
        "{found} of {asked} titles in other words than in 2015 find their subject among three"
    );
    assert!(asked > 50 && found * 10 > asked * 7, "{found} of {asked}");
}
