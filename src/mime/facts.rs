//! Files that tell something of the mail that carries them: meetings, receipts, Digital Post. They stay attachments.
//!
//! What they say in words stands in for the mail's text where it has none.

use mail_parser::MessagePart;

use super::{
    calendar::{self, Method},
    contents::{Contents, Taken},
    delivery,
    inner_file::InnerFile,
    memo::{self, DocumentRole, Memo, PartyId},
    note_all, vcard,
};
use crate::domain::{
    delivery::DeliveryReport,
    digital_post::{Correspondent, DigitalPost},
    mail::Warning,
};

/// MeMo names its namespace at its beginning.
const MEMO_HEAD_BYTES: usize = 2_000;

/// Notes what a part tells; the files that lie within it, with their types.
pub(super) fn read(
    part: &MessagePart<'_>,
    media_type: &str,
    contents: &mut Contents<'_>,
    warnings: &mut Vec<Warning>,
) -> Vec<(String, Taken)> {
    let name = part.attachment_name().unwrap_or_default().to_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match media_type {
        "text/calendar" | "application/ics" => calendar(part, contents, warnings),
        "message/delivery-status" | "message/global-delivery-status" => {
            report(delivery::delivery_status(&part.decoded()), contents);
            Vec::new()
        }
        "message/disposition-notification" | "message/global-disposition-notification" => {
            report(delivery::disposition(&part.decoded()), contents);
            Vec::new()
        }
        "message/feedback-report" => {
            report(delivery::feedback(&part.decoded()), contents);
            Vec::new()
        }
        "text/rfc822-headers" | "message/global-headers" => {
            contents.returned = contents
                .returned
                .take()
                .or_else(|| delivery::returned_message_id(&part.decoded()));
            Vec::new()
        }
        "text/vcard" | "text/x-vcard" | "text/directory" => {
            visiting_card(part, contents);
            Vec::new()
        }
        _ if extension == "vcf" => {
            visiting_card(part, contents);
            Vec::new()
        }
        _ if extension == "ics" => calendar(part, contents, warnings),
        _ if media_type.ends_with("xml") || extension == "xml" => {
            digital_post(part, contents, warnings)
        }
        _ => Vec::new(),
    }
}

fn calendar(
    part: &MessagePart<'_>,
    contents: &mut Contents<'_>,
    warnings: &mut Vec<Warning>,
) -> Vec<(String, Taken)> {
    let calendar = calendar::read(&part.decoded());
    let said = part
        .content_type()
        .and_then(|content| content.attribute("method"))
        .is_some_and(|method| !method.eq_ignore_ascii_case("publish"));
    contents.is_meeting |= said
        || calendar
            .method
            .is_some_and(|method| method != Method::Publish);
    note_all(warnings, calendar.warnings);
    fall_back_on(calendar.text, contents);
    let files = calendar.files.into_iter();
    files.map(|file| file_within(file, false)).collect()
}

fn report(report: Option<delivery::Report>, contents: &mut Contents<'_>) {
    let Some(mut report) = report else { return };
    fall_back_on(std::mem::take(&mut report.text), contents);
    if contents.report.is_none() {
        contents.report = Some(DeliveryReport::from(report));
    }
}

fn visiting_card(part: &MessagePart<'_>, contents: &mut Contents<'_>) {
    fall_back_on(vcard::read(&part.decoded()).text, contents);
}

fn digital_post(
    part: &MessagePart<'_>,
    contents: &mut Contents<'_>,
    warnings: &mut Vec<Warning>,
) -> Vec<(String, Taken)> {
    let bytes = part.decoded();
    let head = bytes.get(..MEMO_HEAD_BYTES).unwrap_or(&bytes);
    let is_likely = head
        .windows(6)
        .any(|word| word.eq_ignore_ascii_case(b"memo-1"));
    let Some(mut memo) = is_likely.then(|| memo::read(&bytes)).flatten() else {
        return Vec::new();
    };
    note_all(warnings, std::mem::take(&mut memo.warnings));
    fall_back_on(std::mem::take(&mut memo.text), contents);
    let documents = std::mem::take(&mut memo.documents);
    if contents.digital_post.is_none() {
        contents.digital_post = Some(of_memo(memo));
    }
    documents
        .into_iter()
        .flat_map(|document| {
            // For machines; a person reads the others.
            let hidden = document.role == DocumentRole::Technical;
            document
                .files
                .into_iter()
                .map(move |file| file_within(file, hidden))
        })
        .collect()
}

fn of_memo(memo: Memo) -> DigitalPost {
    let ids = [&memo.sender.id, &memo.recipient.id];
    let people = ids.iter().filter_map(|id| match id {
        Some(PartyId::Cpr(cpr)) => Some(*cpr),
        _ => None,
    });
    let companies = ids.iter().filter_map(|id| match id {
        Some(PartyId::Cvr(cvr)) => Some(*cvr),
        _ => None,
    });
    DigitalPost {
        people: people.chain(memo.person).collect(),
        companies: companies.chain(memo.company).collect(),
        sender: correspondent(memo.sender),
        recipient: correspondent(memo.recipient),
        label: memo.label,
        uuid: memo.uuid,
        case_id: memo.case_id,
        kle: memo.kle.map(|(number, facet)| match facet {
            Some(facet) => format!("{number}-{facet}"),
            None => number.to_string(),
        }),
        reply_by: memo.reply_by,
        legal_notification: memo.legal_notification,
    }
}

fn correspondent(party: memo::Party) -> Correspondent {
    Correspondent {
        name: party.label,
        id: party.id.map(|id| match id {
            PartyId::Cpr(cpr) => cpr.masked(),
            PartyId::Cvr(cvr) => cvr.to_string(),
            PartyId::Other(_, id) => id,
        }),
    }
}

fn fall_back_on(text: String, contents: &mut Contents<'_>) {
    if !text.is_empty() {
        contents.body.fall_back_on(Some(text), None);
    }
}

fn file_within(file: InnerFile, hidden: bool) -> (String, Taken) {
    let taken = Taken {
        name: (!file.name.is_empty()).then_some(file.name),
        hidden,
        bytes: file.bytes,
        ..Taken::default()
    };
    (file.media_type, taken)
}
