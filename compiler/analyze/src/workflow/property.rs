//! The properties of a workflow, by number: the owner of each, and whether a document alone is enough to decide it.

/// Who finds that a property is violated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    /// A policy, asked for each step in each world that leads to it.
    Policy,
    /// The exploration, or a look at the states.
    Verifier,
    /// The arithmetic of Step Functions' limits.
    Budget,
    /// A policy on the resources around the state machine: not in its document.
    Resources,
}

/// One offence against a property.
#[derive(Clone, Copy, Debug)]
pub struct Property {
    /// `P1` to `P20`; several offences can be against one property.
    pub number: u8,
    /// The finding's code.
    pub code: &'static str,
    pub owner: Owner,
    /// The guarantee of a workflow that keeps it.
    pub meaning: &'static str,
}

const fn property(number: u8, code: &'static str, owner: Owner, meaning: &'static str) -> Property {
    Property { number, code, owner, meaning }
}

/// All of them, by number.
pub const PROPERTIES: &[Property] = &[
    property(1, "step-without-way-back", Owner::Policy, "each state with an effect has an error route"),
    property(1, "rollback-of-wrong-phase", Owner::Verifier, "the rollback gets the phase that it must undo"),
    property(2, "flip-without-fence", Owner::Policy, "the flip follows the fence of the source and the drain"),
    property(2, "flip-without-sequences", Owner::Policy, "the target's sequences exceed the source's before the flip"),
    property(2, "flip-without-approval", Owner::Policy, "each flip needs a new approval"),
    property(2, "approval-of-one", Owner::Verifier, "two roles approve independently"),
    property(
        2,
        "flip-unprepared",
        Owner::Verifier,
        "every path to the flip has validation, schema freeze, gates, change window and evidence",
    ),
    property(2, "change-without-checkpoint", Owner::Policy, "a checkpoint precedes each step that cannot be repeated"),
    property(3, "fence-left-closed", Owner::Verifier, "no execution ends while both databases refuse writes"),
    property(
        3,
        "dms-while-nobody-writes",
        Owner::Policy,
        "no replication task starts, stops or is polled while nobody can write",
    ),
    property(3, "pause-too-long", Owner::Verifier, "each call and wait while nobody can write fits into the fence"),
    property(
        4,
        "cut-forward-before-drain",
        Owner::Policy,
        "the forward task is cut off only after the drain and the final validation",
    ),
    property(4, "open-target-beside-forward", Owner::Policy, "the target opens only after the forward task is cut off"),
    property(
        4,
        "restore-forward-before-stop",
        Owner::Policy,
        "the forward task's login is unlocked only after its task has stopped",
    ),
    property(4, "load-without-preflight", Owner::Policy, "replication starts only after preflight"),
    property(5, "open-target-without-reverse", Owner::Policy, "the slot keeps the target's writes from the first byte"),
    property(5, "slot-before-the-cut", Owner::Policy, "the slot contains no change that the forward task has applied"),
    property(5, "rehearsal-beside-slot", Owner::Policy, "the rehearsal drops no slot that keeps the target's writes"),
    property(
        5,
        "reverse-beside-forward",
        Owner::Policy,
        "the reverse task starts from its slot, after the forward task has stopped",
    ),
    property(6, "reload-after-flip", Owner::Policy, "the load never starts after the flip"),
    property(7, "rollback-into-main-path", Owner::Policy, "the rollback never returns to the main path"),
    property(7, "rollback-failure-unheard", Owner::Policy, "an error of the rollback notifies an operator"),
    property(
        7,
        "rollback-on-doubt",
        Owner::Verifier,
        "with the target open, an error calls an operator: only an alarm or a person goes back",
    ),
    property(8, "loop-without-bound", Owner::Verifier, "every loop has a bound"),
    property(8, "workflow-budget", Owner::Budget, "the history stays below 25,000 events"),
    property(9, "workflow-without-right", Owner::Resources, "the role has a grant for each call"),
    property(9, "workflow-with-surplus-right", Owner::Resources, "the role has no further grant"),
    property(10, "dangling-next", Owner::Verifier, "every named state exists"),
    property(10, "unreachable-state", Owner::Verifier, "every state is reachable"),
    property(11, "workflow-budget", Owner::Budget, "no payload exceeds 256 KiB"),
    property(
        12,
        "workflow-timeout-too-short",
        Owner::Verifier,
        "the timeout of the execution covers the timeouts of its states",
    ),
    property(12, "step-without-bound", Owner::Verifier, "every task has a timeout"),
    property(12, "call-cut-short", Owner::Verifier, "no call times out before its function or its person can answer"),
    property(12, "call-without-retry", Owner::Verifier, "each call is repeated after an error that passes"),
    property(13, "decommission-out-of-order", Owner::Policy, "an approval precedes the end of the rollback window"),
    property(13, "watch-without-reverse", Owner::Policy, "the reverse task runs during the rollback window"),
    property(14, "step-not-repeatable", Owner::Verifier, "a redrive can repeat every state"),
    property(15, "workflow-budget", Owner::Budget, "names are within the limits of their services"),
    property(16, "unfence-with-two-writers", Owner::Policy, "both databases never take writes at the same time"),
    property(16, "change-beside-another-run", Owner::Policy, "only one execution at a time makes changes"),
    property(
        16,
        "takeover-too-early",
        Owner::Verifier,
        "no call of a stopped execution has its effect after another one has taken the lock over",
    ),
    property(16, "change-after-redrive", Owner::Verifier, "no change follows a redrive before the lock is confirmed"),
    property(17, "gate-open-on-silence", Owner::Verifier, "an absent, unknown or bad answer opens no gate"),
    property(
        17,
        "gate-without-question",
        Owner::Verifier,
        "every gate has its task on every path, can open, and can stay closed",
    ),
    property(
        17,
        "gate-without-end",
        Owner::Verifier,
        "a failed check closes its gate, and an unknown one does after some polls",
    ),
    property(17, "good-run-fails", Owner::Verifier, "a run without faults moves the writer to the target"),
    property(18, "effect-without-call", Owner::Verifier, "the effects of each state equal its annotation"),
    property(18, "call-without-effect", Owner::Verifier, "a call with an effect has an annotation"),
    property(18, "unknown-call", Owner::Verifier, "the verifier knows the effect of each call"),
    property(18, "inconsistent-call", Owner::Verifier, "all states use the same name for the same resource"),
    property(18, "wrong-argument", Owner::Verifier, "each argument of a call has the value that the call needs"),
    property(
        19,
        "ends-in-between",
        Owner::Verifier,
        "every end is wholly on one side, or with an operator after a failed rollback",
    ),
    property(19, "ends-in-silence", Owner::Verifier, "every end notifies an operator"),
    property(19, "ends-as-success", Owner::Verifier, "an execution that failed ends as failed"),
    property(19, "choice-that-fails", Owner::Verifier, "no choice can fail, since a choice has no error route"),
    property(
        20,
        "ends-while-held",
        Owner::Verifier,
        "every end releases schema freezes and rotation holds, or names the person who does",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ordered_and_none_is_left_out() {
        let numbers: Vec<u8> = PROPERTIES.iter().map(|p| p.number).collect();
        assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] || pair[1] == pair[0] + 1));
        assert_eq!((numbers[0], numbers[numbers.len() - 1]), (1, 20));
    }
}
