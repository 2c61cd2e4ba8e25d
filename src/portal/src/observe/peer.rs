//! Where a request comes from. A header says so only if a proxy that the operator trusts has set it.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::extract::{ConnectInfo, Request};
use axum::http::{Extensions, HeaderMap};

use crate::error::Error;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// A network of addresses, written `10.0.0.0/8`; or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

impl FromStr for Network {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || {
            Error::Config(format!("{text} is no network: write an address, or one with a prefix such as 10.0.0.0/8"))
        };
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => prefix.parse().ok().filter(|prefix| *prefix <= longest).ok_or_else(wrong)?,
            None => longest,
        };
        Ok(Self { address, prefix })
    }
}

impl Network {
    /// Whether an address is in it.
    fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differ = u32::from(own) ^ u32::from(other);
                differ.checked_shr(32 - self.prefix).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differ = u128::from(own) ^ u128::from(other);
                differ.checked_shr(128 - self.prefix).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// The address of who asks: the other end of the connection; if that is a trusted proxy, the last address that it, or a trusted one
/// before it, was reached from. None if there is no connection.
pub(crate) fn address(extensions: &Extensions, headers: &HeaderMap, trusted: &[Network]) -> Option<IpAddr> {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.holds(address));
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    let mut address = peer.ip().to_canonical();
    let named = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    let named: Vec<&str> = named.flat_map(|value| value.split(',')).collect();
    for before in named.into_iter().rev() {
        let Some(before) = is_trusted(address).then(|| before.trim().parse::<IpAddr>().ok()).flatten() else { break };
        address = before.to_canonical();
    }
    Some(address)
}

/// Whether the connection comes from a trusted proxy.
pub(super) fn is_from_proxy(request: &Request, trusted: &[Network]) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.is_some_and(|ConnectInfo(peer)| trusted.iter().any(|network| network.holds(peer.ip().to_canonical())))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn asked(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut request = Request::builder();
        for one in forwarded {
            request = request.header(FORWARDED_FOR, *one);
        }
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let trusted: Vec<Network> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        address(request.extensions(), request.headers(), &trusted).unwrap().to_string()
    }

    #[test]
    fn a_header_counts_only_as_far_as_proxies_are_trusted() {
        let header = ["198.51.100.7, 203.0.113.9", "10.1.2.3"];
        assert_eq!(asked("192.0.2.1", &header, &[]), "192.0.2.1");
        assert_eq!(asked("192.0.2.1", &header, &["10.0.0.0/8"]), "192.0.2.1");
        assert_eq!(asked("192.0.2.1", &header, &["192.0.2.1"]), "10.1.2.3");
        assert_eq!(asked("192.0.2.1", &header, &["192.0.2.0/24", "10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(asked("192.0.2.1", &header, &["0.0.0.0/0"]), "198.51.100.7");
        assert_eq!(asked("::ffff:192.0.2.1", &header, &["192.0.2.1"]), "10.1.2.3");
        assert_eq!(asked("192.0.2.1", &["x, nonsense"], &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(asked("2001:db8::1", &["2001:db8:1::9"], &["2001:db8::/48"]), "2001:db8:1::9");
        assert_eq!(asked("2001:db8:1::1", &["2001:db8:1::9"], &["2001:db8::/48"]), "2001:db8:1::1");
    }

    #[test]
    fn networks_are_read_strictly() {
        for wrong in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/x", "localhost"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}
