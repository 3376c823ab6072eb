//! `sagspost eval`: how good the suggestions are, measured on data whose answers are known.

mod foldering;

use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// File the mails of a mailbox tree again (folder = case) and count how often the suggestions were right
    Foldering(foldering::Args),
}

pub(crate) fn run(command: &Command, json: bool) -> anyhow::Result<()> {
    match command {
        Command::Foldering(args) => foldering::run(args, json),
    }
}
