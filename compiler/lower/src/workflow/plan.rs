//! What a workflow is built from: the cutover's settings, and the literal
//! names and ARNs of what it calls.

use std::sync::Arc;

use migspec_diag::Span;
use migspec_ir::{Id, Origin, Value};
use migspec_syntax::ast;
use migspec_syntax::value::{Duration, Strategy, WeeklyWindow};

use crate::cx::{self, Cx};
use crate::{cutover, names, parameters};

/// Of a validation that does not say how many connections it may open.
const DEFAULT_CONNECTIONS: u32 = 8;

pub(super) struct Plan<'a> {
    pub(super) cutover: &'a ast::Cutover,
    pub(super) replication: &'a ast::Replication,
    /// `cutover "ledger"`.
    pub(super) path: Arc<str>,
    pub(super) origin: Origin,
    pub(super) migration: Arc<str>,
    pub(super) environment: Arc<str>,
    pub(super) partition: &'static str,
    region: Arc<str>,
    account: Arc<str>,
    /// The physical name of the state machine.
    pub(super) name: String,
    pub(super) reverse: bool,
    pub(super) topic: String,
    pub(super) checkpoints: String,
    pub(super) evidence: String,
    pub(super) gate_alarm: String,
    pub(super) watch_alarm: String,
    pub(super) plan_parameter: String,
    pub(super) routing_parameter: String,
    pub(super) writer_parameter: String,
    /// Tells the rotation function whether it may change passwords.
    pub(super) rotation_parameter: String,
    pub(super) replication_instance: String,
    /// How many connections the validation may open on each side.
    pub(super) connections: u32,
    /// Where the author says so.
    pub(super) checksums: Option<Span>,
    forward_task: String,
    reverse_task: String,
    /// How old the answers of reads may be that move before the writer does.
    pub(super) stale: Option<Duration>,
    /// The cutovers that must have moved before, with their writers' parameters.
    pub(super) after: Vec<(&'a str, String)>,
}

impl<'a> Plan<'a> {
    /// `None` where a name does not resolve; that is reported elsewhere.
    pub(super) fn new(cx: &Cx<'a>, cutover: &'a ast::Cutover) -> Option<Self> {
        let spec = cx.spec;
        let key = cutover.key.as_str();
        let relation = cx.index.relations.iter().find(|r| r.key() == key)?;
        let environment = &cx.graph.environment;
        let parameter = |path: &str| cx.parameter_name(&parameters::of_cutover(cx, cutover, path));
        let api = spec.api.iter().find(|a| a.key.as_str() == cutover.api.as_str());
        let checksums = relation.validation.and_then(|v| v.checksums.as_ref());
        let bucket = |kind: &str| format!("{}-{kind}-{}-{}", spec.key.as_str(), environment.name, environment.account);
        Some(Self {
            cutover,
            replication: relation.node,
            path: cx::path("cutover", &cutover.key).into(),
            origin: Origin::derived("workflow", cutover.place.header),
            migration: spec.key.as_str().into(),
            environment: environment.name.clone(),
            partition: environment.partition,
            region: environment.region.clone(),
            account: environment.account.clone(),
            name: cx.suffixed(&cutover::stem(cutover)),
            reverse: relation.reversed(),
            topic: literal(cx, &names::topic(), "TopicName", cx.physical(spec.key.as_str(), "notifications")),
            checkpoints: literal(cx, &names::checkpoints_bucket(), "BucketName", bucket("checkpoints")),
            evidence: literal(cx, &names::evidence_bucket(), "BucketName", bucket("evidence")),
            gate_alarm: names::gate_alarm_name(key, &environment.name),
            watch_alarm: names::watch_alarm_name(key, &environment.name),
            plan_parameter: parameter("plan"),
            routing_parameter: parameter("routing/target"),
            rotation_parameter: parameter("rotation"),
            writer_parameter: cx.parameter_name(&parameters::writer(cutover)),
            replication_instance: literal(
                cx,
                &names::replication_instance(key),
                "ReplicationInstanceIdentifier",
                cx.physical(key, "replication"),
            ),
            stale: api.and_then(|api| cutover::stale_routes(api).filter_map(|r| r.stale.as_ref()).map(|s| **s).min()),
            after: spec
                .cutover
                .iter()
                .filter(|c| cutover.after.iter().flat_map(|a| &a.cutovers).any(|k| k.as_str() == c.key.as_str()))
                .map(|c| (c.key.as_str(), cx.parameter_name(&parameters::writer(c))))
                .collect(),
            connections: checksums.map_or(DEFAULT_CONNECTIONS, |c| c.connections.0.max(1)),
            checksums: checksums.map(|c| c.connections.span()),
            forward_task: literal(cx, &names::task(key), "ResourceIdentifier", cx.suffixed(key)),
            reverse_task: literal(cx, &names::reverse_task(key), "ResourceIdentifier", cx.physical(key, "reverse")),
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
        self.arn("lambda", &format!("function:{stem}-{}", self.environment))
    }

    pub(super) fn topic_arn(&self) -> String {
        self.arn("sns", &self.topic)
    }

    pub(super) fn forward_task_arn(&self) -> String {
        self.arn("dms", &format!("task:{}", self.forward_task))
    }

    pub(super) fn reverse_task_arn(&self) -> String {
        self.arn("dms", &format!("task:{}", self.reverse_task))
    }

    /// The last part of the task's ARN: the dimension of its metrics.
    pub(super) fn forward_task(&self) -> &str {
        &self.forward_task
    }

    /// Where the rollback handler reads how far the cutover came.
    pub(super) fn checkpoint_key(&self) -> String {
        format!("{}/checkpoint.json", self.key())
    }

    pub(super) fn lag(&self) -> Lag {
        let lag = self.replication.lag.as_ref();
        Lag {
            gate: lag.map_or(Duration::from_secs(5), |l| *l.gate),
            hold: lag.map_or(Duration::from_secs(300), |l| *l.r#for),
        }
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

    pub(super) fn window(&self) -> Option<WeeklyWindow> {
        self.cutover.window.as_ref().map(|w| *w.when)
    }

    /// The roles that must agree, each once, and how long they have.
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

    /// Whether all requests have moved when the writer does.
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

    /// Shares and bakes, where requests shift before the writer.
    pub(super) fn steps(&self) -> Vec<(u8, Duration)> {
        match *self.cutover.strategy.kind {
            Strategy::Compute | Strategy::Reads => {
                self.cutover.strategy.step.iter().map(|s| (s.share.0, *s.bake)).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// When replication is close enough behind.
pub(super) struct Lag {
    pub(super) gate: Duration,
    pub(super) hold: Duration,
}

/// A property of a resource that holds text, or what it will hold.
fn literal(cx: &Cx, id: &Id, property: &str, otherwise: String) -> String {
    let found = cx.graph.get(id).and_then(|r| r.get(property));
    match found.map(|d| &d.value) {
        Some(Value::String(text)) => text.to_string(),
        _ => otherwise,
    }
}
