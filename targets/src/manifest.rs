//! `manifest.json`: the files of a build, and the node of the spec behind each
//! block. Only this file has line numbers, so that an inserted comment does not
//! rewrite every file.

use migspec_diag::{Sources, Span};
use migspec_ir::Graph;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use crate::artifacts::Place;
use crate::package::{Names, hex, path, required_packages};
use crate::{Artifacts, Packages};

/// A template beyond this size cannot be given inline: it comes from a bucket.
/// fact: limit-cloudformation-template
const INLINE: usize = 51_200;

/// The manifest of all files so far.
pub fn manifest(graph: &Graph, packages: &Packages, sources: &Sources, artifacts: &Artifacts) -> String {
    let places = Places { sources, folder: folder(sources, graph.environment.span) };
    let files: Map<String, Json> =
        artifacts.iter().map(|(path, bytes)| (path.to_owned(), file(path, bytes, artifacts, &places))).collect();
    let manifest = json!({
        "migspec": env!("CARGO_PKG_VERSION"),
        "migration": &*graph.migration,
        "environment": &*graph.environment.name,
        "account": &*graph.environment.account,
        "region": &*graph.environment.region,
        "spec": places.name(graph.environment.span),
        "role": graph.deployer.as_ref().map(|deployer| &*deployer.role),
        "uploads": uploads(graph, packages, artifacts),
        "files": files,
    });
    format!("{manifest:#}\n")
}

fn file(path: &str, bytes: &[u8], artifacts: &Artifacts, places: &Places) -> Json {
    let mut entry = Map::new();
    entry.insert("sha256".into(), json!(hex(&Sha256::digest(bytes))));
    if path.ends_with(".template.json") && bytes.len() > INLINE {
        entry.insert("deploy-from".into(), json!("bucket"));
    }
    let blocks: Map<String, Json> =
        artifacts.blocks(path).map(|(block, place)| (block.to_owned(), places.json(place))).collect();
    if !blocks.is_empty() {
        entry.insert("blocks".into(), Json::Object(blocks));
    }
    Json::Object(entry)
}

/// Under which key CloudFormation looks for a file in the artifact bucket.
fn uploads(graph: &Graph, packages: &Packages, artifacts: &Artifacts) -> Map<String, Json> {
    let names = Names::new(packages);
    let mut uploads = Map::new();
    if !artifacts.iter().any(|(path, _)| path.starts_with("cloudformation/")) {
        return uploads;
    }
    for name in required_packages(graph) {
        uploads.insert(path(&name), json!(names.key(&name)));
    }
    let nested = artifacts.iter().filter(|(path, _)| path.ends_with(".template.json"));
    let nested = nested.filter(|(path, _)| !path.ends_with("/main.template.json"));
    uploads.extend(nested.map(|(path, _)| (path.to_owned(), json!(path))));
    uploads
}

/// Places in the spec, named from the spec's own folder.
struct Places<'a> {
    sources: &'a Sources,
    folder: &'a str,
}

/// The folder of the file at a place, with its last slash.
fn folder(sources: &Sources, span: Span) -> &str {
    let name = &*sources.get(span.file).name;
    name.rfind('/').map_or("", |slash| &name[..=slash])
}

impl Places<'_> {
    fn name(&self, span: Span) -> &str {
        let name = &*self.sources.get(span.file).name;
        name.strip_prefix(self.folder).unwrap_or(name)
    }

    fn json(&self, place: &Place) -> Json {
        let line = self.sources.get(place.span.file).location(place.span.start).line;
        json!({ "node": &*place.node, "file": self.name(place.span), "line": line })
    }
}
