//! `sagspost rules`: files of rules read and tried, without a database; and, with one, exported, imported, and tried on
//! stored mail (`stored.rs`).
//!
//! Without it, what only the database knows of a mail (its thread's cases, parties, suggestions) stays unknown, and is told
//! as such.

mod stored;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::Utc;
use serde_json::{Value, json};

use super::{Context, UsageError, lang, load, print_json, read_mail};
use crate::{
    domain::mail::Mail,
    messages::Lang,
    mime,
    rules::{
        self, Authentication, Decision, Facts, FoundCase, Mistake, Outcome, Rule, RuleSet, Words,
    },
};
use stored::{Export, Import, Stored};

/// Case numbers of a mail that are looked at.
const MAX_CASE_NUMBERS: usize = 20;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Check a file of rules, and read them aloud or tell every mistake
    Check {
        /// The rules (.toml)
        file: PathBuf,
    },
    /// Print what rules would do with a mail, and why; or with stored mail, beside what people did
    Test(Test),
    /// Write rules that are kept into one readable file
    Export(Export),
    /// Keep the rules of a file: new ones are added, those of the same name replaced
    Import(Import),
}

#[derive(clap::Args)]
pub struct Test {
    /// The rules (.toml)
    file: PathBuf,
    /// The mail (.eml), or - for standard input
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "user",
        conflicts_with = "user"
    )]
    mail: Option<PathBuf>,
    #[command(flatten)]
    stored: Stored,
    /// The mailbox it lies in
    #[arg(long)]
    mailbox: Option<String>,
    /// The folder it lies in
    #[arg(long)]
    folder: Option<String>,
    /// The mail server whose Authentication-Results are to be believed
    #[arg(long, value_name = "SERVER")]
    trust: Option<String>,
}

pub(super) fn run(command: Command, config: Option<PathBuf>, json: bool) -> anyhow::Result<()> {
    match command {
        Command::Check { file } => check(&file, json),
        Command::Test(test) => {
            let context = Context {
                config: load(config)?,
                json,
                lang: lang(),
            };
            run_test(&test, &context)
        }
        Command::Export(_) | Command::Import(_) => Ok(()),
    }
}

impl Command {
    /// It needs no database.
    pub(super) fn is_of_files(&self) -> bool {
        match self {
            Self::Check { .. } => true,
            Self::Test(test) => test.stored.user.is_none(),
            Self::Export(_) | Self::Import(_) => false,
        }
    }
}

pub(super) async fn run_stored(context: &Context, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Check { .. } => Ok(()),
        Command::Test(test) => {
            let rules = read(&test.file, context.json, context.lang)?;
            stored::test(context, rules, &test.stored, test.mailbox.as_deref()).await
        }
        Command::Export(wish) => stored::export(context, &wish).await,
        Command::Import(wish) => stored::import(context, &wish).await,
    }
}

fn check(file: &Path, json: bool) -> anyhow::Result<()> {
    let lang = lang();
    let rules = read(file, json, lang)?;
    let words = Words(lang);
    if json {
        let told = |rule: &Rule| json!({ "name": rule.name, "text": words.rule(rule) });
        return print_json(
            &json!({ "rules": rules.iter().map(told).collect::<Vec<_>>(), "mistakes": [] }),
        );
    }
    println!(
        "{}",
        words.say("checked-file", &[("count", rules.len().to_string())])
    );
    for (number, rule) in (1..).zip(&rules) {
        println!("{number:>4}. {}\n      {}", rule.name, words.rule(rule));
    }
    Ok(())
}

fn run_test(test: &Test, context: &Context) -> anyhow::Result<()> {
    let rules = read(&test.file, context.json, context.lang)?;
    let raw = read_mail(test.mail.as_deref().unwrap_or(Path::new("-")))?;
    let mail = mime::parse(&raw);
    let facts = facts(test, &mail, mime::header_fields(&raw), context)?;
    let set = RuleSet::new(rules);
    let decision = set.explain(&mail, &facts);
    let told = Told {
        rules: set.rules(),
        words: Words(context.lang),
    };
    if context.json {
        return print_json(&told.json(&decision));
    }
    told.print(&decision);
    Ok(())
}

/// The rules of a file; with mistakes in it, all of them are told.
fn read(file: &Path, json: bool, lang: Lang) -> anyhow::Result<Vec<Rule>> {
    let mistakes = match rules::read(&read_text(file)?) {
        Ok(rules) => return Ok(rules),
        Err(mistakes) => mistakes,
    };
    if json {
        let mistake = |one: &Mistake| {
            let mut told = json!(one);
            told["text"] = one.text(lang).into();
            told
        };
        let told: Vec<Value> = mistakes.iter().map(mistake).collect();
        print_json(&json!({ "rules": [], "mistakes": told }))?;
    }
    Err(UsageError(told(file, &mistakes, lang)).into())
}

fn read_text(file: &Path) -> anyhow::Result<String> {
    let bytes =
        std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    // A damaged letter is a mistake where it stands, not of the whole file.
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

fn told(file: &Path, mistakes: &[Mistake], lang: Lang) -> String {
    let words = Words(lang);
    let count = mistakes.len().to_string();
    let file = file.display().to_string();
    let mut told = words.say("file-mistakes", &[("count", count), ("file", file)]);
    for mistake in mistakes {
        let (line, column) = (mistake.line.to_string(), mistake.column.to_string());
        let place = words.say("at-line", &[("line", line), ("column", column)]);
        let rule = match (&mistake.name, mistake.rule) {
            (Some(name), _) => format!(" ({name})"),
            (None, Some(number)) => {
                format!(
                    " ({})",
                    words.say("rule-number", &[("number", number.to_string())])
                )
            }
            (None, None) => String::new(),
        };
        // Writing to a text cannot fail.
        let _ = write!(told, "\n  {place}{rule}: {}", mistake.text(lang));
    }
    told
}

fn facts(
    test: &Test,
    mail: &Mail,
    headers: Vec<(String, String)>,
    context: &Context,
) -> anyhow::Result<Facts> {
    let organisation = context.organisation()?;
    let written = format!("{}\n{}", mail.subject, mail.text);
    let numbers = organisation.numbers.find(&written, MAX_CASE_NUMBERS);
    let trusted = test.trust.as_deref();
    Ok(Facts {
        at: mail.date.unwrap_or_else(Utc::now),
        mailbox: test.mailbox.clone(),
        folder: test.folder.clone(),
        direction: Some(organisation.domains.direction(mail)),
        own: organisation.domains,
        authentication: trusted.and_then(|server| Authentication::read(&headers, server, mail)),
        headers: Some(headers),
        // Without the cases, only a word like "sagsnr." tells a number from a date.
        cases_found: numbers
            .into_iter()
            .filter(|number| number.named)
            .map(|number| FoundCase {
                number: number.key,
                exists: None,
            })
            .collect(),
        attachment_texts: mail.attachments.is_empty().then(Vec::new),
        ..Facts::default()
    })
}

/// A decision for people or programs.
struct Told<'s> {
    rules: &'s [Rule],
    words: Words,
}

impl Told<'_> {
    fn name(&self, at: usize) -> String {
        self.rules
            .get(at)
            .map(|rule| rule.name.clone())
            .unwrap_or_default()
    }

    fn print(&self, decision: &Decision) {
        let words = self.words;
        if let Some(held) = decision.held {
            println!("{}", words.held(held));
        }
        for tried in &decision.tried {
            let causes: Vec<String> = tried
                .causes
                .iter()
                .map(|cause| words.cause(cause))
                .collect();
            let causes = causes.join(&format!(" {} ", words.say("and", &[])));
            println!(
                "{:>4}. {}: {} {causes}",
                tried.rule + 1,
                self.name(tried.rule),
                words.outcome(tried.outcome)
            );
            for one in decision
                .followed
                .iter()
                .filter(|one| one.rule == tried.rule)
            {
                let action = words.action(&one.action);
                match &one.withheld {
                    None => println!("      {}: {action}", words.say("done", &[])),
                    Some(why) => println!(
                        "      {}: {action}, {} {}",
                        words.say("not-done", &[]),
                        words.say("because", &[]),
                        words.withheld(why, |at| self.name(at))
                    ),
                }
            }
        }
        if !decision
            .tried
            .iter()
            .any(|tried| tried.outcome == Outcome::Matched)
        {
            println!("{}", words.say("nothing-follows", &[]));
        }
    }

    fn json(&self, decision: &Decision) -> Value {
        let words = self.words;
        let rules = decision.tried.iter().map(|tried| {
            let causes = tried.causes.iter().map(
                |cause| json!({ "text": words.cause(cause), "holds": cause.holds, "found": cause.found }),
            );
            json!({
                "rule": tried.rule + 1,
                "name": self.name(tried.rule),
                "outcome": tried.outcome,
                "because": causes.collect::<Vec<_>>(),
            })
        });
        let follows = decision.followed.iter().map(|one| {
            json!({
                "rule": one.rule + 1,
                "action": one.action.name(),
                "text": words.action(&one.action),
                "case": one.case,
                "withheld": one.withheld.as_ref().map(|why| words.withheld(why, |at| self.name(at))),
            })
        });
        json!({
            "held": decision.held,
            "held_text": decision.held.map(|held| words.held(held)),
            "rules": rules.collect::<Vec<_>>(),
            "follows": follows.collect::<Vec<_>>(),
        })
    }
}
