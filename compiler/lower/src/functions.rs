//! The runtime functions: only those that the spec needs, each with a role, a
//! log group and, where it touches databases, a security group of its own.

mod flows;
mod rights;
mod schedule;

use indexmap::IndexSet;
use migspec_diag::{Diagnostic, Span};
use migspec_ir::{Actor, Datum, Id, Map, Origin, Resource, Value, list, map};
use migspec_syntax::value::{Arn, TierPurpose};
use migspec_syntax::{Setting, ast};

use crate::cx::Cx;
use crate::demand::{self, FunctionDemand};
use crate::queue::{self, Queue};
use crate::roles::{self, Role};
use crate::{checkpoints, keys, logs, names, parameters, placement};

pub(crate) use rights::NETWORK_ACTIONS;

const BY: &str = "functions";

/// The architecture of the packages that `cargo xtask functions` builds.
const ARCHITECTURE: &str = "x86_64";

/// The properties of a function that every migration shares.
struct Kind {
    name: &'static str,
    actor: Actor,
    description: &'static str,
    /// Seconds. Below the timeout of every state that invokes the function, so
    /// that the function makes no change after the workflow has moved on.
    timeout: u32,
    /// Mebibytes.
    memory: u32,
    /// The maximum of concurrent calls, which is also reserved for it.
    concurrency: u32,
    /// It opens connections to databases.
    reaches_databases: bool,
    /// It is invoked asynchronously.
    asynchronous: bool,
}

const KINDS: [Kind; 9] = [
    Kind {
        name: "secret-rotation",
        actor: Actor::Rotation,
        description: "Rotates the generated logins, alternating between two users",
        timeout: 120,
        memory: 256,
        concurrency: 5,
        reaches_databases: true,
        asynchronous: true,
    },
    Kind {
        name: "data-validator",
        actor: Actor::Validator,
        description: "Compares row counts, checksums and invariants of both sides",
        timeout: 840,
        memory: 1024,
        concurrency: 20,
        reaches_databases: true,
        asynchronous: false,
    },
    Kind {
        name: "api-authorizer",
        actor: Actor::Authorizer,
        description: "Checks the signature of each request",
        timeout: 5,
        memory: 256,
        concurrency: 100,
        reaches_databases: false,
        asynchronous: false,
    },
    Kind {
        name: "preflight",
        actor: Actor::Preflight,
        description: "Checks that source and target are ready",
        timeout: 300,
        memory: 256,
        concurrency: 2,
        reaches_databases: true,
        asynchronous: false,
    },
    Kind {
        name: "fence",
        actor: Actor::Fence,
        description: "Revokes write privileges, waits for the drain, restores them",
        timeout: 15,
        memory: 256,
        concurrency: 2,
        reaches_databases: true,
        asynchronous: false,
    },
    Kind {
        name: "sequences",
        actor: Actor::Sequences,
        description: "Copies the positions of sequences to the target",
        timeout: 15,
        memory: 256,
        concurrency: 2,
        reaches_databases: true,
        asynchronous: false,
    },
    Kind {
        name: "reverse-slot",
        actor: Actor::Reverse,
        description: "Creates and drops the slot of the reverse task",
        timeout: 15,
        memory: 256,
        concurrency: 2,
        reaches_databases: true,
        asynchronous: false,
    },
    Kind {
        name: "rollback-handler",
        actor: Actor::Rollback,
        description: "Runs the steps of a rollback",
        timeout: 300,
        memory: 512,
        concurrency: 2,
        reaches_databases: true,
        asynchronous: true,
    },
    Kind {
        name: schedule::FUNCTION,
        actor: Actor::Monitor,
        description: "Counts the tables that a replication task does not replicate",
        timeout: 50,
        memory: 256,
        concurrency: 2,
        reaches_databases: false,
        asynchronous: true,
    },
];

pub(crate) fn lower(cx: &mut Cx) {
    let needed = demand::functions(cx);
    let Some(first) = needed.first() else { return };
    dead_letters(cx, first.from);
    code_signing(cx);
    for FunctionDemand { name, from } in needed {
        let kind = KINDS.iter().find(|kind| kind.name == name);
        if let Some(kind) = kind {
            add(cx, kind, Origin::derived(BY, from));
        }
    }
}

/// Lambda accepts only packages that the named publishers have signed. A package is signed before the build: only a job of
/// AWS Signer makes its signature (fact: lambda-code-signing).
fn code_signing(cx: &mut Cx) {
    let Some(signing) = cx.spec.functions.as_ref().and_then(|functions| functions.signing.as_ref()) else { return };
    let origin = Origin::derived(BY, signing.place.header);
    for profile in &signing.profiles {
        check_profile(cx, profile);
    }
    let profiles: Vec<Datum> =
        signing.profiles.iter().map(|arn| Datum::new(arn.as_str(), crate::cx::origin(arn))).collect();
    let config = Resource::new("AWS::Lambda::CodeSigningConfig", names::code_signing(), "functions > signing", origin)
        .set("Description", "Publishers of the packages of the migration")
        .set("AllowedPublishers", map!(origin, { "SigningProfileVersionArns": profiles }))
        .set("CodeSigningPolicies", map!(origin, { "UntrustedArtifactOnDeployment": "Enforce" }));
    cx.add(config);
}

/// `/signing-profiles/NAME/VERSION`, of any account.
fn check_profile(cx: &mut Cx, profile: &Setting<Arn>) {
    let partition = cx.graph.environment.partition;
    let version = profile.resource().strip_prefix("/signing-profiles/").and_then(|name| name.split_once('/'));
    let is_version = version.is_some_and(|(name, version)| !name.is_empty() && !version.is_empty());
    if profile.service() == "signer" && profile.partition() == partition && is_version {
        return;
    }
    let message = format!("`{}` is not the version of a signing profile", profile.value);
    cx.report(Diagnostic::error("not-a-signing-profile", message).at(profile.span(), "signs no package").help(
        format!(
            "write \"arn:{partition}:signer:REGION:ACCOUNT:/signing-profiles/NAME/VERSION\", as `aws signer \
         get-signing-profile` shows it"
        ),
    ));
}

fn add(cx: &mut Cx, kind: &Kind, origin: Origin) {
    let name = name(cx, kind.name);
    let at = format!("function \"{}\"", kind.name);
    logs::masked(cx, names::log_group(kind.name), format!("/aws/lambda/{name}"), at.as_str(), origin);
    let role = Role {
        id: names::role(kind.name),
        stem: kind.name,
        actor: kind.actor,
        // Lambda does not pass the function for which it assumes a role.
        service: "lambda.amazonaws.com",
        source: None,
    };
    let role = roles::add(cx, role, at.as_str(), origin);
    let place = if kind.reaches_databases { network(cx) } else { None };
    let function = function(cx, kind, &name, &role, &at, origin);
    let function = match place {
        Some(network) => {
            let group = names::function_group(kind.name);
            let text = format!("Function {}", kind.name);
            let vpc = names::vpc(network.key.as_str());
            placement::group(cx, group.clone(), vpc, &text, at.as_str(), origin);
            let subnets = placement::subnets(cx, network, TierPurpose::Compute, origin.span());
            rights::in_vpc(cx, &role, &group, &subnets, origin);
            let groups = list!(origin, [placement::group_id(group)]);
            let named = cx.index.relations.first().map(|relation| crate::cx::origin(&relation.node.network));
            function
                .set("VpcConfig", map!(origin, { "SubnetIds": subnets, "SecurityGroupIds": groups }))
                .because("inNetworkOfDatabase", named)
        }
        None => function,
    };
    cx.add(function);
    if kind.asynchronous {
        invocation(cx, kind, &at, origin);
    }
    if kind.name == "secret-rotation" {
        permission(cx, kind, &at, origin);
    }
    if kind.actor == Actor::Monitor {
        schedule::lower(cx);
    }
    rights::common(cx, &role, kind.name, &name, origin);
    rights::own(cx, &role, kind.actor, origin);
    if kind.reaches_databases {
        flows::add(cx, kind.name, kind.actor);
    }
}

fn function(cx: &Cx, kind: &Kind, name: &str, role: &Id, at: &str, origin: Origin) -> Resource {
    let environment = map!(origin, { "Variables": variables(cx, kind, origin) });
    let signing =
        cx.graph.get(&names::code_signing()).map(|config| Value::attribute(config.id.clone(), "CodeSigningConfigArn"));
    Resource::new("AWS::Lambda::Function", names::function(kind.name), at, origin)
        .set("FunctionName", name)
        .set("Description", kind.description)
        .set("Runtime", "provided.al2023")
        .set("Handler", "bootstrap")
        .set("Architectures", vec![ARCHITECTURE])
        .set("Code", Value::Package(kind.name.into()))
        .set_if("CodeSigningConfigArn", signing)
        .set("Role", Value::attribute(role.clone(), "Arn"))
        .set("Timeout", kind.timeout)
        .set("MemorySize", kind.memory)
        .set_if("ReservedConcurrentExecutions", cx.graph.environment.production.then(|| concurrency(cx, kind, origin)))
        .set("KmsKeyArn", keys::arn("functions"))
        .set("Environment", environment)
        .set("DeadLetterConfig", map!(origin, { "TargetArn": Value::attribute(names::dead_letters(), "Arn") }))
        .set("TracingConfig", map!(origin, { "Mode": "Active" }))
        .set(
            "LoggingConfig",
            map!(origin, {
                "LogFormat": "JSON",
                "ApplicationLogLevel": "INFO",
                "SystemLogLevel": "INFO",
                "LogGroup": Value::reference(names::log_group(kind.name)),
            }),
        )
        // Lambda tries the role's rights when it makes the function.
        .after(names::role_policy(role))
}

/// Only production reserves concurrency: a new account has 10 executions and
/// refuses every reserve (fact: lambda-unreserved). The validator's `Map` limits
/// its connections everywhere. In production, the validator reserves as many
/// executions as the author allows connections to each side.
fn concurrency(cx: &Cx, kind: &Kind, origin: Origin) -> Datum {
    let checksums = cx.spec.validation.iter().filter_map(|v| v.checksums.as_ref());
    match checksums.max_by_key(|c| c.connections.0) {
        Some(most) if kind.actor == Actor::Validator => crate::cx::datum(&most.connections, |c| c.0.max(1)),
        _ => Datum::new(kind.concurrency, origin),
    }
}

/// Names of resources, never a secret. The parameters below `MIGSPEC_PARAMETERS` contain the addresses of the
/// databases.
fn variables(cx: &Cx, kind: &Kind, origin: Origin) -> Map {
    let mut map = map!(origin, {
        "MIGSPEC_ENVIRONMENT": cx.env(),
        "MIGSPEC_MIGRATION": cx.spec.key.as_str(),
        "MIGSPEC_PARAMETERS": cx.path_name("replications"),
        "MIGSPEC_METRICS": namespace(cx),
    });
    if kind.actor == Actor::Authorizer {
        map.set("MIGSPEC_KEYS", Datum::new(authorizer_secrets(cx, origin), origin));
        return map;
    }
    if kind.actor == Actor::Rotation {
        map.set("MIGSPEC_ROTATION", Datum::new(rotation_switches(cx, origin), origin));
    }
    if demand::checkpoints(cx).is_some() {
        map.set("MIGSPEC_CHECKPOINTS", Datum::new(checkpoints::name(cx, "checkpoints"), origin));
        map.set("MIGSPEC_EVIDENCE", Datum::new(checkpoints::name(cx, "evidence"), origin));
    }
    map.set("MIGSPEC_TOPIC", Datum::new(Value::reference(names::topic()), origin));
    map
}

/// The name of each API's secret, by the API's key.
fn authorizer_secrets(cx: &Cx, origin: Origin) -> Value {
    let mut secrets = Map::new();
    for api in &cx.spec.api {
        if let Some(authorizer) = &api.authorizer {
            secrets.set(api.key.as_str(), crate::cx::datum(&authorizer.secret, |s| s.as_str().to_owned()));
        }
    }
    Value::JsonText(Box::new(Datum::new(secrets, origin)))
}

/// The names of the rotation hold parameters by database key. Rotation requires
/// the value `allowed` in each of them.
fn rotation_switches(cx: &Cx, origin: Origin) -> Value {
    let mut switches = Map::new();
    for database in &cx.spec.database {
        let names = rotation_parameters(cx, database).into_iter().map(|name| Datum::new(name, origin)).collect();
        switches.set(database.key.as_str(), Datum::new(Value::List(names), origin));
    }
    Value::JsonText(Box::new(Datum::new(switches, origin)))
}

/// One for each cutover to the database.
fn rotation_parameters(cx: &Cx, database: &ast::Database) -> Vec<String> {
    let cutovers = cx.index.to(database.key.as_str()).filter_map(|relation| relation.cutover);
    let names = cutovers.map(|cutover| cx.path_name(&parameters::of_cutover(cx, cutover, "rotation")));
    // Several replications to a database may move together.
    names.collect::<IndexSet<String>>().into_iter().collect()
}

/// The namespace of the functions' own metrics.
pub(crate) fn namespace(cx: &Cx) -> String {
    format!("Migspec/{}/{}", cx.spec.key, cx.env())
}

/// The physical name of a function.
pub(crate) fn name(cx: &Cx, kind: &str) -> String {
    cx.physical(names::FUNCTION, kind)
}

/// The physical name of the queue of failed invocations.
pub(crate) fn queue_name(cx: &Cx) -> String {
    cx.physical(names::QUEUE, names::dead_letters().as_str())
}

/// The network that functions run in: the one of the first replication.
fn network<'a>(cx: &Cx<'a>) -> Option<&'a ast::Network> {
    cx.index.relations.first().map(|relation| relation.network)
}

/// A queue for failed asynchronous invocations, with an alarm.
fn dead_letters(cx: &mut Cx, from: Span) {
    let name = queue_name(cx);
    let queue = Queue {
        id: names::dead_letters(),
        name: &name,
        key: "functions",
        visible_again: 30,
        redrive: None,
        topic: None,
        path: "functions",
        at: Origin::derived(BY, from),
    };
    queue::add(cx, queue);
}

fn invocation(cx: &mut Cx, kind: &Kind, at: &str, origin: Origin) {
    let id = format!("{}-invocation", kind.name);
    let resource = Resource::new("AWS::Lambda::EventInvokeConfig", id, at, origin)
        .set("FunctionName", Value::reference(names::function(kind.name)))
        .set("Qualifier", "$LATEST")
        .set("MaximumEventAgeInSeconds", 3600)
        .set("MaximumRetryAttempts", 2);
    cx.add(resource);
}

/// Secrets Manager of this account calls the rotation.
fn permission(cx: &mut Cx, kind: &Kind, at: &str, origin: Origin) {
    let account = cx.graph.environment.account.clone();
    let resource = Resource::new("AWS::Lambda::Permission", names::function_permission(kind.name), at, origin)
        .set("FunctionName", Value::reference(names::function(kind.name)))
        .set("Action", "lambda:InvokeFunction")
        .set("Principal", "secretsmanager.amazonaws.com")
        .set("SourceAccount", account);
    cx.add(resource);
}
