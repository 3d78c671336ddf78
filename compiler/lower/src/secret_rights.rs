//! The right to read a secret, which is two rights: to the secret and to its
//! key, through Secrets Manager and for this secret only.

use migspec_ir::partition::regional_service;
use migspec_ir::{Condition, Datum, Id, Origin, Value};

use crate::cx::Cx;
use crate::keys;
use crate::logins::{Login, Secret};

/// The right to read a login's secret under conditions, and to decrypt it where
/// its key is ours.
pub(crate) fn grant_secret(
    cx: &mut Cx,
    role: &Id,
    login: &Login,
    actions: &[&'static str],
    when: Vec<Condition>,
    why: &str,
) {
    let arn = login.secret.arn(cx);
    let here = login.origin;
    cx.grant(role, actions, vec![Datum::new(arn.clone(), here)], when, why, here);
    let via = regional_service("secretsmanager", &cx.graph.environment.region);
    let conditions = vec![
        condition("StringEquals", "kms:ViaService", via.into(), here),
        condition(operator(&login.secret), "kms:EncryptionContext:SecretARN", arn, here),
    ];
    match &login.secret {
        Secret::Generated(_) => {
            let key = Datum::new(keys::arn("secrets"), here);
            cx.grant(role, &["kms:Decrypt"], vec![key], conditions, why, here);
        }
        Secret::Existing { key: Some(key), .. } => {
            let key = Datum::new(key.as_str(), here);
            cx.grant(role, &["kms:Decrypt"], vec![key], conditions, why, here);
        }
        // Under AWS's own key the right to read the secret is enough.
        Secret::Existing { key: None, .. } => {}
    }
}

fn operator(secret: &Secret) -> &'static str {
    match secret {
        Secret::Generated(_) => "StringEquals",
        Secret::Existing { .. } => "StringLike",
    }
}

pub(crate) fn condition(operator: &'static str, key: &str, value: Value, here: Origin) -> Condition {
    Condition { operator, key: key.into(), values: vec![Datum::new(value, here)] }
}
