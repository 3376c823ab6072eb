//! What Office is told of the add-in (`addin-manifest/addin.toml`), and what an installation adds to it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use uuid::Uuid;

use crate::messages::Lang;

/// An installation's own part of the manifests.
#[derive(Clone, Debug)]
pub struct Installation {
    pub host: Host,
    /// What Office knows the add-in by; two installations that one person has both of need different ones.
    pub id: Uuid,
    /// The language of whoever has neither Danish nor English.
    pub lang: Lang,
}

/// Where the service is found, e.g. `https://sagspost.example.org`: no path, and no slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host(String);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongHost {
    #[error("is no web address")]
    NoAddress,
    #[error("does not begin with https://, which Office insists on")]
    NotHttps,
    #[error("has more than a name and a port")]
    MoreThanAName,
}

impl Host {
    pub fn parse(text: &str) -> Result<Self, WrongHost> {
        let url = reqwest::Url::parse(text).map_err(|_| WrongHost::NoAddress)?;
        if url.scheme() != "https" {
            return Err(WrongHost::NotHttps);
        }
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !bare {
            return Err(WrongHost::MoreThanAName);
        }
        Ok(Self(url.origin().ascii_serialization()))
    }

    /// For the stand-in for Outlook, which is on this machine and has no certificate.
    pub fn on_this_machine(address: String) -> Self {
        Self(address)
    }

    /// The name alone, without `https://` and port.
    pub(super) fn name(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        rest.rsplit_once(':').map_or(rest, |(name, _)| name)
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    pub(super) fn icon(&self, pixels: u32) -> String {
        self.url(&format!("/addin/icons/icon-{pixels}.png"))
    }

    pub(super) fn pane(&self, mode: &str) -> String {
        self.url(&format!("/addin/taskpane.html?mode={mode}"))
    }
}

/// The id that an installation has which asks for none of its own.
pub fn own_id() -> Uuid {
    SOURCE.id
}

pub(super) static SOURCE: LazyLock<Source> = LazyLock::new(|| {
    toml::from_str(include_str!("../../addin-manifest/addin.toml"))
        .expect("a file of this source tree, which a test reads")
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub id: Uuid,
    pub version: String,
    pub provider: String,
    pub accent_color: String,
    texts: BTreeMap<String, Text>,
    pub buttons: Vec<Button>,
    pub events: Vec<Event>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    da: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Button {
    pub id: String,
    pub on: View,
    function: Option<String>,
    pane: Option<String>,
    /// Whether its pane may stay open while one moves from mail to mail.
    #[serde(default)]
    pub pinned: bool,
    /// Whether it is for several mails at once.
    #[serde(default)]
    pub several: bool,
    #[serde(default)]
    pub mobile: bool,
}

/// Where a button stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum View {
    Read,
    Compose,
}

/// What a button does.
pub(super) enum Action<'a> {
    Function(&'a str),
    Pane(&'a str),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Event {
    /// Its name in the add-in-only manifest, and in the unified one.
    pub xml: String,
    pub unified: String,
    pub function: String,
    /// Ask the person, rather than hold the mail back.
    #[serde(default)]
    pub ask_on_send: bool,
}

impl Source {
    pub fn text(&self, lang: Lang, key: &str) -> &str {
        self.texts.get(key).map_or("", |text| match lang {
            Lang::Da => &text.da,
            Lang::En => &text.en,
        })
    }

    pub fn buttons_on(&self, view: View) -> impl Iterator<Item = &Button> {
        self.buttons.iter().filter(move |button| button.on == view)
    }

    /// The modes that the pane is opened in, each once.
    pub fn panes(&self) -> Vec<&str> {
        let mut panes: Vec<&str> = self
            .buttons
            .iter()
            .filter_map(|b| b.pane.as_deref())
            .collect();
        panes.dedup();
        panes
    }
}

impl Button {
    pub fn action(&self) -> Action<'_> {
        match (&self.function, &self.pane) {
            (Some(function), _) => Action::Function(function),
            (None, pane) => Action::Pane(pane.as_deref().unwrap_or_default()),
        }
    }

    pub fn tip(&self) -> String {
        format!("{}-tip", self.id)
    }
}

impl View {
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Compose => "compose",
        }
    }
}

/// The language of the manifest itself and the one that overrides it, with the tags that Office knows each by.
pub(super) fn other(lang: Lang) -> Lang {
    match lang {
        Lang::Da => Lang::En,
        Lang::En => Lang::Da,
    }
}

/// The tags that Office knows a language by, the most usual first.
pub(super) fn tags(lang: Lang) -> &'static [&'static str] {
    match lang {
        Lang::Da => &["da-DK"],
        Lang::En => &["en-US", "en-GB"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_does_one_thing_and_has_its_texts_in_both_languages_within_the_limits() {
        for button in &SOURCE.buttons {
            assert_ne!(
                button.function.is_some(),
                button.pane.is_some(),
                "{}",
                button.id
            );
            for lang in [Lang::Da, Lang::En] {
                let label = SOURCE.text(lang, &button.id).chars().count();
                let longest = if button.mobile { 32 } else { 64 };
                assert!((1..=longest).contains(&label), "{}: {label}", button.id);
                let tip = SOURCE.text(lang, &button.tip()).chars().count();
                assert!((1..=250).contains(&tip), "{}: {tip}", button.id);
            }
        }
    }

    #[test]
    fn a_host_is_a_name_behind_https_and_nothing_else() {
        let host = |text: &str| Host::parse(text).map(|host| host.url("/x"));
        for right in [
            "https://sagspost.example.org",
            "https://SAGSPOST.example.org/",
            "https://sagspost.example.org:443",
        ] {
            assert_eq!(
                host(right).unwrap(),
                "https://sagspost.example.org/x",
                "{right}"
            );
        }
        assert_eq!(
            host("https://localhost:8480").unwrap(),
            "https://localhost:8480/x"
        );
        for (wrong, why) in [
            ("sagspost.example.org", WrongHost::NoAddress),
            ("", WrongHost::NoAddress),
            ("http://sagspost.example.org", WrongHost::NotHttps),
            ("ftp://sagspost.example.org", WrongHost::NotHttps),
            (
                "https://sagspost.example.org/addin",
                WrongHost::MoreThanAName,
            ),
            (
                "https://sagspost.example.org/?a=1",
                WrongHost::MoreThanAName,
            ),
            ("https://a:b@sagspost.example.org", WrongHost::MoreThanAName),
        ] {
            assert_eq!(host(wrong).unwrap_err(), why, "{wrong}");
        }
    }
}
