//! Who sent a message and who received it, as mail addresses.
//!
//! Exchange knows people by names in its directory (`/O=…/CN=…`), which mean nothing elsewhere: where the SMTP address
//! stands too, in a property or in the headers the mail came with, that one is taken, and no directory name ever.

use super::{
    message::{Kind, Recipient},
    properties::{Item, Properties, id},
};
use crate::{domain::mail::Address, mime::headers::MailHeaders};

/// Properties that say who somebody is.
struct Person {
    name: u16,
    smtp: u16,
    address: u16,
    address_type: u16,
    search_key: u16,
}

/// On whose behalf the mail is sent: the one a reader sees.
const REPRESENTED: Person = Person {
    name: id::SENT_REPRESENTING_NAME,
    smtp: id::SENT_REPRESENTING_SMTP_ADDRESS,
    address: id::SENT_REPRESENTING_ADDRESS,
    address_type: id::SENT_REPRESENTING_ADDRESS_TYPE,
    search_key: id::SENT_REPRESENTING_SEARCH_KEY,
};
/// Who sent it.
const SENDER: Person = Person {
    name: id::SENDER_NAME,
    smtp: id::SENDER_SMTP_ADDRESS,
    address: id::SENDER_ADDRESS,
    address_type: id::SENDER_ADDRESS_TYPE,
    search_key: id::SENDER_SEARCH_KEY,
};
const RECIPIENT: Person = Person {
    name: id::DISPLAY_NAME,
    smtp: id::SMTP_ADDRESS,
    address: id::EMAIL_ADDRESS,
    address_type: id::ADDRESS_TYPE,
    search_key: id::SEARCH_KEY,
};

pub(super) fn from(properties: &Properties, transport: Option<&MailHeaders>) -> Option<Address> {
    let represented = properties.text(REPRESENTED.name).map(unquoted);
    let sender = properties.text(SENDER.name).map(unquoted);
    let written = transport.and_then(|headers| headers.from.first());
    // A secretary's address is not that of whom she writes for.
    let is_same = represented.is_none() || sender.is_none() || represented == sender;
    let address = REPRESENTED
        .address(properties)
        .or_else(|| is_same.then(|| SENDER.address(properties)).flatten())
        .or_else(|| written.and_then(|from| smtp(&from.address)))
        .or_else(|| represented.as_deref().or(sender.as_deref()).and_then(smtp));
    let name = represented
        .or(sender)
        .or_else(|| written.and_then(|from| from.name.clone()))
        .or_else(|| {
            address
                .is_none()
                .then(|| directory_name(properties))
                .flatten()
        });
    person(name, address)
}

/// From the table of recipients; where there is none, from the headers, and from what a reader sees as a last resort.
pub(super) fn recipients(item: &Item, transport: Option<&MailHeaders>) -> Vec<Recipient> {
    let known: Vec<Recipient> = item
        .recipients
        .iter()
        .filter_map(|row| recipient(row, transport))
        .collect();
    if !known.is_empty() {
        return known;
    }
    let written: Vec<Recipient> = transport
        .into_iter()
        .flat_map(|headers| {
            [
                (Kind::To, &headers.to),
                (Kind::Cc, &headers.cc),
                (Kind::Bcc, &headers.bcc),
            ]
        })
        .flat_map(|(kind, list)| {
            list.iter()
                .cloned()
                .map(move |address| Recipient { kind, address })
        })
        .collect();
    if !written.is_empty() {
        return written;
    }
    shown(&item.properties)
}

fn recipient(row: &Properties, transport: Option<&MailHeaders>) -> Option<Recipient> {
    const KIND_BITS: i64 = 0xf;
    let kind = match row.integer(id::RECIPIENT_TYPE).map(|kind| kind & KIND_BITS) {
        // The organiser of a meeting stands among those invited.
        Some(0) => return None,
        Some(2) => Kind::Cc,
        Some(3) => Kind::Bcc,
        _ => Kind::To,
    };
    let name = [
        id::DISPLAY_NAME,
        id::RECIPIENT_DISPLAY_NAME,
        id::TRANSMITTABLE_NAME,
    ]
    .into_iter()
    .find_map(|id| row.text(id))
    .map(unquoted);
    let address = RECIPIENT
        .address(row)
        .or_else(|| name.as_deref().and_then(|name| named(name, transport?)))
        .or_else(|| name.as_deref().and_then(smtp));
    let address = person(name, address)?;
    Some(Recipient { kind, address })
}

/// The address that stands with this name in the headers.
fn named(name: &str, headers: &MailHeaders) -> Option<String> {
    [&headers.to, &headers.cc, &headers.bcc]
        .into_iter()
        .flatten()
        .find(|address| address.name.as_deref() == Some(name))
        .and_then(|address| smtp(&address.address))
}

/// Names alone, between semicolons.
fn shown(properties: &Properties) -> Vec<Recipient> {
    [
        (Kind::To, id::DISPLAY_TO),
        (Kind::Cc, id::DISPLAY_CC),
        (Kind::Bcc, id::DISPLAY_BCC),
    ]
    .into_iter()
    .filter_map(|(kind, id)| Some((kind, properties.text(id)?)))
    .flat_map(|(kind, names)| {
        names
            .split(';')
            .filter_map(|name| {
                let name = unquoted(name.trim().to_owned());
                let address = smtp(&name);
                person(Some(name), address)
            })
            .map(|address| Recipient { kind, address })
            .collect::<Vec<_>>()
    })
    .take(super::properties::MAX_RECIPIENTS)
    .collect()
}

impl Person {
    fn address(&self, properties: &Properties) -> Option<String> {
        let is_directory = properties
            .text(self.address_type)
            .is_some_and(|kind| kind.eq_ignore_ascii_case("EX"));
        properties
            .text(self.smtp)
            .and_then(|address| smtp(&address))
            .or_else(|| {
                let address = properties.text(self.address)?;
                smtp(&address).filter(|_| !is_directory)
            })
            .or_else(|| {
                let key = properties.decoded(properties.binary(self.search_key)?);
                smtp(strip_kind(&key)?)
            })
    }
}

fn person(name: Option<String>, address: Option<String>) -> Option<Address> {
    let name = name.filter(|name| !name.is_empty());
    (name.is_some() || address.is_some()).then(|| Address {
        name,
        address: address.unwrap_or_default(),
    })
}

/// An SMTP address in lower case, without the kind that stands before it.
pub(super) fn smtp(text: &str) -> Option<String> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    let text = strip_kind(text).unwrap_or(text);
    let text = text.trim_matches(['<', '>', '\'', '"']);
    let (local, domain) = text.rsplit_once('@')?;
    let is_address = !local.is_empty()
        && !domain.is_empty()
        && !text.starts_with('/')
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c));
    is_address.then(|| text.to_lowercase())
}

fn strip_kind(text: &str) -> Option<&str> {
    let (kind, rest) = text.split_at_checked(5)?;
    kind.eq_ignore_ascii_case("smtp:").then_some(rest)
}

/// The last name of `/O=…/OU=…/CN=…`: better than nobody.
fn directory_name(properties: &Properties) -> Option<String> {
    let name = properties
        .text(REPRESENTED.address)
        .or_else(|| properties.text(SENDER.address))?;
    let (_, name) = name.rsplit_once('=')?;
    Some(name.to_owned())
}

/// Outlook puts quotation marks around names that are addresses.
fn unquoted(name: String) -> String {
    let inner = name
        .strip_prefix('\'')
        .and_then(|name| name.strip_suffix('\''))
        .or_else(|| {
            name.strip_prefix('"')
                .and_then(|name| name.strip_suffix('"'))
        });
    inner.map_or_else(|| name.clone(), |inner| inner.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::mapi::properties::{Key, Value};

    fn properties(values: &[(u16, &str)]) -> Properties {
        let mut properties = Properties::default();
        for (id, text) in values {
            properties.add(Key::Id(*id), Value::Text((*text).to_owned()));
        }
        properties
    }

    fn address(values: &[(u16, &str)]) -> String {
        from(&properties(values), None).unwrap().address
    }

    #[test]
    fn the_smtp_address_is_taken_wherever_it_stands_and_a_directory_name_never() {
        const DIRECTORY: &str = "/O=KOMMUNE/OU=TEKNIK/CN=RECIPIENTS/CN=INGE";
        for place in [
            id::SENT_REPRESENTING_SMTP_ADDRESS,
            id::SENDER_SMTP_ADDRESS,
            id::SENDER_ADDRESS,
        ] {
            let values = [
                (id::SENT_REPRESENTING_NAME, "Inge Årup"),
                (id::SENT_REPRESENTING_ADDRESS_TYPE, "EX"),
                (id::SENT_REPRESENTING_ADDRESS, DIRECTORY),
                (place, "Inge@x.example"),
            ];
            assert_eq!(address(&values), "inge@x.example");
        }
        let unknown = [(id::SENT_REPRESENTING_ADDRESS, DIRECTORY)];
        let nobody = from(&properties(&unknown), None).unwrap();
        assert_eq!(
            (nobody.name.as_deref(), nobody.address.as_str()),
            (Some("INGE"), "")
        );
    }

    #[test]
    fn a_secretary_lends_nobody_her_address() {
        let values = [
            (id::SENT_REPRESENTING_NAME, "Chefen"),
            (id::SENDER_NAME, "Sekretæren"),
            (id::SENDER_SMTP_ADDRESS, "sekretaer@x.example"),
        ];
        assert_eq!(address(&values), "");
    }

    #[test]
    fn only_what_is_an_address_is_one() {
        for (text, expected) in [
            ("SMTP:A@X.EXAMPLE", Some("a@x.example")),
            ("'a@x.example'", Some("a@x.example")),
            ("/o=x/cn=a@b", None),
            ("Inge Årup", None),
            ("a b@x.example", None),
            ("@", None),
            ("smtpæ", None),
        ] {
            assert_eq!(smtp(text).as_deref(), expected, "{text}");
        }
    }
}
