//! The required position of a sequence.

use std::fmt::{self, Display};

/// A sequence as its catalogue describes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sequence {
    /// Schema and name, quoted.
    pub name: String,
    /// The difference between consecutive numbers. Never 0.
    pub increment: i64,
    pub least: i64,
    pub greatest: i64,
    /// How many numbers a session takes at once.
    pub cache: i64,
    pub cycles: bool,
    pub position: Position,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    pub last: i64,
    /// Whether `last` has been given out. Otherwise it is the next one.
    pub called: bool,
}

/// Why a sequence cannot be set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// The next number would lie beyond the end.
    Exhausted,
    /// One side counts up, the other down, or by other steps.
    OtherStep,
}

impl Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Exhausted => "has no numbers left beyond the margin",
            Self::OtherStep => "has another increment than on the other side",
        })
    }
}

/// How many steps a sequence keeps beyond the other side's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Margin {
    pub wanted: u64,
    /// The steps of a sequence whose type has no room for more.
    pub at_least: u64,
}

impl Sequence {
    /// Like [`Sequence::past`] by the wanted steps, or by the least ones where only those have room.
    ///
    /// # Errors
    /// There is no such position.
    pub fn beyond(&self, other: &Sequence, margin: Margin) -> Result<Option<Position>, Trouble> {
        self.past(other, margin.wanted).or_else(|trouble| match trouble {
            Trouble::Exhausted => self.past(other, margin.at_least),
            Trouble::OtherStep => Err(trouble),
        })
    }

    /// The position for this sequence beyond every number that `other` may have
    /// issued: past its last one by `margin` steps and its cache. `None` if it
    /// is already there or further.
    ///
    /// # Errors
    /// There is no such position.
    pub fn past(&self, other: &Sequence, margin: u64) -> Result<Option<Position>, Trouble> {
        if self.increment != other.increment {
            return Err(Trouble::OtherStep);
        }
        if self.cycles && other.cycles {
            // Its numbers come round again: none of them is promised to be new.
            return Ok((self.position != other.position).then_some(other.position));
        }
        let cache = if other.position.called { i128::from(other.cache) } else { 0 };
        let steps = i128::from(margin) + cache;
        let last = i128::from(other.position.last) + i128::from(self.increment) * steps;
        let (low, high) = (i128::from(self.least), i128::from(self.greatest));
        // A number has to be left after it.
        let next = last + i128::from(self.increment);
        let position =
            i64::try_from(last).ok().filter(|_| (low..=high).contains(&next) && (low..=high).contains(&last));
        let wanted = Position { last: position.ok_or(Trouble::Exhausted)?, called: true };
        Ok((self.ahead(wanted) > self.ahead(self.position)).then_some(wanted))
    }

    /// How far a position is on the way of this sequence.
    fn ahead(&self, position: Position) -> (i128, bool) {
        (i128::from(position.last) * i128::from(self.increment.signum()), position.called)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sequence that has returned its position.
    fn called(last: i64) -> Sequence {
        Sequence {
            name: "s.q".into(),
            increment: 1,
            least: 1,
            greatest: i64::MAX,
            cache: 1,
            cycles: false,
            position: Position { last, called: true },
        }
    }

    fn uncalled(last: i64) -> Sequence {
        Sequence { position: Position { last, called: false }, ..called(last) }
    }

    fn at(last: i64) -> Option<Position> {
        Some(Position { last, called: true })
    }

    #[test]
    fn the_margin_and_the_cache_are_added() {
        assert_eq!(uncalled(1).past(&called(41), 1000), Ok(at(1042)));
        let cached = Sequence { cache: 50, ..called(41) };
        assert_eq!(uncalled(1).past(&cached, 1000), Ok(at(1091)));
        let stepping = |last| Sequence { increment: 10, cache: 2, ..called(last) };
        assert_eq!(stepping(1).past(&stepping(100), 5), Ok(at(170)));
    }

    #[test]
    fn one_that_was_never_used_moves_by_the_margin() {
        assert_eq!(uncalled(1).past(&uncalled(1), 1000), Ok(at(1001)));
    }

    #[test]
    fn it_never_goes_backwards() {
        assert_eq!(called(5000).past(&called(41), 1000), Ok(None));
        assert_eq!(called(1042).past(&called(41), 1000), Ok(None), "twice is once");
        let down = |last| Sequence { increment: -1, least: i64::MIN, greatest: -1, ..called(last) };
        assert_eq!(down(-1).past(&down(-41), 10), Ok(at(-52)));
        assert_eq!(down(-5000).past(&down(-41), 10), Ok(None));
    }

    #[test]
    fn one_without_numbers_left_is_an_error() {
        let small = |last| Sequence { greatest: 32_767, ..called(last) };
        assert_eq!(small(1).past(&small(32_000), 1000), Err(Trouble::Exhausted));
        assert_eq!(called(1).past(&called(i64::MAX - 5), 1000), Err(Trouble::Exhausted));
        assert_eq!(small(1).past(&small(31_000), 1000), Ok(at(32_001)));
    }

    #[test]
    fn one_without_room_for_the_margin_keeps_the_least_one() {
        let margin = Margin { wanted: 100_000, at_least: 1000 };
        let small = |last| Sequence { greatest: 32_767, ..called(last) };
        assert_eq!(uncalled(1).beyond(&called(41), margin), Ok(at(100_042)));
        assert_eq!(small(1).beyond(&small(31_000), margin), Ok(at(32_001)));
        assert_eq!(small(1).beyond(&small(32_000), margin), Err(Trouble::Exhausted));
        assert_eq!(called(500_000).beyond(&called(41), margin), Ok(None));
    }

    #[test]
    fn another_step_is_an_error() {
        let other = Sequence { increment: 2, ..called(9) };
        assert_eq!(called(1).past(&other, 10), Err(Trouble::OtherStep));
    }

    #[test]
    fn one_that_cycles_takes_the_position_over() {
        let round = |last| Sequence { cycles: true, greatest: 100, ..called(last) };
        assert_eq!(round(90).past(&round(99), 1000), Ok(at(99)));
        assert_eq!(round(99).past(&round(99), 1000), Ok(None));
    }
}
