//! `RUNBOOK.md`: instructions for operators, derived from the workflows.

mod alone;
mod back;
mod cost;
mod deploy;
mod glass;
mod names;
mod quotas;
mod release;
mod secrets;
mod setups;
mod usual;

use indexmap::IndexMap;
use migspec_events::undo::Way;
use migspec_ir::workflow::{
    Api, Argument, Budget, Effect, HISTORY_LIMIT, Kind, Loop, PAYLOAD_LIMIT, Phase, State, Workflow,
};
use migspec_ir::{Flow, Graph, Resource, Value, Zone};
use minijinja::{Environment, context};
use serde::Serialize;

use crate::Artifacts;
use usual::Usual;

/// The templates, by the names under which they include each other.
const TEMPLATES: &[(&str, &str)] = &[
    ("deploy.md", include_str!("../templates/deploy.md")),
    ("first_steps.md", include_str!("../templates/first_steps.md")),
    ("quotas.md", include_str!("../templates/quotas.md")),
    ("remove.md", include_str!("../templates/remove.md")),
    ("replication.md", include_str!("../templates/replication.md")),
    ("replications.md", include_str!("../templates/replications.md")),
    ("runbook.md", include_str!("../templates/runbook.md")),
    ("secrets.md", include_str!("../templates/secrets.md")),
    ("setup.md", include_str!("../templates/setup.md")),
];

/// The runbook of all workflows of a graph, or of its replications if it has no workflow. `None` if it has neither.
pub fn runbook(graph: &Graph, artifacts: &Artifacts) -> Option<String> {
    let replications = alone::rows(graph);
    let name = match (graph.workflows.is_empty(), replications.is_empty()) {
        (false, _) => "runbook.md",
        (true, false) => "replication.md",
        (true, true) => return None,
    };
    let mut templates = Environment::new();
    templates.add_filter("md", markdown);
    for (name, text) in TEMPLATES {
        templates.add_template(name, text).expect("the template is compiled in a test");
    }
    let template = templates.get_template(name).expect("the name is in the table");
    let environment = &graph.environment;
    let workflows: Vec<Described> = graph.workflows.values().map(|w| describe(graph, w)).collect();
    let workflows = minijinja::Value::from(minijinja::value::Serde(workflows));
    let text = template.render(context! {
        migration => &*graph.migration,
        environment => &*environment.name,
        account => &*environment.account,
        region => &*environment.region,
        quotas => minijinja::Value::from(minijinja::value::Serde(quotas::rows(graph))),
        costs => minijinja::Value::from(minijinja::value::Serde(cost::rows(graph))),
        buckets => minijinja::Value::from(minijinja::value::Serde(open_buckets(graph))),
        stacks => minijinja::Value::from(minijinja::value::Serde(deploy::stacks(graph, artifacts))),
        terraform => artifacts.iter().any(|(path, _)| path.starts_with("terraform/")),
        topics => topics(graph),
        phones => phones(graph),
        webhooks => webhooks(graph),
        requests => !graph.requests.is_empty(),
        forwarded => minijinja::Value::from(minijinja::value::Serde(names::rows(graph))),
        setups => minijinja::Value::from(minijinja::value::Serde(setups::rows(graph))),
        secrets => minijinja::Value::from(minijinja::value::Serde(secrets::rows(graph))),
        replications => minijinja::Value::from(minijinja::value::Serde(replications)),
        workflows,
    });
    let text = text.expect("the template uses only given values");
    Some(format!("{}\n", text.trim_end()))
}

/// The topics with a subscription that a person confirms.
fn topics(graph: &Graph) -> usize {
    let by_mail =
        |r: &&Resource| r.get("Protocol").and_then(|d| d.value.as_str()).is_some_and(|p| p.starts_with("email"));
    let topics =
        graph.of_type("AWS::SNS::Subscription").filter(by_mail).filter_map(|r| r.get("TopicArn")?.value.target());
    topics.collect::<std::collections::BTreeSet<_>>().len()
}

/// The phone numbers that receive text messages (fact: sns-sms-sandbox).
fn phones(graph: &Graph) -> String {
    let of = |r: &Resource, name: &str| r.get(name).and_then(|d| d.value.as_str()).map(str::to_owned);
    let subscriptions = graph.of_type("AWS::SNS::Subscription").filter(|r| of(r, "Protocol").as_deref() == Some("sms"));
    let numbers: std::collections::BTreeSet<String> = subscriptions.filter_map(|r| of(r, "Endpoint")).collect();
    numbers.into_iter().collect::<Vec<_>>().join(", ")
}

/// The addresses of the webhooks.
fn webhooks(graph: &Graph) -> String {
    let destinations = graph.of_type("AWS::Events::ApiDestination");
    let address = |r: &Resource| r.get("InvocationEndpoint").and_then(|d| d.value.as_str()).map(str::to_owned);
    destinations.filter_map(address).collect::<Vec<_>>().join(", ")
}

#[derive(Serialize)]
struct Described {
    name: String,
    path: String,
    arn: String,
    /// Of its executions, without their names.
    execution: String,
    writer_parameter: String,
    bucket: String,
    evidence: String,
    key: String,
    lock: String,
    phases: Vec<DescribedPhase>,
    longest: String,
    /// The write pause of a good run, and its parts.
    pause: String,
    pause_parts: Vec<usual::Part>,
    events: u64,
    events_limit: u64,
    fixed_events: u64,
    loops: Vec<Counted>,
    iterations: Vec<Counted>,
    spare: u64,
    largest: String,
    payload: u64,
    payload_limit: u64,
    back: Vec<back::Back>,
    release: Vec<String>,
    ending_reverse: Vec<String>,
    forward_tasks: Vec<String>,
    unlocking_forward: Vec<String>,
    folder: String,
    fence: String,
    after_drain: String,
    reverse: bool,
    roles: Vec<String>,
    within: String,
    databases: Vec<MovedDatabase>,
    glass: Vec<glass::Glass>,
    /// SQL that opens a database without the functions.
    open_by_hand: String,
}

/// A database that moves, and its writers.
#[derive(Serialize)]
struct MovedDatabase {
    /// `replication "ledger"`.
    replication: String,
    /// The replication's key, under which the fence records what it has taken.
    key: String,
    /// `source "ledger-onprem"`.
    source: String,
    roles: Vec<String>,
    schemas: Vec<String>,
    /// `host=… port=… dbname=…` of the source.
    address: String,
    /// The identifier of the target's cluster.
    cluster: String,
    /// The name of the master's secret.
    master: String,
    /// Whether the spec admits administrators to the target.
    administrators: bool,
}

/// The history events of a loop or an iteration.
#[derive(Serialize)]
struct Counted {
    name: String,
    turns: u64,
    events: u64,
}

#[derive(Serialize)]
struct DescribedPhase {
    name: &'static str,
    does: String,
    node: String,
    /// The time that a good run takes; none if it does not enter the phase.
    usual: Option<String>,
    longest: String,
    error: &'static str,
}

fn describe(graph: &Graph, workflow: &Workflow) -> Described {
    let environment = &graph.environment;
    let budget = Budget::of(workflow);
    let cutover = graph.of_type("Migspec::Cutover").find(|r| r.id.as_str() == format!("{}-cutover", workflow.cutover));
    let seconds = |name: &str| {
        cutover.and_then(|r| r.get(name)).and_then(|d| d.value.as_integer()).and_then(|n| u64::try_from(n).ok())
    };
    let argument = |state: &str, name: &str| text(workflow, state, name).unwrap_or_default();
    let reverse = workflow.all_states().iter().any(|s| s.effects.contains(&Effect::StartReverse));
    let usual = Usual::of(workflow);
    let phases = phases(workflow, &usual);
    let names: Vec<&'static str> = phases.iter().map(|phase| phase.name).collect();
    let databases = cutover.map(|cutover| moved_databases(graph, cutover)).unwrap_or_default();
    Described {
        name: workflow.name.to_string(),
        path: workflow.path.to_string(),
        arn: format!(
            "arn:{}:states:{}:{}:stateMachine:{}",
            workflow.partition, environment.region, environment.account, workflow.name
        ),
        execution: format!(
            "arn:{}:states:{}:{}:execution:{}:",
            workflow.partition, environment.region, environment.account, workflow.name
        ),
        writer_parameter: argument("HoldWrites", "Name"),
        bucket: argument("CheckpointFence", "Bucket"),
        evidence: argument("RecordCutover", "Bucket"),
        key: argument("CheckpointFence", "Key"),
        lock: argument("ReadLock", "Key"),
        phases,
        longest: duration(budget.seconds),
        pause: usual.pause(),
        pause_parts: usual.parts(),
        events: budget.events(),
        events_limit: HISTORY_LIMIT,
        fixed_events: budget.fixed_events,
        loops: loops(&budget),
        iterations: budget
            .iteration_events
            .iter()
            .map(|(name, events)| Counted { name: name.to_string(), turns: 1, events: *events })
            .collect(),
        spare: budget.spare_tries(),
        largest: budget.largest.to_string(),
        payload: budget.payload,
        payload_limit: PAYLOAD_LIMIT,
        back: back::rows(&names, if reverse { Way::Reverse } else { Way::Loss }),
        release: release::commands(workflow, &environment.region),
        ending_reverse: release::ending_reverse(workflow, &environment.region),
        forward_tasks: release::forward_tasks(workflow),
        unlocking_forward: release::unlocking_forward(workflow, &environment.region),
        folder: workflow.cutover.to_string(),
        fence: duration(seconds("FenceSeconds").unwrap_or_default()),
        after_drain: duration(AFTER_DRAIN.iter().map(|p| longest(workflow, *p)).sum()),
        reverse,
        roles: cutover.map(|cutover| texts(cutover, "ApprovalRoles")).unwrap_or_default(),
        within: duration(seconds("ApprovalSeconds").unwrap_or_default()),
        glass: glass::of(workflow, &environment.region, &databases),
        open_by_hand: glass::open_by_hand(),
        databases,
    }
}

/// The buckets of an environment without protection, which its removal empties. An environment with protection has
/// none: each of its buckets is retained.
fn open_buckets(graph: &Graph) -> Vec<String> {
    let open = graph.of_type("AWS::S3::Bucket").filter(|bucket| !bucket.lifecycle.retain && bucket.existing.is_none());
    open.filter_map(|bucket| bucket.get("BucketName")?.value.as_str().map(str::to_owned)).collect()
}

/// The databases that a cutover moves.
fn moved_databases(graph: &Graph, cutover: &Resource) -> Vec<MovedDatabase> {
    let references = |resource: &Resource, property: &str| {
        let mut ids = Vec::new();
        if let Some(datum) = resource.get(property) {
            datum.value.references(&mut |id, _| ids.push(id.clone()));
        }
        ids
    };
    let mut all = Vec::new();
    for replication in references(cutover, "Replications").iter().filter_map(|id| graph.get(id)) {
        let Some(source) = references(replication, "Source").first().and_then(|id| graph.get(id)) else { continue };
        let target = references(replication, "Target").into_iter().next();
        let cluster = target.as_ref().and_then(|id| graph.get(id));
        let Some(name) = replication.get("Name").and_then(|d| d.value.as_str()) else { continue };
        all.push(MovedDatabase {
            replication: replication.path.to_string(),
            key: name.to_owned(),
            source: source.path.to_string(),
            roles: texts(source, "Roles"),
            schemas: texts(source, "Schemas"),
            address: setups::address(source),
            cluster: cluster.and_then(|cluster| setups::text(cluster, "DBClusterIdentifier")).unwrap_or_default(),
            master: cluster.and_then(|cluster| master_secret(graph, cluster)).unwrap_or_default(),
            administrators: cluster.is_some_and(|cluster| admits_people(graph, cluster)),
        });
    }
    all
}

/// The secret of the master: its name, or the answer's member if RDS creates it.
fn master_secret(graph: &Graph, cluster: &Resource) -> Option<String> {
    if cluster.get("MasterUserSecret").is_some() {
        return Some("<SecretArn of the answer above>".to_owned());
    }
    let Value::Generated(secret) = &cluster.get("MasterUserPassword")?.value else { return None };
    graph.get(secret).and_then(|secret| setups::text(secret, "Name"))
}

/// Whether the spec has a path for people of a site to a cluster.
fn admits_people(graph: &Graph, cluster: &Resource) -> bool {
    let mut groups = Vec::new();
    if let Some(datum) = cluster.get("VpcSecurityGroupIds") {
        datum.value.direct_references(&mut |id| groups.push(id));
    }
    let admits = |flow: &Flow| match (&flow.from, &flow.to) {
        (Zone::Site(_), Zone::Group(group)) => groups.contains(&group),
        _ => false,
    };
    graph.flows.iter().any(admits)
}

/// The loops, the one with the most events first.
fn loops(budget: &Budget) -> Vec<Counted> {
    let counted = |(turning, events): &(Loop, u64)| Counted {
        name: turning.asks().to_string(),
        turns: turning.turns,
        events: *events,
    };
    let mut loops: Vec<Counted> = budget.loop_events.iter().map(counted).collect();
    loops.sort_by_key(|l| std::cmp::Reverse(l.events));
    loops
}

/// The phases between the last moment at which the fence gives up and the
/// first write to the target.
const AFTER_DRAIN: &[Phase] = &[Phase::CutForward, Phase::Sequences, Phase::ReverseSlot, Phase::Flip, Phase::Unfence];

/// A property that is a list of texts.
fn texts(resource: &Resource, property: &str) -> Vec<String> {
    let list = resource.get(property).and_then(|d| d.value.as_list()).unwrap_or_default();
    list.iter().filter_map(|d| d.value.as_str().map(str::to_owned)).collect()
}

fn text(workflow: &Workflow, state: &str, name: &str) -> Option<String> {
    let Kind::Task { arguments, .. } = &workflow.states.get(state)?.kind else { return None };
    arguments.get(name).and_then(Argument::as_text).map(str::to_owned)
}

/// The phases in the order of the main path.
fn phases(workflow: &Workflow, usual: &Usual) -> Vec<DescribedPhase> {
    let mut by_phase: IndexMap<Phase, Vec<&State>> = IndexMap::new();
    for state in workflow.states.values() {
        by_phase.entry(state.phase).or_default().push(state);
    }
    by_phase.sort_keys();
    by_phase
        .into_iter()
        .map(|(phase, states)| DescribedPhase {
            name: phase.name(),
            does: sentence(&states),
            node: states.first().map_or_else(String::new, |s| s.path.to_string()),
            usual: usual.phase(phase),
            longest: duration(longest(workflow, phase)),
            error: error_route(&states),
        })
        .collect()
}

/// The purpose of the phase's calls; waits and checks explain themselves.
fn sentence(states: &[&State]) -> String {
    let mut does: Vec<&str> = Vec::new();
    for state in states {
        let is_action = match &state.kind {
            Kind::Task { api, .. } => *api != Api::DescribeReplicationTasks,
            Kind::Parallel { .. } | Kind::Map { .. } => true,
            _ => false,
        };
        if is_action && !does.contains(&&*state.does) {
            does.push(&state.does);
        }
    }
    does.join("; ")
}

/// The longest duration of a phase, in seconds.
fn longest(workflow: &Workflow, phase: Phase) -> u64 {
    let of_phase = |name: &str| workflow.states.get(name).is_some_and(|s| s.phase == phase);
    let mut part = workflow.clone();
    let turns = |l: &Loop| l.states.first().is_some_and(|s| of_phase(s));
    part.states.retain(|_, state| state.phase == phase);
    part.loops.retain(turns);
    Budget::of(&part).seconds
}

fn error_route(states: &[&State]) -> &'static str {
    let effective = || states.iter().filter(|s| !s.effects.is_empty());
    let caught = effective().find_map(|s| s.catch.last());
    let closed =
        || effective().find_map(|s| if let Kind::Choice { default, .. } = &s.kind { Some(&**default) } else { None });
    let other = || states.iter().find_map(|s| s.catch.last());
    match caught.map(|c| &*c.next).or_else(closed).or_else(|| other().map(|c| &*c.next)) {
        Some("ExecuteRollback") => "rollback",
        Some("ApproveLoss") => "approval, then rollback",
        Some("NotifyFailure") => "an operator is called",
        _ => "nothing; the execution ends",
    }
}

/// `2d 3h`: the two largest units.
fn duration(seconds: u64) -> String {
    let units = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (unit, size) in units {
        if rest >= size && parts.len() < 2 {
            parts.push(format!("{}{unit}", rest / size));
            rest %= size;
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

/// Text with Markdown's special characters escaped, for tables too.
fn markdown(text: String) -> String {
    text.chars()
        .flat_map(|c| {
            let escaped = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#');
            escaped.then_some('\\').into_iter().chain(std::iter::once(if c == '\n' { ' ' } else { c }))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_show_two_units() {
        assert_eq!(duration(0), "0s");
        assert_eq!(duration(90), "1m 30s");
        assert_eq!(duration(3 * 86_400 + 3600 + 5), "3d 1h");
    }

    #[test]
    fn markdown_is_escaped() {
        assert_eq!(markdown("cutover \"a\" > b | c\nd".to_owned()), "cutover \"a\" \\> b \\| c d");
    }

    #[test]
    fn the_template_compiles() {
        let mut templates = Environment::new();
        templates.add_filter("md", markdown);
        assert!(templates.template_from_str(include_str!("../templates/runbook.md")).is_ok());
    }
}
