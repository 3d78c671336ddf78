//! The network diagram compares the reachability of the resources with the
//! declared flows.

#[path = "pictures/canvas.rs"]
mod canvas;

use migspec_analyze::reach::Reachability;
use migspec_analyze::scope::Scope;
use migspec_draw::Picture;
use migspec_ir::{Graph, Value};
use migspec_report::picture;
use migspec_tests::{emitted, runs};

fn graph(path: &str) -> Graph {
    let (_, mut checked) = runs::check_text("payments.migspec.kdl", &runs::text(path), Some("prod"));
    checked.graphs.pop().expect("the spec has a production environment")
}

/// The number of arrows of each kind in Mermaid: declared, to services,
/// undeclared, unreachable.
fn arrows(graph: &Graph) -> [usize; 4] {
    let picture = picture::network(graph, &Scope::of(graph), &Reachability::of(graph), &picture::no_link);
    let text = migspec_draw::mermaid(&picture);
    ["-->", "-.->", "==>", "--x"].map(|sign| text.matches(&format!(" {sign}")).count())
}

#[test]
fn what_is_declared_is_let_through_and_nothing_else() {
    let [declared, services, open, shut] = arrows(&graph("specs/payments.migspec.kdl"));
    assert!(declared > 10 && services >= 5, "{declared} and {services}");
    assert_eq!((open, shut), (0, 0));
}

/// The key of each picture explains all of its outlines, looks and lines.
#[test]
fn keys_are_complete() {
    let mut drawn = 0;
    for path in ["specs/payments.migspec.kdl", "specs/examples/weak/joined-networks/joined-networks.migspec.kdl"] {
        let graph = graph(path);
        let mut pictures = pictures(&graph);
        for workflow in graph.workflows.values() {
            let path: Vec<&str> = workflow.states.keys().take(3).map(|name| &**name).collect();
            pictures.push(picture::workflow(workflow, &path));
        }
        for picture in pictures {
            drawn += 1;
            assert_eq!(picture.missing_signs(), [], "{}", picture.title);
        }
    }
    assert!(drawn >= 8, "{drawn} pictures");
}

/// All pictures of a graph.
fn pictures(graph: &Graph) -> Vec<Picture> {
    let (scope, reach) = (Scope::of(graph), Reachability::of(graph));
    let workflows = graph.workflows.values().map(|workflow| picture::workflow(workflow, &[]));
    let others = [
        picture::network(graph, &scope, &reach, &picture::no_link),
        picture::data(graph, &scope, &picture::no_link),
        picture::rights(graph, &scope),
    ];
    others.into_iter().chain(workflows).collect()
}

/// No part as large as a third of the picture is empty. The inside of a frame counts as empty.
#[test]
fn no_third_of_a_picture_is_empty() {
    let mut drawn = 0;
    for emitted in emitted::all() {
        for picture in pictures(&emitted.graph) {
            let svg = migspec_draw::figure(&picture);
            let canvas = canvas::read(&svg);
            assert!(canvas.drawn.len() >= picture.len(), "{}: {} boxes", picture.title, picture.len());
            let share = canvas.largest_empty_part();
            assert!(share < 1.0 / 3.0, "{} of {}: {:.0} % is empty", picture.title, emitted.name, share * 100.0);
            drawn += 1;
        }
    }
    assert!(drawn > 20, "{drawn} pictures");
}

/// The premise of the law: an empty part is seen, and a line divides it.
#[test]
fn empty_parts_are_measured() {
    let measure = |more: &str| {
        let half = r#"<svg width="100" height="100"><g transform="translate(0 0)"><path d="M0 0 h50 v100 h-50 Z"/>"#;
        canvas::read(&format!("{half}{more}</g></svg>")).largest_empty_part()
    };
    assert!((0.48..0.5).contains(&measure("")));
    assert!((0.23..0.25).contains(&measure(r#"<path d="M50 50 L100 50"/>"#)));
    assert!((0.23..0.25).contains(&measure(r#"<path d="M75 0 L75 100"/>"#)));
}

/// Gateways, attachments and copies are drawn beside the flows.
#[test]
fn the_ways_between_networks_are_drawn() {
    let graph = graph("specs/payments.migspec.kdl");
    let picture = picture::network(&graph, &Scope::of(&graph), &Reachability::of(&graph), &picture::no_link);
    let text = migspec_draw::mermaid(&picture);
    for name in ["EC2 TransitGateway", "EC2 VPNConnection", "Aurora global database"] {
        assert!(text.contains(name), "{name}: {text}");
    }
    // Two networks and the connection at the gateway, three ranges at the connection, and the copy of the cluster.
    assert_eq!(text.matches(" -.-").count() - text.matches(" -.->").count(), 7, "{text}");
}

#[test]
fn rules_for_every_port_are_seen() {
    let mut graph = graph("specs/payments.migspec.kdl");
    for rule in graph.resources.values_mut().filter(|r| r.type_name.starts_with("AWS::EC2::SecurityGroup")) {
        for (name, port) in [("FromPort", 0), ("ToPort", 65_535)] {
            if let Some(datum) = rule.properties.get_mut(name) {
                datum.value = Value::from(port);
            }
        }
    }
    let [.., open, _] = arrows(&graph);
    assert!(open > 0, "nothing is drawn that nothing declares");
}

#[test]
fn a_rule_that_is_missing_is_seen() {
    let mut graph = graph("specs/payments.migspec.kdl");
    graph.resources.retain(|_, resource| resource.type_name != "AWS::EC2::SecurityGroupIngress");
    let [.., shut] = arrows(&graph);
    assert!(shut > 0, "everything is drawn as let through");
}

#[test]
fn networks_that_routes_join_are_seen() {
    let [.., open, _] = arrows(&graph("specs/examples/weak/joined-networks/joined-networks.migspec.kdl"));
    assert!(open > 0, "the networks are drawn apart");
}
