//! `sagspost suggest`: which case a mail belongs on, for a user, and why.

use std::path::PathBuf;

use chrono::Utc;
use serde::Serialize;

use super::Context;
use crate::{
    messages::Lang,
    mime,
    suggest::{Description, Engine, Suggestion},
};

const SHOWN: usize = 5;

#[derive(clap::Args)]
pub struct Args {
    /// The mail (.eml), or - for standard input
    file: PathBuf,
    /// The user who asks: only cases they may see are suggested
    #[arg(long)]
    user: String,
}

#[derive(Serialize)]
struct Output {
    #[serde(flatten)]
    description: Description,
    cases: Vec<SuggestedCase>,
}

#[derive(Serialize)]
struct SuggestedCase {
    number: String,
    title: String,
    #[serde(flatten)]
    suggestion: Suggestion,
}

pub(super) async fn run(context: &Context, args: &Args) -> anyhow::Result<()> {
    let raw = super::read_mail(&args.file)?;
    let store = context.store().await?;
    let engine = Engine::new(context.organisation()?);
    engine.load(&store).await?;
    let mail = mime::parse_undigested(&raw);
    let mut signals = engine.signals(&mail);
    signals.thread = store.thread_of(&mime::thread::of(&mail).keys).await?;
    let now = Utc::now();
    let mut cases = Vec::new();
    for suggestion in engine.suggest(&signals, &args.user, now, SHOWN) {
        let case = store.case(suggestion.case_id, &args.user).await?;
        cases.push(SuggestedCase {
            number: case.number,
            title: case.title,
            suggestion,
        });
    }
    store.close().await;
    let output = Output {
        description: engine.describe(&mail, now),
        cases,
    };
    if context.json {
        return super::print_json(&output);
    }
    println!("{}", output.description.title);
    if output.cases.is_empty() {
        println!("  Nothing speaks for any case that {} may see.", args.user);
    }
    for case in &output.cases {
        println!(
            "  {:>3} %  {}  {}",
            case.suggestion.confidence.percent(),
            case.number,
            case.title
        );
        for evidence in &case.suggestion.evidence {
            println!("         {}", evidence.in_words(Lang::En));
        }
    }
    Ok(())
}
