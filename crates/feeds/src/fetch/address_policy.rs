//! The address policy, which keeps fetches out of private networks (a guard against SSRF): allowed schemes, ports and
//! addresses, by the origin of the address.
//!
//! The policy checks an IP address in a URL before the connection, and the resolver's answer within it, so no second
//! look-up can replace the checked address. It must not know the content of a fetch.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// The origin of an address, which decides how far a fetch may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The operator, in the configuration or on the command line.
    Operator,
    /// A chat, or a fetched page.
    Stranger,
}

/// How far one hop of a fetch may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Anywhere: the host that the operator has configured for a feed with access to private networks.
    Inside,
    /// Public addresses and `fetch.allow_networks`: every other hop of an operator's feed.
    Public,
    /// As [`Self::Public`], on the ports of `fetch.allow_ports`.
    Stranger,
}

/// Why the policy refuses an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressRefusal {
    /// The scheme is neither `http` nor `https`.
    #[error("only http and https addresses are fetched, and {0} is neither")]
    Scheme(String),
    /// Strangers may not name this port.
    #[error("port {0} is not fetched; the operator can allow it in fetch.allow_ports")]
    Port(u16),
    /// The address, or the one behind a host's name, lies in a private network.
    #[error(
        "{0} is a private address; only the configured address of a feed with private = true, or of every feed with \
         fetch.allow_private_networks = true, may lead there, and no redirect from another host; the operator can \
         allow the network in fetch.allow_networks"
    )]
    Private(String),
}

/// The addresses that the operator allows.
#[derive(Debug)]
pub(super) struct AddressPolicy {
    networks: Vec<IpNet>,
    ports: Vec<u16>,
}

impl AddressPolicy {
    pub(super) fn new(config: &super::FetchConfig) -> Self {
        Self { networks: config.allow_networks.clone(), ports: config.allow_ports.clone() }
    }

    /// Checks the scheme, the port and a literal IP address of a URL. [`Resolver`] checks host names.
    pub(super) fn check(&self, url: &Url, reach: Reach) -> Result<(), AddressRefusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(AddressRefusal::Scheme(url.scheme().to_owned()));
        }
        if let Some(port) = url.port_or_known_default()
            && reach == Reach::Stranger
            && !self.ports.contains(&port)
        {
            return Err(AddressRefusal::Port(port));
        }
        match literal_ip(url) {
            Some(ip) if !self.admits(ip, reach) => Err(AddressRefusal::Private(ip.to_string())),
            _ => Ok(()),
        }
    }

    /// Whether a URL's host is a literal private IP address that the operator may use: a machine of the operator, which
    /// needs no host limit.
    pub(super) fn is_own_machine(&self, url: &Url, reach: Reach) -> bool {
        reach != Reach::Stranger && literal_ip(url).is_some_and(|ip| !is_public(ip) && self.admits(ip, reach))
    }

    fn admits(&self, ip: IpAddr, reach: Reach) -> bool {
        // ::ffff:10.0.0.1 connects to 10.0.0.1, and a network in IPv4 notation means both.
        let canonical = ip.to_canonical();
        is_public(ip) || reach == Reach::Inside || self.networks.iter().any(|network| network.contains(&canonical))
    }
}

/// Resolves names as the system does and removes the addresses that the policy refuses.
pub(super) struct Resolver {
    /// The policy and the reach of the hops; `None` for a client whose connections all go to a proxy.
    pub(super) policy: Option<(Arc<AddressPolicy>, Reach)>,
}

/// The system could not resolve a name. reqwest reports such an error as one of the connection.
#[derive(Debug, thiserror::Error)]
#[error("the name could not be resolved")]
pub(super) struct ResolveError(#[from] io::Error);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.policy.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((host.as_str(), 0)).await.map_err(ResolveError)?.collect();
            let admits = |ip| policy.as_ref().is_none_or(|(policy, reach)| policy.admits(ip, *reach));
            let admitted: Vec<SocketAddr> = found.iter().copied().filter(|address| admits(address.ip())).collect();
            if admitted.is_empty() && !found.is_empty() {
                return Err(AddressRefusal::Private(host).into());
            }
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}

/// The IP address that a URL has as its host, in any notation; the resolver never sees such a host.
fn literal_ip(url: &Url) -> Option<IpAddr> {
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
        // Azure's metadata service, which answers machines there with their secrets.
        || ip == Ipv4Addr::new(168, 63, 129, 16))
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let join = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match ip.segments() {
        // IPv4-mapped, and NAT64's well-known prefix: the address is the IPv4 one.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(join(high, low)),
        // IETF's protocol assignments: none serves a feed, and Teredo among them hides an IPv4 address.
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

/// Whether an address with these first bits lies in 2000::/3, the only block of public addresses. Loopback, link-local,
/// unique local, site-local, multicast and discard addresses lie outside.
fn is_global_unicast(first: u16) -> bool {
    first & 0xe000 == 0x2000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(networks: &[&str], ports: &[u16]) -> AddressPolicy {
        let networks = networks.iter().map(|network| network.parse().unwrap()).collect();
        AddressPolicy { networks, ports: ports.to_vec() }
    }

    fn check(policy: &AddressPolicy, url: &str, reach: Reach) -> Result<(), AddressRefusal> {
        policy.check(&Url::parse(url).unwrap(), reach)
    }

    #[test]
    fn private_addresses_are_not_public() {
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
        let policy = policy(&[], &[80]);
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
            // The host stands behind the last @ before the path; HTTP clients read it there too.
            let private = !url.contains('#');
            for reach in [Reach::Public, Reach::Stranger] {
                assert_eq!(check(&policy, url, reach).is_err(), private, "{url}");
            }
            assert_eq!(check(&policy, url, Reach::Inside), Ok(()), "{url}");
        }
    }

    #[test]
    fn a_stranger_may_name_allowed_ports_only() {
        let policy = policy(&[], &[80, 443]);
        for (url, expected) in [
            ("http://n.example/", Ok(())),
            ("https://n.example/", Ok(())),
            ("https://n.example:80/", Ok(())),
            ("http://n.example:22/", Err(AddressRefusal::Port(22))),
            ("http://n.example:0/", Err(AddressRefusal::Port(0))),
            ("ftp://n.example/", Err(AddressRefusal::Scheme("ftp".into()))),
            ("file:///etc/passwd", Err(AddressRefusal::Scheme("file".into()))),
            ("gopher://n.example/", Err(AddressRefusal::Scheme("gopher".into()))),
        ] {
            assert_eq!(check(&policy, url, Reach::Stranger), expected, "{url}");
        }
        assert_eq!(check(&policy, "http://n.example:8080/", Reach::Public), Ok(()));
    }

    #[test]
    fn an_allowed_network_is_open_to_all() {
        let policy = policy(&["10.1.0.0/16", "fd00:1::/32"], &[80]);
        for (url, admitted) in [
            ("http://10.1.2.3/", true),
            ("http://[::ffff:10.1.2.3]/", true),
            ("http://[fd00:1::5]/", true),
            ("http://10.2.0.1/", false),
            ("http://[fd00:2::5]/", false),
            ("http://[64:ff9b::10.1.2.3]/", false),
        ] {
            for reach in [Reach::Public, Reach::Stranger] {
                assert_eq!(check(&policy, url, reach).is_ok(), admitted, "{url}");
            }
        }
    }

    #[test]
    fn only_private_addresses_are_the_operators_machines() {
        let policy = policy(&[], &[80]);
        let own = |url: &str, reach| policy.is_own_machine(&Url::parse(url).unwrap(), reach);
        assert!(own("http://127.0.0.1:8080/", Reach::Inside) && own("http://[::1]/", Reach::Inside));
        assert!(!own("http://127.0.0.1:8080/", Reach::Stranger) && !own("http://127.0.0.1:8080/", Reach::Public));
        assert!(!own("http://8.8.8.8/", Reach::Inside) && !own("http://localhost/", Reach::Inside));
    }
}
