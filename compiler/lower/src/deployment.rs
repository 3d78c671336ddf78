//! The Terraform state backend, and the outputs of a deployment.

use std::sync::Arc;

use migspec_diag::{Diagnostic, Span};
use migspec_ir::partition::partition_of;
use migspec_ir::{Datum, Deployer, Id, Origin, Output, Resource, StateStore, Value};
use migspec_syntax::Setting;
use migspec_syntax::value::{NamePath, StateKind, Text};

use crate::cx::Cx;
use crate::names;

const BY: &str = "deployment";

pub(crate) fn lower(cx: &mut Cx) {
    state(cx);
    deployer(cx);
    databases(cx);
    apis(cx);
    workflows(cx);
    if let Some(monitor) = &cx.spec.monitor {
        let value = Value::reference(names::topic());
        output(
            cx,
            "notifications-topic",
            "Topic of the notifications to the operations team",
            names::topic(),
            value,
            monitor.place.name,
        );
    }
}

fn deployer(cx: &mut Cx) {
    let Some(deploy) = &cx.environment.deploy else { return };
    if deploy.role.service() != "iam" || !deploy.role.resource().starts_with("role/") {
        cx.report(
            Diagnostic::error("deployer-without-role", format!("`{}` is not the ARN of a role", deploy.role.value))
                .at(deploy.role.span(), "not a role")
                .help("write role=\"arn:aws:iam::222222222222:role/deployer\""),
        );
    }
    let account = cx.graph.environment.account.clone();
    if deploy.role.account() != &*account || deploy.role.partition() != cx.graph.environment.partition {
        cx.report(
            Diagnostic::error(
                "deployer-elsewhere",
                format!("`{}` is not a role of account {account}", deploy.role.value),
            )
            .at(deploy.role.span(), "would deploy into its own account")
            .with(cx.graph.environment.span, "the environment")
            .help(format!(
                "name a role such as \"arn:{}:iam::{account}:role/deployer\"",
                cx.graph.environment.partition
            )),
        );
    }
    cx.graph.deployer = Some(Deployer {
        role: deploy.role.as_str().into(),
        external_id: deploy.external_id.as_ref().map(|id| id.value.clone()),
    });
}

/// Names of arguments that hold a credential: state backends read them from the
/// environment of Terraform.
const CREDENTIALS: [&str; 7] = ["access_key", "credential", "password", "sas", "secret", "token", "conn_str"];

/// Whether an argument of a backend does without TLS, or without the verification of the server.
fn is_open(name: &str, value: &str) -> bool {
    let is_unverified = ["insecure", "skip_cert_verification"].contains(&name) && value != "false";
    is_unverified || value.starts_with("http://") || name == "scheme" && value == "http"
}

/// Why an argument of the backend `s3` weakens the state; `None` for those that are known as harmless
/// (fact: terraform-s3-backend).
fn weakness(name: &str, value: &str, account: &str) -> Option<&'static str> {
    const HARMLESS: &[&str] =
        &["dynamodb_table", "max_retries", "retry_mode", "use_fips_endpoint", "workspace_key_prefix"];
    let is_of_account = || value.split(':').nth(4).is_some_and(|owner| owner == account);
    match name {
        "encrypt" | "use_lockfile" => (value != "true").then_some("switches a protection off"),
        "acl" => (value != "private").then_some("opens the state to others"),
        "kms_key_id" => (!is_of_account() || value.contains(":alias/aws/")).then_some("is no key of this account"),
        "role_arn" => (!is_of_account()).then_some("is a role of another account"),
        _ if HARMLESS.contains(&name) => None,
        _ => Some("is not known as harmless"),
    }
}

/// The backend `s3` keeps a state encrypted, locked, and in the account of the environment.
fn check_s3(cx: &Cx, state: &migspec_syntax::ast::State) -> Vec<Diagnostic> {
    if *state.kind != StateKind::S3 {
        return Vec::new();
    }
    let arguments = state.arguments.iter().flat_map(|node| &node.arguments);
    let is_other = |name: &str, value: &str| CREDENTIALS.iter().any(|word| name.contains(word)) || is_open(name, value);
    let checked = arguments.filter(|(name, value)| !is_other(&name.value, &value.value));
    let account = &cx.graph.environment.account;
    let mut problems: Vec<Diagnostic> = checked
        .filter_map(|(name, value)| {
            let why = weakness(&name.value, &value.value, account)?;
            let message = format!("the argument `{}` of the state backend {why}", name.value);
            let help = "remove it, or give it to Terraform by `-backend-config`, which the team reviews";
            Some(Diagnostic::error("state-argument", message).at(value.span(), "weakens the state").help(help))
        })
        .collect();
    let here = cx.graph.environment.partition;
    if let Some(region) = state.region.as_ref().filter(|region| partition_of(region.as_str()) != here) {
        let message = format!("`{}` is no region of the partition `{here}`", region.as_str());
        problems.push(
            Diagnostic::error("state-argument", message)
                .at(region.span(), "out of reach of the account")
                .help("name the region of the bucket, in the partition of the environment"),
        );
    }
    let other = state.key.as_ref().and_then(|key| {
        let mut parts = key.as_str().split(['/', '.']);
        Some((key, parts.find(|part| cx.other_environments().any(|name| name == *part))?))
    });
    if let Some((key, other)) = other {
        let message = format!("`{}` is the state of the environment `{other}`", key.as_str());
        problems.push(
            Diagnostic::error("state-argument", message)
                .at(key.span(), "one state for two environments")
                .help(format!("write a key of its own, such as key=\"{}/{}\"", cx.spec.key, cx.env())),
        );
    }
    problems
}

fn state(cx: &mut Cx) {
    let Some(state) = &cx.environment.state else { return };
    let region = state.region.as_ref().map_or(&cx.environment.region, |region| region);
    let text = |text: &Setting<Text>| (text.value.clone(), text.span());
    let path = |key: &Setting<NamePath>| (Arc::from(key.as_str()), key.span());
    let given = [
        ("bucket", state.bucket.as_ref().map(text)),
        ("key", state.key.as_ref().map(path)),
        ("region", state.region.as_ref().map(|region| (Arc::from(region.as_str()), region.span()))),
        ("organization", state.organization.as_ref().map(text)),
        ("workspace", state.workspace.as_ref().map(text)),
    ];
    let (backend, needs, takes): (&'static str, &[&str], &[&str]) = match *state.kind {
        StateKind::S3 => ("s3", &["bucket", "key"], &["region"]),
        StateKind::Hcp => ("cloud", &["organization", "workspace"], &[]),
        other => (other.word(), &[], &[]),
    };
    let mut problems = Vec::new();
    for (name, value) in &given {
        let report = |at, label: &str, help: String| {
            let message = format!("the backend `{}` {label} `{name}`", state.kind.word());
            Diagnostic::error("state-backend", message).at(at, "the backend").help(help)
        };
        match value {
            None if needs.contains(name) => {
                problems.push(report(state.place.header, "needs", format!("add `{name}=`")));
            }
            Some((_, at)) if !needs.contains(name) && !takes.contains(name) => {
                problems.push(report(*at, "does not take", format!("remove `{name}=`, or write it in `arguments`")));
            }
            _ => {}
        }
    }
    let arguments = state.arguments.iter().flat_map(|node| &node.arguments);
    for (name, _) in arguments.clone().filter(|(name, _)| CREDENTIALS.iter().any(|word| name.value.contains(word))) {
        let message = format!("the argument `{}` of the state backend holds a credential", name.value);
        problems.push(
            Diagnostic::error("secret-in-state", message)
                .at(name.span, "would be in the repository")
                .help("remove it, and give it to Terraform in its environment"),
        );
    }
    for (name, value) in arguments.clone().filter(|(name, value)| is_open(&name.value, &value.value)) {
        let message =
            format!("the argument `{}` sends the state of Terraform in clear text or to any server", name.value);
        problems.push(
            Diagnostic::error("state-without-tls", message)
                .at(value.span(), "the state contains account numbers, names and keys of resources")
                .help("use HTTPS with verification of the server"),
        );
    }
    problems.extend(check_s3(cx, state));
    let mut all: Vec<(Arc<str>, Arc<str>)> =
        given.into_iter().filter_map(|(name, value)| Some((Arc::from(name), value?.0))).collect();
    if *state.kind == StateKind::S3 && state.region.is_none() {
        all.push(("region".into(), region.as_str().into()));
    }
    all.extend(arguments.map(|(name, value)| (name.value.clone(), value.value.clone())));
    cx.graph.state = Some(StateStore { backend, arguments: all });
    problems.into_iter().for_each(|problem| cx.report(problem));
}

fn databases(cx: &mut Cx) {
    let spec = cx.spec;
    for database in &spec.database {
        let (key, id) = (database.key.as_str(), names::cluster(database.key.as_str()));
        let endpoint = Value::attribute(id.clone(), "Endpoint.Address");
        let text = format!("Writer endpoint of the database {key}");
        output(cx, &format!("{key}-endpoint"), &text, id, endpoint, database.place.name);
    }
}

fn apis(cx: &mut Cx) {
    let spec = cx.spec;
    for api in &spec.api {
        let (key, id) = (api.key.as_str(), names::rest_api(api.key.as_str()));
        let text = format!("Id of the API {key}");
        output(cx, &format!("{key}-api"), &text, id.clone(), Value::reference(id), api.place.name);
        if let Some(domain) = api.domain.as_ref().filter(|domain| !*domain.existing) {
            let text = format!("Regional name behind {}", domain.name.value);
            let id = names::api_domain(key);
            let value = Value::attribute(id.clone(), "RegionalDomainName");
            output(cx, &format!("{key}-regional-name"), &text, id, value, domain.place.name);
        }
    }
}

fn workflows(cx: &mut Cx) {
    let spec = cx.spec;
    for cutover in &spec.cutover {
        let (key, id) = (cutover.key.as_str(), names::state_machine(cutover.key.as_str()));
        let text = format!("State machine of the cutover {key}");
        output(cx, &format!("{key}-workflow"), &text, id.clone(), Value::reference(id), cutover.place.name);
    }
}

/// An output of a derived resource; a refused resource has none.
fn output(cx: &mut Cx, name: &str, description: &str, of: Id, value: Value, from: Span) {
    if cx.graph.resources.contains_key(&of) {
        let origin = Origin::derived(BY, from);
        let value = Datum::new(value, origin);
        // The path of the policy entity.
        let path = cx.graph.get(&of).map_or_else(|| Arc::from(""), |resource| Arc::clone(&resource.path));
        let shown = Resource::new("Migspec::Output", names::output(name), path, origin);
        let shown = shown.set("Name", name).set("Value", &value);
        cx.graph.resources.insert(shown.id.clone(), shown);
        cx.graph.outputs.push(Output { name: name.into(), description: description.to_owned(), value });
    }
}
