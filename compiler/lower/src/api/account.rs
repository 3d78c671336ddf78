//! The account-wide role for the logs of API Gateway: one for each account and
//! region, created if the spec declares it.

use migspec_ir::{Actor, Datum, Origin, Resource, Value};
use migspec_syntax::value::RoleService;

use super::BY;
use crate::cx::Cx;
use crate::{names, roles};

pub(super) fn lower(cx: &mut Cx) {
    let spec = cx.spec;
    let Some(node) = spec.account_roles.iter().find(|n| *n.service == RoleService::ApiGateway && *n.create) else {
        return;
    };
    let at = Origin::derived(BY, node.place.header);
    let path = format!("account-roles \"{}\"", node.service.word());
    let role = roles::Role {
        id: names::role("api-logging"),
        stem: "api-logging",
        actor: Actor::ApiLogging,
        service: "apigateway.amazonaws.com",
        source: None,
    };
    let role = roles::add(cx, role, path.as_str(), at);
    grants(cx, &role, at);
    cx.add(
        Resource::new("AWS::ApiGateway::Account", names::api_account(), path, at)
            .set("CloudWatchRoleArn", Value::attribute(role, "Arn"))
            .retained(),
    );
}

/// Groups of execution logs are named by API Gateway; access logs go to ours.
fn grants(cx: &mut Cx, role: &migspec_ir::Id, at: Origin) {
    const WHY: &str = "account-roles \"api-gateway\"";
    let all = vec![Datum::new("*", at)];
    cx.grant(role, &["logs:DescribeLogGroups"], all, Vec::new(), WHY, at);
    let access = format!("log-group:{}", cx.path_name("api/*"));
    // fact: apigateway-account-role
    let groups = ["log-group:/aws/apigateway/*", "log-group:API-Gateway-Execution-Logs_*", access.as_str()];
    let arns = |cx: &Cx, suffix: &str| -> Vec<Datum> {
        groups.iter().map(|group| Datum::new(cx.arn("logs", &format!("{group}{suffix}")), at)).collect()
    };
    let on_groups = arns(cx, "");
    cx.grant(role, &["logs:CreateLogGroup", "logs:DescribeLogStreams"], on_groups, Vec::new(), WHY, at);
    let on_streams = arns(cx, ":log-stream:*");
    cx.grant(role, &["logs:CreateLogStream", "logs:PutLogEvents"], on_streams, Vec::new(), WHY, at);
}
