//! Paragraphs that an organisation puts on every mail: confidentiality, outside senders, the environment, data protection.
//!
//! Known by speaking of the mail itself and by several of the words that lawyers use. Whoever writes `jeg` writes of
//! something else.

use super::{Kind, Line};

const MAX_LINES: usize = 40;
const CUES_NEEDED: usize = 2;

const OF_THE_MAIL: [&str; 33] = [
    "denne e-mail",
    "denne mail",
    "denne email",
    "denne meddelelse",
    "denne besked",
    "e-mailen",
    "nærværende e-mail",
    "mailen er",
    "denne e-post",
    "this e-mail",
    "this email",
    "this mail",
    "this message",
    "this communication",
    "the information contained",
    "the information in this",
    "e-mails and attachments",
    "the contents of this",
    "diese e-mail",
    "diese nachricht",
    "detta e-post",
    "detta mejl",
    "detta meddelande",
    "indholdet af e-mail",
    "oplysningerne i denne",
    "informationen i denne",
    "du har modtaget en mail fra",
    "mails from outside",
    "mailen kommer",
    "e-mailen kommer",
    "beskeden er",
    "email originated",
    "printing this",
];
/// One of each row counts once: different words, one thought.
const CUES: [&[&str]; 16] = [
    &["fortrolig", "confidential", "vertraulich", "konfidentiel"],
    &["privileged", "tavshedspligt", "personfølsom", "følsomme"],
    &[
        "rette modtager",
        "tiltænkt",
        "intended",
        "rettmäßige",
        "vorgesehene",
        "avsedda",
        "adressat",
        "udelukkende",
        "solely",
    ],
    &[
        "ved en fejl",
        "fejlagtigt",
        "i fejl",
        "in error",
        "by mistake",
        "irrtümlich",
        "av misstag",
        "ved en feil",
    ],
    &[
        "slet",
        "destruer",
        "makuler",
        "delete",
        "destroy",
        "vernichten",
        "radera",
        "tilintetgør",
    ],
    &[
        "afsenderen",
        "afsender",
        "notify the sender",
        "inform the sender",
        "the sender",
        "absender",
        "avsändaren",
    ],
    &[
        "videregiv",
        "offentliggør",
        "disclos",
        "distribut",
        "dissemin",
        "kopier",
        "copying",
        "weitergabe",
        "udbred",
    ],
    &[
        "uberettiget",
        "unauthori",
        "prohibited",
        "strictly",
        "unbefugte",
        "ulovlig",
        "ikke tilladt",
    ],
    &["virus", "malware"],
    &["ansvar", "liab", "haftung"],
    &["miljøet", "environment", "umwelt"],
    &["udskriv", "printer", "print", "ausdrucken"],
    &["ekstern", "outside", "external", "udefra"],
    &["links", "link ", "vedhæft", "attachment"],
    &[
        "klik ikke",
        "do not click",
        "don't click",
        "vær forsigtig",
        "vær opmærksom",
        "caution",
        "genkender",
        "recogni",
    ],
    &[
        "personoplysninger",
        "databeskyttelse",
        "privatlivspolitik",
        "persondata",
        "personal data",
        "privacy",
        "gdpr",
    ],
];
/// Whole thoughts that need no second one.
const PHRASES: [&str; 10] = [
    "læs om, hvordan vi behandler",
    "læs mere om, hvordan vi behandler",
    "behandler dine personoplysninger på",
    "behandling af personoplysninger her",
    "tænk på miljøet, før",
    "tænk på miljøet før",
    "consider the environment before",
    "sikker mail: vi gør opmærksom på",
    "læs vores privatlivspolitik",
    "read our privacy policy",
];
const ONESELF: [&str; 8] = ["jeg", "mig", "min", "mit", "mine", "i'm", "my", "ich"];

pub(super) fn mark(lines: &[Line], kinds: &mut [Kind]) {
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        // A pair of iterators would skip one by one, for each line all that stands above.
        let rest = lines.get(at..).unwrap_or_default();
        let length = rest
            .iter()
            .zip(kinds.get(at..).unwrap_or_default())
            .take(MAX_LINES)
            .take_while(|(line, kind)| !line.is_blank() && **kind == Kind::Own)
            .count();
        if length == 0 {
            at += 1;
            continue;
        }
        debug_assert!(!line.is_blank());
        let paragraph = lines.get(at..at + length).unwrap_or_default();
        if let Some(first) = first_line_of_disclaimer(paragraph) {
            for kind in kinds.iter_mut().skip(at + first).take(length - first) {
                *kind = Kind::Disclaimer;
            }
        }
        at += length;
    }
}

/// The line of a paragraph with which a disclaimer begins; a signature may stand right above it.
fn first_line_of_disclaimer(paragraph: &[Line]) -> Option<usize> {
    let first = paragraph.iter().position(|line| {
        OF_THE_MAIL
            .iter()
            .chain(&PHRASES)
            .any(|words| line.start.contains(words))
    })?;
    let mut text = String::new();
    for line in paragraph.get(first..).unwrap_or_default() {
        text.push_str(&line.start);
        text.push(' ');
    }
    let is_phrase = PHRASES.iter().any(|phrase| text.contains(phrase));
    let cues = CUES
        .iter()
        .filter(|words| words.iter().any(|word| text.contains(word)))
        .count();
    let is_personal = text
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .any(|word| ONESELF.contains(&word));
    (!is_personal && (is_phrase || cues >= CUES_NEEDED)).then_some(first)
}

#[cfg(test)]
mod tests {
    use crate::domain::mail_text::tests::marked;

    #[test]
    fn what_organisations_put_on_every_mail_is_known() {
        for text in [
            "Denne e-mail kan indeholde fortrolige oplysninger. Hvis du har modtaget den ved en fejl, bedes du slette den.",
            "Denne mail er kun tiltænkt ovenstående modtager. Er du ikke rette modtager, beder vi dig give afsenderen besked.",
            "This e-mail and any attachments are confidential and intended solely for the addressee.\nIf received in error, delete it.",
            "CAUTION: This email originated from outside of the organization. Do not click links or open attachments.",
            "Denne mail kommer fra en ekstern afsender. Klik ikke på links, medmindre du kender afsenderen.",
            "Tænk på miljøet, før du printer denne mail.",
            "Læs mere om, hvordan vi behandler dine personoplysninger: https://kommune.example/data",
            "Diese E-Mail ist vertraulich. Wenn Sie nicht der vorgesehene Empfänger sind, vernichten Sie sie.",
        ] {
            let lines = text.lines().count();
            let expected = format!("oo{}", "d".repeat(lines));
            assert_eq!(marked(&format!("Hej\n\n{text}")), expected, "{text}");
        }
        assert_eq!(
            marked("Hej\nMvh\nOle\nDenne e-mail er fortrolig og kun til rette modtager.\n"),
            "ossd"
        );
    }

    #[test]
    fn what_a_person_writes_of_such_things_is_text() {
        for text in [
            "Jeg har ved en fejl modtaget denne mail, der er fortrolig. Skal jeg slette den?",
            "Kan I slette oplysningerne om min have?",
            "Denne mail handler om hækken.",
            "Oplysningerne er fortrolige og må ikke videregives til naboen.",
        ] {
            assert!(!marked(text).contains('d'), "{text}");
        }
    }
}
