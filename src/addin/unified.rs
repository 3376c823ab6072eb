//! The unified manifest for Microsoft 365: a zip with `manifest.json`, the texts of the other language, and two icons.
//!
//! New Outlook, Outlook on the web and classic Outlook on Windows read it; Mac, mobile and Exchange on premises do not,
//! and several mails at once work from it in classic Outlook alone. So the add-in-only manifest is the one to deploy
//! unless an organisation keeps its apps in one place.

use std::io::{Cursor, Write as _};

use serde_json::{Map, Value, json};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;

use super::ICONS;
use super::source::{Action, Button, Installation, SOURCE, Source, View, other, tags};
use crate::messages::Lang;

const SCHEMA: &str = "https://developer.microsoft.com/json-schemas/teams/v1.24/MicrosoftTeams";
const VERSION: &str = "1.24";
/// Texts that a language's file must hold, even where they are the same.
const ALWAYS: [&str; 3] = ["name.short", "description.short", "description.full"];

const OUTLINE: &[u8] = include_bytes!("../../addin-manifest/icons/outline-32.png");

/// The files of the package, by their names in it.
pub struct Package {
    pub files: Vec<(String, Vec<u8>)>,
}

impl Package {
    /// As Microsoft 365 takes it.
    pub fn zip(&self) -> Result<Vec<u8>, ZipError> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &self.files {
            zip.start_file(name.as_str(), SimpleFileOptions::default())?;
            zip.write_all(bytes)?;
        }
        Ok(zip.finish()?.into_inner())
    }
}

pub fn package(installation: &Installation) -> Package {
    let lang = installation.lang;
    let own = manifest(installation, lang);
    let others = manifest(installation, other(lang));
    let mut texts = Map::new();
    texts.insert(
        "$schema".to_owned(),
        json!(format!("{SCHEMA}.Localization.schema.json")),
    );
    differences(String::new(), &own, &others, &mut texts);
    let color = ICONS.iter().find(|(pixels, _)| *pixels == 192);
    let files = vec![
        ("manifest.json".to_owned(), pretty(&own)),
        (file_of(other(lang)), pretty(&Value::Object(texts))),
        (
            "color.png".to_owned(),
            color.map_or_else(Vec::new, |(_, png)| png.to_vec()),
        ),
        ("outline.png".to_owned(), OUTLINE.to_vec()),
    ];
    Package { files }
}

/// The manifest with its texts in one language.
fn manifest(of: &Installation, lang: Lang) -> Value {
    let source = &*SOURCE;
    let text = |key: &str| source.text(lang, key);
    let website = of.host.url("/");
    json!({
        "$schema": format!("{SCHEMA}.schema.json"),
        "manifestVersion": VERSION,
        "version": source.version,
        "id": of.id,
        "developer": {
            "name": source.provider,
            "websiteUrl": website,
            "privacyUrl": website,
            "termsOfUseUrl": website,
        },
        "localizationInfo": {
            "defaultLanguageTag": tags(of.lang)[0].to_lowercase(),
            "additionalLanguages": [{
                "languageTag": tags(other(of.lang))[0].to_lowercase(),
                "file": file_of(other(of.lang)),
            }],
        },
        "name": { "short": text("name"), "full": text("name") },
        "description": { "short": text("short"), "full": text("description") },
        "icons": { "color": "color.png", "outline": "outline.png" },
        "accentColor": source.accent_color,
        "validDomains": [of.host.name()],
        "authorization": { "permissions": { "resourceSpecific": [
            { "name": "Mailbox.ReadWrite.User", "type": "Delegated" },
            { "name": "Mailbox.SharedFolder", "type": "Delegated" },
        ] } },
        "extensions": [{
            "requirements": { "scopes": ["mail"], "capabilities": [mailbox("1.5")] },
            "runtimes": runtimes(of, source),
            "ribbons": [
                ribbon(of, source, lang, View::Read),
                ribbon(of, source, lang, View::Compose),
                mobile(of, source, lang),
            ],
            "autoRunEvents": [{
                "requirements": { "capabilities": [mailbox("1.12")], "scopes": ["mail"] },
                "events": source.events.iter().map(|event| {
                    let mut written = json!({ "type": event.unified, "actionId": event.function });
                    if event.ask_on_send {
                        written["options"] = json!({ "sendMode": "promptUser" });
                    }
                    written
                }).collect::<Vec<_>>(),
            }],
        }],
    })
}

/// One runtime for all functions, and one for each mode of the pane.
fn runtimes(of: &Installation, source: &Source) -> Vec<Value> {
    let functions = source
        .buttons
        .iter()
        .filter_map(|button| match button.action() {
            Action::Function(name) => Some(name),
            Action::Pane(_) => None,
        });
    let events = source.events.iter().map(|event| event.function.as_str());
    let actions: Vec<Value> = functions
        .chain(events)
        .map(|name| json!({ "id": name, "type": "executeFunction" }))
        .collect();
    let mut runtimes = vec![json!({
        "id": "functions",
        "type": "general",
        "code": { "page": of.host.url("/addin/commands.html"), "script": of.host.url("/addin/commands.js") },
        "lifetime": "short",
        "actions": actions,
    })];
    for mode in source.panes() {
        let opens = |button: &&Button| matches!(button.action(), Action::Pane(of) if of == mode);
        let actions: Vec<Value> = source
            .buttons
            .iter()
            .filter(opens)
            .map(|button| {
                json!({
                    "id": button.id,
                    "type": "openPage",
                    "view": mode,
                    "pinnable": button.pinned,
                    "multiselect": button.several,
                    "supportsNoItemContext": button.several,
                })
            })
            .collect();
        runtimes.push(json!({
            "id": format!("pane.{mode}"),
            "type": "general",
            "code": { "page": of.host.pane(mode) },
            "lifetime": "short",
            "actions": actions,
        }));
    }
    runtimes
}

fn ribbon(of: &Installation, source: &Source, lang: Lang, view: View) -> Value {
    let icons: Vec<Value> = [16, 32, 80]
        .map(|size| json!({ "size": size, "url": of.host.icon(size) }))
        .into();
    let controls: Vec<Value> = source
        .buttons_on(view)
        .map(|button| {
            json!({
                "id": button.id,
                "type": "button",
                "label": source.text(lang, &button.id),
                "icons": icons,
                "supertip": {
                    "title": source.text(lang, &button.id),
                    "description": source.text(lang, &button.tip()),
                },
                "actionId": action_id(button),
            })
        })
        .collect();
    let context = match view {
        View::Read => "mailRead",
        View::Compose => "mailCompose",
    };
    json!({
        "requirements": { "scopes": ["mail"], "formFactors": ["desktop"] },
        "contexts": [context],
        "tabs": [{
            "builtInTabId": "TabDefault",
            "groups": [{
                "id": format!("sagspost.{}", view.name()),
                "label": source.text(lang, "name"),
                "icons": icons,
                "controls": controls,
            }],
        }],
    })
}

fn mobile(of: &Installation, source: &Source, lang: Lang) -> Value {
    let icons: Vec<Value> = [25, 32, 48]
        .into_iter()
        .flat_map(|size: u32| (1..=3).map(move |scale: u32| (size, scale)))
        .map(|(size, scale)| json!({ "size": size, "scale": scale, "url": of.host.icon(size * scale) }))
        .collect();
    let controls: Vec<Value> = source
        .buttons_on(View::Read)
        .filter(|button| button.mobile)
        .map(|button| {
            json!({
                "id": format!("{}.mobile", button.id),
                "type": "mobileButton",
                "label": source.text(lang, &button.id),
                "icons": icons,
                "actionId": action_id(button),
            })
        })
        .collect();
    json!({
        "requirements": { "scopes": ["mail"], "formFactors": ["mobile"] },
        "contexts": ["mailRead"],
        "tabs": [{
            "builtInTabId": "TabDefault",
            "customMobileRibbonGroups": [{
                "id": "sagspost.mobile",
                "label": source.text(lang, "name"),
                "controls": controls,
            }],
        }],
    })
}

/// A function goes by its own name, a pane by its button's.
fn action_id(button: &Button) -> &str {
    match button.action() {
        Action::Function(name) => name,
        Action::Pane(_) => &button.id,
    }
}

fn mailbox(least: &str) -> Value {
    json!({ "name": "Mailbox", "minVersion": least })
}

fn file_of(lang: Lang) -> String {
    format!("{}.json", lang.code())
}

/// The texts of `others` that differ from `own`, each by its path: `extensions[0].ribbons[0].tabs[0].label`.
fn differences(path: String, own: &Value, others: &Value, texts: &mut Map<String, Value>) {
    match (own, others) {
        (Value::Object(own), Value::Object(others)) => {
            for (name, value) in own {
                let inner = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                differences(inner, value, &others[name], texts);
            }
        }
        (Value::Array(own), Value::Array(others)) => {
            for (at, (own, others)) in own.iter().zip(others).enumerate() {
                differences(format!("{path}[{at}]"), own, others, texts);
            }
        }
        (Value::String(_), Value::String(_))
            if own != others || ALWAYS.contains(&path.as_str()) =>
        {
            texts.insert(path, others.clone());
        }
        _ => {}
    }
}

fn pretty(value: &Value) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
    text.push(b'\n');
    text
}
