//! The patience of each gate: the table in `docs/workflow.md`, from the numbers that the states contain.

use super::assess::LOCK_TURNS;
use super::cutover::{TASK_PAUSE, TASK_TURNS};
use super::rehearse;
use super::replicate::{LAG_PATIENCE, LOAD_PAUSE, LOAD_TURNS, RELOAD_TURNS};
use super::requests::{FIRST_POLLS, LATE_POLLS};
use super::rollback::ROLLBACK_TURNS;
use super::shift::{FINAL_LAG_TURNS, HEALTH, UNKNOWN};
use super::watch::GRACE;

/// One gate, or several with the same patience.
struct Patience {
    gates: &'static str,
    unknown: &'static str,
    tolerates: String,
    then: &'static str,
}

fn row(gates: &'static str, unknown: &'static str, tolerates: String, then: &'static str) -> Patience {
    Patience { gates, unknown, tolerates, then }
}

fn all() -> Vec<Patience> {
    [before_shift(), in_shift(), after_shift()].into_iter().flatten().collect()
}

fn before_shift() -> Vec<Patience> {
    vec![
        row(
            "`CheckLock`",
            "a lock that cannot be read, or that another execution holds",
            format!("{LOCK_TURNS} attempts of a rollback"),
            "end; nothing has changed",
        ),
        row("`CheckPreflight`", "a reply without `ready`", "nothing".into(), "end; nothing has changed"),
        row(
            "`CheckFullLoad`",
            "a task without statistics",
            format!("{LOAD_TURNS} polls, at most {} minutes apart", LOAD_PAUSE / 60),
            "rollback: the forward task stops",
        ),
        row(
            "`CheckFullLoad`, tables that load again",
            "a task that still counts them among its errors",
            format!("{RELOAD_TURNS} polls, about five minutes"),
            "rollback: the forward task stops",
        ),
        row(
            "`CheckLag`",
            "a minute without a value of both sides",
            format!("the time of the gate, and {LAG_PATIENCE} minutes"),
            "rollback: requests return, the forward task continues",
        ),
        row(
            "`CheckValidationResult`",
            "an incomplete result",
            "nothing".into(),
            "rollback: requests return, the forward task continues",
        ),
        row(
            "`CheckRehearsal`",
            "a reply without `complete`",
            format!("{} polls, {} s apart", rehearse::TURNS, rehearse::PAUSE),
            "rollback: the rehearsal ends, the forward task continues",
        ),
    ]
}

fn in_shift() -> Vec<Patience> {
    let (targets, seconds) = HEALTH;
    vec![
        row(
            "`CheckTargetHealth`",
            "no target, or a target that is not healthy",
            format!("{targets} polls, {seconds} s apart"),
            "rollback: requests return, the forward task continues",
        ),
        row(
            "`CheckAlarms…`, `CheckFinalAlarms`",
            "an absent alarm, or one with insufficient data",
            format!("{UNKNOWN} consecutive polls"),
            "rollback: requests return, the forward task continues",
        ),
        row(
            "`CheckAlarms…`, requests",
            "too few requests, or no value",
            format!(
                "the time of the bake ({} to {} minutes), then a message, and {} polls, {} minutes apart",
                FIRST_POLLS.0,
                FIRST_POLLS.1,
                LATE_POLLS.0,
                LATE_POLLS.1 / 60
            ),
            "rollback: requests return, the forward task continues",
        ),
    ]
}

fn after_shift() -> Vec<Patience> {
    vec![
        row(
            "`CheckFinalLag`",
            "a minute without a value of both sides",
            format!("{FINAL_LAG_TURNS} polls, 20 s apart"),
            "rollback: requests return, the forward task continues",
        ),
        row(
            "`CheckFinalCheck`",
            "a reply without `complete`",
            "nothing".into(),
            "rollback: requests return, the forward task continues",
        ),
        row(
            "`CheckDrain`, `CheckFinalValidation`",
            "a reply without `drained` or `complete`",
            "`fence at-most`".into(),
            "rollback: the source opens, the forward task continues",
        ),
        row(
            "`CheckStop`, `CheckReverse`",
            "an absent status",
            format!("{TASK_TURNS} polls, {TASK_PAUSE} s apart"),
            "an operator is called; the target stays the writer",
        ),
        row(
            "`CheckWatchAlarms`, in ALARM",
            "an alarm that was not OK since the flip",
            format!("{GRACE} polls, one each minute"),
            "rollback",
        ),
        row(
            "`CheckWatchAlarms`, other states",
            "an absent alarm, or one with insufficient data",
            format!("{UNKNOWN} consecutive polls, and an hour of failed calls"),
            "an operator is called; the target stays the writer",
        ),
        row("`CheckRollback`", "an incomplete rollback", format!("{ROLLBACK_TURNS} calls"), "an operator is called"),
    ]
}

/// The table as Markdown.
pub fn table() -> String {
    let mut text = "| gate | unknown is | it tolerates | then |\n|---|---|---|---|\n".to_owned();
    for Patience { gates, unknown, tolerates, then } in all() {
        text.push_str(&format!("| {gates} | {unknown} | {tolerates} | {then} |\n"));
    }
    text
}
