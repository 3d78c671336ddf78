//! Laws over all derived resources.

mod data;

use migspec_ir::workflow::{Argument, Kind, Workflow};

use crate::testing::{SMALL, lower_text, payments};

#[test]
fn the_reference_spec_has_no_findings() {
    for environment in ["dev", "prod"] {
        assert_eq!(payments(environment).findings(), []);
    }
}

#[test]
fn the_small_spec_has_no_findings() {
    assert_eq!(lower_text(SMALL, "dev").findings(), []);
}

#[test]
fn every_reference_leads_to_a_resource() {
    for graph in [payments("dev").graph, payments("prod").graph, lower_text(SMALL, "dev").graph] {
        let mut dangling = Vec::new();
        for resource in graph.resources.values() {
            for id in &resource.depends_on {
                if graph.get(id).is_none() {
                    dangling.push(format!("{} after {id}", resource.id));
                }
            }
            for (name, datum) in resource.properties.iter() {
                datum.value.references(&mut |id, _| {
                    if graph.get(id).is_none() {
                        dangling.push(format!("{}.{name} -> {id}", resource.id));
                    }
                });
            }
        }
        assert_eq!(dangling, Vec::<String>::new());
    }
}

/// Every metric that an alarm, the dashboard or a workflow names exists, with exactly
/// these dimensions.
#[test]
fn every_metric_is_in_the_table() {
    for graph in [payments("dev").graph, payments("prod").graph] {
        let mut seen = 0;
        for alarm in graph.of_type("AWS::CloudWatch::Alarm") {
            let text = |name: &str| alarm.get(name).and_then(|d| d.value.as_str()).unwrap_or_default().to_owned();
            let dimensions: Vec<String> = alarm
                .get("Dimensions")
                .and_then(|d| d.value.as_list())
                .unwrap_or_default()
                .iter()
                .filter_map(|d| d.get("Name").and_then(|n| n.value.as_str().map(str::to_owned)))
                .collect();
            assert_metric(&text("Namespace"), &text("MetricName"), &dimensions);
            seen += 1;
        }
        let body = graph.get(&"dashboard".into()).and_then(|d| d.get("DashboardBody")).expect("a dashboard");
        let migspec_ir::Value::JsonText(body) = &body.value else { panic!("the body is a document") };
        for widget in body.get("widgets").and_then(|w| w.value.as_list()).expect("widgets") {
            for line in widget.get("properties.metrics").and_then(|m| m.value.as_list()).expect("metrics") {
                let words: Vec<&str> =
                    line.value.as_list().expect("a line").iter().filter_map(|w| w.value.as_str()).collect();
                let dimensions: Vec<String> = words[2..].iter().step_by(2).map(|w| (*w).to_owned()).collect();
                assert_metric(words[0], words[1], &dimensions);
                seen += 1;
            }
        }
        assert!(seen > 20, "alarms and graphs are there");
        let states = graph.workflows.values().flat_map(Workflow::all_states);
        let queries = states.filter_map(|state| match &state.kind {
            Kind::Task { arguments, .. } => arguments.get("MetricDataQueries"),
            _ => None,
        });
        let mut asked = 0;
        for query in queries.flat_map(items) {
            let metric = query.at("MetricStat.Metric").expect("a query has a metric");
            let text = |name: &str| metric.get(name).and_then(Argument::as_text).unwrap_or_default();
            let dimensions = metric.get("Dimensions").into_iter().flat_map(items);
            let names = dimensions.filter_map(|d| d.get("Name").and_then(Argument::as_text).map(str::to_owned));
            assert_metric(text("Namespace"), text("MetricName"), &names.collect::<Vec<String>>());
            asked += 1;
        }
        assert!(asked > 5, "the workflow measures lag and requests");
    }
}

fn items(argument: &Argument) -> &[Argument] {
    match argument {
        Argument::List(items) => items,
        _ => &[],
    }
}

fn assert_metric(namespace: &str, name: &str, dimensions: &[String]) {
    if namespace.starts_with(migspec_ir::metrics::OWN_NAMESPACE) {
        let own = migspec_ir::metrics::OWN.iter().find(|(own, _)| *own == name);
        let (_, by) = own.unwrap_or_else(|| panic!("{name} is in the table"));
        assert_eq!(dimensions, *by, "{name}");
        return;
    }
    let metric = migspec_ir::metrics::find(namespace, name);
    let metric = metric.unwrap_or_else(|| panic!("{namespace} {name} is in the table"));
    assert!(metric.dimensions.iter().any(|set| set == &dimensions), "{namespace} {name} by {dimensions:?}");
}

/// `*` is used only for actions without resource-level permissions, or that
/// CloudWatch supports for all alarms only.
#[test]
fn every_grant_names_its_resources() {
    let graph = payments("prod").graph;
    for grant in &graph.grants {
        let everything = grant.resources.iter().any(|r| r.value.as_str() == Some("*"));
        for action in &grant.actions {
            let known = migspec_ir::schema::action(action).unwrap_or_else(|| panic!("{action} is an action"));
            let exempt = *action == "cloudwatch:DescribeAlarms";
            assert!(!everything || exempt || !known.has_resources(), "{action} for {} on *", grant.why);
        }
    }
}

/// All literal properties conform to AWS's schemas.
#[test]
fn every_resource_fits_its_schema() {
    for graph in [payments("dev").graph, payments("prod").graph, lower_text(SMALL, "dev").graph] {
        let problems: Vec<String> = graph
            .resources
            .values()
            .flat_map(|r| {
                migspec_ir::schema::validate(r).into_iter().map(|p| format!("{} {}: {}", r.id, p.path, p.message))
            })
            .collect();
        assert_eq!(problems, Vec::<String>::new());
    }
}

/// A thousand replications take about ten times as long as a hundred.
#[test]
#[expect(clippy::disallowed_methods, reason = "this test is about time")]
fn lowering_is_linear() {
    let time = |n: usize| {
        let text = many(n);
        let start = std::time::Instant::now();
        let lowered = lower_text(&text, "dev");
        assert!(lowered.diagnostics.iter().all(|d| d.code == "container-too-large"));
        start.elapsed().as_secs_f64() / n as f64
    };
    let (few, many) = (time(60).min(time(60)), time(600));
    // Twice, for noise and for maps that grow; a scan for each node gives ten.
    assert!(many < few * 4.0, "{many} s each of many, {few} s each of few");
}

fn many(n: usize) -> String {
    let mut nodes = String::new();
    for i in 0..n {
        nodes.push_str(&format!(
            r#"
    source "old{i}" engine="postgresql" site="dc" {{
        live #false
        at "db{i}.example.com:5432" database="app"
        tls "verify-full" ca="ca.pem"
        login "replication" secret="app{i}/replication"
    }}
    database "new{i}" engine="aurora-postgresql" version="16.6" network="main"
    replication "app{i}" from="old{i}" to="new{i}" network="main" {{
        include "app.*"
    }}"#
        ));
    }
    let start = SMALL.find("    source \"old\"").expect("the small migration has a source");
    format!("{}{nodes}\n}}\n", &SMALL[..start])
}
