//! Signing in: LOGIN, AUTHENTICATE PLAIN, and with an access token XOAUTH2 or OAUTHBEARER.

use std::cell::Cell;

use super::oauth::ClientCredentials;

/// A password or a token. Shows nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The secret itself: for the wire alone.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// How to sign in to a mailbox.
#[derive(Clone, Debug)]
pub enum Login {
    /// AUTHENTICATE PLAIN where the server has it, else LOGIN.
    Password { user: String, password: Secret },
    /// An access token from `source`: OAUTHBEARER where the server has it, else XOAUTH2.
    Token {
        user: String,
        source: ClientCredentials,
    },
}

impl Login {
    pub fn user(&self) -> &str {
        match self {
            Self::Password { user, .. } | Self::Token { user, .. } => user,
        }
    }
}

/// A SASL mechanism with what it says first.
pub(super) enum Sasl {
    Plain {
        user: String,
        password: Secret,
    },
    OAuthBearer {
        user: String,
        host: String,
        port: u16,
        token: Secret,
    },
    XOAuth2 {
        user: String,
        token: Secret,
    },
}

impl Sasl {
    pub(super) fn mechanism(&self) -> &'static str {
        match self {
            Self::Plain { .. } => "PLAIN",
            Self::OAuthBearer { .. } => "OAUTHBEARER",
            Self::XOAuth2 { .. } => "XOAUTH2",
        }
    }

    fn first_response(&self) -> String {
        match self {
            Self::Plain { user, password } => format!("\0{user}\0{}", password.expose()),
            Self::OAuthBearer {
                user,
                host,
                port,
                token,
            } => {
                // RFC 7628: `=` and `,` are escaped in the name.
                let user = user.replace('=', "=3D").replace(',', "=2C");
                let token = token.expose();
                format!("n,a={user},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01")
            }
            Self::XOAuth2 { user, token } => {
                format!("user={user}\x01auth=Bearer {}\x01\x01", token.expose())
            }
        }
    }

    /// What answers the server's account of an error, after which it says NO.
    fn acknowledgement(&self) -> &'static str {
        match self {
            Self::OAuthBearer { .. } => "\x01",
            Self::Plain { .. } | Self::XOAuth2 { .. } => "",
        }
    }
}

/// Runs a mechanism for the crate, which only knows challenges.
pub(super) struct Conversation<'a> {
    pub(super) sasl: &'a Sasl,
    begun: Cell<bool>,
}

impl<'a> Conversation<'a> {
    pub(super) fn new(sasl: &'a Sasl) -> Self {
        Self {
            sasl,
            begun: Cell::new(false),
        }
    }
}

impl imap::Authenticator for Conversation<'_> {
    type Response = String;

    fn process(&self, _challenge: &[u8]) -> String {
        if self.begun.replace(true) {
            self.sasl.acknowledgement().to_owned()
        } else {
            self.sasl.first_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use imap::Authenticator as _;

    #[test]
    fn a_secret_shows_nothing_of_itself() {
        let login = Login::Password {
            user: "birthe.lund".into(),
            password: Secret::new("hemmelig"),
        };
        assert!(!format!("{login:?}").contains("hemmelig"));
    }

    #[test]
    fn the_mechanisms_say_what_their_standards_ask() {
        let token = || Secret::new("tok");
        let bearer = Sasl::OAuthBearer {
            user: "a,b=c".into(),
            host: "h".into(),
            port: 993,
            token: token(),
        };
        assert_eq!(
            bearer.first_response(),
            "n,a=a=2Cb=3Dc,\x01host=h\x01port=993\x01auth=Bearer tok\x01\x01"
        );
        let xoauth2 = Sasl::XOAuth2 {
            user: "u".into(),
            token: token(),
        };
        assert_eq!(
            xoauth2.first_response(),
            "user=u\x01auth=Bearer tok\x01\x01"
        );
        let conversation = Conversation::new(&bearer);
        conversation.process(b"");
        assert_eq!(conversation.process(b"{\"status\":\"401\"}"), "\x01");
    }
}
