//! `sagspost parse`: what is read from a mail, as JSON. A stable contract.

use std::io::Read;
use std::path::PathBuf;

use anyhow::Context;

use crate::mime;

#[derive(clap::Args)]
pub struct Args {
    /// The mail (.eml), or - for standard input
    file: PathBuf,
}

/// Succeeds for every file that can be read, whatever it holds.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let raw = if args.file.as_os_str() == "-" {
        let mut raw = Vec::new();
        std::io::stdin().read_to_end(&mut raw)?;
        raw
    } else {
        std::fs::read(&args.file)
            .with_context(|| format!("{} cannot be read", args.file.display()))?
    };
    super::print_json(&mime::parse(&raw))
}
