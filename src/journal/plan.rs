//! What will be written when a mail is filed: a pure function from mail, suggestion and choice.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::{
    case::{Direction, Party},
    document_type::DocumentType,
    file_name,
    mail::Mail,
};
use crate::suggest::{Description, NamedFile};

/// Longest title of a document, in characters.
pub const MAX_TITLE_CHARS: usize = 300;
/// Longest file name, in bytes of UTF-8: what every file system takes.
pub const MAX_NAME_BYTES: usize = 200;
const MAIL_MEDIA_TYPE: &str = "message/rfc822";

/// What the service proposes; whatever the user leaves out is taken from here.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggested {
    pub title: String,
    pub document_type: Option<DocumentType>,
    /// One for each of `Mail::attachments`, in order.
    pub files: Vec<SuggestedFile>,
    pub direction: Direction,
    pub document_date: NaiveDate,
    pub parties: Vec<Party>,
    pub deadline: Option<NaiveDate>,
}

impl Suggested {
    pub fn of(described: Description) -> Self {
        let file = |file: NamedFile| SuggestedFile {
            name: file.name,
            document_type: file.document_type.map(|suggested| suggested.kind),
            document_date: file.document_date,
        };
        Self {
            title: described.title,
            document_type: described.document_type.map(|suggested| suggested.kind),
            files: described.attachments.into_iter().map(file).collect(),
            direction: described.direction,
            document_date: described.document_date,
            parties: Vec::new(),
            deadline: described.task_date.map(|task| task.date),
        }
    }

    #[must_use]
    pub fn with_parties(self, parties: Vec<Party>) -> Self {
        Self { parties, ..self }
    }
}

/// What is proposed for an attachment; type and date for when it is a document of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct SuggestedFile {
    /// Clean.
    pub name: String,
    pub document_type: Option<DocumentType>,
    pub document_date: NaiveDate,
}

/// What the user chose; everything has a default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Choice {
    pub title: Option<String>,
    // Left out where it is not chosen: what a request is recognised by when it is repeated stays as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_type: Option<DocumentType>,
    pub document_date: Option<NaiveDate>,
    pub direction: Option<Direction>,
    /// In place of those that are proposed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parties: Option<Vec<Party>>,
    /// `Some(None)`: none, whatever the mail names.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub deadline: Option<Option<NaiveDate>>,
    /// Whether the mail itself is filed; without it at least one attachment must be.
    pub include_mail: bool,
    /// Which attachments, under which names; `None` for all that are not shown within the text.
    pub attachments: Option<Vec<ChosenAttachment>>,
    pub arrangement: Arrangement,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChosenAttachment {
    /// Place in `Mail::attachments`, from 0.
    pub index: usize,
    /// `None` for the suggested name.
    #[serde(default)]
    pub name: Option<String>,
    /// For the suggested one; used when the attachment is a document of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_type: Option<DocumentType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_date: Option<NaiveDate>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrangement {
    /// One document with the mail and its attachments as files.
    #[default]
    Together,
    /// The mail and every attachment as documents of their own.
    Separate,
}

/// Tells a field that is null from one that is left out (which needs `default` beside).
pub fn given<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            title: None,
            document_type: None,
            document_date: None,
            direction: None,
            parties: None,
            deadline: None,
            include_mail: true,
            attachments: None,
            arrangement: Arrangement::Together,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub documents: Vec<PlannedDocument>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PlannedDocument {
    pub title: String,
    pub document_type: Option<DocumentType>,
    pub document_date: NaiveDate,
    pub direction: Direction,
    pub parties: Vec<Party>,
    pub deadline: Option<NaiveDate>,
    pub files: Vec<PlannedFile>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedFile {
    pub name: String,
    pub media_type: String,
    pub source: Source,
}

/// Where a file's bytes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The mail as it was received.
    Mail,
    /// Its attachment at this index.
    Attachment(usize),
}

/// Why a choice cannot be carried out; `field` names the place in the request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("neither the mail nor an attachment is chosen")]
    NothingChosen,
    #[error("the title is empty")]
    TitleEmpty,
    #[error("the title is longer than {MAX_TITLE_CHARS} characters")]
    TitleTooLong,
    #[error("the mail has no attachment {index}")]
    NoSuchAttachment { position: usize, index: usize },
    #[error("attachment {index} is chosen twice")]
    ChosenTwice { position: usize, index: usize },
    #[error("the name is empty")]
    NameEmpty { position: usize },
    #[error("the name is longer than {MAX_NAME_BYTES} bytes")]
    NameTooLong { position: usize },
    #[error("the name holds a character that file names cannot have")]
    NameIllegal { position: usize },
}

impl PlanError {
    /// The field at fault, as a path in the request's JSON.
    pub fn field(&self) -> String {
        match self {
            Self::NothingChosen => "attachments".to_owned(),
            Self::TitleEmpty | Self::TitleTooLong => "title".to_owned(),
            Self::NoSuchAttachment { position, .. } | Self::ChosenTwice { position, .. } => {
                format!("attachments[{position}].index")
            }
            Self::NameEmpty { position }
            | Self::NameTooLong { position }
            | Self::NameIllegal { position } => {
                format!("attachments[{position}].name")
            }
        }
    }
}

/// Turns a choice into what will be written.
pub fn plan(mail: &Mail, suggested: &Suggested, choice: &Choice) -> Result<Plan, PlanError> {
    let title = title(suggested, choice)?;
    let mut files = Vec::new();
    if choice.include_mail {
        files.push(PlannedFile {
            name: file_name::clean(&format!("{title}.eml")),
            media_type: MAIL_MEDIA_TYPE.to_owned(),
            source: Source::Mail,
        });
    }
    for (index, name) in attachments(mail, suggested, choice)? {
        files.push(PlannedFile {
            name,
            media_type: mail.attachments[index].media_type.clone(),
            source: Source::Attachment(index),
        });
    }
    if files.is_empty() {
        return Err(PlanError::NothingChosen);
    }
    number_duplicates(&mut files);
    let of_mail = PlannedDocument {
        title,
        document_type: choice.document_type.or(suggested.document_type),
        document_date: choice.document_date.unwrap_or(suggested.document_date),
        direction: choice.direction.unwrap_or(suggested.direction),
        parties: choice
            .parties
            .clone()
            .unwrap_or_else(|| suggested.parties.clone()),
        deadline: None,
        files: Vec::new(),
    };
    let mut documents = match choice.arrangement {
        Arrangement::Together => vec![PlannedDocument { files, ..of_mail }],
        Arrangement::Separate => files
            .into_iter()
            .map(|file| match file.source {
                Source::Mail => PlannedDocument {
                    files: vec![file],
                    ..of_mail.clone()
                },
                Source::Attachment(index) => {
                    of_attachment(index, file, &of_mail, suggested, choice)
                }
            })
            .collect(),
    };
    // One act, one deadline, wherever the mail names it.
    if let Some(first) = documents.first_mut() {
        first.deadline = choice.deadline.unwrap_or(suggested.deadline);
    }
    Ok(Plan { documents })
}

/// A document of its own: what was chosen for it, for all, or is suggested for it, in this order.
fn of_attachment(
    index: usize,
    file: PlannedFile,
    of_mail: &PlannedDocument,
    suggested: &Suggested,
    choice: &Choice,
) -> PlannedDocument {
    let chosen = choice
        .attachments
        .iter()
        .flatten()
        .find(|chosen| chosen.index == index);
    let proposed = suggested.files.get(index);
    PlannedDocument {
        title: file_name::split_extension(&file.name).0.to_owned(),
        document_type: chosen
            .and_then(|chosen| chosen.document_type)
            .or(proposed.and_then(|file| file.document_type)),
        document_date: chosen
            .and_then(|chosen| chosen.document_date)
            .or(choice.document_date)
            .or(proposed.map(|file| file.document_date))
            .unwrap_or(of_mail.document_date),
        direction: of_mail.direction,
        parties: of_mail.parties.clone(),
        deadline: None,
        files: vec![file],
    }
}

fn title(suggested: &Suggested, choice: &Choice) -> Result<String, PlanError> {
    checked_title(choice.title.as_deref().unwrap_or(&suggested.title))
}

/// A title on one line, as a person wrote it or as it was suggested.
pub(super) fn checked_title(title: &str) -> Result<String, PlanError> {
    let title = title.trim();
    if title.is_empty() {
        return Err(PlanError::TitleEmpty);
    }
    if title.chars().count() > MAX_TITLE_CHARS {
        return Err(PlanError::TitleTooLong);
    }
    Ok(title
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect())
}

/// The chosen attachments with their names, in the order they were chosen.
fn attachments(
    mail: &Mail,
    suggested: &Suggested,
    choice: &Choice,
) -> Result<Vec<(usize, String)>, PlanError> {
    let suggested_name = |index: usize| {
        suggested
            .files
            .get(index)
            .map_or(&mail.attachments[index].name, |file| &file.name)
            .clone()
    };
    let Some(chosen) = &choice.attachments else {
        return Ok((0..mail.attachments.len())
            .filter(|index| !mail.attachments[*index].inline)
            .map(|index| (index, suggested_name(index)))
            .collect());
    };
    let mut files: Vec<(usize, String)> = Vec::with_capacity(chosen.len());
    for (position, attachment) in chosen.iter().enumerate() {
        let index = attachment.index;
        if index >= mail.attachments.len() {
            return Err(PlanError::NoSuchAttachment { position, index });
        }
        if files.iter().any(|(other, _)| *other == index) {
            return Err(PlanError::ChosenTwice { position, index });
        }
        let name = match &attachment.name {
            Some(name) => checked_name(name, position)?,
            None => suggested_name(index),
        };
        files.push((index, name));
    }
    Ok(files)
}

/// A name that a person wrote is taken as it is or refused; it is never changed behind their back.
fn checked_name(name: &str, position: usize) -> Result<String, PlanError> {
    let name = name.trim();
    if name.is_empty() || name.chars().all(|c| c == '.') {
        return Err(PlanError::NameEmpty { position });
    }
    if name.len() > MAX_NAME_BYTES {
        return Err(PlanError::NameTooLong { position });
    }
    if name.chars().any(is_illegal) {
        return Err(PlanError::NameIllegal { position });
    }
    Ok(name.to_owned())
}

/// What Windows and POSIX refuse in names, and what makes a name look like another (bidirectional overrides).
fn is_illegal(c: char) -> bool {
    c.is_control()
        || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}')
}

/// Files of one act never share a name: the second `kort.pdf` becomes `kort (2).pdf`.
fn number_duplicates(files: &mut [PlannedFile]) {
    let names = file_name::clean_all(files.iter().map(|file| file.name.as_str()));
    for (file, name) in files.iter_mut().zip(names) {
        file.name = name;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mail::Attachment;

    fn attachment(name: &str, inline: bool) -> Attachment {
        Attachment {
            name: name.to_owned(),
            media_type: "application/pdf".to_owned(),
            size: 3,
            sha256: None,
            inline,
            ..Attachment::default()
        }
    }

    fn mail(attachments: Vec<Attachment>) -> (Mail, Suggested) {
        let suggested = Suggested {
            title: "Klage over støj".to_owned(),
            document_type: Some(DocumentType::Complaint),
            files: attachments
                .iter()
                .map(|attachment| SuggestedFile {
                    name: attachment.name.clone(),
                    document_type: Some(DocumentType::Map),
                    document_date: NaiveDate::from_ymd_opt(2026, 2, 20).unwrap(),
                })
                .collect(),
            direction: Direction::Incoming,
            document_date: NaiveDate::from_ymd_opt(2026, 3, 2).unwrap(),
            parties: Vec::new(),
            deadline: None,
        };
        (
            Mail {
                attachments,
                ..Mail::default()
            },
            suggested,
        )
    }

    fn names(plan: &Plan) -> Vec<&str> {
        plan.documents
            .iter()
            .flat_map(|d| d.files.iter().map(|f| f.name.as_str()))
            .collect()
    }

    #[test]
    fn one_click_files_the_mail_and_every_attachment_but_pictures_of_the_text() {
        let (mail, suggested) = mail(vec![
            attachment("kort.pdf", false),
            attachment("logo.png", true),
        ]);
        let plan = plan(&mail, &suggested, &Choice::default()).unwrap();
        assert_eq!(names(&plan), ["Klage over støj.eml", "kort.pdf"]);
        assert_eq!(plan.documents.len(), 1);
    }

    #[test]
    fn separate_documents_are_named_after_their_files() {
        let (mail, suggested) = mail(vec![attachment("kort.pdf", false)]);
        let choice = Choice {
            arrangement: Arrangement::Separate,
            ..Choice::default()
        };
        let plan = plan(&mail, &suggested, &choice).unwrap();
        let titles: Vec<&str> = plan.documents.iter().map(|d| d.title.as_str()).collect();
        assert_eq!(titles, ["Klage over støj", "kort"]);
    }

    #[test]
    fn a_document_of_its_own_has_its_own_type_and_date() {
        let (mail, suggested) = mail(vec![
            attachment("kort.pdf", false),
            attachment("rapport.pdf", false),
        ]);
        let told = |choice: &Choice| -> Vec<(Option<DocumentType>, String)> {
            let plan = plan(&mail, &suggested, choice).unwrap();
            let told = |d: PlannedDocument| (d.document_type, d.document_date.to_string());
            plan.documents.into_iter().map(told).collect()
        };
        let separate = Choice {
            arrangement: Arrangement::Separate,
            ..Choice::default()
        };
        let day = |day: &str| day.to_owned();
        let map = (Some(DocumentType::Map), day("2026-02-20"));
        let complaint = (Some(DocumentType::Complaint), day("2026-03-02"));
        assert_eq!(
            told(&separate),
            [complaint.clone(), map.clone(), map.clone()]
        );
        assert_eq!(told(&Choice::default()), [complaint]);
        let chosen = Choice {
            document_type: Some(DocumentType::Letter),
            attachments: Some(vec![
                ChosenAttachment {
                    document_type: Some(DocumentType::Drawing),
                    document_date: NaiveDate::from_ymd_opt(2026, 1, 1),
                    ..ChosenAttachment::default()
                },
                ChosenAttachment {
                    index: 1,
                    ..ChosenAttachment::default()
                },
            ]),
            ..separate
        };
        assert_eq!(
            told(&chosen),
            [
                (Some(DocumentType::Letter), day("2026-03-02")),
                (Some(DocumentType::Drawing), day("2026-01-01")),
                map,
            ]
        );
    }

    #[test]
    fn a_choice_without_a_type_is_written_as_it_always_was() {
        let written = serde_json::to_string(&Choice {
            attachments: Some(vec![ChosenAttachment::default()]),
            ..Choice::default()
        });
        assert_eq!(
            written.unwrap(),
            r#"{"title":null,"document_date":null,"direction":null,"include_mail":true,"attachments":[{"index":0,"name":null}],"arrangement":"together"}"#
        );
    }

    #[test]
    fn attachments_of_the_same_name_are_numbered_never_dropped() {
        let (mail, suggested) = mail(vec![
            attachment("scan.pdf", false),
            attachment("Scan.pdf", false),
        ]);
        let plan = plan(&mail, &suggested, &Choice::default()).unwrap();
        assert_eq!(
            names(&plan),
            ["Klage over støj.eml", "scan.pdf", "Scan (2).pdf"]
        );
    }

    #[test]
    fn choosing_neither_mail_nor_attachment_is_refused() {
        let (mail, suggested) = mail(vec![attachment("kort.pdf", false)]);
        let choice = Choice {
            include_mail: false,
            attachments: Some(vec![]),
            ..Choice::default()
        };
        assert_eq!(
            plan(&mail, &suggested, &choice),
            Err(PlanError::NothingChosen)
        );
    }

    #[test]
    fn names_that_cannot_be_are_refused_with_their_place() {
        let (mail, suggested) = mail(vec![attachment("kort.pdf", false)]);
        let with = |name: &str| Choice {
            attachments: Some(vec![ChosenAttachment {
                index: 0,
                name: Some(name.to_owned()),
                ..ChosenAttachment::default()
            }]),
            ..Choice::default()
        };
        for (name, error) in [
            ("  ", PlanError::NameEmpty { position: 0 }),
            ("..", PlanError::NameEmpty { position: 0 }),
            ("../etc/passwd", PlanError::NameIllegal { position: 0 }),
            ("kort\0.pdf", PlanError::NameIllegal { position: 0 }),
            ("fdp.\u{202E}exe", PlanError::NameIllegal { position: 0 }),
            (&"æ".repeat(101), PlanError::NameTooLong { position: 0 }),
        ] {
            let refused = plan(&mail, &suggested, &with(name)).unwrap_err();
            assert_eq!(refused, error, "{name:?}");
            assert_eq!(refused.field(), "attachments[0].name");
        }
    }

    #[test]
    fn an_attachment_that_is_not_there_is_refused() {
        let (mail, suggested) = mail(vec![]);
        let choice = Choice {
            attachments: Some(vec![ChosenAttachment {
                index: 0,
                ..ChosenAttachment::default()
            }]),
            ..Choice::default()
        };
        assert_eq!(
            plan(&mail, &suggested, &choice),
            Err(PlanError::NoSuchAttachment {
                position: 0,
                index: 0
            })
        );
    }

    #[test]
    fn a_mail_with_a_hostile_title_gets_a_safe_file_name() {
        let (mail, suggested) = mail(vec![]);
        let choice = Choice {
            title: Some("../a\\b:c".to_owned()),
            ..Choice::default()
        };
        let plan = plan(&mail, &suggested, &choice).unwrap();
        assert!(
            !names(&plan)[0].contains(['/', '\\', ':']),
            "{:?}",
            names(&plan)
        );
    }
}
