//! The deployment of the written templates.

use std::collections::BTreeMap;

use migspec_ir::Graph;
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

/// The stacks whose templates a build contains. Empty without CloudFormation.
pub(super) fn stacks(graph: &Graph, artifacts: &Artifacts) -> Vec<Deployed> {
    let mut outputs: BTreeMap<String, (String, String)> = BTreeMap::new();
    let mut deployed = Vec::new();
    for stack in cloudformation::stacks(graph) {
        let written = |name: &str| {
            let path = format!("cloudformation/{name}.json");
            artifacts.get(&path).map(|bytes| (path, bytes))
        };
        let Some((template, bytes)) = written(&stack.template) else { continue };
        let Ok(json) = serde_json::from_slice::<Json>(bytes) else { continue };
        let name = match stack.name.as_str() {
            "main" => format!("{}-{}", graph.migration, graph.environment.name),
            name => format!("{}-{}-{name}", graph.migration, graph.environment.name),
        };
        let region = stack.region.unwrap_or_else(|| graph.environment.region.to_string());
        let policy = written(&stack.policy).map(|(path, _)| path);
        let declared = json.get("Parameters").and_then(Json::as_object);
        let parameters = declared.map(|declared| without_default(declared, &outputs)).unwrap_or_default();
        for output in json.get("Outputs").and_then(Json::as_object).into_iter().flat_map(Map::keys) {
            outputs.insert(output.clone(), (name.clone(), region.clone()));
        }
        deployed.push(Deployed { name, region, template, policy, parameters });
    }
    deployed
}

/// The parameters without a default: outputs of earlier stacks, by stack and region, or values that a person finds.
fn without_default(declared: &Map<String, Json>, outputs: &BTreeMap<String, (String, String)>) -> Vec<Parameter> {
    let open = declared.iter().filter(|(_, parameter)| parameter.get("Default").is_none());
    let described = open.map(|(name, parameter)| {
        let description = parameter.get("Description").and_then(Json::as_str).unwrap_or_default();
        let (value, description) = match (name.as_str(), outputs.get(name)) {
            (cloudformation::ARTIFACT_BUCKET, _) => ("$BUCKET".to_owned(), ""),
            (_, Some((stack, region))) => (output(stack, region, name), ""),
            (_, None) => (format!("<{name}>"), description),
        };
        Parameter { name: name.clone(), value, description: description.to_owned() }
    });
    described.collect()
}

/// The command that prints an output of a stack.
fn output(stack: &str, region: &str, name: &str) -> String {
    format!(
        "$(aws cloudformation describe-stacks --region {region} --stack-name {stack} \\\n  \
         --query \"Stacks[0].Outputs[?OutputKey=='{name}'].OutputValue\" --output text)"
    )
}
