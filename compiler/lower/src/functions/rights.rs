//! The grants of each function, with their reasons.

use migspec_ir::partition::regional_service;
use migspec_ir::{Actor, Condition, Datum, Id, Origin, Value};
use migspec_syntax::value::LoginPurpose;

use super::{BY, flows};
use crate::cx::{Cx, path};
use crate::index::Relation;
use crate::logins::{self, Secret};
use crate::secret_rights::{condition, grant_secret};
use crate::{checkpoints, keys, names, parameters, replication, secrets};

/// A function writes its own logs, traces and dead letters, and reads its own
/// environment.
pub(super) fn common(cx: &mut Cx, role: &Id, stem: &str, name: &str, origin: Origin) {
    let streams = cx.arn("logs", &format!("log-group:/aws/lambda/{name}:log-stream:*"));
    let why = format!("function {stem}");
    let grant = |cx: &mut Cx, actions: &[&'static str], resource: Value, conditions, what: &str| {
        let why = format!("{why} > {what}");
        cx.grant(role, actions, vec![Datum::new(resource, origin)], conditions, why, origin);
    };
    grant(cx, &["logs:CreateLogStream", "logs:PutLogEvents"], streams, Vec::new(), "logs");
    grant(cx, &["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*".into(), Vec::new(), "traces");
    let queue = Value::attribute(names::dead_letters(), "Arn");
    grant(cx, &["sqs:SendMessage"], queue, Vec::new(), "dead letters");
    let via = |cx: &Cx, service| vec![via(cx, service, origin)];
    let conditions = via(cx, "sqs");
    grant(cx, &["kms:Decrypt", "kms:GenerateDataKey"], keys::arn("functions"), conditions, "dead letters");
    let conditions = via(cx, "lambda");
    grant(cx, &["kms:Decrypt"], keys::arn("functions"), conditions, "environment");
}

/// The key is used through this service only.
fn via(cx: &Cx, service: &str, origin: Origin) -> Condition {
    let name = regional_service(service, &cx.graph.environment.region);
    condition("StringEquals", "kms:ViaService", name.into(), origin)
}

/// The permissions that Lambda uses to place a function in a network. The code
/// of the function cannot use them: see the deny statement in `grants` (fact: lambda-network-rights).
pub(super) fn in_vpc(cx: &mut Cx, role: &Id, group: &Id, subnets: &[Value], origin: Origin) {
    let why = "functions > network";
    let interfaces = cx.arn("ec2", "network-interface/*");
    let prefix = |kind: &str| match cx.arn("ec2", &format!("{kind}/")) {
        Value::String(text) => text,
        _ => "".into(),
    };
    let subnet_prefix = prefix("subnet");
    let group_prefix = prefix("security-group");
    let mut places = vec![Datum::new(interfaces.clone(), origin)];
    places.extend(
        subnets
            .iter()
            .map(|s| Datum::new(Value::Concat(vec![Value::String(subnet_prefix.clone()), s.clone()]), origin)),
    );
    let group = Value::attribute(group.clone(), "GroupId");
    places.push(Datum::new(Value::Concat(vec![Value::String(group_prefix), group]), origin));
    cx.grant(role, &["ec2:CreateNetworkInterface"], places, Vec::new(), why, origin);
    let change = ["ec2:AssignPrivateIpAddresses", "ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses"];
    cx.grant(role, &change, vec![Datum::new(interfaces, origin)], Vec::new(), why, origin);
    let region = cx.graph.environment.region.clone();
    let here = vec![condition("StringEquals", "ec2:Region", region.into(), origin)];
    let describe =
        ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"];
    cx.grant(role, &describe, vec![Datum::new("*", origin)], here, why, origin);
}

/// The actions of [`in_vpc`] that a function's own code is denied.
pub(crate) const NETWORK_ACTIONS: [&str; 8] = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "ec2:UnassignPrivateIpAddresses",
];

/// The rights of a function's own task.
pub(super) fn own(cx: &mut Cx, role: &Id, actor: Actor, origin: Origin) {
    let relations = cx.index.relations.clone();
    for relation in relations.iter().filter(|relation| flows::serves(actor, relation)) {
        on_replication(cx, role, actor, relation);
    }
    match actor {
        Actor::Authorizer => authorizer(cx, role),
        Actor::Rotation => rotation(cx, role, origin),
        Actor::Validator | Actor::Preflight | Actor::Rollback | Actor::Reverse | Actor::Monitor => {
            let why = format!("function {} > tasks", actor.name());
            let mut actions = vec!["dms:DescribeReplicationTasks"];
            if actor == Actor::Preflight {
                actions.push("dms:DescribeReplicationInstances");
            }
            cx.grant(role, &actions, vec![Datum::new("*", origin)], Vec::new(), why, origin);
        }
        _ => {}
    }
}

fn on_replication(cx: &mut Cx, role: &Id, actor: Actor, relation: &Relation) {
    let origin = Origin::derived(BY, relation.node.place.header);
    let why = format!("function {} > {}", actor.name(), path("replication", &relation.node.key));
    let read = parameters_of(actor, relation);
    let read = read.iter().map(|path| cx.arn("ssm", &format!("parameter{}", cx.path_name(path))));
    let read: Vec<Datum> = read.map(|arn| Datum::new(arn, origin)).collect();
    if !read.is_empty() {
        cx.grant(role, &["ssm:GetParameter"], read, Vec::new(), why.as_str(), origin);
    }
    for (of_source, purpose) in logins_of(actor) {
        let needed = match of_source {
            true => relation.source_logins().any(|needed| needed == *purpose),
            false => relation.database_logins().any(|needed| needed == *purpose),
        };
        if !needed || *purpose == LoginPurpose::Validation && actor == Actor::Rollback && !compares(actor, relation) {
            continue;
        }
        let login = if *of_source {
            logins::of_source(relation.source, *purpose)
        } else {
            Some(logins::of_database(relation.database, *purpose))
        };
        if let Some(login) = login {
            read_secret(cx, role, &login, &why);
        }
    }
    if reads_statistics(actor, relation) {
        let tasks = match actor {
            Actor::Rollback => reverse_task(cx, relation, origin).into_iter().collect(),
            _ => tasks(cx, relation, origin),
        };
        cx.grant(role, &["dms:DescribeTableStatistics"], tasks, Vec::new(), why.as_str(), origin);
    }
    match (actor, relation.cutover) {
        (Actor::Rollback, Some(cutover)) => {
            rollback(cx, role, relation, &why, origin);
            // It reads the workflow's checkpoint, and records its own progress.
            let key = cutover.key.as_str();
            storage(cx, role, ("checkpoints", &format!("{key}/*")), &["s3:GetObject"], (&why, origin));
            storage(cx, role, ("checkpoints", &format!("{key}/rollback/*")), &["s3:PutObject"], (&why, origin));
            if compares(actor, relation) {
                // The rows that changed since the validator's last pass.
                let key = format!("{}/validation/*", relation.key());
                storage(cx, role, ("checkpoints", &key), &["s3:GetObject"], (&why, origin));
                storage(cx, role, ("evidence", &key), &["s3:PutObject"], (&why, origin));
            }
        }
        (Actor::Validator, _) => {
            let key = format!("{}/validation/*", relation.key());
            storage(cx, role, ("checkpoints", &key), &["s3:GetObject", "s3:PutObject"], (&why, origin));
            storage(cx, role, ("evidence", &key), &["s3:PutObject"], (&why, origin));
        }
        (Actor::Reverse, _) => {
            if let Some(task) = rehearsal_task(cx, relation, origin) {
                let actions = ["dms:DescribeTableStatistics", "dms:StartReplicationTask", "dms:StopReplicationTask"];
                cx.grant(role, &actions, vec![task], Vec::new(), why, origin);
            }
        }
        (Actor::Preflight, _) => {
            let key = format!("{}/preflight/*", relation.key());
            for kind in ["checkpoints", "evidence"] {
                storage(cx, role, (kind, &key), &["s3:PutObject"], (&why, origin));
            }
        }
        _ => {}
    }
}

/// Whether a function reads the table statistics of tasks.
fn reads_statistics(actor: Actor, relation: &Relation) -> bool {
    actor == Actor::Monitor || compares(actor, relation)
}

/// Whether a function compares the rows of both sides. The rollback compares them before it opens the source, if a
/// reverse task has brought back the target's writes.
fn compares(actor: Actor, relation: &Relation) -> bool {
    actor == Actor::Validator || actor == Actor::Rollback && relation.reversed()
}

/// The parameters that a function reads: database addresses, the CA
/// certificate of the source, and the validation.
fn parameters_of(actor: Actor, relation: &Relation) -> Vec<String> {
    // Its event contains all that it needs.
    if actor == Actor::Monitor {
        return Vec::new();
    }
    let mut paths = vec![parameters::of_replication(relation)];
    let authority = relation.source.tls.as_ref().is_some_and(|tls| tls.ca.is_some());
    if authority {
        paths.push(parameters::of_authority(relation));
    }
    if compares(actor, relation) {
        paths.push(parameters::of_validation(relation));
    }
    paths
}

/// The logins that a function uses: of the source or of the database, and for
/// which purpose.
fn logins_of(actor: Actor) -> &'static [(bool, LoginPurpose)] {
    match actor {
        Actor::Validator => &[(true, LoginPurpose::Validation), (false, LoginPurpose::Validation)],
        // The preflight tests the privileges of each login.
        Actor::Preflight => &[
            (true, LoginPurpose::Replication),
            (false, LoginPurpose::Replication),
            (true, LoginPurpose::Validation),
            (false, LoginPurpose::Validation),
            (true, LoginPurpose::Fence),
            (false, LoginPurpose::Fence),
            (true, LoginPurpose::ReverseApply),
            (false, LoginPurpose::ReverseCapture),
        ],
        Actor::Fence | Actor::Sequences => &[(true, LoginPurpose::Fence), (false, LoginPurpose::Fence)],
        // Only the login that reads a slot may drop it. Before the source opens, the
        // rollback compares both sides like the validator.
        Actor::Rollback => &[
            (true, LoginPurpose::Fence),
            (false, LoginPurpose::Fence),
            (false, LoginPurpose::ReverseCapture),
            (true, LoginPurpose::Validation),
            (false, LoginPurpose::Validation),
        ],
        // The rehearsal writes and reads its row like the fence.
        Actor::Reverse => &[
            (false, LoginPurpose::ReverseCapture),
            (true, LoginPurpose::Replication),
            (true, LoginPurpose::Fence),
            (false, LoginPurpose::Fence),
        ],
        _ => &[],
    }
}

/// The ARNs of the forward task and, where there is one, of the reverse task.
pub(super) fn tasks(cx: &Cx, relation: &Relation, origin: Origin) -> Vec<Datum> {
    let key = relation.key();
    let mut tasks = vec![Datum::new(replication::task_arn(cx, &replication::task_resource(cx, key)), origin)];
    tasks.extend(reverse_task(cx, relation, origin));
    tasks
}

fn reverse_task(cx: &Cx, relation: &Relation, origin: Origin) -> Option<Datum> {
    let name = relation.reversed().then(|| replication::reverse_task_resource(cx, relation.key()))?;
    Some(Datum::new(replication::task_arn(cx, &name), origin))
}

fn rehearsal_task(cx: &Cx, relation: &Relation, origin: Origin) -> Option<Datum> {
    let name = relation.rehearses().then(|| replication::rehearsal_task_resource(cx, relation.key()))?;
    Some(Datum::new(replication::task_arn(cx, &name), origin))
}

/// The grants of a rollback: tasks, traffic, writer, and the notification to the operations team.
fn rollback(cx: &mut Cx, role: &Id, relation: &Relation, why: &str, origin: Origin) {
    let Some(cutover) = relation.cutover else { return };
    let tasks = tasks(cx, relation, origin);
    cx.grant(role, &["dms:StartReplicationTask", "dms:StopReplicationTask"], tasks, Vec::new(), why, origin);
    if let Some(task) = rehearsal_task(cx, relation, origin) {
        cx.grant(role, &["dms:StopReplicationTask"], vec![task], Vec::new(), why, origin);
    }
    let parameters: Vec<Datum> = [parameters::writer(cutover), parameters::of_cutover(cx, cutover, "routing/target")]
        .iter()
        .map(|path| cx.arn("ssm", &format!("parameter{}", cx.path_name(path))))
        .map(|arn| Datum::new(arn, origin))
        .collect();
    cx.grant(role, &["ssm:GetParameter", "ssm:PutParameter"], parameters, Vec::new(), why, origin);
    let api = cx.spec.api.iter().find(|api| api.key.as_str() == cutover.api.as_str());
    let reads = api.filter(|api| crate::cutover::moves_reads(cx, api)).map(|api| names::reads_rule(api.key.as_str()));
    let rules = std::iter::once(names::listener_rule(cutover.api.as_str())).chain(reads);
    let rules = rules.map(|id| Datum::new(Value::reference(id), origin)).collect();
    cx.grant(role, &["elasticloadbalancing:ModifyRule"], rules, Vec::new(), why, origin);
    let topic = Datum::new(Value::reference(names::topic()), origin);
    cx.grant(role, &["sns:Publish"], vec![topic], Vec::new(), why, origin);
    let conditions = vec![via(cx, "sns", origin)];
    let key = Datum::new(keys::arn("notifications"), origin);
    cx.grant(role, &["kms:Decrypt", "kms:GenerateDataKey"], vec![key], conditions, why, origin);
}

/// The objects of a bucket below a name, through S3 only. Each function has a
/// folder of its own below the name of the replication or of the cutover.
fn storage(cx: &mut Cx, role: &Id, (kind, key): (&str, &str), actions: &[&'static str], (why, origin): (&str, Origin)) {
    let partition = cx.graph.environment.partition;
    let objects = format!("arn:{partition}:s3:::{}/{key}", checkpoints::name(cx, kind));
    cx.grant(role, actions, vec![Datum::new(objects, origin)], Vec::new(), why, origin);
    let conditions = vec![via(cx, "s3", origin)];
    let key = Datum::new(keys::arn("checkpoints"), origin);
    cx.grant(role, &["kms:Decrypt", "kms:GenerateDataKey"], vec![key], conditions, why, origin);
}

fn authorizer(cx: &mut Cx, role: &Id) {
    for api in &cx.spec.api {
        let Some(authorizer) = &api.authorizer else { continue };
        let login = logins::Login {
            purpose: LoginPurpose::Validation,
            secret: Secret::Existing {
                name: authorizer.secret.to_string(),
                key: authorizer.key.as_ref().map(|key| key.to_string()),
            },
            origin: crate::cx::origin(&authorizer.secret),
        };
        let why = format!("{} > authorizer", path("api", &api.key));
        read_secret(cx, role, &login, &why);
    }
}

/// Functions read the current version of a secret. Only rotation reads the
/// pending and previous versions.
fn read_secret(cx: &mut Cx, role: &Id, login: &logins::Login, why: &str) {
    let current = condition("StringEquals", "secretsmanager:VersionStage", "AWSCURRENT".into(), login.origin);
    grant_secret(cx, role, login, &["secretsmanager:GetSecretValue"], vec![current], why);
}

/// Rotation changes the generated secrets, and reads the master's.
fn rotation(cx: &mut Cx, role: &Id, origin: Origin) {
    let all = vec![Datum::new("*", origin)];
    cx.grant(role, &["secretsmanager:GetRandomPassword"], all, Vec::new(), "secrets > rotate", origin);
    let function = cx.arn("lambda", &format!("function:{}", super::name(cx, "secret-rotation")));
    for database in &cx.spec.database {
        let generated = secrets::generated_secrets(cx, database);
        if generated.is_empty() {
            continue;
        }
        let origin = Origin::derived(BY, database.place.header);
        let why = format!("{} > rotate", path("database", &database.key));
        let arns: Vec<Datum> =
            generated.iter().map(|(_, id)| Datum::new(Value::reference(id.clone()), origin)).collect();
        let only =
            condition("StringEquals", "secretsmanager:resource/AllowRotationLambdaArn", function.clone(), origin);
        let change = [
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
        ];
        cx.grant(role, &change, arns, vec![only], why.as_str(), origin);
        let held: Vec<Datum> = super::rotation_parameters(cx, database)
            .into_iter()
            .map(|name| Datum::new(cx.arn("ssm", &format!("parameter{name}")), origin))
            .collect();
        if !held.is_empty() {
            cx.grant(role, &["ssm:GetParameter"], held, Vec::new(), why.as_str(), origin);
        }
        let master = Datum::new(crate::database::master_secret(database), origin);
        let current = condition("StringEquals", "secretsmanager:VersionStage", "AWSCURRENT".into(), origin);
        cx.grant(role, &["secretsmanager:GetSecretValue"], vec![master], vec![current], why.as_str(), origin);
        let conditions = vec![via(cx, "secretsmanager", origin)];
        let key = Datum::new(keys::arn("secrets"), origin);
        cx.grant(role, &["kms:Decrypt", "kms:GenerateDataKey"], vec![key], conditions, why, origin);
    }
}
