//! `sagspost kle show`: what the plan says of a number or a facet, and where a retired one went.

use serde_json::json;

use super::super::{Context, UsageError, print_json};
use crate::{
    domain::kle::{self, Facet, KleNumber},
    kle::{Entry, FacetEntry, Plan, Preservation, Retirement},
    messages::{Lang, text},
};

pub(super) async fn run(context: &Context, number: &str) -> anyhow::Result<()> {
    let lang = context.lang;
    let wrong = |key: &str| {
        let sentence = text(lang, &format!("kle.{key}"), &[("number", number.trim())]);
        anyhow::Error::from(UsageError(sentence))
    };
    let store = context.store().await?;
    let (_, plan) = store.kle_plan().await?;
    store.close().await;
    if plan.is_empty() {
        return Err(wrong("no-plan"));
    }
    let (asked, facet) = match kle::parse_with_facet(number) {
        Some((asked, facet)) => (Some(asked), facet),
        None => (None, Facet::parse(number)),
    };
    if asked.is_none() && facet.is_none() {
        return Err(wrong("no-number"));
    }
    let entry = asked.map(|asked| (asked, plan.entries.get(&asked)));
    let facet_entry = facet.map(|facet| (facet, plan.facets.get(&facet)));
    let known_facet = facet_entry.is_none_or(|(_, entry)| entry.is_some() || asked.is_some());
    if entry.is_some_and(|(_, entry)| entry.is_none()) || !known_facet {
        return Err(wrong("not-in-plan"));
    }
    if context.json {
        return print_json(&json!({
            "entry": entry.and_then(|(number, entry)| Some(entry_json(&plan, number, entry?))),
            "facet": facet_entry.and_then(|(facet, entry)| Some(facet_json(facet, entry?))),
        }));
    }
    if let Some((number, Some(entry))) = entry {
        show_entry(&plan, number, entry, lang);
    }
    if let Some((facet, Some(entry))) = facet_entry {
        show_facet(facet, entry, lang);
    }
    Ok(())
}

fn show_entry(plan: &Plan, number: KleNumber, entry: &Entry, lang: Lang) {
    println!("{number} {}", entry.title);
    let mut above = number.parent();
    while let Some(parent) = above {
        println!("  {parent} {}", plan.title(parent));
        above = parent.parent();
    }
    show_retired(entry.retired.as_ref(), lang);
    if entry.retired.is_some() {
        for today in plan.successors(number) {
            let values = [
                ("number", today.to_string()),
                ("title", plan.title(today).to_owned()),
            ];
            println!("  {}", say(lang, "today", &values));
        }
    }
    show_preservation(entry.preservation, lang);
    if let Some(days) = entry.deletion_days {
        println!("  {}", say(lang, "deletion", &[("days", days.to_string())]));
    }
    if !entry.keywords.is_empty() {
        let keywords: Vec<String> = entry
            .keywords
            .iter()
            .map(|word| match word.facet {
                Some(facet) => format!("{} ({facet})", word.text),
                None => word.text.clone(),
            })
            .collect();
        println!(
            "  {}",
            say(lang, "keywords", &[("list", keywords.join(", "))])
        );
    }
    for law in &entry.laws {
        let section = law.section.as_deref().unwrap_or_default();
        let law = format!("{} {section}", law.title);
        println!("  {}", say(lang, "law", &[("law", law.trim().to_owned())]));
    }
    for line in entry.guidance.lines() {
        println!("  {line}");
    }
}

fn show_facet(facet: Facet, entry: &FacetEntry, lang: Lang) {
    println!("{facet} {}", entry.title);
    show_retired(entry.retired.as_ref(), lang);
    show_preservation(entry.preservation, lang);
    if !entry.keywords.is_empty() {
        println!(
            "  {}",
            say(lang, "keywords", &[("list", entry.keywords.join(", "))])
        );
    }
    for line in entry.guidance.lines() {
        println!("  {line}");
    }
}

fn show_retired(retired: Option<&Retirement>, lang: Lang) {
    let Some(retired) = retired else { return };
    let line = match retired.on {
        Some(on) => say(lang, "retired-on", &[("date", on.to_string())]),
        None => say(lang, "is-retired", &[]),
    };
    println!("  {line}");
    if !retired.replaced_by.is_empty() {
        let by: Vec<String> = retired
            .replaced_by
            .iter()
            .map(ToString::to_string)
            .collect();
        println!(
            "  {}",
            say(lang, "replaced-by", &[("numbers", by.join(", "))])
        );
    }
}

fn show_preservation(preservation: Option<Preservation>, lang: Lang) {
    let line = match preservation {
        None => return,
        Some(Preservation::Keep) => say(lang, "keep", &[]),
        Some(Preservation::Discard { after_years: 0 }) => say(lang, "discard", &[]),
        Some(Preservation::Discard { after_years }) => {
            say(lang, "discard-after", &[("years", after_years.to_string())])
        }
    };
    println!("  {line}");
}

fn say(lang: Lang, key: &str, values: &[(&str, String)]) -> String {
    let values: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    text(lang, &format!("kle.{key}"), &values)
}

fn entry_json(plan: &Plan, number: KleNumber, entry: &Entry) -> serde_json::Value {
    json!({
        "number": number.to_string(),
        "title": entry.title,
        "parents": std::iter::successors(number.parent(), KleNumber::parent)
            .map(|at| json!({ "number": at.to_string(), "title": plan.title(at) }))
            .collect::<Vec<_>>(),
        "active": entry.is_active(),
        "retired_on": entry.retired.as_ref().and_then(|retired| retired.on),
        "replaced_by": entry.retired.iter().flat_map(|retired| &retired.replaced_by)
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        "today": plan.successors(number).iter().map(ToString::to_string).collect::<Vec<_>>(),
        "preservation": entry.preservation.map(Preservation::code),
        "deletion_days": entry.deletion_days,
        "keywords": entry.keywords.iter()
            .map(|word| json!({ "text": word.text, "facet": word.facet.map(|facet| facet.to_string()) }))
            .collect::<Vec<_>>(),
        "laws": entry.laws.iter()
            .map(|law| json!({ "title": law.title, "section": law.section }))
            .collect::<Vec<_>>(),
        "guidance": entry.guidance,
        "uuid": entry.uuid,
    })
}

fn facet_json(facet: Facet, entry: &FacetEntry) -> serde_json::Value {
    json!({
        "facet": facet.to_string(),
        "title": entry.title,
        "active": entry.is_active(),
        "retired_on": entry.retired.as_ref().and_then(|retired| retired.on),
        "preservation": entry.preservation.map(Preservation::code),
        "keywords": entry.keywords,
        "guidance": entry.guidance,
        "uuid": entry.uuid,
    })
}
