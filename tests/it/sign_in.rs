//! Signing in at a real provider, over both doors: access tokens, and sessions of the web pages.

use reqwest::Method;
use sagspost::{
    auth,
    config::Secret,
    store::{Deputy, NewServiceToken, TokenScope},
    suggest::Organisation,
};
use serde_json::json;

use crate::support::app::{Answer, App, answer};
use crate::support::cli::Cli;
use crate::support::oidc::{
    AUDIENCE, Browser, CLIENT_SECRET, OidcProvider, WEB_CLIENT, location, person, query,
};
use crate::support::store::user;

/// The service and its provider, which knows Birthe and Carl.
async fn start() -> (App, OidcProvider) {
    let mut provider = None;
    let app = App::start_with(Organisation::default(), |base, config| {
        let people = [
            person("u-1", "birthe", &["ledere"]),
            person("u-2", "dorte", &[]),
        ];
        let started = OidcProvider::start(base, &people);
        config.server.public_url = base.into();
        config.organisation.domains = vec!["egelund-kommune.example".to_owned()];
        config.sign_in.issuer = started.issuer();
        config.sign_in.client_id = WEB_CLIENT.into();
        config.sign_in.client_secret = Secret::new(CLIENT_SECRET);
        config.sign_in.audiences = vec![AUDIENCE.to_owned()];
        provider = Some(started);
    })
    .await;
    (app, provider.unwrap())
}

/// Where the provider sends the browser back to.
async fn answered(app: &App, browser: &mut Browser, sub: &str, return_to: &str) -> String {
    let door = app.url(&format!("/auth/sign-in?return_to={return_to}"));
    let begun = browser.get(&door).await;
    assert_eq!(
        begun.status,
        303,
        "{}",
        String::from_utf8_lossy(&begun.body)
    );
    let provider = location(&begun, &door);
    browser.sign_in_at(&provider, sub).await
}

async fn sign_in(app: &App, browser: &mut Browser, sub: &str) -> Answer {
    let back = answered(app, browser, sub, "/quality").await;
    browser.get(&back).await
}

async fn me(app: &App, browser: &mut Browser) -> Answer {
    browser.get(&app.url("/api/v1/me")).await
}

async fn with_token(app: &App, token: &str) -> Answer {
    answer(
        reqwest::Client::new()
            .get(app.url("/api/v1/me"))
            .bearer_auth(token),
    )
    .await
}

#[tokio::test]
async fn a_person_signs_in_on_the_web_pages_works_and_signs_out() {
    let (app, provider) = start().await;
    let mut browser = Browser::default();
    assert_eq!(me(&app, &mut browser).await.status, 401);
    let page = app.get("/", "").await;
    assert!(String::from_utf8_lossy(&page.body).contains("const provider = true;"));

    let back = sign_in(&app, &mut browser, "u-1").await;
    assert_eq!((back.status, back.header("location")), (303, "/quality"));
    let cookies: Vec<&str> = back
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect();
    let session = cookies
        .iter()
        .find(|set| set.starts_with("sagspost="))
        .unwrap();
    assert!(
        session.contains("HttpOnly") && session.contains("SameSite=Strict"),
        "{session}"
    );

    let who = me(&app, &mut browser).await.json();
    assert_eq!(
        (&who["user"], &who["display_name"]),
        (&json!("birthe"), &json!("birthe"))
    );
    let counts_as = app.store.memberships("birthe").await.unwrap();
    assert!(
        counts_as.contains(&"group:ledere".to_owned()),
        "{counts_as:?}"
    );

    let origin = app.url("");
    let left = browser
        .send(Method::POST, &app.url("/auth/sign-out"), |r| {
            r.header("Origin", &origin)
        })
        .await;
    assert_eq!(left.status, 200);
    let leave = left.json()["location"].as_str().unwrap().to_owned();
    assert!(
        leave.starts_with(&format!("{}/session/end", provider.issuer())),
        "{leave}"
    );
    assert_eq!(query(&leave, "post_logout_redirect_uri"), app.url("/"));
    assert_eq!(me(&app, &mut browser).await.status, 401);
}

#[tokio::test]
async fn a_cookie_that_was_copied_is_nobodys_after_signing_out() {
    let (app, _provider) = start().await;
    let mut browser = Browser::default();
    sign_in(&app, &mut browser, "u-1").await;
    let copied = browser
        .cookie(&app.url("/"), "sagspost")
        .unwrap()
        .to_owned();
    let origin = app.url("");
    browser
        .send(Method::POST, &app.url("/auth/sign-out"), |r| {
            r.header("Origin", &origin)
        })
        .await;
    let mut thief = Browser::default();
    thief.set_cookie(&app.url("/"), "sagspost", &copied);
    assert_eq!(me(&app, &mut thief).await.status, 401);
}

#[tokio::test]
async fn a_session_that_somebody_planted_is_not_taken_over() {
    let (app, _provider) = start().await;
    let mut browser = Browser::default();
    sign_in(&app, &mut browser, "u-2").await;
    let planted = browser
        .cookie(&app.url("/"), "sagspost")
        .unwrap()
        .to_owned();
    sign_in(&app, &mut browser, "u-2").await;
    assert_ne!(browser.cookie(&app.url("/"), "sagspost").unwrap(), planted);
    let mut attacker = Browser::default();
    attacker.set_cookie(&app.url("/"), "sagspost", &planted);
    assert_eq!(
        me(&app, &mut attacker).await.status,
        401,
        "the one before has ended"
    );
    let made_up = "x".repeat(43);
    let mut victim = Browser::default();
    victim.set_cookie(&app.url("/"), "sagspost", &made_up);
    sign_in(&app, &mut victim, "u-1").await;
    attacker.set_cookie(&app.url("/"), "sagspost", &made_up);
    assert_eq!(me(&app, &mut attacker).await.status, 401);
}

#[tokio::test]
async fn the_session_before_ends_though_its_cookie_does_not_come_with_the_providers_answer() {
    let (app, _provider) = start().await;
    let mut browser = Browser::default();
    sign_in(&app, &mut browser, "u-2").await;
    let before = browser
        .cookie(&app.url("/"), "sagspost")
        .unwrap()
        .to_owned();
    let back = answered(&app, &mut browser, "u-2", "/").await;
    let mut still = Browser::default();
    still.set_cookie(&app.url("/"), "sagspost", &before);
    assert_eq!(
        me(&app, &mut still).await.status,
        200,
        "not before the new one"
    );
    // As browsers do with SameSite=Strict, when a link from elsewhere is followed.
    browser.set_cookie(&app.url("/"), "sagspost", "");
    assert_eq!(browser.get(&back).await.status, 303);
    assert_eq!(me(&app, &mut browser).await.json()["user"], "dorte");
    assert_eq!(me(&app, &mut still).await.status, 401);
}

#[tokio::test]
async fn who_bears_the_name_of_an_added_user_at_the_provider_is_not_let_in_as_them() {
    let mut provider = None;
    let app = App::start_with(Organisation::default(), |base, config| {
        // A name without the organisation's domain: people may have chosen it themselves.
        let mut impostor = person("u-1", "carl", &[]);
        impostor["preferred_username"] = json!("carl");
        let started = OidcProvider::start(base, &[impostor]);
        config.server.public_url = base.into();
        config.organisation.domains = vec!["egelund-kommune.example".to_owned()];
        config.sign_in.issuer = started.issuer();
        config.sign_in.client_id = WEB_CLIENT.into();
        config.sign_in.client_secret = Secret::new(CLIENT_SECRET);
        config.sign_in.audiences = vec![AUDIENCE.to_owned()];
        provider = Some(started);
    })
    .await;
    let provider = provider.unwrap();
    let mut browser = Browser::default();
    let back = sign_in(&app, &mut browser, "u-1").await;
    assert_eq!(back.status, 403);
    let page = String::from_utf8_lossy(&back.body).into_owned();
    assert!(
        page.contains("Det er ikke sikkert, at du er brugeren med det navn"),
        "{page}"
    );
    assert_eq!(me(&app, &mut browser).await.status, 401);
    let refused = with_token(&app, &provider.access_token("u-1").await).await;
    assert_eq!(
        (refused.status, &refused.json()["type"]),
        (403, &json!("/problems/name-not-proven"))
    );
    let issuer = provider.issuer();
    app.store
        .bind_user("carl", (&issuer, "u-1"), chrono::Utc::now())
        .await
        .unwrap();
    assert_eq!(sign_in(&app, &mut browser, "u-1").await.status, 303);
    assert_eq!(me(&app, &mut browser).await.json()["user"], "carl");
}

#[tokio::test]
async fn an_answer_counts_once_and_only_in_the_browser_that_asked() {
    let (app, _provider) = start().await;
    let mut browser = Browser::default();
    let back = answered(&app, &mut browser, "u-1", "/").await;
    let mut another = Browser::default();
    let refused = another.get(&back).await;
    assert_eq!(refused.status, 400);
    assert!(String::from_utf8_lossy(&refused.body).contains("Dit login blev ikke gjort færdigt"));
    assert_eq!(me(&app, &mut another).await.status, 401);
    // Whoever tried has used it up.
    assert_eq!(browser.get(&back).await.status, 400);

    let back = answered(&app, &mut browser, "u-1", "/").await;
    let wrong_issuer = back.replace("iss=http", "iss=https");
    assert_eq!(browser.get(&wrong_issuer).await.status, 502);
    let back = answered(&app, &mut browser, "u-1", "/").await;
    let wrong_code = back.replace("code=", "code=x");
    assert_eq!(browser.get(&wrong_code).await.status, 403);
    for broken in ["", "?state=a&state=b", "?code=%00", "?state=%F0%28%8C%28"] {
        let answer = browser
            .get(&app.url(&format!("/auth/callback{broken}")))
            .await;
        assert_eq!(answer.status, 400, "{broken}");
    }
    let back = answered(&app, &mut browser, "u-1", "/").await;
    assert_eq!(browser.get(&back).await.status, 303);
    assert_eq!(browser.get(&back).await.status, 400);
}

#[tokio::test]
async fn a_link_to_the_sign_in_leads_nowhere_but_here() {
    let (app, _provider) = start().await;
    for (wanted, goes) in [
        ("/quality%3Fweek%3D1", "/quality?week=1"),
        ("https%3A%2F%2Fevil.example", "/"),
        ("%2F%2Fevil.example", "/"),
        ("%2F%5Cevil.example", "/"),
        ("%2F%0D%0ASet-Cookie%3A%20a%3Db", "/"),
    ] {
        let mut browser = Browser::default();
        let back = answered(&app, &mut browser, "u-1", wanted).await;
        assert_eq!(
            browser.get(&back).await.header("location"),
            goes,
            "{wanted}"
        );
    }
}

#[tokio::test]
async fn another_site_cannot_act_with_somebodys_session() {
    let (app, _provider) = start().await;
    let mut browser = Browser::default();
    sign_in(&app, &mut browser, "u-1").await;
    let journal = app.url("/api/v1/journal");
    let origin = app.url("");
    let mut status = async |headers: &[(&'static str, &str)]| {
        let headers = headers.to_vec();
        browser
            .send(Method::POST, &journal, |mut request| {
                for (name, value) in headers {
                    request = request.header(name, value);
                }
                request.header("Idempotency-Key", "k").json(&json!({}))
            })
            .await
            .status
    };
    for headers in [
        &[][..],
        &[("Origin", "https://evil.example")],
        &[("Origin", "null")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[
            ("Sec-Fetch-Site", "same-site"),
            ("Origin", "http://other.example"),
        ],
    ] {
        assert_eq!(status(headers).await, 403, "{headers:?}");
    }
    for headers in [
        &[("Origin", origin.as_str())][..],
        &[("Sec-Fetch-Site", "same-origin")],
    ] {
        assert_eq!(status(headers).await, 422, "{headers:?}");
    }
    let signed_out = browser.post(&app.url("/auth/sign-out"), &[]).await.status;
    assert_eq!(
        signed_out, 403,
        "nobody is signed out by another site either"
    );
}

#[tokio::test]
async fn keys_that_change_while_everything_runs_disturb_nobody() {
    let (app, provider) = start().await;
    let before = provider.access_token("u-1").await;
    assert_eq!(with_token(&app, &before).await.json()["user"], "birthe");
    let mut browser = Browser::default();
    sign_in(&app, &mut browser, "u-1").await;

    provider.rotate().await;
    let after = provider.access_token("u-1").await;
    assert_eq!(with_token(&app, &after).await.json()["user"], "birthe");
    assert_eq!(
        with_token(&app, &before).await.status,
        401,
        "its key is gone"
    );
    assert_eq!(me(&app, &mut browser).await.status, 200);
    let mut another = Browser::default();
    assert_eq!(sign_in(&app, &mut another, "u-2").await.status, 303);
    assert_eq!(me(&app, &mut another).await.json()["user"], "dorte");
}

#[tokio::test]
async fn while_the_provider_is_away_those_who_are_known_work_on_and_others_are_told() {
    let (app, mut provider) = start().await;
    let token = provider.access_token("u-1").await;
    assert_eq!(with_token(&app, &token).await.status, 200);
    let mut browser = Browser::default();
    sign_in(&app, &mut browser, "u-1").await;
    let mut begun = Browser::default();
    let back = answered(&app, &mut begun, "u-2", "/").await;

    provider.stop();
    assert_eq!(with_token(&app, &token).await.status, 200);
    assert_eq!(me(&app, &mut browser).await.status, 200);
    let told = begun.get(&back).await;
    assert_eq!(told.status, 503);
    let text = String::from_utf8_lossy(&told.body).into_owned();
    assert!(
        text.contains("Login er ude af drift") && text.contains("prøv igen"),
        "{text}"
    );
    assert!(text.contains("href=\"/auth/sign-in\""), "{text}");
    let origin = app.url("");
    let left = browser
        .send(Method::POST, &app.url("/auth/sign-out"), |r| {
            r.header("Origin", &origin)
        })
        .await;
    assert_eq!(left.status, 200);
    assert_eq!(
        me(&app, &mut browser).await.status,
        401,
        "signing out needs no provider"
    );

    provider.go_on(&[person("u-2", "dorte", &[])]);
    let mut again = Browser::default();
    assert_eq!(sign_in(&app, &mut again, "u-2").await.status, 303);
}

#[tokio::test]
async fn a_service_that_starts_while_the_provider_is_away_says_so_and_recovers() {
    let (app, mut provider) = start().await;
    provider.stop();
    let begin = app.url("/auth/sign-in");
    let mut browser = Browser::default();
    let told = browser
        .send(Method::GET, &begin, |r| r.header("Accept-Language", "en"))
        .await;
    assert_eq!(told.status, 503);
    assert!(String::from_utf8_lossy(&told.body).contains("Sign-in is out of order"));
    assert_eq!(
        app.get("/api/v1/me", "birthe").await.status,
        200,
        "other tokens still count"
    );
    provider.go_on(&[person("u-1", "birthe", &[])]);
    assert_eq!(sign_in(&app, &mut browser, "u-1").await.status, 303);
}

#[tokio::test]
async fn tokens_of_the_real_provider_that_are_not_meant_for_this_let_nobody_in() {
    let (app, provider) = start().await;
    let tokens = provider.tokens_of_addin("u-1").await;
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    assert_eq!(with_token(&app, &text("access_token")).await.status, 200);
    assert_eq!(with_token(&app, &text("id_token")).await.status, 401);
    assert_eq!(
        with_token(&app, &provider.client_credentials().await)
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn who_is_renamed_stays_who_they_are_and_who_gets_their_name_does_not_become_them() {
    let (app, mut provider) = start().await;
    assert_eq!(
        with_token(&app, &provider.access_token("u-1").await)
            .await
            .json()["user"],
        "birthe"
    );
    provider.stop();
    provider.go_on(&[
        person("u-1", "birthe-gift", &["plan"]),
        person("u-9", "birthe", &[]),
    ]);
    let renamed = with_token(&app, &provider.access_token("u-1").await)
        .await
        .json();
    assert_eq!(
        (&renamed["user"], &renamed["display_name"]),
        (&json!("birthe"), &json!("birthe-gift"))
    );
    let counts_as = app.store.memberships("birthe").await.unwrap();
    assert!(
        counts_as.contains(&"group:plan".to_owned())
            && !counts_as.contains(&"group:ledere".to_owned()),
        "{counts_as:?}"
    );
    let newcomer = with_token(&app, &provider.access_token("u-9").await).await;
    assert_eq!(
        (newcomer.status, newcomer.json()["type"].as_str()),
        (403, Some("/problems/name-taken"))
    );
    // An administrator decides that it is the same person with a new account.
    app.store.unbind_user("birthe").await.unwrap();
    assert_eq!(
        with_token(&app, &provider.access_token("u-9").await)
            .await
            .json()["user"],
        "birthe"
    );
}

#[tokio::test]
async fn who_is_disabled_is_let_in_by_no_door() {
    let (app, provider) = start().await;
    let token = provider.access_token("u-1").await;
    let mut browser = Browser::default();
    sign_in(&app, &mut browser, "u-1").await;
    app.store
        .set_user_disabled("birthe", Some(chrono::Utc::now()))
        .await
        .unwrap();
    assert_eq!(with_token(&app, &token).await.status, 403);
    assert_eq!(app.get("/api/v1/me", "birthe").await.status, 403);
    assert_eq!(me(&app, &mut browser).await.status, 401);
    assert_eq!(
        sign_in(&app, &mut Browser::default(), "u-1").await.status,
        403
    );
    app.store.set_user_disabled("birthe", None).await.unwrap();
    assert_eq!(with_token(&app, &token).await.status, 200);
    assert_eq!(
        me(&app, &mut browser).await.status,
        401,
        "the session does not come back"
    );
}

#[tokio::test]
async fn a_deputy_acts_for_whom_they_may_and_for_nobody_else() {
    let app = App::start().await;
    user(&app.store, "dorte").await;
    let day = |text: &str| text.parse().ok();
    for (acts_for, until) in [("birthe", None), ("dorte", day("2026-01-01"))] {
        let deputy = Deputy {
            user_name: "carl".to_owned(),
            acts_for: acts_for.to_owned(),
            until,
        };
        app.store.save_deputy(&deputy).await.unwrap();
    }
    app.add_mails(&[crate::support::store::eml("a@x", "Hæk", &[])])
        .await;
    let seen = async |user: &str, for_whom: &str| {
        let request = app.request(Method::GET, "/api/v1/mails", user);
        let answer = answer(request.header("Sagspost-On-Behalf-Of", for_whom)).await;
        (
            answer.status,
            answer.json()["items"].as_array().map(Vec::len),
        )
    };
    assert_eq!(
        app.get("/api/v1/mails", "carl").await.json()["items"],
        json!([])
    );
    assert_eq!(seen("carl", "birthe").await, (200, Some(1)));
    assert_eq!(seen("carl", "carl").await, (200, Some(0)));
    for (user, for_whom) in [
        ("carl", "dorte"),
        ("carl", "nobody"),
        ("birthe", "carl"),
        ("carl", ""),
    ] {
        assert_eq!(seen(user, for_whom).await.0, 403, "{user} for {for_whom}");
    }
    let me = app
        .request(Method::GET, "/api/v1/me", "carl")
        .header("Sagspost-On-Behalf-Of", "birthe");
    let me = answer(me).await.json();
    assert_eq!(
        (&me["user"], &me["on_behalf_of"]),
        (&json!("carl"), &json!("birthe"))
    );
    assert_eq!(me["may_act_for"], json!(["birthe"]));
}

#[tokio::test]
async fn a_token_of_a_script_does_what_it_was_made_for_until_it_ends() {
    let app = App::start().await;
    let now = chrono::Utc::now();
    let make = async |name: &'static str, scope, days| {
        let (token, hash) = auth::new_service_token();
        let new = NewServiceToken {
            name,
            user_name: "birthe",
            hash,
            scope,
            expires_at: now + chrono::Duration::days(days),
        };
        app.store.add_service_token(&new, now).await.unwrap();
        token
    };
    let reads = make("reads", TokenScope::Read, 1).await;
    let writes = make("writes", TokenScope::Write, 1).await;
    let expired = make("expired", TokenScope::Write, -1).await;
    let journal = async |token: &str| {
        let request = reqwest::Client::new().post(app.url("/api/v1/journal"));
        let request = request.bearer_auth(token).header("Idempotency-Key", "k");
        answer(request.json(&json!({}))).await
    };
    assert_eq!(with_token(&app, &reads).await.json()["user"], "birthe");
    let refused = journal(&reads).await;
    assert_eq!(
        (refused.status, refused.json()["type"].as_str()),
        (403, Some("/problems/scope-missing"))
    );
    let looked = reqwest::Client::new().post(app.url("/api/v1/suggestions"));
    let looked = answer(looked.bearer_auth(&reads).json(&json!({}))).await;
    assert_eq!(looked.status, 422, "a question is no change");
    assert_eq!(journal(&writes).await.status, 422);
    assert_eq!(with_token(&app, &expired).await.status, 401);
    assert_eq!(with_token(&app, &format!("{writes}x")).await.status, 401);

    let used: Vec<bool> = app
        .store
        .service_tokens()
        .await
        .unwrap()
        .iter()
        .map(|token| token.used_at.is_some())
        .collect();
    assert_eq!(used, [false, true, true], "expired, reads, writes");
    app.store.revoke_service_token("writes", now).await.unwrap();
    assert_eq!(with_token(&app, &writes).await.status, 401);
}

#[tokio::test]
async fn without_a_provider_there_is_no_sign_in_and_no_cookie_counts() {
    let app = App::start().await;
    let mut browser = Browser::default();
    assert_eq!(browser.get(&app.url("/auth/sign-in")).await.status, 404);
    assert_eq!(
        browser
            .get(&app.url("/auth/callback?code=a&state=b"))
            .await
            .status,
        404
    );
    browser.set_cookie(&app.url("/"), "sagspost", "x");
    assert_eq!(me(&app, &mut browser).await.status, 401);
}

#[tokio::test]
async fn who_guesses_too_often_waits_and_their_neighbours_do_not() {
    let app = App::start_with(Organisation::default(), |_, config| {
        config.sign_in.attempts_per_minute = 5;
    })
    .await;
    let mut told = Vec::new();
    for guess in 0..8 {
        told.push(with_token(&app, &format!("wrong-{guess}")).await);
    }
    let statuses: Vec<u16> = told.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429, 429, 429]);
    let last = told.last().unwrap();
    assert!(last.header("retry-after").parse::<u64>().unwrap() > 0);
    assert_eq!(last.json()["type"], "/problems/too-many");
    // From the same address.
    assert_eq!(app.get("/api/v1/me", "birthe").await.status, 200);
    // Nobody is believed who only says that they ask for another address.
    let elsewhere = reqwest::Client::new()
        .get(app.url("/api/v1/me"))
        .header("X-Forwarded-For", "203.0.113.9")
        .bearer_auth("wrong");
    assert_eq!(answer(elsewhere).await.status, 429);
}

#[tokio::test]
async fn a_user_who_asks_without_end_is_slowed_down_alone() {
    let app = App::start_with(Organisation::default(), |_, config| {
        config.server.user_requests_per_minute = 3;
    })
    .await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(app.get("/api/v1/me", "birthe").await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 429]);
    assert_eq!(app.get("/api/v1/me", "carl").await.status, 200);
}

#[tokio::test]
async fn doctor_says_whether_people_can_sign_in() {
    let mut provider = OidcProvider::start("http://127.0.0.1:1", &[person("u-1", "birthe", &[])]);
    let cli = Cli::new();
    let issuer = provider.issuer();
    let variables = [
        ("SAGSPOST__SERVER__PUBLIC_URL", "http://127.0.0.1:1"),
        ("SAGSPOST__SIGN_IN__ISSUER", issuer.as_str()),
        ("SAGSPOST__SIGN_IN__CLIENT_ID", WEB_CLIENT),
    ];
    let looked = cli.run_with(&variables, &["doctor"]).out;
    assert!(looked.contains("ok   sign-in provider"), "{looked}");
    provider.stop();
    let looked = cli.run_with(&variables, &["doctor"]).out;
    assert!(
        looked.contains("BAD  sign-in provider") && looked.contains("does not answer"),
        "{looked}"
    );
    assert!(!cli.run(&["doctor"]).out.contains("sign-in provider"));
}

/// What the dialog of an add-in does once it is back from the provider.
async fn code_for_the_pane(app: &App, browser: &mut Browser) -> Answer {
    let origin = app.url("");
    browser
        .send(Method::POST, &app.url("/sign-in/office/code"), |r| {
            r.header("Origin", &origin)
        })
        .await
}

async fn exchange(app: &App, code: &str) -> Answer {
    let body = json!({ "code": code });
    app.post("/sign-in/office/exchange", "", &body).await
}

#[tokio::test]
async fn a_pane_signs_in_by_a_dialog_and_is_signed_out_with_its_session() {
    let (app, _provider) = start().await;
    let mut dialog = Browser::default();
    let page = dialog.get(&app.url("/sign-in/office")).await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(code_for_the_pane(&app, &mut dialog).await.status, 401);

    let back = answered(&app, &mut dialog, "u-1", "/sign-in/office%3Fback").await;
    let back = dialog.get(&back).await;
    assert_eq!(back.header("location"), "/sign-in/office?back");
    let told = code_for_the_pane(&app, &mut dialog).await;
    assert_eq!(told.status, 200);
    assert_eq!(told.header("cache-control"), "no-store");
    let code = told.json()["code"].as_str().unwrap().to_owned();

    let exchanged = exchange(&app, &code).await;
    assert_eq!(exchanged.status, 200);
    assert_eq!(exchanged.header("cache-control"), "no-store");
    let token = exchanged.json()["token"].as_str().unwrap().to_owned();
    let lasts = exchanged.json()["expires_in"].as_i64().unwrap();
    assert!((12 * 3600 - 60..=12 * 3600).contains(&lasts), "{lasts}");
    let who = with_token(&app, &token).await;
    assert_eq!((who.status, &who.json()["user"]), (200, &json!("birthe")));

    // Once, whoever comes second.
    assert_eq!(exchange(&app, &code).await.status, 401);
    let origin = app.url("");
    dialog
        .send(Method::POST, &app.url("/auth/sign-out"), |r| {
            r.header("Origin", &origin)
        })
        .await;
    assert_eq!(with_token(&app, &token).await.status, 401);
}

#[tokio::test]
async fn a_code_for_a_pane_is_no_token_and_another_site_gets_none() {
    let (app, _provider) = start().await;
    let mut dialog = Browser::default();
    sign_in(&app, &mut dialog, "u-1").await;
    for origin in ["https://evil.example", "null"] {
        let refused = dialog
            .send(Method::POST, &app.url("/sign-in/office/code"), |r| {
                r.header("Origin", origin)
            })
            .await;
        assert_eq!(refused.status, 403, "{origin}");
    }
    let first = code_for_the_pane(&app, &mut dialog).await.json();
    let first = first["code"].as_str().unwrap().to_owned();
    assert_eq!(with_token(&app, &first).await.status, 401);
    let second = code_for_the_pane(&app, &mut dialog).await.json();
    assert_eq!(
        exchange(&app, &first).await.status,
        401,
        "only the last one counts"
    );
    let second = second["code"].as_str().unwrap();
    assert_eq!(exchange(&app, second).await.status, 200);
    for wrong in ["", "x", &"x".repeat(100_000)] {
        assert_eq!(exchange(&app, wrong).await.status, 401);
    }
    for malformed in [
        json!({}),
        json!([]),
        json!({ "code": 1 }),
        json!({ "code": "x", "user": "carl" }),
    ] {
        let answer = app.post("/sign-in/office/exchange", "", &malformed).await;
        assert!([400, 422].contains(&answer.status), "{malformed}");
    }
}

#[tokio::test]
async fn where_nobody_signs_in_there_is_no_dialog() {
    let app = App::start().await;
    assert_eq!(app.get("/sign-in/office", "").await.status, 404);
    assert_eq!(exchange(&app, "x").await.status, 401);
}
