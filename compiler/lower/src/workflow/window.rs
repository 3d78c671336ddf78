//! The wait for the change window, so that all following states end within it.

use migspec_ir::workflow::{Effect, Kind, Phase};
use migspec_ir::{Origin, arguments};
use migspec_syntax::ast;

use super::builder::{Builder, Poll, expression, verdict};
use crate::calendar::{Calendar, WEEK};
use crate::cutover::cutover_seconds;

/// The time of a state.
const NOW: &str = "$toMillis($states.context.State.EnteredTime)";

pub(super) fn add(b: &mut Builder) {
    let Some((node, calendar)) = b.plan.window() else { return };
    b.enter(Phase::Approve, Some(("window", Origin::derived("workflow", node.place.header))));
    let seconds = cutover_seconds(b.plan.units.len()) + b.plan.fence_at_most().secs();
    let times = Times { calendar: &calendar, needed: 1000 * i64::try_from(seconds).unwrap_or(i64::MAX / 1000) };
    let first = (calendar.kinds.len() > 1).then(|| {
        // The letter of a week after the last one is empty: no window opens then.
        let week = format!("$floor(({NOW} - {}) / {WEEK})", calendar.origin);
        b.state("ReadCalendar", Kind::Pass)
            .does("reads which windows of the week are open: the time zone and the freezes decide")
            .assign("calendar", expression(format!("$substring(\"{}\", {week}, 1)", calendar.weeks)))
            .output(arguments!({}))
    });
    let open = times.each(|week| times.open(week), "false");
    let pause = times.each(|week| times.pause(week), &times.pause(&[]));
    let read = b
        .state("ReadWindow", Kind::Pass)
        .does(format!("computes the wait until {} is open long enough", display_name(node)))
        .assign("pause", expression(format!("({open}) ? 0 : $ceil(({pause}) / 1000)")))
        .assign("verdict", verdict(&open, "false", turns(&calendar)))
        .assign("reason", "the window has not opened")
        .assign("turns", expression("$turns + 1"))
        .output(arguments!({}));
    let next = b.plan.first("CheckSourceSchema");
    let check = b.gate("CheckWindow", &next).effect(Effect::Window).does("continues within the window");
    b.poll(Poll {
        wait: ("WaitForWindow", expression("$pause")),
        longest: u64::try_from(WEEK / 1000).unwrap_or(0),
        first: first.into_iter().collect(),
        ask: read,
        check,
        turns: turns(&calendar),
    });
}

/// A change of the clocks, or a freeze, ends a wait early: twice in each week.
fn turns(calendar: &Calendar) -> u64 {
    4 + 2 * calendar.longest_gap()
}

fn display_name(window: &ast::Window) -> String {
    let windows: Vec<String> = window.when.iter().map(|when| when.value.to_string()).collect();
    let zone = window.zone.as_ref().map_or_else(String::new, |zone| format!(" in {}", zone.value));
    let freezes = window.freeze.iter().map(|freeze| format!("{} to {}", freeze.from.value, freeze.to.value));
    let freezes: Vec<String> = freezes.collect();
    let except = if freezes.is_empty() { String::new() } else { format!(", except from {}", freezes.join(" and ")) };
    format!("the window {}{zone}{except}", windows.join(" or "))
}

struct Times<'c> {
    calendar: &'c Calendar,
    /// The milliseconds that the cutover needs.
    needed: i64,
}

impl Times<'_> {
    /// The milliseconds since the start of the week.
    fn position(&self) -> String {
        format!("({NOW} - {}) % {WEEK}", self.calendar.origin)
    }

    /// An expression for each kind of week, and one for weeks after the calendar.
    fn each(&self, of_week: impl Fn(&[(i64, i64)]) -> String, after: &str) -> String {
        match self.calendar.kinds.as_slice() {
            [(_, only)] => of_week(only),
            kinds => {
                let choice = |(letter, week): &(char, Vec<(i64, i64)>)| {
                    format!("$calendar = \"{letter}\" ? ({}) : ", of_week(week))
                };
                format!("{}({after})", kinds.iter().map(choice).collect::<String>())
            }
        }
    }

    /// The windows in which the cutover can end.
    fn long_enough(&self, week: &[(i64, i64)]) -> Vec<(i64, i64)> {
        week.iter().map(|(start, length)| (*start, length - self.needed)).filter(|(_, latest)| *latest >= 0).collect()
    }

    /// Whether a window of the week is open long enough.
    fn open(&self, week: &[(i64, i64)]) -> String {
        let position = self.position();
        let windows = self
            .long_enough(week)
            .into_iter()
            .map(|(start, latest)| format!("{position} >= {start} and {position} <= {}", start + latest));
        let windows: Vec<String> = windows.collect();
        if windows.is_empty() { "false".to_owned() } else { windows.join(" or ") }
    }

    /// The milliseconds until the next window opens, or until the next week has its first window at the earliest.
    fn pause(&self, week: &[(i64, i64)]) -> String {
        let position = self.position();
        let windows = self
            .long_enough(week)
            .into_iter()
            .map(|(start, _)| format!("{position} < {start} ? {start} - {position} : "));
        let next = WEEK + self.calendar.earliest();
        format!("{}{next} - {position}", windows.collect::<String>())
    }
}
