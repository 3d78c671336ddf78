//! The inputs of a workflow: the cutover's settings, and the literal names and ARNs of its calls.

use std::sync::Arc;

use migspec_diag::Span;
use migspec_events::lock;
use migspec_ir::comparisons::comparisons;
use migspec_ir::workflow::Declared;
use migspec_ir::{Id, Origin, Value};
use migspec_syntax::ast;
use migspec_syntax::value::{Duration, Strategy};

use crate::calendar::Calendar;
use crate::cx::{self, Cx};
use crate::index::Relation;
use crate::replication::LOADED_AT_ONCE;
use crate::{checkpoints, cutover, monitor, names, parameters, replication, topics};

/// The connections of a validation without `connections`.
const DEFAULT_CONNECTIONS: u32 = 8;

pub(super) struct Plan<'a> {
    pub(super) cutover: &'a ast::Cutover,
    /// The databases whose writers move together, in order; at least one.
    pub(super) units: Vec<Unit<'a>>,
    /// `cutover "ledger"`.
    pub(super) path: Arc<str>,
    pub(super) origin: Origin,
    pub(super) migration: Arc<str>,
    pub(super) environment: Arc<str>,
    pattern: names::Pattern,
    pub(super) partition: &'static str,
    pub(super) region: Arc<str>,
    account: Arc<str>,
    /// The physical name of the state machine.
    pub(super) name: String,
    /// Whether every source has reverse replication.
    pub(super) reverse: bool,
    /// The ARN of the topic.
    topic: String,
    pub(super) checkpoints: String,
    pub(super) evidence: String,
    pub(super) gate_alarm: String,
    pub(super) watch_alarm: String,
    pub(super) plan_parameter: String,
    pub(super) routing_parameter: String,
    pub(super) writer_parameter: String,
    /// The parameter of the rotation hold.
    pub(super) rotation_parameter: String,
    /// The maximum age of answers to reads that move before the writer.
    pub(super) stale: Option<Duration>,
    /// The cutovers that must have moved their writers before, with their writer switches.
    pub(super) after: Vec<(&'a str, String)>,
    /// The comparisons of declared facts with AWS.
    pub(super) declared: Vec<Declared>,
}

impl<'a> Plan<'a> {
    /// `None` where a name does not resolve; that is reported elsewhere.
    pub(super) fn new(cx: &Cx<'a>, cutover: &'a ast::Cutover) -> Option<Self> {
        let spec = cx.spec;
        let key = cutover.key.as_str();
        let relations: Vec<Relation<'a>> = cx.index.moved_relations(cutover).collect();
        let several = relations.len() > 1;
        let number = |i: usize| several.then_some(i + 1);
        let units: Vec<Unit<'a>> = relations.iter().enumerate().map(|(i, r)| Unit::new(cx, r, number(i))).collect();
        if units.is_empty() {
            return None;
        }
        let environment = &cx.graph.environment;
        let parameter = |path: &str| cx.path_name(&parameters::of_cutover(cx, cutover, path));
        let api = spec.api.iter().find(|a| a.key.as_str() == cutover.api.as_str());
        let bucket = |kind: &str| checkpoints::name(cx, kind);
        Some(Self {
            cutover,
            path: cx::path("cutover", &cutover.key).into(),
            origin: Origin::derived("workflow", cutover.place.header),
            migration: spec.key.as_str().into(),
            environment: environment.name.clone(),
            pattern: cx.pattern.clone(),
            partition: environment.partition,
            region: environment.region.clone(),
            account: environment.account.clone(),
            name: cx.physical(names::STATE_MACHINE, &cutover::stem(cutover)),
            reverse: relations.iter().all(Relation::reversed),
            units,
            topic: topic(cx),
            checkpoints: literal(cx, &names::checkpoints_bucket(), "BucketName", bucket("checkpoints")),
            evidence: literal(cx, &names::evidence_bucket(), "BucketName", bucket("evidence")),
            gate_alarm: monitor::gate_name(cx, key),
            watch_alarm: monitor::watch_name(cx, key),
            plan_parameter: parameter("plan"),
            routing_parameter: parameter("routing/target"),
            rotation_parameter: parameter("rotation"),
            writer_parameter: cx.path_name(&parameters::writer(cutover)),
            stale: api.and_then(|api| cutover::stale_routes(api).filter_map(|r| r.stale.as_ref()).map(|s| **s).min()),
            after: spec
                .cutover
                .iter()
                .filter(|c| cutover.after.iter().flat_map(|a| &a.cutovers).any(|k| k.as_str() == c.key.as_str()))
                .map(|c| (c.key.as_str(), cx.path_name(&parameters::writer(c))))
                .collect(),
            declared: comparisons(&cx.graph),
        })
    }

    pub(super) fn key(&self) -> &'a str {
        self.cutover.key.as_str()
    }

    pub(super) fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{resource}", self.partition, self.region, self.account)
    }

    /// The ARN of the state machine.
    pub(super) fn machine_arn(&self) -> String {
        self.arn("states", &format!("stateMachine:{}", self.name))
    }

    /// The ARN of a runtime function, by its stem: `data-validator`.
    pub(super) fn function(&self, stem: &str) -> String {
        let longest = migspec_ir::naming::longest(names::FUNCTION.0, names::FUNCTION.1);
        let name = names::physical(&self.pattern, &self.migration, stem, &self.environment, longest);
        self.arn("lambda", &format!("function:{name}"))
    }

    /// The command that reads the writer switch.
    pub(super) fn ask_writer(&self) -> String {
        let (region, name) = (&self.region, &self.writer_parameter);
        format!("aws ssm get-parameter --region {region} --name {name} --query Parameter.Value --output text")
    }

    pub(super) fn topic_arn(&self) -> String {
        self.topic.clone()
    }

    pub(super) fn forward_task_arn(&self, unit: &Unit) -> String {
        self.arn("dms", &format!("task:{}", unit.forward_task))
    }

    pub(super) fn reverse_task_arn(&self, unit: &Unit) -> String {
        self.arn("dms", &format!("task:{}", unit.reverse_task))
    }

    /// The state of the first database with this name: the start of a part that exists for each.
    pub(super) fn first(&self, name: &str) -> String {
        self.units.first().map_or_else(|| name.to_owned(), |unit| unit.state(name))
    }

    /// Each database, with the successor of its part that begins with the state `begin`: the same part of the next one,
    /// and at last `next`.
    pub(super) fn each(&self, begin: &str, next: &str) -> impl Iterator<Item = (&Unit<'a>, String)> {
        let onwards = self.units.iter().skip(1).map(|unit| unit.state(begin)).chain([next.to_owned()]);
        self.units.iter().zip(onwards)
    }

    /// The key of the checkpoint, which the rollback handler reads.
    pub(super) fn checkpoint_key(&self) -> String {
        format!("{}/checkpoint.json", self.key())
    }

    /// The key of the lock.
    pub(super) fn lock_key(&self) -> String {
        lock::key(self.key())
    }

    /// The hold of the lag gate: the longest hold of the databases.
    pub(super) fn lag_hold(&self) -> Duration {
        let holds = self.units.iter().map(|unit| unit.lag().map_or(Duration::from_secs(300), |lag| *lag.r#for));
        holds.max_by_key(|hold| hold.millis()).unwrap_or(Duration::from_secs(300))
    }

    pub(super) fn refresh(&self) -> Duration {
        cutover::refresh(self.cutover)
    }

    pub(super) fn fence_at_most(&self) -> Duration {
        cutover::fence_at_most(self.cutover)
    }

    pub(super) fn rollback_window(&self) -> Duration {
        cutover::rollback_window(self.cutover)
    }

    /// The change windows, and the calendar of their openings.
    pub(super) fn window(&self) -> Option<(&'a ast::Window, Calendar)> {
        let window = self.cutover.window.as_ref()?;
        Some((window, Calendar::of(window)?))
    }

    /// The state that begins to wait for the change window.
    pub(super) fn begin_window(&self) -> Option<&'static str> {
        let (_, calendar) = self.window()?;
        Some(if calendar.kinds.len() > 1 { "ReadCalendar" } else { "ReadWindow" })
    }

    /// The roles that must approve, each once, and their time.
    pub(super) fn approvers(&self) -> Option<(Vec<&'a str>, Duration)> {
        let approval = self.cutover.approval.as_ref()?;
        let mut roles: Vec<&str> = Vec::new();
        for role in &approval.by.roles {
            if !roles.contains(&role.as_str()) {
                roles.push(role.as_str());
            }
        }
        Some((roles, *approval.within))
    }

    /// Whether only reads shift before the writer.
    pub(super) fn moves_reads(&self) -> bool {
        *self.cutover.strategy.kind == Strategy::Reads
    }

    /// Whether all requests move before the writer.
    pub(super) fn compute_first(&self) -> bool {
        *self.cutover.strategy.kind == Strategy::Compute
    }

    /// The rules of the load balancer: the variable that holds its ARN, the
    /// member of the plan, and its id.
    pub(super) fn rules(&self) -> Vec<(&'static str, &'static str, Id)> {
        let api = self.cutover.api.as_str();
        let mut rules = vec![("rule", "listenerRuleArn", names::listener_rule(api))];
        if self.moves_reads() {
            rules.push(("readsRule", "readsRuleArn", names::reads_rule(api)));
        }
        rules
    }

    /// The names of the load balancer and of the target's targets, as the dimensions of their metrics: the variable,
    /// the member of the plan, and the value.
    pub(super) fn dimensions(&self) -> Vec<(&'static str, &'static str, Value)> {
        let api = self.cutover.api.as_str();
        let names = [
            (
                "loadBalancer",
                "loadBalancerFullName",
                Value::attribute(names::load_balancer(api), "LoadBalancerFullName"),
            ),
            (
                "targetGroup",
                "targetTargetGroupFullName",
                Value::attribute(names::target_group(api, "target"), "TargetGroupFullName"),
            ),
        ];
        names.into_iter().filter(|_| !self.steps().is_empty()).collect()
    }

    /// The steps, where requests shift before the writer.
    pub(super) fn steps(&self) -> &'a [ast::Step] {
        match *self.cutover.strategy.kind {
            Strategy::Compute | Strategy::Reads => &self.cutover.strategy.step,
            _ => &[],
        }
    }
}

/// The slots and sessions that one replication needs on a server that it may share with others.
pub(super) struct Share {
    /// The resource identifier of the task.
    pub(super) task: String,
    pub(super) slots: u32,
    pub(super) connections: u32,
}

/// Replication slots of a task that reads changes: its own, and one to begin again.
const SLOTS: u32 = 2;
/// Sessions beside the load or the comparison: two of the task, which reads
/// changes and the catalogue, and two of functions.
const SESSIONS: u32 = 4;

impl Share {
    fn at_source(cx: &Cx, relation: &Relation) -> Self {
        Self { task: forward_task(cx, relation.key()), slots: SLOTS, connections: at_once(relation) }
    }

    /// The reverse task reads changes from the target.
    fn at_target(cx: &Cx, relation: &Relation) -> Self {
        let key = relation.key();
        let (task, slots) = match relation.reversed() {
            true => (reverse_task(cx, key), SLOTS),
            false => (forward_task(cx, key), 0),
        };
        Self { task, slots, connections: at_once(relation) }
    }
}

/// Two databases of one server are two sources of one address.
fn share_a_server(one: &ast::Source, other: &ast::Source) -> bool {
    let (a, b) = (&one.at.address, &other.at.address);
    one.site.as_str() == other.site.as_str() && a.port == b.port && a.host.eq_ignore_ascii_case(&b.host)
}

/// A load and a comparison come one after the other.
fn at_once(relation: &Relation) -> u32 {
    compared_at_once(relation).max(LOADED_AT_ONCE) + SESSIONS
}

fn compared_at_once(relation: &Relation) -> u32 {
    let checksums = relation.validation.and_then(|validation| validation.checksums.as_ref());
    checksums.map_or(DEFAULT_CONNECTIONS, |c| c.connections.0.max(1))
}

fn forward_task(cx: &Cx, key: &str) -> String {
    literal(cx, &names::task(key), "ResourceIdentifier", replication::task_resource(cx, key))
}

fn reverse_task(cx: &Cx, key: &str) -> String {
    literal(cx, &names::reverse_task(key), "ResourceIdentifier", replication::reverse_task_resource(cx, key))
}

/// A database that moves, with its replication.
pub(super) struct Unit<'a> {
    pub(super) replication: &'a ast::Replication,
    /// From 1, where several move.
    number: Option<usize>,
    replication_instance: String,
    forward_task: String,
    reverse_task: String,
    /// The maximum of connections of the validation on each side.
    pub(super) connections: u32,
    /// The needs on the source's server, of this replication first.
    pub(super) at_source: Vec<Share>,
    /// The same of the target's.
    pub(super) at_target: Vec<Share>,
    /// Where the author says so.
    pub(super) checksums: Option<Span>,
    /// Whether the start of the reverse task is rehearsed.
    pub(super) rehearses: bool,
}

impl<'a> Unit<'a> {
    fn new(cx: &Cx, relation: &Relation<'a>, number: Option<usize>) -> Self {
        let key = relation.key();
        let checksums = relation.validation.and_then(|v| v.checksums.as_ref());
        let others = || cx.index.relations.iter().filter(|other| other.key() != key);
        let sources = others().filter(|other| share_a_server(other.source, relation.source));
        let targets = others().filter(|other| other.node.to.as_str() == relation.node.to.as_str());
        Self {
            at_source: std::iter::once(relation).chain(sources).map(|r| Share::at_source(cx, r)).collect(),
            at_target: std::iter::once(relation).chain(targets).map(|r| Share::at_target(cx, r)).collect(),
            replication: relation.node,
            number,
            replication_instance: literal(
                cx,
                &names::replication_instance(key),
                "ReplicationInstanceIdentifier",
                replication::instance_name(cx, key),
            ),
            connections: compared_at_once(relation),
            checksums: checksums.map(|c| c.connections.span()),
            rehearses: relation.rehearses(),
            forward_task: forward_task(cx, key),
            reverse_task: reverse_task(cx, key),
        }
    }

    pub(super) fn key(&self) -> &'a str {
        self.replication.key.as_str()
    }

    /// Its key, where several databases move.
    pub(super) fn of(&self) -> Option<&'a str> {
        self.number.map(|_| self.key())
    }

    /// The name of a state that exists for every database: `FenceWrites`, or `FenceWrites-ledger` if several move.
    pub(super) fn state(&self, name: &str) -> String {
        self.of().map_or_else(|| name.to_owned(), |key| format!("{name}-{key}"))
    }

    /// The name of a variable or the label of a map that exists for every database: `position`, or `position2` if
    /// several move.
    pub(super) fn name_for_database(&self, name: &str) -> String {
        self.number.map_or_else(|| name.to_owned(), |number| format!("{name}{number}"))
    }

    /// Its name in a sentence: `the source`, or `the ledger source`.
    pub(super) fn side(&self, side: &str) -> String {
        self.of().map_or_else(|| format!("the {side}"), |key| format!("the {key} {side}"))
    }

    /// Names of the dimensions of the forward task's metrics, and their values.
    pub(super) fn dimensions(&self) -> [(&'static str, &str); 2] {
        [
            ("ReplicationInstanceIdentifier", &self.replication_instance),
            ("ReplicationTaskIdentifier", &self.forward_task),
        ]
    }

    pub(super) fn lag(&self) -> Option<&'a ast::Lag> {
        self.replication.lag.as_ref()
    }

    /// The maximum lag at the flip.
    pub(super) fn lag_gate(&self) -> Duration {
        self.lag().map_or(Duration::from_secs(5), |lag| *lag.gate)
    }
}

/// A property of a resource that holds text, or what it will hold.
/// The ARN of the topic, which may exist in another account.
fn topic(cx: &Cx) -> String {
    let here = &cx.graph.environment;
    if let Some((_, arn)) = topics::of_region(cx, &here.region) {
        return arn.as_str().to_owned();
    }
    let name = literal(cx, &names::topic(), "TopicName", topics::new_name(cx));
    format!("arn:{}:sns:{}:{}:{name}", here.partition, here.region, here.account)
}

fn literal(cx: &Cx, id: &Id, property: &str, otherwise: String) -> String {
    let found = cx.graph.get(id).and_then(|r| r.get(property));
    match found.map(|d| &d.value) {
        Some(Value::String(text)) => text.to_string(),
        _ => otherwise,
    }
}
