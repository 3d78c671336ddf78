//! Decides on grants. Denied without a permit in the actor's ceiling; a forbid
//! overrides a permit.

use std::collections::BTreeSet;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use cedar_policy_core::ast::{Request, Value as CedarValue};
use migspec_ir::{Actor, Datum, Grant, Id, Value};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::{ConditionResult, evaluate, evaluator, is_permitted};
use crate::arn::{arn_type, reference};
use crate::catalogue::Waivable;
use crate::entities::{CedarView, EXTERNAL, TARGET};
use crate::finding::{self, BEYOND_ACTOR, Finding};
use crate::rule::Rule;
use crate::rulebook::Rulebook;
use crate::{PolicyError, cedar};

pub(super) fn judge(view: &CedarView, rulebook: &Rulebook) -> Result<Vec<Finding>, PolicyError> {
    let mut judge = Judge { view, rulebook, known: FxHashMap::default(), findings: Vec::new() };
    for grant in view.part.grants {
        for action in &grant.actions {
            for on in &grant.resources {
                judge.right(&Right { grant, action, on })?;
            }
        }
    }
    Ok(judge.findings)
}

struct Judge<'a> {
    view: &'a CedarView<'a>,
    rulebook: &'a Rulebook,
    /// The policies for an actor's grants on a type.
    known: FxHashMap<(Actor, &'static str), Deciders<'a>>,
    findings: Vec<Finding>,
}

struct Deciders<'a> {
    permits: Vec<&'a Rule>,
    forbids: Vec<&'a Rule>,
}

/// One action of a grant on one of its resources.
struct Right<'a> {
    grant: &'a Grant,
    action: &'static str,
    on: &'a Datum,
}

impl<'a> Judge<'a> {
    fn right(&mut self, right: &Right) -> Result<(), PolicyError> {
        let view = self.view;
        let Some(actor) = view.graph.actors.get(&right.grant.role) else {
            let message = format!("the role `{}` has no actor", right.grant.role);
            self.findings.push(beyond(view, right, message));
            return Ok(());
        };
        let (request, on) = request(view, right, actor.name());
        let evaluator = evaluator(view, request);
        let mut found = Vec::new();
        let Deciders { permits, forbids } = self.deciders(*actor, on)?;
        if !is_permitted(permits, &evaluator)? {
            let what = arn(&right.on.value);
            let message = format!("`{}` on `{what}` exceeds the ceiling of the actor `{}`", right.action, actor.name());
            found.push(beyond(view, right, message));
        }
        for rule in forbids {
            // An unknown fact of the target counts as a violation.
            if !matches!(evaluate(rule, &evaluator)?, ConditionResult::Fails) {
                found.push(forbidden(view, right, rule));
            }
        }
        self.findings.append(&mut found);
        Ok(())
    }

    fn deciders(&mut self, actor: Actor, on: &'static str) -> Result<&Deciders<'a>, PolicyError> {
        match self.known.entry((actor, on)) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(new) => Ok(new.insert(Deciders {
                permits: self.rulebook.permits("grant", Some(actor.name()), on)?,
                forbids: self.rulebook.forbids("grant", on)?,
            })),
        }
    }
}

fn forbidden(view: &CedarView, right: &Right, rule: &Rule) -> Finding {
    let what = format!("`{}` on `{}`", right.action, arn(&right.on.value));
    let diagnostic = finding::by_rule(rule, view)
        .at(right.grant.origin.span(), what)
        .note(format!("granted to `{}` for {}", right.grant.role, right.grant.why));
    let parts = vec![SmolStr::new_static(right.action)];
    Finding { diagnostic, path: path(view, &right.grant.role), waivable: rule.waivable(), about: None, parts }
        .about(rule, &right.grant.role)
}

fn beyond(view: &CedarView, right: &Right, message: String) -> Finding {
    let diagnostic = finding::denial(BEYOND_ACTOR, message)
        .at(right.grant.origin.span(), "needs this grant")
        .help("remove the relation or override that needs this grant; the built-in ceiling of an actor cannot be extended")
        .note(format!("granted to `{}` for {}", right.grant.role, right.grant.why));
    let path = path(view, &right.grant.role);
    Finding { diagnostic, path, waivable: Waivable::Never, about: None, parts: Vec::new() }
        .with_subject(&BEYOND_ACTOR.into(), Some(&right.grant.role))
}

fn path(view: &CedarView, role: &Id) -> Arc<str> {
    view.graph.get(role).map_or_else(|| "".into(), |r| Arc::clone(&r.path))
}

/// The request and the target type of a grant.
fn request(view: &CedarView, right: &Right, actor: &str) -> (Request, &'static str) {
    let principal = view.uid("Migspec::Actor", actor);
    let (on, id) = target(view, &right.on.value);
    let known = migspec_ir::iam::action(right.action);
    let (service, _) = right.action.split_once(':').unwrap_or((right.action, ""));
    let text = arn(&right.on.value);
    let conditions = cedar::strings(right.grant.conditions.iter().map(|c| &*c.key));
    let context: [(&'static str, CedarValue); 7] = [
        ("iam", cedar::string(right.action)),
        ("service", cedar::string(service)),
        ("level", cedar::string(known.map_or("", |a| a.level))),
        ("scoped", known.is_none_or(|a| a.can_name_resources()).into()),
        ("any", (text == "*").into()),
        ("arn", cedar::string(&text)),
        ("conditions", conditions),
    ];
    let context = context.into_iter().map(|(k, v)| (SmolStr::new_static(k), v)).collect();
    let resource = view.uid(on, &id);
    (cedar::request(&principal, &view.action("grant"), resource, context), on)
}

/// The target entity of a grant: a resource of the graph, a sentinel of the
/// ARN's type, or a target outside the table.
fn target(view: &CedarView, value: &Value) -> (&'static str, String) {
    match reference(view.graph, value) {
        // A secret that a resource manages is not the resource.
        Some((_, Some(attribute))) if attribute.ends_with("SecretArn") => {
            return ("AWS::SecretsManager::Secret", EXTERNAL.to_owned());
        }
        Some((resource, _)) => return (resource.type_name, resource.id.to_string()),
        None => {}
    }
    let text = arn(value);
    if text == "*" {
        return (TARGET, "any".to_owned());
    }
    match arn_type(&text) {
        Some(name) => (name, EXTERNAL.to_owned()),
        None => (TARGET, "unmapped".to_owned()),
    }
}

/// The text of an ARN; a reference as `<id.Attribute>`.
fn arn(value: &Value) -> String {
    match value {
        Value::String(s) => s.to_string(),
        Value::Ref(id) => format!("<{id}>"),
        Value::Attribute(id, name) => format!("<{id}.{name}>"),
        Value::Concat(parts) => parts.iter().map(arn).collect(),
        _ => "<unknown>".to_owned(),
    }
}

/// The verdict keys for grants: each policy, and the lack of a permit, with its
/// role.
pub(crate) fn subjects(view: &CedarView, rulebook: &Rulebook) -> Result<BTreeSet<(Arc<str>, Id)>, PolicyError> {
    let mut subjects = BTreeSet::new();
    let denied = BEYOND_ACTOR.into();
    for grant in view.part.grants {
        subjects.insert((Arc::clone(&denied), grant.role.clone()));
        for on in &grant.resources {
            let (on, _) = target(view, &on.value);
            let rules = rulebook.forbids("grant", on)?;
            subjects.extend(rules.into_iter().map(|rule| (Arc::clone(&rule.id), grant.role.clone())));
        }
    }
    Ok(subjects)
}

pub(super) fn requests(view: &CedarView) -> Vec<Request> {
    let mut requests = Vec::new();
    for grant in view.part.grants {
        let Some(actor) = view.graph.actors.get(&grant.role) else { continue };
        for action in &grant.actions {
            for on in &grant.resources {
                requests.push(request(view, &Right { grant, action, on }, actor.name()).0);
            }
        }
    }
    requests
}
