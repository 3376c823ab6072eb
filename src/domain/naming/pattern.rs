//! A pattern that names are put together by: `{date} {title}`, `{type} – {title}`.
//!
//! What is not known leaves no trace: the text that parts it from its neighbour goes with it.

use std::fmt;

/// Longest pattern, in characters; a name has to fit beside it.
const MAX_CHARS: usize = 120;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Place(Place),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Title,
    Type,
    Sender,
    Date,
    Direction,
}

/// What the places of a pattern are filled with; nothing where it is empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts<'a> {
    pub title: &'a str,
    pub kind: &'a str,
    pub sender: &'a str,
    pub date: &'a str,
    pub direction: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error(
        "knows no {{{0}}}; there are {{title}}, {{type}}, {{sender}}, {{date}} and {{direction}}"
    )]
    UnknownPlace(String),
    #[error("has a brace without its partner")]
    Brace,
    #[error("has no {{title}}: all names would be alike")]
    NoTitle,
    #[error("is longer than {MAX_CHARS} characters")]
    TooLong,
}

impl Pattern {
    /// The title alone.
    pub fn title() -> Self {
        Self(vec![Piece::Place(Place::Title)])
    }

    /// `{title} – {sender} {date}`
    pub fn title_sender_and_date() -> Self {
        let text = |text: &str| Piece::Text(text.to_owned());
        Self(vec![
            Piece::Place(Place::Title),
            text(" – "),
            Piece::Place(Place::Sender),
            text(" "),
            Piece::Place(Place::Date),
        ])
    }

    pub fn parse(text: &str) -> Result<Self, PatternError> {
        if text.chars().count() > MAX_CHARS {
            return Err(PatternError::TooLong);
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').ok_or(PatternError::Brace)?;
            push_text(&mut pieces, before)?;
            pieces.push(Piece::Place(Place::parse(name.trim())?));
            rest = behind;
        }
        push_text(&mut pieces, rest)?;
        if !pieces.contains(&Piece::Place(Place::Title)) {
            return Err(PatternError::NoTitle);
        }
        Ok(Self(pieces))
    }

    /// The name; a type that the title begins with is not said twice.
    pub fn fill(&self, parts: &Parts<'_>) -> String {
        let says_type = !parts.kind.is_empty()
            && parts
                .title
                .to_lowercase()
                .starts_with(&parts.kind.to_lowercase());
        let value = |place: Place| match place {
            Place::Title => parts.title,
            Place::Type if says_type => "",
            Place::Type => parts.kind,
            Place::Sender => parts.sender,
            Place::Date => parts.date,
            Place::Direction => parts.direction,
        };
        let mut name = String::new();
        let mut text = "";
        let mut after_empty = false;
        for piece in &self.0 {
            match piece {
                // Of two texts around an empty place the first stays, when a value stands before it.
                Piece::Text(next) if text.is_empty() && !after_empty => text = next,
                Piece::Text(_) => {}
                Piece::Place(place) => {
                    let value = value(*place).trim();
                    after_empty = value.is_empty() && name.is_empty();
                    if after_empty {
                        text = "";
                    } else if !value.is_empty() {
                        name.push_str(text);
                        name.push_str(value);
                        text = "";
                    }
                }
            }
        }
        if matches!(self.0.last(), Some(Piece::Text(last)) if last == text) {
            name.push_str(text);
        }
        name.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => f.write_str(text)?,
                Piece::Place(place) => write!(f, "{{{}}}", place.name())?,
            }
        }
        Ok(())
    }
}

impl Place {
    const ALL: [Self; 5] = [
        Self::Title,
        Self::Type,
        Self::Sender,
        Self::Date,
        Self::Direction,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Type => "type",
            Self::Sender => "sender",
            Self::Date => "date",
            Self::Direction => "direction",
        }
    }

    fn parse(name: &str) -> Result<Self, PatternError> {
        Self::ALL
            .into_iter()
            .find(|place| place.name() == name)
            .ok_or_else(|| PatternError::UnknownPlace(name.to_owned()))
    }
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) -> Result<(), PatternError> {
    if text.contains('}') {
        return Err(PatternError::Brace);
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: Parts<'_> = Parts {
        title: "Carport på Søvej 3",
        kind: "Ansøgning",
        sender: "Ole Hansen",
        date: "2024-05-03",
        direction: "Indgående",
    };

    #[test]
    fn what_is_not_known_leaves_no_trace() {
        let nobody = Parts {
            kind: "",
            sender: "",
            ..PARTS
        };
        for (pattern, all, some) in [
            ("{title}", "Carport på Søvej 3", "Carport på Søvej 3"),
            (
                "{type} – {title}",
                "Ansøgning – Carport på Søvej 3",
                "Carport på Søvej 3",
            ),
            (
                "{date} {title}",
                "2024-05-03 Carport på Søvej 3",
                "2024-05-03 Carport på Søvej 3",
            ),
            (
                "{title} – {sender} {date}",
                "Carport på Søvej 3 – Ole Hansen 2024-05-03",
                "Carport på Søvej 3 – 2024-05-03",
            ),
            (
                "{title} ({type})",
                "Carport på Søvej 3 (Ansøgning)",
                "Carport på Søvej 3",
            ),
            (
                "[{direction}] {title}",
                "[Indgående] Carport på Søvej 3",
                "[Indgående] Carport på Søvej 3",
            ),
            (
                "[{sender}] {title}",
                "[Ole Hansen] Carport på Søvej 3",
                "Carport på Søvej 3",
            ),
        ] {
            let read = Pattern::parse(pattern).unwrap();
            assert_eq!(read.to_string(), pattern);
            assert_eq!(read.fill(&PARTS), all, "{pattern}");
            assert_eq!(read.fill(&nobody), some, "{pattern}");
        }
    }

    #[test]
    fn a_type_that_the_title_begins_with_is_not_said_twice() {
        let parts = Parts {
            title: "Ansøgning om carport",
            ..PARTS
        };
        let filled = |pattern| Pattern::parse(pattern).unwrap().fill(&parts);
        assert_eq!(filled("{type} – {title}"), "Ansøgning om carport");
    }

    #[test]
    fn what_cannot_be_a_pattern_is_refused() {
        for (pattern, error) in [
            ("", PatternError::NoTitle),
            ("{date}", PatternError::NoTitle),
            ("{title", PatternError::Brace),
            ("title} {title}", PatternError::Brace),
            ("{titel}", PatternError::UnknownPlace("titel".to_owned())),
        ] {
            assert_eq!(Pattern::parse(pattern), Err(error), "{pattern}");
        }
        assert_eq!(
            Pattern::parse(&format!("{{title}}{}", "x".repeat(200))),
            Err(PatternError::TooLong)
        );
    }
}
