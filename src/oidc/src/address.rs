//! Where an address lies on the network, and so whether a client may have it and whether it is called.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::Host;

/// How far clients' addresses, and calls to them, go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Addresses of the public Internet.
    Internet,
    /// Also loopback and private networks.
    Private,
}

/// What an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A host on the Internet.
    Public,
    /// A network of one's own: RFC 1918, RFC 4193, and the carriers' RFC 6598.
    Private,
    /// This machine.
    Loopback,
    /// Never a service: unspecified, link-local, multicast, documentation, reserved, a cloud's metadata.
    Never,
}

impl Reach {
    /// As far as settings say.
    pub fn of(private_addresses: bool) -> Self {
        if private_addresses { Self::Private } else { Self::Internet }
    }

    /// Whether an address is within it.
    pub fn covers(self, address: IpAddr) -> bool {
        self.covers_kind(Kind::of(address))
    }

    /// Whether such addresses are within it.
    pub fn covers_kind(self, kind: Kind) -> bool {
        match kind {
            Kind::Public => true,
            Kind::Private | Kind::Loopback => self == Self::Private,
            Kind::Never => false,
        }
    }
}

impl Kind {
    /// What the host of a URL is for, as far as the URL alone tells: any name but this machine's may lead to the Internet.
    pub fn of_host<S: AsRef<str>>(host: &Host<S>) -> Self {
        match host {
            Host::Domain(name) if is_localhost(name.as_ref()) => Self::Loopback,
            Host::Domain(_) => Self::Public,
            Host::Ipv4(address) => of_v4(*address),
            Host::Ipv6(address) => of_v6(*address),
        }
    }

    /// What an address is for.
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => of_v4(address),
            IpAddr::V6(address) => of_v6(address),
        }
    }
}

/// A name that means this machine wherever it is used (RFC 6761, 6.3).
pub fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = name.rsplit('.').next().unwrap_or(name);
    last.eq_ignore_ascii_case("localhost")
}

/// What clouds answer their machines with, though the networks around them are ordinary ones. The rest of them is link-local.
const METADATA: [IpAddr; 4] = [
    // Alibaba Cloud.
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    // Azure.
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    // Amazon: instance metadata, and its name servers beside it.
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253)),
];

/// The IANA registry of special-purpose addresses (RFC 6890), as far as it isn't the Internet.
fn of_v4(address: Ipv4Addr) -> Kind {
    if METADATA.contains(&IpAddr::V4(address)) {
        return Kind::Never;
    }
    match address.octets() {
        [127, ..] => Kind::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => Kind::Private,
        // This network; link-local; protocol assignments; documentation (three); 6to4 relays; benchmarks; multicast, reserved, broadcast.
        [0, ..]
        | [169, 254, ..]
        | [192, 0, 0, _]
        | [192, 0, 2, _]
        | [198, 51, 100, _]
        | [203, 0, 113, _]
        | [192, 88, 99, _]
        | [198, 18..=19, ..]
        | [224..=255, ..] => Kind::Never,
        _ => Kind::Public,
    }
}

fn of_v6(address: Ipv6Addr) -> Kind {
    if METADATA.contains(&IpAddr::V6(address)) {
        return Kind::Never;
    }
    let [a, b, c, d, e, f, g, h] = address.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        of_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b, c) {
        _ if address.is_loopback() => Kind::Loopback,
        // IPv4 in other clothes: mapped (RFC 4291, 2.5.5.2), NAT64 (RFC 6052), 6to4 (RFC 3056).
        (0, 0, 0) if (d, e, f) == (0, 0, 0xffff) => v4(g, h),
        (0x64, 0xff9b, 0) if (d, e, f) == (0, 0, 0) => v4(g, h),
        (0x2002, high, low) => v4(high, low),
        (0xfc00..=0xfdff, ..) => Kind::Private,
        // Within what is global unicast (RFC 4291, 2.4): protocol assignments with Teredo and ORCHID (2001::/23), documentation (two).
        (0x2001, 0..=0x01ff, _) | (0x2001, 0x0db8, _) | (0x3fff, 0..=0x0fff, _) => Kind::Never,
        (0x2000..=0x3fff, ..) => Kind::Public,
        _ => Kind::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_what_the_registries_say() {
        let rows = [
            (
                Kind::Public,
                "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 \
                 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 \
                 198.51.99.255 203.0.114.0 223.255.255.255 2001:200::1 2606:4700:4700::1111 2a00::1 3ffe:ffff::1 \
                 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1",
            ),
            (Kind::Loopback, "127.0.0.1 127.255.255.255 ::1 ::ffff:127.0.0.1 64:ff9b::127.0.0.1 2002:7f00:1::"),
            (
                Kind::Private,
                "10.0.0.0 10.255.255.255 172.16.0.0 172.31.255.255 192.168.0.0 192.168.255.255 100.64.0.0 100.127.255.255 \
                 fc00::1 fdff:ffff::1 ::ffff:10.0.0.1 64:ff9b::192.168.0.1 2002:c0a8:1::1",
            ),
            (
                Kind::Never,
                "0.0.0.0 0.1.2.3 169.254.0.1 169.254.169.254 192.0.0.1 192.0.0.192 192.0.2.1 198.51.100.1 203.0.113.1 192.88.99.1 \
                 198.18.0.1 198.19.255.255 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 100.100.100.200 168.63.129.16 :: \
                 ::2 ::127.0.0.1 ::8.8.8.8 fe80::1 febf::1 fec0::1 ff02::1 2001::1 2001:10::1 2001:db8::1 3fff::1 100::1 \
                 5f00::1 4000::1 64:ff9b:1::a00:1 fd00:ec2::254 ::ffff:169.254.169.254 64:ff9b::a9fe:a9fe 2002:a9fe:a9fe:: \
                 ::ffff:0:8.8.8.8",
            ),
        ];
        for (kind, addresses) in rows {
            for address in addresses.split_whitespace() {
                assert_eq!(Kind::of(address.parse().unwrap()), kind, "{address}");
            }
        }
    }

    #[test]
    fn a_closed_network_is_reached_only_where_the_settings_say_so() {
        let covers = |reach: Reach, address: &str| reach.covers(address.parse().unwrap());
        for (address, internet, private) in [
            ("8.8.8.8", true, true),
            ("10.0.0.1", false, true),
            ("127.0.0.1", false, true),
            ("169.254.169.254", false, false),
        ] {
            assert_eq!((covers(Reach::Internet, address), covers(Reach::Private, address)), (internet, private));
        }
    }
}
