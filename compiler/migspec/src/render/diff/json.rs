use migspec_analyze::diff::{ChangeKind, Diff, PropertyChange, ResourceChange, Right, RightsChange};
use migspec_diag::{Diagnostic, Span};
use migspec_ir::Waiver;
use migspec_syntax::value::Date;
use serde_json::{Value, json};

use super::Report;
use crate::diff::{Section, Weakness};

pub fn render(report: &Report) -> Value {
    json!({
        "version": 1,
        "before": report.before,
        "after": report.after,
        "environmentsAdded": report.compared.added,
        "environmentsRemoved": report.compared.removed,
        "sections": report.compared.sections.iter().map(|one| section(one, report)).collect::<Vec<_>>(),
    })
}

fn section(section: &Section, report: &Report) -> Value {
    let Diff { resources, rights, paths, scope, workflows, waivers, .. } = &section.diff;
    let weaker = |list: &[Weakness]| -> Value {
        let one = |weakness: &Weakness| {
            json!({
                "rule": weakness.rule, "node": weakness.node, "message": weakness.message,
                "waivedUntil": weakness.waiver.as_ref().map(|waiver| Date::from_days(waiver.until).to_string()),
            })
        };
        list.iter().map(one).collect()
    };
    json!({
        "environments": section.environments,
        "underWay": section.under_way,
        "findings": section.findings.iter().map(|finding| refusal(finding, report)).collect::<Vec<_>>(),
        "parity": section.parity.as_ref().map(|parity| json!({
            "before": parity.before, "after": parity.after,
            "beforeWeaker": weaker(&parity.before_weaker), "afterWeaker": weaker(&parity.after_weaker),
        })),
        "resources": resources.iter().map(|change| resource(change, report)).collect::<Vec<_>>(),
        "rights": rights.iter().map(role).collect::<Vec<_>>(),
        "paths": paths.iter().map(|path| json!({
            "from": &*path.from, "to": &*path.to, "change": if path.opened { "opened" } else { "closed" },
            "traffic": path.traffic.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "declaredBy": path.why.iter().map(|why| &**why).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "scope": scope.iter().map(|change| json!({
            "resource": change.id.as_str(), "node": &*change.node,
            "before": change.before.name(), "after": change.after.name(), "because": change.because,
        })).collect::<Vec<_>>(),
        "workflows": workflows.iter().map(|change| json!({
            "cutover": &*change.cutover,
            "statesAdded": texts(&change.added), "statesRemoved": texts(&change.removed),
            "statesChanged": change.changed.iter().map(|(name, parts)| json!({ "state": &**name, "parts": parts })).collect::<Vec<_>>(),
            "edgesAdded": edges(&change.edges_added), "edgesRemoved": edges(&change.edges_removed),
        })).collect::<Vec<_>>(),
        "waivers": waivers.iter().map(|change| json!({
            "before": change.before.as_ref().map(waiver), "after": change.after.as_ref().map(waiver),
        })).collect::<Vec<_>>(),
    })
}

fn refusal(finding: &Diagnostic, report: &Report) -> Value {
    json!({
        "code": finding.code, "severity": finding.severity.name(), "message": finding.message, "help": finding.help,
        "place": finding.primary.as_ref().map(|label| place(label.span, report)),
    })
}

fn resource(change: &ResourceChange, report: &Report) -> Value {
    let (kind, effect) = match change.kind {
        ChangeKind::Added => ("added", None),
        ChangeKind::Removed => ("removed", None),
        ChangeKind::Changed(effect) => ("changed", Some(effect.name())),
    };
    let property = |property: &PropertyChange| {
        json!({
            "path": property.path, "before": property.before, "after": property.after,
            "effect": property.effect.name(), "place": place(property.span, report),
        })
    };
    json!({
        "id": change.id.as_str(), "type": change.type_name, "node": &*change.node, "change": kind, "effect": effect,
        "follows": change.follows.as_ref().map(|id| id.as_str()), "place": place(change.span, report),
        "properties": change.properties.iter().map(property).collect::<Vec<_>>(),
    })
}

fn role(change: &RightsChange) -> Value {
    let rights = |list: &[Right]| -> Value {
        let one = |right: &Right| json!({ "actions": right.actions, "resources": right.resources, "conditions": right.conditions });
        list.iter().map(one).collect()
    };
    json!({
        "role": change.role.as_str(), "actor": change.actor.map(|actor| actor.name()),
        "gained": rights(&change.gained), "lost": rights(&change.lost),
    })
}

fn waiver(waiver: &Waiver) -> Value {
    json!({
        "rule": &*waiver.rule, "node": &*waiver.scope, "until": Date::from_days(waiver.until).to_string(),
        "owner": &*waiver.owner, "approvedBy": &*waiver.approved_by, "reason": &*waiver.reason,
        "ticket": waiver.ticket.as_deref(), "control": waiver.control.as_deref(), "action": waiver.action.as_deref(),
    })
}

fn texts(list: &[std::sync::Arc<str>]) -> Vec<&str> {
    list.iter().map(|text| &**text).collect()
}

fn edges(list: &[(std::sync::Arc<str>, std::sync::Arc<str>)]) -> Vec<[&str; 2]> {
    list.iter().map(|(from, to)| [&**from, &**to]).collect()
}

fn place(span: Span, report: &Report) -> Value {
    let source = report.sources.get(span.file);
    let at = source.location(span.start);
    json!({ "file": &*source.name, "line": at.line, "column": at.column })
}
