use std::fmt;

use jiff::tz::TimeZoneDatabase;

use super::{FromLiteral, Problem, string};
use crate::tree::Literal;

/// A time zone of the IANA database, whose version is part of this program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimeZone(jiff::tz::TimeZone);

impl TimeZone {
    pub fn utc() -> Self {
        Self(jiff::tz::TimeZone::UTC)
    }

    /// The milliseconds since 1970 at which the clocks of the zone show a time. Of a time that a
    /// change of the clocks repeats, the first; one that a change skips counts from the offset before the change.
    pub fn millis(&self, date: super::Date, minutes: u16) -> Option<i64> {
        let time = date.at(minutes)?;
        Some(self.0.to_timestamp(time).ok()?.as_millisecond())
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.iana_name().unwrap_or("UTC"))
    }
}

impl FromLiteral for TimeZone {
    const EXPECTS: &'static str = "a time zone such as \"Europe/Berlin\"";

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        let text = string(Self::EXPECTS, literal)?;
        let database = TimeZoneDatabase::bundled();
        // The lookup ignores case, and a spec has one spelling.
        match database.get(text).ok().filter(|zone| zone.iana_name() == Some(text)) {
            Some(zone) => Ok(Self(zone)),
            None => {
                let names: Vec<String> = database.available().map(|name| name.as_str().to_owned()).collect();
                let problem = Problem::new(format!("`{}` is not {}", text.escape_debug(), Self::EXPECTS));
                Err(problem.suggest(text, names.iter().map(String::as_str)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Remedy;

    #[test]
    fn a_misspelt_zone_has_a_remedy() {
        for wrong in ["Europe/Berln", "europe/berlin"] {
            let problem = TimeZone::from_literal(&wrong.into()).expect_err(wrong);
            assert_eq!(problem.remedy, Some(Remedy::Word("Europe/Berlin".to_owned())), "{wrong}");
        }
        let far = TimeZone::from_literal(&"nowhere at all".into()).expect_err("no zone");
        assert_eq!((far.help, far.remedy), (None, None));
    }
}
