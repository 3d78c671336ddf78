//! OSCAL assessment results, 1.1.3.
//! <https://pages.nist.gov/OSCAL-Reference/models/v1.1.3/assessment-results/json-reference/>

use migspec_policies::catalogue::{self, Control, Requirement};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{EvidenceInputs, Matrix, Row, STATEMENT, Standing, things};

const VERSION: &str = "1.1.3";

/// The document as text.
pub(super) fn results(given: &EvidenceInputs<'_>, matrix: &Matrix) -> String {
    let names = Names { seed: format!("{}\n{}", given.spec_hash(), given.graph.environment.name) };
    let environment = &given.graph.environment;
    let start = format!("{}T00:00:00Z", given.today);
    let title = format!("Static assessment of {} in {}", given.graph.migration, environment.name);
    let mut all = vec![json!({
        "uuid": names.uuid("result", given.today),
        "title": title,
        "description": format!("{STATEMENT} Account {}, region {}.", environment.account, environment.region),
        "start": start,
        "end": start,
        "local-definitions": { "inventory-items": inventory(given, &names) },
        "reviewed-controls": { "control-selections": [{ "include-controls": reviewed_controls() }] },
        "observations": observations(given, matrix, &names),
        "findings": findings(matrix, &names),
    })];
    all.extend(own_result(given, matrix, &names, &start));
    let document = json!({ "assessment-results": {
        "uuid": names.uuid("document", given.today),
        "metadata": {
            "title": title,
            "last-modified": start,
            "version": given.today,
            "oscal-version": VERSION,
            "remarks": STATEMENT,
        },
        "import-ap": {
            "href": format!("#{}", names.uuid("plan", "")),
            "remarks": "no separate assessment plan: the assessment covers the catalogue of controls of this version",
        },
        "results": all,
        "back-matter": { "resources": [{
            "uuid": names.uuid("plan", ""),
            "title": format!("Catalogue of controls of migspec {}", env!("CARGO_PKG_VERSION")),
            "description": "Controls in words of the project's own, with the numbers of the PCI DSS 4.0.1 \
                            requirements that they support.",
        }]},
    }});
    format!("{document:#}\n")
}

/// The controls of the organisation have a result of their own: they support no requirement of the standard.
fn own_result(given: &EvidenceInputs<'_>, matrix: &Matrix, names: &Names, start: &str) -> Option<Json> {
    let own: Vec<&Control> = given.rulebook.own_controls().collect();
    let id = |control: &Control| format!("own-{}", control.id);
    let finding = |control: &&Control| {
        let standing = matrix.standing(control);
        let (state, reason) = state(standing)?;
        let related = json!([{ "observation-uuid": names.uuid("observation", &control.id) }]);
        Some(json!({
            "uuid": names.uuid("finding", &id(control)),
            "title": format!("Control {} of the organisation", control.id),
            "description": control.title,
            "target": {
                "type": "objective-id",
                "target-id": id(control),
                "status": {
                    "state": state,
                    "reason": reason,
                    "remarks": format!("the result of the control is: {}", standing.name()),
                },
            },
            "related-observations": related,
        }))
    };
    (!own.is_empty()).then(|| {
        json!({
            "uuid": names.uuid("own result", given.today),
            "title": "Controls of the organisation",
            "description": "Declared by the organisation for its own policies. They support no requirement of PCI DSS.",
            "start": start,
            "end": start,
            "reviewed-controls": { "control-selections": [{
                "include-controls": own.iter().map(|c| json!({ "control-id": id(c) })).collect::<Vec<_>>(),
            }] },
            "observations": own.iter().map(|c| observation(given, matrix, c, names)).collect::<Vec<_>>(),
            "findings": own.iter().filter_map(finding).collect::<Vec<_>>(),
        })
    })
}

/// Identifiers of the document: the same spec gives the same ones.
struct Names {
    seed: String,
}

impl Names {
    fn uuid(&self, kind: &str, name: &str) -> String {
        Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("migspec\n{}\n{kind}\n{name}", self.seed).as_bytes()).to_string()
    }
}

fn inventory(given: &EvidenceInputs<'_>, names: &Names) -> Vec<Json> {
    let item = |resource: &migspec_ir::Resource| {
        json!({
            "uuid": names.uuid("resource", resource.id.as_str()),
            "description": format!("{} ({}) of {}", resource.id, resource.type_name, resource.path),
            "props": [
                { "name": "asset-id", "value": resource.id.as_str() },
                { "name": "pci-dss-scope", "ns": "https://github.com/migspec/migspec/ns/oscal",
                  "value": given.scope.level(&resource.id).name() },
                { "name": "spec-place", "ns": "https://github.com/migspec/migspec/ns/oscal",
                  "value": given.place(resource.origin.span()) },
            ],
        })
    };
    let resources = given.graph.resources.values().map(item);
    // A key, a certificate or a store of others is used, and nothing about it is decided.
    let named = things::list(given).into_iter().filter(|thing| thing.anchor.is_empty()).map(|thing| {
        json!({
            "uuid": names.uuid("named", &format!("{} {}", thing.kind, thing.name)),
            "description": format!("{} ({}), which is {}", thing.name, thing.kind, thing.provenance),
            "props": [
                { "name": "asset-id", "value": thing.name },
                { "name": "standing", "ns": "https://github.com/migspec/migspec/ns/oscal", "value": thing.standing },
                { "name": "spec-place", "ns": "https://github.com/migspec/migspec/ns/oscal", "value": thing.place },
            ],
        })
    });
    resources.chain(named).collect()
}

fn requirement(number: &str) -> String {
    format!("pci-dss-{number}")
}

fn reviewed_controls() -> Vec<Json> {
    catalogue::requirements().iter().map(|r| json!({ "control-id": requirement(r.number) })).collect()
}

/// One for each control that concerns this spec.
fn observations(given: &EvidenceInputs<'_>, matrix: &Matrix, names: &Names) -> Vec<Json> {
    let controls = catalogue::controls().values().filter(|control| !control.requirements.is_empty());
    controls.map(|control| observation(given, matrix, control, names)).collect()
}

fn observation(given: &EvidenceInputs<'_>, matrix: &Matrix, control: &Control, names: &Names) -> Json {
    let rows = matrix.rows(control);
    let subjects: Vec<Json> =
        rows.iter().filter(|row| !row.resource.is_empty()).map(|row| subject(row, names)).collect();
    let details: Vec<String> = rows
        .iter()
        .filter(|row| !row.detail.is_empty())
        .map(|row| match (row.resource.as_str(), row.place.as_str()) {
            ("", "") => row.detail.clone(),
            (resource, place) => format!("{resource} {place}: {}", row.detail).trim_start().to_owned(),
        })
        .collect();
    let mut observation = json!({
        "uuid": names.uuid("observation", &control.id),
        "title": format!("{} {}", control.id, control.title),
        "description": format!("{}: {}", matrix.standing(control).name(), control.why),
        "methods": ["TEST"],
        "types": ["finding"],
        "collected": format!("{}T00:00:00Z", given.today),
    });
    if !subjects.is_empty() {
        observation["subjects"] = json!(subjects);
    }
    if !details.is_empty() {
        observation["remarks"] = json!(details.join("\n"));
    }
    observation
}

fn subject(row: &Row, names: &Names) -> Json {
    json!({
        "subject-uuid": names.uuid("resource", &row.resource),
        "type": "inventory-item",
        "title": format!("{} ({})", row.resource, row.standing.name()),
        "props": [
            { "name": "standing", "ns": "https://github.com/migspec/migspec/ns/oscal", "value": row.standing.name() },
            { "name": "policy", "ns": "https://github.com/migspec/migspec/ns/oscal", "value": row.rule },
            { "name": "spec-place", "ns": "https://github.com/migspec/migspec/ns/oscal", "value": row.place },
        ],
    })
}

/// One for each requirement that concerns this spec. Only a pass satisfies it.
fn findings(matrix: &Matrix, names: &Names) -> Vec<Json> {
    catalogue::requirements().iter().filter_map(|requirement| finding(requirement, matrix, names)).collect()
}

/// The state of an objective and its reason; `None` for one that does not concern the spec. Only a pass satisfies it.
fn state(standing: Standing) -> Option<(&'static str, &'static str)> {
    match standing {
        Standing::NotApplicable | Standing::NotConcerned => None,
        Standing::Pass => Some(("satisfied", "pass")),
        Standing::Supported | Standing::Deferred | Standing::Waived | Standing::Undecided => {
            Some(("not-satisfied", "other"))
        }
        Standing::Fail => Some(("not-satisfied", "fail")),
    }
}

fn finding(of: &Requirement, matrix: &Matrix, names: &Names) -> Option<Json> {
    let Requirement { number, about, aws, controls, .. } = of;
    let result = matrix.result(of);
    let (state, reason) = state(result)?;
    let related: Vec<Json> =
        controls.iter().map(|c| json!({ "observation-uuid": names.uuid("observation", &c.id) })).collect();
    let with = |standing| controls.iter().filter(move |control| matrix.standing(control) == standing);
    let open: Vec<&str> = with(Standing::Deferred).map(|control| control.id.as_str()).collect();
    let mut remarks = format!(
        "the worst result of the controls that cover a part of the requirement: {}; an assessor decides the requirement",
        result.name()
    );
    if !open.is_empty() {
        remarks.push_str(&format!("; not decided before deployment: {}", open.join(", ")));
    }
    if result == Standing::Supported {
        remarks.push_str("; people or other systems must show the rest");
    }
    if let Some(aws) = aws {
        remarks.push_str(&format!("; AWS {aws}"));
    }
    Some(json!({
        "uuid": names.uuid("finding", number),
        "title": format!("Controls of the specification for PCI DSS 4.0.1 requirement {number}"),
        "description": format!("Evidence from the specification, in words of our own: {about}."),
        "props": [
            { "name": "standing", "ns": "https://github.com/migspec/migspec/ns/oscal", "value": result.name() },
        ],
        "target": {
            "type": "objective-id",
            "target-id": requirement(number),
            "status": { "state": state, "reason": reason, "remarks": remarks },
        },
        "related-observations": related,
    }))
}
