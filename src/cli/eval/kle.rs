//! `sagspost eval kle`: words of every subject are hidden, and then asked with.

use std::path::PathBuf;

use serde_json::json;

use super::super::{kle, lang, print_json};
use crate::{
    kle::{Part, Plan},
    messages::text,
    suggest::kle::{Measured, measure},
};

#[derive(clap::Args)]
pub struct Args {
    /// KLE-Emneplan; with KLE-Stikord and KLE-Handlingsfacetter behind it, these are taken in too
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

pub(super) fn run(args: &Args, json: bool) -> anyhow::Result<()> {
    let lang = lang();
    let mut parts = Vec::with_capacity(args.files.len());
    for file in &args.files {
        parts.push(kle::read(file, lang)?);
    }
    parts.sort_by_key(Part::order);
    let mut plan = Plan::default();
    for part in parts {
        plan.take(part);
    }
    let measured = measure(&plan);
    let active = plan.active_subjects().count();
    if json {
        return print_json(&json!({
            "published": plan.published,
            "active_subjects": active,
            "measured": measured,
        }));
    }
    if measured.is_empty() {
        println!("{}", text(lang, "kle.nothing-to-hide", &[]));
        return Ok(());
    }
    println!("asked with   questions  subjects  top 1  top 3  top 5    MRR  calibration error");
    for Measured {
        asked_with,
        questions,
        subjects,
        top1,
        top3,
        top5,
        mrr,
        calibration_error,
    } in &measured
    {
        println!(
            "{asked_with:<11} {questions:>10} {subjects:>9} {:>5.1}% {:>5.1}% {:>5.1}% {mrr:>6.3} {:>17.1}%",
            top1 * 100.0,
            top3 * 100.0,
            top5 * 100.0,
            calibration_error * 100.0,
        );
    }
    println!("of {active} subjects in use");
    Ok(())
}
