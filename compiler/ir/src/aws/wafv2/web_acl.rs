use super::action::{ACTION, HANDLING, RESPONSE};
use super::statement::STATEMENT;
use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, TAGS, Terraform, argument};
use crate::{Datum, Index, Resource};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::WAFv2::WebACL",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_wafv2_web_acl",
        attributes: &[("Arn", "arn"), ("Capacity", "capacity"), ("Id", "id")],
        properties: &[
            absent("ApplicationConfig"),
            absent("AssociationConfig"),
            absent("CaptchaConfig"),
            absent("ChallengeConfig"),
            absent("CustomResponseBodies"),
            absent("DataProtectionConfig"),
            Property::new(
                "DefaultAction",
                Form::Block(
                    "default_action",
                    &[
                        Property::new("Allow", Form::Block("allow", HANDLING)),
                        Property::new("Block", Form::Block("block", RESPONSE)),
                    ],
                ),
            ),
            argument("Description", "description"),
            absent("MonetizationConfig"),
            argument("Name", "name"),
            absent("OnSourceDDoSProtectionConfig"),
            Property::new("Rules", Form::Blocks("rule", RULE)),
            argument("Scope", "scope"),
            TAGS,
            argument("TokenDomains", "token_domains"),
            VISIBILITY,
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("scope", "Scope", ""),
        Fact::computed("blocksByDefault", FactType::Bool, |acl, _| acl.get("DefaultAction.Block").is_some().into()),
        Fact::computed("managedRuleGroups", FactType::StringSet, managed_rule_groups),
        Fact::computed("limitsRate", FactType::Bool, |acl, _| {
            rules(acl).iter().any(|rule| rule.get("Statement.RateBasedStatement").is_some()).into()
        }),
        Fact::computed("hasLogging", FactType::Bool, |acl, graph| {
            graph.referring(&acl.id, "AWS::WAFv2::LoggingConfiguration", "ResourceArn").next().is_some().into()
        }),
        Fact::false_by_default("cloudWatchMetricsEnabled", "VisibilityConfig.CloudWatchMetricsEnabled"),
        Fact::false_by_default("sampledRequestsEnabled", "VisibilityConfig.SampledRequestsEnabled"),
    ],
    classes: Classes { identity: &["Name", "Scope"], free: &[("Description", TEXT)], ..Classes::NONE },
};

const RULE: &[Property] = &[
    Property::new("Action", Form::Block("action", ACTION)),
    absent("CaptchaConfig"),
    absent("ChallengeConfig"),
    argument("Name", "name"),
    Property::new(
        "OverrideAction",
        Form::Block(
            "override_action",
            &[Property::new("Count", Form::Block("count", &[])), Property::new("None", Form::Block("none", &[]))],
        ),
    ),
    argument("Priority", "priority"),
    Property::new("RuleLabels", Form::Blocks("rule_label", &[argument("Name", "name")])),
    Property::new("Statement", Form::Block("statement", STATEMENT)),
    VISIBILITY,
];

const VISIBILITY: Property = Property::new(
    "VisibilityConfig",
    Form::Block(
        "visibility_config",
        &[
            argument("CloudWatchMetricsEnabled", "cloudwatch_metrics_enabled"),
            argument("MetricName", "metric_name"),
            argument("SampledRequestsEnabled", "sampled_requests_enabled"),
        ],
    ),
);

const fn absent(name: &'static str) -> Property {
    Property::new(name, Form::Absent("web ACLs are made of rules with managed groups and rates, and of nothing else"))
}

fn rules(acl: &Resource) -> &[Datum] {
    acl.get("Rules").and_then(|d| d.value.as_list()).unwrap_or_default()
}

/// The names of the managed groups whose own actions apply. A group that is overridden by counting alone is one of
/// them while the spec declares a first day of counting, of which `waf-counts-too-long` judges the length.
fn managed_rule_groups(acl: &Resource, graph: &Index<'_>) -> FactValue {
    let counts = graph.referring(&acl.id, "Migspec::Api", "WebAcl").any(|api| api.get("WafCountsSince").is_some());
    let present = rules(acl).iter().filter(|rule| counts || rule.get("OverrideAction.Count").is_none());
    let groups = present.filter_map(|rule| rule.get("Statement.ManagedRuleGroupStatement.Name"));
    FactValue::set(groups.map(|name| name.value.as_str()))
}
