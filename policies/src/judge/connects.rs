//! May this reach that? Denied unless a permit of `rules/ceiling` says so.

use cedar_policy_core::ast::{Request, Value};
use migspec_diag::Diagnostic;
use migspec_ir::Flow;
use smol_str::SmolStr;

use super::{Verdict, evaluate, evaluator, permitted};
use crate::catalogue::Waivable;
use crate::entities::World;
use crate::finding::{self, Finding, UNDECLARED_PATH};
use crate::rulebook::Rulebook;
use crate::{Failure, cedar, zones};

pub(super) fn judge(world: &World, rulebook: &Rulebook) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    if world.graph.flows.is_empty() {
        return Ok(findings);
    }
    let permits = rulebook.permits("connect", None, zones::TYPE)?;
    let forbids = rulebook.forbids("connect", zones::TYPE)?;
    for flow in &world.graph.flows {
        let evaluator = evaluator(world, &request(world, flow));
        if !permitted(&permits, &evaluator)? {
            findings.push(undeclared(flow));
        }
        for rule in &forbids {
            if !matches!(evaluate(rule, &evaluator)?, Verdict::Fails) {
                let diagnostic = finding::by_rule(rule, world).at(flow.origin.span(), shown(flow));
                findings.push(Finding { diagnostic, path: "".into(), waivable: finding::waivable(rule), about: None });
            }
        }
    }
    Ok(findings)
}

fn undeclared(flow: &Flow) -> Finding {
    let mut diagnostic =
        Diagnostic::error(UNDECLARED_PATH, format!("{} is no path that a migration needs", shown(flow)))
            .at(flow.origin.span(), "this opens the path")
            .help("who may reach whom is in `policies/rules/ceiling/flows.cedar`")
            .note(format!("for {}", flow.why));
    diagnostic.controls.push("NET-SG-09".into());
    Finding { diagnostic, path: "".into(), waivable: Waivable::Never, about: None }
}

fn shown(flow: &Flow) -> String {
    let (from, to) = (zones::name(&flow.from), zones::name(&flow.to));
    format!("`{from}` to `{to}` on {} {}", flow.protocol.name(), flow.port)
}

fn request(world: &World, flow: &Flow) -> Request {
    let from = world.uid(zones::TYPE, &zones::name(&flow.from));
    let to = world.uid(zones::TYPE, &zones::name(&flow.to));
    let context: [(&'static str, Value); 2] =
        [("port", i64::from(flow.port).into()), ("protocol", cedar::string(flow.protocol.name()))];
    let context = context.into_iter().map(|(k, v)| (SmolStr::new_static(k), v)).collect();
    cedar::request(&from, &world.action("connect"), to, context)
}

pub(super) fn requests(world: &World) -> Vec<Request> {
    world.graph.flows.iter().map(|flow| request(world, flow)).collect()
}
