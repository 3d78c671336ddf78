//! The deployment packages of the functions, and under which keys they are uploaded.

pub mod program;
mod without;

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use migspec_ir::{Graph, Resource, Value};
use sha2::{Digest, Sha256};

use crate::{Artifacts, Packages};

pub use without::without_functions;

/// The names of the packages that a graph needs and are not at hand.
pub fn missing(graph: &Graph, packages: &Packages) -> Vec<String> {
    required_packages(graph).into_iter().filter(|name| !packages.zips.contains_key(name)).collect()
}

/// The problems of the available packages, a sentence each: a function would
/// otherwise fail only when a cutover calls it.
pub fn unfit(graph: &Graph, packages: &Packages) -> Vec<String> {
    let functions = graph.resources.values().filter_map(|function| {
        let Value::Package(name) = &function.get("Code")?.value else { return None };
        Some((function, packages.zips.get_key_value(&**name)?))
    });
    let unfit = |(function, (name, zip)): (&Resource, (&String, &Vec<u8>))| match program::of_package(zip) {
        Err(reason) => Some(format!("`{name}.zip` {reason}")),
        Ok(built) if built != architecture(function) => {
            Some(format!("`{name}.zip` is built for {built}, and its function runs on {}", architecture(function)))
        }
        Ok(_) if function.get("CodeSigningConfigArn").is_some() && !program::is_signed(zip) => Some(format!(
            "`{name}.zip` carries no signature of AWS Signer, and its function accepts only signed packages"
        )),
        Ok(_) => None,
    };
    functions.filter_map(unfit).collect()
}

/// The platform on which Lambda runs a function.
fn architecture(function: &Resource) -> &str {
    let list = function.get("Architectures").and_then(|d| d.value.as_list());
    list.and_then(|list| list.first()?.value.as_str()).unwrap_or("x86_64")
}

/// Adds the packages that a graph needs: `functions/NAME.zip`.
pub fn emit(graph: &Graph, packages: &Packages, artifacts: &mut Artifacts) {
    for name in required_packages(graph) {
        if let Some(zip) = packages.zips.get(&name) {
            artifacts.add(path(&name), zip.clone());
        }
    }
}

/// The names of the packages that a graph needs.
pub fn required_packages(graph: &Graph) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, datum) in graph.resources.values().flat_map(|r| r.properties.iter()) {
        collect(&datum.value, &mut names);
    }
    names
}

fn collect(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Package(name) => {
            names.insert(name.to_string());
        }
        Value::List(items) => items.iter().for_each(|d| collect(&d.value, names)),
        Value::Map(map) => map.iter().for_each(|(_, d)| collect(&d.value, names)),
        _ => {}
    }
}

/// Where a package lies in the output folder.
pub fn path(name: &str) -> String {
    format!("functions/{name}.zip")
}

/// The content hashes of the packages at hand.
#[derive(Debug)]
pub struct Names {
    hashes: BTreeMap<String, [u8; 32]>,
}

impl Names {
    pub fn new(packages: &Packages) -> Self {
        let hash = |zip: &Vec<u8>| Sha256::digest(zip).into();
        Self { hashes: packages.zips.iter().map(|(name, zip)| (name.clone(), hash(zip))).collect() }
    }

    /// The key under which CloudFormation looks for a package: it changes
    /// with the content, so that an update of the stack sees a new package.
    pub fn key(&self, name: &str) -> String {
        match self.hashes.get(name) {
            Some(hash) => format!("functions/{name}-{}.zip", &hex(hash)[..16]),
            None => path(name),
        }
    }

    /// The content hash as Terraform writes it: base64 of the SHA-256.
    pub fn base64(&self, name: &str) -> Option<String> {
        self.hashes.get(name).map(|hash| STANDARD.encode(hash))
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use migspec_ir::Resource;

    use super::*;
    use crate::TARGETS;
    use crate::terraform::tests::graph;

    /// The data of one function that all back ends write.
    fn emit(packages: &Packages) -> (Graph, Artifacts) {
        let (mut graph, at) = graph();
        let function = Resource::new("AWS::Lambda::Function", "fence-function", "function \"fence\"", at)
            .set("FunctionName", "fence-dev")
            .set("Code", Value::Package("fence".into()));
        graph.resources.insert(function.id.clone(), function);
        let mut artifacts = Artifacts::new();
        for target in TARGETS {
            assert_eq!(target.emit(&graph, packages, &mut artifacts), []);
        }
        (graph, artifacts)
    }

    fn text<'a>(artifacts: &'a Artifacts, path: &str) -> &'a str {
        std::str::from_utf8(artifacts.get(path).expect("the file is written")).expect("it is text")
    }

    #[test]
    fn a_package_at_hand_is_named_by_its_content() {
        let packages = Packages { zips: BTreeMap::from([("fence".to_owned(), b"zip".to_vec())]) };
        let (graph, artifacts) = emit(&packages);
        assert_eq!(missing(&graph, &packages), [""; 0]);
        assert_eq!(artifacts.get("functions/fence.zip"), Some(&b"zip"[..]));
        let terraform = text(&artifacts, "terraform/functions.tf");
        assert!(terraform.contains("filename         = \"${path.module}/../functions/fence.zip\""), "{terraform}");
        assert!(
            terraform.contains("source_code_hash = \"SnD+mqZDbgLC3qNA+9HjUuTvLYzmylKtJdS5VHH8i/I=\""),
            "{terraform}"
        );
        let template = text(&artifacts, "cloudformation/main.template.json");
        assert!(template.contains(&Names::new(&packages).key("fence")), "{template}");
    }

    #[test]
    fn a_package_that_is_missing_leaves_a_configuration_that_plans() {
        let packages = Packages::default();
        let (graph, artifacts) = emit(&packages);
        assert_eq!(missing(&graph, &packages), ["fence"]);
        assert!(!text(&artifacts, "terraform/functions.tf").contains("source_code_hash"));
        assert!(text(&artifacts, "cloudformation/main.template.json").contains("functions/fence.zip"));
    }

    #[test]
    fn a_package_for_another_machine_is_not_deployed() {
        let (mut graph, at) = graph();
        let package = |machine| {
            let zip = program::tests::zip(program::BOOTSTRAP, 0o755, &program::tests::program(machine));
            Packages { zips: BTreeMap::from([("fence".to_owned(), zip)]) }
        };
        let (intel, arm) = (package(0x3e), package(0xb7));
        let other = Packages { zips: BTreeMap::from([("fence".to_owned(), b"zip".to_vec())]) };
        let mut run_on = |architecture: Option<&'static str>| {
            let function = Resource::new("AWS::Lambda::Function", "fence-function", "function \"fence\"", at)
                .set("Code", Value::Package("fence".into()));
            let function = match architecture {
                Some(architecture) => function.set("Architectures", vec![architecture]),
                None => function,
            };
            graph.resources.insert(function.id.clone(), function);
            [&intel, &arm, &other].map(|packages| unfit(&graph, packages).join(", "))
        };
        let built_for = |built, runs| format!("`fence.zip` is built for {built}, and its function runs on {runs}");
        let no_zip = "`fence.zip` is no zip".to_owned();
        for x86_64 in [Some("x86_64"), None] {
            assert_eq!(run_on(x86_64), [String::new(), built_for("arm64", "x86_64"), no_zip.clone()]);
        }
        assert_eq!(run_on(Some("arm64")), [built_for("x86_64", "arm64"), String::new(), no_zip]);
    }
}
