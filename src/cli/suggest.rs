//! `sagspost suggest`: which case a mail belongs on, for a user, and why; or the best case for every mail of a mailbox.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono::Utc;
use serde::Serialize;
use uuid::Uuid;

use super::{Context, UsageError};
use crate::{
    messages::{Lang, text},
    mime,
    store::{MailFilter, Store},
    suggest::{
        self, AccessCode, AccessProposal, Description, Engine, EvidenceSeen, ForACase,
        ProposedParty, Signals, Suggestion,
    },
};

const SHOWN: usize = 5;
/// Mails read at a time.
const PAGE: i64 = 200;
/// Of a text, for whether the mail is for a case: about as much as is kept beside a stored mail.
const BEGINNING_BYTES: usize = 200;

#[derive(clap::Args)]
pub struct Args {
    /// The mail (.eml), or - for standard input
    #[arg(required_unless_present = "mailbox", conflicts_with = "mailbox")]
    file: Option<PathBuf>,
    /// Every mail of this mailbox, newest first, with its best case; with --json a line each
    #[arg(long)]
    mailbox: Option<String>,
    /// The user who asks: only cases they may see are suggested
    #[arg(long)]
    user: String,
}

#[derive(Serialize)]
struct Output {
    #[serde(flatten)]
    description: Description,
    cases: Vec<SuggestedCase>,
    for_a_case: ForACase,
    parties: Vec<ProposedParty>,
    access: AccessProposal,
}

#[derive(Serialize)]
struct SuggestedCase {
    number: String,
    title: String,
    #[serde(flatten)]
    suggestion: Suggestion,
}

/// A stored mail and its best case.
#[derive(Serialize)]
struct Line {
    mail_id: Uuid,
    subject: String,
    number: Option<String>,
    confidence: Option<u8>,
}

pub(super) async fn run(context: &Context, args: &Args) -> anyhow::Result<()> {
    let store = context.store().await?;
    let engine = Engine::new(context.organisation()?);
    engine.load(&store).await?;
    if let Some(mailbox) = &args.mailbox {
        of_mailbox(context, &store, &engine, mailbox, &args.user).await?;
    } else if let Some(file) = &args.file {
        of_file(context, &store, &engine, file, &args.user).await?;
    }
    store.close().await;
    Ok(())
}

async fn of_mailbox(
    context: &Context,
    store: &Store,
    engine: &Engine,
    mailbox: &str,
    user: &str,
) -> anyhow::Result<()> {
    let mailboxes = store.mailboxes(Some(user)).await?;
    let mailbox_id = mailboxes
        .iter()
        .find(|known| known.name == mailbox)
        .map(|known| known.id)
        .ok_or_else(|| {
            UsageError(format!(
                "{user} reads no mailbox {mailbox}; see `sagspost mailbox list`"
            ))
        })?;
    let mut filter = MailFilter {
        mailbox_id: Some(mailbox_id),
        ..MailFilter::default()
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    loop {
        let page = store.mails(&filter, user, PAGE).await?;
        let Some(last) = page.last() else { break };
        filter.after = Some((last.received_at, last.id));
        for row in page {
            let signals = Signals::of_row(&row);
            let best = engine.suggest(&signals, user, Utc::now(), 1).pop();
            let number = best
                .as_ref()
                .and_then(|best| engine.number_of(best.case_id));
            let line = Line {
                mail_id: row.id,
                subject: row.envelope.subject,
                confidence: best.map(|best| best.confidence.percent()),
                number,
            };
            if context.json {
                serde_json::to_writer(&mut out, &line)?;
                writeln!(out)?;
            } else {
                let confidence = line
                    .confidence
                    .map_or("-".to_owned(), |sure| format!("{sure} %"));
                let number = line.number.unwrap_or_default();
                writeln!(out, "{confidence:>5}  {number:<16}  {}", line.subject)?;
            }
        }
    }
    Ok(out.flush()?)
}

async fn of_file(
    context: &Context,
    store: &Store,
    engine: &Engine,
    file: &Path,
    user: &str,
) -> anyhow::Result<()> {
    let raw = super::read_mail(file)?;
    let mail = mime::parse_undigested(&raw);
    let mut signals = engine.signals(&mail);
    signals.thread = store.thread_of(&mime::thread::of(&mail).keys).await?;
    let now = Utc::now();
    let mut cases = Vec::new();
    for suggestion in engine.suggest(&signals, user, now, SHOWN) {
        let case = store.case(suggestion.case_id, user).await?;
        cases.push(SuggestedCase {
            number: case.number,
            title: case.title,
            suggestion,
        });
    }
    let best = cases.first();
    let evidence = best.iter().flat_map(|case| &case.suggestion.evidence);
    let question = suggest::Question {
        mail: &mail,
        beginning: &mail.text[..mail.text.floor_char_boundary(BEGINNING_BYTES)],
        signals: &signals,
        evidence: EvidenceSeen::of(evidence.map(suggest::Evidence::kind)),
    };
    let output = Output {
        for_a_case: engine.for_a_case(&question, user),
        description: engine.describe(&mail, &[], now),
        cases,
        parties: suggest::propose_parties(&mail, engine.organisation()),
        access: suggest::propose_access(&mail, []),
    };
    if context.json {
        return super::print_json(&output);
    }
    println!("{}", output.description.title);
    if output.cases.is_empty() {
        println!("  Nothing speaks for any case that {user} may see.");
    }
    for case in &output.cases {
        println!(
            "  {:>3} %  {}  {}",
            case.suggestion.confidence.percent(),
            case.number,
            case.title
        );
        for evidence in &case.suggestion.evidence {
            println!("         {}", evidence.in_words(context.lang));
        }
    }
    print_proposals(&output, context.lang);
    Ok(())
}

/// What a new case would be filled in with, and whether the mail calls for one.
fn print_proposals(output: &Output, lang: Lang) {
    println!("For a case: {} %", output.for_a_case.probability.percent());
    for weighed in &output.for_a_case.reasons {
        let sign = if weighed.speaks_for_a_case() {
            '+'
        } else {
            '-'
        };
        println!("       {sign} {}", weighed.reason.in_words(lang));
    }
    if !output.parties.is_empty() {
        println!("Parties:");
    }
    for party in &output.parties {
        let details = [
            &party.identifier,
            &party.title,
            &party.organisation,
            &party.address,
            &party.phone,
            &party.mail,
        ];
        let details: Vec<&str> = details.into_iter().flatten().map(String::as_str).collect();
        println!("  {}  {}", party.name, details.join(", "));
    }
    let code = match output.access.code {
        AccessCode::Open => "access.open",
        AccessCode::Restricted => "access.restricted",
    };
    println!("Access: {}", text(lang, code, &[]));
    for finding in &output.access.findings {
        println!("         {}", finding.in_words(lang));
    }
}
