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
    // One that says nothing, as a receipt of Outlook's own kind, stays to be seen.
    let is_open =
        message.text.is_some() || message.html.is_some() || !message.attachments.is_empty();
    let is_whole = is_open && !message.is_damaged();
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

#[cfg(test)]
mod tests {
    use crate::mime::parse;

    #[test]
    fn one_that_says_nothing_stays_to_be_seen() {
        let mail = parse(
            b"From: a@x.example\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\
              Content-Transfer-Encoding: base64\r\n\r\neJ8+IgEA\r\n",
        );
        assert_eq!(mail.attachments[0].name, "winmail.dat");
    }
}
