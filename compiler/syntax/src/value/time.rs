use std::fmt;

use jiff::{SignedDuration, civil};

use super::{FromLiteral, Problem, Remedy, string};
use crate::tree::Literal;

/// A length of time, in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Duration(u64);

impl Duration {
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    pub const fn from_secs(secs: u64) -> Self {
        Self(secs * 1000)
    }

    pub const fn millis(self) -> u64 {
        self.0
    }

    /// Whole seconds, rounded up.
    pub const fn secs(self) -> u64 {
        self.0.div_ceil(1000)
    }

    /// Whole days, rounded up.
    pub const fn days(self) -> u64 {
        self.0.div_ceil(86_400_000)
    }
}

const UNITS: [(&str, u64); 6] =
    [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000)];

/// Units as other notations write them.
const WORDS_OF_UNITS: [(&str, &[&str]); 6] = [
    ("ms", &["ms", "msec", "millisecond", "milliseconds"]),
    ("s", &["s", "sec", "secs", "second", "seconds"]),
    ("m", &["m", "min", "mins", "minute", "minutes"]),
    ("h", &["h", "hr", "hrs", "hour", "hours"]),
    ("d", &["d", "day", "days"]),
    ("w", &["w", "week", "weeks"]),
];

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        // Weeks are accepted, but days read better.
        let (unit, size) = UNITS[..5]
            .iter()
            .rev()
            .find(|(_, size)| self.0 >= *size && self.0.is_multiple_of(*size))
            .unwrap_or(&UNITS[0]);
        write!(f, "{}{unit}", self.0 / size)
    }
}

impl FromLiteral for Duration {
    const EXPECTS: &'static str = "a duration such as \"5s\", \"10m\" or \"7d\"";

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        if let Literal::Integer(n) = literal {
            return Err(Problem::kind(Self::EXPECTS, literal).help(format!("add the unit, such as \"{n}s\"")));
        }
        let text = string(Self::EXPECTS, literal)?;
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = text.split_at(digits);
        let wrong = || Problem::new(format!("`{text}` is not {}", Self::EXPECTS));
        let number: u64 = number.parse().map_err(|_| wrong().help("a whole number and its unit"))?;
        let Some((_, size)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            let unit = unit.trim().to_ascii_lowercase();
            return Err(match WORDS_OF_UNITS.iter().find(|(_, words)| words.contains(&&*unit)) {
                Some((short, _)) => {
                    let word = format!("{number}{short}");
                    wrong().help(format!("write \"{word}\"")).remedy(Remedy::Word(word))
                }
                None => wrong().help("units are `ms`, `s`, `m`, `h`, `d` and `w`"),
            });
        };
        let millis = number.checked_mul(*size).filter(|m| *m <= 100 * 366 * 86_400_000);
        millis.map(Self).ok_or_else(|| Problem::new(format!("`{text}` is longer than a hundred years")))
    }
}

/// A calendar day, of 1970 or later.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Date(civil::Date);

const EPOCH: civil::Date = civil::date(1970, 1, 1);

impl Date {
    /// The day of a constant: one that does not exist fails the build.
    pub const fn constant(year: i16, month: i8, day: i8) -> Self {
        Self(civil::date(year, month, day))
    }

    /// A day such as `2027-01-31`.
    pub fn parse(text: &str) -> Option<Self> {
        let date: civil::Date = text.parse().ok()?;
        // The library accepts further forms of ISO 8601.
        (date >= EPOCH && date.to_string() == text).then_some(Self(date))
    }

    /// The day that is `days` after 1970-01-01, at most the last one of the calendar, 9999-12-31.
    pub fn from_days(days: u64) -> Self {
        let days = i64::try_from(days).unwrap_or(i64::MAX);
        Self(EPOCH.saturating_add(SignedDuration::from_hours(days.saturating_mul(24).min(i64::MAX / 3600))))
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> u64 {
        self.0.duration_since(EPOCH).as_hours().unsigned_abs() / 24
    }

    /// The day with a time of it, in minutes after midnight.
    pub(super) fn at(self, minutes: u16) -> Option<civil::DateTime> {
        let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
        Some(self.0.to_datetime(civil::Time::new(hour, minute, 0, 0).ok()?))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromLiteral for Date {
    const EXPECTS: &'static str = "a date such as \"2027-01-31\"";

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        let text = string(Self::EXPECTS, literal)?;
        Self::parse(text).ok_or_else(|| {
            Problem::new(format!("`{text}` is not {}", Self::EXPECTS)).help("year, month and day of a day that exists")
        })
    }
}

/// Minutes after midnight UTC, from and to; to may be past midnight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DailyWindow {
    pub from: u16,
    pub to: u16,
}

impl DailyWindow {
    /// Two times of the day, without the `Z`.
    fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        Some(Self { from: minutes(from)?, to: minutes(to)? })
    }

    /// As RDS writes it: `03:00-04:00`.
    pub fn aws(self) -> String {
        format!("{}-{}", clock(self.from), clock(self.to))
    }

    /// Length in minutes.
    pub fn length(self) -> u16 {
        (self.to + 1440 - self.from) % 1440
    }
}

fn minutes(text: &str) -> Option<u16> {
    let (h, m) = text.split_once(':')?;
    let (h, m): (u16, u16) = ((h.len() == 2).then(|| h.parse().ok())??, (m.len() == 2).then(|| m.parse().ok())??);
    (h < 24 && m < 60).then_some(h * 60 + m)
}

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

impl fmt::Display for DailyWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Z", self.aws())
    }
}

impl FromLiteral for DailyWindow {
    const EXPECTS: &'static str = "a daily window in UTC such as \"03:00-04:00Z\"";

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        let text = string(Self::EXPECTS, literal)?;
        text.strip_suffix('Z').and_then(Self::parse).ok_or_else(|| {
            Problem::new(format!("`{text}` is not {}", Self::EXPECTS)).help("two times of the day, and `Z` for UTC")
        })
    }
}

/// A window on one day of the week.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WeeklyWindow {
    /// 0 is Monday.
    pub day: u8,
    pub hours: DailyWindow,
    /// In UTC: it ends in `Z`.
    pub utc: bool,
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl fmt::Display for WeeklyWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = DAYS.get(usize::from(self.day)).unwrap_or(&"");
        write!(f, "{day} {}{}", self.hours.aws(), if self.utc { "Z" } else { "" })
    }
}

impl FromLiteral for WeeklyWindow {
    const EXPECTS: &'static str = "a weekly window such as \"sat 01:00-05:00Z\"";

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        let text = string(Self::EXPECTS, literal)?;
        let parse = || {
            let (day, hours) = text.split_once(' ')?;
            let day = DAYS.iter().position(|d| *d == day.to_lowercase())?;
            let (hours, utc) = hours.strip_suffix('Z').map_or((hours, false), |hours| (hours, true));
            Some(Self { day: u8::try_from(day).ok()?, hours: DailyWindow::parse(hours)?, utc })
        };
        parse().ok_or_else(|| {
            Problem::new(format!("`{text}` is not {}", Self::EXPECTS))
                .help("the first three letters of a day and two times; `Z` for UTC, or `zone=` for a time zone")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_1970_and_back() {
        for (text, days) in
            [("1970-01-01", 0), ("2024-02-29", 19_782), ("2100-03-01", 47_541), ("9999-12-31", 2_932_896)]
        {
            let date = Date::parse(text).expect(text);
            assert_eq!((date.days(), Date::from_days(days).to_string()), (days, text.to_owned()));
        }
        assert_eq!(Date::from_days(u64::MAX).to_string(), "9999-12-31");
    }

    #[test]
    fn other_forms_and_days_that_do_not_exist_are_refused() {
        for text in
            ["", "2027-02-29", "2027-1-31", "20270131", "2027-01-31T00:00", "1969-12-31", "2027-W05-1", "+002027-01-31"]
        {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }
}
