//! What filing teaches the suggestions, on both databases: in one order for every process, restarts and undo included.

use chrono::Duration;
use sagspost::domain::access::Onlooker;
use sagspost::{
    domain::case::Case,
    store::{FiledMail, Following, NewEntry, Store},
    suggest::{Engine, Organisation, Signals, Suggestion},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::app::App;
use crate::support::store::{add_case, batch, case, day, eml, mailbox, user};

/// Lessons of one block, and as many as count at most.
const BLOCK: u32 = 2000;

/// A mail that is asked about, and cases with something in common with it.
struct Scene {
    mail_id: Uuid,
    signals: Signals,
    hedge: Case,
}

async fn scene(store: &Store) -> Scene {
    user(store, "birthe").await;
    let (mailbox, folder) = mailbox(store, "leder", &["birthe"]).await;
    let hedge = add_case(store, case("Nabostrid om hæk")).await;
    add_case(store, case("Klage over nabogrund og hæk")).await;
    let mut batch = batch(
        mailbox,
        folder,
        1,
        &[eml("a@x", "Hæk ved nabogrunden", &[])],
    );
    batch.mails[0].signals = engine().signals(&batch.mails[0].mail).to_value();
    let mail_id = store.commit_batch(&batch, day(2)).await.unwrap()[0].id;
    let row = store.mail_unchecked(mail_id).await.unwrap();
    Scene {
        mail_id,
        signals: Signals::of_row(&row),
        hedge,
    }
}

fn engine() -> Engine {
    Engine::new(Organisation::default())
}

/// What somebody chose the `n`th time, each time somewhat differently.
fn lesson(n: u32) -> Value {
    let share = f64::from(n % 7) / 7.0;
    let mut lesson = json!({
        "c": [
            { "any": 1.0, "fresh": 1.0, "text_cover": share, "title_anywhere": 0.5 },
            { "any": 1.0, "fresh": 0.5, "text_cover": 1.0 - share, "text_lead": 0.3 },
        ],
        "p": 0.1 + share / 2.0,
    });
    if n.is_multiple_of(4) {
        lesson["p"] = json!(0.98 + share / 100.0);
        lesson["r"] = json!(0);
    } else if n % 3 != 2 {
        lesson["r"] = json!(n % 3);
    }
    lesson
}

impl Scene {
    /// A filing that teaches; of a mail of its own as far as the case is concerned.
    async fn file(&self, store: &Store, n: u32) -> Uuid {
        let mut fingerprint = [0; 32];
        fingerprint[..4].copy_from_slice(&n.to_be_bytes());
        let entry = NewEntry {
            id: Uuid::now_v7(),
            mail: Some(FiledMail {
                id: self.mail_id,
                fingerprint,
            }),
            case_id: self.hedge.id,
            only_for: None,
            created_by: "birthe".to_owned(),
            idempotency_key: n.to_string(),
            request_hash: [0; 32],
            type_lessons: None,
            suggestion_lesson: Some(lesson(n)),
            following: Following::Untouched,
            case_kle: None,
            documents: Vec::new(),
            jobs: Vec::new(),
        };
        store.commit_entry(&entry, day(3)).await.unwrap().id
    }

    /// What is suggested, with every weight and confidence to the last bit.
    fn ask(&self, engine: &Engine) -> Vec<Suggestion> {
        let suggestions = engine.suggest(&self.signals, &Onlooker::alone("birthe"), day(4), 5);
        assert!(suggestions.len() == 2 && suggestions[0].counted.len() > 3);
        suggestions
    }

    async fn ask_anew(&self, store: &Store) -> Vec<Suggestion> {
        self.ask(&started(store).await)
    }
}

async fn started(store: &Store) -> Engine {
    let engine = engine();
    engine.load(store).await.unwrap();
    engine
}

async fn undo(store: &Store, entry: Uuid) {
    let window = Duration::days(30);
    let undone = store.undo_entry(entry, "birthe", window, |_| Vec::new(), day(4));
    undone.await.unwrap();
}

/// Takes in all that happened after an event; the last event's number.
async fn follow(store: &Store, engine: &Engine, mut from: i64) -> i64 {
    loop {
        let events = store.events_after(from, 500).await.unwrap();
        let Some(last) = events.last() else {
            return from;
        };
        from = last.id;
        for event in &events {
            engine.apply(store, &event.kind).await.unwrap();
        }
    }
}

/// Weights by feature, of all that is suggested.
fn weights(suggestions: &[Suggestion]) -> Vec<(&'static str, u64)> {
    let counted = suggestions.iter().flat_map(|suggested| &suggested.counted);
    counted
        .map(|counted| (counted.feature, counted.weight.to_bits()))
        .collect()
}

on_both! {
    a_process_that_goes_on_and_one_that_starts_weigh_the_same(store) {
        let scene = scene(store).await;
        let running = started(store).await;
        let untaught = scene.ask(&running);
        let mut at = store.last_event().await.unwrap();
        for n in 0..12 {
            scene.file(store, n).await;
            at = follow(store, &running, at).await;
        }
        let taught = scene.ask(&running);
        assert_ne!(weights(&taught), weights(&untaught));
        assert_eq!(scene.ask_anew(store).await, taught);
        // Events that come again teach nothing.
        follow(store, &running, 0).await;
        assert_eq!(scene.ask(&running), taught);
    }

    lessons_count_in_their_order_however_late_a_process_hears_of_them(store) {
        let scene = scene(store).await;
        let running = started(store).await;
        let from = store.last_event().await.unwrap();
        for n in 0..4 {
            scene.file(store, n).await;
        }
        let mut events = store.events_after(from, 100).await.unwrap();
        assert_eq!(events.len(), 4);
        events.swap(1, 2);
        for event in &events {
            running.apply(store, &event.kind).await.unwrap();
        }
        assert_eq!(scene.ask(&running), scene.ask_anew(store).await);
    }

    what_is_undone_teaches_nothing_any_more(store) {
        let scene = scene(store).await;
        let running = started(store).await;
        let from = store.last_event().await.unwrap();
        scene.file(store, 0).await;
        let at = follow(store, &running, from).await;
        let without = weights(&scene.ask(&running));
        let entry = scene.file(store, 1).await;
        let at = follow(store, &running, at).await;
        assert_ne!(weights(&scene.ask(&running)), without);
        undo(store, entry).await;
        follow(store, &running, at).await;
        assert_eq!(weights(&scene.ask(&running)), without);
        assert_eq!(scene.ask_anew(store).await, scene.ask(&running));
        // Heard of only after it was undone it teaches nothing either.
        let late = started(store).await;
        follow(store, &late, from).await;
        assert_eq!(weights(&scene.ask(&late)), without);
    }

    lessons_of_long_ago_are_let_go_alike_by_all_processes(store) {
        let scene = scene(store).await;
        for n in 0..2 * BLOCK - 40 {
            let entry = scene.file(store, n).await;
            if n == BLOCK + 5 {
                undo(store, entry).await;
            }
        }
        let running = started(store).await;
        let before = store.last_event().await.unwrap();
        for n in 2 * BLOCK - 40..2 * BLOCK + 20 {
            scene.file(store, n).await;
        }
        let at = follow(store, &running, before).await;
        let taught = scene.ask(&running);
        assert_eq!(scene.ask_anew(store).await, taught);
        let quality = running.quality(store, None, day(4)).await.unwrap();
        assert_eq!(started(store).await.quality(store, None, day(4)).await.unwrap(), quality);
        let figures = serde_json::to_value(&quality).unwrap();
        assert!(
            figures["proof"]["mails"].as_u64().unwrap() >= 100,
            "{figures}"
        );
        // One that is let go of may be undone: nothing changes.
        let lessons = store.suggestion_lessons(0, 1).await.unwrap();
        assert_eq!(lessons[0].lesson, lesson(0));
        undo(store, lessons[0].entry_id).await;
        follow(store, &running, at).await;
        assert_eq!(weights(&scene.ask(&running)), weights(&taught));
        assert_eq!(weights(&scene.ask_anew(store).await), weights(&taught));
    }
}

#[tokio::test]
async fn journaling_keeps_what_was_suggested_with_the_entry_once() {
    let app = App::start().await;
    let hedge = app.add_case(case("Nabostrid om hæk")).await;
    let mails = [eml("a@x", "Hæk ved nabogrunden", &[])];
    let mail = app.add_mails(&mails).await[0];
    let wish = json!({ "mail_id": mail, "case_id": hedge.id });
    for _ in 0..2 {
        let answer = app.journal("birthe", "key", &wish).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
    }
    let lessons = app.store.suggestion_lessons(0, 10).await.unwrap();
    assert_eq!(lessons.len(), 1);
    assert_eq!(lessons[0].user, "birthe");
    assert_eq!(lessons[0].lesson["r"], 0, "the first suggestion was taken");
    let kept = lessons[0].lesson.to_string();
    assert!(
        !kept.contains("nabo") && !kept.contains(&hedge.number),
        "{kept}"
    );
}

#[tokio::test]
async fn a_suggestion_is_explained_by_figures_that_add_up_and_order_the_cases() {
    let app = App::start().await;
    for title in ["Nabostrid om hæk", "Klage over nabogrund"] {
        app.add_case(case(title)).await;
    }
    let mails = [eml("a@x", "Hæk ved nabogrunden", &[])];
    let mail = app.add_mails(&mails).await[0];
    let path = format!("/api/v1/suggestions/{mail}");
    let explained = app.get(&path, "birthe").await.json();
    let asked = json!({ "mail_id": mail });
    let suggested = app
        .post("/api/v1/suggestions", "birthe", &asked)
        .await
        .json();
    let cases = explained["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 2, "{explained}");
    let mut scores = Vec::new();
    for (explained, suggested) in cases.iter().zip(suggested["cases"].as_array().unwrap()) {
        for field in ["case_id", "confidence", "evidence"] {
            assert_eq!(explained[field], suggested[field]);
        }
        let mut sum = 0.0;
        for counted in explained["counted"].as_array().unwrap() {
            let figure = |name: &str| counted[name].as_f64().unwrap();
            let adds = figure("value") * figure("weight");
            assert!((figure("contribution") - adds).abs() < 1e-9, "{counted}");
            sum += adds;
        }
        let score = explained["score"].as_f64().unwrap();
        assert!(sum != 0.0 && (score - sum).abs() < 1e-9, "{explained}");
        scores.push(score);
    }
    assert!(scores[0] >= scores[1], "{scores:?}");
}

#[tokio::test]
async fn no_explanation_tells_of_a_mail_or_a_case_that_one_may_not_see() {
    let app = App::start().await;
    let hidden = app.hidden_case("Personalesag om hæk", "carl").await;
    let mails = [eml("a@x", &format!("Vedr. sag {}", hidden.number), &[])];
    let mail = app.add_mails(&mails).await[0];
    let path = format!("/api/v1/suggestions/{mail}");
    let explained = app.get(&path, "birthe").await;
    assert_eq!(
        (explained.status, &explained.json()["cases"]),
        (200, &json!([]))
    );
    // The mail lies in Birthe's mailbox alone.
    let refused = app.get(&path, "carl").await;
    let nowhere = format!("/api/v1/suggestions/{}", Uuid::now_v7());
    let missing = app.get(&nowhere, "carl").await;
    assert_eq!((refused.status, missing.status), (404, 404));
    assert_eq!(refused.json()["type"], missing.json()["type"]);
    assert_eq!(app.get(&path, "").await.status, 401);
}

#[tokio::test]
async fn quality_tells_how_often_the_suggestions_were_taken_and_nothing_of_the_mails() {
    let app = App::start().await;
    let hedge = app.add_case(case("Nabostrid om hæk")).await;
    let other = app.add_case(case("Svømmehallens åbningstider")).await;
    let mails = ["a@x", "b@x"].map(|id| eml(id, "Hæk ved nabogrunden", &[]));
    let mails = app.add_mails(&mails).await;
    for (mail, case) in [(mails[0], hedge.id), (mails[1], other.id)] {
        let wish = json!({ "mail_id": mail, "case_id": case });
        let answer = app.journal("birthe", &mail.to_string(), &wish).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
    }
    let quality = app.get("/api/v1/quality", "carl").await;
    assert_eq!(quality.status, 200);
    let figures = quality.json();
    let counts =
        |of: &Value| ["lessons", "first", "first_three", "not_among"].map(|name| of[name].clone());
    assert_eq!(counts(&figures), [json!(2), json!(1), json!(1), json!(1)]);
    let weeks = figures["weeks"].as_array().unwrap();
    assert_eq!((weeks.len(), counts(&weeks[11])), (12, counts(&figures)));
    let bins = figures["calibration"].as_array().unwrap();
    let said: u64 = bins.iter().map(|bin| bin["count"].as_u64().unwrap()).sum();
    assert_eq!((bins.len(), said), (10, 2));
    assert_eq!(figures["proof"], Value::Null, "two filings prove nothing");
    let text = String::from_utf8_lossy(&quality.body).to_lowercase();
    assert!(!text.contains("nabo") && !text.contains("birthe"), "{text}");

    // One's own figures are one's own.
    let own = app.get("/api/v1/quality?user=carl", "carl").await.json();
    assert_eq!(counts(&own), [json!(0), json!(0), json!(0), json!(0)]);
    let own = app
        .get("/api/v1/quality?user=birthe", "birthe")
        .await
        .json();
    assert_eq!(counts(&own), counts(&figures));
    let refused = app.get("/api/v1/quality?user=birthe", "carl").await;
    assert_eq!(refused.status, 422, "{}", refused.json());
}
