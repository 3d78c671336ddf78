//! Intervals and sets of them, on the line of IPv4 addresses or of traffic.

use std::fmt;
use std::net::Ipv4Addr;

use migspec_ir::addresses::SPECIAL;

/// A closed interval.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct Range {
    pub(super) first: u32,
    pub(super) last: u32,
}

impl Range {
    pub(super) const ALL: Range = Range::new(0, u32::MAX);

    pub(super) const fn new(first: u32, last: u32) -> Self {
        Self { first, last }
    }

    /// `10.0.0.0/16`; a block that is not a literal is taken as every address.
    pub(super) fn parse(text: Option<&str>) -> Self {
        text.and_then(Self::block).unwrap_or(Self::ALL)
    }

    fn block(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let address: u32 = address.parse::<Ipv4Addr>().ok()?.into();
        let prefix: u32 = prefix.parse().ok().filter(|p| *p <= 32)?;
        let hosts = u32::MAX.checked_shr(prefix).unwrap_or(0);
        Some(Self { first: address & !hosts, last: address | hosts })
    }

    pub(super) fn holds(self, other: Range) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    pub(super) fn has(self, point: u32) -> bool {
        self.first <= point && point <= self.last
    }

    pub(super) fn overlap(self, other: Range) -> Option<Range> {
        let (first, last) = (self.first.max(other.first), self.last.min(other.last));
        (first <= last).then_some(Range { first, last })
    }

    pub(super) fn size(self) -> u64 {
        u64::from(self.last - self.first) + 1
    }

    /// The pieces between the bounds of `cuts`: each is wholly inside or wholly
    /// outside of every one of them.
    pub(super) fn pieces(self, cuts: impl IntoIterator<Item = Range>) -> Vec<Range> {
        let mut starts = vec![self.first];
        for cut in cuts {
            starts.extend([Some(cut.first), cut.last.checked_add(1)].into_iter().flatten().filter(|p| self.has(*p)));
        }
        starts.sort_unstable();
        starts.dedup();
        let ends = starts.iter().skip(1).map(|next| next - 1).chain([self.last]);
        starts.iter().zip(ends).map(|(first, last)| Range::new(*first, last)).collect()
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.size().trailing_zeros();
        let aligned = self.size().is_power_of_two() && (bits == 32 || self.first.trailing_zeros() >= bits);
        match aligned {
            true => write!(f, "{}/{}", Ipv4Addr::from(self.first), 32 - bits),
            false => write!(f, "{} to {}", Ipv4Addr::from(self.first), Ipv4Addr::from(self.last)),
        }
    }
}

/// A set of points: intervals in order that neither overlap nor touch.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Set(Vec<Range>);

impl From<Range> for Set {
    fn from(range: Range) -> Self {
        Self(vec![range])
    }
}

impl FromIterator<Range> for Set {
    fn from_iter<I: IntoIterator<Item = Range>>(ranges: I) -> Self {
        let mut ranges: Vec<Range> = ranges.into_iter().collect();
        ranges.sort_unstable();
        let mut set: Vec<Range> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match set.last_mut() {
                Some(last) if range.first <= last.last.saturating_add(1) => last.last = last.last.max(range.last),
                _ => set.push(range),
            }
        }
        Self(set)
    }
}

impl Set {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Range> + '_ {
        self.0.iter().copied()
    }

    pub(super) fn first(&self) -> Option<u32> {
        self.0.first().map(|range| range.first)
    }

    pub(super) fn has(&self, point: u32) -> bool {
        self.0.iter().any(|range| range.has(point))
    }

    pub(super) fn holds(&self, other: &Set) -> bool {
        other.0.iter().all(|part| self.0.iter().any(|range| range.holds(*part)))
    }

    pub(super) fn add(&mut self, other: &Set) {
        if !self.holds(other) {
            *self = self.iter().chain(other.iter()).collect();
        }
    }

    pub(super) fn meet(&self, other: &Set) -> Set {
        let (mut a, mut b, mut parts) = (0, 0, Vec::new());
        while let (Some(x), Some(y)) = (self.0.get(a), other.0.get(b)) {
            parts.extend(x.overlap(*y));
            if x.last < y.last { a += 1 } else { b += 1 }
        }
        Self(parts)
    }

    pub(super) fn without(&self, other: &Set) -> Set {
        let mut parts = Vec::new();
        for range in &self.0 {
            let mut rest = Some(*range);
            for cut in &other.0 {
                let Some(left) = rest else { break };
                let Some(gone) = left.overlap(*cut) else { continue };
                if left.first < gone.first {
                    parts.push(Range::new(left.first, gone.first - 1));
                }
                rest = (gone.last < left.last).then(|| Range::new(gone.last + 1, left.last));
            }
            parts.extend(rest);
        }
        Self(parts)
    }
}

/// Addresses with a route over the internet.
pub(super) fn public() -> Set {
    Set::from(Range::ALL).without(&SPECIAL.iter().map(|special| Range::new(special.first(), special.last())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ranges: &[(u32, u32)]) -> Set {
        ranges.iter().map(|(first, last)| Range::new(*first, *last)).collect()
    }

    #[test]
    fn sets_join_what_touches() {
        assert_eq!(set(&[(5, 9), (0, 4), (20, 30), (25, 26)]), set(&[(0, 9), (20, 30)]));
    }

    #[test]
    fn sets_meet_and_differ() {
        let (a, b) = (set(&[(0, 9), (20, 30)]), set(&[(5, 22), (30, 40)]));
        assert_eq!(a.meet(&b), set(&[(5, 9), (20, 22), (30, 30)]));
        assert_eq!(a.without(&b), set(&[(0, 4), (23, 29)]));
        assert_eq!(a.without(&Set::from(Range::ALL)), Set::default());
        assert!(a.holds(&set(&[(1, 2), (20, 20)])) && !a.holds(&set(&[(9, 10)])));
    }

    #[test]
    fn pieces_are_inside_or_outside_of_each_cut() {
        let pieces = Range::new(0, 100).pieces([Range::new(10, 20), Range::new(15, 200), Range::ALL]);
        let expected = [(0, 9), (10, 14), (15, 20), (21, 100)];
        assert_eq!(pieces, expected.map(|(first, last)| Range::new(first, last)));
    }

    #[test]
    fn ranges_are_shown_as_blocks_where_they_are_some() {
        assert_eq!(Range::parse(Some("10.0.0.0/16")).to_string(), "10.0.0.0/16");
        assert_eq!(Range::ALL.to_string(), "0.0.0.0/0");
        assert_eq!(Range::new(1, 2).to_string(), "0.0.0.1 to 0.0.0.2");
    }
}
