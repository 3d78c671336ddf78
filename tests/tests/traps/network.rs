//! Networks, alarms, buckets, and the rest.

use serde_json::Value as Json;

use super::{
    Resource, TASK, every, every_block, every_block_by_protection, every_such, is, nested, nobody_writes,
    prevents_destroy, refers,
};

/// Four switches, or the default tables fight with ours.
#[test]
fn transit_tables_of_our_own() {
    every("AWS::EC2::TransitGateway", |gateway| {
        ["DefaultRouteTableAssociation", "DefaultRouteTablePropagation"]
            .iter()
            .all(|name| gateway.text(name) == "disable")
    });
    every_block("aws_ec2_transit_gateway_vpc_attachment", |attachment| {
        is(attachment, "transit_gateway_default_route_table_association", false)
            && is(attachment, "transit_gateway_default_route_table_propagation", false)
    });
}

#[test]
fn routes_wait_for_the_attachment() {
    every("AWS::EC2::Route", |route| {
        route.property("TransitGatewayId").is_null() || route.waits_for("AWS::EC2::TransitGatewayAttachment")
    });
    every_block("aws_route", |route| {
        route.body.get("transit_gateway_id").is_none() || route.body.get("depends_on").is_some()
    });
    nobody_writes(&["AWS::EC2::TransitGatewayVpcAttachment"]);
}

#[test]
fn functions_in_networks_go_slowly() {
    every_block("aws_lambda_function", |function| nested(function, "timeouts").is_some());
}

#[test]
fn missing_data_has_a_meaning() {
    every("AWS::CloudWatch::Alarm", |alarm| !alarm.text("TreatMissingData").is_empty());
    every_block("aws_cloudwatch_metric_alarm", |alarm| alarm.body.get("treat_missing_data").is_some());
}

#[test]
fn buckets_are_kept() {
    every("AWS::S3::Bucket", |resource| resource.is_kept_in_production_alone());
    every_block_by_protection(
        "aws_s3_bucket",
        |bucket| !is(bucket, "force_destroy", true) && prevents_destroy(bucket),
        |bucket| is(bucket, "force_destroy", true) && !prevents_destroy(bucket),
    );
}

#[test]
fn tags() {
    every(TASK, |task| {
        let tags = task.property("Tags").as_array();
        let keys: Vec<&str> = tags.into_iter().flatten().filter_map(|tag| tag["Key"].as_str()).collect();
        (1..=50).contains(&keys.len()) && keys.iter().all(|key| !key.to_lowercase().starts_with("aws:"))
    });
}

/// A reference is the order: no route and no association before its attachment.
#[test]
fn transit_routes_wait_for_their_attachment() {
    let attached = |resource: &Resource| {
        let id = resource.property("TransitGatewayAttachmentId")["Ref"].as_str().unwrap_or_default();
        // That of a VPN is made with the connection, and CloudFormation gives no
        // attribute for it: it is a parameter of the template.
        resource.referred("TransitGatewayAttachmentId") == Some("AWS::EC2::TransitGatewayAttachment")
            || resource.template["Parameters"].get(id).is_some()
    };
    every("AWS::EC2::TransitGatewayRoute", attached);
    every("AWS::EC2::TransitGatewayRouteTableAssociation", attached);
    let attachments = ["aws_ec2_transit_gateway_vpc_attachment", "aws_vpn_connection"];
    for block in ["aws_ec2_transit_gateway_route", "aws_ec2_transit_gateway_route_table_association"] {
        every_block(block, |block| attachments.iter().any(|a| refers(block, "transit_gateway_attachment_id", a)));
    }
}

/// An unconfirmed subscription receives no message, and no deployment can
/// confirm it.
#[test]
fn the_runbook_asks_to_confirm_a_subscription() {
    every_such(
        "AWS::SNS::Subscription",
        |subscription| subscription.text("Protocol") == "email" && !subscription.emitted.graph.workflows.is_empty(),
        |subscription| subscription.emitted.text("RUNBOOK.md").contains("**Confirm the subscription**"),
    );
}

#[test]
fn dashboards_name_the_resource_identifier() {
    fn tasks(json: &Json, found: &mut Vec<Json>) {
        if let Json::Array(items) = json {
            let pairs = items.windows(2).filter(|pair| pair[0] == "ReplicationTaskIdentifier");
            found.extend(pairs.map(|pair| pair[1].clone()));
            items.iter().for_each(|item| tasks(item, found));
        } else if let Json::Object(map) = json {
            map.values().for_each(|value| tasks(value, found));
        }
    }
    every("AWS::CloudWatch::Dashboard", |dashboard| {
        let mut named = Vec::new();
        tasks(&dashboard.document("DashboardBody"), &mut named);
        let exists = |name: &Json| {
            dashboard.others().any(|(_, r)| r["Type"] == TASK && r["Properties"]["ResourceIdentifier"] == *name)
        };
        !named.is_empty() && named.iter().all(exists)
    });
}
