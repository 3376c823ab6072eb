//! Signing in from an add-in's pane, where the host has no way of its own: a dialog signs in as any web page does and hands the
//! pane a code, never a token; the pane changes it, once and within a minute, for a token that lasts no longer than the session.

use chrono::{DateTime, Utc};

use super::{Auth, AuthError, secret};
use crate::config::Secret;

/// A pane that is signed in.
pub struct PaneToken {
    pub token: Secret,
    /// Until the session ends at the latest.
    pub lasts_secs: i64,
}

impl Auth {
    /// A code for the pane, of whoever has this session.
    pub async fn pane_code(&self, session: &str, now: DateTime<Utc>) -> Result<Secret, AuthError> {
        self.of_session(session, now).await?;
        let code = secret::random();
        self.store
            .save_pane_code(&secret::hash(&code), &secret::hash(session), now)
            .await?;
        Ok(Secret::new(code))
    }

    /// Changes a code for a token.
    pub async fn redeem_pane_code(
        &self,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<PaneToken, AuthError> {
        let token = secret::new_pane_token();
        let limits = self.session_limits();
        let session = self
            .store
            .redeem_pane_code(&secret::hash(code), &secret::hash(&token), limits, now)
            .await?
            .ok_or(AuthError::Unknown)?;
        Ok(PaneToken {
            token: Secret::new(token),
            lasts_secs: (session.ends_at - now).num_seconds().max(0),
        })
    }
}
