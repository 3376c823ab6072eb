//! Tokens of the configuration, for development and scripts: as the file says them, for as long as it does.

use subtle::ConstantTimeEq as _;

use crate::config::Token;

/// The user that a token belongs to.
pub(super) fn user_of(tokens: &[Token], presented: &str) -> Option<String> {
    let presented = presented.trim().as_bytes();
    let mut user = None;
    // Every token is compared in full, so that time tells nothing about them.
    for known in tokens {
        if bool::from(known.token.reveal().as_bytes().ct_eq(presented)) {
            user = Some(known.user.clone());
        }
    }
    user
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    #[test]
    fn a_token_names_its_user_and_nothing_else_names_anybody() {
        let token = |user: &str| Token {
            user: user.to_owned(),
            token: Secret::new(format!("token-of-{user}")),
        };
        let tokens = [token("birthe"), token("carl")];
        assert_eq!(
            user_of(&tokens, " token-of-carl\n").as_deref(),
            Some("carl")
        );
        for wrong in ["", "token-of-", "token-of-carl2", "carl"] {
            assert_eq!(user_of(&tokens, wrong), None, "{wrong}");
        }
    }
}
