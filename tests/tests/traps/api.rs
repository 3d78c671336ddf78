//! The API and the load balancer behind it.

use super::{every, every_block, every_such, ignores, is, nested, nobody_writes};

/// A deployment is made anew when the API changes, before the old goes.
#[test]
fn deployments_follow_their_api() {
    every_block("aws_api_gateway_deployment", |deployment| {
        deployment.body.get("triggers").is_some()
            && nested(deployment, "lifecycle").is_some_and(|l| is(l, "create_before_destroy", true))
    });
    every("AWS::ApiGateway::Deployment", |deployment| {
        let hash = deployment.id.get(deployment.id.len() - 10..).unwrap_or_default();
        hash.len() == 10 && hash.chars().all(|c| c.is_ascii_hexdigit())
    });
}

#[test]
fn stages_are_resources_of_their_own() {
    every("AWS::ApiGateway::Deployment", |deployment| deployment.property("StageName").is_null());
    every("AWS::ApiGateway::Stage", |stage| stage.property("CanarySetting").is_null());
}

#[test]
fn weights_are_the_workflows() {
    every_block("aws_lb_listener_rule", |rule| ignores(rule, "action"));
    every("AWS::ElasticLoadBalancingV2::ListenerRule", |r| r.refuses_updates());
}

#[test]
fn one_way_to_forward() {
    every("AWS::ElasticLoadBalancingV2::ListenerRule", |rule| {
        let actions = rule.property("Actions").as_array();
        actions.into_iter().flatten().all(|a| a["TargetGroupArn"].is_null() && a["ForwardConfig"].is_object())
    });
    every_block("aws_lb_listener_rule", |rule| {
        nested(rule, "action")
            .is_some_and(|a| a.body.get("target_group_arn").is_none() && nested(a, "forward").is_some())
    });
}

/// The requirements of an integration through a VPC link.
#[test]
fn integrations() {
    every("AWS::ApiGateway::Method", |method| {
        let integration = method.property("Integration");
        let linked = integration["ConnectionType"] == "VPC_LINK";
        let complete = ["IntegrationHttpMethod", "ConnectionId", "IntegrationTarget", "Uri", "PassthroughBehavior"];
        (!linked || complete.iter().all(|name| !integration[*name].is_null()))
            && integration["TimeoutInMillis"].as_u64().is_some_and(|ms| ms <= 29_000)
    });
    nobody_writes(&["AWS::ApiGateway::VpcLink", "\"aws_api_gateway_vpc_link\""]);
}

#[test]
fn only_the_api_calls_its_authorizer() {
    every("AWS::Lambda::Permission", |permission| {
        permission.text("Principal") != "apigateway.amazonaws.com"
            || permission.property("SourceArn").to_string().contains("/authorizers/")
    });
}

#[test]
fn no_verdict_is_kept_while_traffic_shifts() {
    every("AWS::ApiGateway::Authorizer", |a| *a.property("AuthorizerResultTtlInSeconds") == 0);
    every_block("aws_api_gateway_authorizer", |a| is(a, "authorizer_result_ttl_in_seconds", 0));
}

/// One setting for the account: a stage that writes logs waits for it, and in
/// production it does not go with the stack.
#[test]
fn api_gateway_may_write_logs_before_a_stage_does() {
    const ACCOUNT: &str = "AWS::ApiGateway::Account";
    every(ACCOUNT, |account| !account.property("CloudWatchRoleArn").is_null() && account.is_kept_in_production_alone());
    every_such(
        "AWS::ApiGateway::Stage",
        |stage| stage.others().any(|(_, other)| other["Type"] == ACCOUNT),
        |stage| stage.waits_for(ACCOUNT),
    );
}

/// A private integration sends the stage name as the start of the path, and
/// uses HTTP unless its address has another scheme.
#[test]
fn upstreams_get_the_path_without_the_stage_over_tls() {
    every("AWS::ElasticLoadBalancingV2::ListenerRule", |rule| {
        let mut stages = rule.others().filter(|(_, other)| other["Type"] == "AWS::ApiGateway::Stage");
        let rewrites = &rule.property("Transforms")[0]["UrlRewriteConfig"]["Rewrites"][0];
        stages.any(|(_, stage)| {
            let name = stage["Properties"]["StageName"].as_str().unwrap_or("?");
            rewrites["Regex"] == format!("^/{name}(/.*)$") && rewrites["Replace"] == "$1"
        })
    });
    every_block("aws_lb_listener_rule", |rule| nested(rule, "transform").is_some());
    every_such(
        "AWS::ApiGateway::Method",
        |method| method.text("Integration.ConnectionType") == "VPC_LINK",
        |method| {
            let host = method.text("Integration.Uri").strip_prefix("https://").and_then(|rest| rest.split('/').next());
            host.is_some_and(|host| host.contains(':'))
        },
    );
}
