//! What is signed, and whether a signature is genuine.

use chrono::{DateTime, SubsecRound, Utc};
use ring::signature::{ED25519, UnparsedPublicKey};

use super::key::Key;
use crate::store::{Checkpoint, Removal, Tail};

/// Signs the end of the log.
pub(super) fn checkpoint(key: &Key, number: i64, tail: Tail, now: DateTime<Utc>) -> Checkpoint {
    let mut checkpoint = Checkpoint {
        number,
        seq: tail.seq,
        hash: tail.hash.to_vec(),
        at: now.trunc_subsecs(6),
        public_key: key.public().to_vec(),
        signature: Vec::new(),
    };
    checkpoint.signature = key.sign(&checkpoint_message(&checkpoint));
    checkpoint
}

/// Signs that the log is removed up to a checkpoint.
pub(super) fn removal(key: &Key, up_to: &Checkpoint, now: DateTime<Utc>) -> Removal {
    let mut removal = Removal {
        through_seq: up_to.seq,
        hash: up_to.hash.clone(),
        checkpoint: up_to.number,
        at: now.trunc_subsecs(6),
        public_key: key.public().to_vec(),
        signature: Vec::new(),
    };
    removal.signature = key.sign(&removal_message(&removal));
    removal
}

/// Whether one of these keys has signed it.
pub fn checkpoint_is_genuine(checkpoint: &Checkpoint, keys: &[Vec<u8>]) -> bool {
    let message = checkpoint_message(checkpoint);
    is_signed(
        &checkpoint.public_key,
        &checkpoint.signature,
        &message,
        keys,
    )
}

pub fn removal_is_genuine(removal: &Removal, keys: &[Vec<u8>]) -> bool {
    let message = removal_message(removal);
    is_signed(&removal.public_key, &removal.signature, &message, keys)
}

fn is_signed(by: &[u8], signature: &[u8], message: &[u8], keys: &[Vec<u8>]) -> bool {
    keys.iter().any(|key| key == by)
        && UnparsedPublicKey::new(&ED25519, by)
            .verify(message, signature)
            .is_ok()
}

/// Lines of text, so that a stranger's program can make them too.
fn checkpoint_message(checkpoint: &Checkpoint) -> Vec<u8> {
    format!(
        "sagspost-audit-checkpoint-v1\n{}\n{}\n{}\n{}\n",
        checkpoint.number,
        checkpoint.seq,
        hex::encode(&checkpoint.hash),
        checkpoint.at.timestamp_micros()
    )
    .into_bytes()
}

fn removal_message(removal: &Removal) -> Vec<u8> {
    format!(
        "sagspost-audit-removal-v1\n{}\n{}\n{}\n{}\n",
        removal.through_seq,
        hex::encode(&removal.hash),
        removal.checkpoint,
        removal.at.timestamp_micros()
    )
    .into_bytes()
}
