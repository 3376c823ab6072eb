//! Access lists as requests give them: how long, and that everybody on them exists.

use super::{App, Problem};
use crate::domain::access::CaseAccess;
use crate::domain::role::Principal;

/// Lines of a list.
const MAX_LINES: usize = 1000;
const MAX_CHARS: usize = 300;

pub(super) async fn check(app: &App, access: &CaseAccess, field: &str) -> Result<(), Problem> {
    let who: Vec<&Principal> = access.list.iter().map(|line| &line.who).collect();
    check_principals(app, &who, field).await
}

/// `field` is the list's place in the request.
pub(super) async fn check_principals(
    app: &App,
    list: &[&Principal],
    field: &str,
) -> Result<(), Problem> {
    for (at, who) in list.iter().enumerate() {
        if at == MAX_LINES {
            return Err(Problem::invalid(field, "too-many").with("max", MAX_LINES));
        }
        let text = who.to_string();
        if text.chars().count() > MAX_CHARS {
            let field = format!("{field}[{at}]");
            return Err(Problem::invalid(field, "too-long").with("max", MAX_CHARS));
        }
        if !app.store.is_known_principal(who).await? {
            return Err(Problem::invalid(format!("{field}[{at}]"), "nobody").with("who", text));
        }
    }
    Ok(())
}
