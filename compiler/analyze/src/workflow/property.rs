//! What a workflow must have, by number: who decides each, and whether a
//! document alone is enough to decide it.

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
    property(1, "step-without-way-back", Owner::Policy, "each step that changes something has a route for every error"),
    property(1, "rollback-of-wrong-phase", Owner::Verifier, "a rollback is told the phase that has to be undone"),
    property(
        2,
        "flip-without-fence",
        Owner::Policy,
        "the writer moves only past the fence of the source and the drain",
    ),
    property(
        2,
        "flip-without-sequences",
        Owner::Policy,
        "the target's sequences are past the source's before the writer moves",
    ),
    property(2, "flip-without-approval", Owner::Policy, "people agree before the writer moves, each time anew"),
    property(2, "approval-of-one", Owner::Verifier, "two roles agree, each for itself"),
    property(
        2,
        "flip-unprepared",
        Owner::Verifier,
        "every path to the flip is validated, frozen, measured, in its window and recorded",
    ),
    property(
        2,
        "change-without-checkpoint",
        Owner::Policy,
        "what a rollback needs is written down right before each step that cannot be repeated",
    ),
    property(3, "fence-left-closed", Owner::Verifier, "no execution ends while nobody can write"),
    property(
        4,
        "stop-forward-before-drain",
        Owner::Policy,
        "replication stops only when everything has arrived and was compared",
    ),
    property(4, "load-without-preflight", Owner::Policy, "replication starts only on databases that are ready for it"),
    property(5, "reverse-after-writes", Owner::Policy, "replication back starts before the target's first write"),
    property(5, "open-target-without-reverse", Owner::Policy, "the target is opened only once replication back runs"),
    property(6, "reload-after-flip", Owner::Policy, "replication to the target never starts once the writer has moved"),
    property(7, "rollback-into-main-path", Owner::Policy, "the way back never leads into the main path"),
    property(7, "rollback-failure-unheard", Owner::Policy, "an error of the way back calls a person"),
    property(8, "loop-without-bound", Owner::Verifier, "every loop counts its turns and gives up"),
    property(8, "workflow-budget", Owner::Budget, "the history stays below 25,000 events"),
    property(9, "workflow-without-right", Owner::Resources, "the role may do what the states call"),
    property(9, "workflow-with-surplus-right", Owner::Resources, "the role may do nothing else"),
    property(10, "dangling-next", Owner::Verifier, "every state that is named exists"),
    property(10, "unreachable-state", Owner::Verifier, "every state can be reached"),
    property(11, "workflow-budget", Owner::Budget, "no payload passes 256 KiB"),
    property(12, "workflow-timeout-too-short", Owner::Verifier, "the timeout of the whole allows every state its own"),
    property(12, "step-without-bound", Owner::Verifier, "every task has a timeout"),
    property(
        13,
        "decommission-out-of-order",
        Owner::Policy,
        "people agree after the flip before the way back is given up",
    ),
    property(14, "step-not-repeatable", Owner::Verifier, "every state can be run again by a redrive"),
    property(15, "workflow-budget", Owner::Budget, "names keep to the limits of their services"),
    property(16, "unfence-with-two-writers", Owner::Policy, "at no moment do both databases take writes"),
    property(16, "change-beside-another-run", Owner::Policy, "one run at a time changes anything"),
    property(17, "gate-open-on-silence", Owner::Verifier, "an answer that is absent, unknown or bad opens no gate"),
    property(
        17,
        "gate-without-question",
        Owner::Verifier,
        "every gate is asked on every path, can open, and can stay shut",
    ),
    property(18, "effect-without-call", Owner::Verifier, "each state does what its annotation says"),
    property(18, "call-without-effect", Owner::Verifier, "a call that changes something is annotated"),
    property(18, "unknown-call", Owner::Verifier, "a call is one whose effect is known from the call itself"),
    property(18, "inconsistent-call", Owner::Verifier, "all states name the same thing by the same name"),
    property(
        19,
        "ends-in-between",
        Owner::Verifier,
        "every end is wholly on one side, or with a person after the way back failed",
    ),
    property(19, "ends-in-silence", Owner::Verifier, "nothing ends without telling people"),
    property(19, "choice-that-fails", Owner::Verifier, "no choice can fail: it has no route for errors"),
    property(
        20,
        "ends-while-held",
        Owner::Verifier,
        "nothing ends with a schema frozen or a password held unless people are told who lets go",
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
