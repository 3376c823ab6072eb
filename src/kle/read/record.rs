//! One entry while it is read: what its elements say, not yet checked.
//!
//! The elements of the three levels and of facets differ in the beginning of their names alone (`EmneTitel`,
//! `GruppeTitel`), so they are told by the end of the name and by where they stand.

use chrono::NaiveDate;
use uuid::Uuid;

use super::super::markers;
use super::super::plan::{Law, Preservation, Retirement};
use super::xml::Place;

#[derive(Debug, Default)]
pub(super) struct Record {
    /// `Emne`, `Handlingsfacet`, `StikordTilGruppe` …
    pub element: String,
    pub line: u64,
    pub number: String,
    pub facet: String,
    pub title: String,
    pub guidance: String,
    pub keywords: Vec<RawKeyword>,
    pub laws: Vec<Law>,
    pub preservation: Option<Preservation>,
    pub deletion_days: Option<u32>,
    pub retired: Option<Retirement>,
    /// As they stand in the file.
    pub replaced_by: Vec<String>,
    pub uuid: Option<Uuid>,
    keyword: RawKeyword,
}

#[derive(Clone, Debug, Default)]
pub(super) struct RawKeyword {
    pub text: String,
    pub facet: String,
}

impl Record {
    /// The record that an element begins, if it begins one.
    pub fn begun_by(place: &Place<'_>) -> Option<Self> {
        let begins = matches!(
            place.name(),
            "Hovedgruppe"
                | "Gruppe"
                | "Emne"
                | "Handlingsfacet"
                | "StikordTilHovedgruppe"
                | "StikordTilGruppe"
                | "StikordTilEmne"
                | "StikordTilHandlingsfacet"
                | "StikordTilEmneOgHandlingsfacet"
        );
        begins.then(|| Self {
            element: place.name().to_owned(),
            line: place.line,
            ..Self::default()
        })
    }

    pub fn start(&mut self, place: &Place<'_>) {
        match place.name() {
            "Historisk" => {
                self.retired.get_or_insert_default();
            }
            name if is_keyword(name) && place.parent() == self.element => {
                self.keyword = RawKeyword::default();
            }
            _ if is_line_of_guidance(place) => self.break_line(),
            _ => {}
        }
    }

    pub fn text(&mut self, place: &Place<'_>, text: &str) {
        if in_guidance(place) {
            self.guidance.push_str(text);
        }
    }

    /// `leaf` is the text that stands directly in the element.
    pub fn end(&mut self, place: &Place<'_>, leaf: &str) {
        let own = place.parent() == self.element;
        match place.name() {
            "HovedgruppeNr" | "GruppeNr" | "EmneNr" | "HandlingsfacetNr"
                if place.parent() == "AfloestAf" =>
            {
                self.replaced_by.push(leaf.trim().to_owned());
            }
            "HandlingsfacetNr" if own => leaf.trim().clone_into(&mut self.facet),
            "HandlingsfacetNr" if is_keyword(place.parent()) => {
                leaf.trim().clone_into(&mut self.keyword.facet);
            }
            "HovedgruppeNr" | "GruppeNr" | "EmneNr" if own => {
                leaf.trim().clone_into(&mut self.number);
            }
            "HovedgruppeTitel" | "GruppeTitel" | "EmneTitel" | "HandlingsfacetTitel" if own => {
                self.title = markers::stripped(leaf);
                if markers::says_retired(leaf) {
                    self.retired.get_or_insert_default();
                }
            }
            "RetskildeTitel" => self.laws.push(Law {
                title: markers::one_line(leaf),
                section: None,
            }),
            "ParagrafEllerKapitel" => {
                let section = markers::one_line(leaf);
                if let Some(law) = self.laws.last_mut().filter(|_| !section.is_empty()) {
                    law.section = Some(section);
                }
            }
            "UdgaaetDato" | "FlyttetDato" => {
                let on = date(leaf);
                let retired = self.retired.get_or_insert_default();
                retired.on = retired.on.or(on);
            }
            "BevaringJaevnfoerArkivloven" => self.preservation = Preservation::parse(leaf),
            "SletningJaevnfoerPersondataloven" => self.deletion_days = days(leaf),
            "UUID" if own => self.uuid = Uuid::parse_str(leaf.trim()).ok(),
            "Tekst" if is_keyword(place.parent()) => {
                self.keyword.text = markers::stripped(leaf);
            }
            name if is_keyword(name) && own => {
                let mut keyword = std::mem::take(&mut self.keyword);
                // The older generation writes the word itself into the element.
                if keyword.text.is_empty() {
                    keyword.text = markers::stripped(leaf);
                }
                if !keyword.text.is_empty() {
                    self.keywords.push(keyword);
                }
            }
            _ if is_line_of_guidance(place) => self.break_line(),
            _ => {}
        }
    }

    /// Paragraphs and items without what XML's layout put between their words.
    pub fn guidance(&self) -> String {
        let lines = self.guidance.split('\u{1e}').map(markers::one_line);
        let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
        lines.join("\n")
    }

    fn break_line(&mut self) {
        self.guidance.push('\u{1e}');
    }
}

pub(super) fn date(text: &str) -> Option<NaiveDate> {
    // Some say the time of day too.
    NaiveDate::parse_from_str(text.trim().get(..10)?, "%Y-%m-%d").ok()
}

fn is_keyword(name: &str) -> bool {
    name.ends_with("Stikord") && name != "Stikord"
}

/// Within `EmneVejledning` and the like.
fn in_guidance(place: &Place<'_>) -> bool {
    place.path.iter().any(|name| name.ends_with("Vejledning"))
}

/// A paragraph or an item, where a new line begins; not what stands out within one.
fn is_line_of_guidance(place: &Place<'_>) -> bool {
    in_guidance(place) && !matches!(place.name(), "b" | "i" | "a" | "em" | "strong" | "span")
}

/// `P1825D`, `P5Y`, `P6M`: as days.
fn days(duration: &str) -> Option<u32> {
    let amount = duration.trim().strip_prefix('P')?;
    let unit = amount.chars().next_back()?;
    let number: u32 = amount.strip_suffix(unit)?.parse().ok()?;
    let in_days = match unit {
        'D' => 1,
        'M' => 30,
        'Y' => 365,
        _ => return None,
    };
    number.checked_mul(in_days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_of_deletion_are_days() {
        assert_eq!(days("P1825D"), Some(1825));
        assert_eq!(days(" P5Y "), Some(1825));
        for none in ["", "P", "PD", "5 år", "PT5H", "P99999999Y"] {
            assert_eq!(days(none), None, "{none}");
        }
    }
}
