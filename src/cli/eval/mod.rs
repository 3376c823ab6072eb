//! `sagspost eval`: how often suggestions are right, on data that somebody gives. Needs no database.

mod kle;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Ask for every subject of a KLE plan with words of it that are hidden first
    Kle(kle::Args),
}

pub(super) fn run(command: &Command, json: bool) -> anyhow::Result<()> {
    match command {
        Command::Kle(args) => kle::run(args, json),
    }
}
