//! The HTTP API as its callers see it.

use futures::StreamExt;
use reqwest::Method;
use sagspost::config::Config;
use sagspost::store::EntryState;
use serde_json::{Value, json};

use crate::support::app::{App, answer};
use crate::support::store::{case, day, eml};

/// A mail with two attachments.
fn with_attachments() -> Vec<u8> {
    "Message-ID: <bilag@x>\r\nFrom: gerda@borger.example\r\nSubject: Klage over hegn\r\n\
     Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSe bilag\r\n\
     --b\r\nContent-Type: application/pdf; name=\"kort.pdf\"\r\nContent-Disposition: attachment\r\n\r\n%PDF-kort\r\n\
     --b\r\nContent-Type: image/jpeg; name=\"foto.jpg\"\r\nContent-Disposition: attachment\r\n\r\nJPEG\r\n--b--\r\n"
        .into()
}

fn problem(answer: &crate::support::app::Answer) -> (u16, String, String) {
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let body = answer.json();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (
        answer.status,
        text("type").replace("/problems/", ""),
        text("field"),
    )
}

#[tokio::test]
async fn without_a_token_only_health_and_the_page_answer() {
    let app = App::start().await;
    for path in ["/healthz", "/readyz", "/", "/quality", "/api/openapi.json"] {
        assert_eq!(app.get(path, "").await.status, 200, "{path}");
    }
    for path in [
        "/api/v1/mails",
        "/api/v1/cases",
        "/api/v1/mailboxes",
        "/api/v1/events",
    ] {
        assert_eq!(
            problem(&app.get(path, "").await),
            (401, "unauthorized".into(), String::new()),
            "{path}"
        );
        assert_eq!(app.get(path, "stranger").await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn one_call_journals_a_mail_with_its_attachments() {
    let app = App::start().await;
    let mail = app.add_mails(&[with_attachments()]).await[0];
    let case = app.add_case(case("Hegnsyn")).await;
    let filed = app
        .journal(
            "birthe",
            "k1",
            &json!({ "mail_id": mail, "case_number": case.number }),
        )
        .await;
    assert_eq!(
        (filed.status, filed.json()["state"].as_str()),
        (201, Some("pending"))
    );
    let documents = app
        .get(&format!("/api/v1/cases/{}/documents", case.id), "birthe")
        .await
        .json();
    assert_eq!(documents[0]["title"], "Klage over hegn");
    let names: Vec<&str> = documents[0]["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        (names.len(), names[0], names[1]),
        (3, "Klage over hegn.eml", "kort.pdf")
    );
    let file = documents[0]["files"][1]["id"].as_str().unwrap();
    let file = app.get(&format!("/api/v1/files/{file}"), "birthe").await;
    assert_eq!(file.body, b"%PDF-kort");
    assert!(
        file.header("content-disposition")
            .starts_with("attachment; filename=\"kort.pdf\"")
    );
}

#[tokio::test]
async fn a_second_try_says_who_did_it_and_a_repetition_changes_nothing() {
    let app = App::start().await;
    let mail = app.add_mails(&[eml("a@x", "Hæk", &[])]).await[0];
    let case = app.add_case(case("Hegnsyn")).await;
    let wish = json!({ "mail_id": mail, "case_id": case.id });
    let first = app.journal("birthe", "k1", &wish).await.json();
    let again = app.journal("birthe", "k1", &wish).await.json();
    assert_eq!(first["id"], again["id"]);
    let second = app.journal("birthe", "k2", &wish).await;
    assert_eq!(
        problem(&second),
        (409, "already-journaled".into(), String::new())
    );
    assert!(second.json()["detail"].as_str().unwrap().contains("birthe"));
    let other = app
        .journal(
            "birthe",
            "k1",
            &json!({ "mail_id": mail, "case_id": case.id, "title": "Andet" }),
        )
        .await;
    assert_eq!(problem(&other).1, "idempotency-conflict");
}

#[tokio::test]
async fn a_mail_tells_in_the_readers_language_why_its_entry_failed() {
    let app = App::start().await;
    let mail = app.add_mails(&[eml("a@x", "Hæk", &[])]).await[0];
    let case = app.add_case(case("Hegnsyn")).await;
    let wish = json!({ "mail_id": mail, "case_id": case.id });
    let entry = app.journal("birthe", "k1", &wish).await.json()["id"].clone();
    let entry = entry.as_str().unwrap().parse().unwrap();
    let (failed, reason) = (EntryState::Failed, Some("case_system_away"));
    let noted = app.store.set_entry_state(entry, failed, reason, day(3));
    noted.await.unwrap();
    for (language, words) in [
        ("da", "Sagssystemet svarer ikke"),
        ("en", "The case system does not answer"),
    ] {
        let asked = async |method, path: &str| {
            let request = app.request(method, path, "birthe");
            let request = request.header("Accept-Language", language);
            let id = json!({ "message_id": "a@x" });
            answer(request.json(&id)).await.json()
        };
        let list = asked(Method::GET, "/api/v1/mails").await;
        let one = asked(Method::GET, &format!("/api/v1/mails/{mail}")).await;
        let found = asked(Method::POST, "/api/v1/messages/lookup").await;
        for told in [&list["items"][0], &one, &found["mails"][0]] {
            assert_eq!(told["entries"][0]["state_reason"], "case_system_away");
            assert_eq!(told["entries"][0]["state_reason_text"], words);
        }
    }
}

#[tokio::test]
async fn an_entry_tells_how_its_mark_in_the_mailbox_stands() {
    let app = App::start().await;
    let mail = app.add_mails(&[with_attachments()]).await[0];
    let case = app.add_case(case("Hegnsyn")).await.id;
    let wish = json!({ "mail_id": mail, "case_id": case });
    let entry = app.journal("birthe", "k", &wish).await.json();
    let path = format!("/api/v1/journal/{}", entry["id"].as_str().unwrap());
    let told = app.get(&path, "birthe").await.json();
    assert_eq!(
        (
            &told["state"],
            &told["marks"][0]["mailbox"],
            &told["marks"][0]["state"]
        ),
        (&"pending".into(), &"leder".into(), &"waiting".into())
    );
    assert_eq!(
        app.get(&path, "carl").await.json()["marks"],
        json!([]),
        "not his mailbox"
    );
}

#[tokio::test]
async fn an_undone_journaling_can_be_made_again() {
    let app = App::start().await;
    let mail = app.add_mails(&[eml("a@x", "Hæk", &[])]).await[0];
    // Undo counts from now, so this mail is filed now and not on a day of the test's calendar.
    let case = app.add_case(case("Hegnsyn")).await;
    let wish = json!({ "mail_id": mail, "case_id": case.id });
    let entry = app.journal("birthe", "k1", &wish).await.json();
    let path = format!("/api/v1/journal/{}", entry["id"].as_str().unwrap());
    let undone = answer(app.request(Method::DELETE, &path, "birthe")).await;
    assert_eq!(
        (undone.status, undone.json()["state"].as_str()),
        (200, Some("undone"))
    );
    assert_eq!(app.get(&path, "birthe").await.json()["undone_by"], "birthe");
    assert_eq!(app.journal("birthe", "k2", &wish).await.status, 201);
}

#[tokio::test]
async fn what_one_may_not_see_answers_exactly_as_what_does_not_exist() {
    let app = App::start().await;
    let mail = app.add_mails(&[eml("a@x", "Hæk", &[])]).await[0];
    let hidden = app.hidden_case("Personalesag", "birthe").await;
    let nothing = uuid::Uuid::now_v7();
    for (there, missing) in [
        (
            format!("/api/v1/cases/{}", hidden.id),
            format!("/api/v1/cases/{nothing}"),
        ),
        (
            format!("/api/v1/cases/{}/documents", hidden.id),
            format!("/api/v1/cases/{nothing}/documents"),
        ),
        (
            format!("/api/v1/mails/{mail}"),
            format!("/api/v1/mails/{nothing}"),
        ),
        (
            format!("/api/v1/mails/{mail}/raw"),
            format!("/api/v1/mails/{nothing}/raw"),
        ),
        (
            format!("/api/v1/mails/{mail}/html"),
            format!("/api/v1/mails/{nothing}/html"),
        ),
    ] {
        let (seen, missed) = (
            app.get(&there, "carl").await,
            app.get(&missing, "carl").await,
        );
        assert_eq!(
            problem(&seen),
            (404, "not-found".into(), String::new()),
            "{there}"
        );
        assert_eq!(seen.json()["detail"], missed.json()["detail"]);
    }
    let onto_hidden = app
        .journal(
            "carl",
            "k1",
            &json!({ "mail_id": mail, "case_id": hidden.id }),
        )
        .await;
    assert_eq!(problem(&onto_hidden).1, "not-found");
    let by_number = app
        .journal(
            "birthe",
            "k1",
            &json!({ "mail_id": mail, "case_number": "1999-00001" }),
        )
        .await;
    assert_eq!(problem(&by_number).1, "not-found");
}

#[tokio::test]
async fn a_mail_is_read_as_a_page_that_holds_its_pictures_and_does_nothing() {
    let app = App::start().await;
    let raw = "Message-ID: <html@x>\r\nFrom: gerda@borger.example\r\nSubject: Hegn {{mail}} <b>\r\n\
         Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n\
         <p>Hegnet<script>alert(1)</script> <img src=\"cid:kort@x\" alt=\"Kort\"><img src=\"https://x.example/a.png\"></p>\
         <a href=\"https://x.example/\">her</a><blockquote>Hvilket hegn?</blockquote>\r\n\
         --b\r\nContent-Type: image/png\r\nContent-ID: <kort@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n\
         iVBORw0KGgo=\r\n--b--\r\n";
    let mails = app
        .add_mails(&[raw.into(), eml("a@x", "Hæk", &[]), b"\x89PNG".to_vec()])
        .await;
    let page = app
        .get(&format!("/api/v1/mails/{}/html", mails[0]), "birthe")
        .await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let policy = page.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; img-src data:;") && policy.contains("sandbox"),
        "{policy}"
    );
    let html = String::from_utf8(page.body).unwrap();
    for part in [
        "<title>Hegn {{mail}} &lt;b&gt;</title>",
        "<img src=\"data:image/png;base64,iVBORw0KGgo=\" alt=\"Kort\">",
        "target=\"_blank\" rel=\"noopener noreferrer\">her</a>",
        "<details><summary>Vis tidligere mails</summary><blockquote>Hvilket hegn?</blockquote></details>",
        "1 billede er ikke hentet",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    assert!(
        !html.contains("<script") && !html.contains("a.png"),
        "{html}"
    );

    for (mail, words) in [(mails[1], "<pre>"), (mails[2], "Mailen har ingen tekst.")] {
        let page = app
            .get(&format!("/api/v1/mails/{mail}/html"), "birthe")
            .await;
        assert!(
            String::from_utf8(page.body).unwrap().contains(words),
            "{words}"
        );
    }
}

/// Exchange copied a mail to a journal, and noted in its report whom it was sent to blindly.
fn journal_report() -> Vec<u8> {
    "From: Microsoft Exchange <exchange@egelund.example>\r\nTo: journal@egelund.example\r\nX-MS-Journal-Report:\r\n\
     Message-ID: <report@x>\r\nSubject: Hegn\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n\
     Sender: birthe@egelund.example\r\nMessage-Id: <hegn@x>\r\nTo: gerda@borger.example\r\n\
     Bcc: hemmelig@egelund.example\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n\
     From: Birthe Lund <birthe@egelund.example>\r\nTo: gerda@borger.example\r\nMessage-ID: <hegn@x>\r\n\
     Subject: Hegn\r\n\r\nHegnet bliver sat op.\r\n--b--\r\n"
        .into()
}

#[tokio::test]
async fn a_blind_copy_is_seen_by_those_of_the_mailbox_and_not_by_those_of_the_case() {
    let app = App::start().await;
    let case = app.add_case(case("Hegn")).await;
    let mail = app.add_mails(&[journal_report()]).await[0];
    let wish = json!({ "mail_id": mail, "case_id": case.id });
    let filed = app.journal("birthe", "k1", &wish).await;
    assert_eq!(filed.status, 201, "{}", filed.json());
    let seen_by = async |user: &str| {
        app.get(&format!("/api/v1/mails/{mail}"), user).await.json()["mail"].clone()
    };
    let (own, other) = (seen_by("birthe").await, seen_by("carl").await);
    assert_eq!(own["message_id"], "hegn@x");
    assert_eq!(own["bcc"][0]["address"], "hemmelig@egelund.example");
    assert_eq!(other["bcc"], json!([]));
    let raw = app.get(&format!("/api/v1/mails/{mail}/raw"), "carl").await;
    let documents = app
        .get(&format!("/api/v1/cases/{}/documents", case.id), "carl")
        .await
        .json();
    assert!(String::from_utf8_lossy(&raw.body).starts_with("From: Birthe Lund"));
    assert_eq!(documents[0]["files"][0]["size"], raw.body.len());
}

#[tokio::test]
async fn a_closed_case_takes_no_mail_and_says_so() {
    let app = App::start().await;
    let mail = app.add_mails(&[eml("a@x", "Hæk", &[])]).await[0];
    let case = app.add_case(case("Hegnsyn")).await;
    let path = format!("/api/v1/cases/{}", case.id);
    let shown = app.get(&path, "birthe").await;
    let close = |tag: String| {
        answer(
            app.request(Method::PATCH, &path, "birthe")
                .header("If-Match", tag)
                .json(&json!({ "status": "closed" })),
        )
    };
    assert_eq!(
        problem(&close("\"99\"".into()).await).1,
        "precondition-failed"
    );
    assert_eq!(
        problem(&close("nonsense".into()).await),
        (422, "validation".into(), "If-Match".into())
    );
    assert_eq!(
        close(shown.header("etag").to_owned()).await.json()["status"],
        "closed"
    );
    let refused = app
        .journal(
            "birthe",
            "k1",
            &json!({ "mail_id": mail, "case_id": case.id }),
        )
        .await;
    assert_eq!(problem(&refused).1, "case-closed");
    assert!(
        refused.json()["detail"]
            .as_str()
            .unwrap()
            .contains(&case.number)
    );
}

#[tokio::test]
async fn json_that_is_off_names_the_field() {
    let app = App::start().await;
    let mail = app.add_mails(&[with_attachments()]).await[0];
    let case = app.add_case(case("Hegnsyn")).await.id;
    let off = |extra: Value| {
        let mut wish = json!({ "mail_id": mail, "case_id": case });
        wish.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        wish
    };
    for (wish, field) in [
        (off(json!({ "mail_id": 7 })), "mail_id"),
        (off(json!({ "case_id": "x" })), "case_id"),
        (off(json!({ "message_id": "a@x" })), "mail_id"),
        (off(json!({ "case_number": "2026-00001" })), "case_id"),
        (off(json!({ "title": " " })), "title"),
        (off(json!({ "title": "x".repeat(301) })), "title"),
        (off(json!({ "document_date": "i går" })), "document_date"),
        (off(json!({ "direction": "sideways" })), "direction"),
        (off(json!({ "include_mail": "maybe" })), "include_mail"),
        (
            off(json!({ "include_mail": false, "attachments": [] })),
            "attachments",
        ),
        (
            off(json!({ "attachments": [{ "index": 9 }] })),
            "attachments[0].index",
        ),
        (
            off(json!({ "attachments": [{ "index": 0, "name": "" }] })),
            "attachments[0].name",
        ),
        (
            off(json!({ "attachments": [{ "index": 0, "name": "a/b" }] })),
            "attachments[0].name",
        ),
        (
            off(json!({ "attachments": [{ "index": 0, "name": "x".repeat(201) }] })),
            "attachments[0].name",
        ),
        (off(json!({ "arrangement": "heap" })), "arrangement"),
    ] {
        let refused = app.journal("birthe", "k", &wish).await;
        assert_eq!(
            problem(&refused),
            (422, "validation".into(), field.into()),
            "{wish}"
        );
    }
    let unknown = app
        .journal("birthe", "k", &off(json!({ "tittle": "x" })))
        .await;
    assert_eq!(
        problem(&unknown),
        (422, "validation".into(), "tittle".into())
    );
    let zero = app
        .journal("birthe", "k", &off(json!({ "title": "Hæk\0" })))
        .await;
    assert_eq!(problem(&zero), (422, "validation".into(), "title".into()));
    let broken = app
        .request(Method::POST, "/api/v1/journal", "birthe")
        .header("Idempotency-Key", "k");
    let broken = answer(broken.header("Content-Type", "application/json").body("{")).await;
    assert_eq!(problem(&broken).1, "malformed-json");
    let keyless = app.post("/api/v1/journal", "birthe", &off(json!({}))).await;
    assert_eq!(problem(&keyless).1, "idempotency-missing");
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_readers_language_and_never_repeats_what_was_sent() {
    let app = App::start().await;
    let lookup = |body: Value, lang: &'static str| {
        let request = app.request(Method::POST, "/api/v1/messages/lookup", "birthe");
        answer(request.header("Accept-Language", lang).json(&body))
    };
    let secret = "hemmeligt";
    for (body, field, danish, english) in [
        (json!({}), "message_id", "mangler", "is missing"),
        (
            json!({ "message_id": 7 }),
            "message_id",
            "skal være en tekst",
            "must be a text",
        ),
        (
            json!({ "message_id": "a", "x": secret }),
            "x",
            "findes ikke",
            "does not exist",
        ),
    ] {
        let refused = lookup(body.clone(), "da").await;
        assert_eq!(
            problem(&refused),
            (422, "validation".into(), field.into()),
            "{body}"
        );
        let detail = |answer: &crate::support::app::Answer| {
            answer.json()["detail"].as_str().unwrap().to_owned()
        };
        assert_eq!(detail(&refused), format!("{field}: {danish}"));
        assert_eq!(
            detail(&lookup(body, "en").await),
            format!("{field}: {english}")
        );
    }
    let cases = |query: &'static str| app.get(query, "birthe");
    for (query, field, danish) in [
        (
            "/api/v1/mails?limit=mange",
            "limit",
            "skal være et helt tal",
        ),
        (
            "/api/v1/mails?kind=hemmeligt",
            "kind",
            "skal være en af: personal, auto_reply",
        ),
        (
            "/api/v1/mails?mailbox=hemmeligt",
            "mailbox",
            "er ikke et id",
        ),
        (
            "/api/v1/mails?suggest=hemmeligt",
            "suggest",
            "skal være true eller false",
        ),
        (
            "/api/v1/mails?received_from=hemmeligt",
            "received_from",
            "er ikke en dato",
        ),
        ("/api/v1/cases?farve=hemmeligt", "farve", "findes ikke"),
        ("/api/v1/cases?q=a%00b", "query", "har tegn"),
    ] {
        let refused = cases(query).await;
        assert_eq!(
            problem(&refused),
            (422, "validation".into(), field.into()),
            "{query}"
        );
        let body = String::from_utf8(refused.body).unwrap();
        assert!(body.contains(danish) && !body.contains(secret), "{body}");
    }
}

#[tokio::test]
async fn a_mail_or_case_that_is_not_there_is_named_as_the_field_at_fault() {
    let app = App::start().await;
    let mail = app.add_mails(&[with_attachments()]).await[0];
    let hidden = app.hidden_case("Personalesag", "carl").await;
    let nowhere = uuid::Uuid::now_v7();
    for (wish, field) in [
        (
            json!({ "mail_id": mail, "case_number": "9999" }),
            "case_number",
        ),
        (
            json!({ "mail_id": mail, "case_number": hidden.number }),
            "case_number",
        ),
        (json!({ "mail_id": mail, "case_id": nowhere }), "case_id"),
        (json!({ "mail_id": mail, "case_id": hidden.id }), "case_id"),
        (
            json!({ "mail_id": nowhere, "case_number": "9999" }),
            "mail_id",
        ),
        (
            json!({ "message_id": "nowhere@x", "case_number": "9999" }),
            "message_id",
        ),
    ] {
        let refused = app.journal("birthe", "k", &wish).await;
        assert_eq!(
            problem(&refused),
            (404, "not-found".into(), field.into()),
            "{wish}"
        );
    }
}

#[tokio::test]
async fn lists_refuse_sizes_and_cursors_that_cannot_be() {
    let app = App::start().await;
    for list in ["/api/v1/mails", "/api/v1/cases"] {
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=x", "limit"),
            ("cursor=zzz", "cursor"),
        ] {
            let refused = app.get(&format!("{list}?{query}"), "birthe").await;
            assert_eq!(
                problem(&refused),
                (422, "validation".into(), field.into()),
                "{list}?{query}"
            );
        }
    }
}

#[tokio::test]
async fn pages_follow_each_other_to_the_end() {
    let app = App::start().await;
    let raws: Vec<_> = (0..5)
        .map(|n| eml(&format!("{n}@x"), &format!("Emne {n}"), &[]))
        .collect();
    app.add_mails(&raws).await;
    let mut path = "/api/v1/mails?limit=2".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = app.get(&path, "birthe").await.json();
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|mail| mail["subject"].to_string()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/api/v1/mails?limit=2&cursor={cursor}");
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5);
}

#[tokio::test]
async fn a_mail_is_looked_up_by_message_id_and_by_itself_even_as_a_copy() {
    let app = App::start().await;
    let raw = eml("a@x", "Hæk", &[]);
    let mail = app.add_mails(std::slice::from_ref(&raw)).await[0];
    let case = app.add_case(case("Hegnsyn")).await;
    let unfiled = app
        .post(
            "/api/v1/messages/lookup",
            "birthe",
            &json!({ "message_id": "<a@x>" }),
        )
        .await
        .json();
    assert_eq!(
        (&unfiled["known"], &unfiled["journaled"]),
        (&json!(true), &json!(false))
    );
    app.journal(
        "birthe",
        "k1",
        &json!({ "message_id": "a@x", "case_id": case.id }),
    )
    .await;
    let copy = [b"Received: by mx.example\r\n".as_slice(), &raw].concat();
    let upload = app.request(Method::POST, "/api/v1/messages/lookup", "birthe");
    let found = answer(upload.header("Content-Type", "message/rfc822").body(copy))
        .await
        .json();
    assert_eq!(found["mails"][0]["mail_id"], json!(mail));
    assert_eq!(found["mails"][0]["entries"][0]["created_by"], "birthe");
    let unknown = app
        .post(
            "/api/v1/messages/lookup",
            "birthe",
            &json!({ "message_id": "b@x" }),
        )
        .await
        .json();
    assert_eq!(unknown["known"], false);
    let no_mail = app.request(Method::POST, "/api/v1/messages/lookup", "birthe");
    let no_mail = answer(
        no_mail
            .header("Content-Type", "message/rfc822")
            .body("\u{1}\u{2}"),
    )
    .await;
    assert_eq!(problem(&no_mail).1, "not-a-mail");
}

#[tokio::test]
async fn suggestions_come_with_reasons_in_the_readers_language() {
    let app = App::start().await;
    let case = app.add_case(case("Lokalplan 5.2 for havnen")).await;
    let mail = app
        .add_mails(&[eml("a@x", &format!("Vedr. sag {}", case.number), &[])])
        .await[0];
    let ask = |language: &'static str| {
        let request = app
            .request(Method::POST, "/api/v1/suggestions", "birthe")
            .header("Accept-Language", language);
        answer(request.json(&json!({ "mail_id": mail })))
    };
    let danish = ask("da").await.json();
    assert_eq!(danish["cases"][0]["number"], json!(case.number));
    assert!(danish["cases"][0]["confidence"].as_u64().unwrap() > 50);
    let first = |answer: &Value| {
        answer["cases"][0]["evidence"][0]["text"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(first(&danish).contains("sagsnummer"), "{danish}");
    assert!(first(&ask("en").await.json()).contains("case number"));
}

#[tokio::test]
async fn a_mail_that_no_mailbox_holds_gets_suggestions_by_its_bytes() {
    let app = App::start().await;
    let case = app.add_case(case("Lokalplan 5.2 for havnen")).await;
    let upload = |raw: Vec<u8>| {
        let request = app.request(Method::POST, "/api/v1/suggestions", "birthe");
        answer(request.header("Content-Type", "message/rfc822").body(raw))
    };
    let mail = eml("a@x", &format!("Vedr. sag {}", case.number), &[]);
    let unknown = upload(mail.clone()).await.json();
    assert_eq!(unknown["cases"][0]["number"], json!(case.number));
    assert_eq!(unknown.get("mail_id"), None);
    let id = app.add_mails(std::slice::from_ref(&mail)).await[0];
    assert_eq!(upload(mail).await.json()["mail_id"], json!(id));
    assert_eq!(problem(&upload(b"\x01\x02".to_vec()).await).1, "not-a-mail");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_told_the_limit() {
    let app = App::start().await;
    let limit = usize::try_from(
        Config::load(None, std::iter::empty())
            .unwrap()
            .server
            .max_body_bytes,
    )
    .unwrap();
    let request = app.request(Method::POST, "/api/v1/messages/lookup", "birthe");
    let refused = answer(
        request
            .header("Content-Type", "message/rfc822")
            .body(vec![b'x'; limit + 1]),
    )
    .await;
    assert_eq!(problem(&refused).1, "too-large");
    assert!(
        refused.json()["detail"]
            .as_str()
            .unwrap()
            .contains(&limit.to_string())
    );
}

#[tokio::test]
async fn a_hidden_case_is_never_suggested_to_others() {
    let app = App::start().await;
    let hidden = app.hidden_case("Personalesag om hæk", "carl").await;
    let mail = app
        .add_mails(&[eml("a@x", &format!("Vedr. sag {}", hidden.number), &[])])
        .await[0];
    let asked = app
        .post("/api/v1/suggestions", "birthe", &json!({ "mail_id": mail }))
        .await;
    assert_eq!(asked.json()["cases"], json!([]));
    assert!(!String::from_utf8_lossy(&asked.body).contains("Personalesag"));
}

#[tokio::test]
async fn a_new_case_gets_the_next_number_and_mistakes_are_named() {
    let app = App::start().await;
    let made = app
        .make_case(
            "birthe",
            "k1",
            &json!({ "title": "Hegnsyn", "kle": "02.34.02" }),
        )
        .await;
    assert_eq!((made.status, made.header("etag")), (201, "\"1\""));
    assert!(made.json()["number"].as_str().unwrap().ends_with("-00001"));
    for (wish, field) in [
        (json!({ "title": "" }), "title"),
        (json!({ "title": "x", "kle": "2.3" }), "kle"),
        (json!({ "title": "x", "facet": "19" }), "facet"),
        (
            json!({ "title": "x", "parties": [{ "kind": "ghost", "name": "x" }] }),
            "parties[0].kind",
        ),
        (
            json!({ "title": "x", "parties": [{ "kind": "person", "name": " " }] }),
            "parties[0].name",
        ),
        (
            json!({ "title": "x", "parties": [{ "kind": "person", "name": "x", "mail": "x".repeat(301) }] }),
            "parties[0].mail",
        ),
        (json!({ "title": "x", "number": "x".repeat(51) }), "number"),
        (json!({ "title": "x", "number": "2026\n1" }), "number"),
        (json!({ "title": "x", "unit": "x".repeat(301) }), "unit"),
    ] {
        assert_eq!(
            problem(&app.make_case("birthe", "k2", &wish).await),
            (422, "validation".into(), field.into())
        );
    }
    let own = json!({ "title": "Fortrolig", "access": { "code": "restricted" } });
    let own = app.make_case("birthe", "k2", &own).await.json();
    assert_eq!(
        app.get(
            &format!("/api/v1/cases/{}", own["id"].as_str().unwrap()),
            "birthe"
        )
        .await
        .status,
        200
    );
    assert_eq!(
        app.get(
            &format!("/api/v1/cases/{}", own["id"].as_str().unwrap()),
            "carl"
        )
        .await
        .status,
        404
    );
}

#[tokio::test]
async fn a_repeated_request_for_a_case_makes_no_second_one() {
    let app = App::start().await;
    let wish = json!({ "title": "Hegnsyn" });
    let made = app.make_case("birthe", "k1", &wish).await;
    let again = app.make_case("birthe", "k1", &wish).await;
    assert_eq!((again.status, again.json()), (201, made.json()));
    let other = json!({ "title": "Skel" });
    let other = app.make_case("birthe", "k1", &other).await;
    assert_eq!(
        problem(&other),
        (422, "idempotency-conflict".into(), String::new())
    );
    let without = app.post("/api/v1/cases", "birthe", &wish).await;
    assert_eq!(
        problem(&without),
        (400, "idempotency-missing".into(), String::new())
    );
    let of_carl = app.make_case("carl", "k1", &wish).await;
    assert_ne!(of_carl.json()["id"], made.json()["id"]);
}

#[tokio::test]
async fn what_happens_reaches_those_it_concerns_as_it_happens() {
    let app = App::start().await;
    app.add_mails(&[eml("a@x", "Hæk", &[])]).await;
    let mut birthe = app
        .request(Method::GET, "/api/v1/events", "birthe")
        .send()
        .await
        .unwrap()
        .bytes_stream();
    let mut carl = app
        .request(Method::GET, "/api/v1/events", "carl")
        .send()
        .await
        .unwrap()
        .bytes_stream();
    app.add_mails(&[eml("b@x", "Skel", &[])]).await;
    app.add_case(case("Åben sag")).await;
    let heard = String::from_utf8(birthe.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(heard.contains("event: mail.new"), "{heard}");
    let mut both = heard;
    while !both.contains("event: suggestion.ready") || !both.ends_with("\n\n") {
        both += std::str::from_utf8(&birthe.next().await.unwrap().unwrap()).unwrap();
    }
    let (first, second) = both.split_once("\n\n").unwrap();
    assert!(
        !first.contains("id: ") && second.contains("id: "),
        "who continues after the first hears the second again: {both}"
    );
    let heard = String::from_utf8(carl.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(
        heard.contains("event: case.changed") && !heard.contains("mail.new"),
        "{heard}"
    );
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems_too() {
    let app = App::start().await;
    assert_eq!(
        problem(&app.get("/api/v1/nothing", "birthe").await).1,
        "not-found"
    );
    let wrong = answer(app.request(Method::DELETE, "/api/v1/mails", "birthe")).await;
    assert_eq!(
        problem(&wrong),
        (405, "method-not-allowed".into(), String::new())
    );
}

#[tokio::test]
async fn metrics_hold_no_ids_and_no_content() {
    let app = App::start().await;
    let mail = app.add_mails(&[eml("a@x", "Hemmeligt", &[])]).await[0];
    app.get(&format!("/api/v1/mails/{mail}"), "birthe").await;
    let metrics = String::from_utf8(app.get("/metrics", "").await.body).unwrap();
    assert!(
        metrics.contains("sagspost_http_requests_total"),
        "{metrics}"
    );
    for told in [
        "sagspost_database_up 1",
        r#"sagspost_jobs{state="failed"} 0"#,
        r#"sagspost_mailboxes{state="refused"} 0"#,
    ] {
        assert!(metrics.contains(told), "{told}: {metrics}");
    }
    assert!(!metrics.contains(&mail.to_string()) && !metrics.contains("Hemmeligt"));
}

#[test]
fn the_contract_changes_only_on_purpose() {
    insta::assert_json_snapshot!(sagspost::api::openapi());
}
