//! `sagspost user`: the people who journal, and who may act for whom.

use std::path::{Path, PathBuf};

use chrono::{NaiveDate, Utc};
use serde::Deserialize;

use super::{Context, UsageError, spreadsheet};
use crate::domain::user_name;
use crate::store::{Deputy, ImportedUser, Store, StoreError, User};

/// Mistakes of one file that are told at once.
const MISTAKES_TOLD: usize = 50;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Add a user, or change one
    Add(Add),
    /// Add users from a CSV file, or bring them up to date: name, display_name, mail, unit, groups (with | between)
    Import { file: PathBuf },
    /// List users
    List,
    /// Print what a user counts as: groups, units, roles
    Show { name: String },
    /// Let a user in no more
    Disable { name: String },
    /// Let a user in again
    Enable { name: String },
    /// Say who a user is at the sign-in provider, where their name there does not show it
    Bind {
        name: String,
        /// What the provider calls them for good: the claim of sign_in.identity_claim
        subject: String,
    },
    /// Forget who a user is at the sign-in provider, so that the next person of that name there becomes them
    Unbind { name: String },
    /// Let a user act for another
    Deputy {
        name: String,
        /// Whom they may act for
        #[arg(long = "for", value_name = "USER")]
        acts_for: String,
        /// The last day, e.g. 2026-12-31
        #[arg(long)]
        until: Option<NaiveDate>,
        /// Let them act for that user no more
        #[arg(long)]
        remove: bool,
    },
    /// List who may act for whom
    Deputies,
}

#[derive(clap::Args)]
pub struct Add {
    /// What the user is known by, e.g. birthe.lund
    name: String,
    /// Name shown to others
    #[arg(long)]
    display_name: Option<String>,
    #[arg(long)]
    mail: Option<String>,
    /// Code of their unit
    #[arg(long)]
    unit: Option<String>,
}

/// A row of a CSV file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    display_name: Option<String>,
    mail: Option<String>,
    unit: Option<String>,
    groups: Option<String>,
}

pub(super) async fn run(context: &Context, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add(add) => {
            let user = User {
                display_name: add.display_name.unwrap_or_else(|| add.name.clone()),
                name: checked(add.name)?,
                mail: add.mail.map(|mail| mail.to_lowercase()),
                unit: add.unit,
            };
            let store = context.store().await?;
            store.save_user(&user, Utc::now()).await?;
            store.close().await;
            if context.json {
                return super::print_json(&user);
            }
            println!(
                "{} can use Sagspost; they sign in, or give them a token ([[api.tokens]] or `sagspost token create`).",
                user.name
            );
        }
        Command::Import { file } => import(context, &file).await?,
        Command::List => {
            let users = with_store(context, async |store| store.users().await).await?;
            if context.json {
                return super::print_json(&users);
            }
            for user in users {
                println!(
                    "{:<24} {:<32} {}",
                    user.name,
                    user.display_name,
                    user.unit.unwrap_or_default()
                );
            }
        }
        Command::Show { name } => {
            let counts_as = with_store(context, async |store| {
                let known = store.user(&name).await?;
                known.ok_or(StoreError::NotFound("user"))?;
                store.memberships(&name).await
            })
            .await?;
            if context.json {
                return super::print_json(&counts_as);
            }
            for principal in counts_as {
                println!("{principal}");
            }
        }
        Command::Disable { name } => {
            let now = Some(Utc::now());
            with_store(context, async |store| {
                store.set_user_disabled(&name, now).await
            })
            .await?;
            println!("{name} is let in no more.");
        }
        Command::Enable { name } => {
            with_store(context, async |store| {
                store.set_user_disabled(&name, None).await
            })
            .await?;
            println!("{name} is let in again.");
        }
        Command::Bind { name, subject } => {
            let issuer = &context.config.sign_in.issuer;
            if issuer.is_empty() {
                return Err(UsageError("there is no sign_in.issuer".to_owned()).into());
            }
            with_store(context, async |store| {
                store.bind_user(&name, (issuer, &subject), Utc::now()).await
            })
            .await?;
            println!("Who signs in with that account is {name}.");
        }
        Command::Unbind { name } => {
            with_store(context, async |store| store.unbind_user(&name).await).await?;
            println!("The next person who signs in as {name} becomes that user.");
        }
        Command::Deputy {
            name,
            acts_for,
            until,
            remove,
        } => {
            if remove {
                with_store(context, async |store| {
                    store.remove_deputy(&name, &acts_for).await
                })
                .await?;
                println!("{name} acts for {acts_for} no more.");
            } else {
                let deputy = Deputy {
                    user_name: name,
                    acts_for,
                    until,
                };
                with_store(context, async |store| store.save_deputy(&deputy).await).await?;
                println!("{} may act for {}.", deputy.user_name, deputy.acts_for);
            }
        }
        Command::Deputies => {
            let deputies = with_store(context, async |store| store.deputies().await).await?;
            if context.json {
                return super::print_json(&deputies);
            }
            for deputy in deputies {
                let until = deputy
                    .until
                    .map(|day| format!(" until {day}"))
                    .unwrap_or_default();
                println!("{} acts for {}{until}", deputy.user_name, deputy.acts_for);
            }
        }
    }
    Ok(())
}

async fn import(context: &Context, file: &Path) -> anyhow::Result<()> {
    let name = file.display().to_string();
    let rows: Vec<Row> = spreadsheet::rows_of(&spreadsheet::text_of(file)?, &name)?;
    let mut wrong: Vec<String> = (2..)
        .zip(&rows)
        .filter(|(_, row)| !user_name::is_name(&row.name))
        .map(|(line, _)| format!("{name}: line {line}: name is no user name"))
        .collect();
    if !wrong.is_empty() {
        wrong.truncate(MISTAKES_TOLD);
        return Err(UsageError(wrong.join("\n")).into());
    }
    let users: Vec<ImportedUser> = rows.into_iter().map(ImportedUser::from).collect();
    with_store(context, async |store| {
        store.import_users(&users, Utc::now()).await
    })
    .await?;
    if context.json {
        return super::print_json(&serde_json::json!({ "users": users.len() }));
    }
    println!("{} users are there.", users.len());
    Ok(())
}

impl From<Row> for ImportedUser {
    fn from(row: Row) -> Self {
        let told = |text: Option<String>| text.filter(|text| !text.is_empty());
        Self {
            user: User {
                display_name: told(row.display_name).unwrap_or_else(|| row.name.clone()),
                name: row.name,
                mail: told(row.mail).map(|mail| mail.to_lowercase()),
                unit: told(row.unit),
            },
            groups: row.groups.map(|groups| {
                let groups = groups.split('|').map(str::trim);
                groups
                    .filter(|group| !group.is_empty())
                    .map(str::to_owned)
                    .collect()
            }),
        }
    }
}

fn checked(name: String) -> anyhow::Result<String> {
    if user_name::is_name(&name) {
        Ok(name)
    } else {
        Err(UsageError(format!(
            "{name:?} is no user name: letters, digits and . - _ + @"
        ))
        .into())
    }
}

/// Does one thing with the store, and closes it.
async fn with_store<T>(
    context: &Context,
    act: impl AsyncFnOnce(&Store) -> Result<T, StoreError>,
) -> anyhow::Result<T> {
    let store = context.store().await?;
    let done = act(&store).await;
    store.close().await;
    Ok(done?)
}
