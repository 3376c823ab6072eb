//! `sagspost kle import`: all of the files or none, in one transaction, with what changes told before and after.

use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};

use chrono::Utc;
use serde_json::json;

use super::super::{Context, UsageError, print_json};
use crate::{
    kle::{self, Changed, Changes, Limits, Part, Plan, ReadError, Remark},
    messages::{Lang, text},
    store::StoreError,
};

/// Entries of one kind, and remarks, that are told; JSON has them all.
const TOLD: usize = 10;
/// A file that lacks more than this share of the subjects in use is an extract, or the wrong one.
const MAX_REMOVED_PERCENT: usize = 20;

#[derive(clap::Args)]
pub struct Args {
    /// KLE-Emneplan, KLE-Stikord or KLE-Handlingsfacetter, as KL publishes them
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Tell what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Import even what is older than the plan there is, or lacks much of it
    #[arg(long)]
    force: bool,
}

pub(super) async fn run(context: &Context, args: Args) -> anyhow::Result<()> {
    let lang = context.lang;
    let mut parts = Vec::with_capacity(args.files.len());
    for file in &args.files {
        parts.push(read(file, lang)?);
    }
    // Whatever their order on the command line: subjects before what refers to them.
    parts.sort_by_key(Part::order);
    let store = context.store().await?;
    let (version, before) = store.kle_plan().await?;
    let (after, remarks) = merged(&before, parts, lang)?;
    let changes = kle::diff(&before, &after);
    if !args.force {
        refuse_what_looks_wrong(&before, &after, &changes, lang)?;
    }
    let nothing_new = changes.is_empty()
        && before.published == after.published
        && before.keywords_published == after.keywords_published
        && before.facets_published == after.facets_published;
    let outcome = if args.dry_run {
        Outcome::DryRun
    } else if nothing_new {
        Outcome::Nothing
    } else {
        let replaced = store
            .replace_kle_plan(&after, version, &changes, "import", Utc::now())
            .await;
        match replaced {
            Ok(_) => Outcome::Imported,
            Err(StoreError::VersionConflict) => return Err(refused(lang, "overtaken", &[])),
            Err(error) => return Err(error.into()),
        }
    };
    store.close().await;
    let report = Report {
        plan: &after,
        changes: &changes,
        remarks: &remarks,
        outcome,
    };
    if context.json {
        return print_json(&report.json(lang));
    }
    print!("{}", report.in_words(lang));
    Ok(())
}

/// Reads a file; an error is what the reader of the command line is told.
pub(super) fn read(path: &Path, lang: Lang) -> anyhow::Result<Part> {
    let limits = Limits::default();
    let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
    let read = match opened {
        Ok((about, _)) if about.is_dir() => Err(ReadError::Unreadable {
            line: 0,
            reason: text(lang, "kle.is-folder", &[]),
        }),
        // Told at once, and not after half a minute of reading.
        Ok((about, _)) if about.len() > limits.max_file_bytes => Err(ReadError::TooLarge {
            max_megabytes: limits.max_file_bytes / (1024 * 1024),
        }),
        Ok((_, file)) => kle::read(file, limits),
        Err(error) => Err(ReadError::Unreadable {
            line: 0,
            reason: error.to_string(),
        }),
    };
    read.map_err(|error| UsageError(told(path, &error, lang)).into())
}

/// The sentence of an error, and of each mistake a line.
fn told(path: &Path, error: &ReadError, lang: Lang) -> String {
    let values = error.values();
    let values: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let mut told = format!(
        "{}: {}",
        path.display(),
        text(lang, &format!("kle.{}", error.code()), &values)
    );
    if let ReadError::Mistakes(mistakes) = error {
        for mistake in mistakes {
            let line = mistake.line.to_string();
            let values = [("line", line.as_str()), ("found", mistake.found.as_str())];
            let sentence = text(lang, &format!("kle.mistake-{}", mistake.code), &values);
            let _ = write!(told, "\n  {sentence}");
        }
    }
    told + "\n" + &text(lang, "kle.nothing-changed", &[])
}

/// The plan with the parts in place, and what in it leads nowhere.
fn merged(before: &Plan, parts: Vec<Part>, lang: Lang) -> anyhow::Result<(Plan, Vec<Remark>)> {
    let mut plan = before.clone();
    let mut remarks = Vec::new();
    for part in parts {
        if matches!(part, Part::Keywords { .. }) && plan.entries.is_empty() {
            return Err(refused(lang, "plan-first", &[]));
        }
        remarks.extend(plan.take(part));
    }
    remarks.extend(kle::check(&plan));
    Ok((plan, remarks))
}

/// An older plan, or an extract, in the place of the whole: likely not what was meant.
fn refuse_what_looks_wrong(
    before: &Plan,
    after: &Plan,
    changes: &Changes,
    lang: Lang,
) -> anyhow::Result<()> {
    let dates = [
        (before.published, after.published),
        (before.facets_published, after.facets_published),
    ];
    for (old, new) in dates {
        if let (Some(old), Some(new)) = (old, new)
            && new < old
        {
            let values = [("old", old.to_string()), ("new", new.to_string())];
            return Err(refused(lang, "older", &values));
        }
    }
    let active = before.active_subjects().count();
    if changes.removed_active * 100 > active * MAX_REMOVED_PERCENT {
        let values = [
            ("removed", changes.removed_active.to_string()),
            ("active", active.to_string()),
        ];
        return Err(refused(lang, "lacks-much", &values));
    }
    Ok(())
}

fn refused(lang: Lang, key: &str, values: &[(&str, String)]) -> anyhow::Error {
    let values: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let sentence = text(lang, &format!("kle.{key}"), &values);
    UsageError(sentence + "\n" + &text(lang, "kle.nothing-changed", &[])).into()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Imported,
    DryRun,
    /// The plan there is says the same.
    Nothing,
}

struct Report<'a> {
    plan: &'a Plan,
    changes: &'a Changes,
    remarks: &'a [Remark],
    outcome: Outcome,
}

impl Report<'_> {
    fn in_words(&self, lang: Lang) -> String {
        let mut report = String::new();
        let mut line = |key: &str, values: &[(&str, String)]| {
            let values: Vec<(&str, &str)> = values
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            let _ = writeln!(report, "{}", text(lang, &format!("kle.{key}"), &values));
        };
        let counts = Counts::of(self.plan);
        let date = self.plan.published.or(self.plan.facets_published);
        line(
            "plan",
            &[
                ("date", date.map_or("–".to_owned(), |date| date.to_string())),
                ("subjects", counts.subjects.to_string()),
                ("active", counts.active.to_string()),
                ("groups", counts.groups.to_string()),
                ("mainGroups", counts.main_groups.to_string()),
                ("keywords", counts.keywords.to_string()),
                ("facets", counts.facets.to_string()),
            ],
        );
        let all_are_new = self.changes.unchanged + self.changes.changed.len() == 0;
        for (key, list, told) in [
            ("new", &self.changes.new, !all_are_new),
            ("changed", &self.changes.changed, true),
            ("retired", &self.changes.retired, true),
            ("removed", &self.changes.removed, true),
        ] {
            line(key, &[("count", list.len().to_string())]);
            for Changed { at, title } in list.iter().take(if told { TOLD } else { 0 }) {
                line("entry", &[("number", at.clone()), ("title", title.clone())]);
            }
            if told && list.len() > TOLD {
                line("more", &[("count", (list.len() - TOLD).to_string())]);
            }
        }
        line(
            "unchanged",
            &[("count", self.changes.unchanged.to_string())],
        );
        if !self.remarks.is_empty() {
            line("remarks", &[("count", self.remarks.len().to_string())]);
            for remark in self.remarks.iter().take(TOLD) {
                let key = format!("remark-{}", remark.code);
                line(
                    &key,
                    &[("at", remark.at.clone()), ("to", remark.to.clone())],
                );
            }
            if self.remarks.len() > TOLD {
                line(
                    "more",
                    &[("count", (self.remarks.len() - TOLD).to_string())],
                );
            }
        }
        match self.outcome {
            Outcome::Imported => line("imported", &[]),
            Outcome::DryRun => line("dry-run", &[]),
            Outcome::Nothing => line("nothing-new", &[]),
        }
        report
    }

    fn json(&self, lang: Lang) -> serde_json::Value {
        let list = |list: &[Changed]| -> Vec<serde_json::Value> {
            list.iter()
                .map(|changed| json!({ "number": changed.at, "title": changed.title }))
                .collect()
        };
        let remarks: Vec<serde_json::Value> = self
            .remarks
            .iter()
            .map(|remark| {
                let values = [("at", remark.at.as_str()), ("to", remark.to.as_str())];
                let words = text(lang, &format!("kle.remark-{}", remark.code), &values);
                json!({ "code": remark.code, "number": remark.at, "to": remark.to, "text": words.trim() })
            })
            .collect();
        let counts = Counts::of(self.plan);
        json!({
            "imported": self.outcome == Outcome::Imported,
            "dry_run": self.outcome == Outcome::DryRun,
            "published": self.plan.published,
            "facets_published": self.plan.facets_published,
            "subjects": counts.subjects,
            "active_subjects": counts.active,
            "groups": counts.groups,
            "main_groups": counts.main_groups,
            "keywords": counts.keywords,
            "facets": counts.facets,
            "unchanged": self.changes.unchanged,
            "new": list(&self.changes.new),
            "changed": list(&self.changes.changed),
            "retired": list(&self.changes.retired),
            "removed": list(&self.changes.removed),
            "remarks": remarks,
        })
    }
}

struct Counts {
    subjects: usize,
    active: usize,
    groups: usize,
    main_groups: usize,
    keywords: usize,
    facets: usize,
}

impl Counts {
    fn of(plan: &Plan) -> Self {
        let numbers = || plan.entries.keys();
        let subjects = numbers().filter(|number| number.is_subject()).count();
        let main_groups = numbers().filter(|number| number.parent().is_none()).count();
        Self {
            subjects,
            active: plan.active_subjects().count(),
            groups: plan.entries.len() - subjects - main_groups,
            main_groups,
            keywords: plan
                .entries
                .values()
                .map(|entry| entry.keywords.len())
                .sum(),
            facets: plan.facets.len(),
        }
    }
}
