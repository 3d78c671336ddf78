use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, TAGS, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ApiGateway::UsagePlan",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_api_gateway_usage_plan",
        attributes: &[("Id", "id")],
        properties: &[
            Property::new(
                "ApiStages",
                Form::Blocks(
                    "api_stages",
                    &[
                        argument("ApiId", "api_id"),
                        argument("Stage", "stage"),
                        Property::new(
                            "Throttle",
                            Form::Absent("limits of single methods belong to the stage: `MethodSettings`"),
                        ),
                    ],
                ),
            ),
            argument("Description", "description"),
            Property::new(
                "Quota",
                Form::Block(
                    "quota_settings",
                    &[argument("Limit", "limit"), argument("Offset", "offset"), argument("Period", "period")],
                ),
            ),
            TAGS,
            Property::new(
                "Throttle",
                Form::Block(
                    "throttle_settings",
                    &[argument("BurstLimit", "burst_limit"), argument("RateLimit", "rate_limit")],
                ),
            ),
            argument("UsagePlanName", "name"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::computed("hasThrottle", FactType::Bool, |plan, _| {
            (plan.get("Throttle.RateLimit").is_some() && plan.get("Throttle.BurstLimit").is_some()).into()
        }),
        Fact::long("burstLimit", "Throttle.BurstLimit", -1),
    ],
    classes: Classes {
        identity: &["UsagePlanName"],
        free: &[("Description", TEXT)],
        undecided: &["Throttle.BurstLimit"],
        ..Classes::NONE
    },
};
