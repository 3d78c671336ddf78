use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};
use crate::secret::looks_secret;

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::SSM::Parameter",
    concern: Concern::Configuration,
    terraform: Terraform::Column(Column {
        resource: "aws_ssm_parameter",
        reference: "name",
        attributes: &[("Arn", "arn"), ("Type", "type"), ("Value", "insecure_value")],
        properties: &[
            argument("AllowedPattern", "allowed_pattern"),
            argument("DataType", "data_type"),
            argument("Description", "description"),
            argument("Name", "name"),
            Property::new("Policies", Form::Absent("the provider does not know policies of parameters")),
            // A map, unlike the tags of most types.
            argument("Tags", "tags"),
            argument("Tier", "tier"),
            argument("Type", "type"),
            // CloudFormation cannot make a SecureString, so the value is never
            // a secret: it may be seen in a plan.
            argument("Value", "insecure_value"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("name", "Name", ""),
        Fact::string("type", "Type", "String"),
        Fact::string("tier", "Tier", "Standard"),
        // Whether its path says which environment it belongs to.
        Fact::computed("ofEnvironment", FactType::Bool, |parameter, graph| {
            let name = parameter.get("Name").and_then(|d| d.value.as_str()).unwrap_or_default();
            name.split('/').any(|part| part == &*graph.environment.name).into()
        }),
        Fact::computed("holdsSecret", FactType::Bool, |parameter, _| {
            let text = |path| parameter.get(path).and_then(|d| d.value.as_str());
            looks_secret(text("Name").unwrap_or_default(), text("Value").unwrap_or_default()).into()
        }),
    ],
};
