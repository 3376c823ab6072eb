//! Where the provider may send us: what it publishes names addresses that we ask, and a provider that was taken over, or a
//! name that leads elsewhere today, must not make us ask machines of the organisation's own network.
//!
//! The issuer's own host is the administrator's choice and may be anywhere; so may hosts that they name. Every other one must
//! be public, by its address as by what its name leads to at the moment of asking.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::config::{is_loopback, is_public};

#[derive(Clone, Debug)]
pub(super) struct Reach {
    /// In small letters, as addresses write them.
    chosen: Arc<[String]>,
    /// The provider is on this machine, as in tests.
    is_here: bool,
}

impl Reach {
    pub fn of(issuer: &str, hosts: &[String]) -> Self {
        let issuer = Url::parse(issuer).ok();
        let own = issuer
            .as_ref()
            .and_then(Url::host_str)
            .map(str::to_lowercase);
        Self {
            chosen: hosts
                .iter()
                .map(|host| host.to_lowercase())
                .chain(own)
                .collect(),
            is_here: issuer.as_ref().is_some_and(is_loopback),
        }
    }

    /// Only over TLS, so that nobody on the way answers; and on this machine alone when the provider itself is here.
    pub fn may_be_asked(&self, address: &str) -> bool {
        let Ok(url) = Url::parse(address) else {
            return false;
        };
        let Some(host) = url.host_str() else {
            return false;
        };
        let is_bare = url.username().is_empty() && url.password().is_none();
        let by_tls = url.scheme() == "https" || self.is_here && is_loopback(&url);
        is_bare && by_tls && self.may_be_host(host)
    }

    fn may_be_host(&self, host: &str) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        self.is_chosen(host) || bare.parse::<IpAddr>().map_or(true, |ip| self.may_be(ip))
    }

    fn may_be(&self, address: IpAddr) -> bool {
        is_public(address) || self.is_here && address.is_loopback()
    }

    fn is_chosen(&self, host: &str) -> bool {
        let host = host.to_lowercase();
        self.chosen.contains(&host)
    }
}

impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.clone();
        Box::pin(async move {
            let host = name.as_str();
            let found = tokio::net::lookup_host((host, 0)).await?;
            let may = |at: &SocketAddr| reach.is_chosen(host) || reach.may_be(at.ip());
            let allowed: Vec<SocketAddr> = found.filter(may).collect();
            if allowed.is_empty() {
                return Err("the name leads to no address that may be asked".into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_sends_us_to_public_places_and_to_those_that_were_chosen() {
        let hosts = ["login.egelund.lan".to_owned(), "10.1.2.3".to_owned()];
        let reach = Reach::of("https://idp.egelund.lan/realms/x", &hosts);
        for right in [
            "https://idp.egelund.lan/keys",
            "https://IDP.egelund.lan:8443/keys",
            "https://login.egelund.lan/keys",
            "https://10.1.2.3/keys",
            "https://graph.microsoft.com/oidc/userinfo",
            "https://20.190.1.1/keys",
        ] {
            assert!(reach.may_be_asked(right), "{right}");
        }
        for wrong in [
            "",
            "keys",
            "file:///etc/passwd",
            "http://idp.egelund.lan/keys",
            "http://127.0.0.1/keys",
            "https://127.0.0.1/keys",
            "https://[::1]/keys",
            "https://10.1.2.4/keys",
            "https://169.254.169.254/latest/meta-data",
            "https://[::ffff:10.0.0.1]/keys",
            "https://2130706433/keys",
            "https://birthe:word@idp.egelund.lan/keys",
        ] {
            assert!(!reach.may_be_asked(wrong), "{wrong}");
        }
        let here = Reach::of("http://127.0.0.1:9", &[]);
        assert!(here.may_be_asked("http://127.0.0.1:10/keys"));
        assert!(!here.may_be_asked("http://10.0.0.1/keys"));
        assert!(!here.may_be_asked("https://10.0.0.1/keys"));
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_asked_only_when_it_was_chosen() {
        let name = || "localhost".parse().unwrap();
        let stranger = Reach::of("https://idp.example", &[]);
        assert!(stranger.resolve(name()).await.is_err());
        let chosen = Reach::of("https://idp.example", &["localhost".to_owned()]);
        assert!(chosen.resolve(name()).await.unwrap().count() > 0);
    }
}
