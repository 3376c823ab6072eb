//! MeMo, the format of messages of Danish Digital Post (namespace `https://DigitalPost.dk/MeMo-1`, versions 1.0 to 1.2).
//!
//! Who wrote to whom, about which case and subject, and the documents that lie within. A document type is refused and no
//! entity but XML's own is expanded; depth, elements, documents and values are bounded. A CPR number is never part of
//! the text, whose Danish words stand at the top.

use std::borrow::Cow;

use base64::Engine;
use chrono::{DateTime, NaiveDate, Utc};
use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};

use super::{charset, inner_file::InnerFile, warning};
use crate::domain::{cpr::Cpr, cvr::Cvr, kle, mail::Warning};

const MESSAGE: &str = "Digital Post";
const SMS: &str = "NemSMS";
const FROM: &str = "Fra";
const TO: &str = "Til";
const ATTENTION: &str = "Att.";
const CASE: &str = "Sag";
const SUBJECT: &str = "Emne (KLE)";
const TASK: &str = "Opgave (FORM)";
const ABOUT: &str = "Vedrører";
const RESPONSIBLE: &str = "Ansvarlig";
const PROPERTY: &str = "Ejendom";
const CONTACT_POINT: &str = "Kontaktpunkt";
const REPLY_BY: &str = "Svar senest";
const FORWARDED_FROM: &str = "Videresendt fra";
const COMMENT: &str = "Bemærkning";
const ACTION: &str = "Handling";

const NAMESPACE: &str = "https://digitalpost.dk/memo-1";
/// Digital Post takes no message of more than 100 MB; written as base64 it is a third longer.
const MAX_BYTES: usize = 160 * 1024 * 1024;
/// The format goes nine deep.
const MAX_DEPTH: usize = 32;
const MAX_ELEMENTS: usize = 100_000;
const MAX_FILES: usize = 1_000;
const MAX_LIST: usize = 100;
const MAX_ATTRIBUTES: usize = 100;
const MAX_VALUE_BYTES: usize = 2_000;

#[derive(Debug, Default)]
pub(super) struct Memo {
    pub version: Option<String>,
    pub kind: MemoKind,
    /// What the message is called: its subject.
    pub label: String,
    /// Names the message everywhere (messageUUID).
    pub uuid: Option<String>,
    /// The sender's own name of it (messageID).
    pub message_id: Option<String>,
    pub message_code: Option<String>,
    pub post_type: Option<String>,
    /// The text of an SMS or of the notice about the message.
    pub notification: Option<String>,
    pub mandatory: bool,
    /// Service of legal effect (forkyndelse).
    pub legal_notification: bool,
    pub created: Option<DateTime<Utc>>,
    pub reply_by: Option<DateTime<Utc>>,
    pub not_before: Option<NaiveDate>,
    pub sender: Party,
    pub recipient: Party,
    pub case_id: Option<String>,
    pub case_system: Option<String>,
    pub kle: Option<(kle::KleNumber, Option<kle::Facet>)>,
    pub kle_label: Option<String>,
    pub form: Form,
    /// Whom the message is about.
    pub person: Option<Cpr>,
    pub person_name: Option<String>,
    pub company: Option<Cvr>,
    pub company_name: Option<String>,
    pub property_number: Option<String>,
    pub address: Option<String>,
    /// Name and value (AdditionalContentData).
    pub more: Vec<(String, String)>,
    /// The messages that this one answers, the latest as it was written.
    pub answers: Vec<Answered>,
    pub forwarded: Forwarded,
    pub documents: Vec<Document>,
    pub actions: Vec<Action>,
    /// Danish; of the message itself, not of its documents.
    pub text: String,
    /// `memo_cut`, `memo_damaged`, `memo_file_damaged`.
    pub warnings: Vec<Warning>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum MemoKind {
    #[default]
    DigitalPost,
    NemSms,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Party {
    pub label: Option<String>,
    pub id: Option<PartyId>,
    /// Who it is for or from within the party.
    pub attention: Option<String>,
    pub content_responsible: Option<String>,
    pub mail: Option<String>,
    pub phone: Option<String>,
    pub contact_point: Option<String>,
    pub contact_point_id: Option<String>,
    /// On whose behalf it was sent, since 1.2.
    pub representative: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PartyId {
    Cpr(Cpr),
    Cvr(Cvr),
    /// Its type and what it is; never something that was called a CPR number.
    Other(String, String),
}

/// FORM, the state's counterpart of KLE.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    pub task: Option<String>,
    pub facet: Option<String>,
    pub label: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answered {
    pub uuid: Option<String>,
    pub message_id: Option<String>,
    pub case_id: Option<String>,
    pub comment: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Forwarded {
    pub uuid: Option<String>,
    pub from: Option<String>,
    pub sent: Option<DateTime<Utc>>,
    pub comment: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum DocumentRole {
    /// The letter.
    #[default]
    Main,
    Additional,
    /// For machines.
    Technical,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    pub role: DocumentRole,
    pub id: Option<String>,
    pub label: Option<String>,
    /// The same document in several formats.
    pub files: Vec<InnerFile>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Action {
    pub label: Option<String>,
    pub code: Option<String>,
    pub url: Option<String>,
}

/// `None` when it is no MeMo message, or one with a document type.
pub(super) fn read(bytes: &[u8]) -> Option<Memo> {
    let head = bytes.get(..MAX_BYTES).unwrap_or(bytes);
    let xml = std::str::from_utf8(head)
        .map_or_else(|_| Cow::Owned(charset::guessed(head)), Cow::Borrowed);
    let mut walk = Walk::default();
    let end = walk.all(xml.trim_start_matches('\u{feff}'));
    if !walk.found || matches!(end, End::Refused) {
        return None;
    }
    let mut memo = walk.memo;
    memo.text = text(&memo);
    for (found, code, detail) in [
        (
            walk.cut || bytes.len() > MAX_BYTES,
            "memo_cut",
            "the Digital Post message holds more than was read; it is kept whole",
        ),
        (
            matches!(end, End::Damaged),
            "memo_damaged",
            "the Digital Post message is damaged; it was read as far as it goes",
        ),
        (
            walk.file_damaged,
            "memo_file_damaged",
            "a document within the Digital Post message could not be read",
        ),
    ] {
        if found {
            memo.warnings.push(warning(code, detail));
        }
    }
    Some(memo)
}

enum End {
    Reached,
    Damaged,
    Refused,
}

#[derive(Default)]
struct Walk {
    memo: Memo,
    /// Elements that are open, from the message's own on.
    path: Vec<String>,
    /// What the innermost element says.
    value: String,
    /// Prefixes that stand for MeMo's namespace; an empty one where none is needed.
    prefixes: Vec<String>,
    /// Types of the parties' ids: they stand behind the ids.
    ids: [(String, String); 2],
    file: FileFields,
    found: bool,
    cut: bool,
    file_damaged: bool,
    files: usize,
    /// Open elements that lie too deep to be read.
    beyond: usize,
}

#[derive(Default)]
struct FileFields {
    name: String,
    media_type: String,
    content: String,
}

impl Walk {
    fn all(&mut self, xml: &str) -> End {
        let mut reader = Reader::from_str(xml);
        let mut elements = 0;
        while elements < MAX_ELEMENTS {
            let Ok(event) = reader.read_event() else {
                return End::Damaged;
            };
            elements += usize::from(matches!(event, Event::Start(_) | Event::Empty(_)));
            match event {
                Event::Start(start) => self.start(&start),
                Event::Empty(start) => {
                    self.start(&start);
                    self.end();
                }
                Event::End(_) => {
                    self.end();
                    if self.found && self.path.is_empty() {
                        return End::Reached;
                    }
                }
                Event::Text(text) => self.say(&String::from_utf8_lossy(&text)),
                Event::CData(text) => self.say(&String::from_utf8_lossy(&text)),
                Event::GeneralRef(entity) => self.say(&own_entity(&entity)),
                Event::DocType(_) => return End::Refused,
                Event::Eof if self.path.is_empty() => return End::Reached,
                Event::Eof => return End::Damaged,
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => (),
            }
        }
        self.cut = true;
        End::Reached
    }

    fn start(&mut self, start: &BytesStart<'_>) {
        let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
        if self.path.is_empty() {
            if self.found {
                return;
            }
            self.declared(start);
            let prefix = start.name().prefix();
            let prefix = prefix.map_or_else(String::new, |prefix| {
                String::from_utf8_lossy(prefix.as_ref()).into_owned()
            });
            if name != "Message" || !self.prefixes.contains(&prefix) {
                return;
            }
            self.found = true;
        }
        if self.path.len() >= MAX_DEPTH {
            self.beyond += 1;
            self.cut = true;
            return;
        }
        self.value.clear();
        self.path.push(name);
        self.opened();
    }

    /// Reads what an element around the message, or its own, says of namespaces.
    ///
    /// The parser's own resolver is not used: it looks at all that were declared for each element.
    fn declared(&mut self, start: &BytesStart<'_>) {
        for attribute in start
            .attributes()
            .with_checks(false)
            .take(MAX_ATTRIBUTES)
            .flatten()
        {
            let key = String::from_utf8_lossy(attribute.key.as_ref());
            let value = String::from_utf8_lossy(&attribute.value);
            let is_memo = value.trim_end_matches('/').eq_ignore_ascii_case(NAMESPACE);
            match key.split_once(':') {
                None if key == "memoVersion" => self.memo.version = filled(&value),
                _ if !is_memo || self.prefixes.len() >= MAX_LIST => (),
                None if key == "xmlns" => self.prefixes.push(String::new()),
                Some(("xmlns", prefix)) => self.prefixes.push(prefix.to_owned()),
                _ => (),
            }
        }
    }

    /// Makes room for what may stand there more than once.
    fn opened(&mut self) {
        let Some(name) = self.path.last() else {
            return;
        };
        let role = match name.as_str() {
            "MainDocument" => Some(DocumentRole::Main),
            "AdditionalDocument" => Some(DocumentRole::Additional),
            "TechnicalDocument" => Some(DocumentRole::Technical),
            _ => None,
        };
        let memo = &mut self.memo;
        if let Some(role) = role {
            if memo.documents.len() < MAX_FILES {
                memo.documents.push(Document {
                    role,
                    ..Document::default()
                });
            } else {
                self.cut = true;
            }
        }
        let full = match name.as_str() {
            "ReplyData" => push_default(&mut memo.answers),
            "Action" => push_default(&mut memo.actions),
            "AdditionalContentData" => push_default(&mut memo.more),
            "File" => {
                self.file = FileFields::default();
                false
            }
            _ => false,
        };
        self.cut |= full;
    }

    fn say(&mut self, text: &str) {
        if self.path.is_empty() || self.beyond > 0 {
            return;
        }
        let is_content = self.path.last().is_some_and(|name| name == "content");
        if is_content || self.value.len() < MAX_VALUE_BYTES {
            self.value.push_str(text);
        }
    }

    fn end(&mut self) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        if self.path.is_empty() {
            return;
        }
        let value = std::mem::take(&mut self.value);
        self.closed(value);
        self.path.pop();
    }

    fn closed(&mut self, value: String) {
        let names: Vec<&str> = self.path.iter().skip(1).map(String::as_str).collect();
        match names[..] {
            ["MessageHeader", "Sender", ref rest @ ..] => {
                party(&mut self.memo.sender, &mut self.ids[0], rest, &value);
            }
            ["MessageHeader", "Recipient", ref rest @ ..] => {
                party(&mut self.memo.recipient, &mut self.ids[1], rest, &value);
            }
            ["MessageHeader", ref rest @ ..] => header(&mut self.memo, rest, &value),
            ["MessageBody", "createdDateTime"] => self.memo.created = moment(&value),
            ["MessageBody", _, "File", field] => match field {
                "encodingFormat" => self.file.media_type = clipped(&value).to_lowercase(),
                "filename" => self.file.name = clipped(&value),
                "content" => self.file.content = value,
                _ => (),
            },
            ["MessageBody", _, "File"] => self.file_ended(),
            ["MessageBody", _, "Action", ref rest @ ..] => {
                if let Some(action) = self.memo.actions.last_mut() {
                    match rest {
                        ["label"] => action.label = filled(&value),
                        ["actionCode"] => action.code = filled(&value),
                        ["EntryPoint", "url"] => action.url = filled(&value),
                        _ => (),
                    }
                }
            }
            ["MessageBody", _, field] => {
                if let Some(document) = self.memo.documents.last_mut() {
                    match field {
                        "label" => document.label = filled(&value),
                        "mainDocumentID" | "additionalDocumentID" | "technicalDocumentID" => {
                            document.id = filled(&value);
                        }
                        _ => (),
                    }
                }
            }
            _ => (),
        }
    }

    fn file_ended(&mut self) {
        let file = std::mem::take(&mut self.file);
        let Some(document) = self.memo.documents.last_mut() else {
            return;
        };
        if self.files >= MAX_FILES {
            self.cut = true;
            return;
        }
        let mut content = file.content;
        content.retain(|c| !c.is_ascii_whitespace() && c != '=');
        let Ok(bytes) = base64::engine::general_purpose::STANDARD_NO_PAD.decode(content) else {
            self.file_damaged = true;
            return;
        };
        self.files += 1;
        document.files.push(InnerFile {
            name: file.name,
            media_type: if file.media_type.is_empty() {
                "application/octet-stream".to_owned()
            } else {
                file.media_type
            },
            bytes,
        });
    }
}

/// Whether there was no more room.
fn push_default<T: Default>(list: &mut Vec<T>) -> bool {
    let full = list.len() >= MAX_LIST;
    if !full {
        list.push(T::default());
    }
    full
}

fn party(party: &mut Party, id: &mut (String, String), rest: &[&str], value: &str) {
    match rest {
        ["senderID" | "recipientID"] => id.1 = clipped(value),
        ["idType"] => id.0 = clipped(value),
        ["label"] => party.label = filled(value),
        [] => party.id = party_id(&std::mem::take(id)),
        ["AttentionData", "AttentionPerson", "label"] => party.attention = filled(value),
        ["AttentionData", "ContentResponsible", "label"] => {
            party.content_responsible = filled(value);
        }
        ["AttentionData", "EMail", "emailAddress"] => party.mail = filled(value),
        ["AttentionData", "Telephone", "telephoneNumber"] => party.phone = filled(value),
        ["ContactPoint", "label"] => party.contact_point = filled(value),
        ["ContactPoint", "contactPointID"] => party.contact_point_id = filled(value),
        ["Representative", "label"] => party.representative = filled(value),
        _ => (),
    }
}

fn party_id((kind, id): &(String, String)) -> Option<PartyId> {
    match kind.to_uppercase().as_str() {
        kind if kind.contains("CPR") => Cpr::parse(id).map(PartyId::Cpr),
        "CVR" if Cvr::parse(id).is_some() => Cvr::parse(id).map(PartyId::Cvr),
        _ if id.is_empty() => None,
        _ => Some(PartyId::Other(kind.clone(), id.clone())),
    }
}

fn header(memo: &mut Memo, rest: &[&str], value: &str) {
    match rest {
        ["ContentData", rest @ ..] => content_data(memo, rest, value),
        ["ReplyData", field] => {
            if let Some(answered) = memo.answers.last_mut() {
                match *field {
                    "messageUUID" => answered.uuid = filled(value),
                    "messageID" => answered.message_id = filled(value),
                    "caseID" => answered.case_id = filled(value),
                    "comment" => answered.comment = filled(value),
                    _ => (),
                }
            }
        }
        ["ForwardData", field] => match *field {
            "messageUUID" => memo.forwarded.uuid = filled(value),
            "originalSender" => memo.forwarded.from = filled(value),
            "originalMessageDateTime" => memo.forwarded.sent = moment(value),
            "comment" => memo.forwarded.comment = filled(value),
            _ => (),
        },
        [field] => match *field {
            "messageType" if value.trim().eq_ignore_ascii_case("NEMSMS") => {
                memo.kind = MemoKind::NemSms;
            }
            "label" => memo.label = clipped(value),
            "messageUUID" => memo.uuid = filled(value),
            "messageID" => memo.message_id = filled(value),
            "messageCode" => memo.message_code = filled(value),
            "postType" => memo.post_type = filled(value),
            "notification" => memo.notification = filled(value),
            "mandatory" => memo.mandatory = is_true(value),
            "legalNotification" => memo.legal_notification = is_true(value),
            "replyByDateTime" => memo.reply_by = moment(value),
            "doNotDeliverUntilDate" => {
                let day = value.trim().get(..10).unwrap_or_default();
                memo.not_before = day.parse().ok();
            }
            _ => (),
        },
        _ => (),
    }
}

fn content_data(memo: &mut Memo, rest: &[&str], value: &str) {
    match rest {
        ["CaseID", "caseID"] => memo.case_id = filled(value),
        ["CaseID", "caseSystem"] => memo.case_system = filled(value),
        ["KLEdata", "subjectKey"] => {
            let facet = memo.kle.and_then(|(_, facet)| facet);
            memo.kle = kle::parse_with_facet(value).map(|(number, own)| (number, own.or(facet)));
        }
        // By the schema it stands behind the subject.
        ["KLEdata", "activityFacet"] => {
            if let Some((_, facet)) = &mut memo.kle {
                *facet = kle::Facet::parse(value).or(*facet);
            }
        }
        ["KLEdata", "label"] => memo.kle_label = filled(value),
        ["FORMdata", "taskKey"] => memo.form.task = filled(value),
        ["FORMdata", "activityFacet"] => memo.form.facet = filled(value),
        ["FORMdata", "label"] => memo.form.label = filled(value),
        ["CPRdata", "cprNumber"] => memo.person = Cpr::parse(value),
        ["CPRdata", "name"] => memo.person_name = filled(value),
        ["CVRdata", "cvrNumber"] => memo.company = Cvr::parse(value),
        ["CVRdata", "companyName"] => memo.company_name = filled(value),
        ["PropertyNumber", "propertyNumber"] => memo.property_number = filled(value),
        ["Address", "addressLabel"] | ["UnstructuredAddress", "unstructured"] => {
            memo.address = filled(value);
        }
        ["AdditionalContentData", "contentDataName"] => {
            if let Some((name, _)) = memo.more.last_mut() {
                *name = clipped(value);
            }
        }
        ["AdditionalContentData", "contentDataValue"] => {
            if let Some((_, given)) = memo.more.last_mut() {
                *given = clipped(value);
            }
        }
        _ => (),
    }
}

/// `&amp;` and `&#230;`; whatever a document type would define says nothing.
fn own_entity(entity: &BytesRef<'_>) -> String {
    if let Ok(Some(c)) = entity.resolve_char_ref() {
        return c.to_string();
    }
    let name: &[u8] = entity;
    match name {
        b"amp" => "&",
        b"lt" => "<",
        b"gt" => ">",
        b"quot" => "\"",
        b"apos" => "'",
        _ => "",
    }
    .to_owned()
}

fn is_true(value: &str) -> bool {
    matches!(value.trim(), "true" | "1")
}

fn moment(value: &str) -> Option<DateTime<Utc>> {
    value.trim().parse().ok()
}

fn filled(value: &str) -> Option<String> {
    Some(clipped(value)).filter(|value| !value.is_empty())
}

fn clipped(value: &str) -> String {
    let value = value.trim();
    let kept = value.get(..value.floor_char_boundary(MAX_VALUE_BYTES));
    kept.unwrap_or_default().to_owned()
}

fn text(memo: &Memo) -> String {
    let kind = match memo.kind {
        MemoKind::DigitalPost => MESSAGE,
        MemoKind::NemSms => SMS,
    };
    let mut lines = vec![format!("{kind}: {}", memo.label)];
    let mut line = |label: &str, value: Option<String>| {
        lines.extend(value.map(|value| format!("{label}: {value}")));
    };
    for (label, party) in [(FROM, &memo.sender), (TO, &memo.recipient)] {
        line(label, shown(party));
        line(ATTENTION, party.attention.clone());
        line(CONTACT_POINT, party.contact_point.clone());
        line(RESPONSIBLE, party.content_responsible.clone());
    }
    line(CASE, memo.case_id.clone());
    let kle = memo.kle.map(|(number, facet)| match facet {
        Some(facet) => format!("{number}-{facet}"),
        None => number.to_string(),
    });
    line(SUBJECT, with_label(kle, memo.kle_label.clone()));
    line(
        TASK,
        with_label(memo.form.task.clone(), memo.form.label.clone()),
    );
    line(
        ABOUT,
        with_label(
            memo.person_name.clone(),
            memo.person.map(|cpr| cpr.masked()),
        ),
    );
    line(
        ABOUT,
        with_label(
            memo.company_name.clone(),
            memo.company.map(|cvr| format!("CVR {cvr}")),
        ),
    );
    line(
        PROPERTY,
        with_label(memo.address.clone(), memo.property_number.clone()),
    );
    for (name, value) in memo.more.iter().filter(|(name, _)| !name.is_empty()) {
        line(name, Some(value.clone()));
    }
    line(REPLY_BY, memo.reply_by.map(danish_day));
    line(FORWARDED_FROM, memo.forwarded.from.clone());
    let comments = memo.answers.iter().map(|answered| &answered.comment);
    for comment in comments.chain([&memo.forwarded.comment]) {
        line(COMMENT, comment.clone());
    }
    for action in &memo.actions {
        line(ACTION, with_label(action.label.clone(), action.url.clone()));
    }
    if let Some(notification) = &memo.notification {
        lines.push(format!("\n{notification}"));
    }
    // What the sender wrote may hold numbers too.
    crate::domain::cpr::mask(&lines.join("\n"))
}

fn shown(party: &Party) -> Option<String> {
    let id = match &party.id {
        Some(PartyId::Cpr(cpr)) => Some(cpr.masked()),
        Some(PartyId::Cvr(cvr)) => Some(format!("CVR {cvr}")),
        Some(PartyId::Other(..)) | None => None,
    };
    with_label(party.label.clone().or(party.representative.clone()), id)
}

/// `value (label)`, or the one there is.
fn with_label(value: Option<String>, label: Option<String>) -> Option<String> {
    match (value, label) {
        (Some(value), Some(label)) => Some(format!("{value} ({label})")),
        (value, label) => value.or(label),
    }
}

fn danish_day(moment: DateTime<Utc>) -> String {
    let local = moment.with_timezone(&chrono_tz::Europe::Copenhagen);
    local.format("%d-%m-%Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMO: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<memo:Message xmlns:memo="https://DigitalPost.dk/MeMo-1" xmlns:kle="http://kle-online.dk/" xmlns:grd="https://data.gov.dk/model/core/"
 memoVersion="1.1" memoSchVersion="1.1.0">
 <memo:MessageHeader>
  <memo:messageType>DIGITALPOST</memo:messageType>
  <memo:messageUUID>8c2ea15d-61fb-4ba9-9366-42f8b194c114</memo:messageUUID>
  <memo:messageID>MSG-12345</memo:messageID>
  <memo:label>H&#248;ring &amp; svar</memo:label>
  <memo:mandatory>true</memo:mandatory>
  <memo:legalNotification>false</memo:legalNotification>
  <memo:replyByDateTime>2024-05-03T22:30:00Z</memo:replyByDateTime>
  <memo:Sender>
   <memo:senderID>610199-1234</memo:senderID><memo:idType>CPR</memo:idType><memo:label>Karen Holm</memo:label>
   <memo:ContactPoint><memo:contactPointID>1</memo:contactPointID><memo:label>Byggesag</memo:label></memo:ContactPoint>
  </memo:Sender>
  <memo:Recipient>
   <memo:recipientID>10150817</memo:recipientID><memo:idType>CVR</memo:idType><memo:label>Nord Kommune</memo:label>
   <memo:AttentionData><memo:AttentionPerson><memo:label>Birthe Lund</memo:label></memo:AttentionPerson></memo:AttentionData>
  </memo:Recipient>
  <memo:ContentData>
   <grd:CPRdata><grd:cprNumber>6101991234</grd:cprNumber><grd:name>Karen Holm</grd:name></grd:CPRdata>
   <memo:CaseID><memo:caseID>2024-00123</memo:caseID><memo:caseSystem>ESDH</memo:caseSystem></memo:CaseID>
   <kle:KLEdata><kle:subjectKey>02.34.02</kle:subjectKey><kle:activityFacet>G01</kle:activityFacet><kle:label>Byggesag</kle:label></kle:KLEdata>
   <memo:AdditionalContentData><memo:contentDataName>Matrikel</memo:contentDataName><memo:contentDataValue>12ab</memo:contentDataValue></memo:AdditionalContentData>
  </memo:ContentData>
  <memo:ReplyData><memo:messageUUID>5d49d7cf-38aa-4479-a8ec-1af01b2bf6c9</memo:messageUUID><memo:caseID>2024-00123</memo:caseID></memo:ReplyData>
 </memo:MessageHeader>
 <memo:MessageBody>
  <memo:createdDateTime>2024-05-03T12:00:00Z</memo:createdDateTime>
  <memo:MainDocument><memo:mainDocumentID>456</memo:mainDocumentID><memo:label>Brev</memo:label>
   <memo:File><memo:encodingFormat>application/PDF</memo:encodingFormat><memo:filename>Høring.pdf</memo:filename>
    <memo:language>da</memo:language><memo:content>JVBE
     Rg==</memo:content></memo:File>
   <memo:Action><memo:label>Underskriv</memo:label><memo:actionCode>UNDERSKRIV</memo:actionCode>
    <memo:EntryPoint><memo:url>https://kommune.example</memo:url></memo:EntryPoint></memo:Action>
  </memo:MainDocument>
  <memo:AdditionalDocument><memo:label>Bilag</memo:label>
   <memo:File><memo:encodingFormat>text/plain</memo:encodingFormat><memo:filename>a.txt</memo:filename><memo:content>aGVq</memo:content></memo:File>
  </memo:AdditionalDocument>
  <memo:TechnicalDocument><memo:File><memo:content>*</memo:content></memo:File></memo:TechnicalDocument>
 </memo:MessageBody>
</memo:Message>"#;

    #[test]
    fn a_message_of_digital_post_tells_its_case_parties_and_documents() {
        let memo = read(MEMO.as_bytes()).unwrap();
        assert_eq!(memo.version.as_deref(), Some("1.1"));
        assert_eq!(
            memo.uuid.as_deref(),
            Some("8c2ea15d-61fb-4ba9-9366-42f8b194c114")
        );
        assert_eq!(memo.case_id.as_deref(), Some("2024-00123"));
        assert_eq!(memo.answers[0].case_id.as_deref(), Some("2024-00123"));
        assert_eq!(memo.sender.id, Cpr::parse("610199-1234").map(PartyId::Cpr));
        assert_eq!(memo.recipient.id, Cvr::parse("10150817").map(PartyId::Cvr));
        assert!(memo.mandatory && !memo.legal_notification);
        let files: Vec<_> = memo
            .documents
            .iter()
            .flat_map(|document| document.files.iter().map(move |file| (document.role, file)))
            .map(|(role, file)| {
                (
                    role,
                    file.name.as_str(),
                    file.media_type.as_str(),
                    file.bytes.as_slice(),
                )
            })
            .collect();
        assert_eq!(
            files,
            [
                (
                    DocumentRole::Main,
                    "Høring.pdf",
                    "application/pdf",
                    b"%PDF".as_slice()
                ),
                (
                    DocumentRole::Additional,
                    "a.txt",
                    "text/plain",
                    b"hej".as_slice()
                ),
            ]
        );
        assert_eq!(memo.warnings[0].code, "memo_file_damaged");
        assert_eq!(
            memo.text,
            "Digital Post: Høring & svar\nFra: Karen Holm (610199-xxxx)\nKontaktpunkt: Byggesag\n\
             Til: Nord Kommune (CVR 10150817)\nAtt.: Birthe Lund\nSag: 2024-00123\nEmne (KLE): 02.34.02-G01 (Byggesag)\n\
             Vedrører: Karen Holm (610199-xxxx)\nMatrikel: 12ab\nSvar senest: 04-05-2024\n\
             Handling: Underskriv (https://kommune.example)"
        );
    }

    #[test]
    fn a_cpr_number_is_shown_nowhere() {
        let memo = read(MEMO.replace("12ab", "610199-1234").as_bytes()).unwrap();
        assert!(!memo.text.contains("1234"), "{}", memo.text);
        let unreal = read(MEMO.replace("610199-1234", "320150-1234").as_bytes()).unwrap();
        assert_eq!(unreal.sender.id, None);
        assert!(!format!("{:?}", unreal.sender).contains("1234"));
    }

    #[test]
    fn it_is_found_within_an_envelope_and_without_a_prefix() {
        let inner = MEMO.split_once("?>").unwrap().1;
        let wrapped = format!(
            "\u{feff}<kombi_request><KombiValgKode>x</KombiValgKode>{inner}</kombi_request>"
        );
        assert!(read(wrapped.as_bytes()).is_some());
        let plain = "<Message xmlns=\"https://DigitalPost.dk/MeMo-1\"><MessageHeader><messageType>NEMSMS</messageType>\
                     <label>Tid</label><notification>Husk i morgen</notification></MessageHeader></Message>";
        assert_eq!(
            read(plain.as_bytes()).unwrap().text,
            "NemSMS: Tid\n\nHusk i morgen"
        );
        assert!(read(plain.replace("MeMo-1", "x").as_bytes()).is_none());
        assert!(read(b"<Message/>").is_none());
    }

    #[test]
    fn a_document_type_is_refused_and_damage_is_said() {
        let evil = format!(
            "<!DOCTYPE x [<!ENTITY a \"bbb\">]>{}",
            MEMO.split_once("?>").unwrap().1
        );
        assert!(read(evil.as_bytes()).is_none());
        let cut = MEMO.split_once("<memo:AdditionalDocument>").unwrap().0;
        let memo = read(cut.as_bytes()).unwrap();
        assert_eq!(memo.documents.len(), 1);
        assert_eq!(memo.warnings[0].code, "memo_damaged");
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let open = "<Message xmlns=\"https://DigitalPost.dk/MeMo-1\">";
        let deep = format!("{open}{}", "<a>".repeat(90_000));
        assert!(
            read(deep.as_bytes())
                .unwrap()
                .warnings
                .iter()
                .any(|w| w.code == "memo_cut")
        );
        let many = format!("{open}<MessageBody>{}", "<MainDocument/>".repeat(200_000));
        let memo = read(many.as_bytes()).unwrap();
        assert_eq!(memo.documents.len(), MAX_FILES);
        assert!(memo.warnings.iter().any(|w| w.code == "memo_cut"));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_fail(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200), at in 0usize..4000) {
            read(&bytes);
            let mut memo = MEMO.as_bytes().to_vec();
            let at = at.min(memo.len());
            memo.splice(at..at, bytes);
            read(&memo);
        }
    }
}
