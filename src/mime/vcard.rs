//! Visiting cards (vCard 2.1, RFC 2426, RFC 6350): who it is and how to reach them, as values and as a Danish text.
//!
//! Pictures, keys and birthdays are not read. The text's words stand at the top.

use super::content_line::{self, Line, split};

const LABELS: [(&str, &str); 9] = [
    ("CELL", "mobil"),
    ("FAX", "fax"),
    ("WORK", "arbejde"),
    ("HOME", "privat"),
    ("PAGER", "personsøger"),
    ("VIDEO", "video"),
    ("DOM", "indland"),
    ("POSTAL", "post"),
    ("MAIN", "hovednummer"),
];
const PHONE: &str = "Telefon";
const MAIL: &str = "Mail";
const ADDRESS: &str = "Adresse";
const WEB: &str = "Hjemmeside";
const NOTE: &str = "Note";

const MAX_CARDS: usize = 1_000;
const MAX_VALUES: usize = 100;
const MAX_VALUE_BYTES: usize = 2_000;
const MAX_TEXT_BYTES: usize = 200_000;

#[derive(Debug, Default)]
pub(super) struct Cards {
    pub all: Vec<Card>,
    /// Danish, one card below the other.
    pub text: String,
    /// There are more cards than were read.
    pub cut: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Card {
    pub name: String,
    pub organisation: Option<String>,
    pub title: Option<String>,
    pub phones: Vec<Labelled>,
    pub mails: Vec<Labelled>,
    /// One line each.
    pub addresses: Vec<Labelled>,
    pub web: Vec<String>,
    pub note: Option<String>,
}

/// A value and what it is for, in Danish and perhaps empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Labelled {
    pub label: String,
    pub value: String,
}

pub(super) fn read(bytes: &[u8]) -> Cards {
    let mut cards = Cards::default();
    let mut open: Option<Card> = None;
    // A card within a card (AGENT of vCard 2.1) is another one's.
    let mut inner = 0usize;
    for line in content_line::read(bytes) {
        let is_card = || line.value().trim().eq_ignore_ascii_case("VCARD");
        match line.name.as_str() {
            "BEGIN" if is_card() && open.is_some() => inner += 1,
            "BEGIN" if is_card() => open = Some(Card::default()),
            "END" if is_card() && inner > 0 => inner -= 1,
            "END" if is_card() => cards.add(open.take()),
            _ if inner == 0 => {
                if let Some(card) = &mut open {
                    card.property(&line);
                }
            }
            _ => (),
        }
    }
    cards.add(open);
    cards.text = text(&cards.all);
    cards
}

impl Cards {
    fn add(&mut self, card: Option<Card>) {
        let Some(card) = card.filter(|card| *card != Card::default()) else {
            return;
        };
        if self.all.len() < MAX_CARDS {
            self.all.push(card);
        } else {
            self.cut = true;
        }
    }
}

impl Card {
    fn property(&mut self, line: &Line) {
        match line.name.as_str() {
            "FN" => {
                let name = one_line(&line.text());
                if !name.is_empty() {
                    self.name = name;
                }
            }
            "N" if self.name.is_empty() => self.name = name(&line.value()),
            "ORG" => self.organisation = joined(split(&line.value(), ';')),
            "TITLE" | "ROLE" if self.title.is_none() => self.title = filled(&line.text()),
            "NOTE" if self.note.is_none() => {
                let note = clipped(line.text().trim());
                self.note = (!note.is_empty()).then_some(note);
            }
            "TEL" => push(
                &mut self.phones,
                line,
                one_line(without_scheme(&line.text(), "tel:")),
            ),
            "EMAIL" => {
                let address = one_line(without_scheme(&line.text(), "mailto:")).to_lowercase();
                push(&mut self.mails, line, address);
            }
            "ADR" => {
                let address = joined(split(&line.value(), ';')).unwrap_or_default();
                push(&mut self.addresses, line, address);
            }
            "URL" if self.web.len() < MAX_VALUES => self.web.extend(filled(&line.text())),
            _ => (),
        }
    }
}

fn push(list: &mut Vec<Labelled>, line: &Line, value: String) {
    let label = label(line);
    let is_new = || !list.iter().any(|known: &Labelled| known.value == value);
    if !value.is_empty() && list.len() < MAX_VALUES && is_new() {
        list.push(Labelled { label, value });
    }
}

fn label(line: &Line) -> String {
    let types: Vec<String> = line
        .parameters("TYPE")
        .flat_map(|types| types.split(','))
        .map(str::to_uppercase)
        .collect();
    let known: Vec<&str> = LABELS
        .iter()
        .filter(|(name, _)| types.iter().any(|given| given == name))
        .map(|(_, label)| *label)
        .collect();
    known.join(", ")
}

/// `Family;Given;Additional;Prefixes;Suffixes` as one says it.
fn name(value: &str) -> String {
    let parts: Vec<String> = split(value, ';')
        .map(|part| one_line(&part))
        .take(5)
        .collect();
    [3, 1, 2, 0, 4]
        .into_iter()
        .filter_map(|at| parts.get(at))
        .filter(|part| !part.is_empty())
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" ")
}

fn joined(parts: impl Iterator<Item = String>) -> Option<String> {
    let parts: Vec<String> = parts
        .take(MAX_VALUES)
        .map(|part| one_line(&part))
        .filter(|part| !part.is_empty())
        .collect();
    (!parts.is_empty()).then(|| clipped(&parts.join(", ")))
}

fn filled(text: &str) -> Option<String> {
    Some(one_line(text)).filter(|text| !text.is_empty())
}

fn without_scheme<'t>(text: &'t str, scheme: &str) -> &'t str {
    let text = text.trim();
    match text.split_at_checked(scheme.len()) {
        Some((start, rest)) if start.eq_ignore_ascii_case(scheme) => rest,
        _ => text,
    }
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    clipped(&words.join(" "))
}

fn clipped(text: &str) -> String {
    let kept = text.get(..text.floor_char_boundary(MAX_VALUE_BYTES));
    kept.unwrap_or_default().to_owned()
}

fn text(cards: &[Card]) -> String {
    let mut out = String::new();
    for card in cards {
        if out.len() > MAX_TEXT_BYTES {
            break;
        }
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        out.push_str(&about(card));
    }
    let end = out.floor_char_boundary(MAX_TEXT_BYTES);
    out.truncate(end);
    out
}

fn about(card: &Card) -> String {
    let mut lines: Vec<String> = [
        Some(&card.name),
        card.title.as_ref(),
        card.organisation.as_ref(),
    ]
    .into_iter()
    .flatten()
    .filter(|line| !line.is_empty())
    .cloned()
    .collect();
    for (what, list) in [
        (PHONE, &card.phones),
        (MAIL, &card.mails),
        (ADDRESS, &card.addresses),
    ] {
        for Labelled { label, value } in list {
            lines.push(if label.is_empty() {
                format!("{what}: {value}")
            } else {
                format!("{what} ({label}): {value}")
            });
        }
    }
    lines.extend(card.web.iter().map(|web| format!("{WEB}: {web}")));
    lines.extend(card.note.iter().map(|note| format!("{NOTE}: {note}")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_of_all_versions_read_alike() {
        let expected = "Søren Ågård\nByggesagsbehandler\nNord Kommune, Teknik; Miljø\nTelefon (mobil): +45 12 34 56 78\n\
                        Mail (arbejde): soren@kommune.example\nAdresse (arbejde): Rådhustorvet 1, Nordby, 9999, Danmark\n\
                        Note: Træffes\nmandag";
        for card in [
            &b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=iso-8859-1;ENCODING=QUOTED-PRINTABLE:=C5g=E5rd;S=F8ren\r\n\
              ORG;CHARSET=windows-1252:Nord Kommune;Teknik\\; Milj\xf8\r\nTITLE:Byggesagsbehandler\r\nTEL;CELL;VOICE:+45 12 34 56 78\r\n\
              EMAIL;WORK;INTERNET:Soren@kommune.example\r\n\
              ADR;WORK;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:;;R=C3=A5dhus=\r\ntorvet 1;Nordby;;9999;Danmark\r\n\
              NOTE;QUOTED-PRINTABLE:Tr=E6ffes=0D=0Amandag\r\nPHOTO;JPEG;BASE64:\r\n AAAA\r\n\r\nEND:VCARD\r\n"[..],
            "BEGIN:VCARD\nVERSION:3.0\nFN:Søren Ågård\nN:Ågård;Søren;;;\nORG:Nord Kommune;Teknik\\; Miljø\n\
             TITLE:Byggesagsbehandler\nitem1.TEL;TYPE=CELL,VOICE:+45 12 34 56 78\nEMAIL;TYPE=INTERNET;TYPE=WORK:soren@kommune.example\n\
             ADR;TYPE=work:;;Rådhustorvet 1;Nordby;;9999;Danmark\nNOTE:Træffes\\nmandag\nBDAY:1970-01-01\nEND:VCARD"
                .as_bytes(),
            "BEGIN:VCARD\nVERSION:4.0\nFN:Søren Ågård\nORG:Nord Kommune;Teknik\\; Miljø\nTITLE:Byggesagsbehandler\n\
             TEL;VALUE=uri;TYPE=\"cell,voice\":tel:+45 12 34 56 78\nEMAIL;TYPE=work:mailto:soren@kommune.example\n\
             ADR;TYPE=work:;;Rådhustorvet 1;Nordby;;9999;Danmark\nNOTE:Træffes\\nmandag\nEND:VCARD"
                .as_bytes(),
        ] {
            assert_eq!(read(card).text, expected);
        }
    }

    #[test]
    fn several_cards_stand_below_each_other_and_one_within_another_is_left_out() {
        let cards = read(
            "BEGIN:VCARD\nFN:Karen\nAGENT:\nBEGIN:VCARD\nFN:Per\nEND:VCARD\nTEL:1\nEND:VCARD\nBEGIN:VCARD\nFN:Ole\n".as_bytes(),
        );
        assert_eq!(cards.text, "Karen\nTelefon: 1\n\nOle");
        assert_eq!(cards.all.len(), 2);
    }

    #[test]
    fn more_than_anybody_reads_is_cut() {
        let cards = read("BEGIN:VCARD\nFN:Åse\nEND:VCARD\n".repeat(3_000).as_bytes());
        assert_eq!((cards.all.len(), cards.cut), (MAX_CARDS, true));
        assert!(read(b"").text.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_fail(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let mut card = b"BEGIN:VCARD\nTEL;".to_vec();
            card.extend(&bytes);
            read(&card);
            read(&bytes);
        }
    }
}
