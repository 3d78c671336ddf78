//! The permissions of a role in all of its documents, compared with the grants of
//! the graph in both directions: unneeded permissions, and missing ones.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::document::{Condition, Document, Statement};
use super::pattern::covers;
use super::text::text;
use crate::datum::{Datum, Value};
use crate::graph::{Grant, Resource};
use crate::index::Index;
use crate::json;

/// The permission documents of a role: its inline policies and its attached
/// policies. AWS managed policies are not in the graph.
pub fn documents<'a>(role: &'a Resource, graph: &'a Index<'_>) -> Vec<&'a Datum> {
    let own = graph.referring(&role.id, "AWS::IAM::RolePolicy", "RoleName").filter_map(|p| p.get("PolicyDocument"));
    attached_documents(role, graph).into_iter().chain(own).collect()
}

/// The documents within a role, and those of managed policies of the graph.
pub fn attached_documents<'a>(role: &'a Resource, graph: &'a Index<'_>) -> Vec<&'a Datum> {
    let inline = role.get("Policies").and_then(|d| d.value.as_list()).unwrap_or_default();
    let inline = inline.iter().filter_map(|policy| policy.get("PolicyDocument"));
    let managed = role.get("ManagedPolicyArns").and_then(|d| d.value.as_list()).unwrap_or_default();
    let managed = managed.iter().filter_map(|arn| graph.get(arn.value.target()?)?.get("PolicyDocument"));
    inline.chain(managed).collect()
}

/// Asks a question of all documents of a role at once. Nothing where one of
/// them cannot be read.
pub fn read_all<T>(role: &Resource, graph: &Index<'_>, question: impl FnOnce(&[Document<'_>]) -> T) -> Option<T> {
    let data = documents(role, graph).into_iter().map(json::document).collect::<Option<Vec<_>>>()?;
    let documents = data.iter().map(|datum| Document::of(datum)).collect::<Option<Vec<_>>>()?;
    Some(question(&documents))
}

/// Rights that a document allows and that no grant of the role needs, as
/// `dms:StopReplicationTask on arn:…`.
pub fn surplus(document: &Document<'_>, grants: &[&Grant]) -> BTreeSet<String> {
    let needs = Needs::of(grants);
    let mut surplus = BTreeSet::new();
    for statement in document.allowing() {
        if statement.not_action || statement.not_resource {
            surplus.insert("everything except the named actions or resources".to_owned());
            continue;
        }
        let conditions = conditions(&statement.conditions);
        for resource in statement.resources.iter().map(|r| text(r)) {
            let unneeded = statement.actions.iter().filter(|action| !needs.ask_for(action, &resource, &conditions));
            surplus.extend(unneeded.map(|action| format!("{action} on {resource}")));
        }
    }
    surplus
}

/// Grants that no document allows, or that one denies unconditionally.
pub fn missing(documents: &[Document<'_>], grants: &[&Grant]) -> BTreeSet<String> {
    let allowing: Vec<_> = documents.iter().flat_map(Document::allowing).map(Words::of).collect();
    let denying = documents.iter().flat_map(Document::denying).filter(|s| s.conditions.is_empty());
    let denying: Vec<_> = denying.map(Words::of).collect();
    let exact = exact(&allowing);
    let needs = Needs::of(grants);
    let unmet = needs.all.iter().filter(|need| {
        let at = exact.get(&(need.action.to_ascii_lowercase(), need.resource.as_str())).map(Vec::as_slice);
        let allowed = at.unwrap_or_default().iter().any(|words| words.conditions.is_subset(&need.conditions))
            || allowing.iter().any(|words| words.meet(need));
        !allowed || denying.iter().any(|words| words.meet(need))
    });
    unmet.map(Need::text).collect()
}

/// Statements by the actions and resources that they name in full.
fn exact<'w, 's, 'd>(allowing: &'w [Words<'s, 'd>]) -> FxHashMap<(String, &'w str), Vec<&'w Words<'s, 'd>>> {
    let mut exact: FxHashMap<(String, &str), Vec<&Words<'_, '_>>> = FxHashMap::default();
    for words in allowing.iter().filter(|words| !words.statement.not_action && !words.statement.not_resource) {
        for resource in &words.resources {
            for action in &words.statement.actions {
                exact.entry((action.to_ascii_lowercase(), resource)).or_default().push(words);
            }
        }
    }
    exact
}

/// The grants of a role by action and resource.
struct Needs {
    all: Vec<Need>,
    /// Positions, by action in lower case.
    by_action: FxHashMap<String, Vec<usize>>,
    /// Positions, by action in lower case and resource.
    exact: FxHashMap<(String, String), Vec<usize>>,
}

struct Need {
    action: &'static str,
    resource: String,
    conditions: BTreeSet<String>,
}

impl Needs {
    fn of(grants: &[&Grant]) -> Self {
        let mut needs = Self { all: Vec::new(), by_action: FxHashMap::default(), exact: FxHashMap::default() };
        for grant in grants {
            let conditions: BTreeSet<String> = grant
                .conditions
                .iter()
                .map(|c| condition(c.operator, &c.key, c.values.iter().map(|value| &value.value)))
                .collect();
            for on in &grant.resources {
                let resource = text(&on.value);
                for action in &grant.actions {
                    needs.add(Need { action, resource: resource.clone(), conditions: conditions.clone() });
                }
            }
        }
        needs
    }

    fn add(&mut self, need: Need) {
        let (at, action) = (self.all.len(), need.action.to_ascii_lowercase());
        self.by_action.entry(action.clone()).or_default().push(at);
        self.exact.entry((action, need.resource.clone())).or_default().push(at);
        self.all.push(need);
    }

    /// Whether a permission is needed: as a grant, or as a part of one.
    fn ask_for(&self, action: &str, resource: &str, conditions: &BTreeSet<String>) -> bool {
        let action = action.to_ascii_lowercase();
        let narrow = |at: &usize| self.all[*at].conditions.is_subset(conditions);
        let key = (action, resource.to_owned());
        if self.exact.get(&key).is_some_and(|found| found.iter().any(narrow)) {
            return true;
        }
        let of_action = self.by_action.get(&key.0).map(Vec::as_slice).unwrap_or_default();
        of_action.iter().any(|at| narrow(at) && covers(&self.all[*at].resource, resource))
    }
}

impl Need {
    fn text(&self) -> String {
        format!("{} on {}", self.action, self.resource)
    }
}

/// A statement with its texts at hand.
struct Words<'s, 'd> {
    statement: &'s Statement<'d>,
    resources: Vec<String>,
    conditions: BTreeSet<String>,
}

impl<'s, 'd> Words<'s, 'd> {
    fn of(statement: &'s Statement<'d>) -> Self {
        let resources = statement.resources.iter().map(|r| text(r)).collect();
        Self { statement, resources, conditions: conditions(&statement.conditions) }
    }

    fn meet(&self, need: &Need) -> bool {
        self.statement.covers_action(need.action)
            && self.conditions.is_subset(&need.conditions)
            && self.resources.iter().any(|resource| covers(resource, &need.resource)) != self.statement.not_resource
    }
}

fn conditions(conditions: &[Condition<'_>]) -> BTreeSet<String> {
    conditions.iter().map(|c| condition(c.operator, c.key, c.values.iter().copied())).collect()
}

/// A condition as text, independent of the order of its values.
fn condition<'v>(operator: &str, key: &str, values: impl Iterator<Item = &'v Value>) -> String {
    let values: BTreeSet<String> = values.map(text).collect();
    format!("{operator} {} {}", key.to_ascii_lowercase(), values.into_iter().collect::<Vec<_>>().join(" "))
}
