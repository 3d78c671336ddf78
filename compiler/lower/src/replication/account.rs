//! The two roles that AWS DMS finds by name, once for each account.

use migspec_ir::{Actor, Map, Origin, Resource, Value, list};
use migspec_syntax::value::RoleService;

use super::BY;
use crate::cx::Cx;
use crate::{names, policy};

/// Lets DMS place its network interfaces (fact: dms-account-roles).
pub(super) const VPC: Fixed =
    Fixed { name: "dms-vpc-role", stem: "dms-vpc", policy: "AmazonDMSVPCManagementRole", actor: Actor::DmsVpc };

/// Lets DMS write the logs of its tasks.
pub(super) const LOGS: Fixed = Fixed {
    name: "dms-cloudwatch-logs-role",
    stem: "dms-cloudwatch-logs",
    policy: "AmazonDMSCloudWatchLogsRole",
    actor: Actor::DmsLogs,
};

/// A role with a fixed name and its managed policy. With fewer permissions, DMS refuses the first role, and stops
/// logging with the second.
#[derive(Clone, Copy)]
pub(super) struct Fixed {
    name: &'static str,
    stem: &'static str,
    policy: &'static str,
    actor: Actor,
}

pub(super) fn lower(cx: &mut Cx) {
    let spec = cx.spec;
    for node in spec.account_roles.iter().filter(|n| *n.service == RoleService::Dms && *n.create) {
        let origin = Origin::derived(BY, node.place.header);
        add(cx, VPC, origin);
        add(cx, LOGS, origin);
    }
}

/// The trust policy checks the account alone: DMS assumes the roles for subnet
/// groups, instances and tasks (fact: dms-trust-conditions).
fn add(cx: &mut Cx, fixed: Fixed, origin: Origin) {
    let trust: Map = policy::trust(cx, "dms.amazonaws.com", None, origin);
    let managed = format!("arn:{}:iam::aws:policy/service-role/{}", cx.graph.environment.partition, fixed.policy);
    let role = Resource::new("AWS::IAM::Role", names::role(fixed.stem), "account-roles \"dms\"", origin)
        .set("RoleName", fixed.name)
        .set("AssumeRolePolicyDocument", trust)
        .set("ManagedPolicyArns", list!(origin, [Value::from(managed)]))
        .retained();
    let id = cx.add(role);
    cx.actor(&id, fixed.actor);
}

/// Orders a resource after a role that DMS needs for it, where this spec
/// makes the role.
pub(super) fn after(cx: &Cx, resource: Resource, fixed: Fixed) -> Resource {
    let role = names::role(fixed.stem);
    if cx.graph.get(&role).is_some() { resource.after(role) } else { resource }
}

#[cfg(test)]
mod tests {
    use migspec_ir::json;

    use crate::testing::payments;

    /// AWS's own form: DMS assumes its roles for resources of this account (fact: dms-trust-conditions).
    #[test]
    fn roles_of_dms_trust_it_for_this_account() {
        let lowered = payments("prod");
        let mut seen = 0;
        for role in lowered.graph.of_type("AWS::IAM::Role") {
            let document = role.get("AssumeRolePolicyDocument").and_then(json::document).expect("a trust policy");
            let statements = document.get("Statement").and_then(|d| d.value.as_list()).unwrap_or_default();
            for statement in statements {
                let services = format!("{:?}", statement.get("Principal"));
                if !services.contains("\"dms.") {
                    continue;
                }
                let account = statement.get("Condition").and_then(|c| c.get("StringEquals")?.value.as_map());
                let account = account.and_then(|map| map.get("aws:SourceAccount")?.value.as_str());
                assert_eq!(account, Some("222222222222"), "{}", role.id);
                seen += 1;
            }
        }
        assert!(seen >= 2, "{seen} roles trust DMS");
    }
}
