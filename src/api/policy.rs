//! What one must be to have a call answered, and as what it is recorded: every route, in one table.
//!
//! The table says what holds; it is the queries that hold it (`store::access`). A test calls every route as everybody
//! and compares.
//!
//! | who | mails of a mailbox | mails on a case, its documents | an open case | a restricted case | the audit log |
//! |---|---|---|---|---|---|
//! | any user | theirs, as owner or delegate, and those given to them | as the case, and who may see what was filed | read, write | as its list says | – |
//! | registrar of a mailbox or unit | of those mailboxes | as any user | of their units: manage | as its list says | – |
//! | rule editor | as any user | as any user | as any user | as any user | – |
//! | administrator | none by that | none by that | as its list says | as its list says | – |
//! | auditor | none by that | none by that | as its list says | as its list says | read |
//! | emergency | none by that | as the case | as any user | read, for a while, with a reason | – |
//! | deputy, for another | all that the other may | all that the other may | all that the other may | all that the other may | – |
//!
//! Rules are written by their person, the owners and registrars of their mailbox, and those of the organisation by whoever is
//! administrator, rule editor or registrar without a limit.
//!
//! Administrators and auditors are no users by that; who is both has been given the role `user` too.
//!
//! Reading is seeing a case; writing is filing on it, taking that back, closing and reopening it; managing is saying who
//! may. What one may not see answers exactly as what does not exist: 404. What one sees and may not change: 403.

use axum::http::Method;

use self::Needs::{
    AskedForLetters, Auditor, ChangesTemplate, Emergency, KeepsTemplates, ManagesEntry,
    ManagesNotice, Nothing, SeesCase, SeesDocument, SeesEntry, SeesMail, SeesMailbox, SeesRule,
    SeesTemplate, SignedIn, WritesCase, WritesEntry, WritesRule, WritesRules,
};
use self::Recorded::{Many, Not, One};

/// What the caller, or whom they act for, must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Anybody: nothing of anybody is told.
    Nothing,
    /// Known. What is told is of themself, or no more than they may see.
    SignedIn,
    SeesMail,
    /// Sees what lies in it.
    SeesMailbox,
    SeesCase,
    WritesCase,
    SeesEntry,
    WritesEntry,
    /// Manages the case and sees what was filed, or filed it.
    ManagesEntry,
    SeesDocument,
    /// It is theirs, their mailbox's, or the organisation's whose rules they write.
    SeesRule,
    /// Likewise, and of a mailbox not as a delegate.
    WritesRule,
    /// Of whom they name.
    WritesRules,
    /// Is one of those the template is for, or keeps it.
    SeesTemplate,
    /// Keeps the template: an administrator the organisation's, a registrar of the unit the unit's, anybody their own.
    ChangesTemplate,
    /// Asked for these letters.
    AskedForLetters,
    /// Manages the case that the notice is about.
    ManagesNotice,
    /// An administrator, or a registrar of anything.
    KeepsTemplates,
    /// Themself, not as a deputy.
    Auditor,
    /// Themself, not as a deputy.
    Emergency,
}

/// What a call is to the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It reads or writes one thing of this kind, named by this parameter of the path, or by the handler when that is
    /// empty.
    One(&'static str, &'static str),
    /// It lists or searches things of this kind.
    Many(&'static str),
    /// Nothing of any mail, document, case or search.
    Not,
}

#[derive(Clone, Copy, Debug)]
pub struct Route {
    pub method: &'static Method,
    pub path: &'static str,
    pub needs: Needs,
    /// Empty when it is not recorded.
    pub action: &'static str,
    pub recorded: Recorded,
}

const GET: &Method = &Method::GET;
const PUT: &Method = &Method::PUT;
const POST: &Method = &Method::POST;
const PATCH: &Method = &Method::PATCH;
const DELETE: &Method = &Method::DELETE;

/// Every route that answers with anything of a mail, a case or a person.
#[rustfmt::skip]
pub const ROUTES: &[Route] = &[
    route(GET, "/api/v1/me", SignedIn, "", Not),
    route(GET, "/api/v1/addin", Nothing, "", Not),
    // Of openings that are on record themselves.
    route(GET, "/api/v1/notices", SignedIn, "", Not),
    route(PUT, "/api/v1/notices/{id}/seen", ManagesNotice, "", Not),
    route(GET, "/api/v1/mailboxes", SignedIn, "", Not),
    route(GET, "/api/v1/mailboxes/{id}/folders", SeesMailbox, "", Not),
    // And may file on the case.
    route(PUT, "/api/v1/mailboxes/{id}/folders/{folder}/case", SeesMailbox, "folder.link", One("folder", "folder")),
    route(DELETE, "/api/v1/mailboxes/{id}/folders/{folder}/case", SeesMailbox, "folder.unlink", One("folder", "folder")),
    route(GET, "/api/v1/mails", SignedIn, "mail.list", Many("mail")),
    route(POST, "/api/v1/mails", SignedIn, "mail.store", One("mail", "")),
    route(GET, "/api/v1/mails/{id}", SeesMail, "mail.read", One("mail", "id")),
    route(GET, "/api/v1/mails/{id}/html", SeesMail, "mail.read_html", One("mail", "id")),
    route(GET, "/api/v1/mails/{id}/raw", SeesMail, "mail.read_raw", One("mail", "id")),
    route(GET, "/api/v1/mails/{id}/attachments/{path}", SeesMail, "mail.read_attachment", One("mail", "id")),
    route(GET, "/api/v1/mails/{id}/following", SeesMail, "thread.read", One("mail", "id")),
    // And may file on the case.
    route(PUT, "/api/v1/mails/{id}/following", SeesMail, "thread.follow", One("mail", "id")),
    route(POST, "/api/v1/mails/{id}/not-for-a-case", SeesMail, "mail.not_for_a_case", One("mail", "id")),
    route(DELETE, "/api/v1/mails/{id}/not-for-a-case", SeesMail, "mail.not_for_a_case_undone", One("mail", "id")),
    // Of each mail that they do not see, the answer says that it is not there.
    route(GET, "/api/v1/queue", SignedIn, "queue.list", Many("mail")),
    route(POST, "/api/v1/queue/take", SignedIn, "mail.assign", Many("mail")),
    route(POST, "/api/v1/queue/assign", SignedIn, "mail.assign", Many("mail")),
    route(POST, "/api/v1/queue/snooze", SignedIn, "mail.snooze", Many("mail")),
    route(GET, "/api/v1/queue/assignees", SignedIn, "", Not),
    route(POST, "/api/v1/messages/lookup", SignedIn, "mail.lookup", Many("mail")),
    route(POST, "/api/v1/suggestions", SeesMail, "suggest", One("mail", "")),
    route(GET, "/api/v1/suggestions/{mail_id}", SeesMail, "suggest.explain", One("mail", "mail_id")),
    route(GET, "/api/v1/quality", SignedIn, "", Not),
    route(GET, "/api/v1/kle", SignedIn, "", Not),
    route(POST, "/api/v1/kle/suggestions", SeesMail, "suggest.kle", One("mail", "")),
    // And sees the mail.
    route(POST, "/api/v1/journal", WritesCase, "journal", One("mail", "")),
    route(GET, "/api/v1/journal/{id}", SeesEntry, "journal.read", One("entry", "id")),
    route(DELETE, "/api/v1/journal/{id}", WritesEntry, "undo", One("entry", "id")),
    route(POST, "/api/v1/journal/{id}/retry", WritesEntry, "journal.retry", One("entry", "id")),
    route(PUT, "/api/v1/journal/{id}/access", ManagesEntry, "journal.access", One("entry", "id")),
    route(GET, "/api/v1/cases", SignedIn, "case.list", Many("case")),
    route(POST, "/api/v1/cases", SignedIn, "case.create", One("case", "")),
    route(POST, "/api/v1/cases/proposal", SeesMail, "case.propose", One("mail", "")),
    route(POST, "/api/v1/cases/emergency", Emergency, "case.emergency_open", One("case", "")),
    route(GET, "/api/v1/cases/{id}", SeesCase, "case.read", One("case", "id")),
    // To say who may see it, one must manage it.
    route(PATCH, "/api/v1/cases/{id}", WritesCase, "case.change", One("case", "id")),
    route(GET, "/api/v1/cases/{id}/documents", SeesCase, "case.read_documents", One("case", "id")),
    route(PUT, "/api/v1/cases/{id}/favourite", SeesCase, "case.favourite", One("case", "id")),
    route(DELETE, "/api/v1/cases/{id}/favourite", SeesCase, "case.unfavourite", One("case", "id")),
    route(POST, "/api/v1/marks", WritesCase, "mark.make", One("case", "")),
    route(GET, "/api/v1/files/{id}", SeesDocument, "file.read", One("file", "id")),
    // Of rules one may see; whose they are, those may change them.
    route(GET, "/api/v1/rules", SignedIn, "rule.list", Many("rule")),
    route(POST, "/api/v1/rules", WritesRules, "rule.create", One("rule", "")),
    route(POST, "/api/v1/rules/check", SignedIn, "", Not),
    // Of mails one sees.
    route(POST, "/api/v1/rules/dry-run", SignedIn, "rule.dry_run", Many("mail")),
    route(PUT, "/api/v1/rules/order", WritesRules, "rule.order", One("rule", "")),
    route(GET, "/api/v1/rules/{id}", SeesRule, "rule.read", One("rule", "id")),
    route(PUT, "/api/v1/rules/{id}", WritesRule, "rule.change", One("rule", "id")),
    route(DELETE, "/api/v1/rules/{id}", WritesRule, "rule.remove", One("rule", "id")),
    route(PUT, "/api/v1/rules/{id}/mode", WritesRule, "rule.mode", One("rule", "id")),
    route(GET, "/api/v1/rules/{id}/versions", SeesRule, "rule.read_versions", One("rule", "id")),
    route(POST, "/api/v1/rules/{id}/versions/{version}/restore", WritesRule, "rule.change", One("rule", "id")),
    route(GET, "/api/v1/rules/{id}/decisions", SeesRule, "rule.read_decisions", One("rule", "id")),
    // And takes back on each case what they themself could.
    route(POST, "/api/v1/rules/{id}/undo-run", WritesRule, "rule.undo_run", One("rule", "id")),
    route(GET, "/api/v1/mails/{id}/decisions", SeesMail, "mail.read_decisions", One("mail", "id")),
    route(GET, "/api/v1/case-templates", SignedIn, "", Not),
    route(PUT, "/api/v1/case-templates/{name}", KeepsTemplates, "case_template.save", One("case_template", "")),
    route(DELETE, "/api/v1/case-templates/{name}", KeepsTemplates, "case_template.remove", One("case_template", "")),
    route(POST, "/api/v1/cases/{id}/notes", WritesCase, "document.create", One("case", "id")),
    route(POST, "/api/v1/documents", WritesCase, "document.create", One("case", "")),
    route(GET, "/api/v1/templates", SignedIn, "template.list", Many("template")),
    // Whom it is for decides who may.
    route(POST, "/api/v1/templates", SignedIn, "template.create", One("template", "")),
    route(GET, "/api/v1/templates/fields", SignedIn, "", Not),
    route(POST, "/api/v1/templates/check", SignedIn, "template.check", Many("template")),
    route(GET, "/api/v1/templates/{id}", SeesTemplate, "template.read", One("template", "id")),
    route(DELETE, "/api/v1/templates/{id}", ChangesTemplate, "template.remove", One("template", "id")),
    route(POST, "/api/v1/templates/{id}/versions", ChangesTemplate, "template.change", One("template", "id")),
    route(GET, "/api/v1/templates/{id}/file", SeesTemplate, "template.download", One("template", "id")),
    route(GET, "/api/v1/templates/{id}/preview", SeesTemplate, "template.read", One("template", "id")),
    // And sees the case.
    route(POST, "/api/v1/templates/{id}/render", SeesTemplate, "template.render", One("template", "id")),
    // And may write on each of the cases.
    route(POST, "/api/v1/templates/{id}/letters", SeesTemplate, "template.letters", One("template", "id")),
    route(GET, "/api/v1/letters/{id}", AskedForLetters, "letters.read", One("letters", "id")),
    route(POST, "/api/v1/letters/{id}/retry", AskedForLetters, "letters.retry", One("letters", "id")),
    // Ids alone; what they name is read, and recorded, by its own route.
    route(GET, "/api/v1/events", SignedIn, "", Not),
    route(GET, "/api/v1/audit", Auditor, "audit.read", Many("audit")),
];

/// What is served to anybody: pages without content, the ways in and out, and whether the service is well.
pub const FOR_ANYBODY: &[&str] = &[
    "/",
    "/quality",
    "/audit",
    "/case",
    "/app",
    "/api",
    "/api/openapi.json",
    "/auth/sign-in",
    "/auth/callback",
    "/auth/sign-out",
    "/sign-in/office",
    "/sign-in/office/code",
    "/sign-in/office/exchange",
    "/addin/{*path}",
    "/.well-known/microsoft-officeaddins-allowed.json",
    "/healthz",
    "/readyz",
    "/metrics",
    // Only in the demo, on loopback.
    "/outlook",
    "/outlook/manifest.xml",
    "/outlook/{*path}",
    "/outlook/sent",
];

/// What holds for a call; `None` when the table does not know the route.
pub fn of(method: &Method, path: &str) -> Option<&'static Route> {
    // HEAD is answered by what answers GET.
    let method = if method == Method::HEAD { GET } else { method };
    ROUTES
        .iter()
        .find(|route| route.method == method && route.path == path)
}

const fn route(
    method: &'static Method,
    path: &'static str,
    needs: Needs,
    action: &'static str,
    recorded: Recorded,
) -> Route {
    Route {
        method,
        path,
        needs,
        action,
        recorded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_of_the_contract_has_a_policy_and_no_policy_is_without_a_route() {
        let mut served = Vec::new();
        for (path, item) in crate::api::openapi().paths.paths {
            let operations = [
                (GET, &item.get),
                (PUT, &item.put),
                (POST, &item.post),
                (DELETE, &item.delete),
                (PATCH, &item.patch),
            ];
            for (method, _) in operations.iter().filter(|(_, served)| served.is_some()) {
                assert!(
                    of(method, &path).is_some(),
                    "{method} {path}: say in ROUTES what it needs"
                );
                served.push((*method, path.clone()));
            }
        }
        for route in ROUTES {
            assert!(
                served.contains(&(route.method, route.path.to_owned())),
                "{} {} is not served any more",
                route.method,
                route.path
            );
        }
    }

    #[test]
    fn every_other_route_is_known_to_be_for_anybody() {
        let path = regex::Regex::new(r#"\.route\(\s*("[^"]+"|[A-Z_]+)"#).unwrap();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api");
        let mut found = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let file = file.unwrap().path();
            if file.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            for route in path.captures_iter(&std::fs::read_to_string(&file).unwrap()) {
                let path = match &route[1] {
                    "CALLBACK" => crate::auth::CALLBACK,
                    literal => literal.trim_matches('"'),
                };
                assert!(
                    FOR_ANYBODY.contains(&path),
                    "{}: {path} is no route of the contract; say in FOR_ANYBODY if it is for anybody",
                    file.display()
                );
                found += 1;
            }
        }
        assert!(found >= FOR_ANYBODY.len(), "only {found} routes were found");
    }
}
