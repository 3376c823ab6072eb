//! Tokens that must let nobody in. Each is an honest token with one thing changed, and the honest one is let in.

use chrono::Utc;
use sagspost::suggest::Organisation;
use serde_json::{Value, json};

use crate::support::app::{Answer, App, answer};
use crate::support::issuer::{Issuer, SigningKey, hs256, signed_part};

const AUDIENCE: &str = "api://sagspost";

async fn app_for(issuer: &Issuer) -> App {
    let issuer = issuer.issuer().to_owned();
    App::start_with(Organisation::default(), |base, config| {
        config.server.public_url = base.into();
        config.sign_in.issuer = issuer;
        config.sign_in.client_id = "sagspost".into();
        config.sign_in.audiences = vec![AUDIENCE.to_owned()];
        config.sign_in.tenants = vec!["egelund".to_owned()];
    })
    .await
}

/// What an honest access token says.
fn honest(issuer: &str) -> Value {
    let now = Utc::now().timestamp();
    json!({
        "iss": issuer, "aud": AUDIENCE, "sub": "u-1", "tid": "egelund", "client_id": "addin", "azp": "addin",
        "preferred_username": "birthe.lund", "name": "Birthe Lund", "scp": "openid access_as_user",
        "iat": now - 5, "nbf": now - 5, "exp": now + 600,
    })
}

/// The same with some claims changed; those that become null are left out.
fn with(claims: &Value, changes: &Value) -> Value {
    let mut claims = claims.clone();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

async fn me(app: &App, token: &str) -> Answer {
    answer(
        reqwest::Client::new()
            .get(app.url("/api/v1/me"))
            .bearer_auth(token),
    )
    .await
}

#[tokio::test]
async fn an_honest_token_of_each_algorithm_lets_its_user_in() {
    let keys = [
        SigningKey::rsa("rsa"),
        SigningKey::p256("p256"),
        SigningKey::ed25519("ed25519"),
    ];
    let issuer = Issuer::start(keys.iter().map(SigningKey::jwk).collect()).await;
    let app = app_for(&issuer).await;
    let claims = honest(issuer.issuer());
    let pss = keys[0].token_with(
        &json!({ "alg": "PS256", "kid": "rsa", "typ": "at+jwt" }),
        &claims,
    );
    let honest = keys.iter().map(|key| key.token(&claims)).chain([pss]);
    for token in honest {
        let answer = me(&app, &token).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["user"], "birthe.lund");
    }
    for (claim, value) in [
        ("aud", json!(["other", AUDIENCE])),
        ("scope", json!(["access_as_user"])),
        ("exp", json!(Utc::now().timestamp() as f64 + 60.5)),
    ] {
        let token = keys[1].token(&with(&claims, &json!({ claim: value })));
        assert_eq!(me(&app, &token).await.status, 200, "{claim}");
    }
}

#[tokio::test]
async fn no_attack_with_a_token_lets_anybody_in() {
    let rsa = SigningKey::rsa("rsa");
    let p256 = SigningKey::p256("p256");
    let ed = SigningKey::ed25519("ed25519");
    let for_encryption = SigningKey::p256("enc");
    let mut enc = for_encryption.jwk();
    enc["use"] = json!("enc");
    let mut only_pss = SigningKey::rsa("only-pss").jwk();
    only_pss["alg"] = json!("PS256");
    let shared =
        json!({ "kty": "oct", "kid": "shared", "k": "c2hhcmVkLXNlY3JldC1vZi1zb21lLWxlbmd0aA" });
    let issuer = Issuer::start(vec![rsa.jwk(), p256.jwk(), ed.jwk(), enc, only_pss, shared]).await;
    let app = app_for(&issuer).await;
    let claims = honest(issuer.issuer());
    assert_eq!(me(&app, &rsa.token(&claims)).await.status, 200);

    let now = Utc::now().timestamp();
    let stranger = SigningKey::other_rsa("rsa");
    let strange_curve = SigningKey::p256("p256");
    let header = |changes: &Value| with(&rsa.header(), changes);
    let under = |changes: Value| rsa.token_with(&header(&changes), &claims);
    let saying = |changes: Value| rsa.token(&with(&claims, &changes));
    let good = rsa.token(&claims);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let none = |alg: &str| {
        signed_part(
            &header(&json!({ "alg": alg })).to_string(),
            &claims.to_string(),
        )
    };
    let own_key = stranger.jwk();
    let zeros = "A".repeat(86);
    let es = signed_part(&p256.header().to_string(), &claims.to_string());
    let payload = claims.to_string();
    let twice = |name: &str, value: Value| {
        format!("{},\"{name}\":{value}}}", payload.trim_end_matches('}'))
    };

    let attacks: Vec<(&str, String)> = vec![
        // Who signed, and how.
        ("alg none", format!("{}.", none("none"))),
        ("alg None", format!("{}.", none("None"))),
        ("alg nOnE", format!("{}.", none("nOnE"))),
        (
            "alg none with a signature",
            format!("{}.{signature}", none("none")),
        ),
        ("alg empty", under(json!({ "alg": "" }))),
        ("no alg", under(json!({ "alg": null }))),
        ("alg RS1", under(json!({ "alg": "RS1" }))),
        ("alg RS512", under(json!({ "alg": "RS512" }))),
        (
            "HS256 with the public key",
            hs256(
                &rsa.public_bytes(),
                &header(&json!({ "alg": "HS256" })),
                &claims,
            ),
        ),
        (
            "HS256 with the published key's text",
            hs256(
                rsa.jwk().to_string().as_bytes(),
                &header(&json!({ "alg": "HS256" })),
                &claims,
            ),
        ),
        (
            "HS256 with nothing",
            hs256(b"", &header(&json!({ "alg": "HS256" })), &claims),
        ),
        (
            "HS256 with a shared key that is published",
            hs256(
                b"shared-secret-of-some-length",
                &json!({ "alg": "HS256", "kid": "shared" }),
                &claims,
            ),
        ),
        (
            "PKCS#1 said to be PSS",
            format!("{}.{signature}", none("PS256")),
        ),
        (
            "a key for PSS used for PKCS#1",
            under(json!({ "kid": "only-pss" })),
        ),
        (
            "an RSA key's name on an EC signature",
            p256.token_with(&json!({ "alg": "ES256", "kid": "rsa" }), &claims),
        ),
        (
            "an EC key's name on an RSA signature",
            under(json!({ "kid": "p256" })),
        ),
        (
            "an Ed25519 signature said to be ES256",
            ed.token_with(&json!({ "alg": "ES256", "kid": "ed25519" }), &claims),
        ),
        ("a key for encryption", for_encryption.token(&claims)),
        ("another's key under the same name", stranger.token(&claims)),
        (
            "another's curve key under the same name",
            strange_curve.token(&claims),
        ),
        ("an ECDSA signature of zeros", format!("{es}.{zeros}")),
        ("unknown kid", under(json!({ "kid": "unknown" }))),
        ("no kid", under(json!({ "kid": null }))),
        (
            "kid as a path",
            under(json!({ "kid": "../../../../dev/null" })),
        ),
        ("kid as SQL", under(json!({ "kid": "' or 1=1 --" }))),
        ("kid as a list", under(json!({ "kid": ["rsa"] }))),
        // Keys that come along.
        (
            "jku",
            stranger.token_with(
                &header(&json!({ "jku": "https://evil.example/keys" })),
                &claims,
            ),
        ),
        (
            "jku of our own provider",
            under(json!({ "jku": format!("{}/keys", issuer.issuer()) })),
        ),
        (
            "x5u",
            stranger.token_with(
                &header(&json!({ "x5u": "https://evil.example/cert" })),
                &claims,
            ),
        ),
        (
            "jwk",
            stranger.token_with(&header(&json!({ "jwk": own_key })), &claims),
        ),
        (
            "x5c",
            stranger.token_with(&header(&json!({ "x5c": ["MIIB"] })), &claims),
        ),
        ("crit", under(json!({ "crit": ["exp"] }))),
        ("b64 false", under(json!({ "b64": false }))),
        ("zip", under(json!({ "zip": "DEF" }))),
        ("a logout token", under(json!({ "typ": "logout+jwt" }))),
        ("a proof of possession", under(json!({ "typ": "dpop+jwt" }))),
        // For whom, by whom.
        (
            "wrong aud",
            saying(json!({ "aud": "https://graph.example" })),
        ),
        ("aud without ours", saying(json!({ "aud": ["a", "b"] }))),
        (
            "aud that begins like ours",
            saying(json!({ "aud": format!("{AUDIENCE}.evil") })),
        ),
        ("no aud", saying(json!({ "aud": null }))),
        (
            "wrong iss",
            saying(json!({ "iss": "https://evil.example" })),
        ),
        (
            "iss with a slash more",
            saying(json!({ "iss": format!("{}/", issuer.issuer()) })),
        ),
        ("iss as a list", saying(json!({ "iss": [issuer.issuer()] }))),
        ("no iss", saying(json!({ "iss": null }))),
        ("wrong tenant", saying(json!({ "tid": "another" }))),
        ("no tenant", saying(json!({ "tid": null }))),
        ("no sub", saying(json!({ "sub": null }))),
        ("empty sub", saying(json!({ "sub": "" }))),
        ("sub as a number", saying(json!({ "sub": 1 }))),
        (
            "sub that never ends",
            saying(json!({ "sub": "u".repeat(300) })),
        ),
        // When.
        ("expired by a second", saying(json!({ "exp": now - 1 }))),
        ("expired now", saying(json!({ "exp": now }))),
        ("no exp", saying(json!({ "exp": null }))),
        (
            "exp as text",
            saying(json!({ "exp": (now + 600).to_string() })),
        ),
        ("exp in the past for ever", saying(json!({ "exp": -1 }))),
        (
            "exp without end",
            rsa.token_of(
                &rsa.header().to_string(),
                &payload.replace(&format!("\"exp\":{}", claims["exp"]), "\"exp\":1e999"),
            ),
        ),
        ("not valid yet", saying(json!({ "nbf": now + 120 }))),
        ("nbf as text", saying(json!({ "nbf": "now" }))),
        ("made tomorrow", saying(json!({ "iat": now + 86400 }))),
        // What for.
        ("an ID token: nonce", saying(json!({ "nonce": "n" }))),
        ("an ID token: at_hash", saying(json!({ "at_hash": "x" }))),
        ("an ID token of Keycloak", saying(json!({ "typ": "ID" }))),
        ("a refresh token", saying(json!({ "typ": "Refresh" }))),
        (
            "an ID token of Cognito",
            saying(json!({ "token_use": "id" })),
        ),
        ("app-only: idtyp", saying(json!({ "idtyp": "app" }))),
        (
            "app-only: the client is the subject",
            saying(json!({ "sub": "addin" })),
        ),
        (
            "app-only: roles instead of scopes",
            saying(json!({ "scp": null, "roles": ["access_as_user"] })),
        ),
        ("no scope", saying(json!({ "scp": null }))),
        (
            "another scope",
            saying(json!({ "scp": "openid mail.read" })),
        ),
        (
            "a scope that begins like ours",
            saying(json!({ "scp": "access_as_user.all" })),
        ),
        // Changed after signing.
        (
            "other claims, same signature",
            format!(
                "{}.{signature}",
                signed_part(
                    &rsa.header().to_string(),
                    &with(&claims, &json!({ "sub": "u-2" })).to_string()
                )
            ),
        ),
        ("no signature", format!("{signed}.")),
        ("a signature cut short", good[..good.len() - 2].to_owned()),
        ("a padded signature", format!("{good}==")),
        ("two parts", signed.to_owned()),
        ("four parts", format!("{good}.{signature}")),
        ("five parts, as encrypted ones have", format!("{good}.a.b")),
        (
            "aud twice",
            rsa.token_of(&rsa.header().to_string(), &twice("aud", json!("other"))),
        ),
        (
            "exp twice",
            rsa.token_of(
                &rsa.header().to_string(),
                &twice("exp", json!(now + 99_999)),
            ),
        ),
        (
            "alg twice",
            rsa.token_of(
                "{\"alg\":\"none\",\"alg\":\"RS256\",\"kid\":\"rsa\"}",
                &payload,
            ),
        ),
        (
            "claims that are no JSON",
            rsa.token_of(&rsa.header().to_string(), "claims"),
        ),
        (
            "claims that are a list",
            rsa.token_of(&rsa.header().to_string(), "[]"),
        ),
        ("a header that is no JSON", rsa.token_of("header", &payload)),
        ("a header in other letters", format!("e+/=.{signature}")),
        // How much.
        ("100 kB", saying(json!({ "padding": "x".repeat(75_000) }))),
        ("20 kB", saying(json!({ "padding": "x".repeat(15_000) }))),
        ("nothing", String::new()),
        ("dots", "..".to_owned()),
    ];
    assert!(attacks.len() >= 30);
    let mut let_in = Vec::new();
    for (name, token) in &attacks {
        let answer = me(&app, token).await;
        // A server may also refuse to read headers that long.
        let refused = answer.status == 401 || answer.status == 431 && name.contains("kB");
        if !refused {
            let_in.push(format!("{name}: {}", answer.status));
        }
    }
    assert!(let_in.is_empty(), "{let_in:#?}");
    assert_eq!(me(&app, &rsa.token(&claims)).await.status, 200);
    let known: Vec<String> = app
        .store
        .users()
        .await
        .unwrap()
        .into_iter()
        .map(|u| u.name)
        .collect();
    assert_eq!(
        known,
        ["birthe", "birthe.lund", "carl", "rita"],
        "nobody was made a user"
    );
}

#[tokio::test]
async fn two_headers_or_another_scheme_let_nobody_in() {
    let key = SigningKey::p256("p256");
    let issuer = Issuer::start(vec![key.jwk()]).await;
    let app = app_for(&issuer).await;
    let token = key.token(&honest(issuer.issuer()));
    let ask = |headers: &[String]| {
        let mut request = reqwest::Client::new().get(app.url("/api/v1/me"));
        for value in headers {
            request = request.header("Authorization", value);
        }
        answer(request)
    };
    assert_eq!(ask(&[format!("Bearer {token}")]).await.status, 200);
    for headers in [
        vec![format!("Bearer {token}"), format!("Bearer {token}")],
        vec!["Bearer token-of-carl".to_owned(), format!("Bearer {token}")],
        vec![format!("Bearer {token}"), "Basic YTpi".to_owned()],
        vec![format!("Basic {token}")],
        vec![token.clone()],
        vec![format!("Bearer {token}, Bearer {token}")],
        vec![],
    ] {
        assert_eq!(ask(&headers).await.status, 401, "{headers:?}");
    }
    let in_address = app.url(&format!("/api/v1/me?access_token={token}"));
    assert_eq!(
        answer(reqwest::Client::new().get(in_address)).await.status,
        401
    );
}

#[tokio::test]
async fn made_up_keys_do_not_turn_us_against_the_provider_and_new_ones_are_found_at_once() {
    let first = SigningKey::p256("first");
    let second = SigningKey::p256("second");
    let issuer = Issuer::start(vec![first.jwk()]).await;
    let app = app_for(&issuer).await;
    let claims = honest(issuer.issuer());
    for _ in 0..3 {
        assert_eq!(me(&app, &first.token(&claims)).await.status, 200);
    }
    assert_eq!(issuer.looks(), 1, "keys are kept");

    issuer.publish(vec![second.jwk()]);
    assert_eq!(me(&app, &second.token(&claims)).await.status, 200);
    assert_eq!(issuer.looks(), 2, "a key that is new is looked for at once");
    assert_eq!(
        me(&app, &first.token(&claims)).await.status,
        401,
        "a key that is gone lets nobody in"
    );

    let looks = issuer.looks();
    for made_up in 0..50 {
        let header = json!({ "alg": "ES256", "kid": format!("made-up-{made_up}") });
        let token = second.token_with(&header, &claims);
        assert_eq!(me(&app, &token).await.status, 401);
    }
    assert!(
        issuer.looks() <= looks + 1,
        "{} looks for 50 made-up keys",
        issuer.looks() - looks
    );
    assert_eq!(me(&app, &second.token(&claims)).await.status, 200);
}

#[tokio::test]
async fn another_provider_that_speaks_for_ours_is_not_believed() {
    let key = SigningKey::p256("p256");
    let issuer = Issuer::start(vec![key.jwk()]).await;
    let claims = honest(issuer.issuer());
    // Its discovery names the address it was asked at, and not the issuer that is configured.
    let app = App::start_with(Organisation::default(), |base, config| {
        config.server.public_url = base.into();
        config.sign_in.issuer = issuer.issuer().replace("127.0.0.1", "localhost");
        config.sign_in.client_id = "sagspost".into();
        config.sign_in.audiences = vec![AUDIENCE.to_owned()];
    })
    .await;
    assert_eq!(me(&app, &key.token(&claims)).await.status, 503);
}

#[tokio::test]
async fn a_provider_cannot_send_us_to_machines_of_our_own_network_nor_elsewhere() {
    let key = SigningKey::p256("p256");
    for (what, address) in [
        ("jwks_uri", "https://10.0.0.1/keys"),
        ("jwks_uri", "https://169.254.169.254/keys"),
        ("jwks_uri", "http://keys.example/keys"),
        ("jwks_uri", "file:///etc/passwd"),
        ("token_endpoint", "https://192.168.1.1/token"),
        ("userinfo_endpoint", "https://[fc00::1]/userinfo"),
        ("authorization_endpoint", "javascript:alert(1)"),
        ("end_session_endpoint", "http://elsewhere.example/leave"),
        ("jwks_uri", "HERE/moved"),
        ("jwks_uri", "HERE/long"),
    ] {
        let issuer = Issuer::start(vec![key.jwk()]).await;
        let app = app_for(&issuer).await;
        let address = address.replace("HERE", issuer.issuer());
        issuer.say(json!({ what: address }));
        let refused = me(&app, &key.token(&honest(issuer.issuer()))).await;
        assert_eq!(refused.status, 503, "{what}: {address}");
        assert_eq!(refused.json()["type"], "/problems/sign-in-away");
        assert_eq!(issuer.looks(), 0, "{what}: {address}");
    }
}
