//! Events of DMS and RDS: failures, failovers and changes, some of which have no
//! metric. And the end of an execution of a workflow.

use migspec_ir::partition::regional_service;
use migspec_ir::{Actor, Condition, Datum, Id, Map, Origin, Resource, Value, list, map};

use super::{BY, topic};
use migspec_syntax::ast;

use crate::cx::{Cx, path};
use crate::roles::{self, Role};
use crate::{database, keys, names, topics};

/// Events of a service that notify the topic.
struct Service {
    stem: &'static str,
    source: &'static str,
    kinds: &'static [&'static str],
    /// The categories of events; empty for all.
    categories: &'static [&'static str],
    description: &'static str,
}

const REPLICATION: Service = Service {
    stem: "replication-events",
    source: "aws.dms",
    kinds: &["DMS Replication Instance State Change", "DMS Replication Task State Change"],
    categories: &[],
    description: "A replication fails, stops, or is changed",
};

const DATABASE: Service = Service {
    stem: "database-events",
    source: "aws.rds",
    kinds: &["RDS DB Cluster Event", "RDS DB Instance Event"],
    // Without backups and notices.
    categories: &["availability", "configuration change", "deletion", "failover", "failure", "maintenance"],
    description: "A database fails, fails over, or is changed",
};

pub(super) fn lower(cx: &mut Cx) {
    for relation in cx.index.relations.clone() {
        let (key, place) = (relation.key(), relation.node.place.header);
        let at = Origin::derived(BY, place);
        let mut resources = vec![names::replication_instance(key), names::task(key)];
        if relation.reversed() {
            resources.push(names::reverse_task(key));
        }
        if relation.rehearses() {
            resources.push(names::rehearsal_task(key));
        }
        let arns: Vec<Value> = resources.into_iter().map(Value::reference).collect();
        rule(cx, key, &REPLICATION, arns, None, &path("replication", &relation.node.key), at);
    }
    let spec = cx.spec;
    for cutover in &spec.cutover {
        execution(cx, cutover);
    }
    for database in &spec.database {
        let key = database.key.as_str();
        let at = Origin::derived(BY, database.place.header);
        let node = path("database", &database.key);
        let arns = cluster(key, database::count(database));
        rule(cx, key, &DATABASE, arns, None, &node, at);
        let Some(replica) = &database.replica else { continue };
        // Events stay in their region.
        if replica.region.as_str() != &*cx.graph.environment.region {
            let at = Origin::derived(BY, replica.place.header);
            let stem = format!("{key}-replica");
            let arns = cluster(&stem, 1);
            rule(cx, &stem, &DATABASE, arns, Some(replica.region.as_str()), &format!("{node} > replica"), at);
        }
    }
}

/// An execution can end without a state that notifies: it is aborted, it times out, or an error occurs that no route
/// catches (fact: states-uncaught-errors). The rule tells people then, and what to do.
fn execution(cx: &mut Cx, cutover: &ast::Cutover) {
    let key = cutover.key.as_str();
    let machine = names::state_machine(key);
    let Some(name) =
        cx.graph.get(&machine).and_then(|machine| machine.get("StateMachineName")?.value.as_str().map(str::to_owned))
    else {
        return;
    };
    let at = Origin::derived(BY, cutover.place.header);
    let executions = cx.arn("states", &format!("execution:{name}:"));
    let pattern = map!(at, {
        "source": list!(at, ["aws.states"]),
        "detail-type": list!(at, ["Step Functions Execution Status Change"]),
        "resources": list!(at, [map!(at, { "prefix": executions })]),
        "detail": map!(at, { "status": vec!["ABORTED", "FAILED", "TIMED_OUT"] }),
    });
    // A text in quotes is the whole message (fact: events-input-template).
    let template = format!(
        "\"{name} ended as <status>, execution <execution>. If no message of the workflow came before, nobody has undone \
         anything: read the writer switch, list the executions, then follow RUNBOOK.md, When an execution ends without a \
         message. Do not redrive it after another execution has started.\""
    );
    let transformer = map!(at, {
        "InputPathsMap": map!(at, { "status": "$.detail.status", "execution": "$.detail.name" }),
        "InputTemplate": template,
    });
    let topic = topic(cx, None, at);
    let stem = format!("{key}-workflow-end");
    let rule = Resource::new("AWS::Events::Rule", format!("{stem}-rule"), path("cutover", &cutover.key), at)
        .set("Name", cx.physical(names::RULE, &stem))
        .set("Description", "An execution of the workflow has failed, timed out or was aborted")
        .set("EventPattern", pattern)
        .set("State", "ENABLED")
        .set("Targets", list!(at, [target(cx, topic, None, Some(transformer), at)]));
    cx.add(rule);
}

/// The topic as a target. A topic of another account takes events from a role (fact: events-to-topic-elsewhere).
fn target(cx: &mut Cx, topic: Value, region: Option<&str>, transformer: Option<Map>, at: Origin) -> Map {
    let home = cx.graph.environment.region.clone();
    let region = region.unwrap_or(&home);
    let elsewhere = topics::of_region(cx, region).is_some_and(|(_, arn)| topics::owner(cx, arn).is_some());
    let role = elsewhere.then(|| publisher(cx, &topic, region, at));
    let mut target = map!(at, { "Id": "topic", "Arn": topic });
    if let Some(role) = role {
        target.set("RoleArn", Datum::new(Value::attribute(role, "Arn"), at));
    }
    if let Some(transformer) = transformer {
        target.set("InputTransformer", Datum::new(transformer, at));
    }
    target
}

/// The role with which rules of a region publish to a topic of another account.
fn publisher(cx: &mut Cx, topic: &Value, region: &str, at: Origin) -> Id {
    let stem = if *region == *cx.graph.environment.region { "events".to_owned() } else { format!("{region}-events") };
    let id = names::role(&stem);
    if cx.graph.get(&id).is_some() {
        return id;
    }
    let source = Some(cx.arn_in(region, "events", "rule/*"));
    let role = Role { id, stem: &stem, actor: Actor::Events, service: "events.amazonaws.com", source };
    let role = roles::add(cx, role, "monitor > notify", at);
    let topic = Datum::new(topic.clone(), at);
    cx.grant(&role, &["sns:Publish"], vec![topic], Vec::new(), "monitor > notify", at);
    let via = Datum::new(regional_service("sns", region), at);
    let via = Condition { operator: "StringEquals", key: "kms:ViaService".into(), values: vec![via] };
    let key = match *region == *cx.graph.environment.region {
        true => keys::arn("notifications"),
        false => Value::attribute(keys::in_region(cx, "notifications", region, at.span()), "Arn"),
    };
    let uses = ["kms:Decrypt", "kms:GenerateDataKey"];
    cx.grant(&role, &uses, vec![Datum::new(key, at)], vec![via], "monitor > notify", at);
    role
}

/// The ARNs of a cluster and of its instances.
fn cluster(key: &str, instances: u32) -> Vec<Value> {
    let instances = (1..=instances).map(|n| names::cluster_instance(key, &n.to_string()));
    let instances = instances.map(|id| Value::attribute(id, "DBInstanceArn"));
    std::iter::once(Value::attribute(names::cluster(key), "DBClusterArn")).chain(instances).collect()
}

/// Events of the listed resources, and of no other resource in the account
/// (fact: events-name-their-resources).
fn pattern(service: &Service, resources: Vec<Value>, at: Origin) -> Map {
    let mut pattern = map!(at, {
        "source": list!(at, [service.source]),
        "detail-type": service.kinds.to_vec(),
        "resources": resources,
    });
    if !service.categories.is_empty() {
        let detail = map!(at, { "EventCategories": service.categories.to_vec() });
        pattern.set("detail", Datum::new(Value::Map(detail), at));
    }
    pattern
}

/// One rule for each replication and each cluster: the pattern of a rule is
/// limited in length.
fn rule(
    cx: &mut Cx,
    key: &str,
    service: &Service,
    resources: Vec<Value>,
    region: Option<&str>,
    node: &str,
    at: Origin,
) {
    let topic = topic(cx, region, at);
    let stem = format!("{key}-{}", service.stem);
    let resource = Resource::new("AWS::Events::Rule", format!("{stem}-rule"), node, at)
        .set("Name", cx.physical(names::RULE, &stem))
        .set("Description", service.description)
        .set("EventPattern", pattern(service, resources, at))
        .set("State", "ENABLED")
        .set("Targets", list!(at, [target(cx, topic, region, None, at)]));
    cx.add(match region {
        Some(region) => resource.in_region(region),
        None => resource,
    });
}
