//! `sagspost kle`: KL's subject plan from its own files, and what it says.

mod import;
mod show;

use std::path::Path;

use super::Context;
use crate::{kle::Part, messages::Lang};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Import KL's XML files: the subject plan of either generation, its keywords (KLE-Stikord), its facets
    Import(import::Args),
    /// Show what the plan says of a number or a facet
    Show {
        /// e.g. 01.02.05, 01.02, P19
        number: String,
    },
}

pub(super) async fn run(context: &Context, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Import(args) => import::run(context, args).await,
        Command::Show { number } => show::run(context, &number).await,
    }
}

/// A file of KL's; what is wrong with it is told in the reader's language.
pub(super) fn read(file: &Path, lang: Lang) -> anyhow::Result<Part> {
    import::read(file, lang)
}
