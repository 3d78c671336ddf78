//! Measurements: what a call of `GetMetricData` is about, and the measurements before a question.

use migspec_ir::workflow::{Api, Kind};

use crate::workflow::jsonata::{self, Expression, Operator};
use crate::workflow::program::{NodeId, Program, Term};
use crate::workflow::value::{Number, Value};

/// The subject of a measurement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Measure {
    /// The lag of the target.
    Lag,
    /// The requests that have reached the target's compute.
    Requests,
}

/// The variable that only a count of requests sets.
const ARRIVED: &str = "arrived";

/// The subject of a state's measurement. None if the state measures nothing.
pub(crate) fn subject(program: &Program<'_>, id: NodeId) -> Option<Measure> {
    let node = &program.nodes[id];
    if !matches!(&node.state.kind, Kind::Task { api: Api::GetMetricData, .. }) {
        return None;
    }
    let arrived = program.variables.get_index_of(ARRIVED);
    let counts = node.assign.iter().any(|(variable, _)| Some(*variable) == arrived);
    Some(if counts { Measure::Requests } else { Measure::Lag })
}

/// The measurements that lead to a question directly, or through other measurements.
pub(crate) fn before(program: &Program<'_>, asker: NodeId) -> Vec<NodeId> {
    let measures = |id: NodeId| subject(program, id).is_some();
    let mut found = program.back(asker, measures);
    found.retain(|id| measures(*id));
    found
}

/// The least number of requests with which a count is satisfied.
pub(crate) fn least_requests(program: &Program<'_>, count: NodeId) -> Option<f64> {
    program.nodes[count].assign.iter().find_map(|(_, term)| match term {
        Term::Expression(e) => least(&jsonata::normal(e)),
        _ => None,
    })
}

/// The number that a measure must reach.
fn least(expression: &Expression) -> Option<f64> {
    match expression {
        Expression::Ternary(condition, yes, no) => least(condition).or_else(|| least(yes)).or_else(|| least(no)),
        Expression::Binary(Operator::LessOrEqual, least, measure) => literal(least, measure),
        Expression::Binary(Operator::GreaterOrEqual, measure, least) => literal(least, measure),
        _ => None,
    }
}

fn literal(number: &Expression, measure: &Expression) -> Option<f64> {
    match number {
        Expression::Literal(Value::Number(Number(n))) if matches!(measure, Expression::Call(..)) => Some(*n),
        _ => None,
    }
}
