//! Secrets of generated logins: made under the secrets key, rotated by our
//! own function, readable in this account only.

use migspec_diag::Diagnostic;
use migspec_ir::naming::has_secret_suffix;
use migspec_ir::{Datum, Id, Map, Origin, Resource, Value, map};
use migspec_syntax::value::{Duration, NamePath};
use migspec_syntax::{Setting, ast};

use crate::cx::{Cx, datum, path};
use crate::logins::{self, Login, Secret};
use crate::policy::{self, Statement};
use crate::{database, keys, names, protection};

const BY: &str = "secrets";

pub(crate) fn lower(cx: &mut Cx) {
    check(cx);
    for database in &cx.spec.database {
        if let Some(replica) = &database.replica {
            let origin = Origin::derived(BY, replica.place.header);
            let template = master_template(cx, database, origin);
            add(cx, database, database::MASTER, template, origin);
        }
        for login in logins::all_of_database(cx, database) {
            if let Secret::Generated(_) = login.secret {
                let template = template(cx, database, &login);
                add(cx, database, login.purpose.word(), template, login.origin);
            }
        }
    }
}

/// The names of secrets that exist, of logins and of the callers of APIs.
fn written_names(spec: &ast::Migration) -> impl Iterator<Item = &Setting<NamePath>> {
    let logins = spec.source.iter().flat_map(|s| &s.login).chain(spec.database.iter().flat_map(|d| &d.login));
    let authorizers = spec.api.iter().filter_map(|api| api.authorizer.as_ref()).map(|authorizer| &authorizer.secret);
    logins.filter_map(|login| login.secret.as_ref()).chain(authorizers)
}

/// A name that ends in a hyphen and six characters is a complete ARN for AWS
/// (fact: secretsmanager-suffix).
fn check_names(cx: &mut Cx) {
    for name in written_names(cx.spec).filter(|name| has_secret_suffix(name.as_str())) {
        let message = format!("AWS takes the end of the secret name `{}` for the suffix of an ARN", name.as_str());
        cx.report(
            Diagnostic::error("ambiguous-secret-name", message)
                .at(name.span(), "ends in a hyphen and six characters")
                .help("name a secret with another ending: copy its value to a secret with a longer or shorter name"),
        );
    }
}

/// First parts of names that AWS gives to keys, parameters and other resources (fact: secretsmanager-managed).
const OF_OTHERS: &[&str] = &["alias", "arn", "aws", "key", "parameter", "role"];

/// A name of another kind of resource names no secret.
fn check_kind(cx: &mut Cx) {
    for name in written_names(cx.spec) {
        let first = name.as_str().split('/').next().unwrap_or_default().to_ascii_lowercase();
        if OF_OTHERS.contains(&&*first) {
            cx.report(
                Diagnostic::error("not-a-secret", format!("`{}` is no name of a secret of the team", name.as_str()))
                    .at(name.span(), format!("`{first}/` starts the name of another resource"))
                    .help("write the name of a secret in Secrets Manager, such as \"payments/ledger/replication\""),
            );
        }
    }
}

/// The secrets of the migration belong to one login each, and to the functions that rotate them.
fn check_generated(cx: &mut Cx) {
    let generated = format!("migration/{}/{}/", cx.spec.key, cx.env());
    check_environment(cx);
    for name in written_names(cx.spec).filter(|name| name.as_str().starts_with(&generated)) {
        cx.report(
            Diagnostic::error("generated-secret", format!("`{}` is a secret that the migration makes", name.as_str()))
                .at(name.span(), "has the password of another login")
                .help("name a secret of this login alone, or write `generate=#true` for a login of a database"),
        );
    }
}

/// Usual names of environments without live data, also where the spec has no such environment.
const NO_PRODUCTION: &[&str] =
    &["dev", "development", "int", "integration", "nonprod", "qa", "sandbox", "stage", "staging", "test", "uat"];

/// Each login has the rights of its purpose. That of an administrator has all of them, and nobody can fence it.
fn check_administrators(cx: &mut Cx) {
    const WORDS: &[&str] = &["admin", "administrator", "dba", "master", "rdsadmin", "root", "superuser", "sysadmin"];
    let spec = cx.spec;
    let logins = spec.source.iter().flat_map(|s| &s.login).chain(spec.database.iter().flat_map(|d| &d.login));
    // A secret that the migration makes is reported as that.
    let made = format!("migration/{}/", spec.key);
    let written = logins.filter_map(|login| login.secret.as_ref());
    for name in written.filter(|name| !name.as_str().starts_with(&made)) {
        let last = name.as_str().rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        if last != "postgres" && !last.split(['-', '_', '.']).any(|word| WORDS.contains(&word)) {
            continue;
        }
        cx.report(
            Diagnostic::error(
                "secret-of-administrator",
                format!("`{}` is the secret of an administrator", name.as_str()),
            )
            .at(name.span(), "has more rights than its purpose")
            .help(
                "create a login for this purpose alone, and name its secret, such as \"payments/ledger/replication\"",
            ),
        );
    }
}

/// A secret with another environment in its path opens the database of that environment.
fn check_environment(cx: &mut Cx) {
    let mut others: Vec<String> = cx.other_environments().map(str::to_owned).collect();
    if cx.graph.environment.production {
        others.extend(NO_PRODUCTION.iter().filter(|name| **name != cx.env()).map(|name| (*name).to_owned()));
    }
    for name in written_names(cx.spec) {
        let Some(other) = name.as_str().split('/').find(|part| others.iter().any(|other| other == part)) else {
            continue;
        };
        cx.report(
            Diagnostic::error("secret-of-another-environment", format!("`{}` is a secret of `{other}`", name.as_str()))
                .at(name.span(), format!("names the environment `{other}`"))
                .help(format!("name a secret of `{}`", cx.env())),
        );
    }
}

fn check(cx: &mut Cx) {
    check_names(cx);
    check_generated(cx);
    check_kind(cx);
    check_administrators(cx);
    let Some(secrets) = &cx.spec.secrets else { return };
    let days = secrets.rotate.days();
    if days == 0 || days > 1000 {
        cx.report(
            Diagnostic::error("rotation-period", format!("the rotation period cannot be {}", secrets.rotate.value))
                .at(secrets.rotate.span(), "out of range")
                .help("Secrets Manager rotates every 1 to 1000 days: write rotate=\"30d\""),
        );
    }
    let out_of_range = |window: &&Setting<Duration>| window.millis() != 0 && !(7..=30).contains(&window.days());
    if let Some(recovery) = secrets.recovery.as_ref().filter(out_of_range) {
        cx.report(
            Diagnostic::error("recovery-window", format!("the recovery window cannot be {}", recovery.value))
                .at(recovery.span(), "out of range")
                .help("write recovery=\"30d\": 7 to 30 days, or `0s` for none"),
        );
    }
}

/// The fields of a secret. DMS reads user, password, host and port; the runtime
/// functions read the others.
fn template(cx: &Cx, database: &ast::Database, login: &Login) -> Map {
    let cluster = names::cluster(database.key.as_str());
    let mut map = map!(login.origin, {
        "username": logins::user(login.purpose),
        "host": Value::attribute(cluster, "Endpoint.Address"),
    });
    for (name, datum) in shared_properties(cx, database, login.origin).iter() {
        map.set(name, datum.clone());
    }
    map.set("masterarn", Datum::new(database::master_secret(database), login.origin));
    map
}

/// The master's secret is made before the cluster, which takes its password
/// from it, so it cannot name the cluster's host.
fn master_template(cx: &Cx, database: &ast::Database, origin: Origin) -> Map {
    let mut map = map!(origin, { "username": database::MASTER_USER });
    for (name, datum) in shared_properties(cx, database, origin).iter() {
        map.set(name, datum.clone());
    }
    map
}

fn shared_properties(cx: &Cx, database: &ast::Database, origin: Origin) -> Map {
    let engine = if database.engine.is_postgresql() { "postgres" } else { "mysql" };
    let mut map = map!(origin, {
        "port": database::port_datum(database),
        "engine": engine,
        "dbClusterIdentifier": database::cluster_name(cx, database),
    });
    map.set("dbname", database::name(database));
    map
}

fn add(cx: &mut Cx, database: &ast::Database, purpose: &str, template: Map, origin: Origin) {
    let key = database.key.as_str();
    let path = format!("{} > login \"{purpose}\"", path("database", &database.key));
    let id = names::login_secret(key, purpose);
    let generate = map!(origin, {
        "SecretStringTemplate": Value::JsonText(Box::new(Datum::new(template, origin))),
        "GenerateStringKey": "password",
        "PasswordLength": 40,
        // DMS and connection strings refuse several punctuation characters
        // (fact: dms-password-characters).
        "ExcludePunctuation": true,
    });
    let recovery = cx.spec.secrets.as_ref().and_then(|secrets| secrets.recovery.as_ref());
    // The name of a deleted secret is taken until its recovery window ends.
    let recovery = recovery.map_or_else(|| protection::choose(cx, 30, 0), |window| datum(window, |d| d.days() as i64));
    let secret = Resource::new("AWS::SecretsManager::Secret", id.clone(), path.as_str(), origin)
        .set("Name", secret_name(cx, key, purpose))
        .set("Description", format!("Login {purpose} of the database {key} in {}", cx.env()))
        .set("KmsKeyId", keys::arn("secrets"))
        .set("GenerateSecretString", generate)
        .set("RecoveryWindowInDays", recovery)
        .retained();
    cx.add(secret);
    guard(cx, &id, &path, origin);
    rotate(cx, key, purpose, &path, origin);
}

/// `migration/{migration}/{environment}/{database}/{purpose}`.
fn secret_name(cx: &Cx, database: &str, purpose: &str) -> String {
    format!("migration/{}/{}/{database}/{purpose}", cx.spec.key, cx.env())
}

/// Denies principals of other accounts, even if a role policy allows them.
fn guard(cx: &mut Cx, secret: &Id, path: &str, origin: Origin) {
    let account = cx.graph.environment.account.clone();
    let statement = Statement::deny("OtherAccounts", origin)
        .anyone()
        .actions(&["secretsmanager:*"])
        .resources(vec!["*".into()])
        .when("StringNotEquals", "aws:PrincipalAccount", account);
    let resource = Resource::new("AWS::SecretsManager::ResourcePolicy", format!("{secret}-policy"), path, origin)
        .set("SecretId", Value::reference(secret.clone()))
        .set("BlockPublicPolicy", true)
        .set("ResourcePolicy", policy::document(vec![statement], origin));
    cx.add(resource);
}

/// Rotation waits for its schedule: attaching it must not change a password
/// before the login exists (and while DMS loads).
fn rotate(cx: &mut Cx, database: &str, purpose: &str, path: &str, origin: Origin) {
    let days = match &cx.spec.secrets {
        Some(secrets) => datum(&secrets.rotate, |d| d.days() as i64),
        None => Datum::new(30, Origin::Default { of: "rotate", node: cx.spec.place.header }),
    };
    let rules = map!(origin, { "AutomaticallyAfterDays": days, "Duration": "2h" });
    let function = names::function("secret-rotation");
    let resource =
        Resource::new("AWS::SecretsManager::RotationSchedule", names::login_rotation(database, purpose), path, origin)
            .set("SecretId", Value::reference(names::login_secret(database, purpose)))
            .set("RotationLambdaARN", Value::attribute(function, "Arn"))
            .set("RotationRules", rules)
            .set("RotateImmediatelyOnUpdate", false)
            .after(names::function_permission("secret-rotation"));
    cx.add(resource);
}

/// The generated secrets of a database, with the word of their purpose.
pub(crate) fn generated_secrets(cx: &Cx, database: &ast::Database) -> Vec<(String, Id)> {
    let key = database.key.as_str();
    let master =
        database.replica.as_ref().map(|_| (database::MASTER.to_owned(), names::login_secret(key, database::MASTER)));
    let logins = logins::all_of_database(cx, database).into_iter().filter_map(|login| match login.secret {
        Secret::Generated(id) => Some((login.purpose.word().to_owned(), id)),
        Secret::Existing { .. } => None,
    });
    master.into_iter().chain(logins).collect()
}
