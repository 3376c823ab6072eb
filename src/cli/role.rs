//! `sagspost role`: who has which role, beside what the configuration says.

use super::{Context, UsageError};
use crate::domain::role::{Grant, Principal, Role, Scope};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Give a role
    Grant(Given),
    /// Take back a role that was given here
    Revoke(Given),
    /// List who has which role
    List,
}

#[derive(clap::Args)]
pub struct Given {
    /// user, registrar, rule_editor, administrator, auditor or emergency
    role: String,
    #[arg(long, group = "to")]
    user: Option<String>,
    #[arg(long, group = "to")]
    group: Option<String>,
    /// Code of a unit; those below it count too
    #[arg(long, group = "to")]
    unit: Option<String>,
    /// A registrar's: the mailbox
    #[arg(long, group = "of")]
    of_mailbox: Option<String>,
    /// A registrar's: the unit, with those below it
    #[arg(long, group = "of")]
    of_unit: Option<String>,
}

pub(super) async fn run(context: &Context, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Grant(given) => {
            let grant = given.grant()?;
            let store = context.store().await?;
            store.grant(&grant).await?;
            store.close().await;
            println!("{} is {} now.", grant.to, grant.role.as_str());
        }
        Command::Revoke(given) => {
            let grant = given.grant()?;
            let store = context.store().await?;
            store.revoke_grant(&grant).await?;
            store.close().await;
            println!("{} is {} no more.", grant.to, grant.role.as_str());
        }
        Command::List => {
            let store = context.store().await?;
            let grants = store.grants().await?;
            store.close().await;
            if context.json {
                return super::print_json(&grants);
            }
            for (principal, role, scope, source) in grants {
                println!("{role:<14} {principal:<32} {scope:<24} by {source}");
            }
        }
    }
    Ok(())
}

impl Given {
    fn grant(self) -> anyhow::Result<Grant> {
        let role = Role::parse(&self.role).ok_or_else(|| {
            let roles = Role::ALL.map(Role::as_str).join(", ");
            UsageError(format!("{} is none of {roles}", self.role))
        })?;
        let user = self.user.map(Principal::User);
        let group = self.group.map(Principal::Group);
        let unit = self.unit.map(Principal::Unit);
        let to = user
            .or(group)
            .or(unit)
            .ok_or_else(|| UsageError("say to whom: --user, --group or --unit".to_owned()))?;
        let mailbox = self.of_mailbox.map(Scope::Mailbox);
        let scope = mailbox.or(self.of_unit.map(Scope::Unit));
        if scope.is_some() && role != Role::Registrar {
            return Err(UsageError("only a registrar can be limited".to_owned()).into());
        }
        Ok(Grant {
            to,
            role,
            scope: scope.unwrap_or(Scope::Everywhere),
        })
    }
}
