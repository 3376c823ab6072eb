//! Secrets that are given out, and what is kept of them.
//!
//! A secret is 256 random bits and what is kept is its SHA-256. A slow hash, as passwords need, would protect nothing
//! here: nobody can try 2^256 of them, and each request would pay for it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// What tokens of scripts begin with, so that people and scanners know what they see.
const TOKEN_BEGINS: &str = "sagspost_";

/// Likewise of tokens that panes of add-ins have while a session lasts.
const PANE_TOKEN_BEGINS: &str = "sagspost-pane_";

/// 256 random bits as text for addresses, cookies and headers.
pub(super) fn random() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

pub(super) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// A new token for a script, and what is kept of it.
pub fn new_service_token() -> (String, [u8; 32]) {
    let token = format!("{TOKEN_BEGINS}{}", random());
    let hash = hash(&token);
    (token, hash)
}

pub(super) fn is_service_token(text: &str) -> bool {
    text.starts_with(TOKEN_BEGINS)
}

pub(super) fn new_pane_token() -> String {
    format!("{PANE_TOKEN_BEGINS}{}", random())
}

pub(super) fn is_pane_token(text: &str) -> bool {
    text.starts_with(PANE_TOKEN_BEGINS)
}

/// PKCE (RFC 7636): what is sent ahead of a verifier.
pub(super) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(hash(verifier))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_the_one_of_the_standard() {
        // RFC 7636, appendix B.
        assert_eq!(
            challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn no_two_tokens_are_the_same_and_each_is_known_as_one() {
        let (first, hash_of_first) = new_service_token();
        let (second, _) = new_service_token();
        assert_ne!(first, second);
        assert_eq!(hash(&first), hash_of_first);
        assert!(is_service_token(&first) && first.len() > 50);
    }
}
