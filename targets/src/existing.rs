//! Existing resources: the declared facts of each with the place where a
//! deployment finds them, as `existing.json`, and the changes that their owners
//! make, as `requests.md`.

use std::collections::BTreeMap;

use migspec_diag::capitalized;
use migspec_ir::aws::ec2::routing::route_target;
use migspec_ir::json::of;
use migspec_ir::resource_type::{self, Compare, Lookup, Part, Terraform};
use migspec_ir::{Graph, Moment, Request, Resource, Value};
use serde_json::{Map, Value as Json, json};

/// A declared fact that a deployment compares with AWS.
#[derive(Debug)]
pub struct Fact {
    pub property: &'static str,
    pub compare: Compare,
    /// Without references.
    pub value: Value,
}

impl Fact {
    /// The value as a reader sees it.
    pub fn text(&self) -> String {
        match of(&self.value) {
            Json::String(text) => text,
            other => other.to_string(),
        }
    }
}

/// The facts of an existing resource that its data source returns.
pub fn facts(graph: &Graph, resource: &Resource) -> Vec<Fact> {
    let lookup = resource.resource_type().and_then(|known| known.lookup());
    let compares = lookup.map_or(&[] as &[_], |lookup| lookup.compares);
    let declared = compares.iter().filter_map(|(property, compare)| {
        let value = graph.literal(&resource.get(property)?.value)?;
        Some(Fact { property, compare: *compare, value })
    });
    declared.collect()
}

/// The data source that returns an existing resource. A name finds resources of the own account alone.
pub fn lookup(resource: &Resource) -> Option<&'static Lookup> {
    let existing = resource.existing.as_ref().filter(|existing| !existing.is_requested)?;
    let is_own = existing.owner.is_none();
    let lookup = resource.resource_type()?.lookup()?;
    (!lookup.data.is_empty() && (is_own || lookup.part == Part::Whole)).then_some(lookup)
}

/// The attribute of a route for a target. Data sources name it as the resource `aws_route` does.
pub fn route_attribute(target: &str) -> &'static str {
    let route = resource_type::find("AWS::EC2::Route").map(|known| &known.terraform);
    let Some(Terraform::Column(column)) = route else { return "" };
    let property = column.properties.iter().find(|property| property.name == route_target(target));
    property.and_then(|property| property.form.argument()).unwrap_or_default()
}

/// `existing.json`. `None` if nothing exists.
pub fn report(graph: &Graph) -> Option<String> {
    let existing: Vec<Json> = graph.existing().map(|(resource, _)| of_resource(graph, resource)).collect();
    let report = json!({
        "migration": &*graph.migration,
        "environment": &*graph.environment.name,
        "existing": existing,
    });
    (!existing.is_empty()).then(|| format!("{report:#}\n"))
}

fn of_resource(graph: &Graph, resource: &Resource) -> Json {
    let existing = resource.existing.as_ref();
    let is_requested = existing.is_some_and(|existing| existing.is_requested);
    let identity = existing.filter(|_| !is_requested).map(|existing| &*existing.identity);
    let owner = existing.and_then(|existing| existing.owner.as_deref());
    let declared: Map<String, Json> = resource
        .properties
        .iter()
        .filter_map(|(name, datum)| Some((name.to_owned(), of(&graph.literal(&datum.value)?))))
        .collect();
    let data = lookup(resource).map(
        |lookup| json!({ "type": lookup.data, "by": lookup.by, "id": identity.map(|identity| lookup.argument(identity)), "attributes": attributes(&facts(graph, resource)) }),
    );
    json!({
        "type": resource.type_name,
        "id": identity,
        "requested": is_requested,
        "owner": owner.unwrap_or(&graph.environment.account),
        "node": &*resource.path,
        "declared": declared,
        "compared": data,
    })
}

/// The attributes of a data source that returns what the spec declares.
fn attributes(facts: &[Fact]) -> Map<String, Json> {
    let mut attributes = Map::new();
    for fact in facts {
        match fact.compare {
            Compare::Equal(name) => {
                attributes.insert(name.to_owned(), of(&fact.value));
            }
            Compare::Json(name) => {
                attributes.insert(name.to_owned(), json!(fact.text()));
            }
            Compare::Contains(path) | Compare::Same(path) => {
                let (list, field) = path.split_once("[*].").unwrap_or((path, ""));
                let items = fact.value.as_list().unwrap_or_default().iter().map(|item| of(&item.value));
                let items = items.map(|item| if field.is_empty() { item } else { json!({ field: item }) });
                attributes.insert(list.to_owned(), items.collect());
            }
            Compare::OneOf(name) => {
                let first = fact.value.as_list().and_then(|items| items.first());
                attributes.insert(name.to_owned(), first.map_or(Json::Null, |item| of(&item.value)));
            }
            Compare::DefaultRoute(name, family) => {
                let route = fact.value.as_str().filter(|target| *target != "none");
                let route =
                    route.map(|to| json!({ family.destination(): family.everywhere(), route_attribute(to): to }));
                let routes = attributes.entry(name).or_insert_with(|| json!([]));
                routes.as_array_mut().into_iter().for_each(|routes| routes.extend(route.clone()));
            }
        }
    }
    attributes
}

/// Orders requests by their time. Those for one resource follow each other, in the order in which they were asked.
fn sort(requests: &mut [&Request]) {
    let order: Vec<(Moment, &str)> = requests.iter().map(|r| (r.when, &*r.subject)).collect();
    requests.sort_by_key(|r| (r.when, order.iter().position(|known| *known == (r.when, &*r.subject))));
}

/// `requests.md`: what owners of existing resources do, by account and resource.
/// `None` if nothing is asked of them.
pub fn requests(graph: &Graph) -> Option<String> {
    if graph.requests.is_empty() {
        return None;
    }
    let mut owners: BTreeMap<&str, Vec<&Request>> = BTreeMap::new();
    for request in &graph.requests {
        owners.entry(&request.owner).or_default().push(request);
    }
    let mut text = format!(
        "# Requests to owners\n\nThe migration `{}` in `{}` uses resources that other teams own. Each owner runs the \
         commands of the account, in this order, with rights to change the resource. They need `aws` and `jq`, and the \
         blocks write files into the current folder.\n\n| account | resource | when |\n|---|---|---|\n",
        graph.migration, graph.environment.name
    );
    owners.values_mut().for_each(|requests| sort(requests));
    for (owner, requests) in &owners {
        let mut rows: Vec<String> =
            requests.iter().map(|r| format!("| {owner} | `{}` | {} |\n", r.subject, r.when.phrase())).collect();
        rows.dedup();
        text += &rows.concat();
    }
    for (owner, requests) in owners {
        text += &format!("\n## Account {owner}\n");
        let mut last = None;
        for request in requests {
            let part = (&request.subject, request.when);
            if last != Some(part) {
                text += &format!("\n### {}\n\n*{}.*\n", request.subject, capitalized(request.when.phrase()));
            }
            last = Some(part);
            text += &format!("\n{}\n\n```sh\n", request.why);
            request.commands.iter().for_each(|command| text += &format!("{command}\n"));
            text += "```\n";
        }
    }
    Some(text)
}
