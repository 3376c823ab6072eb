//! Marks in outgoing mail by which an answer finds its case again: an id and an HMAC of it.
//!
//! A mark tells nothing of its case; the id is looked up here. Without the key nobody can make one, and none is left of
//! one that was altered. It is written in small letters and digits, as servers and programs leave them alone.

use std::fmt;

use ring::hmac;
use uuid::Uuid;

/// Ours stands in the Message-ID of what the service sends itself.
const BEGINS: &str = "sagspost.";
/// The header that the add-in writes into what a person sends.
pub const HEADER: &str = "X-Sagspost-Mark";
/// Bytes of the HMAC that are kept: 128 bits cannot be guessed.
const TAG_BYTES: usize = 16;
/// Message-IDs of one mail that are looked at.
const MAX_IDS: usize = 100;

/// What makes and checks marks. Cannot be printed.
#[derive(Clone)]
pub struct MarkKey(hmac::Key);

/// A mark that this house made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CaseMark(pub Uuid);

impl MarkKey {
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// As it stands in a header or before the @ of a Message-ID.
    pub fn write(&self, mark: CaseMark) -> String {
        let tag = hmac::sign(&self.0, mark.0.as_bytes());
        let tag = tag.as_ref().get(..TAG_BYTES).unwrap_or_default();
        format!("{BEGINS}{}.{}", mark.0.simple(), hex::encode(tag))
    }

    /// The mark that a text is; `None` for another text, and for a mark that is forged or altered.
    pub fn read(&self, text: &str) -> Option<CaseMark> {
        let (id, tag) = text.trim().strip_prefix(BEGINS)?.split_once('.')?;
        let mark = CaseMark(Uuid::try_parse(id).ok()?);
        // Compared in constant time: how much of a guess was right must not show.
        let right = self.write(mark);
        let told = format!("{BEGINS}{id}.{tag}");
        bool::from(subtle::ConstantTimeEq::ct_eq(
            right.as_bytes(),
            told.as_bytes(),
        ))
        .then_some(mark)
    }

    /// The marks that a mail names: the newest Message-ID first.
    pub fn among<'a>(&self, message_ids: impl IntoIterator<Item = &'a str>) -> Vec<CaseMark> {
        let mut found = Vec::new();
        for id in message_ids.into_iter().take(MAX_IDS) {
            let local = id.rsplit_once('@').map_or(id, |(local, _)| local);
            if let Some(mark) = self.read(local)
                && !found.contains(&mark)
            {
                found.push(mark);
            }
        }
        found
    }
}

impl fmt::Debug for MarkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MarkKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_again_and_an_altered_or_forged_one_is_not() {
        let (key, mark) = (MarkKey::new(&[7; 32]), CaseMark(Uuid::now_v7()));
        let written = key.write(mark);
        assert_eq!(key.read(&written), Some(mark));
        for at in 0..written.len() {
            let mut altered = written.clone().into_bytes();
            altered[at] = if altered[at] == b'0' { b'1' } else { b'0' };
            let altered = String::from_utf8(altered).unwrap();
            assert_eq!(key.read(&altered), None, "{altered}");
        }
        assert_eq!(MarkKey::new(&[8; 32]).read(&written), None);
        for other in [
            "",
            "sagspost.",
            "sagspost..",
            "a@b",
            &written[..written.len() - 1],
        ] {
            assert_eq!(key.read(other), None, "{other}");
        }
    }

    #[test]
    fn of_a_mails_references_those_count_that_are_ours() {
        let key = MarkKey::new(&[7; 32]);
        let (first, second) = (CaseMark(Uuid::now_v7()), CaseMark(Uuid::now_v7()));
        let ids = [
            format!("{}@byen.example", key.write(first)),
            "a@x".to_owned(),
            key.write(second),
            key.write(first),
        ];
        assert_eq!(key.among(ids.iter().map(String::as_str)), [first, second]);
    }
}
