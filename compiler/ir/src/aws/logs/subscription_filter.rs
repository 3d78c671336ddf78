use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::resource_type::{Column, Concern, ResourceType, Terraform, argument};

/// A copy of the events of one log group to a destination.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::Logs::SubscriptionFilter",
    concern: Concern::Monitoring,
    terraform: Terraform::Column(Column {
        resource: "aws_cloudwatch_log_subscription_filter",
        reference: "name",
        properties: &[
            argument("FilterName", "name"),
            argument("LogGroupName", "log_group_name"),
            argument("FilterPattern", "filter_pattern"),
            argument("DestinationArn", "destination_arn"),
            argument("RoleArn", "role_arn"),
            argument("Distribution", "distribution"),
            argument("ApplyOnTransformedLogs", "apply_on_transformed_logs"),
            argument("EmitSystemFields", "emit_system_fields"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("logGroup", "LogGroupName", "AWS::Logs::LogGroup"),
        // Empty: every event.
        Fact::string("filterPattern", "FilterPattern", ""),
        Fact::computed("leavesAccount", FactType::Bool, leaves_account),
        // Log groups of its region that nothing copies.
        Fact::computed("groupsLeftOut", FactType::StringSet, groups_left_out),
    ],
    classes: Classes {
        identity: &["FilterName", "LogGroupName"],
        judged: &[("DestinationArn", "leavesAccount")],
        ..Classes::NONE
    },
};

/// Whether the destination belongs to another account.
fn leaves_account(filter: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(datum) = filter.get("DestinationArn") else { return FactValue::Unknown };
    let known = datum.value.target().and_then(|id| graph.get(id));
    let arn = match known {
        // The deployment creates it, in its own account.
        Some(destination) if !destination.is_declared() => return false.into(),
        Some(destination) => destination.existing.as_ref().map(|existing| &*existing.identity),
        None => datum.value.as_str(),
    };
    let account = arn.and_then(|arn| arn.split(':').nth(4));
    account.map(|account| account != &*graph.environment.account).into()
}

fn groups_left_out(filter: &Resource, graph: &Index<'_>) -> FactValue {
    let is_copied = |group: &Resource| graph.referring(&group.id, TYPE.name, "LogGroupName").next().is_some();
    let groups = graph.all("AWS::Logs::LogGroup").filter(|group| group.region == filter.region);
    FactValue::set(groups.filter(|group| !is_copied(group)).map(|group| Some(group.id.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    fn filter(destination: &str) -> Resource {
        let text = format!(r#"{{"LogGroupName": {{"Ref": "g"}}, "DestinationArn": {destination}}}"#);
        resource(TYPE.name, "f", &text)
    }

    #[test]
    fn a_destination_of_another_account_leaves_the_account() {
        let destination = |existing: Option<&str>| {
            let created = resource("AWS::Logs::Destination", "d", "{}");
            existing.map_or(created.clone(), |arn| created.existing(arn, &[]))
        };
        let of_account = |account: &str| format!("arn:aws:logs:us-east-1:{account}:destination:archive");
        let (other, own) = (of_account("777777777777"), of_account("111111111111"));
        let reference = r#"{"Fn::GetAtt": ["d", "Arn"]}"#;
        for (text, known, expected) in [
            (reference.to_owned(), destination(Some(&other)), FactValue::Bool(true)),
            (reference.to_owned(), destination(Some(&own)), FactValue::Bool(false)),
            (reference.to_owned(), destination(None), FactValue::Bool(false)),
            (format!("\"{other}\""), destination(None), FactValue::Bool(true)),
            ("\"archive\"".to_owned(), destination(None), FactValue::Unknown),
        ] {
            assert_eq!(fact(&TYPE, "leavesAccount", [filter(&text), known]), expected, "{text}");
        }
    }

    #[test]
    fn a_log_group_of_the_region_without_a_filter_is_left_out() {
        let group = |id: &str| resource("AWS::Logs::LogGroup", id, "{}");
        let abroad = group("abroad").in_region("eu-west-1");
        let left = fact(&TYPE, "groupsLeftOut", [filter("\"d\""), group("g"), group("h"), abroad]);
        assert_eq!(left, FactValue::set([Some("h")]));
    }
}
