//! Media types and the endings of file names, told from each other.

/// The first type of an ending, and the first ending of a type, is the usual one.
const KINDS: [(&str, &str); 52] = [
    ("bmp", "image/bmp"),
    ("csv", "text/csv"),
    ("doc", "application/msword"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("docm", "application/vnd.ms-word.document.macroenabled.12"),
    ("eml", "message/rfc822"),
    ("emf", "image/emf"),
    ("gif", "image/gif"),
    ("heic", "image/heic"),
    ("heif", "image/heif"),
    ("html", "text/html"),
    ("htm", "text/html"),
    ("ics", "text/calendar"),
    ("ics", "application/ics"),
    ("jpg", "image/jpeg"),
    ("jpg", "image/jpg"),
    ("jpeg", "image/jpeg"),
    ("jpe", "image/jpeg"),
    ("m4a", "audio/mp4"),
    ("mov", "video/quicktime"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("msg", "application/vnd.ms-outlook"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("p7m", "application/pkcs7-mime"),
    ("p7s", "application/pkcs7-signature"),
    ("p7s", "application/x-pkcs7-signature"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("ppt", "application/vnd.ms-powerpoint"),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    ("rtf", "application/rtf"),
    ("rtf", "text/rtf"),
    ("svg", "image/svg+xml"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("txt", "text/plain"),
    ("vcf", "text/vcard"),
    ("vcf", "text/x-vcard"),
    ("vcf", "text/directory"),
    ("wav", "audio/wav"),
    ("webp", "image/webp"),
    ("wmf", "image/wmf"),
    ("xls", "application/vnd.ms-excel"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("xlsm", "application/vnd.ms-excel.sheet.macroenabled.12"),
    ("xml", "application/xml"),
    ("xml", "text/xml"),
    ("zip", "application/zip"),
    ("zip", "application/x-zip-compressed"),
];

/// The type of a file by the end of its name.
pub fn by_name(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    KINDS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(ending))
        .map(|(_, media_type)| *media_type)
}

/// The end that the name of a file of this type has.
pub fn extension(media_type: &str) -> Option<&'static str> {
    KINDS
        .iter()
        .find(|(_, known)| known.eq_ignore_ascii_case(media_type))
        .map(|(ending, _)| *ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_type_and_a_type_the_ending() {
        assert_eq!(by_name("Høring.PDF"), Some("application/pdf"));
        assert_eq!(by_name("Høring"), None);
        assert_eq!(by_name("kort.jpeg"), Some("image/jpeg"));
        assert_eq!(extension("image/jpeg"), Some("jpg"));
        assert_eq!(extension("text/HTML"), Some("html"));
        assert_eq!(extension("text/vcard"), Some("vcf"));
        assert_eq!(extension("x/y"), None);
    }

    #[test]
    fn every_ending_leads_back_to_itself_or_to_a_usual_one() {
        for (ending, _) in KINDS {
            let media_type = by_name(&format!("a.{ending}")).unwrap();
            let usual = extension(media_type).unwrap();
            assert_eq!(by_name(&format!("a.{usual}")), Some(media_type));
        }
    }
}
