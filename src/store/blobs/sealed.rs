//! A blob that nobody reads without its key: AES-256-GCM in chunks, each blob under a key of its own.
//!
//! A blob's key is derived from a data key, a salt that is drawn for this blob and lies in its row, and the blob's SHA-256:
//! without the row the bytes are noise, and they open as no other blob. Chunks are numbered and the last one is marked, so that
//! none can be cut off, exchanged or repeated; a few of them can be read alone, and a large mail needs no second copy of itself.

use std::io::{self, Read};
use std::ops::Range;

use bytes::Bytes;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf;

use crate::domain::mail::Sha256;

/// Bytes of a chunk before it is sealed.
const CHUNK: usize = 64 * 1024;
/// What sealing adds to a chunk.
const TAG: usize = 16;
const NAME: &[u8] = b"sagspost blob v1";

/// Drawn for each blob.
pub(in crate::store) type Salt = [u8; 32];

/// The key of one blob, and which blob it is.
#[derive(Clone)]
pub(in crate::store) struct BlobKey {
    key: LessSafeKey,
    sha256: Sha256,
}

/// The bytes are not those that were sealed under this key.
#[derive(Debug)]
pub(super) struct Unsealable;

impl BlobKey {
    pub(in crate::store) fn of(data_key: &[u8; 32], salt: &Salt, sha256: Sha256) -> Self {
        let info = [NAME, &sha256.0];
        let mut bytes = [0; 32];
        let derived = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(data_key);
        // Neither can fail: both lengths are those of the algorithms.
        if let Ok(okm) = derived.expand(&info, hkdf::HKDF_SHA256) {
            let _ = okm.fill(&mut bytes);
        }
        Self {
            key: aes(&bytes),
            sha256,
        }
    }

    /// Each chunk has a number; no key sees the same one twice.
    fn nonce(number: u64, last: bool) -> Nonce {
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&number.to_be_bytes());
        nonce[11] = u8::from(last);
        Nonce::assume_unique_for_key(nonce)
    }

    fn aad(&self) -> Aad<[u8; 32]> {
        Aad::from(self.sha256.0)
    }

    /// Seals a chunk where it lies; the tag goes behind it.
    fn seal(&self, number: u64, last: bool, chunk: &mut [u8]) -> io::Result<[u8; TAG]> {
        let tag = self
            .key
            .seal_in_place_separate_tag(Self::nonce(number, last), self.aad(), chunk)
            .map_err(|_| io::Error::other("a chunk could not be sealed"))?;
        tag.as_ref().try_into().map_err(io::Error::other)
    }

    /// Opens sealed chunks from the first on. `whole`: they are all there are, and the last must be marked so.
    pub(super) fn open(&self, sealed: Bytes, whole: bool) -> Result<Bytes, Unsealable> {
        let mut bytes: Vec<u8> = sealed.into();
        let chunks = bytes.len().div_ceil(CHUNK + TAG);
        let mut opened = 0;
        for number in 0..chunks {
            let start = number * (CHUNK + TAG);
            let end = bytes.len().min(start + CHUNK + TAG);
            let last = whole && number + 1 == chunks;
            let chunk = bytes.get_mut(start..end).ok_or(Unsealable)?;
            let length = self
                .key
                .open_in_place(Self::nonce(number as u64, last), self.aad(), chunk)
                .map_err(|_| Unsealable)?
                .len();
            bytes.copy_within(start..start + length, opened);
            opened += length;
        }
        if chunks == 0 {
            // Nothing was sealed as one empty chunk.
            return Err(Unsealable);
        }
        bytes.truncate(opened);
        Ok(bytes.into())
    }
}

pub(super) fn aes(key: &[u8; 32]) -> LessSafeKey {
    match UnboundKey::new(&AES_256_GCM, key) {
        Ok(key) => LessSafeKey::new(key),
        Err(_) => unreachable!("32 bytes are what AES-256 takes"),
    }
}

/// Bytes of a blob once sealed.
pub(in crate::store) fn sealed_length(length: usize) -> usize {
    length + length.div_ceil(CHUNK).max(1) * TAG
}

/// Bytes of a sealed blob before.
pub(in crate::store) fn plain_length(sealed: u64) -> u64 {
    let chunk = (CHUNK + TAG) as u64;
    sealed.saturating_sub(sealed.div_ceil(chunk) * TAG as u64)
}

/// Sealed bytes that hold at least so many of the first; whole chunks, and never the last one of a longer blob in part.
pub(super) fn head_of(sealed: &Range<u64>, plain: u64) -> Range<u64> {
    let chunks = plain.div_ceil(CHUNK as u64);
    let end = sealed.start + chunks * (CHUNK + TAG) as u64;
    sealed.start..end.min(sealed.end)
}

/// Blobs of an object, sealed one after the other as they are read: at no time more than a chunk of them is held twice.
pub(in crate::store) struct Sealing {
    bytes: Bytes,
    blobs: std::vec::IntoIter<(Range<usize>, BlobKey)>,
    /// The blob at hand: what is left of it, and the number of the next chunk.
    at: Option<(Range<usize>, BlobKey, u64)>,
    sealed: Vec<u8>,
    given: usize,
}

impl Sealing {
    pub(in crate::store) fn new(bytes: Bytes, blobs: Vec<(Range<usize>, BlobKey)>) -> Self {
        Self {
            bytes,
            blobs: blobs.into_iter(),
            at: None,
            sealed: Vec::with_capacity(CHUNK + TAG),
            given: 0,
        }
    }

    /// Seals the next chunk; false when there is none.
    fn next_chunk(&mut self) -> io::Result<bool> {
        if self.at.is_none() {
            self.at = self.blobs.next().map(|(range, key)| (range, key, 0));
        }
        let Some((rest, key, number)) = &mut self.at else {
            return Ok(false);
        };
        let end = rest.end.min(rest.start + CHUNK);
        let last = end == rest.end;
        self.sealed.clear();
        self.given = 0;
        self.sealed.extend_from_slice(
            self.bytes
                .get(rest.start..end)
                .ok_or(io::ErrorKind::InvalidInput)?,
        );
        let tag = key.seal(*number, last, &mut self.sealed)?;
        self.sealed.extend_from_slice(&tag);
        rest.start = end;
        *number += 1;
        if last {
            self.at = None;
        }
        Ok(true)
    }
}

impl Read for Sealing {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.sealed.len() {
            if !self.next_chunk()? {
                return Ok(0);
            }
        }
        let rest = &self.sealed[self.given..];
        let length = rest.len().min(out.len());
        out[..length].copy_from_slice(&rest[..length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at % 251) as u8).collect()
    }

    fn sealed(key: &BlobKey, plain: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        Sealing::new(
            Bytes::copy_from_slice(plain),
            vec![(0..plain.len(), key.clone())],
        )
        .read_to_end(&mut out)
        .unwrap();
        out
    }

    fn key_of(plain: &[u8]) -> BlobKey {
        BlobKey::of(&[7; 32], &[9; 32], Sha256::of(plain))
    }

    #[test]
    fn blobs_of_every_length_come_back_as_they_went() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 77] {
            let plain = bytes(length);
            let key = key_of(&plain);
            let sealed = sealed(&key, &plain);
            assert_eq!(sealed.len(), sealed_length(length), "{length}");
            assert_eq!(plain_length(sealed.len() as u64), length as u64, "{length}");
            assert!(length < 8 || !sealed.windows(8).any(|part| part == &plain[..8]));
            let opened = key.open(sealed.into(), true).unwrap();
            assert!(opened == plain, "{length}");
        }
    }

    #[test]
    fn the_head_of_a_blob_opens_alone() {
        let plain = bytes(3 * CHUNK + 77);
        let key = key_of(&plain);
        let sealed = sealed(&key, &plain);
        let range = head_of(&(0..sealed.len() as u64), CHUNK as u64 + 1);
        let head = Bytes::copy_from_slice(&sealed[..range.end as usize]);
        let opened = key.open(head, false).unwrap();
        assert!(opened == plain[..2 * CHUNK]);
    }

    #[test]
    fn whatever_is_done_to_sealed_bytes_they_do_not_open() {
        let plain = bytes(2 * CHUNK + 5);
        let key = key_of(&plain);
        let right = sealed(&key, &plain);
        let refused = |bytes: Vec<u8>, what: &str| {
            assert!(key.open(bytes.into(), true).is_err(), "{what}");
        };
        for at in [0, CHUNK, CHUNK + TAG, right.len() - 1] {
            let mut wrong = right.clone();
            wrong[at] ^= 1;
            refused(wrong, "a bit turned");
        }
        let chunk = CHUNK + TAG;
        refused(right[..2 * chunk].to_vec(), "the end cut off");
        refused(right[chunk..].to_vec(), "the beginning cut off");
        refused(Vec::new(), "nothing left");
        let mut exchanged = right[chunk..2 * chunk].to_vec();
        exchanged.extend_from_slice(&right[..chunk]);
        exchanged.extend_from_slice(&right[2 * chunk..]);
        refused(exchanged, "chunks exchanged");
        for (other, what) in [
            (
                BlobKey::of(&[8; 32], &[9; 32], Sha256::of(&plain)),
                "another data key",
            ),
            (
                BlobKey::of(&[7; 32], &[8; 32], Sha256::of(&plain)),
                "another salt",
            ),
            (
                BlobKey::of(&[7; 32], &[9; 32], Sha256::of(b"other")),
                "another blob",
            ),
        ] {
            assert!(other.open(right.clone().into(), true).is_err(), "{what}");
        }
    }

    #[test]
    fn the_blobs_of_an_object_are_sealed_each_on_its_own() {
        let all = bytes(CHUNK + 300);
        let parts = [0..100, 100..100, 100..CHUNK + 300];
        let keys: Vec<BlobKey> = parts
            .iter()
            .map(|part| key_of(&all[part.clone()]))
            .collect();
        let mut object = Vec::new();
        let blobs = parts.iter().cloned().zip(keys.iter().cloned()).collect();
        Sealing::new(all.clone().into(), blobs)
            .read_to_end(&mut object)
            .unwrap();
        let mut start = 0;
        for (part, key) in parts.iter().zip(&keys) {
            let end = start + sealed_length(part.len());
            let opened = key
                .open(Bytes::copy_from_slice(&object[start..end]), true)
                .unwrap();
            assert!(opened == all[part.clone()]);
            start = end;
        }
        assert_eq!(start, object.len());
    }
}
