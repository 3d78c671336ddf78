use super::queue_policy;
use crate::class::Classes;
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::SQS::Queue",
    concern: Concern::Functions,
    terraform: Terraform::Column(Column {
        resource: "aws_sqs_queue",
        reference: "url",
        attributes: &[("Arn", "arn"), ("QueueName", "name"), ("QueueUrl", "url")],
        properties: &[
            argument("QueueName", "name"),
            argument("DelaySeconds", "delay_seconds"),
            argument("MaximumMessageSize", "max_message_size"),
            argument("MessageRetentionPeriod", "message_retention_seconds"),
            argument("ReceiveMessageWaitTimeSeconds", "receive_wait_time_seconds"),
            argument("VisibilityTimeout", "visibility_timeout_seconds"),
            argument("FifoQueue", "fifo_queue"),
            argument("ContentBasedDeduplication", "content_based_deduplication"),
            argument("DeduplicationScope", "deduplication_scope"),
            argument("FifoThroughputLimit", "fifo_throughput_limit"),
            argument("KmsMasterKeyId", "kms_master_key_id"),
            argument("KmsDataKeyReusePeriodSeconds", "kms_data_key_reuse_period_seconds"),
            argument("SqsManagedSseEnabled", "sqs_managed_sse_enabled"),
            Property::new("RedrivePolicy", Form::Json("redrive_policy")),
            Property::new("RedriveAllowPolicy", Form::Json("redrive_allow_policy")),
            Property::new("Tags", Form::Tags("tags")),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("queueName", "QueueName", ""),
        Fact::key("kmsMasterKey", "KmsMasterKeyId"),
        // In seconds.
        Fact::long("messageRetentionPeriod", "MessageRetentionPeriod", 345_600),
        Fact::computed("deniesInsecureTransport", FactType::Bool, |queue, graph| {
            let policies = graph.referring(&queue.id, "AWS::SQS::QueuePolicy", "Queues");
            policies
                .map(queue_policy::denies_insecure_transport)
                .collect::<Option<Vec<_>>>()
                .map(|a| a.contains(&true))
                .into()
        }),
    ],
    classes: Classes { identity: &["QueueName", "FifoQueue", "RedrivePolicy.deadLetterTargetArn"], ..Classes::NONE },
};
