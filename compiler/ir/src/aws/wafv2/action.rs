//! The action of a web ACL rule on a matching request.

use crate::resource_type::{Form, Property, argument};

pub(super) const ACTION: &[Property] = &[
    Property::new("Allow", Form::Block("allow", HANDLING)),
    Property::new("Block", Form::Block("block", RESPONSE)),
    Property::new("Captcha", Form::Absent("callers are machines")),
    Property::new("Challenge", Form::Absent("callers are machines")),
    Property::new("Count", Form::Block("count", HANDLING)),
    Property::new("Monetize", Form::Absent("callers are machines")),
];

pub(super) const HANDLING: &[Property] = &[Property::new(
    "CustomRequestHandling",
    Form::Block(
        "custom_request_handling",
        &[Property::new(
            "InsertHeaders",
            Form::Blocks("insert_header", &[argument("Name", "name"), argument("Value", "value")]),
        )],
    ),
)];

pub(super) const RESPONSE: &[Property] = &[Property::new(
    "CustomResponse",
    Form::Block(
        "custom_response",
        &[
            argument("CustomResponseBodyKey", "custom_response_body_key"),
            argument("ResponseCode", "response_code"),
            Property::new(
                "ResponseHeaders",
                Form::Blocks("response_header", &[argument("Name", "name"), argument("Value", "value")]),
            ),
        ],
    ),
)];
