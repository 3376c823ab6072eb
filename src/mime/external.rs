//! Mails that came in pieces, and documents that lie elsewhere (RFC 2046, sections 5.2.2 and 5.2.3; RFC 2017).
//!
//! Said, never acted on: pieces are not joined, and nothing is fetched from anywhere.

use super::embedded::cleaned;
use super::warning;
use crate::domain::mail::Warning;

/// No URL is longer.
const MAX_URL_CHARS: usize = 2_000;

/// A piece of a mail, `message/partial`.
#[derive(Debug, PartialEq)]
pub(super) struct Partial {
    /// The same for all pieces of a mail.
    pub id: Option<String>,
    /// Counted from one.
    pub number: Option<u32>,
    /// Often told by the last piece alone.
    pub total: Option<u32>,
}

/// A document that is not in the mail, `message/external-body`.
#[derive(Debug, PartialEq)]
pub(super) struct External {
    /// How it would be had, in lower case: `url`, `anon-ftp`, `local-file`, `mail-server` …
    pub access_type: Option<String>,
    pub name: Option<String>,
    /// Where it lies: a URL, or site and folder. Never opened.
    pub place: Option<String>,
    /// Until when, as it was written.
    pub expires: Option<String>,
}

/// Reads the parameters of a Content-Type `message/partial`.
pub(super) fn partial<'a>(parameter: impl Fn(&str) -> Option<&'a str>) -> Partial {
    let number = |name| {
        let number: u32 = parameter(name)?.trim().parse().ok()?;
        (number > 0).then_some(number)
    };
    Partial {
        id: parameter("id").and_then(cleaned),
        number: number("number"),
        total: number("total"),
    }
}

/// Reads the parameters of a Content-Type `message/external-body`.
pub(super) fn external<'a>(parameter: impl Fn(&str) -> Option<&'a str>) -> External {
    let site = parameter("site")
        .or_else(|| parameter("server"))
        .and_then(cleaned);
    let folder = parameter("directory").and_then(cleaned);
    let site = [site, folder]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("/");
    External {
        access_type: parameter("access-type")
            .and_then(cleaned)
            .map(|kind| kind.to_lowercase()),
        name: parameter("name").and_then(cleaned),
        place: parameter("url")
            .and_then(url)
            .or((!site.is_empty()).then_some(site)),
        expires: parameter("expiration").and_then(cleaned),
    }
}

/// A URL may be broken into several words; none of the spaces is its own.
fn url(text: &str) -> Option<String> {
    let url: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .take(MAX_URL_CHARS)
        .collect();
    (!url.is_empty()).then_some(url)
}

impl Partial {
    pub(super) fn warning(&self) -> Warning {
        let which = match (self.number, self.total) {
            (Some(number), Some(total)) => format!("piece {number} of {total}"),
            (Some(number), None) => format!("piece {number}"),
            _ => "a piece".to_owned(),
        };
        warning(
            "partial_message",
            &format!("this is {which} of a mail that was sent in several; they are not joined"),
        )
    }
}

impl External {
    pub(super) fn warning(&self) -> Warning {
        let place = match self.access_type.as_deref() {
            Some("local-file" | "afs") => "in a folder of the sender's",
            Some("mail-server") => "with a mail server that sends it on request",
            _ => "on a server",
        };
        warning(
            "external_body",
            &format!("a document is not in the mail but lies {place}; it is not fetched"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters<'a>(list: &'a [(&str, &'a str)]) -> impl Fn(&str) -> Option<&'a str> {
        |name| {
            list.iter()
                .find(|(found, _)| *found == name)
                .map(|(_, value)| *value)
        }
    }

    #[test]
    fn a_piece_says_which_it_is() {
        let piece = partial(parameters(&[
            ("id", " a@x.example "),
            ("number", "2"),
            ("total", "3"),
        ]));
        assert_eq!(piece.id.as_deref(), Some("a@x.example"));
        assert!(piece.warning().detail.contains("piece 2 of 3"));
        let piece = partial(parameters(&[("number", "0"), ("total", "mange")]));
        assert_eq!(
            (piece.id.as_deref(), piece.number, piece.total),
            (None, None, None)
        );
        assert_eq!(piece.warning().code, "partial_message");
    }

    #[test]
    fn a_document_elsewhere_says_where() {
        let document = external(parameters(&[
            ("access-type", "ANON-FTP"),
            ("name", "plan.pdf"),
            ("site", "ftp.x.example"),
            ("directory", "pub"),
            ("expiration", "Fri, 14 Jun 1991 19:13:14 -0400"),
        ]));
        assert_eq!(document.access_type.as_deref(), Some("anon-ftp"));
        assert_eq!(document.name.as_deref(), Some("plan.pdf"));
        assert_eq!(document.place.as_deref(), Some("ftp.x.example/pub"));
        let document = external(parameters(&[
            ("access-type", "URL"),
            ("url", "https://x.example/\r\n  plan.pdf"),
        ]));
        assert_eq!(
            document.place.as_deref(),
            Some("https://x.example/plan.pdf")
        );
        assert_eq!(external(|_| None).place, None);
        assert_eq!(document.warning().code, "external_body");
    }
}
