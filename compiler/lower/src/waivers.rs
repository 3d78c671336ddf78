//! Waivers: dated acceptances of findings, for the node that contains them or
//! that they name.

use std::sync::Arc;

use migspec_diag::Diagnostic;
use migspec_ir::{Waiver, WaiverSpans};
use migspec_syntax::{Setting, ast};
use rustc_hash::FxHashSet;

use crate::cx::{Cx, path};

pub(crate) fn lower(cx: &mut Cx) {
    let mut found: Vec<(String, &ast::Waive)> = Vec::new();
    for (scope, waivers) in nodes(cx.spec) {
        found.extend(waivers.iter().map(|waiver| (scope.clone(), waiver)));
    }
    let known: FxHashSet<String> = nodes(cx.spec).into_iter().map(|(scope, _)| scope).collect();
    for (scope, waiver) in found {
        let scope = match &waiver.on {
            None => scope,
            Some(on) => match node_path(&on.value).filter(|scope| known.contains(scope)) {
                Some(scope) => scope,
                None => {
                    report_unknown(cx, waiver);
                    continue;
                }
            },
        };
        cx.graph.waivers.push(lower_waiver(waiver, scope.into()));
    }
}

fn lower_waiver(waiver: &ast::Waive, scope: Arc<str>) -> Waiver {
    Waiver {
        rule: waiver.rule.value.clone(),
        until: waiver.until.days(),
        owner: waiver.owner.value.clone(),
        approved_by: waiver.approved_by.value.clone(),
        reason: waiver.reason.value.clone(),
        ticket: waiver.ticket.as_ref().map(|t| t.value.clone()),
        control: waiver.control.as_ref().map(|c| c.value.clone()),
        scope,
        action: waiver.action.as_ref().map(|a| a.value.clone()),
        fact: waiver.fact.as_ref().map(|fact| fact.value.clone()),
        span: waiver.place.header,
        spans: WaiverSpans {
            rule: waiver.rule.span(),
            until: waiver.until.span(),
            owner: waiver.owner.span(),
            approved_by: waiver.approved_by.span(),
            reason: waiver.reason.span(),
            control: waiver.control.as_ref().map(Setting::span),
            ticket: waiver.ticket.as_ref().map(Setting::span),
            part: waiver.action.as_ref().or(waiver.fact.as_ref()).map(Setting::span),
        },
    }
}

/// Every node that can hold waivers, by its path. The migration's is empty.
fn nodes(spec: &ast::Migration) -> Vec<(String, &[ast::Waive])> {
    let mut nodes: Vec<(String, &[ast::Waive])> = vec![(String::new(), &spec.waive)];
    nodes.extend(spec.network.iter().map(|n| (path("network", &n.key), &*n.waive)));
    nodes.extend(spec.transit.iter().map(|n| (path("transit", &n.key), &*n.waive)));
    nodes.extend(spec.source.iter().map(|n| (path("source", &n.key), &*n.waive)));
    nodes.extend(spec.database.iter().map(|n| (path("database", &n.key), &*n.waive)));
    nodes.extend(spec.replication.iter().map(|n| (path("replication", &n.key), &*n.waive)));
    nodes.extend(spec.api.iter().map(|n| (path("api", &n.key), &*n.waive)));
    nodes.extend(spec.cutover.iter().map(|n| (path("cutover", &n.key), &*n.waive)));
    nodes.extend(spec.logs.iter().map(|n| ("logs".to_owned(), &*n.waive)));
    nodes.extend(spec.monitor.iter().map(|n| ("monitor".to_owned(), &*n.waive)));
    nodes.extend(spec.checkpoints.iter().map(|n| ("checkpoints".to_owned(), &*n.waive)));
    nodes.extend(spec.secrets.iter().map(|n| ("secrets".to_owned(), &*n.waive)));
    nodes
}

/// `api.payments` as a path: `api "payments"`.
fn node_path(on: &str) -> Option<String> {
    match on.split_once('.') {
        Some((node, key)) => Some(format!("{node} \"{key}\"")),
        None => Some(on.to_owned()),
    }
}

fn report_unknown(cx: &mut Cx, waiver: &ast::Waive) {
    let Some(on) = &waiver.on else { return };
    cx.report(
        Diagnostic::error("unknown-reference", format!("there is no node `{}`", on.value))
            .at(on.span(), "not declared in this spec")
            .help("name a node and its key, such as on=\"api.payments\""),
    );
}
