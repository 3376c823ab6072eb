//! What an organisation has chosen of filing without a click, ready to be used.

use super::by_rules::Ready;
use crate::{
    config::{Filing as Settings, Follow},
    domain::{case_mark::MarkKey, filing_address::FilingAddress},
    store::{FollowMode, Following},
};

#[derive(Debug)]
pub struct FilingRules {
    pub follow: Follow,
    pub address: Option<FilingAddress>,
    /// Whose Authentication-Results are believed.
    pub trusted_server: Option<String>,
    pub marks: MarkKey,
    /// Whether the service sends mail.
    pub mail_out: bool,
    pub(super) rules: Ready,
}

impl FilingRules {
    pub fn new(settings: &Settings, marks: MarkKey, mail_out: bool) -> Self {
        Self {
            follow: settings.follow,
            // Checked when the configuration was read.
            address: FilingAddress::parse(&settings.address).ok().flatten(),
            trusted_server: Some(settings.trusted_server.clone())
                .filter(|server| !server.is_empty()),
            marks,
            mail_out,
            rules: Ready::default(),
        }
    }

    /// What filing a mail does with its thread when nobody says anything.
    pub fn following(&self) -> Following {
        match self.follow {
            Follow::On => Following::ByDefault(FollowMode::On),
            Follow::Ask => Following::ByDefault(FollowMode::Ask),
            Follow::Off => Following::Untouched,
        }
    }

    pub fn is_filing_address(&self, address: &str) -> bool {
        let pattern = self.address.as_ref();
        pattern.is_some_and(|pattern| pattern.number_in(address).is_some())
    }
}
