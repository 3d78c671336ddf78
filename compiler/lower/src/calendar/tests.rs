use migspec_analyze::workflow::jsonata::{Scope, Value, one, parse};
use migspec_ir::workflow::Argument;

use super::{Calendar, WEEK};
use crate::testing::{lower_text, payments_with};

/// The openings of a calendar in UTC, as milliseconds, of weeks that have one.
fn starts(calendar: &Calendar) -> Vec<(i64, i64)> {
    let weeks = calendar.weeks.chars().zip(0_i64..);
    let of_week = |(letter, week): (char, i64)| {
        let kind = calendar.kinds.iter().find(|(known, _)| *known == letter).map(|(_, kind)| kind.clone());
        let from = calendar.origin + week * WEEK;
        kind.unwrap_or_default().into_iter().map(move |(start, length)| (from + start, length)).collect::<Vec<_>>()
    };
    weeks.flat_map(of_week).collect()
}

fn calendar(window: &str) -> Calendar {
    let mut found = None;
    payments_with("window \"sat 01:00-05:00Z\"", window, |migration| {
        found = migration.cutover.first().and_then(|cutover| Calendar::of(cutover.window.as_ref()?));
    });
    found.expect("the window has a calendar")
}

const HOUR: i64 = 3_600_000;

/// Friday 22:00 in Berlin is 21:00 UTC in winter and 20:00 UTC in summer, from the first Friday after each change.
#[test]
fn a_window_follows_the_clocks_of_its_zone() {
    let calendar = calendar("window \"fri 22:00-02:00\" zone=\"Europe/Berlin\"");
    let starts = starts(&calendar);
    for (start, length) in [
        // 2026-03-27 21:00 UTC, 2026-04-03 20:00, 2026-10-23 20:00, 2026-10-30 21:00.
        (1_774_645_200_000, 4 * HOUR),
        (1_775_246_400_000, 4 * HOUR),
        (1_792_785_600_000, 4 * HOUR),
        (1_793_394_000_000, 4 * HOUR),
    ] {
        assert!(starts.contains(&(start, length)), "{start} is missing");
    }
    assert_eq!(calendar.kinds.len(), 2);
    let utc: Vec<String> = calendar.utc().into_iter().collect();
    assert_eq!(utc, ["fri:20:00-sat:00:00", "fri:21:00-sat:01:00"]);
}

/// On the nights of the changes, 01:00 to 05:00 lasts three and five hours.
#[test]
fn a_window_across_a_change_has_its_real_length() {
    let calendar = calendar("window \"sun 01:00-05:00\" zone=\"Europe/Berlin\"");
    let starts = starts(&calendar);
    // 2026-03-29 00:00 UTC and 2026-10-24 23:00 UTC.
    assert!(starts.contains(&(1_774_742_400_000, 3 * HOUR)));
    assert!(starts.contains(&(1_792_882_800_000, 5 * HOUR)));
    assert_eq!(calendar.kinds.len(), 4);
}

#[test]
fn a_freeze_removes_the_windows_that_meet_it() {
    let text = "window \"fri 22:00-02:00\" \"tue 20:00-22:00\" zone=\"Europe/Berlin\" { freeze \"2026-12-19\" \"2027-01-05\"; }";
    let calendar = calendar(text);
    let starts: Vec<i64> = starts(&calendar).into_iter().map(|(start, _)| start).collect();
    // The window of Friday, 18 December, ends on the first frozen day; that of Tuesday, 5 January, is on the last.
    for frozen in [1_797_627_600_000, 1_797_966_000_000, 1_799_175_600_000] {
        assert!(!starts.contains(&frozen), "{frozen}");
    }
    // Tuesday, 15 December, and Friday, 8 January.
    for open in [1_797_361_200_000, 1_799_442_000_000] {
        assert!(starts.contains(&open), "{open}");
    }
    assert_eq!(calendar.longest_gap(), 2);
}

#[test]
fn a_window_in_utc_has_one_kind_of_week() {
    let calendar = calendar("window \"sat 01:00-05:00Z\"");
    assert_eq!((calendar.kinds.len(), calendar.longest_gap()), (1, 0));
    assert_eq!(calendar.days(), [false, false, false, false, false, true, false]);
}

#[test]
fn windows_of_the_whole_week_have_no_calendar() {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let halves = days.iter().flat_map(|day| [format!("\"{day} 00:00-12:00Z\""), format!("\"{day} 12:00-00:00Z\"")]);
    let text = format!("window {}", halves.collect::<Vec<_>>().join(" "));
    payments_with("window \"sat 01:00-05:00Z\"", &text, |migration| {
        let window = migration.cutover.first().and_then(|cutover| cutover.window.as_ref()).expect("a window");
        assert!(Calendar::of(window).is_none());
    });
}

/// The wait in seconds that the workflow computes at a time. 0: a window is open long enough.
fn wait(window: &str, at: &[&str]) -> Vec<f64> {
    let text =
        include_str!("../../../../specs/payments.migspec.kdl").replacen("window \"sat 01:00-05:00Z\"", window, 1);
    let lowered = lower_text(&text, "prod");
    assert_eq!(lowered.findings(), []);
    let workflow = lowered.graph.workflows.values().next().expect("a workflow");
    let expression = |state: &str, variable: &str| {
        let assigns = workflow.states.get(state).into_iter().flat_map(|state| &state.assign);
        let mut found = assigns.filter(|(name, _)| &**name == variable);
        found.next().map(|(_, argument)| match argument {
            Argument::Expression(text) => text.as_str().to_owned(),
            other => panic!("{other:?}"),
        })
    };
    let nothing = Value::Undefined;
    let value = |text: &str, at: &str, calendar: &Value| {
        let text = text.replace("$states.context.State.EnteredTime", &format!("\"{at}\""));
        let variables = |name: &str| if name == "calendar" { calendar.clone() } else { Value::Undefined };
        let scope = Scope { variables: &variables, states: &nothing };
        one(&parse(&text).expect("it can be parsed"), &scope).expect("it is known").expect("it has a value")
    };
    let wait = |at: &&str| {
        let calendar =
            expression("ReadCalendar", "calendar").map_or(Value::Undefined, |text| value(&text, at, &nothing));
        let pause = value(&expression("ReadWindow", "pause").expect("an expression"), at, &calendar);
        pause.json().as_f64().expect("a number")
    };
    at.iter().map(wait).collect()
}

#[test]
fn the_workflow_waits_for_the_local_time() {
    let berlin = "window \"fri 22:00-02:00\" zone=\"Europe/Berlin\" { freeze \"2026-12-19\" \"2027-01-05\"; }";
    let times = [
        // Winter: open from 21:00 UTC, a second before it not yet.
        ("2026-03-27T20:59:59Z", 1.0),
        ("2026-03-27T21:00:00Z", 0.0),
        ("2026-03-27T22:00:00Z", 0.0),
        // Summer: open from 20:00 UTC.
        ("2026-04-03T19:59:59Z", 1.0),
        ("2026-04-03T20:00:00Z", 0.0),
        ("2026-10-30T20:00:00Z", 3600.0),
        ("2026-10-30T21:00:00Z", 0.0),
    ];
    let at: Vec<&str> = times.iter().map(|(at, _)| *at).collect();
    assert_eq!(wait(berlin, &at), times.map(|(_, wait)| wait));
    // A window that ends too soon, one in a freeze, and a time after the calendar.
    for closed in ["2026-03-28T00:59:00Z", "2026-12-18T21:30:00Z", "2026-12-25T21:30:00Z", "2040-01-06T21:30:00Z"] {
        assert!(wait(berlin, &[closed])[0] > 0.0, "{closed}");
    }
    assert_eq!(wait(berlin, &["2027-01-08T21:30:00Z"]), [0.0]);
}

#[test]
fn the_workflow_waits_for_the_next_of_several_windows() {
    let windows = "window \"tue 20:00-23:00Z\" \"sat 01:00-05:00Z\"";
    let at = ["2026-06-02T19:00:00Z", "2026-06-02T20:00:00Z", "2026-06-05T01:00:00Z", "2026-06-06T01:30:00Z"];
    assert_eq!(wait(windows, &at), [3600.0, 0.0, 86_400.0, 0.0]);
}

#[test]
fn every_zone_of_the_reference_is_exact_in_both_hemispheres() {
    for (zone, winter, summer) in [
        ("America/New_York", "2026-01-10T06:00:00Z", "2026-07-11T05:00:00Z"),
        ("Australia/Sydney", "2026-07-10T15:00:00Z", "2026-01-09T14:00:00Z"),
        ("Asia/Kolkata", "2026-01-09T19:30:00Z", "2026-07-10T19:30:00Z"),
    ] {
        let window = format!("window \"sat 01:00-05:00\" zone=\"{zone}\"");
        assert_eq!(wait(&window, &[winter, summer]), [0.0, 0.0], "{zone}");
    }
}
