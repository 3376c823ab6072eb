//! CSV files as spreadsheets write them.

use std::path::Path;

use anyhow::Context as _;
use serde::de::DeserializeOwned;

use super::UsageError;

/// A file's text: UTF-8, else the windows-1252 that Danish spreadsheets still write; without the mark that some put in
/// front.
pub(super) fn text_of(file: &Path) -> anyhow::Result<String> {
    let bytes =
        std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode(&bytes).0.into_owned(),
    };
    Ok(text.strip_prefix('\u{FEFF}').unwrap_or(&text).to_owned())
}

/// Every row, by the names of the columns; a mistake names the file and the line.
pub(super) fn rows_of<R: DeserializeOwned>(text: &str, name: &str) -> anyhow::Result<Vec<R>> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes())
        .deserialize()
        .map(|row| row.map_err(|error| UsageError(format!("{name}: {error}")).into()))
        .collect()
}

/// Semicolon where the decimal sign is a comma, as in Denmark.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    if header.matches(';').count() > header.matches(',').count() {
        b';'
    } else {
        b','
    }
}
