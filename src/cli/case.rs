//! `sagspost case`: cases from a file, so that a new organisation starts with its own.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{Context, UsageError, spreadsheet};
use crate::{
    domain::{
        access::{Allowed, CaseAccess, Level},
        case::{Case, CaseStatus, Party, PartyKind},
        case_number::Template,
        kle::{Facet, KleNumber},
        role::Principal,
    },
    store::{CaseQuery, NewCase, StoreError},
};

/// Mistakes of one file that are told at once.
const MISTAKES_TOLD: usize = 50;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Import cases from JSON (a list) or CSV; a case that is there already is left as it is
    Import {
        /// .json or .csv
        file: PathBuf,
    },
    /// List the newest cases a user may see
    List {
        /// The user who looks
        #[arg(long)]
        user: String,
        /// Words to search for
        words: Vec<String>,
        #[arg(long, default_value_t = 50)]
        limit: i64,
    },
}

/// A case of an import file. Of a CSV row, `party_*` makes one party.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Imported {
    number: Option<String>,
    title: String,
    kle: Option<String>,
    facet: Option<String>,
    #[serde(default = "open")]
    status: CaseStatus,
    responsible: Option<String>,
    unit: Option<String>,
    /// Who may see it, as `WHO` or `WHO=LEVEL`; everybody when left out.
    access: Option<Vec<String>>,
    #[serde(default)]
    parties: Vec<Party>,
    created_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    number: Option<String>,
    title: String,
    kle: Option<String>,
    facet: Option<String>,
    status: Option<CaseStatus>,
    responsible: Option<String>,
    unit: Option<String>,
    /// `WHO` or `WHO=LEVEL`, with `;` between.
    access: Option<String>,
    party_name: Option<String>,
    party_kind: Option<PartyKind>,
    party_identifier: Option<String>,
    party_address: Option<String>,
    party_mail: Option<String>,
    created_at: Option<DateTime<Utc>>,
}

fn open() -> CaseStatus {
    CaseStatus::Open
}

pub(super) async fn run(context: &Context, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Import { file } => import(context, &file).await,
        Command::List { user, words, limit } => list(context, &user, &words, limit).await,
    }
}

async fn import(context: &Context, file: &Path) -> anyhow::Result<()> {
    let cases = read(file)?;
    let template = Template::parse(&context.config.organisation.case_number)?;
    let store = context.store().await?;
    let (mut added, mut present) = (0, 0);
    for case in cases {
        let new = NewCase {
            number: case.number,
            title: case.title,
            kle: case.kle,
            facet: case.facet,
            responsible: case.responsible,
            unit: case.unit,
            access: access_of(case.access.as_deref())?,
            parties: case.parties,
            status: case.status,
            created_at: case.created_at.unwrap_or_else(Utc::now),
            request: None,
        };
        let number = |year, sequence: i64| template.number(year, sequence.unsigned_abs());
        match store.create_case(&new, "import", number, Utc::now()).await {
            Ok(_) => added += 1,
            Err(StoreError::Duplicate(_)) => present += 1,
            Err(error) => return Err(error.into()),
        }
    }
    store.close().await;
    if context.json {
        return super::print_json(&serde_json::json!({ "added": added, "present": present }));
    }
    println!("{added} cases added, {present} were there already.");
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<Vec<Imported>> {
    let text = spreadsheet::text_of(file)?;
    let name = file.display();
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("json") => {
            let mut json = serde_json::Deserializer::from_str(&text);
            let cases: Vec<Imported> =
                serde_path_to_error::deserialize(&mut json).map_err(|error| {
                    UsageError(format!("{name}: {}: {}", error.path(), error.inner()))
                })?;
            checked(cases, &name.to_string())
        }
        Some("csv") => {
            let rows: Vec<Row> = spreadsheet::rows_of(&text, &name.to_string())?;
            checked(
                rows.into_iter().map(Into::into).collect(),
                &name.to_string(),
            )
        }
        _ => Err(UsageError(format!("{name} is neither .json nor .csv")).into()),
    }
}

/// All of them or none: a mistake in the last case is told before the first is added.
fn checked(cases: Vec<Imported>, name: &str) -> anyhow::Result<Vec<Imported>> {
    let mut wrong = Vec::new();
    for (number, case) in (1..).zip(&cases) {
        let mut tell = |what: &str| wrong.push(format!("{name}: case {number}: {what}"));
        if case.title.trim().is_empty() {
            tell("the title is empty");
        }
        if case
            .kle
            .as_deref()
            .is_some_and(|kle| KleNumber::parse(kle).is_none())
        {
            tell("kle is no KLE number (HH.GG.EE)");
        }
        if case
            .facet
            .as_deref()
            .is_some_and(|facet| Facet::parse(facet).is_none())
        {
            tell("facet is no facet (such as P19)");
        }
        if let Err(error) = access_of(case.access.as_deref()) {
            tell(&format!("access: {error}"));
        }
    }
    if wrong.is_empty() {
        Ok(cases)
    } else {
        wrong.truncate(MISTAKES_TOLD);
        Err(UsageError(wrong.join("\n")).into())
    }
}

/// A list of who may see a case: a principal such as `unit:teknik`, or a bare user name, with `=read`, `=write` (when
/// left out) or `=manage`.
fn access_of(list: Option<&[String]>) -> Result<CaseAccess, UsageError> {
    let Some(list) = list else {
        return Ok(CaseAccess::open());
    };
    let line = |line: &String| -> Result<Allowed, UsageError> {
        let (who, level) = line.split_once('=').unwrap_or((line, "write"));
        let may = match level {
            "read" => Level::Read,
            "write" => Level::Write,
            "manage" => Level::Manage,
            _ => {
                return Err(UsageError(format!(
                    "{level} is none of read, write, manage"
                )));
            }
        };
        let who: Result<Principal, _> = if who.contains(':') {
            who.parse()
        } else {
            format!("user:{who}").parse()
        };
        let who = who.map_err(|error| UsageError(error.to_string()))?;
        Ok(Allowed::new(who, may))
    };
    let list: Result<Vec<Allowed>, UsageError> = list.iter().map(line).collect();
    Ok(CaseAccess::restricted(list?))
}

impl From<Row> for Imported {
    fn from(row: Row) -> Self {
        let party = row.party_name.map(|name| Party {
            kind: row.party_kind.unwrap_or(PartyKind::Other),
            name,
            identifier: row.party_identifier,
            address: row.party_address,
            mail: row.party_mail,
        });
        Self {
            number: row.number,
            title: row.title,
            kle: row.kle,
            facet: row.facet,
            status: row.status.unwrap_or(CaseStatus::Open),
            responsible: row.responsible,
            unit: row.unit,
            access: row
                .access
                .map(|list| list.split(';').map(|line| line.trim().to_owned()).collect()),
            parties: party.into_iter().collect(),
            created_at: row.created_at,
        }
    }
}

async fn list(context: &Context, user: &str, words: &[String], limit: i64) -> anyhow::Result<()> {
    let store = context.store().await?;
    let query = CaseQuery {
        words: (!words.is_empty()).then(|| words.join(" ")),
        ..CaseQuery::default()
    };
    context
        .record_read(&store, "case.list", ("case", String::new()), user)
        .await?;
    let cases: Vec<Case> = store.cases(&query, user, limit.clamp(1, 10_000)).await?;
    store.close().await;
    if context.json {
        return super::print_json(&cases);
    }
    for case in cases {
        let closed = if case.status == CaseStatus::Closed {
            " (closed)"
        } else {
            ""
        };
        println!("{:<16} {}{closed}", case.number, case.title);
    }
    Ok(())
}
