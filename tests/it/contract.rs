//! Whatever is sent to an operation of the contract, it answers as the contract says: with a problem when it refuses, and never
//! because it broke.
//!
//! Every operation is called with every odd value in every place that takes one: its path, each parameter, each header, the
//! body as a whole and each of its fields.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use sagspost::suggest::Organisation;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::support::app::App;
use crate::support::store::{case, eml};

/// Texts that have broken one service or another.
fn odd_texts() -> Vec<String> {
    let long = |text: &str| text.repeat(20_000);
    [
        "",
        " ",
        "0",
        "-1",
        "1e999",
        "99999999999999999999",
        "9223372036854775807",
        "NaN",
        "null",
        "true",
        "a\u{0}b",
        "\u{1}\u{7f}\u{85}\u{2028}",
        "\u{feff}\u{202e}\u{d7ff}\u{10ffff}",
        "æøå ÆØÅ e\u{301} \u{1f600}",
        "' or 1=1 --",
        "\"; drop table cases; --",
        "%",
        "_",
        "\\",
        "\"(((",
        "a AND OR NOT NEAR(",
        "*",
        "../../etc/passwd",
        "<script>alert(1)</script>",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "0190a000-0000-7000-8000-00000000000g",
        "2026-02-30",
        "2026-03-01T12:00:00Z",
        "+262142-12-31T23:59:59Z",
        "-262143-01-01T00:00:00Z",
        "010203-1234",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([long("a"), long("æ"), long("\" "), long("(")])
    .collect()
}

/// Values of any kind, in a body.
fn odd_values() -> Vec<Value> {
    let mut deep = json!(1);
    for _ in 0..120 {
        deep = json!([deep]);
    }
    let numbers = [
        json!(0),
        json!(-1),
        json!(1.5),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e308),
    ];
    let others = [
        Value::Null,
        json!(true),
        json!([]),
        json!({}),
        json!([null]),
        json!({ "a": { "b": [] } }),
        json!(vec![0; 5000]),
        deep,
    ];
    odd_texts()
        .into_iter()
        .map(Value::String)
        .chain(numbers)
        .chain(others)
        .collect()
}

/// Bodies that are no JSON, or more of it than anybody reads.
fn odd_bodies() -> Vec<Vec<u8>> {
    vec![
        Vec::new(),
        b"{".to_vec(),
        b"nul".to_vec(),
        b"\xff\xfe\x00".to_vec(),
        b"{\"a\":\"\xc3\x28\"}".to_vec(),
        b"{\"mail_id\":1,\"mail_id\":2}".to_vec(),
        b"\"\\ud800\"".to_vec(),
        "[".repeat(200_000).into_bytes(),
        "{\"a\":".repeat(200_000).into_bytes(),
        format!("[{}1]", "1,".repeat(200_000)).into_bytes(),
        vec![b' '; 200_000],
    ]
}

/// One operation as the contract describes it.
struct Operation {
    method: Method,
    path: String,
    described: Value,
}

impl Operation {
    fn parameters(&self, place: &str) -> Vec<String> {
        let all = self.described["parameters"].as_array();
        all.into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == place)
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Names of the body's fields; `None` when it takes no body.
    fn fields(&self, contract: &Value) -> Option<Vec<String>> {
        let schema = &self.described["requestBody"]["content"]["application/json"]["schema"];
        let name = schema["$ref"].as_str()?.rsplit('/').next()?;
        let properties = contract["components"]["schemas"][name]["properties"].as_object()?;
        Some(properties.keys().cloned().collect())
    }

    /// Whether the contract says that this may be the answer.
    fn may_answer(&self, status: u16, media_type: &str) -> bool {
        let responses = &self.described["responses"];
        let told = responses
            .get(status.to_string())
            .or_else(|| (status >= 400).then(|| &responses["default"]));
        let Some(told) = told else { return false };
        let content = told["content"].as_object();
        let Some(content) = content.filter(|content| !content.is_empty()) else {
            return media_type.is_empty();
        };
        content.contains_key(media_type) || content.contains_key("*/*")
    }
}

/// Things that are there, by the name of the parameter that names one.
struct House {
    app: App,
    contract: Value,
    mail: Uuid,
    case: Uuid,
    entry: Uuid,
    file: Uuid,
    client: reqwest::Client,
}

impl House {
    async fn new() -> Self {
        let app = App::start_with(Organisation::default(), |_, config| {
            config.server.user_requests_per_minute = 0;
            config.sign_in.attempts_per_minute = 0;
        })
        .await;
        let mails = [eml("1@x", "Hegn", &[]), eml("2@x", "Støj", &[])];
        let mails = app.add_mails(&mails).await;
        let case = app.add_case(case("Hegn ved nabogrund")).await.id;
        let wish = json!({ "mail_id": mails[1], "case_id": case });
        let entry = app.journal("birthe", "house", &wish).await.json();
        let path = format!("/api/v1/cases/{case}/documents");
        let documents = app.get(&path, "birthe").await.json();
        let id = |value: &Value| Uuid::parse_str(value.as_str().unwrap()).unwrap();
        Self {
            contract: app.get("/api/openapi.json", "").await.json(),
            mail: mails[0],
            case,
            entry: id(&entry["id"]),
            file: id(&documents[0]["files"][0]["id"]),
            app,
            client: reqwest::Client::new(),
        }
    }

    fn operations(&self) -> Vec<Operation> {
        let paths = self.contract["paths"].as_object().unwrap();
        let all = paths.iter().flat_map(|(path, item)| {
            item.as_object()
                .unwrap()
                .iter()
                .map(|(method, described)| Operation {
                    method: method.to_uppercase().parse().unwrap(),
                    path: path.clone(),
                    described: described.clone(),
                })
        });
        all.collect()
    }

    /// What is there, for a parameter of this operation's path.
    fn real(&self, operation: &Operation, parameter: &str) -> String {
        let of = |word: &str| operation.path.contains(word);
        match parameter {
            "path" => "0".to_owned(),
            "mail_id" => self.mail.to_string(),
            _ if of("/cases/") => self.case.to_string(),
            _ if of("/journal/") => self.entry.to_string(),
            _ if of("/files/") => self.file.to_string(),
            _ => self.mail.to_string(),
        }
    }

    /// The operation's address, with this value in the place of this parameter.
    fn address(&self, operation: &Operation, odd: Option<(&str, &str)>) -> String {
        let mut path = operation.path.clone();
        for parameter in operation.parameters("path") {
            let value = match odd {
                Some((name, value)) if name == parameter => encoded(value),
                _ => self.real(operation, &parameter),
            };
            path = path.replace(&format!("{{{parameter}}}"), &value);
        }
        path
    }

    fn request(&self, operation: &Operation, address: &str) -> RequestBuilder {
        self.client
            .request(operation.method.clone(), self.app.url(address))
            .timeout(Duration::from_secs(30))
            .bearer_auth("token-of-birthe")
    }

    /// Sends it, and says what is wrong with the answer.
    async fn wrong_with(
        &self,
        operation: &Operation,
        what: &str,
        request: RequestBuilder,
    ) -> Option<String> {
        let Operation { method, path, .. } = operation;
        let what: String = what.chars().take(120).collect();
        let said = |wrong: &str| Some(format!("{method} {path} with {what:?}: {wrong}"));
        // What no client can send is not asked.
        let request = request.build().ok()?;
        let response = match self.client.execute(request).await {
            Ok(response) => response,
            Err(error) => return said(&format!("no answer: {error}")),
        };
        let status = response.status().as_u16();
        let media_type = response.headers().get("content-type");
        let media_type = media_type.map(|value| value.to_str().unwrap_or("?").to_owned());
        let media_type = media_type.unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().to_owned();
        if status >= 500 {
            let body = response.text().await.unwrap_or_default();
            return said(&format!("it answers with {status}: {body}"));
        }
        // The server's own refusal of an address or headers that are too long comes before any operation.
        if matches!(status, 414 | 431) {
            return None;
        }
        if media_type == "text/event-stream" {
            return None;
        }
        let body = response.bytes().await.unwrap_or_default();
        if status >= 400 {
            let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
            let whole = ["type", "title", "detail", "request_id"]
                .iter()
                .all(|name| problem[name].as_str().is_some_and(|text| !text.is_empty()));
            if !whole || problem["status"] != status {
                return said(&format!(
                    "{status} is no problem: {}",
                    String::from_utf8_lossy(&body)
                ));
            }
        }
        // Another path than this one was meant: an empty part of it, for instance.
        let is_elsewhere = status == 404 || status == 405;
        if !is_elsewhere && !operation.may_answer(status, &media_type) {
            return said(&format!(
                "the contract knows no {status} with {media_type:?}"
            ));
        }
        None
    }
}

/// As a part of an address.
fn encoded(text: &str) -> String {
    // A service is asked with addresses of up to some thousand letters.
    text.bytes()
        .take(2000)
        .map(|byte| format!("%{byte:02X}"))
        .collect()
}

#[tokio::test]
async fn whatever_the_contract_refers_to_is_in_it() {
    let contract = App::start().await.get("/api/openapi.json", "").await.json();
    let mut waiting = vec![&contract];
    let mut count = 0;
    while let Some(value) = waiting.pop() {
        if let Some(reference) = value["$ref"].as_str() {
            let place = reference.strip_prefix('#').unwrap();
            assert!(contract.pointer(place).is_some(), "{reference}");
            count += 1;
        }
        waiting.extend(value.as_array().into_iter().flatten());
        waiting.extend(value.as_object().into_iter().flat_map(Map::values));
    }
    assert!(count > 50, "{count}");
}

#[tokio::test]
async fn odd_values_in_addresses_and_headers_are_refused_and_break_nothing() {
    let house = House::new().await;
    let mut wrong = Vec::new();
    for operation in house.operations() {
        // As the keeper of the log does each second: what is asked here would wait for long.
        house.app.store.write_records().await.unwrap();
        for text in odd_texts() {
            let mut asked = Vec::new();
            for name in operation.parameters("path") {
                asked.push(house.address(&operation, Some((&name, &text))));
            }
            let real = house.address(&operation, None);
            for name in operation
                .parameters("query")
                .iter()
                .map(String::as_str)
                .chain(["unknown"])
            {
                asked.push(format!("{real}?{name}={}", encoded(&text)));
            }
            asked.push(format!("{real}?{}", encoded(&text)));
            for address in asked {
                let request = house.request(&operation, &address);
                wrong.extend(house.wrong_with(&operation, &address, request).await);
            }
            for name in operation
                .parameters("header")
                .iter()
                .map(String::as_str)
                .chain([
                    "Accept-Language",
                    "Sagspost-On-Behalf-Of",
                    "Sagspost-Why",
                    "X-Request-Id",
                    "Range",
                    "Cookie",
                ])
            {
                // Events are followed by who holds them; all else about them is asked above.
                let request = house
                    .request(&operation, &real)
                    .header(name, text.as_bytes());
                let what = format!("{name}: {text}");
                wrong.extend(house.wrong_with(&operation, &what, request).await);
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}

#[tokio::test]
async fn odd_bodies_are_refused_and_break_nothing() {
    let house = House::new().await;
    let mut wrong = Vec::new();
    let mut count = 0;
    for operation in house.operations() {
        let Some(fields) = operation.fields(&house.contract) else {
            continue;
        };
        let real = house.address(&operation, None);
        let request = |key: usize| {
            house
                .request(&operation, &real)
                .header("Idempotency-Key", format!("odd-{key}"))
        };
        for body in odd_bodies() {
            for media_type in [
                "application/json",
                "application/json; charset=utf-16",
                "message/rfc822",
                "text/plain",
                "multipart/form-data; boundary=x",
                "*/*",
                "",
            ] {
                count += 1;
                let request = request(count)
                    .header("Content-Type", media_type)
                    .body(body.clone());
                let what = format!(
                    "{media_type}: {}",
                    String::from_utf8_lossy(&body[..body.len().min(60)])
                );
                wrong.extend(house.wrong_with(&operation, &what, request).await);
            }
        }
        for value in odd_values() {
            count += 1;
            let as_a_whole = request(count).json(&value);
            wrong.extend(
                house
                    .wrong_with(&operation, &value.to_string(), as_a_whole)
                    .await,
            );
            for field in &fields {
                // Each alone, and beside what makes the rest of the request right.
                let mut beside =
                    json!({ "mail_id": house.mail, "case_id": house.case, "title": "Hegn" });
                beside
                    .as_object_mut()
                    .unwrap()
                    .retain(|name, _| fields.contains(name));
                for mut body in [Map::new(), beside.as_object().unwrap().clone()] {
                    body.insert(field.clone(), value.clone());
                    count += 1;
                    let what = format!("{field}: {value}");
                    let request = request(count).json(&body);
                    wrong.extend(house.wrong_with(&operation, &what, request).await);
                }
            }
        }
    }
    assert!(count > 1000, "{count}");
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}
