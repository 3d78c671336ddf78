use std::fmt;

use super::{FromLiteral, Problem, Remedy, string};
use crate::tree::Literal;

/// A whole number that is not negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Count(pub u32);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromLiteral for Count {
    const EXPECTS: &'static str = "a whole number";
    const QUOTED: bool = false;

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        match literal {
            Literal::Integer(n) => u32::try_from(*n).map(Self).map_err(|_| {
                Problem::new(format!("`{n}` is out of range")).help("write a whole number from 0 to 4294967295")
            }),
            Literal::String(s) if s.parse::<u32>().is_ok() => {
                let remedy = Remedy::Text(s.trim_start_matches('+').to_owned());
                Err(Problem::kind(Self::EXPECTS, literal).help(format!("write `{s}` without quotes")).remedy(remedy))
            }
            other => Err(Problem::kind(Self::EXPECTS, other)),
        }
    }
}

/// A capacity of Aurora Serverless in half units.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Capacity(u32);

impl Capacity {
    /// Aurora capacity units.
    pub fn units(self) -> f64 {
        f64::from(self.0) / 2.0
    }
}

impl fmt::Display for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.units().fmt(f)
    }
}

impl FromLiteral for Capacity {
    const EXPECTS: &'static str = "a capacity in steps of a half such as 0.5 or 16";
    const QUOTED: bool = false;

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        let halves = match literal {
            Literal::Integer(n) => *n as f64 * 2.0,
            Literal::Float(n) => *n * 2.0,
            other => return Err(Problem::kind(Self::EXPECTS, other)),
        };
        // 256 units are the most of a cluster. At 0 the database pauses, and replication with it.
        if halves.fract() != 0.0 || !(1.0..=512.0).contains(&halves) {
            let message = format!("`{}` is no capacity of Aurora Serverless", halves / 2.0);
            return Err(Problem::new(message).help("write 0.5 to 256, in steps of 0.5"));
        }
        Ok(Self(halves as u32))
    }
}

/// A number of bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Size(u64);

const SIZES: [(&str, u64); 5] = [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40)];

impl Size {
    pub const fn bytes(self) -> u64 {
        self.0
    }

    /// Whole kibibytes, rounded up.
    pub const fn kib(self) -> u64 {
        self.0.div_ceil(1 << 10)
    }

    /// Whole gibibytes, rounded up.
    pub const fn gib(self) -> u64 {
        self.0.div_ceil(1 << 30)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, size) =
            SIZES.iter().rev().find(|(_, size)| self.0 >= *size && self.0.is_multiple_of(*size)).unwrap_or(&SIZES[0]);
        write!(f, "{}{unit}", self.0 / size)
    }
}

impl FromLiteral for Size {
    const EXPECTS: &'static str = "a size such as \"64KiB\" or \"200GiB\"";

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        if let Literal::Integer(n) = literal {
            return Err(Problem::kind(Self::EXPECTS, literal).help(format!("add the unit, such as \"{n}GiB\"")));
        }
        let text = string(Self::EXPECTS, literal)?;
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = text.split_at(digits);
        let wrong = || Problem::new(format!("`{text}` is not {}", Self::EXPECTS));
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let Some((_, size)) = SIZES.iter().find(|(name, _)| *name == unit) else {
            let unit = unit.trim();
            let is_same =
                |name: &str| [name.to_owned(), name.replace('i', "")].iter().any(|n| n.eq_ignore_ascii_case(unit));
            let binary = SIZES.iter().find(|(name, _)| is_same(name));
            return Err(match binary {
                Some((name, _)) => {
                    let word = format!("{number}{name}");
                    wrong().help(format!("sizes are binary: write \"{word}\"")).remedy(Remedy::Word(word))
                }
                None => wrong().help("write a whole number and a unit: `B`, `KiB`, `MiB`, `GiB` or `TiB`"),
            });
        };
        number.checked_mul(*size).map(Self).ok_or_else(|| Problem::new(format!("`{text}` is too large")))
    }
}

/// A share of a hundred, whole.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Percent(pub u8);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

impl FromLiteral for Percent {
    const EXPECTS: &'static str = "a percentage such as \"10%\"";

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        if let Literal::Integer(n) = literal {
            let remedy = Remedy::Text(format!("\"{n}%\""));
            return Err(Problem::kind(Self::EXPECTS, literal).help(format!("write \"{n}%\"")).remedy(remedy));
        }
        let text = string(Self::EXPECTS, literal)?;
        let number = text.strip_suffix('%').and_then(|n| n.parse::<u8>().ok()).filter(|n| *n <= 100);
        number.map(Self).ok_or_else(|| {
            Problem::new(format!("`{text}` is not {}", Self::EXPECTS))
                .help("write a whole number from 0 to 100 and `%`")
        })
    }
}

/// Events a second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Rate(pub u32);

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/s", self.0)
    }
}

impl FromLiteral for Rate {
    const EXPECTS: &'static str = "a rate such as \"500/s\"";

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        let text = string(Self::EXPECTS, literal)?;
        let number = text.strip_suffix("/s").and_then(|n| n.parse::<u32>().ok()).filter(|n| *n > 0);
        number.map(Self).ok_or_else(|| {
            Problem::new(format!("`{text}` is not {}", Self::EXPECTS)).help("a whole number above zero and `/s`")
        })
    }
}
