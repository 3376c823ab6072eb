//! Microsoft's own mail formats: winmail.dat (TNEF) and Outlook's .msg.
//!
//! Both hold the same properties of a message (MAPI), so each decoder only fills [`properties::Item`] and one place
//! makes a [`Message`] of it. A message can be written as an ordinary mail, which is how the rest of the house reads it.
//! Whatever is damaged is left out and said; nothing here opens a file, a link or a network connection.

mod appointment;
mod block;
mod compound;
pub(super) mod eml;
mod message;
pub(super) mod msg;
mod people;
mod properties;
mod reader;
mod salvage;
pub(super) mod tnef;

#[cfg(test)]
mod corpus_tests;
#[cfg(test)]
mod samples;

pub(super) use message::Content;

/// An Outlook .msg or a bare `winmail.dat`, written anew as a mail; `None` for all else.
pub(super) fn as_mail(bytes: &[u8]) -> Option<Vec<u8>> {
    let message = if msg::is_msg(bytes) {
        msg::read(bytes)
    } else if tnef::is_tnef(bytes) {
        tnef::read(bytes)
    } else {
        None
    };
    message.map(|message| eml::to_eml(&message))
}
