use crate::class::Classes;
use crate::datum::Value;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::iam;
use crate::index::Index;
use crate::resource_type::{Column, Concern, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::Lambda::Permission",
    concern: Concern::Functions,
    terraform: Terraform::Column(Column {
        resource: "aws_lambda_permission",
        reference: "statement_id",
        attributes: &[("Id", "statement_id")],
        properties: &[
            argument("FunctionName", "function_name"),
            argument("Action", "action"),
            argument("Principal", "principal"),
            argument("PrincipalOrgID", "principal_org_id"),
            argument("SourceAccount", "source_account"),
            argument("SourceArn", "source_arn"),
            argument("EventSourceToken", "event_source_token"),
            argument("FunctionUrlAuthType", "function_url_auth_type"),
            argument("InvokedViaFunctionUrl", "invoked_via_function_url"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("function", "FunctionName", "AWS::Lambda::Function"),
        Fact::string("action", "Action", ""),
        Fact::string("principal", "Principal", ""),
        Fact::computed("hasSourceArn", FactType::Bool, |permission, _| permission.get("SourceArn").is_some().into()),
        Fact::computed("hasSourceAccount", FactType::Bool, |permission, graph| {
            let account = permission.get("SourceAccount").map(|d| iam::text(&d.value));
            account.is_some_and(|account| *account == *graph.environment.account).into()
        }),
        Fact::computed("sourceArnIsOpen", FactType::Bool, source_arn_is_open),
    ],
    classes: Classes { identity: &["FunctionName"], undecided: &["Principal"], ..Classes::NONE },
};

/// Whether the source may be anything of its kind: an ARN that ends in
/// wildcards for stage, method and path.
fn source_arn_is_open(permission: &Resource, _: &Index<'_>) -> FactValue {
    let open = |text: &str| text.ends_with("/*/*/*") || text.ends_with("/*/*") || text.ends_with(":*") || text == "*";
    match permission.get("SourceArn").map(|d| &d.value) {
        Some(Value::String(text)) => open(text).into(),
        Some(Value::Concat(parts)) => parts.last().and_then(Value::as_str).is_some_and(open).into(),
        _ => false.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    #[test]
    fn an_open_source_ends_in_wildcards() {
        for (arn, open) in [
            ("arn:aws:execute-api:us-east-1:1:api/*/*", true),
            ("arn:aws:execute-api:us-east-1:1:api/prod/POST/payment", false),
            ("arn:aws:execute-api:us-east-1:1:api/authorizers/*", false),
        ] {
            let permission = resource("AWS::Lambda::Permission", "p", &format!(r#"{{"SourceArn": "{arn}"}}"#));
            assert_eq!(fact(&TYPE, "sourceArnIsOpen", [permission]), FactValue::Bool(open), "{arn}");
        }
    }
}
