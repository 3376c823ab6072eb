//! `sagspost eval`: how often suggestions are right, on data whose answers are known. Needs no database.

mod foldering;
mod kle;

#[derive(clap::Subcommand)]
pub enum Command {
    /// File the mails of a mailbox tree again (folder = case) and count how often the suggestions were right
    Foldering(foldering::Args),
    /// Ask for every subject of a KLE plan with words of it that are hidden first
    Kle(kle::Args),
}

pub(super) fn run(command: &Command, json: bool) -> anyhow::Result<()> {
    match command {
        Command::Foldering(args) => foldering::run(args, json),
        Command::Kle(args) => kle::run(args, json),
    }
}
