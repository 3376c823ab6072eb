//! What a mail is called on a case: title, file names, direction, document date.
//!
//! Proposals only, always usable as they are: names are clean, no two are alike, and none holds a CPR number.

use super::signals::Organisation;
use crate::domain::case::Direction;
use crate::domain::mail::{Attachment, Mail};
use crate::domain::{cpr, file_name, media_type, title, working_days};
use crate::store::AttachmentText;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::Serialize;

const MAX_SENDER_CHARS: usize = 40;
const MAX_TITLE_CHARS: usize = 80;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Description {
    pub title: String,
    pub direction: Direction,
    pub document_date: NaiveDate,
    /// One for each of the mail's attachments, in their order.
    pub attachments: Vec<NamedAttachment>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NamedAttachment {
    /// Place among the mail's attachments.
    pub index: usize,
    pub name: String,
    /// The given name said nothing, so this one was made.
    pub renamed: bool,
    /// Pictures shown within the text are not proposed for filing.
    pub proposed: bool,
}

/// `received` is when the mailbox got the mail; it stands in for a date that is missing or cannot be.
pub fn describe(
    mail: &Mail,
    read: &[AttachmentText],
    organisation: &Organisation,
    received: DateTime<Utc>,
) -> Description {
    let document_date = document_date(mail, received);
    let sender = sender(mail);
    Description {
        title: title::suggest(&mail.subject, sender.as_deref(), Some(document_date)),
        direction: organisation.domains.direction(mail),
        document_date,
        attachments: name_attachments(mail, read, sender.as_deref(), document_date),
    }
}

/// The Danish day the mail says it was written, unless that lies after its receipt or long before.
fn document_date(mail: &Mail, received: DateTime<Utc>) -> NaiveDate {
    let believable = mail.date.filter(|date| {
        *date <= received + Duration::days(1) && *date >= received - Duration::days(365 * 30)
    });
    working_days::danish_day(believable.unwrap_or(received))
}

fn sender(mail: &Mail) -> Option<String> {
    let from = mail.from.first()?;
    let name = from
        .name
        .as_deref()
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let local_part = from
        .address
        .split('@')
        .next()
        .filter(|part| !part.is_empty());
    let shown: String = title::without_cpr(name.or(local_part)?)
        .chars()
        .take(MAX_SENDER_CHARS)
        .collect();
    Some(shown.trim().to_owned()).filter(|shown| !shown.is_empty())
}

fn name_attachments(
    mail: &Mail,
    read: &[AttachmentText],
    sender: Option<&str>,
    date: NaiveDate,
) -> Vec<NamedAttachment> {
    let said = title::without_cpr(&title::base_subject(&mail.subject));
    let said = title::says_something(&said).then_some(said);
    let named: Vec<(String, bool)> = mail
        .attachments
        .iter()
        .enumerate()
        .map(|(index, attachment)| {
            let given = file_name::clean(&attachment.name);
            let (stem, extension) = file_name::split_extension(&given);
            let extension = if extension.is_empty() {
                media_type::extension(&attachment.media_type).unwrap_or_default()
            } else {
                extension
            };
            let shown = cpr::replace(stem, |_| String::new());
            let renamed = is_meaningless(&shown);
            let stem = if renamed {
                read.iter()
                    .find(|read| read.position == index)
                    .and_then(own_name)
                    .unwrap_or_else(|| made_name(said.as_deref(), attachment, sender, date))
            } else {
                shown
            };
            let dot = if extension.is_empty() { "" } else { "." };
            (
                format!("{}{dot}{extension}", stem.replace(['/', '\\'], "-").trim()),
                renamed,
            )
        })
        .collect();
    let distinct = file_name::clean_all(named.iter().map(|n| n.0.as_str()));
    distinct
        .into_iter()
        .zip(named)
        .zip(&mail.attachments)
        .enumerate()
        .map(
            |(index, ((name, (_, renamed)), attachment))| NamedAttachment {
                index,
                name,
                renamed,
                proposed: !attachment.inline,
            },
        )
        .collect()
}

/// What the document calls itself, when that says something.
fn own_name(read: &AttachmentText) -> Option<String> {
    [&read.title, &read.heading]
        .into_iter()
        .flatten()
        .map(|given| title::without_cpr(given))
        .find(|name| name.split_whitespace().count() >= 2 && title::says_something(name))
        .map(|name| name.chars().take(MAX_TITLE_CHARS).collect())
}

/// `Ansøgning om carport – Ole Hansen 2024-05-03`.
fn made_name(
    said: Option<&str>,
    attachment: &Attachment,
    sender: Option<&str>,
    date: NaiveDate,
) -> String {
    let what: String = said
        .unwrap_or_else(|| kind_of(&attachment.media_type))
        .chars()
        .take(MAX_TITLE_CHARS)
        .collect();
    let who = sender
        .map(|sender| format!("{sender} "))
        .unwrap_or_default();
    format!("{} – {who}{date}", what.trim())
}

/// `scan001`, `IMG_1234`, `Dokument (2)`, a UUID: made by a machine, not by a person.
fn is_meaningless(stem: &str) -> bool {
    const WORDS: [&str; 62] = [
        "scan",
        "scanned",
        "scanning",
        "scannet",
        "skan",
        "skanning",
        "skannet",
        "img",
        "image",
        "images",
        "billede",
        "picture",
        "pic",
        "photo",
        "foto",
        "dsc",
        "dscn",
        "pxl",
        "vid",
        "video",
        "whatsapp",
        "screenshot",
        "skærmbillede",
        "document",
        "doc",
        "dokument",
        "dokumenter",
        "docs",
        "docx",
        "pdf",
        "fil",
        "file",
        "untitled",
        "unavngivet",
        "navnløs",
        "attachment",
        "att",
        "vedhæftet",
        "vedhæftning",
        "bilag",
        "noname",
        "unknown",
        "ukendt",
        "kopi",
        "copy",
        "af",
        "of",
        "ny",
        "new",
        "skm",
        "print",
        "fax",
        "mail",
        "message",
        "besked",
        "part",
        "temp",
        "tmp",
        "download",
        "output",
        "adobe",
        "epson",
    ];
    let compact: String = stem.chars().filter(|c| c.is_alphanumeric()).collect();
    if compact.len() >= 8 && compact.bytes().all(|b| b.is_ascii_hexdigit()) {
        return true;
    }
    let lower = stem.to_lowercase();
    lower
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| word.chars().nth(1).is_some())
        .all(|word| WORDS.contains(&word))
}

fn kind_of(media_type: &str) -> &'static str {
    match media_type {
        "message/rfc822" => "Mail",
        "text/calendar" => "Kalenderaftale",
        "application/zip" | "application/x-zip-compressed" => "Arkiv",
        t if t.starts_with("image/") => "Billede",
        t if t.starts_with("audio/") => "Lydfil",
        t if t.starts_with("video/") => "Video",
        t if t.contains("spreadsheet") || t.contains("excel") || t == "text/csv" => "Regneark",
        t if t.contains("presentation") || t.contains("powerpoint") => "Præsentation",
        _ => "Dokument",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::direction::OwnDomains;
    use crate::domain::mail::Address;

    fn attachment(name: &str, media_type: &str) -> Attachment {
        Attachment {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            size: 1,
            sha256: None,
            inline: false,
            ..Attachment::default()
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time in a test")
    }

    fn mail(subject: &str, attachments: Vec<Attachment>) -> Mail {
        Mail {
            subject: subject.to_owned(),
            date: Some(at("2024-05-03T21:30:00Z")),
            from: vec![Address {
                name: Some("Ole Hansen".to_owned()),
                address: "ole@borger.example".to_owned(),
            }],
            to: vec![Address {
                name: None,
                address: "post@byen.dk".to_owned(),
            }],
            attachments,
            ..Mail::default()
        }
    }

    fn described(mail: &Mail) -> Description {
        let organisation = Organisation {
            domains: OwnDomains::from(vec!["byen.dk".to_owned()]),
            ..Organisation::default()
        };
        describe(mail, &[], &organisation, at("2024-05-03T22:30:00Z"))
    }

    #[test]
    fn a_mail_is_described_ready_to_file() {
        let described = described(&mail("SV: Ansøgning om carport", Vec::new()));
        assert_eq!(described.title, "Ansøgning om carport");
        assert_eq!(described.direction, Direction::Incoming);
        assert_eq!(described.document_date.to_string(), "2024-05-03");
    }

    #[test]
    fn a_date_that_cannot_be_gives_way_to_the_day_of_receipt() {
        for wrong in ["2034-01-01T00:00:00Z", "1970-01-01T00:00:00Z"] {
            let mail = Mail {
                date: Some(at(wrong)),
                ..mail("Sag", Vec::new())
            };
            assert_eq!(described(&mail).document_date.to_string(), "2024-05-04");
        }
    }

    #[test]
    fn meaningless_names_are_made_and_meaningful_ones_kept() {
        let names = |subject: &str, names: &[(&str, &str)]| {
            let attachments = names.iter().map(|(n, t)| attachment(n, t)).collect();
            described(&mail(subject, attachments))
                .attachments
                .into_iter()
                .map(|a| a.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names(
                "SV: Ansøgning om carport",
                &[
                    ("scan001.pdf", "application/pdf"),
                    ("IMG_1234.JPG", "image/jpeg"),
                    ("Scan_20240503 (2).pdf", "application/pdf"),
                    ("Situationsplan.pdf", "application/pdf"),
                    ("Nabohøring 24/1234.docx", "application/msword"),
                ]
            ),
            [
                "Ansøgning om carport – Ole Hansen 2024-05-03.pdf",
                "Ansøgning om carport – Ole Hansen 2024-05-03.JPG",
                "Ansøgning om carport – Ole Hansen 2024-05-03 (2).pdf",
                "Situationsplan.pdf",
                "Nabohøring 24-1234.docx",
            ]
        );
        assert_eq!(
            names(
                "Hej",
                &[
                    ("image.jpg", "image/jpeg"),
                    ("document", "application/pdf"),
                    ("a1b2c3d4-e5f6.bin", "x/y")
                ]
            ),
            [
                "Billede – Ole Hansen 2024-05-03.jpg",
                "Dokument – Ole Hansen 2024-05-03.pdf",
                "Dokument – Ole Hansen 2024-05-03.bin",
            ]
        );
    }

    #[test]
    fn no_proposed_name_holds_a_cpr_number() {
        let described = described(&mail(
            "Sag 070761-4285",
            vec![
                attachment("Ansøgning 070761-4285.pdf", "application/pdf"),
                attachment("0707614285.pdf", "application/pdf"),
            ],
        ));
        let kept = serde_json::to_string(&described).expect("json");
        assert!(!kept.contains("070761"), "{kept}");
        assert_eq!(described.attachments[0].name, "Ansøgning.pdf");
    }

    #[test]
    fn pictures_within_the_text_are_not_proposed() {
        let mut logo = attachment("logo.png", "image/png");
        logo.inline = true;
        let described = described(&mail(
            "Sag",
            vec![logo, attachment("Kort.pdf", "application/pdf")],
        ));
        assert_eq!(
            described
                .attachments
                .iter()
                .map(|a| a.proposed)
                .collect::<Vec<_>>(),
            [false, true]
        );
    }

    #[test]
    fn a_file_without_a_name_is_called_what_it_calls_itself() {
        let mail = Mail {
            subject: "Hermed".to_owned(),
            attachments: ["scan001.pdf", "Kort.pdf", "scan002.pdf"]
                .map(|name| Attachment {
                    name: name.to_owned(),
                    media_type: "application/pdf".to_owned(),
                    size: 1,
                    ..Attachment::default()
                })
                .to_vec(),
            ..Mail::default()
        };
        let read = |position, title: Option<&str>, heading: &str| AttachmentText {
            position,
            format: "pdf".to_owned(),
            text: String::new(),
            title: title.map(str::to_owned),
            heading: Some(heading.to_owned()),
            language: None,
            notes: Vec::new(),
        };
        let known = [
            read(0, Some("Brev"), "Afgørelse om hegn for 070761-4285"),
            read(1, Some("Kort over området"), ""),
        ];
        let organisation = Organisation::default();
        let described = describe(&mail, &known, &organisation, DateTime::<Utc>::default());
        let names: Vec<_> = described
            .attachments
            .iter()
            .map(|a| a.name.as_str())
            .collect();
        assert_eq!(names[..2], ["Afgørelse om hegn for.pdf", "Kort.pdf"]);
        assert!(
            names[2].starts_with("Hermed") || names[2].starts_with("Dokument"),
            "{names:?}"
        );
    }
}
