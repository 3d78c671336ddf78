use std::collections::BTreeMap;

use migspec_diag::{Diagnostic, Sources};
use sha2::{Digest, Sha256};

use crate::repository::Root;

/// The fingerprint of each finding, in order. It stays the same when lines
/// move: rule, node, message, text at the place, file and environments. Equal
/// findings are numbered, so that fingerprints are unique.
pub fn fingerprints(findings: &[Diagnostic], sources: &Sources, root: &Root) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    findings
        .iter()
        .map(|finding| {
            let plain = fingerprint(finding, sources, root);
            let number = seen.entry(plain.clone()).or_insert(0);
            *number += 1;
            if *number == 1 { plain } else { format!("{plain}-{number}") }
        })
        .collect()
}

fn fingerprint(finding: &Diagnostic, sources: &Sources, root: &Root) -> String {
    let place = finding.primary.as_ref();
    let text = place.map_or("", |l| sources.snippet(l.span));
    let file = place.map_or(String::new(), |l| root.path(&sources.get(l.span.file).name));
    let mut parts = vec![&*finding.code, finding.node.as_deref().unwrap_or(""), &finding.message, &file, text];
    parts.extend(finding.environments.iter().map(String::as_str));
    digest(&parts)
}

/// A digest of the text of the node that a finding points into: it changes
/// when somebody edits the node. Empty where a finding points nowhere.
pub fn node_digest(finding: &Diagnostic, sources: &Sources) -> String {
    let Some(label) = &finding.primary else { return String::new() };
    let text = &sources.get(label.span.file).text;
    let node = migspec_syntax::enclosing_node(text, label.span.start as usize);
    node.and_then(|range| text.get(range)).map_or(String::new(), |node| digest(&[node]))
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(16).map(|b| format!("{b:02x}")).collect()
}
