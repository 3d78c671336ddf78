//! The deployment of the written templates.

use std::collections::BTreeMap;

use migspec_ir::Graph;
use migspec_ir::resource_type::{self, Terraform};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::{Artifacts, cloudformation};

/// A stack of CloudFormation, in the order of creation.
#[derive(Serialize)]
pub(super) struct Deployed {
    name: String,
    region: String,
    /// The path of its template in the build.
    template: String,
    /// The path of its stack policy.
    policy: Option<String>,
    /// The parameters that have no default.
    parameters: Vec<Parameter>,
}

#[derive(Serialize)]
struct Parameter {
    name: String,
    value: String,
    /// How a person finds the value; empty if the command contains it.
    description: String,
}

/// A stack, by name or as the command that prints its id, and its region.
type Place = (String, String);

/// The outputs and resources of the stacks that exist by then.
#[derive(Default)]
struct Existing {
    outputs: BTreeMap<String, Place>,
    /// The type of each resource, by its logical id.
    resources: BTreeMap<String, (String, Place)>,
}

/// The stacks whose templates a build contains. Empty without CloudFormation.
pub(super) fn stacks(graph: &Graph, artifacts: &Artifacts) -> Vec<Deployed> {
    let mut existing = Existing::default();
    let mut deployed = Vec::new();
    for stack in cloudformation::stacks(graph) {
        let template = format!("cloudformation/{}.json", stack.template);
        let Some(json) = read(artifacts, &template) else { continue };
        let name = match stack.name.as_str() {
            "main" => format!("{}-{}", graph.migration, graph.environment.name),
            name => format!("{}-{}-{name}", graph.migration, graph.environment.name),
        };
        let region = stack.region.unwrap_or_else(|| graph.environment.region.to_string());
        let policy = format!("cloudformation/{}.json", stack.policy);
        let policy = artifacts.get(&policy).is_some().then_some(policy);
        let declared = json.get("Parameters").and_then(Json::as_object);
        let parameters = declared.map(|declared| existing.without_default(declared)).unwrap_or_default();
        let place = (name.clone(), region.clone());
        let outputs = json.get("Outputs").and_then(Json::as_object).into_iter().flat_map(Map::keys);
        existing.outputs.extend(outputs.map(|output| (output.clone(), place.clone())));
        existing.add(place, &json, artifacts);
        deployed.push(Deployed { name, region, template, policy, parameters });
    }
    deployed
}

fn read(artifacts: &Artifacts, path: &str) -> Option<Json> {
    artifacts.get(path).and_then(|bytes| serde_json::from_slice(bytes).ok())
}

/// The command that prints the physical id of a resource.
fn physical_id((stack, region): &Place, logical: &str) -> String {
    format!(
        "$(aws cloudformation describe-stack-resource --region {region} --stack-name {stack} \\\n  \
         --logical-resource-id {logical} --query StackResourceDetail.PhysicalResourceId --output text)"
    )
}

impl Existing {
    /// Adds the resources of a stack and of its nested stacks.
    fn add(&mut self, place: Place, template: &Json, artifacts: &Artifacts) {
        for (logical, resource) in template.get("Resources").and_then(Json::as_object).into_iter().flatten() {
            let nested = cloudformation::read::nested_template(resource);
            if let Some(nested) = nested.and_then(|file| read(artifacts, &format!("cloudformation/{file}"))) {
                self.add((physical_id(&place, logical), place.1.clone()), &nested, artifacts);
            } else if let Some(type_name) = resource.get("Type").and_then(Json::as_str) {
                self.resources.insert(logical.clone(), (type_name.to_owned(), place.clone()));
            }
        }
    }

    /// The parameters without a default: outputs and attributes of earlier stacks, or values that a person finds.
    fn without_default(&self, declared: &Map<String, Json>) -> Vec<Parameter> {
        let open = declared.iter().filter(|(_, parameter)| parameter.get("Default").is_none());
        let described = open.map(|(name, parameter)| {
            let description = parameter.get("Description").and_then(Json::as_str).unwrap_or_default();
            let output = self.outputs.get(name).map(|place| output(place, name));
            let (value, description) = match output.or_else(|| self.attribute(name)) {
                _ if name == cloudformation::ARTIFACT_BUCKET => ("$BUCKET".to_owned(), ""),
                Some(command) => (command, ""),
                None => (format!("<{name}>"), description),
            };
            Parameter { name: name.clone(), value, description: description.to_owned() }
        });
        described.collect()
    }

    /// The command that prints an attribute that CloudFormation does not return.
    fn attribute(&self, parameter: &str) -> Option<String> {
        self.resources.iter().find_map(|(logical, (type_name, place))| {
            let attribute = parameter.strip_prefix(logical.as_str())?;
            let Terraform::Column(column) = &resource_type::find(type_name)?.terraform else { return None };
            let own = column.own_attributes.iter().find(|own| own.name == attribute)?;
            let command = own.command.replace(" --", " \\\n  --").replace("{id}", &physical_id(place, logical));
            Some(format!("$({command} \\\n  --region {})", place.1))
        })
    }
}

/// The command that prints an output of a stack.
fn output((stack, region): &Place, name: &str) -> String {
    format!(
        "$(aws cloudformation describe-stacks --region {region} --stack-name {stack} \\\n  \
         --query \"Stacks[0].Outputs[?OutputKey=='{name}'].OutputValue\" --output text)"
    )
}
