use crate::aws::iam::users;
use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

/// A pipe from a queue to an API destination: the only ends that the compiler writes.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::Pipes::Pipe",
    concern: Concern::Monitoring,
    terraform: Terraform::Column(Column {
        resource: "aws_pipes_pipe",
        reference: "name",
        attributes: &[("Arn", "arn")],
        properties: &[
            argument("Name", "name"),
            argument("Description", "description"),
            argument("DesiredState", "desired_state"),
            absent("Enrichment"),
            absent("EnrichmentParameters"),
            argument("KmsKeyIdentifier", "kms_key_identifier"),
            absent("LogConfiguration"),
            argument("RoleArn", "role_arn"),
            argument("Source", "source"),
            Property::new(
                "SourceParameters",
                Form::Block(
                    "source_parameters",
                    &[
                        absent("ActiveMQBrokerParameters"),
                        absent("DynamoDBStreamParameters"),
                        absent("KinesisStreamParameters"),
                        absent("ManagedStreamingKafkaParameters"),
                        absent("RabbitMQBrokerParameters"),
                        absent("SelfManagedKafkaParameters"),
                        Property::new(
                            "FilterCriteria",
                            Form::Block(
                                "filter_criteria",
                                &[Property::new("Filters", Form::Blocks("filter", &[argument("Pattern", "pattern")]))],
                            ),
                        ),
                        Property::new(
                            "SqsQueueParameters",
                            Form::Block(
                                "sqs_queue_parameters",
                                &[
                                    argument("BatchSize", "batch_size"),
                                    argument("MaximumBatchingWindowInSeconds", "maximum_batching_window_in_seconds"),
                                ],
                            ),
                        ),
                    ],
                ),
            ),
            argument("Target", "target"),
            Property::new(
                "TargetParameters",
                Form::Block(
                    "target_parameters",
                    &[
                        absent("BatchJobParameters"),
                        absent("CloudWatchLogsParameters"),
                        absent("EcsTaskParameters"),
                        absent("EventBridgeEventBusParameters"),
                        absent("KinesisStreamParameters"),
                        absent("LambdaFunctionParameters"),
                        absent("RedshiftDataParameters"),
                        absent("SageMakerPipelineParameters"),
                        absent("SqsQueueParameters"),
                        absent("StepFunctionStateMachineParameters"),
                        absent("TimestreamParameters"),
                        Property::new(
                            "HttpParameters",
                            Form::Block(
                                "http_parameters",
                                &[
                                    argument("HeaderParameters", "header_parameters"),
                                    argument("PathParameterValues", "path_parameter_values"),
                                    argument("QueryStringParameters", "query_string_parameters"),
                                ],
                            ),
                        ),
                        argument("InputTemplate", "input_template"),
                    ],
                ),
            ),
            // A map, unlike the tags of most types.
            argument("Tags", "tags"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("desiredState", "DesiredState", "RUNNING"),
        // A pattern keeps messages back.
        Fact::computed("filters", FactType::Bool, |pipe, _| {
            pipe.get("SourceParameters.FilterCriteria.Filters")
                .and_then(|d| d.value.as_list())
                .is_some_and(has_items)
                .into()
        }),
        // Undelivered messages stay in a queue.
        Fact::computed("keepsUndelivered", FactType::Bool, |pipe, graph| {
            graph.follow(pipe, "Source").is_some_and(|q| q.get("RedrivePolicy.deadLetterTargetArn").is_some()).into()
        }),
        Fact::computed("role", FactType::Entity("AWS::IAM::Role"), |pipe, graph| users::of(pipe, "RoleArn", graph)),
    ],
    classes: Classes {
        identity: &["Name", "RoleArn", "Source", "Target"],
        judged: &[("SourceParameters.FilterCriteria", "filters")],
        free: &[("Description", TEXT)],
        ..Classes::NONE
    },
};

const fn absent(name: &'static str) -> Property {
    Property::new(name, Form::Absent("a pipe leads from a queue to an API destination"))
}

fn has_items<T>(items: &[T]) -> bool {
    !items.is_empty()
}
