//! The evidence for an assessor: requirements, controls and resources as a page,
//! a table and OSCAL assessment results. It supports an assessment and does not
//! replace one.

mod anchor;
mod connections;
mod html;
mod matrix;
mod oscal;
mod table;
mod things;

use std::collections::BTreeMap;

use migspec_analyze::scope::Scope;
use migspec_diag::{Diagnostic, Sources, Span};
use migspec_ir::Graph;
use migspec_policies::{Assessment, PolicyError, Rulebook};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

pub use matrix::{Matrix, Row, Standing};

/// The disclaimer of every evidence file.
pub const STATEMENT: &str = "This evidence supports an assessment against PCI DSS 4.0.1 and does not replace one. It \
                             covers the specification, not the running systems.";

/// The inputs of the evidence.
#[derive(Clone, Copy)]
pub struct EvidenceInputs<'a> {
    pub graph: &'a Graph,
    pub rulebook: &'a Rulebook,
    pub assessment: &'a Assessment,
    pub scope: &'a Scope,
    pub sources: &'a Sources,
    /// The compiler's own findings, which are no errors: a control that they decide does not pass.
    pub problems: &'a [Diagnostic],
    /// The day, as YYYY-MM-DD.
    pub today: &'a str,
}

impl EvidenceInputs<'_> {
    /// `payments.migspec.kdl:12:5`.
    fn place(&self, span: Span) -> String {
        let place = self.sources.place(span);
        // The folder of the run is not part of the evidence.
        place.rsplit('/').next().unwrap_or(&place).to_owned()
    }

    /// The SHA-256 of the spec: of every file's name and text.
    fn spec_hash(&self) -> String {
        let mut hash = Sha256::new();
        for (_, source) in self.sources.iter() {
            let name = source.name.rsplit('/').next().unwrap_or(&source.name);
            for part in [name, &source.text] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part.as_bytes());
            }
        }
        hex(&hash.finalize())
    }
}

/// The files of the evidence by name.
///
/// # Errors
///
/// A policy cannot be read.
pub fn files(given: &EvidenceInputs<'_>) -> Result<BTreeMap<String, Vec<u8>>, PolicyError> {
    let matrix = Matrix::of(given)?;
    let mut files = BTreeMap::from([
        ("index.html".to_owned(), html::page(given, &matrix).into_bytes()),
        ("matrix.csv".to_owned(), table::csv(&matrix).into_bytes()),
        ("inventory.csv".to_owned(), table::inventory(&things::list(given)).into_bytes()),
        ("assessment-results.json".to_owned(), oscal::results(given, &matrix).into_bytes()),
    ]);
    // Controls of the organisation are in a table of their own.
    if given.rulebook.own_controls().next().is_some() {
        files.insert("own-controls.csv".to_owned(), table::own_controls(given, &matrix).into_bytes());
    }
    let hashes: Map<String, Json> = files
        .iter()
        .map(|(name, bytes)| (name.clone(), json!({ "sha256": hex(&Sha256::digest(bytes)), "bytes": bytes.len() })))
        .collect();
    let manifest = json!({
        "migspec": env!("CARGO_PKG_VERSION"),
        "kind": "evidence",
        "migration": &*given.graph.migration,
        "environment": &*given.graph.environment.name,
        "date": given.today,
        "spec": { "sha256": given.spec_hash() },
        "statement": STATEMENT,
        "files": hashes,
    });
    files.insert("manifest.json".to_owned(), format!("{manifest:#}\n").into_bytes());
    Ok(files)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
