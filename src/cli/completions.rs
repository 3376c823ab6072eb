//! `sagspost completions`: completions for a shell.

use clap::CommandFactory;

#[derive(clap::Args)]
pub struct Args {
    shell: clap_complete::Shell,
}

pub(super) fn run(args: &Args) {
    clap_complete::generate(
        args.shell,
        &mut super::Cli::command(),
        "sagspost",
        &mut std::io::stdout(),
    );
}
