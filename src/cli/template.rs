//! `sagspost template`: a Word template checked and filled in, without a database.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::json;

use super::{UsageError, lang, print_json};
use crate::{
    api::mistake_text,
    documents::{
        package::PackageError,
        template::{Data, Template},
    },
    messages::text,
};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Tell everything that is wrong with a template, and what it asks for
    Check {
        /// The template (.docx, .dotx)
        file: PathBuf,
    },
    /// Fill a template in
    Render {
        /// The template (.docx, .dotx)
        file: PathBuf,
        /// What to fill in (JSON; see docs/templates.md)
        #[arg(long, value_name = "JSON")]
        data: PathBuf,
        /// Where the letter goes
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
    },
}

pub(super) fn run(command: &Command, json: bool) -> anyhow::Result<()> {
    match command {
        Command::Check { file } => check(file, json),
        Command::Render { file, data, output } => render(file, data, output),
    }
}

fn check(file: &Path, json: bool) -> anyhow::Result<()> {
    let lang = lang();
    let template = read(file)?;
    let mistakes: Vec<String> = template
        .mistakes
        .iter()
        .map(|mistake| mistake_text(mistake, lang))
        .collect();
    if json {
        print_json(&json!({
            "mistakes": mistakes,
            "asked": template.asked(),
            "has_macros": template.has_macros(),
            "asks_for_outside": template.asks_for_outside,
        }))?;
    } else {
        let say = |key: &str, values: &[(&str, &str)]| {
            text(lang, &format!("template-mistake.{key}"), values)
        };
        for mistake in &mistakes {
            println!("{mistake}");
        }
        if mistakes.is_empty() {
            println!("{}", say("right", &[]));
        }
        if !template.asked().is_empty() {
            println!(
                "{}",
                say("asks", &[("fields", &template.asked().join(", "))])
            );
        }
        if template.has_macros() {
            println!("{}", say("macros", &[]));
        }
        if template.asks_for_outside {
            println!("{}", say("outside", &[]));
        }
    }
    if mistakes.is_empty() {
        Ok(())
    } else {
        Err(UsageError(text(lang, "problem.template-mistakes", &[])).into())
    }
}

fn render(file: &Path, data: &Path, output: &Path) -> anyhow::Result<()> {
    let lang = lang();
    let template = read(file)?;
    if let Some(mistake) = template.mistakes.first() {
        return Err(UsageError(mistake_text(mistake, lang)).into());
    }
    let bytes =
        std::fs::read(data).with_context(|| format!("{} cannot be read", data.display()))?;
    let data: Data = serde_json::from_slice(&bytes)
        .with_context(|| format!("{} cannot be used", data.display()))?;
    let letter = template.render(&data, &[]).map_err(told)?;
    std::fs::write(output, letter)
        .with_context(|| format!("{} cannot be written", output.display()))
}

fn read(file: &Path) -> anyhow::Result<Template> {
    let bytes =
        std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Template::read(bytes.into()).map_err(told)
}

fn told(error: PackageError) -> anyhow::Error {
    UsageError(text(lang(), &format!("invalid.{}", error.code()), &[])).into()
}
