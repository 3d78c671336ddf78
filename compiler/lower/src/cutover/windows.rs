//! Checks of change windows.

use migspec_diag::{Diagnostic, count};
use migspec_syntax::value::WeeklyWindow;
use migspec_syntax::{Setting, ast};

use super::{Resolved, cutover_seconds, fence_at_most, waits_too_long};
use crate::calendar::Calendar;
use crate::cx::Cx;

pub(super) fn check(cx: &mut Cx, resolved: &Resolved) {
    let Some(window) = &resolved.cutover.window else { return };
    window.when.iter().for_each(|when| length(cx, resolved, when));
    zone(cx, window);
    for freeze in window.freeze.iter().filter(|freeze| freeze.to.value < freeze.from.value) {
        cx.report(
            Diagnostic::error("freeze-reversed", format!("the freeze ends on {} before it begins", freeze.to.value))
                .at(freeze.to.span(), "its last day")
                .with(freeze.from.span(), "its first day")
                .help("write the first day first"),
        );
    }
    if !window.when.is_empty() && Calendar::of(window).is_none() {
        cx.report(
            Diagnostic::error("windows-without-gap", "the windows leave no hour of the week free".to_owned())
                .at(window.place.header, "always open")
                .help("name the hours in which people are on call for the cutover"),
        );
    }
}

/// A window has exactly one time zone.
fn zone(cx: &mut Cx, window: &ast::Window) {
    for when in &window.when {
        let (message, label, help) = match (&window.zone, when.utc) {
            (Some(zone), true) => (
                format!("the window `{}` is in UTC and in `{}`", when.value, zone.value),
                "ends in `Z`",
                "remove the `Z`, or `zone=`".to_owned(),
            ),
            (None, false) => (
                format!("the window `{}` has no time zone", when.value),
                "UTC, or another time?",
                format!("write \"{}Z\" for UTC, or add zone=\"Europe/Berlin\"", when.value),
            ),
            _ => continue,
        };
        cx.report(Diagnostic::error("window-without-zone", message).at(when.span(), label).help(help));
    }
}

/// The last gates, the fence and the tasks must end within the window.
fn length(cx: &mut Cx, Resolved { cutover, relations, .. }: &Resolved, window: &Setting<WeeklyWindow>) {
    let length = u64::from(window.hours.length()) * 60;
    let tasks = cutover_seconds(relations.len());
    let needed = tasks + fence_at_most(cutover).secs();
    if length >= needed || waits_too_long(cutover) {
        return;
    }
    let mut diagnostic = Diagnostic::error(
        "window-too-short",
        format!("the window is {} long; a cutover may need {}", count(length / 60, "minute"), needed.div_ceil(60)),
    )
    .at(window.span(), "too short")
    .note(format!(
        "{} minutes for the last gates, {} for the replication tasks of {}, plus the fence",
        cutover_seconds(0) / 60,
        (tasks - cutover_seconds(0)) / 60,
        match relations.len() {
            1 => "one database".to_owned(),
            n => format!("{n} databases"),
        },
    ))
    .help("choose a longer window");
    if let Some(fence) = &cutover.fence {
        diagnostic = diagnostic.with(fence.at_most.span(), "the fence");
    }
    cx.report(diagnostic);
}
