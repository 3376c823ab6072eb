//! What can be written between `{{` and `}}`, or as the tag of a content control, in Danish or English.
//!
//! Capitals do not matter, since Word puts them in; neither do the quotation marks it chooses.

use std::sync::LazyLock;

use serde::Serialize;

use super::mistake::Fault;
use crate::domain::nearest::nearest;

/// Longer is no field.
pub(super) const MAX_FIELD_CHARS: usize = 200;
/// Of the name of a field that is asked for.
const MAX_NAME_CHARS: usize = 60;

/// What a field stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    CaseNumber,
    CaseTitle,
    CaseKle,
    CaseFacet,
    CaseCreated(DateStyle),
    /// Of the party at hand: in a loop the one it has come to, else whom the letter is to.
    Party(PartyField),
    /// Of whom the letter is to, in a loop as well.
    Recipient(PartyField),
    Responsible(PersonField),
    /// Who makes the letter.
    Sender(PersonField),
    UnitName,
    UnitCode,
    /// The day of the letter.
    Date(DateStyle),
    /// Asked for when the letter is made, by this name.
    Asked(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum DateStyle {
    /// 28. november 2026
    Long,
    /// 28-11-2026
    Short,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum PartyField {
    Name,
    FirstName,
    Kind,
    Cpr,
    Cvr,
    Property,
    Address,
    /// Street and town on lines of their own.
    AddressLines,
    Mail,
    /// Its place among the parties, from 1.
    Number,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum PersonField {
    Name,
    Mail,
    Unit,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub field: Field,
    /// `None`: whether there is anything.
    pub is: Option<String>,
    pub not: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Field(Field),
    EachParty,
    EndEach,
    If(Condition),
    Else,
    EndIf,
}

impl Word {
    pub fn is_directive(&self) -> bool {
        !matches!(self, Self::Field(_))
    }
}

/// A wrong word, and the one that was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub fault: Fault,
    pub meant: Option<String>,
}

impl Wrong {
    fn of(fault: Fault) -> Self {
        Self { fault, meant: None }
    }
}

const ROOTS: &[(&str, &str, Root)] = &[
    ("sag", "case", Root::Case),
    ("part", "party", Root::Party),
    ("modtager", "recipient", Root::Recipient),
    ("ansvarlig", "responsible", Root::Responsible),
    ("afsender", "sender", Root::Sender),
    ("enhed", "unit", Root::Unit),
    ("dato", "date", Root::Date),
];
const ASKED: [&str; 2] = ["felt.", "field."];

#[derive(Clone, Copy)]
enum Root {
    Case,
    Party,
    Recipient,
    Responsible,
    Sender,
    Unit,
    Date,
}

const DATES: &[(&str, &str, DateStyle)] = &[
    ("", "", DateStyle::Long),
    ("kort", "short", DateStyle::Short),
];
const PARTY: &[(&str, &str, PartyField)] = &[
    ("navn", "name", PartyField::Name),
    ("fornavn", "first_name", PartyField::FirstName),
    ("type", "kind", PartyField::Kind),
    ("cpr", "cpr", PartyField::Cpr),
    ("cvr", "cvr", PartyField::Cvr),
    ("bfe", "property", PartyField::Property),
    ("adresse", "address", PartyField::Address),
    ("adresselinjer", "address_lines", PartyField::AddressLines),
    ("mail", "mail", PartyField::Mail),
    ("nr", "number", PartyField::Number),
];
const PERSON: &[(&str, &str, PersonField)] = &[
    ("navn", "name", PersonField::Name),
    ("mail", "mail", PersonField::Mail),
    ("enhed", "unit", PersonField::Unit),
];

/// Every field with its Danish and its English name; those that are asked for are named by whoever writes the template.
pub fn fields() -> &'static [(String, String, Field)] {
    static FIELDS: LazyLock<Vec<(String, String, Field)>> = LazyLock::new(|| {
        let mut fields = Vec::new();
        for (danish, english, root) in ROOTS {
            let mut add = |da: &str, en: &str, field| {
                let dot = if da.is_empty() { "" } else { "." };
                fields.push((
                    format!("{danish}{dot}{da}"),
                    format!("{english}{dot}{en}"),
                    field,
                ));
            };
            match root {
                Root::Case => {
                    add("nummer", "number", Field::CaseNumber);
                    add("titel", "title", Field::CaseTitle);
                    add("kle", "kle", Field::CaseKle);
                    add("facet", "facet", Field::CaseFacet);
                    add("oprettet", "created", Field::CaseCreated(DateStyle::Long));
                    add(
                        "oprettet.kort",
                        "created.short",
                        Field::CaseCreated(DateStyle::Short),
                    );
                }
                Root::Party => {
                    for (da, en, field) in PARTY {
                        add(da, en, Field::Party(*field));
                    }
                }
                Root::Recipient => {
                    for (da, en, field) in PARTY {
                        add(da, en, Field::Recipient(*field));
                    }
                }
                Root::Responsible => {
                    for (da, en, field) in PERSON {
                        add(da, en, Field::Responsible(*field));
                    }
                }
                Root::Sender => {
                    for (da, en, field) in PERSON {
                        add(da, en, Field::Sender(*field));
                    }
                }
                Root::Unit => {
                    add("navn", "name", Field::UnitName);
                    add("kode", "code", Field::UnitCode);
                }
                Root::Date => {
                    for (da, en, style) in DATES {
                        add(da, en, Field::Date(*style));
                    }
                }
            }
        }
        fields
    });
    &FIELDS
}

/// What stands between the braces.
pub(super) fn read(written: &str) -> Result<Word, Wrong> {
    let text = plain(written);
    let words: Vec<&str> = text.split(' ').collect();
    match words.as_slice() {
        [""] => Err(Wrong::of(Fault::EmptyField)),
        ["#for", "hver" | "each", "part" | "party"] => Ok(Word::EachParty),
        ["/for"] => Ok(Word::EndEach),
        ["#hvis" | "#if", condition @ ..] if !condition.is_empty() => {
            Ok(Word::If(self::condition(condition, written)?))
        }
        ["ellers" | "else" | "#ellers" | "#else"] => Ok(Word::Else),
        ["/hvis" | "/if"] => Ok(Word::EndIf),
        [first, ..] if first.starts_with(['#', '/']) => {
            const WORDS: &[&str] = &[
                "#for hver part",
                "#for each party",
                "#hvis",
                "#if",
                "/for",
                "/hvis",
                "/if",
            ];
            let meant = nearest(&text, WORDS).or_else(|| nearest(first, WORDS));
            Err(Wrong {
                fault: Fault::UnknownWord,
                meant: meant.map(str::to_owned),
            })
        }
        _ => Ok(Word::Field(field(&text)?)),
    }
}

/// A field by either of its names.
pub(super) fn field(text: &str) -> Result<Field, Wrong> {
    static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        let both = fields()
            .iter()
            .flat_map(|(danish, english, _)| [danish.as_str(), english.as_str()]);
        both.collect()
    });
    if let Some(name) = ASKED.iter().find_map(|root| text.strip_prefix(root)) {
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-');
        let fits =
            !name.is_empty() && name.chars().count() <= MAX_NAME_CHARS && name.chars().all(is_name);
        return fits
            .then(|| Field::Asked(name.to_owned()))
            .ok_or(Wrong::of(Fault::UnknownField));
    }
    let found = fields()
        .iter()
        .find(|(danish, english, _)| danish == text || english == text);
    if let Some((_, _, field)) = found {
        return Ok(field.clone());
    }
    Err(Wrong {
        fault: Fault::UnknownField,
        meant: nearest(text, &NAMES).map(str::to_owned),
    })
}

/// `part.cvr`, `ikke part.cvr`, `part.type er "virksomhed"`.
fn condition(words: &[&str], written: &str) -> Result<Condition, Wrong> {
    let (not, words) = match words {
        ["ikke" | "not", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let at = words
        .iter()
        .position(|word| matches!(*word, "er" | "is" | "="));
    let Some(at) = at else {
        let field = field(&words.join(" "))?;
        return Ok(Condition {
            field,
            is: None,
            not,
        });
    };
    let field = field(&words.get(..at).unwrap_or_default().join(" "))?;
    let (denied, value) = match words.get(at + 1..).unwrap_or_default() {
        ["ikke" | "not", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if value.is_empty() {
        return Err(Wrong {
            fault: Fault::UnknownWord,
            meant: Some(written.trim().to_owned() + " \"…\""),
        });
    }
    Ok(Condition {
        field,
        is: Some(value.join(" ").trim_matches('"').trim().to_owned()),
        not: not ^ denied,
    })
}

/// In lower case, with single spaces and straight quotation marks.
fn plain(written: &str) -> String {
    let straight = |c| match c {
        '“' | '”' | '„' | '»' | '«' | '\'' | '’' | '‘' => '"',
        '\u{ad}' | '\u{200b}' | '\u{feff}' => ' ',
        c => c,
    };
    let text: String = written
        .chars()
        .map(straight)
        .collect::<String>()
        .to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_known_by_its_danish_and_its_english_name_and_capitals_do_not_matter() {
        for written in [
            "sag.nummer",
            " Sag.nummer ",
            "case.number",
            "CASE.NUMBER\u{a0}",
        ] {
            assert_eq!(
                read(written),
                Ok(Word::Field(Field::CaseNumber)),
                "{written}"
            );
        }
        assert_eq!(
            read("dato.kort"),
            Ok(Word::Field(Field::Date(DateStyle::Short)))
        );
        assert_eq!(
            read("felt.Frist for svar"),
            Ok(Word::Field(Field::Asked("frist for svar".into())))
        );
    }

    #[test]
    fn no_two_fields_have_the_same_name() {
        let mut names: Vec<_> = fields().iter().map(|(danish, _, _)| danish).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), fields().len());
    }

    #[test]
    fn a_slip_of_a_key_is_told_with_what_was_meant() {
        let wrong = read("sag.numer").unwrap_err();
        assert_eq!(
            (wrong.fault, wrong.meant.as_deref()),
            (Fault::UnknownField, Some("sag.nummer"))
        );
        let wrong = read("#for vher part").unwrap_err();
        assert_eq!(
            (wrong.fault, wrong.meant.as_deref()),
            (Fault::UnknownWord, Some("#for hver part"))
        );
        assert_eq!(read("  ").unwrap_err().fault, Fault::EmptyField);
        assert_eq!(read("felt.<x>").unwrap_err().fault, Fault::UnknownField);
    }

    #[test]
    fn conditions_ask_whether_there_is_something_or_what_it_is() {
        let cvr = Field::Party(PartyField::Cvr);
        let kind = Field::Party(PartyField::Kind);
        let of = |field: &Field, is: Option<&str>, not| {
            Ok(Word::If(Condition {
                field: field.clone(),
                is: is.map(str::to_owned),
                not,
            }))
        };
        assert_eq!(read("#hvis part.cvr"), of(&cvr, None, false));
        assert_eq!(read("#if not party.cvr"), of(&cvr, None, true));
        assert_eq!(
            read("#hvis part.type er ”Virksomhed”"),
            of(&kind, Some("virksomhed"), false)
        );
        assert_eq!(
            read("#hvis part.type er ikke person"),
            of(&kind, Some("person"), true)
        );
        assert_eq!(
            read("#hvis part.type er").unwrap_err().fault,
            Fault::UnknownWord
        );
    }
}
