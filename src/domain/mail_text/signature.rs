//! The signature: from the closing words to the end of what was written, or what a phone puts there by itself.

use super::{Kind, Line};

/// Longer ones are no signatures: somebody took leave early and wrote on.
const MAX_LINES: usize = 30;
const MAX_CLOSING_BYTES: usize = 70;

/// What ends a letter, alone on its line or with the name after it. Longer phrases before those they begin with.
const CLOSINGS: [&str; 57] = [
    "med venlig hilsen",
    "med venlige hilsner",
    "med venlig hilsner",
    "med de bedste hilsner",
    "med kærlig hilsen",
    "mange venlige hilsner",
    "venlig hilsen",
    "venlige hilsner",
    "venligst hilsen",
    "de bedste hilsner",
    "bedste hilsner",
    "bedste hilsen",
    "mange hilsner",
    "mange hilsener",
    "kærlig hilsen",
    "kærlige hilsner",
    "kær hilsen",
    "hjertelig hilsen",
    "hilsen",
    "hilsner",
    "de venligste hilsner",
    "på forhånd tak og hilsen",
    "mvh",
    "m.v.h",
    "m. v. h",
    "vh",
    "v.h",
    "kh",
    "bh",
    "dbh",
    "mvh.",
    "best regards",
    "kind regards",
    "kindest regards",
    "warm regards",
    "with kind regards",
    "with best regards",
    "regards",
    "best wishes",
    "sincerely",
    "yours sincerely",
    "yours faithfully",
    "yours truly",
    "mit freundlichen grüßen",
    "mit freundlichem gruß",
    "freundliche grüße",
    "viele grüße",
    "beste grüße",
    "mfg",
    "med vänlig hälsning",
    "med vänliga hälsningar",
    "vänliga hälsningar",
    "hälsningar",
    "med vennlig hilsen",
    "vennlig hilsen",
    "beste hilsen",
    "cheers",
];
const BY_DEVICES: [&str; 22] = [
    "sendt fra min ",
    "sendt fra mit ",
    "sendt fra outlook",
    "sendt fra mail",
    "sendt fra yahoo",
    "sendt fra samsung",
    "sendt via ",
    "sendt med ",
    "hent outlook til",
    "få outlook til",
    "sent from my ",
    "sent from outlook",
    "sent from mail",
    "sent from yahoo",
    "sent from samsung",
    "sent via ",
    "get outlook for",
    "von meinem ",
    "gesendet von ",
    "skickat från ",
    "sendt frå ",
    "hämta outlook för",
];

pub(super) fn mark(lines: &[Line], kinds: &mut [Kind]) {
    let mut within: Option<usize> = None;
    let mut has_words = false;
    for (at, (line, kind)) in lines.iter().zip(kinds.iter_mut()).enumerate() {
        if *kind != Kind::Own {
            // The text goes on below only when it is between quoted lines.
            if *kind == Kind::Quoted {
                within = None;
            }
            continue;
        }
        if within.is_some_and(|begun| at - begun >= MAX_LINES) || is_afterthought(&line.start) {
            within = None;
        } else if within.is_none() && begins(line, has_words) {
            within = Some(at);
        }
        if within.is_some() {
            *kind = Kind::Signature;
        }
        has_words |= !line.is_blank();
    }
}

fn begins(line: &Line, has_words: bool) -> bool {
    let start = line.start.as_str();
    if matches!(start, "--" | "-- " | "—" | "__") {
        return true;
    }
    if start.len() > MAX_CLOSING_BYTES {
        return false;
    }
    is_by_device(start) || (has_words && is_closing(start))
}

pub(super) fn is_by_device(start: &str) -> bool {
    BY_DEVICES.iter().any(|words| start.starts_with(words))
}

/// Of a line as it was written. Lower case may have other lengths, so letters are counted, not bytes.
pub(super) fn after_closing(line: &str) -> Option<&str> {
    let line = line.trim().trim_matches('*');
    let lower = line.to_lowercase();
    if lower.len() > MAX_CLOSING_BYTES || !is_closing(&lower) {
        return None;
    }
    let closing = CLOSINGS
        .iter()
        .filter(|closing| lower.starts_with(*closing))
        .max_by_key(|closing| closing.len())?;
    let (at, _) = line
        .char_indices()
        .chain([(line.len(), ' ')])
        .nth(closing.chars().count())?;
    Some(line[at..].trim_start_matches(|c: char| !c.is_alphanumeric()))
}

/// The closing words, with no more than a name after them.
fn is_closing(line: &str) -> bool {
    CLOSINGS.iter().any(|closing| {
        line.strip_prefix(closing).is_some_and(|after| {
            let ends = after.is_empty() || after.starts_with([' ', ',', '.', '!', '/', ':', '-']);
            let name = after.trim_matches(|c: char| !c.is_alphanumeric());
            ends && name.split_whitespace().count() <= 5 && !is_sentence(name)
        })
    })
}

/// `Hilsen til din mor` greets somebody else; `Regards the fence` is a subject.
fn is_sentence(after: &str) -> bool {
    let first = after.split_whitespace().next().unwrap_or_default();
    [
        "til", "at", "er", "og", "vi", "jeg", "du", "i", "om", "to", "the", "is", "and", "we",
        "you", "an", "med",
    ]
    .contains(&first)
}

fn is_afterthought(line: &str) -> bool {
    ["ps ", "ps:", "ps.", "p.s", "nb:"]
        .iter()
        .any(|start| line.starts_with(start))
        || line == "ps"
}

#[cfg(test)]
mod tests {
    use crate::domain::mail_text::tests::marked;

    #[test]
    fn a_signature_goes_from_the_closing_words_to_the_end() {
        for closing in [
            "Med venlig hilsen",
            "Venlig hilsen,",
            "Mvh.",
            "Mvh Ole",
            "De bedste hilsner / Ole Hansen",
            "Hilsen",
            "VH",
            "Best regards,",
            "Mit freundlichen Grüßen",
            "Med vänlig hälsning",
            "Vennlig hilsen",
            "--",
            "-- ",
            "Sendt fra min iPhone",
            "Sent from my iPad",
            "Hent Outlook til iOS",
            "Von meinem iPhone gesendet",
            "Skickat från min iPhone",
        ] {
            let text = format!("Det er i orden.\n\n{closing}\n\nOle Hansen\nTlf. 12 34 56 78");
            assert_eq!(marked(&text), "oossss", "{closing}");
        }
    }

    #[test]
    fn it_ends_where_quoted_text_or_an_afterthought_begins() {
        assert_eq!(marked("Ja\nMvh\nOle\nPS: husk hækken\nden er høj"), "ossoo");
        assert_eq!(marked("Ja\nMvh\nOle\n> Må jeg?\nDet må du."), "ossqo");
        let long = format!("Ja\nMvh\n{}", "ord\n".repeat(40));
        assert_eq!(marked(&long).matches('o').count(), 12);
    }

    #[test]
    fn words_that_only_look_like_a_closing_are_text() {
        for text in [
            "Hej\nHilsen til din mor",
            "Hej\nHilsenerne fra skolen",
            "Med venlig hilsen",
            "Hej\nVenlig hilsen vil blive vist nederst i alle mails fra kommunen fra mandag",
        ] {
            assert!(!marked(text).contains('s'), "{text}");
        }
    }
}
