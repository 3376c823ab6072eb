//! What each part of a package is, as `[Content_Types].xml` says.

use std::collections::HashMap;

use super::{PackageError, is_macro, xml};

/// A part that people read. Word numbers headers and footers; which page has which is the body's to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Story {
    Body,
    Header,
    Footer,
    Footnotes,
    Endnotes,
}

impl Story {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Header => "header",
            Self::Footer => "footer",
            Self::Footnotes => "footnotes",
            Self::Endnotes => "endnotes",
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Types {
    /// By extension, in lower case.
    defaults: HashMap<String, String>,
    /// By name of the part, in lower case, without the slash it begins with.
    parts: HashMap<String, String>,
}

impl Types {
    pub fn read(source: &[u8]) -> Result<Self, PackageError> {
        let mut types = Self::default();
        xml::elements(source, |element| {
            let Some(kind) = element.attribute("ContentType") else {
                return;
            };
            match element.name {
                "Default" => {
                    if let Some(extension) = element.attribute("Extension") {
                        types.defaults.insert(extension.to_ascii_lowercase(), kind);
                    }
                }
                "Override" => {
                    if let Some(name) = element.attribute("PartName") {
                        let name = name.trim_start_matches('/').to_ascii_lowercase();
                        types.parts.insert(name, kind);
                    }
                }
                _ => (),
            }
        })?;
        Ok(types)
    }

    pub fn of(&self, name: &str) -> Option<&str> {
        let name = name.to_ascii_lowercase();
        let extension = || name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let kind = self
            .parts
            .get(&name)
            .or_else(|| self.defaults.get(extension()));
        kind.map(String::as_str)
    }

    pub fn story(&self, name: &str) -> Option<Story> {
        let kind = self.of(name)?;
        let last = kind
            .strip_prefix("application/vnd.openxmlformats-officedocument.wordprocessingml.")
            .or_else(|| kind.strip_prefix("application/vnd.ms-word."))?;
        match last.strip_suffix("+xml")? {
            "document.main"
            | "template.main"
            | "document.macroEnabled.main"
            | "template.macroEnabledTemplate.main" => Some(Story::Body),
            "header" => Some(Story::Header),
            "footer" => Some(Story::Footer),
            "footnotes" => Some(Story::Footnotes),
            "endnotes" => Some(Story::Endnotes),
            _ => None,
        }
    }

    /// Whether Word takes it for a document that may hold macros.
    pub fn has_macros(&self) -> bool {
        self.parts
            .iter()
            .any(|(name, kind)| kind.contains("macroEnabled") || is_macro(name))
    }
}

/// With the main part no longer that of a template.
pub(super) fn as_document(types: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(types);
    text.replace(
        "wordprocessingml.template.main+xml",
        "wordprocessingml.document.main+xml",
    )
    .replace(
        "ms-word.template.macroEnabledTemplate.main+xml",
        "ms-word.document.macroEnabled.main+xml",
    )
    .into_bytes()
}
