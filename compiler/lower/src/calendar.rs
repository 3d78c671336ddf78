//! The change windows as instants: weekly windows of a time zone, without those
//! that meet a freeze. A workflow knows no time zones. It knows for each week of a
//! fixed range of years which of a few kinds of week it is.

use std::collections::BTreeSet;

use migspec_syntax::ast;
use migspec_syntax::value::{Date, TimeZone, WeeklyWindow};

const MINUTE: i64 = 60_000;
const WEEK_MINUTES: i64 = 7 * 24 * 60;
/// Milliseconds of a week.
pub(crate) const WEEK: i64 = WEEK_MINUTES * MINUTE;

/// The first Monday of the range.
const FIRST: Date = Date::constant(2025, 1, 6);
/// The weeks of the range: to the end of 2035.
const WEEKS: u64 = 573;

/// The letters of the kinds of week.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// The open times of a week: start within the week and length, in milliseconds.
type Week = Vec<(i64, i64)>;

pub(crate) struct Calendar {
    /// The start of the first week, in milliseconds since 1970. No window is open
    /// where one week becomes the next.
    pub(crate) origin: i64,
    /// The kinds of week with their letters.
    pub(crate) kinds: Vec<(char, Week)>,
    /// The letter of each week.
    pub(crate) weeks: String,
}

/// One opening of a window.
struct Opening {
    start: i64,
    end: i64,
    frozen: bool,
}

impl Calendar {
    /// `None` if the windows leave no time of the week free, or if there are too many kinds of week.
    pub(crate) fn of(window: &ast::Window) -> Option<Self> {
        let openings = openings(window);
        let first = openings.iter().map(|opening| opening.start).min()?;
        let free = free(&openings)? * MINUTE;
        let origin = (first - free).div_euclid(WEEK) * WEEK + free;
        let mut weeks: Vec<Week> = Vec::new();
        for opening in &openings {
            let (week, start) = ((opening.start - origin).div_euclid(WEEK), (opening.start - origin).rem_euclid(WEEK));
            let week = usize::try_from(week).ok()?;
            weeks.resize(weeks.len().max(week + 1), Vec::new());
            if let Some(week) = weeks.get_mut(week).filter(|_| !opening.frozen) {
                week.push((start, opening.end - opening.start));
            }
        }
        // The last week may lack a window that begins after the range.
        weeks.pop();
        weeks.iter_mut().for_each(|week| week.sort_unstable());
        let distinct: BTreeSet<&Week> = weeks.iter().collect();
        let kinds: Vec<(char, Week)> = LETTERS.chars().zip(distinct.iter().map(|week| (*week).clone())).collect();
        let letter = |week: &Week| kinds.iter().find(|(_, kind)| kind == week).map(|(letter, _)| *letter);
        let letters = weeks.iter().map(letter).collect::<Option<String>>()?;
        Some(Self { origin, kinds, weeks: letters })
    }

    /// The weekly windows as AWS writes them, in UTC: `sat:01:00-sat:05:00`.
    pub(crate) fn utc(&self) -> BTreeSet<String> {
        let text = |(start, length): &(i64, i64)| {
            format!("{}-{}", of_week(self.origin + start), of_week(self.origin + start + length))
        };
        self.kinds.iter().flat_map(|(_, week)| week.iter().map(text)).collect()
    }

    /// The days of the week with a window, from Monday, in UTC.
    pub(crate) fn days(&self) -> [bool; 7] {
        let starts = self.kinds.iter().flat_map(|(_, week)| week).map(|(start, _)| monday_minutes(self.origin + start));
        let mut days = [false; 7];
        starts.for_each(|minutes| days[usize::try_from(minutes / 1440).unwrap_or(0) % 7] = true);
        days
    }

    /// The start of the earliest window of any week, within the week.
    pub(crate) fn earliest(&self) -> i64 {
        self.kinds.iter().flat_map(|(_, week)| week).map(|(start, _)| *start).min().unwrap_or(0)
    }

    /// The most weeks in a row without a window.
    pub(crate) fn longest_gap(&self) -> u64 {
        let closed: Vec<char> =
            self.kinds.iter().filter(|(_, week)| week.is_empty()).map(|(letter, _)| *letter).collect();
        let mut longest = 0;
        let mut run = 0;
        for letter in self.weeks.chars() {
            run = if closed.contains(&letter) { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        longest
    }
}

/// The zone of a window.
fn zone(window: &ast::Window) -> TimeZone {
    window.zone.as_ref().map_or_else(TimeZone::utc, |zone| zone.value.clone())
}

/// Every opening of the range, in order of the windows.
fn openings(window: &ast::Window) -> Vec<Opening> {
    let zone = zone(window);
    let frozen: Vec<(i64, i64)> = window.freeze.iter().filter_map(|freeze| whole_days(&zone, freeze)).collect();
    let of_week = |when: WeeklyWindow, week: u64| {
        let day = FIRST.days() + 7 * week + u64::from(when.day);
        let overnight = u64::from(when.hours.to <= when.hours.from);
        let start = zone.millis(Date::from_days(day), when.hours.from)?;
        let end = zone.millis(Date::from_days(day + overnight), when.hours.to)?;
        let frozen = frozen.iter().any(|(from, to)| start < *to && end > *from);
        Some(Opening { start, end, frozen })
    };
    let all = window.when.iter().flat_map(|when| (0..WEEKS).filter_map(move |week| of_week(when.value, week)));
    all.collect()
}

fn whole_days(zone: &TimeZone, freeze: &ast::Freeze) -> Option<(i64, i64)> {
    let after = Date::from_days(freeze.to.value.days() + 1);
    Some((zone.millis(freeze.from.value, 0)?, zone.millis(after, 0)?))
}

/// The minute in the middle of the longest time of the week, from an epoch week, in which no window is open.
fn free(openings: &[Opening]) -> Option<i64> {
    let mut busy = [false; WEEK_MINUTES as usize];
    // Most weeks are alike.
    let minutes = |opening: &Opening| {
        let (start, end) = (opening.start.div_euclid(MINUTE), opening.end.div_euclid(MINUTE));
        (start.rem_euclid(WEEK_MINUTES), end - start)
    };
    for (start, length) in openings.iter().map(minutes).collect::<BTreeSet<_>>() {
        for minute in start..=start + length {
            busy[usize::try_from(minute.rem_euclid(WEEK_MINUTES)).unwrap_or(0)] = true;
        }
    }
    let busy_at = |minute: i64| busy[usize::try_from(minute.rem_euclid(WEEK_MINUTES)).unwrap_or(0)];
    let first = (0..WEEK_MINUTES).find(|minute| busy_at(*minute))?;
    let mut longest = (0, 0);
    let mut from = None;
    for minute in first..=first + WEEK_MINUTES {
        match (busy_at(minute), from) {
            (false, None) => from = Some(minute),
            (true, Some(start)) => {
                if minute - start > longest.1 - longest.0 {
                    longest = (start, minute);
                }
                from = None;
            }
            _ => {}
        }
    }
    // Two checks of the clock a moment apart see the same week.
    (longest.1 - longest.0 >= 2).then(|| ((longest.0 + longest.1) / 2).rem_euclid(WEEK_MINUTES))
}

/// The minutes since Monday 00:00 UTC. 1970-01-05 was a Monday.
fn monday_minutes(millis: i64) -> i64 {
    (millis / MINUTE - 4 * 1440).rem_euclid(WEEK_MINUTES)
}

fn of_week(millis: i64) -> String {
    let minutes = monday_minutes(millis);
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let day = days.get(usize::try_from(minutes / 1440).unwrap_or(0)).unwrap_or(&"");
    format!("{day}:{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

#[cfg(test)]
mod tests;
