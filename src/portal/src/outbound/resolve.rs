//! From a name to addresses that may be called. The connection goes to exactly these: nobody resolves the name a second time, so
//! a name that means something else a moment later (DNS rebinding) gains nothing.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;

use jpki_oidc::address::{Reach, is_localhost};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

use super::CallError;

/// Looks a name up; blocks.
pub(super) type Lookup = Arc<dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync>;

/// The most look-ups under way at once. One can outlast the call that needed it.
const MAX_LOOKUPS: usize = 32;

/// What the system says.
pub(super) fn system_lookup(name: &str) -> io::Result<Vec<IpAddr>> {
    Ok((name, 0).to_socket_addrs()?.map(|address| address.ip()).collect())
}

/// Resolves names for one client.
pub(super) struct Resolver {
    reach: Reach,
    lookup: Lookup,
    turns: Arc<Semaphore>,
}

impl Resolver {
    pub(super) fn new(reach: Reach, lookup: Lookup) -> Self {
        Self { reach, lookup, turns: Arc::new(Semaphore::new(MAX_LOOKUPS)) }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, lookup, turns) = (self.reach, self.lookup.clone(), self.turns.clone());
        Box::pin(async move {
            let turn = turns.acquire_owned().await?;
            let looked_up = tokio::task::spawn_blocking(move || {
                let _turn = turn;
                addresses(name.as_str(), &lookup)
            });
            let addresses = looked_up.await?.map_err(|_| CallError::Name)?;
            let addresses: Vec<_> = judge(&addresses, reach)?.iter().map(|ip| SocketAddr::new(*ip, 0)).collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// Names of this machine aren't left to a name server (RFC 6761, 6.3).
fn addresses(name: &str, lookup: &Lookup) -> io::Result<Vec<IpAddr>> {
    if is_localhost(name) {
        return Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]);
    }
    lookup(name)
}

/// All of them, or none: a name with an address that isn't called is either broken or a trick.
fn judge(addresses: &[IpAddr], reach: Reach) -> Result<&[IpAddr], CallError> {
    if addresses.is_empty() {
        return Err(CallError::Name);
    }
    if addresses.iter().any(|address| !reach.covers(*address)) {
        return Err(CallError::Address);
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_that_is_not_called_spoils_the_name() {
        let judge = |list: &[&str]| {
            let addresses: Vec<IpAddr> = list.iter().map(|one| one.parse().unwrap()).collect();
            judge(&addresses, Reach::Internet).map(<[IpAddr]>::len)
        };
        assert_eq!(judge(&["8.8.8.8", "2a00::1"]), Ok(2));
        assert_eq!(judge(&["8.8.8.8", "10.0.0.1"]), Err(CallError::Address));
        assert_eq!(judge(&["::ffff:127.0.0.1"]), Err(CallError::Address));
        assert_eq!(judge(&[]), Err(CallError::Name));
    }
}
