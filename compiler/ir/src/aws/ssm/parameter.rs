use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::json;
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
            // a secret: it may be seen in a plan (fact: ssm-secure-strings).
            argument("Value", "insecure_value"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("name", "Name", ""),
        Fact::string("type", "Type", "String"),
        Fact::string("tier", "Tier", "Standard"),
        // Whether its path contains its environment.
        Fact::computed("ofEnvironment", FactType::Bool, |parameter, graph| {
            let name = parameter.get("Name").and_then(|d| d.value.as_str()).unwrap_or_default();
            name.split('/').any(|part| part == &*graph.environment.name).into()
        }),
        Fact::computed("connectsUnverified", FactType::Bool, connects_unverified),
        Fact::computed("holdsSecret", FactType::Bool, |parameter, _| {
            let text = |path| parameter.get(path).and_then(|d| d.value.as_str());
            looks_secret(text("Name").unwrap_or_default(), text("Value").unwrap_or_default()).into()
        }),
    ],
    classes: Classes {
        identity: &["Name"],
        free: &[("Description", TEXT)],
        undecided: &["Tier", "Type"],
        ..Classes::NONE
    },
};

/// Whether a function would connect to a database with less verification of its
/// certificate than the engine supports. Oracle's clients verify the authority
/// only.
fn connects_unverified(parameter: &Resource, _: &Index<'_>) -> FactValue {
    let document = parameter.get("Value").and_then(json::document);
    let ends = ["source", "target"].map(|end| document.as_ref().and_then(|d| d.get(end)));
    let verifies = |end: &&crate::Datum| {
        let text = |name| end.get(name).and_then(|d| d.value.as_str());
        text("tls") == Some("verify-full") || (text("engine"), text("tls")) == (Some("oracle"), Some("verify-ca"))
    };
    ends.iter().flatten().filter(|end| end.get("tls").is_some()).any(|end| !verifies(end)).into()
}
