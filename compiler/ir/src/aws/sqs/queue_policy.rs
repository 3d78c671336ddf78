use crate::aws::resource_policy;
use crate::class::Classes;
use crate::graph::Resource;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform};

/// The policy of one queue.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::SQS::QueuePolicy",
    concern: Concern::Functions,
    terraform: Terraform::Column(Column {
        resource: "aws_sqs_queue_policy",
        reference: "id",
        properties: &[
            Property::new("Queues", Form::Single(&Form::Argument("queue_url"))),
            Property::new("PolicyDocument", Form::Json("policy")),
        ],
        ..Column::BASE
    }),
    facts: resource_policy::OF_MESSAGES,
    classes: Classes { identity: &["Queues"], ..Classes::NONE },
};

pub(super) fn denies_insecure_transport(policy: &Resource) -> Option<bool> {
    resource_policy::denies_insecure_transport(policy, &["sqs:SendMessage", "sqs:ReceiveMessage"])
}

#[cfg(test)]
mod tests {
    use super::super::queue;
    use super::*;
    use crate::fact::FactValue;
    use crate::testing::{fact, resource};

    #[test]
    fn a_queue_denies_plain_text_through_its_policy() {
        let queue = || resource("AWS::SQS::Queue", "q", "{}");
        let policy = |secure| {
            let statement = format!(
                r#"{{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": {{"Fn::GetAtt": ["q", "Arn"]}},
                    "Condition": {{"Bool": {{"aws:SecureTransport": "{secure}"}}}}}}"#
            );
            let properties =
                format!(r#"{{"Queues": [{{"Ref": "q"}}], "PolicyDocument": {{"Statement": {statement}}}}}"#);
            resource("AWS::SQS::QueuePolicy", "p", &properties)
        };
        let read = |resources: Vec<Resource>| fact(&queue::TYPE, "deniesInsecureTransport", resources);
        assert_eq!(read(vec![queue(), policy("false")]), FactValue::Bool(true));
        assert_eq!(read(vec![queue(), policy("true")]), FactValue::Bool(false));
        assert_eq!(read(vec![queue()]), FactValue::Bool(false));
    }
}
