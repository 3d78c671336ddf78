use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use super::{FromLiteral, Problem, Remedy, string};
use crate::tree::Literal;

/// An IPv4 network in CIDR notation; host bits are zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Cidr {
    pub address: u32,
    pub prefix: u8,
}

impl Cidr {
    pub fn new(address: u32, prefix: u8) -> Self {
        Self { address: address & Self::mask(prefix), prefix }
    }

    fn mask(prefix: u8) -> u32 {
        u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0)
    }

    /// Number of addresses.
    pub fn size(self) -> u64 {
        1 << (32 - u32::from(self.prefix))
    }

    pub fn contains(self, other: Cidr) -> bool {
        self.prefix <= other.prefix && other.address & Self::mask(self.prefix) == self.address
    }

    pub fn overlaps(self, other: Cidr) -> bool {
        self.contains(other) || other.contains(self)
    }

    /// The n-th network of length `prefix` inside this one.
    pub fn subnet(self, prefix: u8, n: u32) -> Option<Cidr> {
        if prefix < self.prefix || prefix > 32 || u64::from(n) >= 1 << (prefix - self.prefix) {
            return None;
        }
        Some(Cidr::new(self.address + (n << (32 - u32::from(prefix))), prefix))
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv4Addr::from(self.address), self.prefix)
    }
}

impl FromLiteral for Cidr {
    const EXPECTS: &'static str = "an IPv4 network such as \"10.0.0.0/16\"";

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        Self::parse(string(Self::EXPECTS, literal)?)
    }
}

impl Cidr {
    /// A network as text.
    ///
    /// # Errors
    ///
    /// If the text is no IPv4 network, or has bits set after the prefix.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let parse = || {
            let (address, prefix) = text.split_once('/')?;
            let address: Ipv4Addr = address.parse().ok()?;
            let prefix: u8 = prefix.parse().ok().filter(|p| *p <= 32)?;
            Some((u32::from(address), prefix))
        };
        let (address, prefix) = parse().ok_or_else(|| {
            Problem::new(format!("`{text}` is not {}", Self::EXPECTS))
                .help("an IPv4 address, a slash and the length of the prefix")
        })?;
        let cidr = Cidr::new(address, prefix);
        if cidr.address != address {
            return Err(Problem::new(format!("`{text}` has bits set after the prefix"))
                .help(format!("write \"{cidr}\""))
                .remedy(Remedy::Word(cidr.to_string())));
        }
        Ok(cidr)
    }
}

/// An IPv6 network in CIDR notation; host bits are zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ipv6Cidr {
    pub address: u128,
    pub prefix: u8,
}

impl Ipv6Cidr {
    fn mask(prefix: u8) -> u128 {
        u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0)
    }

    pub fn contains(self, other: Self) -> bool {
        self.prefix <= other.prefix && other.address & Self::mask(self.prefix) == self.address
    }

    pub fn overlaps(self, other: Self) -> bool {
        self.contains(other) || other.contains(self)
    }
}

impl fmt::Display for Ipv6Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv6Addr::from(self.address), self.prefix)
    }
}

impl FromLiteral for Ipv6Cidr {
    const EXPECTS: &'static str = "an IPv6 network such as \"2001:db8:1200::/56\"";

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        let text = string(Self::EXPECTS, literal)?;
        let parse = || {
            let (address, prefix) = text.split_once('/')?;
            let address: Ipv6Addr = address.parse().ok()?;
            let prefix: u8 = prefix.parse().ok().filter(|p| *p <= 128)?;
            Some((u128::from(address), prefix))
        };
        let (address, prefix) = parse().ok_or_else(|| {
            Problem::new(format!("`{text}` is not {}", Self::EXPECTS))
                .help("an IPv6 address, a slash and the length of the prefix")
        })?;
        let cidr = Self { address: address & Self::mask(prefix), prefix };
        if cidr.address != address {
            return Err(Problem::new(format!("`{text}` has bits set after the prefix"))
                .help(format!("write \"{cidr}\""))
                .remedy(Remedy::Word(cidr.to_string())));
        }
        Ok(cidr)
    }
}

/// A host name or address and a port.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostPort {
    pub host: Arc<str>,
    pub port: u16,
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 253
        && text.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

impl FromLiteral for HostPort {
    const EXPECTS: &'static str = "a host and port such as \"db.example.com:5432\"";

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        let text = string(Self::EXPECTS, literal)?;
        let parse = || {
            let (host, port) = text.rsplit_once(':')?;
            let port: u16 = port.parse().ok().filter(|p| *p > 0)?;
            is_host(host).then(|| Self { host: host.into(), port })
        };
        parse().ok_or_else(|| {
            Problem::new(format!("`{text}` is not {}", Self::EXPECTS))
                .help("a host name or address, a colon and the port")
        })
    }
}

/// A TCP port.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Port(pub u16);

impl FromLiteral for Port {
    const EXPECTS: &'static str = "a port such as 8443";
    const QUOTED: bool = false;

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        match literal {
            Literal::Integer(n) => u16::try_from(*n)
                .ok()
                .filter(|p| *p > 0)
                .map(Self)
                .ok_or_else(|| Problem::new(format!("`{n}` is not {}", Self::EXPECTS)).help("ports are 1 to 65535")),
            other => Err(Problem::kind(Self::EXPECTS, other)),
        }
    }
}

/// An IPv4 address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IpAddress(pub Ipv4Addr);

impl fmt::Display for IpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromLiteral for IpAddress {
    const EXPECTS: &'static str = "an IPv4 address such as \"203.0.113.10\"";

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        let text = string(Self::EXPECTS, literal)?;
        text.parse().map(Self).map_err(|_| {
            Problem::new(format!("`{text}` is not {}", Self::EXPECTS)).help("four numbers without leading zeros")
        })
    }
}

/// An address that starts with `https://`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HttpsUrl(pub Arc<str>);

impl HttpsUrl {
    pub fn host(&self) -> &str {
        let rest = self.0.strip_prefix("https://").unwrap_or(&self.0);
        rest.split(['/', ':']).next().unwrap_or(rest)
    }

    /// The port, 443 if the address names none. `None` for one that is no port.
    pub fn port(&self) -> Option<u16> {
        let rest = self.0.strip_prefix("https://").unwrap_or(&self.0);
        let authority = rest.split('/').next().unwrap_or(rest);
        match authority.split_once(':') {
            Some((_, port)) => port.parse().ok().filter(|port| *port > 0),
            None => Some(443),
        }
    }
}

impl fmt::Display for HttpsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromLiteral for HttpsUrl {
    const EXPECTS: &'static str = "an address such as \"https://pay.example.com\"";

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        let text = string(Self::EXPECTS, literal)?;
        if text.starts_with("http://") {
            return Err(Problem::new(format!("`{text}` is not encrypted in transit"))
                .help("write `https://`")
                .remedy(Remedy::Word(text.replacen("http://", "https://", 1))));
        }
        let url = Self(text.into());
        let rest = text.strip_prefix("https://").unwrap_or("");
        let plain = rest
            .bytes()
            .all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'`' | b'{' | b'}' | b'<' | b'>' | b'\\'));
        if plain && is_host(url.host()) && !rest.is_empty() {
            return Ok(url);
        }
        Err(Problem::new(format!("`{text}` is not {}", Self::EXPECTS)).help("`https://`, a host name and a path"))
    }
}
