//! Protocols and ports, laid out on one line so that sets of traffic are sets
//! of intervals.

use std::fmt;

use migspec_ir::{Datum, Value};

use super::interval::{Range, Set};

/// The protocols of the engine. Only TCP and UDP have ports.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Protocol {
    Tcp,
    Udp,
    Icmp,
    /// Any other protocol.
    Other,
}

impl Protocol {
    /// In lower case, in EC2's spelling where EC2 has a name.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
            Protocol::Icmp => "icmp",
            Protocol::Other => "other",
        }
    }
}

/// Ports of a protocol.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Traffic {
    pub protocol: Protocol,
    /// The first and the last port; 0 and 0 where the protocol has none.
    pub ports: (u16, u16),
}

impl fmt::Display for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.protocol.name())?;
        match (self.protocol, self.ports) {
            (Protocol::Icmp | Protocol::Other, _) => Ok(()),
            (_, (0, u16::MAX)) => f.write_str(" on every port"),
            (_, (first, last)) if first == last => write!(f, " {first}"),
            (_, (first, last)) => write!(f, " {first} to {last}"),
        }
    }
}

const PORTS: u32 = 1 << 16;
const UDP: u32 = PORTS;
const ICMP: u32 = 2 * PORTS;
const OTHER: u32 = ICMP + 1;

/// The whole line.
pub(super) const ALL: Range = Range::new(0, OTHER);

/// The ports on which clients receive answers. Protocols without ports receive them alike.
const ANSWERS: [Range; 3] = [Range::new(1024, PORTS - 1), Range::new(UDP + 1024, ICMP - 1), Range::new(ICMP, OTHER)];

/// The point of a port.
pub(super) fn point(protocol: migspec_ir::Protocol, port: u16) -> u32 {
    match protocol {
        migspec_ir::Protocol::Tcp => u32::from(port),
        migspec_ir::Protocol::Udp => UDP + u32::from(port),
    }
}

/// A protocol's part of the line.
fn part(of: u32) -> Range {
    match of {
        p if p < UDP => Range::new(0, UDP - 1),
        p if p < ICMP => Range::new(UDP, ICMP - 1),
        p => Range::new(p, p),
    }
}

/// Points on which the answers to traffic at `point` may come back.
pub(super) fn answers(point: u32) -> Set {
    ANSWERS.into_iter().collect::<Set>().meet(&Set::from(part(point)))
}

/// The requests that get an answer, given the points on which answers return: all of a protocol of which some answer,
/// or every answer, passes.
pub(super) fn answered_requests(answers: &Set) -> (Set, Set) {
    let (mut some, mut every) = (Vec::new(), Vec::new());
    for wanted in ANSWERS {
        for range in part_pieces(wanted) {
            let got = answers.meet(&Set::from(range));
            if !got.is_empty() {
                some.push(part(range.first));
            }
            if got == Set::from(range) {
                every.push(part(range.first));
            }
        }
    }
    (some.into_iter().collect(), every.into_iter().collect())
}

/// ICMP and each later protocol are one point.
fn part_pieces(range: Range) -> Vec<Range> {
    range.pieces([Range::new(ICMP, ICMP)])
}

/// A set, protocol by protocol.
pub(super) fn describe(set: &Set) -> Vec<Traffic> {
    let pieces = set.iter().flat_map(|range| range.pieces([part(0), part(UDP), part(ICMP), part(OTHER)]));
    pieces.map(traffic).collect()
}

/// Traffic as a part of the line.
fn range(traffic: Traffic) -> Range {
    let base = match traffic.protocol {
        Protocol::Tcp => 0,
        Protocol::Udp => UDP,
        Protocol::Icmp => return part(ICMP),
        Protocol::Other => return part(OTHER),
    };
    Range::new(base + u32::from(traffic.ports.0), base + u32::from(traffic.ports.1))
}

/// The traffic of the first list that the second one lacks.
pub fn missing(of: &[Traffic], from: &[Traffic]) -> Vec<Traffic> {
    let set = |list: &[Traffic]| list.iter().map(|traffic| range(*traffic)).collect::<Set>();
    describe(&set(of).without(&set(from)))
}

fn traffic(range: Range) -> Traffic {
    let port = |p: u32, base: u32| u16::try_from(p - base).unwrap_or(u16::MAX);
    let (protocol, base) = match range.first {
        p if p < UDP => (Protocol::Tcp, 0),
        p if p < ICMP => (Protocol::Udp, UDP),
        ICMP => return Traffic { protocol: Protocol::Icmp, ports: (0, 0) },
        _ => return Traffic { protocol: Protocol::Other, ports: (0, 0) },
    };
    Traffic { protocol, ports: (port(range.first, base), port(range.last, base)) }
}

/// The traffic of a rule or an entry of an ACL. A protocol that is unknown before deployment could be any, and an
/// absent bound is the widest.
pub(super) fn read(protocol: Option<&Datum>, from: Option<&Datum>, to: Option<&Datum>) -> Range {
    let base = match protocol.and_then(|d| word(&d.value)).as_deref() {
        Some("tcp" | "6") => 0,
        Some("udp" | "17") => UDP,
        Some("icmp" | "1") => return part(ICMP),
        Some("-1" | "all") | None => return ALL,
        Some(_) => return part(OTHER),
    };
    let bound = |datum: Option<&Datum>, widest: u32| {
        let number = datum.and_then(|d| d.value.as_integer());
        number.and_then(|n| u32::try_from(n).ok()).filter(|n| *n < PORTS).unwrap_or(widest)
    };
    let (first, last) = (bound(from, 0), bound(to, PORTS - 1));
    Range::new(base + first, base + last.max(first))
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_ascii_lowercase()),
        Value::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_one_port_let_through_some_of_a_protocol_but_not_every() {
        let (some, every) = answered_requests(&Set::from(Range::new(5000, 5000)));
        assert_eq!((some, every), (Set::from(part(0)), Set::default()));
        let (some, every) = answered_requests(&Set::from(Range::new(1024, ICMP)));
        let answered: Vec<String> = describe(&every).iter().map(Traffic::to_string).collect();
        assert_eq!(answered, ["tcp on every port", "udp on every port", "icmp"]);
        assert_eq!(some, every);
    }
}
