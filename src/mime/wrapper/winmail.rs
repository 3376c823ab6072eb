//! `winmail.dat`, as Exchange and Outlook wrap what they think only they can read (TNEF).

use mail_parser::MessagePart;

use crate::domain::mail::Warning;
use crate::mime::{
    contents::{Contents, Taken},
    mapi::{self, Content},
    media_type, name, note_all,
};

/// Offers the files; a damaged one stays an attachment as well, since more may be in it than was read.
pub(super) fn open<'m>(
    part: &MessagePart<'m>,
    contents: &mut Contents<'m>,
    warnings: &mut Vec<Warning>,
) -> bool {
    let Some(message) = mapi::tnef::read(&part.decoded()) else {
        return false;
    };
    let is_whole = !message.is_damaged();
    note_all(warnings, message.warnings);
    contents.body.fall_back_on(message.text, message.html);
    for file in message.attachments {
        let (media_type, taken) = match file.content {
            Content::Bytes(bytes) => {
                let media_type = file
                    .media_type
                    .or_else(|| media_type::by_name(file.name.as_deref()?).map(str::to_owned))
                    .unwrap_or_else(|| "application/octet-stream".to_owned());
                let taken = Taken {
                    name: file.name,
                    content_id: file.content_id,
                    hidden: file.hidden,
                    bytes,
                };
                (media_type, taken)
            }
            Content::Message(message) => {
                let taken = Taken {
                    name: Some(name::of_mail(&message.subject)),
                    bytes: mapi::eml::to_eml(&message),
                    ..Taken::default()
                };
                ("message/rfc822".to_owned(), taken)
            }
        };
        contents.offer(&media_type, taken);
    }
    is_whole
}
