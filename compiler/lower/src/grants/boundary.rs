//! The permissions boundary of all roles, which also limits policies that are
//! attached later.

use std::collections::{BTreeMap, BTreeSet};

use migspec_diag::Diagnostic;
use migspec_ir::partition::regional_service;
use migspec_ir::{Datum, Grant, Origin, Resource, Settings, Value, json, limits};
use migspec_syntax::value::Arn;
use migspec_syntax::{Setting, ast};

use super::{BY, document, text};
use crate::cx::Cx;
use crate::policy::Statement;
use crate::{names, roles};

/// Actions that would remove the evidence, the keys or the boundary itself.
const NEVER: [&str; 9] = [
    "cloudtrail:DeleteTrail",
    "cloudtrail:StopLogging",
    "iam:*",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "logs:DeleteLogGroup",
    "organizations:*",
    "s3:DeleteBucket",
    "s3:PutBucketPolicy",
];

/// Services whose rights it allows on the granted resources only: a role with a wider policy that somebody attaches later
/// reads no other secret, and decrypts with no other key.
const NARROWED: [(&str, &str); 2] = [("kms", "GrantedKeys"), ("secretsmanager", "GrantedSecrets")];

/// Allows the grants of all roles, and denies the actions of `NEVER`.
pub(super) fn lower(cx: &mut Cx, grants: &[Grant]) {
    if grants.iter().all(|grant| grant.actions.is_empty()) {
        return;
    }
    let rules = cx.spec.roles.as_ref();
    if let Some(document) = rules.filter(|rules| rules.boundary.is_none()).and_then(|rules| rules.document.as_ref()) {
        cx.report(
            Diagnostic::error("declares-nothing", "`document` is of a boundary that `roles` does not name")
                .at(document.span(), "has no effect")
                .help("remove it, or name the policy with `boundary=`"),
        );
    }
    if let Some((rules, arn)) = rules.and_then(|rules| Some((rules, rules.boundary.as_ref()?))) {
        return existing(cx, rules, arn);
    }
    let origin = Origin::derived(BY, cx.spec.place.header);
    let narrow: Vec<Right<'_>> = NARROWED.iter().flat_map(|(service, _)| rights_of(grants, service)).collect();
    let mut policy = document(statements(cx, grants, &narrow, origin), origin);
    let limit = limits::of_type("AWS::IAM::ManagedPolicy").find(|limit| limit.path == "PolicyDocument");
    if limit.is_some_and(|limit| limits::text_size(&Value::from(policy.clone()), &cx.graph) > limit.most) {
        // The names of all secrets take more than IAM accepts: a policy reports what the boundary leaves open.
        policy = document(statements(cx, grants, &[], origin), origin);
    }
    let path = format!("migration \"{}\"", cx.spec.key.as_str());
    let policy = Resource::new("AWS::IAM::ManagedPolicy", names::permissions_boundary(), path, origin)
        .set("ManagedPolicyName", roles::name(cx, names::MANAGED_POLICY, "boundary"))
        .set_if("Path", roles::path_of(cx))
        .set("Description", "Permissions boundary of the roles of the migration")
        .set("PolicyDocument", policy);
    cx.add(policy);
}

/// An action that every grant of it limits to named resources.
struct Right<'g> {
    action: &'static str,
    on: Vec<&'g Datum>,
}

/// The rights of a service, without those on everything.
fn rights_of<'g>(grants: &'g [Grant], service: &str) -> Vec<Right<'g>> {
    let is_of = |action: &&'static str| action.split_once(':').is_some_and(|(of, _)| of == service);
    let actions: BTreeSet<&'static str> = grants.iter().flat_map(|g| g.actions.iter().copied()).filter(is_of).collect();
    let named = |action: &'static str| {
        let of_action = grants.iter().filter(|grant| grant.actions.contains(&action));
        let on: Vec<&Datum> = of_action.flat_map(|grant| &grant.resources).collect();
        on.iter().all(|on| on.value.as_str() != Some("*")).then_some(Right { action, on })
    };
    actions.into_iter().filter_map(named).collect()
}

/// The statements of the boundary, with these rights on their resources and all others on everything.
fn statements(cx: &Cx, grants: &[Grant], narrow: &[Right<'_>], origin: Origin) -> Vec<Statement> {
    let is_narrow = |action: &&'static str| narrow.iter().any(|right| right.action == *action);
    let all: BTreeSet<&'static str> = grants.iter().flat_map(|grant| grant.actions.iter().copied()).collect();
    let others: Vec<&str> = all.into_iter().filter(|action| !is_narrow(action)).collect();
    let mut statements =
        vec![Statement::allow("GrantedToSomeRole", origin).actions(&others).resources(vec!["*".into()])];
    for (service, sid) in NARROWED {
        let of: Vec<&Right<'_>> =
            narrow.iter().filter(|r| r.action.split_once(':').is_some_and(|(name, _)| name == service)).collect();
        if of.is_empty() {
            continue;
        }
        let actions: Vec<&str> = of.iter().map(|right| right.action).collect();
        let resources: BTreeMap<String, &Value> =
            of.iter().flat_map(|right| &right.on).map(|on| (text(&on.value), &on.value)).collect();
        let resources = resources.into_values().cloned().collect();
        statements.push(Statement::allow(sid, origin).actions(&actions).resources(resources));
    }
    if !narrow.is_empty() && reads_under_key_of_aws(grants) {
        let environment = &cx.graph.environment;
        let (partition, region, account) = (environment.partition, &environment.region, &environment.account);
        let keys = format!("arn:{partition}:kms:{region}:{account}:key/*");
        let via = regional_service("secretsmanager", region);
        let statement = Statement::allow("KeysOfAws", origin).actions(&["kms:Decrypt"]).resources(vec![keys.into()]);
        statements.push(statement.when("StringEquals", "kms:ViaService", via));
    }
    statements.push(Statement::deny("Never", origin).actions(&NEVER).resources(vec!["*".into()]));
    statements
}

/// Whether a role reads an existing secret without a right to its key: AWS's own key allows that through Secrets Manager,
/// unless a boundary does not.
fn reads_under_key_of_aws(grants: &[Grant]) -> bool {
    let of = |action: &'static str| grants.iter().filter(move |grant| grant.actions.contains(&action));
    let secrets = of("kms:Decrypt").flat_map(|grant| &grant.conditions);
    let secrets = secrets.filter(|condition| &*condition.key == "kms:EncryptionContext:SecretARN");
    let decrypted: BTreeSet<&str> =
        secrets.flat_map(|condition| &condition.values).filter_map(|value| value.value.as_str()).collect();
    let mut read = of("secretsmanager:GetSecretValue").flat_map(|grant| &grant.resources);
    read.any(|on| on.value.as_str().is_some_and(|arn| !decrypted.contains(arn)))
}

const DECLARES: Settings = &[("allowsEverything", "`document=` of `roles`"), ("leavesOpen", "`document=` of `roles`")];

/// The boundary of the organisation, with its declared document.
fn existing(cx: &mut Cx, rules: &ast::RoleRules, arn: &Setting<Arn>) {
    let origin = Origin::derived(BY, arn.span());
    let (account, partition) = (cx.graph.environment.account.clone(), cx.graph.environment.partition);
    let is_here = arn.account() == &*account && arn.partition() == partition;
    if arn.service() != "iam" || !is_here || !arn.resource().starts_with("policy/") {
        let message = format!("`{}` is not a policy of account {account}", arn.value);
        let help = format!("name a policy such as \"arn:{partition}:iam::{account}:policy/boundary\"");
        cx.report(
            Diagnostic::error("boundary-elsewhere", message)
                .at(arn.span(), "cannot bound these roles")
                .with(cx.graph.environment.span, "the environment")
                .help(help),
        );
    }
    let text = rules.document.as_ref().and_then(|name| Some((name, cx.file(name.as_str())?.clone())));
    let document = text.map(|(name, text)| (name, json::parse(&text, Origin::derived(BY, name.span()))));
    if let Some((name, None)) = &document {
        cx.report(
            Diagnostic::error("not-a-document", format!("`{}` contains no JSON", name.as_str()))
                .at(name.span(), "not JSON")
                .help("write the policy document that AWS shows for the boundary to this file"),
        );
    }
    let policy = Resource::new("AWS::IAM::ManagedPolicy", names::permissions_boundary(), "roles", origin)
        .existing(arn.as_str(), DECLARES)
        .set_if("PolicyDocument", document.and_then(|(_, document)| document));
    cx.add(policy);
}
