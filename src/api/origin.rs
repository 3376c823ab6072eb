//! From which address a request comes: of whoever connected, or, when that is a proxy of ours, whom it says it speaks for.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::{Extensions, HeaderMap, request::Parts};

use crate::config::Network;

/// `None` where the service does not know who connected.
pub(super) fn address(parts: &Parts, proxies: &[Network]) -> Option<IpAddr> {
    found(&parts.extensions, &parts.headers, proxies)
}

/// The same of a whole request.
pub(super) fn of(request: &Request, proxies: &[Network]) -> Option<IpAddr> {
    found(request.extensions(), request.headers(), proxies)
}

fn found(extensions: &Extensions, headers: &HeaderMap, proxies: &[Network]) -> Option<IpAddr> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(behind(peer.ip().to_canonical(), headers, proxies))
}

/// Who is throttled together: one address, or the network that a single subscriber of IPv6 has.
pub(super) fn together(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

/// Each proxy adds at the right whom it heard from. What stands left of the first that is none of ours, a stranger wrote.
fn behind(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let mut address = peer;
    let told = headers.get_all("x-forwarded-for").iter();
    let told: Vec<&str> = told
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for next in told.into_iter().rev() {
        if !proxies.iter().any(|proxy| proxy.holds(address)) {
            break;
        }
        match next.trim().parse::<IpAddr>() {
            Ok(next) => address = next.to_canonical(),
            Err(_) => break,
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_believed_only_when_it_is_ours() {
        let ours = [Network::parse("10.0.0.0/8").unwrap()];
        let found = |peer: &str, told: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in told {
                headers.append("x-forwarded-for", value.parse().unwrap());
            }
            behind(peer.parse().unwrap(), &headers, &ours).to_string()
        };
        assert_eq!(found("10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(found("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(found("198.51.100.1", &["203.0.113.9"]), "198.51.100.1");
        // What the stranger wrote stands left of what our proxy added.
        assert_eq!(found("10.0.0.1", &["1.1.1.1, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(
            found("10.0.0.1", &["1.1.1.1", "203.0.113.9, 10.0.0.2"]),
            "203.0.113.9"
        );
        assert_eq!(found("10.0.0.1", &["203.0.113.9, nonsense"]), "10.0.0.1");
        assert_eq!(found("10.0.0.1", &["2001:db8::7"]), "2001:db8::7");
    }

    #[test]
    fn a_subscriber_of_ipv6_is_one() {
        let together = |text: &str| together(text.parse().unwrap()).to_string();
        assert_eq!(together("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(together("203.0.113.9"), "203.0.113.9");
    }
}
