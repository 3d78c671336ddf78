//! Decides on connections. Denied without a permit in `rules/ceiling`.

use std::collections::BTreeSet;
use std::sync::Arc;

use cedar_policy_core::ast::{Request, Value};
use migspec_ir::{Flow, Id, Zone};
use smol_str::SmolStr;

use super::{ConditionResult, evaluate, evaluator, is_permitted};
use crate::catalogue::Waivable;
use crate::entities::CedarView;
use crate::finding::{self, Finding, UNDECLARED_PATH};
use crate::rulebook::Rulebook;
use crate::vocabulary::ZONE;
use crate::{PolicyError, cedar, zones};

pub(super) fn judge(view: &CedarView, rulebook: &Rulebook) -> Result<Vec<Finding>, PolicyError> {
    let mut findings = Vec::new();
    if view.part.flows.is_empty() {
        return Ok(findings);
    }
    let permits = rulebook.permits("connect", None, ZONE)?;
    let forbids = rulebook.forbids("connect", ZONE)?;
    let denied = UNDECLARED_PATH.into();
    for flow in view.part.flows {
        let evaluator = evaluator(view, request(view, flow));
        if !is_permitted(&permits, &evaluator)? {
            findings.push(undeclared_flow(flow).with_subject(&denied, subject(flow)));
        }
        for rule in &forbids {
            if !matches!(evaluate(rule, &evaluator)?, ConditionResult::Fails) {
                let diagnostic = finding::by_rule(rule, view).at(flow.origin.span(), describe(flow));
                let finding =
                    Finding { diagnostic, path: "".into(), waivable: rule.waivable(), about: None, parts: Vec::new() };
                findings.push(finding.with_subject(&rule.id, subject(flow)));
            }
        }
    }
    Ok(findings)
}

/// The verdict keys for flows: each policy, and the lack of a permit, with its
/// subject.
pub(crate) fn subjects(view: &CedarView, rulebook: &Rulebook) -> Result<BTreeSet<(Arc<str>, Id)>, PolicyError> {
    let forbids = rulebook.forbids("connect", ZONE)?;
    let names = forbids.into_iter().map(|rule| Arc::clone(&rule.id)).chain([UNDECLARED_PATH.into()]);
    let names: Vec<Arc<str>> = names.collect();
    let subjects: BTreeSet<&Id> = view.part.flows.iter().filter_map(subject).collect();
    Ok(subjects.into_iter().flat_map(|id| names.iter().map(|name| (Arc::clone(name), id.clone()))).collect())
}

/// The subject of a flow: the resource that opens the connection, or else its
/// destination.
fn subject(flow: &Flow) -> Option<&Id> {
    fn resource(zone: &Zone) -> Option<&Id> {
        match zone {
            Zone::Group(id) | Zone::Site(id) => Some(id),
            Zone::Service(_) | Zone::Public(_) | Zone::Internet => None,
        }
    }
    resource(&flow.from).or_else(|| resource(&flow.to))
}

fn undeclared_flow(flow: &Flow) -> Finding {
    let message = format!("no migration needs {}", describe(flow));
    let diagnostic = finding::denial(UNDECLARED_PATH, message)
        .at(flow.origin.span(), "opens the path")
        .help("remove the node that needs this connection, or connect it on the port that the spec declares")
        .note(format!("for {}", flow.why));
    Finding { diagnostic, path: "".into(), waivable: Waivable::Never, about: None, parts: Vec::new() }
}

fn describe(flow: &Flow) -> String {
    let (from, to) = (zones::name(&flow.from), zones::name(&flow.to));
    format!("`{from}` to `{to}` on {} {}", flow.protocol.name(), flow.port)
}

fn request(view: &CedarView, flow: &Flow) -> Request {
    let from = view.uid(ZONE, &zones::name(&flow.from));
    let to = view.uid(ZONE, &zones::name(&flow.to));
    let context: [(&'static str, Value); 4] = [
        ("databasePort", view.listeners.contains(&(flow.to.clone(), flow.port)).into()),
        ("port", i64::from(flow.port).into()),
        ("protocol", cedar::string(flow.protocol.name())),
        ("reason", cedar::string(flow.reason.as_deref().unwrap_or_default())),
    ];
    let context = context.into_iter().map(|(k, v)| (SmolStr::new_static(k), v)).collect();
    cedar::request(&from, &view.action("connect"), to, context)
}

pub(super) fn requests(view: &CedarView) -> Vec<Request> {
    view.part.flows.iter().map(|flow| request(view, flow)).collect()
}
