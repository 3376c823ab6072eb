//! Answers of ours that differ from what was expected, and why they are right.

const UUENCODED: &str = "the pictures are listed as they were sent, uuencoded; a reader that decodes them lists the pictures";

/// Files by the end of their path.
const REASONS: [(&str, &str); 7] = [
    (
        "mmp-php/tests/_data/emails/m0018.txt",
        "the three pictures lie within the text (uuencoded); a mail whose text is opened lists them",
    ),
    (
        "mmp-php/tests/_data/emails/m1009.txt",
        "a text with a file name is a document, also when it may be shown within the mail",
    ),
    ("mmp-php/tests/_data/emails/m1014.txt", UUENCODED),
    ("mmp-php/tests/_data/emails/m2010.txt", UUENCODED),
    ("mmp-php/tests/_data/emails/m3007.txt", UUENCODED),
    (
        "mmp-php/tests/_data/emails/m2011.txt",
        "the picture is listed as BinHex, as it was sent; a reader that opens it lists the picture",
    ),
    (
        "mmp-php/tests/_data/emails/m1011.txt",
        "the UTF-7 of the text was damaged before it was sent: U+5CA3 stands where three letters stood",
    ),
];

pub fn reason(name: &str) -> Option<&'static str> {
    REASONS
        .into_iter()
        .find(|(file, _)| name.ends_with(file))
        .map(|(_, reason)| reason)
}
