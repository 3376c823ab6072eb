//! How every route is called, from the table of routes: for tests that call all of them.

use reqwest::{Method, RequestBuilder};
use sagspost::api::policy::Route;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{app::App, word};

/// What is needed to call every route.
#[derive(Clone, Debug)]
pub struct Things {
    pub mail: Uuid,
    pub entry: Uuid,
    pub case: Uuid,
    /// On which `mail` is filed.
    pub other_case: Uuid,
    pub file: Uuid,
    pub notice: Uuid,
    /// With a folder.
    pub mailbox: Uuid,
    pub folder: Uuid,
    /// Birthe's own.
    pub rule: Uuid,
    pub template: Uuid,
    pub letters: Uuid,
    /// Of a case that can be opened in an emergency.
    pub number: String,
}

/// A call that succeeds for whoever may.
pub fn request(app: &App, route: &Route, things: &Things, user: &str) -> RequestBuilder {
    let id = match route.path {
        path if path.contains("/mails/") => things.mail,
        path if path.contains("/mailboxes/") => things.mailbox,
        path if path.contains("/journal/") => things.entry,
        path if path.contains("/files/") => things.file,
        path if path.contains("/suggestions/") => things.mail,
        path if path.contains("/notices/") => things.notice,
        path if path.contains("/rules/") => things.rule,
        path if path.contains("/templates/") => things.template,
        path if path.contains("/letters/") => things.letters,
        _ => things.case,
    };
    let address = route
        .path
        .replace("{id}", &id.to_string())
        .replace("{mail_id}", &id.to_string())
        .replace("{folder}", &things.folder.to_string())
        .replace("{version}", "1")
        .replace("{name}", &format!("skabelon-{user}"))
        .replace("{path}", "0");
    let body = match (route.method.as_str(), route.path) {
        ("POST", "/api/v1/messages/lookup") => json!({ "message_id": "1@x" }),
        ("POST", "/api/v1/suggestions" | "/api/v1/kle/suggestions" | "/api/v1/cases/proposal") => {
            json!({ "mail_id": things.mail })
        }
        ("POST", "/api/v1/journal") => {
            json!({ "mail_id": things.mail, "case_id": things.other_case })
        }
        ("POST", "/api/v1/marks") => json!({ "case_id": things.case }),
        ("PUT", "/api/v1/mailboxes/{id}/folders/{folder}/case") => {
            json!({ "case_id": things.other_case })
        }
        ("PUT", "/api/v1/mails/{id}/following") => {
            json!({ "following": true, "case_id": things.other_case })
        }
        ("PUT", "/api/v1/journal/{id}/access") => json!({ "only_for": null }),
        ("POST", "/api/v1/cases") => json!({ "title": "Ny sag" }),
        ("POST", "/api/v1/cases/emergency") => {
            json!({ "number": things.number, "reason": "Barnet skal hentes i dag" })
        }
        ("POST", "/api/v1/rules") => {
            json!({ "owner": "person:birthe", "text": rule("Fakturaer"), "mode": "off" })
        }
        ("POST", "/api/v1/rules/dry-run" | "/api/v1/rules/check") => {
            json!({ "text": rule("Fakturaer") })
        }
        ("PUT", "/api/v1/rules/order") => json!({ "owner": "person:birthe", "ids": [things.rule] }),
        ("PUT", "/api/v1/rules/{id}") => json!({ "text": rule("Regninger"), "version": 1 }),
        ("POST", "/api/v1/rules/{id}/undo-run") => json!({ "since": "2026-01-01T00:00:00Z" }),
        ("PUT", "/api/v1/rules/{id}/mode") => json!({ "mode": "shadow" }),
        ("PUT", "/api/v1/case-templates/{name}") => json!({ "title": "Byggesag: {subject}" }),
        ("POST", "/api/v1/queue/take") => json!({ "mail_ids": [things.mail] }),
        ("POST", "/api/v1/queue/assign") => json!({ "mail_ids": [things.mail], "to": null }),
        ("POST", "/api/v1/queue/snooze") => json!({ "mail_ids": [things.mail], "until": null }),
        ("POST", "/api/v1/cases/{id}/notes") => json!({ "text": "Borgeren ringede" }),
        ("POST", "/api/v1/templates/{id}/render") => json!({ "case_id": things.other_case }),
        ("POST", "/api/v1/templates/{id}/letters") => {
            json!({ "cases": [{ "case_id": things.other_case }] })
        }
        ("PATCH", "/api/v1/cases/{id}") => json!({ "status": "closed" }),
        _ => Value::Null,
    };
    let request = app
        .request(route.method.clone(), &address, user)
        .header("Idempotency-Key", format!("{} {}", route.path, id));
    if (route.method, route.path) == (&Method::POST, "/api/v1/mails") {
        let mail = "Message-ID: <sent-in@x>\r\nSubject: x\r\n\r\nx";
        request.header("Content-Type", "message/rfc822").body(mail)
    } else if let Some(fields) = form(route, things, user) {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let (media_type, body) = word::form("brev.docx", &word::docx("Hej"), &fields);
        request.header("Content-Type", media_type).body(body)
    } else if body.is_null() {
        request
    } else {
        request.json(&body)
    }
}

/// A rule that tags invoices.
pub fn rule(name: &str) -> String {
    format!(
        "[[rule]]\nname = \"{name}\"\nwhen.subject.word = \"faktura\"\nthen.tag = \"faktura\"\n"
    )
}

/// The fields beside the file, of routes that take a form.
fn form(route: &Route, things: &Things, user: &str) -> Option<Vec<(&'static str, String)>> {
    if *route.method != Method::POST {
        return None;
    }
    match route.path {
        "/api/v1/documents" => Some(vec![("case_id", things.case.to_string())]),
        "/api/v1/templates" => Some(vec![("name", format!("Af {user}"))]),
        "/api/v1/templates/check" | "/api/v1/templates/{id}/versions" => Some(Vec::new()),
        _ => None,
    }
}

/// Every route; one that takes something away comes after those that look at it.
pub fn routes() -> Vec<&'static Route> {
    let mut routes: Vec<&Route> = sagspost::api::policy::ROUTES.iter().collect();
    routes.sort_by_key(|route| match *route.method {
        Method::GET => 0,
        Method::PUT if route.path.ends_with("/access") => 7,
        Method::PUT => 1,
        // A filed mail is no longer one that belongs on no case.
        Method::POST if route.path.contains("not-for-a-case") => 2,
        Method::DELETE if route.path.contains("not-for-a-case") => 3,
        Method::POST => 4,
        Method::PATCH => 6,
        _ => 5,
    });
    routes
}
