//! The bill of materials of the binary, in CycloneDX 1.5: each crate that is linked into
//! it, with its license and the hash of its package.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use crate::cargo;
use crate::error::TaskError;

/// Writes the document to a file.
///
/// # Errors
///
/// The packages cannot be listed, or the file cannot be written.
pub fn write(root: &Path, out: &Path) -> Result<(), TaskError> {
    let document = document(root)?;
    let text = format!("{document:#}\n");
    std::fs::write(out, text).map_err(TaskError::file(out))
}

/// The document of the package `migspec`.
///
/// # Errors
///
/// The packages cannot be listed.
pub fn document(root: &Path) -> Result<Value, TaskError> {
    let metadata = cargo::metadata(root, &[])?;
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).map_err(TaskError::file(Path::new("Cargo.lock")))?;
    let hashes = hashes(&lock);
    let packages: BTreeMap<&str, &Value> =
        list(&metadata["packages"]).filter_map(|package| Some((package["id"].as_str()?, package))).collect();
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"]["nodes"]).filter_map(|node| Some((node["id"].as_str()?, node))).collect();
    let own = packages.iter().find(|(_, package)| package["name"] == "migspec").map(|(id, _)| *id).unwrap_or_default();
    let linked = linked_packages(own, &nodes);
    let components: Vec<Value> = linked
        .iter()
        .filter(|id| **id != own)
        .filter_map(|id| packages.get(id))
        .map(|package| component(package, &hashes, "library"))
        .collect();
    let dependencies: Vec<Value> = linked
        .iter()
        .filter_map(|id| Some((packages.get(id)?, nodes.get(id)?)))
        .map(|(package, node)| {
            let on = direct(node).filter_map(|id| packages.get(id)).map(|package| reference(package));
            json!({ "ref": reference(package), "dependsOn": on.collect::<BTreeSet<_>>() })
        })
        .collect();
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": packages.get(own).map(|package| component(package, &hashes, "application")) },
        "components": components,
        "dependencies": dependencies,
    }))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The packages that a package is linked with: no tools of tests and of builds.
fn direct(node: &Value) -> impl Iterator<Item = &str> {
    let is_linked = |dependency: &&Value| list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null());
    list(&node["deps"]).filter(is_linked).filter_map(|dependency| dependency["pkg"].as_str())
}

fn linked_packages<'m>(own: &'m str, nodes: &BTreeMap<&'m str, &'m Value>) -> BTreeSet<&'m str> {
    let mut linked = BTreeSet::new();
    let mut open = vec![own];
    while let Some(id) = open.pop() {
        if linked.insert(id) {
            open.extend(nodes.get(id).into_iter().flat_map(|node| direct(node)));
        }
    }
    linked
}

/// The hash of each package of a registry, by name and version.
fn hashes(lock: &str) -> BTreeMap<(String, String), String> {
    let mut hashes = BTreeMap::new();
    for block in lock.split("[[package]]") {
        let value = |name: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(&format!("{name} = \"")))?;
            line.strip_suffix('"').map(str::to_owned)
        };
        if let (Some(name), Some(version), Some(hash)) = (value("name"), value("version"), value("checksum")) {
            hashes.insert((name, version), hash);
        }
    }
    hashes
}

fn reference(package: &Value) -> String {
    let text = |name: &str| package[name].as_str().unwrap_or_default();
    format!("pkg:cargo/{}@{}", text("name"), text("version"))
}

fn component(package: &Value, hashes: &BTreeMap<(String, String), String>, kind: &str) -> Value {
    let text = |name: &str| package[name].as_str().unwrap_or_default().to_owned();
    let (name, version) = (text("name"), text("version"));
    let mut component = json!({
        "type": kind,
        "bom-ref": reference(package),
        "name": name,
        "version": version,
        "purl": reference(package),
        "scope": "required",
    });
    if let Some(license) = package["license"].as_str() {
        // `MIT/Apache-2.0` is the old form of `MIT OR Apache-2.0`.
        component["licenses"] = json!([{ "expression": license.replace('/', " OR ") }]);
    }
    if let Some(hash) = hashes.get(&(name, version)) {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": hash }]);
    }
    component
}

#[cfg(test)]
mod tests {
    use migspec_judges::{Judge, output};

    use super::*;

    #[test]
    fn the_bill_lists_what_is_linked() {
        let document = document(&crate::root()).expect("cargo describes the workspace");
        let components: Vec<&str> = list(&document["components"]).filter_map(|c| c["name"].as_str()).collect();
        assert!(components.len() > 50, "{} components", components.len());
        for name in ["cedar-policy-core", "migspec-ir", "lsp-types"] {
            assert!(components.contains(&name), "{name}");
        }
        for name in ["trycmd", "proptest", "aws-sdk-s3"] {
            assert!(!components.contains(&name), "{name} is not linked into the binary");
        }
        let foreign =
            list(&document["components"]).filter(|c| !c["name"].as_str().unwrap_or_default().starts_with("migspec"));
        for component in foreign {
            assert!(component["licenses"].is_array() && component["hashes"].is_array(), "{component}");
        }
        let references: BTreeSet<&str> = list(&document["components"]).filter_map(|c| c["bom-ref"].as_str()).collect();
        let on = list(&document["dependencies"]).flat_map(|d| list(&d["dependsOn"])).filter_map(Value::as_str);
        assert!(on.into_iter().all(|name| references.contains(name)));
    }

    #[test]
    fn the_validator_of_cyclonedx_takes_the_bill() {
        let Some(judge) = Judge::find_with("cyclonedx_bill.py", &[], &["cyclonedx"]) else { return };
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("migspec.cdx.json");
        write(&crate::root(), &path).expect("the bill is written");
        let judged = || output(judge.command().arg(&path));
        judged().unwrap_or_else(|error| panic!("{error}"));
        let text = std::fs::read_to_string(&path).expect("the bill is text");
        for (member, wrong) in [("\"scope\": \"required\"", "\"scope\": \"linked\""), ("\"purl\"", "\"address\"")] {
            assert!(text.contains(member), "{member}");
            std::fs::write(&path, text.replacen(member, wrong, 1)).expect("a file");
            assert!(judged().is_err(), "{wrong}");
        }
    }
}
