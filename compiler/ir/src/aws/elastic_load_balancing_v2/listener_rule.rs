use super::action::ACTION;
use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, TAGS, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ElasticLoadBalancingV2::ListenerRule",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_lb_listener_rule",
        reference: "arn",
        attributes: &[("RuleArn", "arn")],
        properties: &[
            Property::new("Actions", Form::Blocks("action", ACTION)),
            Property::new("Conditions", Form::Blocks("condition", CONDITION)),
            argument("ListenerArn", "listener_arn"),
            argument("Priority", "priority"),
            TAGS,
            Property::new(
                "Transforms",
                Form::Blocks(
                    "transform",
                    &[
                        Property::new("HostHeaderRewriteConfig", Form::Block("host_header_rewrite_config", REWRITES)),
                        argument("Type", "type"),
                        Property::new("UrlRewriteConfig", Form::Block("url_rewrite_config", REWRITES)),
                    ],
                ),
            ),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("listener", "ListenerArn", "AWS::ElasticLoadBalancingV2::Listener"),
        Fact::long("priority", "Priority", 0),
        Fact::string("action", "Actions.0.Type", ""),
        Fact::computed("targetGroups", FactType::Long, |rule, _| {
            let groups = rule.get("Actions.0.ForwardConfig.TargetGroups").and_then(|d| d.value.as_list());
            FactValue::Long(groups.map_or(0, |groups| groups.len() as i64))
        }),
    ],
    classes: Classes { identity: &["ListenerArn"], undecided: &["Priority", "Actions.0.Type"], ..Classes::NONE },
};

const CONDITION: &[Property] = &[
    Property::new(
        "Field",
        Form::Implied(&[
            ("host-header", "host_header"),
            ("http-header", "http_header"),
            ("http-request-method", "http_request_method"),
            ("path-pattern", "path_pattern"),
            ("query-string", "query_string"),
            ("source-ip", "source_ip"),
        ]),
    ),
    Property::new(
        "HostHeaderConfig",
        Form::Block("host_header", &[argument("RegexValues", "regex_values"), argument("Values", "values")]),
    ),
    Property::new(
        "HttpHeaderConfig",
        Form::Block(
            "http_header",
            &[
                argument("HttpHeaderName", "http_header_name"),
                argument("RegexValues", "regex_values"),
                argument("Values", "values"),
            ],
        ),
    ),
    Property::new("HttpRequestMethodConfig", Form::Block("http_request_method", &[argument("Values", "values")])),
    Property::new(
        "PathPatternConfig",
        Form::Block("path_pattern", &[argument("RegexValues", "regex_values"), argument("Values", "values")]),
    ),
    Property::new(
        "QueryStringConfig",
        Form::Inline(&[Property::new(
            "Values",
            Form::Blocks("query_string", &[argument("Key", "key"), argument("Value", "value")]),
        )]),
    ),
    Property::new("RegexValues", Form::Absent("write them in the configuration of the condition: `PathPatternConfig`")),
    Property::new(
        "SourceIpConfig",
        Form::Block(
            "source_ip",
            &[
                Property::new("IpAddressType", Form::Absent("it follows from the addresses")),
                argument("Values", "values"),
            ],
        ),
    ),
    Property::new("Values", Form::Absent("write them in the configuration of the condition: `PathPatternConfig`")),
];

const REWRITES: &[Property] = &[Property::new(
    "Rewrites",
    Form::Blocks("rewrite", &[argument("Regex", "regex"), argument("Replace", "replace")]),
)];
