//! The page: one file without scripts, for the screen, a phone and paper.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use migspec_analyze::reach::Reachability;
use migspec_analyze::scope::Level;
use migspec_diag::Span;
use migspec_ir::{Id, Resource};
use migspec_policies::Compliance;
use migspec_policies::catalogue::{self, Control, Counts, Requirement, Tier};
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, context};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::anchor::anchor;
use super::connections::Reached;
use super::{EvidenceInputs, Matrix, Row, STATEMENT, Standing, things};
use crate::picture;

const TEMPLATE: &str = include_str!("../../templates/evidence.html");
const STYLE: &str = include_str!("../../templates/evidence.css");

pub(super) fn page(given: &EvidenceInputs<'_>, matrix: &Matrix) -> String {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    // The name's ending turns the escaping of HTML on.
    templates.add_template("evidence.html", TEMPLATE).expect("the template is compiled in a test");
    let template = templates.get_template("evidence.html").expect("it was added");
    let environment = &given.graph.environment;
    let links = |id: &Id| given.graph.get(id).map(|_| format!("#{}", anchor("resource", id.as_str())));
    let reach = Reachability::of(given.graph);
    let network = migspec_draw::figure(&picture::network(given.graph, given.scope, &reach, &links));
    let data = migspec_draw::figure(&picture::data(given.graph, given.scope, &links));
    let page = template.render(context! {
        migration => &*given.graph.migration,
        environment => &*environment.name,
        account => &*environment.account,
        region => &*environment.region,
        production => environment.production,
        today => given.today,
        version => env!("CARGO_PKG_VERSION"),
        spec_hash => given.spec_hash(),
        statement => STATEMENT,
        style => STYLE,
        style_hash => STANDARD.encode(Sha256::digest(STYLE.as_bytes())),
        counts => Counts::of(catalogue::controls().values()).to_string(),
        standings => Serde(standings(matrix)),
        levels => Serde(levels(given)),
        network => network,
        data => data,
        reached => Serde(Reached::of(given, &reach)),
        requirements => Serde(requirements(matrix)),
        groups => Serde(groups(given, matrix)),
        things => Serde(things::list(given)),
        resources => Serde(resources(given)),
        waivers => Serde(waivers(given)),
    });
    page.expect("the template uses only names of its context")
}

#[derive(Serialize)]
struct Count {
    name: &'static str,
    class: String,
    count: usize,
}

/// The number of controls by result.
fn standings(matrix: &Matrix) -> Vec<Count> {
    let of = |standing| catalogue::controls().values().filter(|c| matrix.standing(c) == standing).count();
    Standing::ALL.iter().map(|s| Count { name: s.name(), class: class(s.name()), count: of(*s) }).collect()
}

fn levels(given: &EvidenceInputs<'_>) -> Vec<Count> {
    let of = |level| given.graph.resources.keys().filter(|id| given.scope.level(id) == level).count();
    Level::ALL.iter().map(|l| Count { name: l.name(), class: class(l.name()), count: of(*l) }).collect()
}

fn class(name: &str) -> String {
    name.replace(' ', "-")
}

#[derive(Serialize)]
struct ShownRequirement {
    number: &'static str,
    about: &'static str,
    anchor: String,
    standing: &'static str,
    class: String,
    /// The part of AWS; empty without one.
    aws: &'static str,
    controls: Vec<Link>,
}

#[derive(Serialize)]
struct Link {
    name: String,
    anchor: String,
    standing: &'static str,
    class: String,
}

fn requirements(matrix: &Matrix) -> Vec<ShownRequirement> {
    let link = |control: &Control| Link {
        name: control.id.clone(),
        anchor: anchor("control", &control.id),
        standing: matrix.standing(control).name(),
        class: class(matrix.standing(control).name()),
    };
    let entry = |requirement: &Requirement| {
        let Requirement { number, about, aws, controls, .. } = requirement;
        let result = matrix.result(requirement);
        ShownRequirement {
            number,
            about,
            anchor: anchor("requirement", number),
            standing: result.name(),
            class: class(result.name()),
            aws: aws.unwrap_or_default(),
            controls: controls.iter().map(|control| link(control)).collect(),
        }
    };
    catalogue::requirements().iter().map(entry).collect()
}

/// Controls with a heading of their own.
#[derive(Serialize)]
struct Group {
    anchor: &'static str,
    title: &'static str,
    about: &'static str,
    controls: Vec<ControlEntry>,
}

/// The controls of the catalogue, and apart from them those of the organisation, if there are any.
fn groups(given: &EvidenceInputs<'_>, matrix: &Matrix) -> Vec<Group> {
    let entries = |controls: Vec<&Control>| controls.into_iter().map(|c| control_entry(given, c, matrix)).collect();
    let ours = Group {
        anchor: "controls",
        title: "Controls",
        about: "",
        controls: entries(catalogue::controls().values().collect()),
    };
    let own = Group {
        anchor: "own-controls",
        title: "Controls of the organisation",
        about: "The organisation declares them for its own policies. They support no requirement of PCI DSS, and no \
                number above counts them.",
        controls: entries(given.rulebook.own_controls().collect()),
    };
    [ours, own].into_iter().filter(|group| !group.controls.is_empty()).collect()
}

#[derive(Serialize)]
struct ControlEntry {
    id: String,
    anchor: String,
    title: String,
    why: String,
    limits: String,
    severity: &'static str,
    standing: &'static str,
    class: String,
    requirements: Vec<(String, String)>,
    /// The rows that do not pass, and those of the whole migration.
    rows: Vec<RowEntry>,
    /// Resources that pass, by policy.
    passes: Vec<Passes>,
}

#[derive(Serialize)]
struct RowEntry {
    standing: &'static str,
    class: String,
    rule: String,
    resource: String,
    anchor: String,
    place: String,
    detail: String,
}

#[derive(Serialize)]
struct Passes {
    rule: String,
    resources: Vec<Passing>,
}

#[derive(Serialize)]
struct Passing {
    resource: String,
    anchor: String,
    place: String,
}

fn control_entry(given: &EvidenceInputs<'_>, control: &Control, matrix: &Matrix) -> ControlEntry {
    let standing = matrix.standing(control);
    let (passed, others): (Vec<&Row>, Vec<&Row>) =
        matrix.rows(control).iter().partition(|row| row.standing == Standing::Pass && !row.resource.is_empty());
    let mut passes: Vec<Passes> = Vec::new();
    for row in passed {
        let passing = Passing {
            resource: row.resource.clone(),
            anchor: anchor("resource", &row.resource),
            place: row.place.clone(),
        };
        match passes.iter_mut().find(|p| p.rule == row.rule) {
            Some(known) => known.resources.push(passing),
            None => passes.push(Passes { rule: row.rule.clone(), resources: vec![passing] }),
        }
    }
    ControlEntry {
        id: control.id.clone(),
        anchor: anchor("control", &control.id),
        title: control.title.clone(),
        why: control.why.clone(),
        limits: control.limits.clone().unwrap_or_default(),
        severity: control.severity(Tier::of(&given.graph.environment)).name(),
        standing: standing.name(),
        class: class(standing.name()),
        requirements: control.requirements.iter().map(|r| (r.clone(), anchor("requirement", r))).collect(),
        rows: others.into_iter().map(row_entry).collect(),
        passes,
    }
}

fn row_entry(row: &Row) -> RowEntry {
    RowEntry {
        standing: row.standing.name(),
        class: class(row.standing.name()),
        rule: row.rule.clone(),
        resource: row.resource.clone(),
        anchor: anchor("resource", &row.resource),
        place: row.place.clone(),
        detail: row.detail.clone(),
    }
}

#[derive(Serialize)]
struct ShownResource {
    id: String,
    anchor: String,
    type_name: &'static str,
    node: String,
    place: String,
    level: &'static str,
    class: String,
    handling: String,
    chain: Vec<Reason>,
    pass: usize,
    other: usize,
}

#[derive(Serialize)]
struct Reason {
    text: String,
    place: String,
    from: String,
    anchor: String,
}

fn resources(given: &EvidenceInputs<'_>) -> Vec<ShownResource> {
    let mut resources: Vec<&Resource> = given.graph.resources.values().collect();
    resources.sort_by_key(|r| (given.scope.level(&r.id), r.id.clone()));
    resources.into_iter().map(|resource| resource_row(given, resource)).collect()
}

fn resource_row(given: &EvidenceInputs<'_>, resource: &Resource) -> ShownResource {
    let entry = given.scope.get(&resource.id);
    let of_it = || given.assessment.verdicts.iter().filter(|v| v.resource == resource.id);
    let passes = of_it().filter(|v| v.outcome == Compliance::Pass).count();
    let classes: Vec<&str> = entry.classes.iter().map(String::as_str).collect();
    let does: Vec<&str> = entry.handling.iter().map(|h| h.name()).collect();
    ShownResource {
        id: resource.id.to_string(),
        anchor: anchor("resource", resource.id.as_str()),
        type_name: resource.type_name,
        node: resource.path.to_string(),
        place: given.place(resource.origin.span()),
        level: entry.level.name(),
        class: class(entry.level.name()),
        handling: if does.is_empty() { String::new() } else { format!("{}: {}", does.join(", "), classes.join(", ")) },
        chain: given
            .scope
            .chain(&resource.id)
            .into_iter()
            .map(|(_, because)| Reason {
                text: because.text.clone(),
                place: given.place(because.span),
                from: because.from.as_ref().map(ToString::to_string).unwrap_or_default(),
                anchor: because.from.as_ref().map(|id| anchor("resource", id.as_str())).unwrap_or_default(),
            })
            .collect(),
        pass: passes,
        other: of_it().count() - passes,
    }
}

#[derive(Serialize)]
struct ShownWaiver {
    rule: String,
    place: String,
    node: String,
    owner: String,
    approved_by: String,
    until: String,
    ticket: String,
    /// The only action that it accepts.
    action: String,
    reason: String,
    control: String,
    covers: usize,
}

fn waivers(given: &EvidenceInputs<'_>) -> Vec<ShownWaiver> {
    let place = |span: Span| given.place(span);
    let waivers = given.graph.waivers.iter().enumerate();
    waivers
        .map(|(index, waiver)| ShownWaiver {
            rule: waiver.rule.to_string(),
            place: place(waiver.span),
            node: waiver.scope.to_string(),
            owner: waiver.owner.to_string(),
            approved_by: waiver.approved_by.to_string(),
            until: given.sources.snippet(waiver.spans.until).trim_matches('"').to_owned(),
            ticket: waiver.ticket.as_deref().unwrap_or_default().to_owned(),
            action: waiver.part().unwrap_or_default().to_owned(),
            reason: waiver.reason.to_string(),
            control: waiver.control.as_deref().unwrap_or_default().to_owned(),
            covers: given.assessment.judgement.waived.iter().filter(|(_, of)| of.contains(&index)).count(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_compiles() {
        let mut templates = Environment::new();
        assert!(templates.add_template("evidence.html", TEMPLATE).is_ok());
    }
}
