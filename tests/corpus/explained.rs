//! Answers of ours that differ from what was expected, and why they are right.

const UNPACKED: &str = "the files that were packed as text are listed, unpacked";

/// Files by the end of their path.
const REASONS: &[(&str, &str)] = &[
    (
        "mmp-php/tests/_data/emails/m1009.txt",
        "a text with a file name is a document, also when it may be shown within the mail",
    ),
    (
        "mmp-php/tests/_data/emails/m0018.txt",
        "pictures within the text have no type; theirs is told by their names",
    ),
    ("mmp-php/tests/_data/emails/m2011.txt", UNPACKED),
    ("mail-parser/resources/eml/legacy/016.eml", UNPACKED),
    (
        "mmp-php/tests/_data/emails/m1011.txt",
        "the UTF-7 of the text was damaged before it was sent: U+5CA3 stands where three letters stood",
    ),
    (
        "mimekit/UnitTests/TestData/mbox/content-length.mbox.txt",
        "what lies within an opaque signature is listed in its place",
    ),
];

pub fn reason(name: &str) -> Option<&'static str> {
    REASONS
        .iter()
        .find(|(file, _)| name.ends_with(file))
        .map(|(_, reason)| *reason)
}
