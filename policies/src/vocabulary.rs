//! The names that policies, the schema and the entities share.

/// The parent action of all workflow effects.
pub(crate) const STEP: &str = "step";
/// The principal of a step: the state machine that runs the workflow.
pub(crate) const MACHINE: &str = "AWS::StepFunctions::StateMachine";
/// The resource of a step.
pub(crate) const STATE: &str = "Migspec::State";
/// One end of a connection.
pub(crate) const ZONE: &str = "Migspec::Zone";
