//! What going back undoes, from the table that the rollback handler takes its
//! steps from.

use migspec_events as events;
use migspec_events::undo::{Step, Way, steps};
use serde::Serialize;

/// Phases in a row that are undone alike.
#[derive(Serialize)]
pub(super) struct Back {
    phases: String,
    undone: String,
    lost: &'static str,
}

/// A row for each way in which phases are undone, by their names in order.
pub(super) fn rows(phases: &[&'static str], way: Way) -> Vec<Back> {
    let mut rows: Vec<Back> = Vec::new();
    for name in phases {
        // The way back itself and its messages are undone by nothing.
        let Ok(phase) = serde_json::from_value::<events::Phase>((*name).into()) else { continue };
        let (undone, lost) = row(phase, way);
        match rows.last_mut() {
            Some(last) if last.undone == undone && last.lost == lost => last.phases.push_str(&format!(", {name}")),
            _ => rows.push(Back { phases: (*name).to_owned(), undone, lost }),
        }
    }
    rows
}

fn row(phase: events::Phase, way: Way) -> (String, &'static str) {
    let Some(steps) = steps(phase, way) else {
        return (
            "nothing: the way back is being given up".to_owned(),
            "everything written to the target since the flip",
        );
    };
    let said: Vec<&str> = steps.iter().filter_map(|step| say(*step)).collect();
    let written = steps.contains(&Step::SyncSequences);
    let lost = match way {
        Way::Loss if written => "**everything written to the target since the flip**; all roles are asked first",
        _ if written => "nothing while replication back is well",
        _ => "nothing",
    };
    match said.is_empty() {
        true => ("nothing: the target is fenced at most, and stays so".to_owned(), lost),
        false => (said.join("; "), lost),
    }
}

/// For people. A token and a message are nobody's concern.
fn say(step: Step) -> Option<&'static str> {
    match step {
        Step::CheckReverse => Some("replication back must run, else nothing is touched and a person is called"),
        Step::FenceSource => Some("the source is seen to be fenced"),
        Step::HoldWrites => Some("the switch says `none`"),
        Step::FenceTarget => Some("the target is fenced"),
        Step::DrainReverse => Some("what the target took arrives on the source, else the target opens again"),
        Step::SyncSequences => Some("the source's sequences are set past the target's"),
        Step::MoveTraffic => Some("requests go to the source's compute"),
        Step::UnfenceSource => Some("the source opens"),
        Step::FlipToSource => Some("the switch says `source`"),
        Step::StopForward => {
            Some("the forward task stops; it is kept, and keeps the source's log until it is resumed or deleted")
        }
        Step::StopReverse => Some("the reverse task stops"),
        Step::DropReverseSlot => Some("its slot is dropped"),
        Step::ResumeForward => Some("the forward task resumes"),
        Step::WriteToken | Step::Notify => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_that_are_undone_alike_share_a_row() {
        let rows = rows(&["load", "replicate", "validate", "watch", "rollback"], Way::Reverse);
        let phases: Vec<&str> = rows.iter().map(|row| row.phases.as_str()).collect();
        assert_eq!(phases, ["load", "replicate, validate", "watch"]);
        assert!(rows[0].undone.contains("forward task stops") && !rows[1].undone.contains("forward task"));
        assert_eq!(rows[2].lost, "nothing while replication back is well");
    }

    #[test]
    fn a_loss_is_said_where_writes_are_lost() {
        let lost = |phase: &'static str| rows(&[phase], Way::Loss).remove(0).lost;
        assert_eq!(lost("flip"), "nothing");
        assert!(lost("watch").starts_with("**everything"));
    }
}
