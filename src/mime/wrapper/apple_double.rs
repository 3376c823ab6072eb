//! What a Macintosh sends as two halves, or as one file with more than the document in it.

use mail_parser::MessagePart;

use crate::mime::{
    apple,
    contents::{Contents, Taken, media_type},
    name,
};

/// Offers the document of a `multipart/appledouble` under its real name; the half that describes it is of no use.
pub(super) fn join<'m>(part: &MessagePart<'m>, contents: &mut Contents<'m>) -> bool {
    let (described, documents): (Vec<_>, Vec<_>) = part
        .children()
        .partition(|child| media_type(child) == "application/applefile");
    let ([description], [document]) = (described.as_slice(), documents.as_slice()) else {
        return false;
    };
    if document.is_multipart() {
        return false;
    }
    let real_name = || apple::read(&description.decoded()).and_then(|file| file.name);
    let taken = Taken {
        name: name::given(document)
            .or_else(|| name::given(description))
            .or_else(real_name),
        content_id: document.content_id().map(str::to_owned),
        hidden: false,
        bytes: document.decoded().into_owned(),
    };
    contents.offer(&media_type(document), taken);
    true
}

/// Offers the document within an AppleSingle file.
pub(super) fn open_single<'m>(part: &MessagePart<'m>, contents: &mut Contents<'m>) -> bool {
    let bytes = part.decoded();
    let Some(file) = apple::read(&bytes) else {
        return false;
    };
    let Some(document) = file.document.and_then(|range| bytes.get(range)) else {
        return false;
    };
    let taken = Taken {
        name: file.name.or_else(|| name::given(part)),
        bytes: document.to_vec(),
        ..Taken::default()
    };
    let media_type = file.file_type.and_then(apple::FileType::media_type);
    contents.offer(media_type.unwrap_or("application/octet-stream"), taken);
    true
}
