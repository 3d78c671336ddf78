//! The statement of a web ACL rule. The provider nests statements to a fixed
//! depth; a managed group or a rate has one more statement as a filter.

use crate::resource_type::{Form, Property, argument};

pub(super) const STATEMENT: &[Property] = &[
    absent("AndStatement"),
    absent("AsnMatchStatement"),
    absent("ByteMatchStatement"),
    GEO_MATCH,
    IP_SET_REFERENCE,
    absent("LabelMatchStatement"),
    Property::new(
        "ManagedRuleGroupStatement",
        Form::Block(
            "managed_rule_group_statement",
            &[
                Property::new("ExcludedRules", Form::Absent("AWS replaced it by `RuleActionOverrides`")),
                absent("ManagedRuleGroupConfigs"),
                argument("Name", "name"),
                Property::new(
                    "RuleActionOverrides",
                    Form::Blocks(
                        "rule_action_override",
                        &[
                            Property::new("ActionToUse", Form::Block("action_to_use", super::action::ACTION)),
                            argument("Name", "name"),
                        ],
                    ),
                ),
                SCOPE_DOWN,
                argument("VendorName", "vendor_name"),
                argument("Version", "version"),
            ],
        ),
    ),
    absent("NotStatement"),
    absent("OrStatement"),
    Property::new(
        "RateBasedStatement",
        Form::Block(
            "rate_based_statement",
            &[
                argument("AggregateKeyType", "aggregate_key_type"),
                absent("CustomKeys"),
                argument("EvaluationWindowSec", "evaluation_window_sec"),
                Property::new(
                    "ForwardedIPConfig",
                    Form::Block(
                        "forwarded_ip_config",
                        &[argument("FallbackBehavior", "fallback_behavior"), argument("HeaderName", "header_name")],
                    ),
                ),
                argument("Limit", "limit"),
                SCOPE_DOWN,
            ],
        ),
    ),
    absent("RegexMatchStatement"),
    absent("RegexPatternSetReferenceStatement"),
    Property::new(
        "RuleGroupReferenceStatement",
        Form::Block(
            "rule_group_reference_statement",
            &[
                argument("Arn", "arn"),
                Property::new("ExcludedRules", Form::Absent("AWS replaced it by `RuleActionOverrides`")),
                absent("RuleActionOverrides"),
            ],
        ),
    ),
    absent("SizeConstraintStatement"),
    absent("SqliMatchStatement"),
    absent("XssMatchStatement"),
];

const SCOPE_DOWN: Property = Property::new(
    "ScopeDownStatement",
    Form::Block(
        "scope_down_statement",
        &[
            absent("AndStatement"),
            absent("AsnMatchStatement"),
            absent("ByteMatchStatement"),
            GEO_MATCH,
            IP_SET_REFERENCE,
            absent("LabelMatchStatement"),
            absent("ManagedRuleGroupStatement"),
            absent("NotStatement"),
            absent("OrStatement"),
            absent("RateBasedStatement"),
            absent("RegexMatchStatement"),
            absent("RegexPatternSetReferenceStatement"),
            absent("RuleGroupReferenceStatement"),
            absent("SizeConstraintStatement"),
            absent("SqliMatchStatement"),
            absent("XssMatchStatement"),
        ],
    ),
);

const GEO_MATCH: Property = Property::new(
    "GeoMatchStatement",
    Form::Block("geo_match_statement", &[argument("CountryCodes", "country_codes"), absent("ForwardedIPConfig")]),
);

const IP_SET_REFERENCE: Property = Property::new(
    "IPSetReferenceStatement",
    Form::Block("ip_set_reference_statement", &[argument("Arn", "arn"), absent("IPSetForwardedIPConfig")]),
);

const fn absent(name: &'static str) -> Property {
    Property::new(name, Form::Absent("put it into a rule group and refer to that: `RuleGroupReferenceStatement`"))
}
