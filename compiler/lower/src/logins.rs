//! Logins: which secret holds the credentials of a database login.

use migspec_diag::{Diagnostic, Span};
use migspec_ir::{Id, Origin, Value};
use migspec_syntax::value::{LoginPurpose, NamePath};
use migspec_syntax::{Setting, ast};

use crate::cx::{Cx, origin};
use crate::{key_arns, names};

/// A login and its secret.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub(crate) purpose: LoginPurpose,
    pub(crate) secret: Secret,
    pub(crate) origin: Origin,
}

#[derive(Clone, Debug)]
pub(crate) enum Secret {
    /// One that exists, by name, with the ARN of its key where that is not
    /// AWS's own.
    Existing { name: String, key: Option<String> },
    /// One that this migration makes and rotates.
    Generated(Id),
}

impl Secret {
    /// The id of a secret for AWS services and functions: the ARN, and for an
    /// existing secret the ARN without the six characters that Secrets Manager
    /// appends. Terraform's provider rejects a plain name.
    pub(crate) fn id(&self, cx: &Cx) -> Value {
        match self {
            Secret::Existing { name, .. } => cx.arn("secretsmanager", &format!("secret:{name}")),
            Secret::Generated(id) => Value::reference(id.clone()),
        }
    }

    /// Its ARN, for policies. The six characters that Secrets Manager appends
    /// to the name of a secret that exists are unknown: six wildcards, no more.
    pub(crate) fn arn(&self, cx: &Cx) -> Value {
        match self {
            Secret::Existing { name, .. } => cx.arn("secretsmanager", &format!("secret:{name}-??????")),
            Secret::Generated(id) => Value::reference(id.clone()),
        }
    }
}

/// The login of a source. `None` if the author names none; that is reported
/// where the source is lowered.
pub(crate) fn of_source(source: &ast::Source, purpose: LoginPurpose) -> Option<Login> {
    let login = source.login.iter().find(|l| *l.purpose == purpose)?;
    let secret = login.secret.as_ref()?;
    Some(Login { purpose, secret: existing(login, secret), origin: origin(secret) })
}

/// A login has one source of its password.
pub(crate) fn check(cx: &mut Cx, logins: &[ast::Login]) {
    for login in logins {
        if let Some(key) = &login.key {
            key_arns::check_key_of_secret(cx, key);
        }
        if let (None, Some(generate)) = (&login.secret, login.generate.as_ref().filter(|g| !g.value)) {
            cx.report(
                Diagnostic::error(
                    "login-without-secret",
                    format!("the login `{}` generates no secret and names none", login.purpose.word()),
                )
                .at(generate.span(), "no credential is left")
                .help("remove it, or name the secret with `secret=`"),
            );
        }
        if let (Some(secret), Some(generate)) = (&login.secret, login.generate.as_ref().filter(|g| g.value)) {
            cx.report(
                Diagnostic::error(
                    "generate-beside-secret",
                    format!("the login `{}` names a secret and generates one", login.purpose.word()),
                )
                .at(generate.span(), "one of the two has no effect")
                .with(secret.span(), "the secret that exists")
                .help("write either `secret=` or `generate=#true`"),
            );
        }
    }
}

fn existing(login: &ast::Login, name: &Setting<NamePath>) -> Secret {
    Secret::Existing { name: name.to_string(), key: login.key.as_ref().map(|key| key.to_string()) }
}

/// The login of a database. One that the author does not write is made and
/// rotated.
pub(crate) fn of_database(database: &ast::Database, purpose: LoginPurpose) -> Login {
    let written = database.login.iter().find(|l| *l.purpose == purpose);
    let generated = Secret::Generated(names::login_secret(database.key.as_str(), purpose.word()));
    match written {
        Some(login @ ast::Login { secret: Some(secret), .. }) => {
            Login { purpose, secret: existing(login, secret), origin: origin(secret) }
        }
        Some(login) => {
            let at = login.generate.as_ref().map_or_else(|| Origin::derived("login", login.place.header), origin);
            Login { purpose, secret: generated, origin: at }
        }
        None => Login { purpose, secret: generated, origin: default_origin(database.place.header) },
    }
}

fn default_origin(node: Span) -> Origin {
    Origin::Default { of: "generate", node }
}

/// The logins that a database needs, and those that its author writes, each
/// once and in the order of purposes.
pub(crate) fn all_of_database(cx: &Cx, database: &ast::Database) -> Vec<Login> {
    let mut purposes: Vec<LoginPurpose> = cx
        .index
        .to(database.key.as_str())
        .flat_map(|relation| relation.database_logins().collect::<Vec<_>>())
        .chain(database.login.iter().map(|l| *l.purpose))
        .collect();
    purposes.sort();
    purposes.dedup();
    purposes.into_iter().map(|purpose| of_database(database, purpose)).collect()
}

/// The database user of a generated login.
pub(crate) fn user(purpose: LoginPurpose) -> &'static str {
    match purpose {
        LoginPurpose::Replication => "migspec_replication",
        LoginPurpose::Validation => "migspec_validator",
        LoginPurpose::Fence => "migspec_fence",
        LoginPurpose::ReverseCapture => "migspec_reverse",
        LoginPurpose::ReverseApply => "migspec_apply",
    }
}
