//! Whether words tell what something is about, or only that it is a mail.

use super::words::WORDS;

/// Words that may follow a greeting without saying more than whom it greets.
const MAX_GREETED: usize = 2;
const MIN_LETTERS: usize = 2;
/// Looked at; what is longer says something.
const MAX_WORDS: usize = 40;

/// Whether a subject, a heading or a name tells what it is about.
pub fn says_something(text: &str) -> bool {
    says_something_beside(text, &[])
}

/// Likewise, where an organisation has phrases of its own that say nothing.
pub fn says_something_beside(text: &str, vague: &[String]) -> bool {
    let words = words(text);
    let letters: usize = words
        .iter()
        .map(|word| word.chars().filter(|c| c.is_alphabetic()).count())
        .sum();
    if letters < MIN_LETTERS {
        return false;
    }
    if words.len() >= MAX_WORDS {
        return true;
    }
    let phrase = words.join(" ");
    let list = &WORDS.subject;
    let is_phrase = list.phrases.iter().any(|known| phrase.starts_with(known))
        || vague.iter().any(|known| known.to_lowercase() == phrase);
    let is_greeting = words
        .first()
        .is_some_and(|first| list.greetings.contains(first))
        && words.len() <= 1 + MAX_GREETED
        && words.iter().all(|word| !is_number(word));
    let is_vague = words
        .iter()
        .all(|word| is_number(word) || list.vague.contains(word));
    !is_phrase && !is_greeting && !is_vague
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '-'))
        .map(|word| word.trim_matches('-').to_lowercase())
        .filter(|word| !word.is_empty())
        .take(MAX_WORDS)
        .collect()
}

fn is_number(word: &str) -> bool {
    word.chars().any(|c| c.is_ascii_digit())
        && word.chars().filter(|c| c.is_alphabetic()).count() < 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_that_only_say_that_it_is_a_mail_say_nothing() {
        for subject in [
            "",
            "...",
            "12345",
            "Hej",
            "hej!",
            "Hej med jer",
            "Hej Birthe",
            "Kære Birthe Lund",
            "Dokument",
            "dokumenter",
            "Spørgsmål",
            "Et spørgsmål",
            "Spørgsmål til jer",
            "(intet emne)",
            "(no subject)",
            "Ingen emne",
            "Vedhæftet fil",
            "Vedhæftede filer",
            "Scannet dokument",
            "Scan 0001",
            "Scannet fra Xerox",
            "Attached Image",
            "Message from KM_C258",
            "Sendt fra min iPhone",
            "Test",
            "FYI",
            "Tak",
            "Mange tak!",
            "Til rette vedkommende",
            "Henvendelse",
            "Ny henvendelse fra hjemmesiden",
            "Sag 24/1234",
            "Sagsnr. 2024-00123",
            "Billeder",
            "Bilag 1",
            "E-mail",
            "Sikker mail",
            "Du har modtaget sikker post",
            "Haster",
            "Vigtigt!!",
            "Svar",
            "Info",
            "Opfølgning",
            "Emailing: scan0001.pdf",
            "?",
        ] {
            assert!(!says_something(subject), "{subject}");
        }
    }

    #[test]
    fn subjects_that_tell_something_do() {
        for subject in [
            "Carport",
            "Byggesag",
            "Ansøgning",
            "Klage",
            "Søvej 3",
            "Hej, min nabo støjer",
            "Hund",
            "Spørgsmål om carport",
            "Kære nabo på Søvej 3",
            "Aktindsigt",
            "Faktura 12345",
            "Referat",
            "Lokalplan 12",
            "Bilag til ansøgning",
            "Dokumenter til byggesag",
            "Tak for mødet",
            "Question about parking",
            "Afgørelse",
        ] {
            assert!(says_something(subject), "{subject}");
        }
    }

    #[test]
    fn an_organisation_can_name_more_that_says_nothing() {
        let own = ["Ny opgave i Dialog".to_owned()];
        assert!(says_something("Ny opgave i Dialog"));
        assert!(!says_something_beside("Ny opgave i Dialog!", &own));
    }
}
