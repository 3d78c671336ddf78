//! Actions of listeners and of their rules.

use crate::resource_type::{Form, Property, argument};

pub(super) const ACTION: &[Property] = &[
    Property::new("AuthenticateCognitoConfig", Form::Absent(AT_THE_API)),
    Property::new("AuthenticateOidcConfig", Form::Absent(AT_THE_API)),
    Property::new(
        "FixedResponseConfig",
        Form::Block(
            "fixed_response",
            &[
                argument("ContentType", "content_type"),
                argument("MessageBody", "message_body"),
                argument("StatusCode", "status_code"),
            ],
        ),
    ),
    Property::new(
        "ForwardConfig",
        Form::Block(
            "forward",
            &[
                Property::new(
                    "TargetGroupStickinessConfig",
                    Form::Block(
                        "stickiness",
                        &[argument("DurationSeconds", "duration"), argument("Enabled", "enabled")],
                    ),
                ),
                Property::new(
                    "TargetGroups",
                    Form::Blocks("target_group", &[argument("TargetGroupArn", "arn"), argument("Weight", "weight")]),
                ),
            ],
        ),
    ),
    Property::new(
        "JwtValidationConfig",
        Form::Block(
            "jwt_validation",
            &[
                Property::new(
                    "AdditionalClaims",
                    Form::Blocks(
                        "additional_claim",
                        &[argument("Format", "format"), argument("Name", "name"), argument("Values", "values")],
                    ),
                ),
                argument("Issuer", "issuer"),
                argument("JwksEndpoint", "jwks_endpoint"),
            ],
        ),
    ),
    argument("Order", "order"),
    Property::new(
        "RedirectConfig",
        Form::Block(
            "redirect",
            &[
                argument("Host", "host"),
                argument("Path", "path"),
                argument("Port", "port"),
                argument("Protocol", "protocol"),
                argument("Query", "query"),
                argument("StatusCode", "status_code"),
            ],
        ),
    ),
    argument("TargetGroupArn", "target_group_arn"),
    argument("Type", "type"),
];

const AT_THE_API: &str = "calls are authorised at the API, not at its load balancer";
