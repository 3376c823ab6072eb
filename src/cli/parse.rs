//! `sagspost parse`: what is read from a mail, as JSON. A stable contract.

use std::path::PathBuf;

use crate::mime;

#[derive(clap::Args)]
pub struct Args {
    /// The mail (.eml), or - for standard input
    file: PathBuf,
}

/// Succeeds for every file that can be read, whatever it holds.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let raw = super::read_mail(&args.file)?;
    super::print_json(&mime::parse(&raw))
}
