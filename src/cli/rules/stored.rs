//! `sagspost rules export|import`, and rules tried on stored mail: with the rights of a user, as over HTTP.

use std::path::PathBuf;

use anyhow::Context as _;
use chrono::{Days, NaiveDate, Utc};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::super::{Context, UsageError, actor, print_json};
use super::{read_text, told};
use crate::{
    cases::BuiltIn,
    domain::{case_mark::MarkKey, case_number::Template, working_days::danish_day},
    rules::{self, Rule, Words},
    store::{Call, KeptRule, RuleMode, RuleOwner, RuleText, Store},
    suggest::Engine,
    triage::{
        FilingRules, House,
        by_rules::{CheckError, Checked, Counts, Period, ToTry, Verdict, check_all, dry_run},
    },
};

const DEFAULT_DAYS: u64 = 30;
const DEFAULT_MAILS: usize = 20_000;
/// Mails told of each verdict.
const EXAMPLES: usize = 10;

#[derive(clap::Args)]
pub struct Export {
    /// Whose rules: organisation, mailbox:NAME or person:USER; all that the user sees when left out
    #[arg(long)]
    owner: Option<String>,
    /// The user who asks
    #[arg(long)]
    user: String,
}

#[derive(clap::Args)]
pub struct Import {
    /// The rules (.toml)
    file: PathBuf,
    /// Whose rules they become: organisation, mailbox:NAME or person:USER
    #[arg(long)]
    owner: String,
    /// The user who imports: rules name only cases that they may file on
    #[arg(long)]
    user: String,
    /// What new rules do at first
    #[arg(long, value_enum, default_value_t = FirstMode::Off)]
    mode: FirstMode,
    /// Remove the owner's rules that are not in the file
    #[arg(long)]
    remove_others: bool,
    /// Only tell what would change
    #[arg(long)]
    check: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum FirstMode {
    Off,
    Shadow,
    Live,
}

impl From<FirstMode> for RuleMode {
    fn from(mode: FirstMode) -> Self {
        match mode {
            FirstMode::Off => Self::Off,
            FirstMode::Shadow => Self::Shadow,
            FirstMode::Live => Self::Live,
        }
    }
}

/// Which stored mails rules are tried on.
#[derive(clap::Args)]
pub struct Stored {
    /// Try them on stored mail that this user sees, instead of --mail
    #[arg(long, value_name = "USER")]
    pub(super) user: Option<String>,
    /// First day; 30 days before the last when left out
    #[arg(long, requires = "user")]
    from: Option<NaiveDate>,
    /// Last day; today when left out
    #[arg(long, requires = "user")]
    to: Option<NaiveDate>,
    /// Mails that are tried at most, newest first
    #[arg(long, requires = "user", default_value_t = DEFAULT_MAILS)]
    max_mails: usize,
}

/// What an import does to a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Change {
    Added,
    Changed,
    Same,
    Removed,
    /// Not in the file, and left as it is.
    Left,
}

pub(super) async fn export(context: &Context, wish: &Export) -> anyhow::Result<()> {
    let store = context.store().await?;
    let owner = match &wish.owner {
        Some(owner) => Some(owner_named(&store, owner, &wish.user).await?),
        None => None,
    };
    let subject = ("rule", String::new());
    context
        .record_read(&store, "rule.export", subject, &wish.user)
        .await?;
    let kept = store.rules(owner.as_ref(), &wish.user).await?;
    let read = |rule: &KeptRule| {
        let read = rules::read(&rule.text).ok()?.pop()?;
        Some(Rule {
            enabled: rule.mode != RuleMode::Off,
            ..read
        })
    };
    let words = Words(context.lang);
    let mut file = String::new();
    for rule in kept.iter().filter_map(read) {
        if !file.is_empty() {
            file.push('\n');
        }
        // Read aloud above it; a line end within would end the comment.
        for line in words.rule(&rule).lines() {
            file.push_str("# ");
            file.push_str(line);
            file.push('\n');
        }
        file.push_str(&rules::write(std::slice::from_ref(&rule)));
    }
    print!("{file}");
    store.close().await;
    Ok(())
}

pub(super) async fn import(context: &Context, wish: &Import) -> anyhow::Result<()> {
    let store = context.store().await?;
    let owner = owner_named(&store, &wish.owner, &wish.user).await?;
    Call::note_actor(&actor(), Some(&wish.user));
    let text = read_text(&wish.file)?;
    let checked = match check_all(&store, &text, &wish.user).await {
        Ok(checked) => checked,
        Err(CheckError::Store(error)) => return Err(error.into()),
        Err(CheckError::Mistakes(mistakes)) => {
            return Err(UsageError(told(&wish.file, &mistakes, context.lang)).into());
        }
    };
    let kept = store.rules(Some(&owner), &wish.user).await?;
    let mut changes: Vec<(String, Change)> = Vec::new();
    let mut ids = Vec::new();
    for new in &checked {
        let known = kept.iter().find(|rule| rule.name == new.rule.name);
        let change = match known {
            None => Change::Added,
            Some(known) if is_same(known, new) => Change::Same,
            Some(_) => Change::Changed,
        };
        changes.push((new.rule.name.clone(), change));
        if !wish.check {
            ids.push(write(&store, wish, &owner, new, known, change).await?);
        }
    }
    for rule in &kept {
        if checked.iter().any(|new| new.rule.name == rule.name) {
            continue;
        }
        let change = if wish.remove_others {
            Change::Removed
        } else {
            Change::Left
        };
        changes.push((rule.name.clone(), change));
        match (change, wish.check) {
            (Change::Removed, false) => store.remove_rule(rule.id, &wish.user, Utc::now()).await?,
            (_, false) => ids.push(rule.id),
            _ => {}
        }
    }
    if !wish.check && !ids.is_empty() {
        store
            .order_rules(&owner, &ids, &wish.user, Utc::now())
            .await?;
    }
    store.close().await;
    tell(context, &changes)
}

/// Says the same and is as much switched on.
fn is_same(known: &KeptRule, new: &Checked) -> bool {
    let read = rules::read(&known.text)
        .ok()
        .and_then(|mut read| read.pop());
    let same_text = read.is_some_and(|read| {
        Rule {
            enabled: true,
            ..read
        } == new.rule
    });
    same_text && !(new.switched_off && known.mode != RuleMode::Off)
}

async fn write(
    store: &Store,
    wish: &Import,
    owner: &RuleOwner,
    new: &Checked,
    known: Option<&KeptRule>,
    change: Change,
) -> anyhow::Result<Uuid> {
    let (user, now) = (&*wish.user, Utc::now());
    let text = RuleText {
        name: &new.rule.name,
        text: &new.text,
        cases: &new.cases,
        what: "imported",
    };
    let Some(known) = known else {
        let mode = if new.switched_off {
            RuleMode::Off
        } else {
            wish.mode.into()
        };
        return Ok(store.create_rule(owner, text, mode, user, now).await?.id);
    };
    if change == Change::Changed {
        store
            .change_rule(known.id, known.version, text, user, now)
            .await?;
        if new.switched_off && known.mode != RuleMode::Off {
            store
                .set_rule_mode(known.id, RuleMode::Off, user, now)
                .await?;
        }
    }
    Ok(known.id)
}

fn tell(context: &Context, changes: &[(String, Change)]) -> anyhow::Result<()> {
    if context.json {
        let told = changes
            .iter()
            .map(|(name, change)| json!({ "name": name, "change": change }));
        return print_json(&json!({ "rules": told.collect::<Vec<_>>() }));
    }
    let words = Words(context.lang);
    for (name, change) in changes {
        let (sign, key) = match change {
            Change::Added => ('+', "import-added"),
            Change::Changed => ('~', "import-changed"),
            Change::Same => ('=', "import-same"),
            Change::Removed => ('-', "import-removed"),
            Change::Left => (' ', "import-left"),
        };
        println!("{sign} {name}: {}", words.say(key, &[]));
    }
    Ok(())
}

/// `mailbox:` takes a name here.
async fn owner_named(store: &Store, owner: &str, user: &str) -> anyhow::Result<RuleOwner> {
    if let Some(name) = owner.strip_prefix("mailbox:") {
        let mailboxes = store.mailboxes(Some(user)).await?;
        let found = mailboxes.iter().find(|mailbox| mailbox.name == name);
        let id = found.map(|mailbox| mailbox.id).ok_or_else(|| {
            UsageError(format!(
                "{user} reads no mailbox {name}; see `sagspost mailbox list`"
            ))
        })?;
        return Ok(RuleOwner::Mailbox(id));
    }
    owner
        .parse()
        .map_err(|error| UsageError(format!("--owner: {error}")).into())
}

/// What would have happened with stored mail, beside what people did.
pub(super) async fn test(
    context: &Context,
    rules: Vec<Rule>,
    wish: &Stored,
    mailbox: Option<&str>,
) -> anyhow::Result<()> {
    let user = wish.user.as_deref().unwrap_or_default();
    let store = context.store().await?;
    let mailbox_id = match mailbox {
        Some(name) => match owner_named(&store, &format!("mailbox:{name}"), user).await? {
            RuleOwner::Mailbox(id) => Some(id),
            _ => None,
        },
        None => None,
    };
    let subject = ("mail", String::new());
    context
        .record_read(&store, "rule.dry_run", subject, user)
        .await?;
    let engine = Engine::new(context.organisation()?);
    let cases = BuiltIn {
        store: store.clone(),
        numbers: Template::parse(&context.config.organisation.case_number)?,
    };
    // Nothing is filed here, so no mark is read.
    let filing = FilingRules::new(&context.config.filing, MarkKey::new(&[0; 32]), false);
    let house = House {
        store: &store,
        engine: &engine,
        cases: &cases,
        filing: &filing,
    };
    let to = wish.to.unwrap_or_else(|| danish_day(Utc::now()));
    let from = wish
        .from
        .or_else(|| to.checked_sub_days(Days::new(DEFAULT_DAYS)));
    let day = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
    let period = Period {
        mailbox_id,
        from: day(from.unwrap_or(to)),
        before: day(to.checked_add_days(Days::new(1)).unwrap_or(to)),
        max_mails: wish.max_mails,
        examples: EXAMPLES,
    };
    let to_try = ToTry::written(rules);
    let began = std::time::Instant::now();
    let tested = dry_run(house, &to_try, &period, user, |_| true)
        .await
        .context("the mails could not be tried")?;
    let words = Words(context.lang);
    let millis = began.elapsed().as_millis();
    if context.json {
        let rules = to_try.names().zip(&tested.rules);
        let told = rules.map(|((_, name), counts)| {
            json!({ "name": name, "hits": counts.hits, "agreements": counts.agreements,
                "disagreements": counts.disagreements, "not_judged": counts.not_judged, "unknown": counts.unknown })
        });
        print_json(
            &json!({ "mails": tested.mails, "cut": tested.cut, "millis": millis, "held": tested.held,
                "contradiction_percent": tested.total.contradiction_percent(), "rules": told.collect::<Vec<_>>() }),
        )?;
        store.close().await;
        return Ok(());
    }
    let counted = |counts: &Counts| {
        let values = [
            ("hits", counts.hits.to_string()),
            ("agreements", counts.agreements.to_string()),
            ("disagreements", counts.disagreements.to_string()),
            ("open", counts.not_judged.to_string()),
            ("unknown", counts.unknown.to_string()),
        ];
        words.say("tried-rule", &values)
    };
    let values = [
        ("mails", tested.mails.to_string()),
        ("millis", millis.to_string()),
    ];
    println!("{}", words.say("tried-mails", &values));
    for ((_, name), counts) in to_try.names().zip(&tested.rules) {
        println!("{name}: {}", counted(counts));
    }
    for example in &tested.examples {
        if !matches!(example.verdict, Verdict::Disagrees | Verdict::Unknown) {
            continue;
        }
        let because: Vec<String> = example
            .because
            .iter()
            .map(|because| because.text(words))
            .collect();
        let would: Vec<String> = example.would.iter().map(|did| did.text(words)).collect();
        let did: Vec<&str> = example
            .did
            .iter()
            .map(|did| did.case_number.as_str())
            .collect();
        println!(
            "\n{} {}\n  {}: {}\n  {}: {} | {}: {}",
            example.received_at.format("%Y-%m-%d"),
            example.envelope.subject,
            example.rule.as_deref().unwrap_or_default(),
            because.join(&format!(" {} ", words.say("and", &[]))),
            words.say("tried-would", &[]),
            would.join(", "),
            words.say("tried-did", &[]),
            did.join(", "),
        );
    }
    store.close().await;
    Ok(())
}
