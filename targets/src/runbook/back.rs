//! The effects that a rollback undoes, from the table that the rollback handler
//! takes its steps from.

use migspec_events::Phase;
use migspec_events::undo::{Step, Way, steps};
use serde::Serialize;

/// Consecutive phases with the same rollback.
#[derive(Serialize)]
pub(super) struct Back {
    phases: String,
    undone: String,
    lost: &'static str,
}

/// A row for each different rollback, with the phases in order.
pub(super) fn rows(phases: &[&'static str], way: Way) -> Vec<Back> {
    let mut rows: Vec<Back> = Vec::new();
    for name in phases {
        // The rollback itself and its messages have no rollback.
        let Some(phase) = Phase::parse(name).filter(|phase| *phase <= Phase::Decommission) else { continue };
        let (undone, lost) = row(phase, way);
        match rows.last_mut() {
            Some(last) if last.undone == undone && last.lost == lost => last.phases.push_str(&format!(", {name}")),
            _ => rows.push(Back { phases: (*name).to_owned(), undone, lost }),
        }
    }
    rows
}

fn row(phase: Phase, way: Way) -> (String, &'static str) {
    let Some(steps) = steps(phase, way) else {
        return ("none: the rollback window has ended".to_owned(), "everything written to the target since the flip");
    };
    let described: Vec<&str> = steps.iter().filter_map(|step| describe(*step)).collect();
    let written = steps.contains(&Step::SyncSequences);
    let lost = match way {
        Way::Loss if written => "**everything written to the target since the flip**; all roles must approve first",
        _ if written => "nothing while reverse replication is healthy",
        _ => "nothing",
    };
    match described.is_empty() {
        true => ("none: at most the target is fenced, and stays fenced".to_owned(), lost),
        false => (described.join("; "), lost),
    }
}

/// A step for operators. The token and the last message are left out.
fn describe(step: Step) -> Option<&'static str> {
    match step {
        Step::CheckReverse => Some(
            "check that the reverse task runs or can start, with no table in error; if not, change nothing and call an operator",
        ),
        Step::FenceSource => Some("verify that the source is fenced"),
        Step::UnfenceTarget => Some("if the reverse task does not run yet, unfence the target until it does"),
        Step::StartReverse => Some("start the reverse task from its slot"),
        Step::AwaitReverse => {
            Some("wait, with the target open, until the reverse task applies a change within 10 seconds")
        }
        Step::HoldWrites => Some("set the writer switch to `none`"),
        Step::FenceTarget => Some("fence the target"),
        Step::TryTarget => Some("verify that the target is fenced, and try for half a minute to reach it"),
        Step::DrainReverse => Some("drain the target's writes to the source; if that fails, unfence the target again"),
        Step::CompareRows => Some("compare the rows that changed; if they differ, unfence the target again"),
        Step::SyncSequences => Some("set the source's sequences past the target's"),
        Step::CutReverse => Some("lock the reverse task's login out of the source"),
        Step::CutForward => Some("lock the forward task's login out of the target, so that it cannot resume"),
        Step::MoveTraffic => Some("send all requests to the source's compute"),
        Step::UnfenceSource => Some("unfence the source"),
        Step::ReopenSource => Some(
            "unfence the source, also without a target that cannot be reached, if it never opened behind this fence",
        ),
        Step::ConfirmTarget => Some("verify that a target that was out of reach is fenced"),
        Step::FlipToSource => Some("set the writer switch to `source`"),
        Step::StopForward => {
            Some("stop the forward task; it stays, and keeps the source's log until it is resumed or deleted")
        }
        Step::StopReverse => Some("stop the reverse task"),
        Step::DropReverseSlot => Some("drop its slot"),
        Step::RestoreReverse => Some("unlock the login of the reverse task"),
        Step::RestoreForward => Some("unlock the login of the forward task"),
        Step::ResumeForward => Some("resume the forward task if it has stopped or failed"),
        Step::Announce => Some("notify the operations team that the write pause begins"),
        Step::WriteToken | Step::Notify => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_with_the_same_rollback_share_a_row() {
        let rows = rows(&["load", "replicate", "validate", "watch", "rollback"], Way::Reverse);
        let phases: Vec<&str> = rows.iter().map(|row| row.phases.as_str()).collect();
        assert_eq!(phases, ["load", "replicate, validate", "watch"]);
        assert!(rows[0].undone.contains("stop the forward task") && !rows[1].undone.contains("stop the forward task"));
        assert_eq!(rows[2].lost, "nothing while reverse replication is healthy");
    }

    #[test]
    fn a_row_names_lost_writes() {
        let lost = |phase: &'static str| rows(&[phase], Way::Loss).remove(0).lost;
        assert_eq!(lost("flip"), "nothing");
        assert!(lost("watch").starts_with("**everything"));
    }
}
