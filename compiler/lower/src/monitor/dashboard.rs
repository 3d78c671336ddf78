//! The dashboard: lag, validation, and the health of databases.

use migspec_ir::{Datum, Map, Moment, Origin, Request, Resource, Value, json, map};
use migspec_syntax::ast;

use crate::cx::{Cx, datum};
use crate::{database, functions, names, replication};

/// CloudWatch shows 24 columns; a row holds two graphs (fact: cloudwatch-dashboard-grid).
const WIDTH: u32 = 12;
const HEIGHT: u32 = 6;

/// A row of the list of metrics that a graph shows.
type Line = Vec<Value>;

pub(super) fn lower(cx: &mut Cx, node: &ast::Dashboard) {
    let origin = Origin::derived(super::BY, node.place.header);
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
    let dashboard = Resource::new("AWS::CloudWatch::Dashboard", "dashboard", "monitor > dashboard", origin);
    let dashboard = match &node.existing {
        Some(name) => {
            request(cx, name.as_str(), &json::of(&Value::List(widgets.clone())), origin);
            dashboard.existing(name.as_str(), &[]).set("DashboardName", datum(name, |name| name.as_str().to_owned()))
        }
        None => dashboard.set("DashboardName", cx.physical(names::DASHBOARD, "")),
    };
    let body = Datum::new(map!(origin, { "widgets": widgets }), origin);
    cx.add(dashboard.set("DashboardBody", Value::JsonText(Box::new(body))));
}

/// Asks the owner of a dashboard for the widgets, below its own: CloudWatch replaces a dashboard as a whole, and an update of
/// the stack would undo what others change in it (fact: cloudwatch-put-dashboard). A second run adds nothing.
fn request(cx: &mut Cx, name: &str, widgets: &serde_json::Value, origin: Origin) {
    let region = cx.graph.environment.region.clone();
    let titles = "map(.properties.title)";
    let commands = vec![
        format!(
            "aws cloudwatch get-dashboard --region {region} --dashboard-name {name} --query DashboardBody --output text \
             > dashboard.json"
        ),
        format!(
            "jq '{widgets} as $new | (.widgets | {titles}) as $known | ([.widgets[] | .y + .height] | max // 0) as $end | \
             .widgets += [$new[] | select(.properties.title as $title | $known | index($title) | not) | .y += $end]' \
             dashboard.json > dashboard-of-migration.json"
        ),
        format!(
            "aws cloudwatch put-dashboard --region {region} --dashboard-name {name} \
             --dashboard-body file://dashboard-of-migration.json"
        ),
    ];
    let why = "The dashboard shows the migration beside the other systems. CloudWatch replaces a dashboard as a whole, so only \
               its owner adds these widgets."
        .to_owned();
    let owner = cx.graph.environment.account.clone();
    cx.graph.requests.push(Request { owner, subject: name.into(), when: Moment::After, why, commands, origin });
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
