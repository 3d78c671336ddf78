//! The workflow of each cutover: its states, the rights that they need, and
//! the state machine that runs them.

mod approve;
mod assess;
mod builder;
mod checkpoint;
mod cutover;
mod evidence;
mod limits;
mod lock;
mod patience;
mod payload;
mod plan;
mod rehearse;
mod replicate;
mod requests;
mod resources;
mod rights;
mod rollback;
mod shift;
mod validate;
mod watch;
mod window;

#[cfg(test)]
mod tests;

use migspec_ir::workflow::{Budget, Workflow};

use crate::cx::Cx;
use crate::names;
use builder::Builder;
pub use patience::table as patience_table;
use plan::Plan;

pub(crate) fn lower(cx: &mut Cx) {
    let spec = cx.spec;
    let plans: Vec<Plan> = spec.cutover.iter().filter_map(|c| Plan::new(cx, c)).collect();
    for plan in &plans {
        let workflow = workflow(plan);
        limits::check(cx, plan, &workflow);
        resources::plan_parameter(cx, plan);
        let role = resources::role(cx, plan);
        rights::grant(cx, plan, &role, &workflow);
        resources::state_machine(cx, plan, &role);
        cx.graph.workflows.insert(names::state_machine(plan.key()), workflow);
    }
}

fn workflow(plan: &Plan) -> Workflow {
    let mut b = Builder::new(plan);
    assess::add(&mut b);
    replicate::add(&mut b);
    shift::add(&mut b);
    cutover::add(&mut b);
    watch::add(&mut b);
    rollback::add(&mut b);
    let databases: Vec<&str> = plan.units.iter().filter_map(|unit| unit.of()).collect();
    let databases = if databases.is_empty() { String::new() } else { format!(" ({})", databases.join(", ")) };
    let comment = format!("Moves the writer of {}{databases} from source to target, with a rollback", plan.path);
    let mut workflow = Workflow {
        name: plan.name.as_str().into(),
        cutover: plan.key().into(),
        comment: comment.into(),
        partition: plan.partition,
        start_at: "Initialize".into(),
        timeout: 0,
        states: b.states,
        loops: b.loops,
        units: plan.units.iter().filter_map(|unit| unit.of()).map(Into::into).collect(),
        declared: plan.declared.clone(),
        path: plan.path.clone(),
        origin: plan.origin,
    };
    // Every state may take its time: the whole ends only where a part does not.
    workflow.timeout = Budget::of(&workflow).seconds.next_multiple_of(3600);
    workflow
}
