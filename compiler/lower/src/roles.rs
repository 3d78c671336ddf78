//! Roles: one for each actor, bounded, trusted to one service in this account.

use std::sync::Arc;

use migspec_ir::{Actor, Id, Origin, Resource, Value};

use crate::cx::Cx;
use crate::{names, policy};

/// A role to be made.
pub(crate) struct Role<'s> {
    pub(crate) id: Id,
    /// The stem of its physical name: `{migration}-{stem}-role-{environment}`.
    pub(crate) stem: &'s str,
    pub(crate) actor: Actor,
    /// The only principal that may assume it.
    pub(crate) service: &'s str,
    /// The resource for which the service assumes the role, if the service passes it.
    pub(crate) source: Option<Value>,
}

/// Adds a role. Its permissions come from grants: see [`Cx::grant`].
pub(crate) fn add(cx: &mut Cx, role: Role, path: impl Into<Arc<str>>, origin: Origin) -> Id {
    let trust = policy::trust(cx, role.service, role.source, origin);
    let resource = Resource::new("AWS::IAM::Role", role.id, path, origin)
        .set("RoleName", cx.physical(names::ROLE, &format!("{}-role", role.stem)))
        .set("AssumeRolePolicyDocument", trust)
        .set("PermissionsBoundary", Value::reference(names::permissions_boundary()));
    let id = cx.add(resource);
    cx.actor(&id, role.actor);
    id
}
