//! `sagspost suggest`: which case a mail belongs on, for a user, and why; or the best case for every mail of a mailbox.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono::Utc;
use serde::Serialize;
use uuid::Uuid;

use super::{Context, UsageError};
use crate::{
    documents::reader::Reader,
    domain::{access::AccessCode, mail::Mail},
    messages::{Lang, text},
    mime,
    store::{AttachmentText, MailFilter, Store},
    suggest::{
        self, AccessProposal, Counted, Description, Engine, ForACase, Inquiry, ProposedParty,
        SHOWN, Signals, SuggestedType, Suggestion,
    },
};

/// Mails read at a time.
const PAGE: i64 = 200;
/// Attachments of a file that are read.
const MAX_ATTACHMENTS: usize = 40;
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
    /// Every figure behind the order of the cases
    #[arg(long, conflicts_with = "mailbox")]
    explain: bool,
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
    /// Every feature that counted; only when it is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    counted: Vec<Counted>,
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
        // What it tells of cases is read, too.
        context
            .record_read(&store, "suggest", ("mail", String::new()), &args.user)
            .await?;
        of_file(context, &store, &engine, file, args).await?;
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
    context
        .record_read(store, "suggest", ("mailbox", mailbox_id.to_string()), user)
        .await?;
    let mut filter = MailFilter {
        mailbox_id: Some(mailbox_id),
        ..MailFilter::default()
    };
    let onlooker = store.onlooker(user).await?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    loop {
        let page = store.mails(&filter, user, PAGE).await?;
        let Some(last) = page.last() else { break };
        filter.after = Some((last.received_at, last.id));
        for row in page {
            let signals = Signals::of_row(&row);
            let inquiry = Inquiry::of_row(&row, &signals);
            let best = engine
                .answer(&inquiry, &onlooker, Utc::now(), 1)
                .cases
                .pop();
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
    args: &Args,
) -> anyhow::Result<()> {
    let user = args.user.as_str();
    let raw = super::read_mail(file)?;
    let mail = mime::parse_undigested(&raw);
    let mut signals = engine.signals(&mail);
    signals.thread = store.thread_of(&mime::thread::of(&mail).keys).await?;
    let now = Utc::now();
    let onlooker = store.onlooker(user).await?;
    let mut cases = Vec::new();
    let inquiry = Inquiry {
        mail: &mail,
        beginning: &mail.text[..mail.text.floor_char_boundary(BEGINNING_BYTES)],
        signals: &signals,
    };
    let answer = engine.answer(&inquiry, &onlooker, now, SHOWN);
    for mut suggestion in answer.cases {
        let case = store.case(suggestion.case_id, user).await?;
        let mut counted = std::mem::take(&mut suggestion.counted);
        if !args.explain {
            counted.clear();
        }
        cases.push(SuggestedCase {
            number: case.number,
            title: case.title,
            suggestion,
            counted,
        });
    }
    let read = read_attachments(&raw, &mail).await?;
    let output = Output {
        for_a_case: answer.for_a_case,
        description: engine.describe(&mail, &read, now),
        cases,
        parties: suggest::propose_parties(&mail, engine.organisation()),
        access: suggest::propose_access(&mail, []),
    };
    if context.json {
        return super::print_json(&output);
    }
    print_description(&output.description, context.lang);
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
        print_counted(&case.counted);
    }
    print_proposals(&output, context.lang);
    Ok(())
}

/// A line for every feature; what weighs most first.
fn print_counted(counted: &[Counted]) {
    if counted.is_empty() {
        return;
    }
    println!(
        "         {:<22} {:>7} {:>8} {:>8}",
        "feature", "value", "weight", "adds"
    );
    for feature in counted {
        println!(
            "         {:<22} {:>7.3} {:>8.3} {:>8.3}",
            feature.feature,
            feature.value,
            feature.weight,
            feature.contribution()
        );
    }
    let score: f64 = counted.iter().map(Counted::contribution).sum();
    println!("         {:<22} {:>7} {:>8} {score:>8.3}", "score", "", "");
}

/// What the files say, read as the outbox reads those of a stored mail.
async fn read_attachments(raw: &[u8], mail: &Mail) -> anyhow::Result<Vec<AttachmentText>> {
    let reader = Reader::of_this_program()?;
    let mut texts = Vec::new();
    for (position, attachment) in mail.attachments.iter().enumerate() {
        if !attachment.may_have_text() || texts.len() >= MAX_ATTACHMENTS {
            continue;
        }
        let Some((_, bytes)) = mime::attachment(raw, &[position]) else {
            continue;
        };
        texts.push(reader.read_attachment(position, attachment, &bytes).await);
    }
    Ok(texts)
}

fn print_description(description: &Description, lang: Lang) {
    println!("{}", description.title);
    println!("  {}", description.title_reason.in_words(lang));
    println!(
        "  {}  {}",
        description.document_date,
        description.direction_in_words(lang)
    );
    if let Some(kind) = &description.document_type {
        println!("  {}", type_in_words(kind, lang));
    }
    if let Some(task) = &description.task_date {
        let sentence = task.sentence.as_deref().unwrap_or_default();
        println!(
            "  {}  {}: {sentence}",
            task.date,
            task.reason.in_words(lang)
        );
    }
    for file in description.attachments.iter().filter(|file| file.proposed) {
        println!("  {}", file.name);
        if let Some(kind) = &file.document_type {
            println!("         {}", type_in_words(kind, lang));
        }
        if let Some(reason) = &file.date_reason {
            println!("         {}  {}", file.document_date, reason.in_words(lang));
        }
        if let Some(reason) = &file.name_reason {
            println!("         {}", reason.in_words(lang));
        }
    }
}

/// `Ansøgning (92 %): Emnet har ordet »ansøgning«`
fn type_in_words(kind: &SuggestedType, lang: Lang) -> String {
    let reasons: Vec<String> = kind
        .evidence
        .iter()
        .map(|reason| reason.in_words(lang))
        .collect();
    format!(
        "{} ({} %): {}",
        kind.name(lang),
        kind.confidence.percent(),
        reasons.join("; ")
    )
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
