//! `sagspost manifest`: what an administrator gives Office, so that it shows the add-in.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use uuid::Uuid;

use super::UsageError;
use crate::addin::{self, Host, Installation};
use crate::messages::Lang;

#[derive(clap::Args)]
pub struct Args {
    /// Where Office finds the service, e.g. https://sagspost.example.org
    #[arg(long)]
    host: String,
    /// What Office knows the add-in by; give a test installation one of its own (`uuidgen`)
    #[arg(long, value_name = "UUID", default_value_t = addin::own_id())]
    app_id: Uuid,
    /// Language for those who have neither Danish nor English
    #[arg(long, value_enum, default_value = "da")]
    lang: Language,
    /// Folder to write to; made if need be
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Language {
    Da,
    En,
}

pub(super) fn run(args: Args, json: bool) -> anyhow::Result<()> {
    let host = Host::parse(&args.host).map_err(|wrong| {
        let example = "https://sagspost.example.org";
        UsageError(format!("--host: {wrong}; right would be {example}"))
    })?;
    let installation = Installation {
        host,
        id: args.app_id,
        lang: match args.lang {
            Language::Da => Lang::Da,
            Language::En => Lang::En,
        },
    };
    let package = addin::package(&installation);
    let unified = args.out.join("microsoft365");
    let mut files = vec![
        (
            args.out.join("outlook.xml"),
            addin::manifest(&installation).into_bytes(),
        ),
        (args.out.join("microsoft365.zip"), package.zip()?),
    ];
    files.extend(
        package
            .files
            .into_iter()
            .map(|(name, bytes)| (unified.join(name), bytes)),
    );
    std::fs::create_dir_all(&unified).with_context(|| cannot_be_written(&unified))?;
    for (path, bytes) in &files {
        std::fs::write(path, bytes).with_context(|| cannot_be_written(path))?;
    }
    if json {
        return super::print_json(
            &serde_json::json!({ "id": installation.id, "outlook": files[0].0, "microsoft365": files[1].0 }),
        );
    }
    println!(
        "{}  the add-in-only manifest: all kinds of Outlook",
        files[0].0.display()
    );
    println!(
        "{}  the unified manifest, as a package for Microsoft 365",
        files[1].0.display()
    );
    println!("Deploy one of them, not both: docs/outlook.md says which, and how.");
    Ok(())
}

fn cannot_be_written(path: &Path) -> String {
    format!("{} cannot be written", path.display())
}
