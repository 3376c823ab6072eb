//! The master key: it opens data keys and nothing else, and never touches a blob.
//!
//! It lies in a file that the configuration names, or in a key management service that a command reaches; then it never comes
//! here at all. A rotation needs the one before beside it until every data key is wrapped anew.

use std::process::Stdio;
use std::time::Duration;

use ring::aead::{Aad, LessSafeKey, Nonce};
use ring::rand::{SecureRandom as _, SystemRandom};
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use super::sealed::aes;

/// How long a key management service may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(30);
const MAX_ANSWER_BYTES: usize = 64 * 1024;
const NONCE: usize = 12;
const NAME: &str = "sagspost master key name v1";
/// What a data key is called that a command wrapped.
const BY_COMMAND: &str = "command";

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("a master key is 64 hexadecimal digits, as `openssl rand -hex 32` prints them")]
    NoKey,
    #[error(
        "blobs are encrypted, and encryption.master_key_file or encryption.key_command is not set"
    )]
    NotSet,
    #[error(
        "a data key is wrapped by master key {0}, which is neither encryption.master_key nor the previous one"
    )]
    OtherMaster(String),
    #[error("data key {0} does not open: it was altered")]
    Damaged(Uuid),
    #[error("encryption.key_command cannot be run: {0}")]
    CommandStart(#[source] std::io::Error),
    #[error("encryption.key_command {step} failed ({how})")]
    Command { step: &'static str, how: String },
    #[error("the system gives no random numbers")]
    NoRandomness,
}

/// A key in memory, with a name that tells it from others and nothing of it.
struct Key {
    key: LessSafeKey,
    name: String,
}

impl Key {
    fn parse(text: &str) -> Result<Self, KeyError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| KeyError::NoKey)?;
        let name = hex::encode(&blake3::derive_key(NAME, &bytes)[..6]);
        Ok(Self {
            key: aes(&bytes),
            name,
        })
    }
}

/// What wraps data keys and opens them.
pub struct Master(Kind);

enum Kind {
    Keys(Box<Keys>),
    Command(Vec<String>),
}

struct Keys {
    current: Key,
    /// While a rotation is under way.
    previous: Option<Key>,
}

/// A data key as it is kept.
#[derive(Clone, Debug)]
pub(in crate::store) struct Wrapped {
    pub master: String,
    pub bytes: Vec<u8>,
}

impl Master {
    /// Keys of 64 hexadecimal digits; the one before while a rotation is under way.
    pub fn keys(current: &str, previous: Option<&str>) -> Result<Self, KeyError> {
        Ok(Self(Kind::Keys(Box::new(Keys {
            current: Key::parse(current)?,
            previous: previous.map(Key::parse).transpose()?,
        }))))
    }

    /// A command that is called with `wrap` or `unwrap` behind its own arguments, reads hexadecimal digits and prints others.
    pub fn command(words: Vec<String>) -> Self {
        Self(Kind::Command(words))
    }

    /// Whether it alone knows which of its keys wrapped what.
    pub(in crate::store) fn keeps_its_keys(&self) -> bool {
        matches!(self.0, Kind::Command(_))
    }

    /// What newly wrapped keys are called.
    pub(in crate::store) fn name(&self) -> &str {
        match &self.0 {
            Kind::Keys(keys) => &keys.current.name,
            Kind::Command(_) => BY_COMMAND,
        }
    }

    pub(in crate::store) async fn wrap(
        &self,
        id: Uuid,
        data_key: &[u8; 32],
    ) -> Result<Wrapped, KeyError> {
        let bytes = match &self.0 {
            Kind::Keys(keys) => {
                let mut bytes = random::<NONCE>()?.to_vec();
                let nonce =
                    Nonce::try_assume_unique_for_key(&bytes).map_err(|_| KeyError::NoKey)?;
                let mut sealed = data_key.to_vec();
                keys.current
                    .key
                    .seal_in_place_append_tag(nonce, aad(id), &mut sealed)
                    .map_err(|_| KeyError::NoKey)?;
                bytes.append(&mut sealed);
                bytes
            }
            Kind::Command(words) => run(words, "wrap", data_key).await?,
        };
        Ok(Wrapped {
            master: self.name().to_owned(),
            bytes,
        })
    }

    pub(in crate::store) async fn unwrap(
        &self,
        id: Uuid,
        wrapped: &Wrapped,
    ) -> Result<[u8; 32], KeyError> {
        let key = match &self.0 {
            Kind::Keys(keys) => {
                let key = std::iter::once(&keys.current)
                    .chain(&keys.previous)
                    .find(|key| key.name == wrapped.master)
                    .ok_or_else(|| KeyError::OtherMaster(wrapped.master.clone()))?;
                let (nonce, sealed) = wrapped
                    .bytes
                    .split_at_checked(NONCE)
                    .ok_or(KeyError::Damaged(id))?;
                let nonce =
                    Nonce::try_assume_unique_for_key(nonce).map_err(|_| KeyError::Damaged(id))?;
                let mut sealed = sealed.to_vec();
                key.key
                    .open_in_place(nonce, aad(id), &mut sealed)
                    .map_err(|_| KeyError::Damaged(id))?
                    .to_vec()
            }
            Kind::Command(words) => run(words, "unwrap", &wrapped.bytes).await?,
        };
        key.try_into().map_err(|_| KeyError::Damaged(id))
    }
}

/// Random bytes for keys and salts.
pub(in crate::store) fn random<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| KeyError::NoRandomness)?;
    Ok(bytes)
}

/// A wrapped key opens as no other.
fn aad(id: Uuid) -> Aad<[u8; 16]> {
    Aad::from(*id.as_bytes())
}

/// Keys go through standard input and output, where no list of processes shows them.
async fn run(words: &[String], step: &'static str, bytes: &[u8]) -> Result<Vec<u8>, KeyError> {
    let failed = |how: &str| KeyError::Command {
        step,
        how: how.to_owned(),
    };
    let (program, arguments) = words.split_first().ok_or_else(|| failed("it is empty"))?;
    let mut child = tokio::process::Command::new(program)
        .args(arguments)
        .arg(step)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(KeyError::CommandStart)?;
    let mut input = child.stdin.take();
    let asked = format!("{}\n", hex::encode(bytes));
    let answered = tokio::time::timeout(COMMAND_TIMEOUT, async {
        if let Some(input) = &mut input {
            // Whoever does not read it says why by how it ends.
            let _ = input.write_all(asked.as_bytes()).await;
        }
        drop(input);
        child.wait_with_output().await
    });
    let output = answered
        .await
        .map_err(|_| failed("it took too long"))?
        .map_err(KeyError::CommandStart)?;
    if !output.status.success() {
        return Err(failed(&output.status.to_string()));
    }
    if output.stdout.len() > MAX_ANSWER_BYTES {
        return Err(failed("it printed too much"));
    }
    let text = std::str::from_utf8(&output.stdout).unwrap_or_default();
    hex::decode(text.trim()).map_err(|_| failed("it printed no hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wrapped_key_opens_under_its_master_and_its_own_name_alone() {
        let (a, b) = ("ab".repeat(32), "cd".repeat(32));
        let master = Master::keys(&a, None).unwrap();
        let id = Uuid::now_v7();
        let wrapped = master.wrap(id, &[7; 32]).await.unwrap();
        assert_eq!(master.unwrap(id, &wrapped).await.unwrap(), [7; 32]);
        let rotating = Master::keys(&b, Some(&a)).unwrap();
        assert_eq!(rotating.unwrap(id, &wrapped).await.unwrap(), [7; 32]);
        let other = Master::keys(&b, None).unwrap().unwrap(id, &wrapped).await;
        assert!(matches!(other, Err(KeyError::OtherMaster(_))), "{other:?}");
        let renamed = master.unwrap(Uuid::now_v7(), &wrapped).await;
        assert!(matches!(renamed, Err(KeyError::Damaged(_))), "{renamed:?}");
        assert!(!wrapped.master.contains("abab"));
    }

    #[tokio::test]
    async fn a_command_keeps_the_master_key_to_itself() {
        // Turns digits around, which undoes itself.
        let command = |script: &str| {
            Master::command(vec!["sh".into(), "-c".into(), script.into(), "kms".into()])
        };
        let kms = command("rev");
        let id = Uuid::now_v7();
        let key = [0x12; 32];
        let wrapped = kms.wrap(id, &key).await.unwrap();
        assert_eq!(wrapped.bytes, [0x21; 32]);
        assert_eq!(kms.unwrap(id, &wrapped).await.unwrap(), key);
        let step = command("test \"$1\" = wrap && rev");
        assert!(step.wrap(id, &key).await.is_ok());
        assert!(step.unwrap(id, &wrapped).await.is_err());
        for wrong in ["echo secret", "exit 3", "cat; echo x"] {
            let error = command(wrong).wrap(id, &key).await.unwrap_err();
            assert!(!error.to_string().contains("1212"), "{error}");
        }
        let missing = Master::command(vec!["/not/there".into()])
            .wrap(id, &key)
            .await;
        assert!(matches!(missing, Err(KeyError::CommandStart(_))));
    }

    #[test]
    fn a_master_key_is_64_hexadecimal_digits() {
        for wrong in ["", "ab", &"x".repeat(64), &"ab".repeat(33)] {
            assert!(Master::keys(wrong, None).is_err(), "{wrong}");
        }
        assert!(Master::keys(&format!("{}\n", "AB".repeat(32)), None).is_ok());
    }
}
