//! The key that signs checkpoints: an Ed25519 seed in a file of its own, 64 hexadecimal digits.
//!
//! Made when it is missing, readable by the service's user alone. It is never shown; its public key is.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::domain::case_mark::MarkKey;
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair as _};

/// Derives the key of search digests; another purpose gets another key.
const WORDS: &str = "sagspost 2026 audit search words v1";
/// Likewise of the marks in outgoing mail.
const MARKS: &str = "sagspost 2026 marks in outgoing mail v1";

pub struct Key {
    pair: Ed25519KeyPair,
    words: [u8; 32],
    marks: [u8; 32],
}

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("audit.key_file: {} cannot be read: {source}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("audit.key_file: {} cannot be made: {source}", path.display())]
    Make {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("audit.key_file: {} holds no key: 64 hexadecimal digits, as `openssl rand -hex 32` prints them", .0.display())]
    Damaged(PathBuf),
    #[error("audit.key_file: {} may be read by others than its owner; `chmod 600` it", .0.display())]
    Open(PathBuf),
    #[error("the system gives no random numbers")]
    NoRandomness,
}

impl Key {
    /// Reads the key, and makes it first when there is none.
    pub fn open(path: &Path) -> Result<Self, KeyError> {
        match Self::read(path) {
            Err(KeyError::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                make(path)?;
                tracing::warn!(
                    "a key to sign the audit log with was made: keep a copy of audit.key_file, and of what `sagspost audit key` prints, elsewhere"
                );
                Self::read(path)
            }
            read => read,
        }
    }

    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let unreadable = |source| KeyError::Read {
            path: path.to_owned(),
            source,
        };
        let text = fs::read_to_string(path).map_err(unreadable)?;
        let mode = fs::metadata(path).map_err(unreadable)?.permissions().mode();
        if mode & 0o007 != 0 {
            return Err(KeyError::Open(path.to_owned()));
        }
        let mut seed = [0; 32];
        hex::decode_to_slice(text.trim(), &mut seed)
            .map_err(|_| KeyError::Damaged(path.to_owned()))?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed)
            .map_err(|_| KeyError::Damaged(path.to_owned()))?;
        Ok(Self {
            pair,
            words: blake3::derive_key(WORDS, &seed),
            marks: blake3::derive_key(MARKS, &seed),
        })
    }

    pub fn public(&self) -> [u8; 32] {
        self.pair
            .public_key()
            .as_ref()
            .try_into()
            .unwrap_or_default()
    }

    /// For digests of the words of searches.
    pub fn word_key(&self) -> [u8; 32] {
        self.words
    }

    /// For the marks by which answers find their case.
    pub fn mark_key(&self) -> MarkKey {
        MarkKey::new(&self.marks)
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }
}

/// Never over an existing file: of two that start at once, one makes the key and the other reads it.
fn make(path: &Path) -> Result<(), KeyError> {
    let mut seed = [0; 32];
    SystemRandom::new()
        .fill(&mut seed)
        .map_err(|_| KeyError::NoRandomness)?;
    let failed = |source| KeyError::Make {
        path: path.to_owned(),
        source,
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Whole or not at all, since another process may read it at any moment.
    let draft = folder.join(format!(".audit-key-{}", uuid::Uuid::now_v7()));
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut file| {
            writeln!(file, "{}", hex::encode(seed))?;
            file.sync_all()
        })
        .and_then(|()| match fs::hard_link(&draft, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        })
        .and_then(|()| fs::File::open(folder)?.sync_all());
    // What is left of a failure is told by the failure.
    let _ = fs::remove_file(&draft);
    written.map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_alone_and_read_again() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("audit.key");
        let made = Key::open(&path).unwrap();
        let rights = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(rights & 0o777, 0o600);
        let again = Key::open(&path).unwrap();
        assert_eq!(made.public(), again.public());
        assert_eq!(made.word_key(), again.word_key());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_no_key_or_open_to_all_is_refused_and_kept() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("audit.key");
        fs::write(&path, "hemmelig").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let error = Key::open(&path).err().unwrap();
        assert!(matches!(error, KeyError::Damaged(_)), "{error}");
        assert!(!error.to_string().contains("hemmelig"));
        fs::write(&path, "ab".repeat(32)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Key::open(&path), Err(KeyError::Open(_))));
    }
}
