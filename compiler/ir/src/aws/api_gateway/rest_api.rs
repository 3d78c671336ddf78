use std::collections::BTreeSet;

use crate::Resource;
use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, TAGS, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ApiGateway::RestApi",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_api_gateway_rest_api",
        attributes: &[("RestApiId", "id"), ("RootResourceId", "root_resource_id")],
        properties: &[
            argument("ApiKeySourceType", "api_key_source"),
            argument("BinaryMediaTypes", "binary_media_types"),
            Property::new("Body", Form::Json("body")),
            Property::new("BodyS3Location", Form::Absent("the API is made of its resources and methods")),
            Property::new("CloneFrom", Form::Absent("the API is made of its resources and methods")),
            argument("Description", "description"),
            argument("DisableExecuteApiEndpoint", "disable_execute_api_endpoint"),
            Property::new(
                "EndpointAccessMode",
                Form::Absent("the provider does not know it for APIs, only for domain names"),
            ),
            Property::new(
                "EndpointConfiguration",
                Form::Block(
                    "endpoint_configuration",
                    &[
                        argument("IpAddressType", "ip_address_type"),
                        argument("Types", "types"),
                        argument("VpcEndpointIds", "vpc_endpoint_ids"),
                    ],
                ),
            ),
            argument("FailOnWarnings", "fail_on_warnings"),
            Property::new("MinimumCompressionSize", Form::Text("minimum_compression_size")),
            argument("Mode", "put_rest_api_mode"),
            argument("Name", "name"),
            argument("Parameters", "parameters"),
            Property::new("Policy", Form::Json("policy")),
            Property::new(
                "SecurityPolicy",
                Form::Absent("the provider does not know it for APIs, only for domain names"),
            ),
            TAGS,
            Property::new("Version", Form::Absent("the version of an imported body: see `Body`")),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("name", "Name", ""),
        Fact::computed("endpointTypes", FactType::StringSet, |api, _| endpoint_types(api)),
        Fact::computed("public", FactType::Bool, |api, _| is_public(api)),
        Fact::false_by_default("disableExecuteApiEndpoint", "DisableExecuteApiEndpoint"),
        Fact::string("securityPolicy", "SecurityPolicy", "TLS_1_0"),
        Fact::computed("hasPolicy", FactType::Bool, |api, _| api.get("Policy").is_some().into()),
        Fact::computed("hasDomainName", FactType::Bool, |api, graph| {
            graph.referring(&api.id, "AWS::ApiGateway::BasePathMapping", "RestApiId").next().is_some().into()
        }),
    ],
    classes: Classes {
        identity: &["Name"],
        free: &[("Description", TEXT), ("Version", TEXT)],
        undecided: &["SecurityPolicy"],
        ..Classes::NONE
    },
};

/// `EDGE` by default.
fn endpoint_types(api: &Resource) -> FactValue {
    match api.get("EndpointConfiguration.Types") {
        None => FactValue::set([Some("EDGE")]),
        Some(types) => FactType::StringSet.convert(&types.value),
    }
}

/// Whether it answers outside the networks it belongs to.
fn is_public(api: &Resource) -> FactValue {
    match endpoint_types(api) {
        FactValue::StringSet(types) => (types != BTreeSet::from(["PRIVATE".into()])).into(),
        other => other,
    }
}
