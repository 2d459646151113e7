//! Where a fetch may go: schemes, ports and addresses, by whoever named the address.
//!
//! An address is checked where the connection is made: as it stands in a URL, or in the answer of the resolver, so that
//! the address that was checked is the one that is connected to. It must not know what is fetched.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Who named an address, which decides where a fetch may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The operator, in the configuration or on the command line.
    Operator,
    /// Anybody else: somebody in a chat, or a page that was fetched.
    Stranger,
}

/// Why an address is not fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is neither `http` nor `https`.
    #[error("only http and https addresses are fetched, and {0} is neither")]
    Scheme(String),
    /// Its port is not among those that strangers may name.
    #[error("port {0} is not fetched; the operator can allow it in fetch.allow_ports")]
    Port(u16),
    /// It lies in a private network, or its name does.
    #[error(
        "{0} is a private address; the operator can allow its network in fetch.allow_networks, or all of them for the \
         configured feeds with fetch.allow_private_networks = true"
    )]
    Private(String),
}

/// What the operator allows.
#[derive(Debug)]
pub(super) struct Guard {
    allow_private: bool,
    networks: Vec<IpNet>,
    ports: Vec<u16>,
}

impl Guard {
    pub(super) fn new(config: &super::FetchConfig) -> Self {
        Self {
            allow_private: config.allow_private_networks,
            networks: config.allow_networks.clone(),
            ports: config.allow_ports.clone(),
        }
    }

    /// Whether a URL may be asked for, as far as the URL itself tells; a name in it is checked when it is resolved.
    pub(super) fn check(&self, url: &Url, trust: Trust) -> Result<(), Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme(url.scheme().to_owned()));
        }
        if let Some(port) = url.port_or_known_default()
            && trust == Trust::Stranger
            && !self.ports.contains(&port)
        {
            return Err(Refusal::Port(port));
        }
        match literal(url) {
            Some(ip) if !self.admits(ip, trust) => Err(Refusal::Private(ip.to_string())),
            _ => Ok(()),
        }
    }

    /// Whether a URL's host is a private IP address, written as such, that may be asked for because the operator runs it.
    pub(super) fn is_own_machine(&self, url: &Url, trust: Trust) -> bool {
        trust == Trust::Operator && literal(url).is_some_and(|ip| !is_public(ip) && self.admits(ip, trust))
    }

    fn admits(&self, ip: IpAddr, trust: Trust) -> bool {
        // ::ffff:10.0.0.1 connects to 10.0.0.1, and a network that is written as IPv4 means both.
        let canonical = ip.to_canonical();
        is_public(ip)
            || (trust == Trust::Operator && self.allow_private)
            || self.networks.iter().any(|network| network.contains(&canonical))
    }
}

/// Resolves names as the system does and leaves out of the answer what the guard does not admit.
pub(super) struct Resolver {
    pub(super) guard: Arc<Guard>,
    pub(super) trust: Trust,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, trust) = (Arc::clone(&self.guard), self.trust);
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let admitted: Vec<SocketAddr> =
                found.iter().copied().filter(|address| guard.admits(address.ip(), trust)).collect();
            if admitted.is_empty() && !found.is_empty() {
                return Err(Refusal::Private(host).into());
            }
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}

/// The host of a URL if it is an IP address, in whichever notation; such a host is never resolved.
fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(ip) => Some(IpAddr::V4(ip)),
        Host::Ipv6(ip) => Some(IpAddr::V6(ip)),
        Host::Domain(_) => None,
    }
}

/// Whether an address is one of the public internet, by IANA's registries of special-purpose addresses (RFC 6890).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || a == 0
        // Multicast, reserved, broadcast.
        || a >= 224
        // Carrier-grade NAT.
        || (a == 100 && (64..128).contains(&b))
        // Protocol assignments, and the relays of 6to4.
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        // Benchmarking.
        || (a == 198 && (b == 18 || b == 19))
        // Azure answers its machines here: among them with their secrets.
        || ip == Ipv4Addr::new(168, 63, 129, 16))
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let join = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match ip.segments() {
        // IPv4-mapped, and NAT64's well-known prefix: the address is the IPv4 one.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(join(high, low)),
        // IETF's protocol assignments, Teredo among them: none of them serves a feed, and Teredo hides an IPv4 address.
        [0x2001, 0..=0x1ff, ..] => false,
        // Documentation.
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // 6to4.
        [0x2002, high, low, ..] => is_public_v4(join(high, low)),
        // ISATAP.
        [first, _, _, _, 0 | 0x200, 0x5efe, high, low] => is_global_unicast(first) && is_public_v4(join(high, low)),
        [first, ..] => is_global_unicast(first),
    }
}

/// Whether an address that begins so lies in 2000::/3, the one block of which public addresses are given out. Loopback,
/// link-local, unique local, site-local, multicast and discard addresses lie outside.
fn is_global_unicast(first: u16) -> bool {
    first & 0xe000 == 0x2000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(allow_private: bool, networks: &[&str], ports: &[u16]) -> Guard {
        let networks = networks.iter().map(|network| network.parse().unwrap()).collect();
        Guard { allow_private, networks, ports: ports.to_vec() }
    }

    fn check(guard: &Guard, url: &str, trust: Trust) -> Result<(), Refusal> {
        guard.check(&Url::parse(url).unwrap(), trust)
    }

    #[test]
    fn private_addresses_are_told_from_public_ones() {
        for (ip, public) in [
            ("8.8.8.8", true),
            ("172.32.0.1", true),
            ("100.128.0.1", true),
            ("127.0.0.1", false),
            ("127.255.255.254", false),
            ("10.1.2.3", false),
            ("172.16.0.1", false),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("168.63.129.16", false),
            ("100.64.0.1", false),
            ("100.100.100.200", false),
            ("192.0.0.192", false),
            ("192.88.99.1", false),
            ("198.19.0.1", false),
            ("203.0.113.5", false),
            ("0.0.0.0", false),
            ("0.1.2.3", false),
            ("224.0.0.1", false),
            ("240.0.0.1", false),
            ("255.255.255.255", false),
            ("2a00:1450:4001::1", true),
            ("2001:4860:4860::8888", true),
            ("::ffff:8.8.8.8", true),
            ("64:ff9b::808:808", true),
            ("2002:808:808::1", true),
            ("::1", false),
            ("::", false),
            ("::7f00:1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:169.254.169.254", false),
            ("::ffff:0:127.0.0.1", false),
            ("64:ff9b::7f00:1", false),
            ("64:ff9b:1::7f00:1", false),
            ("2002:7f00:1::", false),
            ("2002:a9fe:a9fe::1", false),
            ("2001:0:4136:e378:8000:63bf:3fff:fdd2", false),
            ("2001:db8::1", false),
            ("2a00:1450::5efe:10.0.0.1", false),
            ("2a00:1450::5efe:8.8.8.8", true),
            ("3fff::1", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("fd00:ec2::254", false),
            ("ff02::1", false),
            ("100::1", false),
            ("5f00::1", false),
        ] {
            assert_eq!(is_public(ip.parse().unwrap()), public, "{ip}");
        }
    }

    #[test]
    fn other_ways_to_write_an_address_are_the_same_address() {
        let (closed, open) = (guard(false, &[], &[80]), guard(true, &[], &[80]));
        for url in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0x7f000001/",
            "http://017700000001/",
            "http://0177.0.0.01/",
            "http://１２７.0.0.1/",
            "http://0/",
            "http://0.0.0.0/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[0:0:0:0:0:ffff:7f00:1]/",
            "http://8.8.8.8@127.0.0.1/",
            "http://feeds.example:80@127.0.0.1/",
            "http://8.8.8.8#@127.0.0.1/",
            "http:127.0.0.1/",
            "http:\\\\127.0.0.1\\",
        ] {
            // The host is what stands behind the last @ before the path, as whoever connects reads it.
            let private = !url.contains('#');
            for trust in [Trust::Operator, Trust::Stranger] {
                assert_eq!(check(&closed, url, trust).is_err(), private, "{url}");
            }
            assert_eq!(check(&open, url, Trust::Operator), Ok(()), "{url}");
            assert_eq!(check(&open, url, Trust::Stranger).is_err(), private, "{url}");
        }
    }

    #[test]
    fn a_stranger_names_only_the_ports_that_are_allowed() {
        let guard = guard(false, &[], &[80, 443]);
        for (url, expected) in [
            ("http://n.example/", Ok(())),
            ("https://n.example/", Ok(())),
            ("https://n.example:80/", Ok(())),
            ("http://n.example:22/", Err(Refusal::Port(22))),
            ("http://n.example:0/", Err(Refusal::Port(0))),
            ("ftp://n.example/", Err(Refusal::Scheme("ftp".into()))),
            ("file:///etc/passwd", Err(Refusal::Scheme("file".into()))),
            ("gopher://n.example/", Err(Refusal::Scheme("gopher".into()))),
        ] {
            assert_eq!(check(&guard, url, Trust::Stranger), expected, "{url}");
        }
        assert_eq!(check(&guard, "http://n.example:8080/", Trust::Operator), Ok(()));
    }

    #[test]
    fn an_allowed_network_is_open_to_all_and_no_further() {
        let guard = guard(false, &["10.1.0.0/16", "fd00:1::/32"], &[80]);
        for (url, admitted) in [
            ("http://10.1.2.3/", true),
            ("http://[::ffff:10.1.2.3]/", true),
            ("http://[fd00:1::5]/", true),
            ("http://10.2.0.1/", false),
            ("http://[fd00:2::5]/", false),
            ("http://[64:ff9b::10.1.2.3]/", false),
        ] {
            for trust in [Trust::Operator, Trust::Stranger] {
                assert_eq!(check(&guard, url, trust).is_ok(), admitted, "{url}");
            }
        }
    }

    #[test]
    fn only_the_operators_private_addresses_are_the_operators_machines() {
        let guard = guard(true, &[], &[80]);
        let own = |url: &str, trust| guard.is_own_machine(&Url::parse(url).unwrap(), trust);
        assert!(own("http://127.0.0.1:8080/", Trust::Operator) && own("http://[::1]/", Trust::Operator));
        assert!(!own("http://127.0.0.1:8080/", Trust::Stranger));
        assert!(!own("http://8.8.8.8/", Trust::Operator) && !own("http://localhost/", Trust::Operator));
    }
}
