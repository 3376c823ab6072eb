//! The add-in's files and what stands around them, over HTTP. Whether the add-in itself was built is not told here: both must do.

use reqwest::Method;
use sagspost::addin;
use sagspost::suggest::Organisation;
use serde_json::Value;

use crate::support::app::{App, answer};
use crate::support::store::eml;

#[tokio::test]
async fn pages_are_asked_for_anew_and_only_office_may_frame_them() {
    let app = App::start().await;
    let page = app.get("/addin/taskpane.html", "").await;
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("frame-ancestors https://outlook.office.com"),
        "{policy}"
    );
    assert!(policy.contains("default-src 'none'"), "{policy}");
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let text = String::from_utf8_lossy(&page.body).into_owned();
    if addin::is_built() {
        assert_eq!(page.status, 200);
        assert_eq!(page.header("cache-control"), "no-cache");
        assert!(text.contains("https://appsforoffice.microsoft.com/lib/1/hosted/office.js"));
    } else {
        assert_eq!(page.status, 503);
        assert!(text.contains("scripts/build-addin"), "{text}");
    }
}

#[tokio::test]
async fn the_web_app_may_be_framed_by_nobody_and_runs_our_scripts_alone() {
    let app = App::start().await;
    let page = app.get("/app", "").await;
    let policy = page.header("content-security-policy");
    assert!(
        policy.ends_with("frame-ancestors 'none'") && policy.contains("script-src 'self';"),
        "{policy}"
    );
    // Nor where the pages stand that Office may frame.
    assert_eq!(app.get("/addin/app.html", "").await.status, 404);
}

#[tokio::test]
async fn a_file_that_has_not_changed_is_not_sent_again() {
    let app = App::start().await;
    let icon = app.get("/addin/icons/icon-32.png", "").await;
    assert_eq!(
        (icon.status, icon.header("content-type")),
        (200, "image/png")
    );
    assert_eq!(icon.header("cache-control"), "public, max-age=86400");
    assert_eq!(&icon.body[1..4], b"PNG");
    let ask = |tag: &str| {
        app.request(Method::GET, "/addin/icons/icon-32.png", "")
            .header("if-none-match", tag)
    };
    let again = answer(ask(icon.header("etag"))).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    let changed = answer(ask("\"other\"")).await;
    assert_eq!(changed.status, 200);
}

#[tokio::test]
async fn no_path_leads_out_of_the_add_ins_files() {
    let app = App::start().await;
    for path in [
        "/addin/../Cargo.toml",
        "/addin/%2e%2e/Cargo.toml",
        "/addin/..%2f..%2fCargo.toml",
        "/addin/icons/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/addin/%00",
        "/addin//etc/passwd",
        "/addin/icons/",
        "/addin/icons/icon-32.png/",
        "/addin/icons/icon-33.png",
    ] {
        assert_eq!(app.get(path, "").await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn events_of_classic_outlook_are_allowed_to_call_the_service() {
    let path = "/.well-known/microsoft-officeaddins-allowed.json";
    let app = App::start_with(Organisation::default(), |_, config| {
        config.server.public_url = "https://sagspost.example.org/".to_owned();
    })
    .await;
    let answer = app.get(path, "").await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(
        answer.json()["allowed"][0],
        "https://sagspost.example.org/addin/commands.js"
    );
}

#[tokio::test]
async fn the_stand_in_for_outlook_is_there_only_where_it_is_switched_on() {
    let paths = [
        "/outlook",
        "/outlook/office-stand-in.js",
        "/outlook/host/main.js",
        "/outlook/manifest.xml",
    ];
    let without = App::start().await;
    for path in paths {
        assert_eq!(without.get(path, "").await.status, 404, "{path}");
    }
    assert_eq!(
        without
            .post("/outlook/sent", "birthe", &Value::Null)
            .await
            .status,
        404
    );
    let with = App::start_with(Organisation::default(), |_, config| {
        config.server.stand_in = true;
    })
    .await;
    for path in paths {
        assert_eq!(with.get(path, "").await.status, 200, "{path}");
    }
    assert_eq!(
        with.get("/outlook/host/../../Cargo.toml", "").await.status,
        404
    );
    let page = with.get("/outlook", "").await;
    assert!(
        page.header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
}

#[tokio::test]
async fn a_mail_of_the_stand_in_is_put_into_no_mailbox_that_one_may_not_see() {
    let app = App::start_with(Organisation::default(), |_, config| {
        config.server.stand_in = true;
    })
    .await;
    app.add_mails(&[eml("a@x", "Hegn", &[])]).await;
    let mailbox = app.store.mailboxes(None).await.unwrap()[0].id;
    let send = |user: &str| {
        app.request(
            Method::POST,
            &format!("/outlook/sent?mailbox={mailbox}"),
            user,
        )
        .header("content-type", "message/rfc822")
        .body("Message-ID: <b@x>\r\nFrom: a@x\r\nSubject: b\r\n\r\nHej\r\n")
    };
    assert_eq!(answer(send("")).await.status, 401);
    assert_eq!(answer(send("carl")).await.status, 404);
}
