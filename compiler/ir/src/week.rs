//! Weekly windows as AWS writes them, and whether two of them meet.

use crate::fact::FactValue;
use crate::graph::Resource;
use crate::index::Index;

/// Minutes of a week.
const WEEK: u32 = 7 * 24 * 60;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Minutes of the week from Monday 00:00 UTC; the end may lie in the next week.
struct Window {
    from: u32,
    to: u32,
}

impl Window {
    /// Reads `sat:01:00-sat:05:00`.
    fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let (from, to) = (minute(from)?, minute(to)?);
        Some(Self { from, to: if to <= from { to + WEEK } else { to } })
    }

    fn meets(&self, other: &Self) -> bool {
        let shifted = |by: u32| self.from < other.to + by && other.from + by < self.to;
        shifted(0) || shifted(WEEK) || (self.from + WEEK < other.to && other.from < self.to + WEEK)
    }
}

fn minute(text: &str) -> Option<u32> {
    let mut parts = text.trim().split(':');
    let day = parts.next()?.to_ascii_lowercase();
    let day = DAYS.iter().position(|name| *name == day)?;
    let (hours, minutes) = (parts.next()?.parse::<u32>().ok()?, parts.next()?.parse::<u32>().ok()?);
    (hours < 24 && minutes < 60).then_some(u32::try_from(day).ok()? * 24 * 60 + hours * 60 + minutes)
}

/// Whether the maintenance window of a resource meets the window of a cutover.
/// Left out, AWS picks one at random: it may (fact: rds-maintenance-window).
pub(crate) fn maintained_during_cutover(resource: &Resource, graph: &Index<'_>) -> FactValue {
    let cutovers = graph.all("Migspec::Cutover").filter_map(|cutover| cutover.get("Windows"));
    let windows = cutovers.flat_map(|windows| windows.value.as_list().unwrap_or_default());
    let mut cutovers = windows.map(|window| Window::parse(window.value.as_str()?)).peekable();
    if cutovers.peek().is_none() {
        return false.into();
    }
    let Some(own) = resource.get("PreferredMaintenanceWindow") else { return true.into() };
    let Some(own) = own.value.as_str().and_then(Window::parse) else { return FactValue::Unknown };
    let meets = cutovers.map(|window| window.map(|window| window.meets(&own)));
    meets.collect::<Option<Vec<_>>>().map(|meets| meets.contains(&true)).into()
}

#[cfg(test)]
mod tests {
    use super::Window;

    #[test]
    fn windows_meet_across_midnight_and_the_end_of_the_week() {
        for (one, other, meets) in [
            ("sat:01:00-sat:05:00", "sat:04:59-sat:06:00", true),
            ("sat:01:00-sat:05:00", "sat:05:00-sat:06:00", false),
            ("sun:23:00-mon:01:00", "mon:00:30-mon:02:00", true),
            ("mon:00:30-mon:02:00", "sun:23:00-mon:01:00", true),
            ("sun:23:00-mon:01:00", "mon:01:00-mon:02:00", false),
            ("tue:00:00-tue:01:00", "sat:01:00-sat:05:00", false),
        ] {
            let read = |text| Window::parse(text).expect("a window");
            assert_eq!(read(one).meets(&read(other)), meets, "{one} {other}");
        }
    }

    #[test]
    fn what_is_no_window_is_none() {
        for text in ["", "sat", "sat:01:00", "xyz:01:00-sat:02:00", "sat:25:00-sat:02:00"] {
            assert!(Window::parse(text).is_none(), "{text}");
        }
    }
}
