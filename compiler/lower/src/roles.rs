//! Roles: one for each actor, bounded, trusted to one service in this account.

use std::sync::Arc;

use migspec_ir::{Actor, Datum, Id, Origin, Resource, Value};

use crate::cx::{Cx, datum};
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
        .set("RoleName", name(cx, names::ROLE, &format!("{}-role", role.stem)))
        .set_if("Path", path_of(cx))
        .set("AssumeRolePolicyDocument", trust)
        .set("PermissionsBoundary", Value::reference(names::permissions_boundary()));
    let id = cx.add(resource);
    cx.actor(&id, role.actor);
    id
}

/// The physical name of a role or policy, with the prefix of the organisation.
pub(crate) fn name(cx: &Cx, named: names::Named, stem: &str) -> String {
    let prefix = cx.spec.roles.as_ref().and_then(|rules| rules.prefix.as_ref());
    let prefix = prefix.map_or("", |prefix| prefix.as_str());
    let longest = migspec_ir::naming::longest(named.0, named.1).saturating_sub(prefix.len());
    format!("{prefix}{}", names::physical(&cx.pattern, &cx.graph.migration, stem, cx.env(), longest))
}

/// The path that the organisation demands.
pub(crate) fn path_of(cx: &Cx) -> Option<Datum> {
    let path = cx.spec.roles.as_ref()?.path.as_ref()?;
    Some(datum(path, |path| path.as_str().to_owned()))
}
