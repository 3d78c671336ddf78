//! The dashboard: lag, validation, and the health of databases.

use migspec_ir::{Datum, Map, Origin, Resource, Value, map};

use crate::cx::Cx;
use crate::{database, functions, names, replication};

/// CloudWatch shows 24 columns; a row holds two graphs (fact: cloudwatch-dashboard-grid).
const WIDTH: u32 = 12;
const HEIGHT: u32 = 6;

/// A row of the list of metrics that a graph shows.
type Line = Vec<Value>;

pub(super) fn lower(cx: &mut Cx, origin: Origin) {
    let mut graphs: Vec<(String, &'static str, Vec<Line>)> = Vec::new();
    for relation in &cx.index.relations {
        let instance = replication::instance_name(cx, relation.key());
        let line = |name: &str, task: String| -> Line {
            metric(
                "AWS/DMS",
                name,
                &[("ReplicationInstanceIdentifier", &instance), ("ReplicationTaskIdentifier", &task)],
            )
        };
        let forward = || replication::task_resource(cx, relation.key());
        let mut lag = vec![line("CDCLatencySource", forward()), line("CDCLatencyTarget", forward())];
        if relation.reversed() {
            let reverse = || replication::reverse_task_resource(cx, relation.key());
            lag.extend([line("CDCLatencySource", reverse()), line("CDCLatencyTarget", reverse())]);
        }
        graphs.push((format!("Replication lag of {}", relation.key()), "Maximum", lag));
        let rows =
            vec![line("ValidationFailedOverallCount", forward()), line("ValidationSuspendedOverallCount", forward())];
        graphs.push((format!("Rows of {} that differ", relation.key()), "Maximum", rows));
    }
    if !cx.spec.validation.is_empty() {
        let namespace = functions::namespace(cx);
        let names = ["ValidationMatches", "ValidationMismatches", "ValidationErrors"];
        graphs.push(("Validation".to_owned(), "Sum", names.iter().map(|n| metric(&namespace, n, &[])).collect()));
    }
    for node in &cx.spec.database {
        let cluster = database::cluster_name(cx, node);
        let dimensions = [("DBClusterIdentifier", cluster.as_str()), ("Role", "WRITER")];
        let lines = |name: &str| vec![metric("AWS/RDS", name, &dimensions)];
        graphs.push((format!("Processors of {}", node.key), "Average", lines("CPUUtilization")));
        graphs.push((format!("Connections to {}", node.key), "Maximum", lines("DatabaseConnections")));
    }
    let widgets: Vec<Datum> = (0_u32..).zip(graphs).map(|(n, graph)| widget(cx, n, graph, origin)).collect();
    let body = Datum::new(map!(origin, { "widgets": widgets }), origin);
    let dashboard = Resource::new("AWS::CloudWatch::Dashboard", "dashboard", "monitor > dashboard", origin)
        .set("DashboardName", cx.physical(names::DASHBOARD, ""))
        .set("DashboardBody", Value::JsonText(Box::new(body)));
    cx.add(dashboard);
}

fn metric(namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> Line {
    let pairs = dimensions.iter().flat_map(|(name, value)| [Value::from(*name), Value::from(*value)]);
    [namespace.into(), name.into()].into_iter().chain(pairs).collect()
}

fn widget(cx: &Cx, n: u32, (title, statistic, lines): (String, &'static str, Vec<Line>), origin: Origin) -> Datum {
    let properties: Map = map!(origin, {
        "title": title,
        "view": "timeSeries",
        "stacked": false,
        "region": cx.graph.environment.region.clone(),
        "period": 60,
        "stat": statistic,
        "metrics": lines,
    });
    let widget = map!(origin, {
        "type": "metric",
        "x": (n % 2) * WIDTH,
        "y": (n / 2) * HEIGHT,
        "width": WIDTH,
        "height": HEIGHT,
        "properties": properties,
    });
    Datum::new(widget, origin)
}
