//! A result held against an earlier one: a baseline file, or the check of
//! another revision. Findings are compared by fingerprint.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use migspec_diag::{Diagnostic, Sources};
use serde_json::{Value, json};

use crate::error::{BaselineError, CommandError};
use crate::fingerprint::node_digest;
use crate::load::read_text;
use crate::path_name::display;

/// Whether an earlier result has a finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    New,
    Existing,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            State::New => "new",
            State::Existing => "existing",
        }
    }
}

/// A finding of an earlier result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownFinding {
    pub fingerprint: String,
    pub code: String,
    pub message: String,
    /// Digest of the text of its node; empty if it had no place.
    pub node_digest: String,
}

/// An earlier result.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Earlier {
    pub findings: Vec<KnownFinding>,
}

/// A result compared with an earlier one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Comparison {
    /// One state for each finding of the result, in order.
    pub states: Vec<State>,
    /// Earlier findings that the result no longer has.
    pub fixed: Vec<KnownFinding>,
}

impl KnownFinding {
    pub fn to_json(&self) -> Value {
        json!({
            "fingerprint": self.fingerprint,
            "code": self.code,
            "message": self.message,
            "nodeDigest": self.node_digest,
        })
    }

    fn from_json(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            fingerprint: text("fingerprint")?,
            code: text("code")?,
            message: text("message")?,
            node_digest: text("nodeDigest")?,
        })
    }
}

impl Earlier {
    /// The findings of a result, to be kept as a baseline.
    pub fn of(findings: &[Diagnostic], fingerprints: &[String], sources: &Sources) -> Self {
        let known = |(finding, fingerprint): (&Diagnostic, &String)| KnownFinding {
            fingerprint: fingerprint.clone(),
            code: finding.code.to_string(),
            message: finding.message.clone(),
            node_digest: node_digest(finding, sources),
        };
        Self { findings: findings.iter().zip(fingerprints).map(known).collect() }
    }

    /// Reads a baseline file or a JSON result.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is neither of the two.
    pub fn read(path: &Path) -> Result<Self, CommandError> {
        let not_one = |reason| CommandError::Baseline { path: display(path), reason };
        Self::parse(&read_text(path)?).map_err(not_one)
    }

    /// Reads the text of a baseline file or of a JSON result.
    ///
    /// # Errors
    ///
    /// The text is neither of the two.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let value: Value = serde_json::from_str(text)?;
        if value.get("version").and_then(Value::as_u64) != Some(1) {
            return Err(BaselineError::Version);
        }
        let findings = value.get("findings").and_then(Value::as_array).ok_or(BaselineError::NoFindings)?;
        let findings: Option<Vec<KnownFinding>> = findings.iter().map(KnownFinding::from_json).collect();
        Ok(Self { findings: findings.ok_or(BaselineError::NoFingerprint)? })
    }

    /// The text of a baseline file, one finding a line, sorted, so that a
    /// change of it is easy to review.
    pub fn to_text(&self) -> String {
        let mut lines: Vec<String> = self.findings.iter().map(|known| known.to_json().to_string()).collect();
        lines.sort();
        format!("{{\n\"version\": 1,\n\"findings\": [\n{}\n]\n}}\n", lines.join(",\n"))
    }

    /// Compares a result with this one. With [`Touched::Lose`], a finding in a node
    /// whose text has changed is new, whether it was known or not.
    pub fn compare(&self, now: &Earlier, touched: Touched) -> Comparison {
        let known: BTreeMap<&str, &KnownFinding> = self.findings.iter().map(|k| (&*k.fingerprint, k)).collect();
        let state = |finding: &KnownFinding| match known.get(&*finding.fingerprint) {
            Some(earlier) if touched == Touched::Keep || earlier.node_digest == finding.node_digest => State::Existing,
            _ => State::New,
        };
        let present: BTreeSet<&str> = now.findings.iter().map(|k| &*k.fingerprint).collect();
        let gone = self.findings.iter().filter(|known| !present.contains(&*known.fingerprint));
        Comparison { states: now.findings.iter().map(state).collect(), fixed: gone.cloned().collect() }
    }
}

/// Whether a node whose text has changed keeps its known findings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Touched {
    Keep,
    Lose,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known_finding(fingerprint: &str, node: &str) -> KnownFinding {
        KnownFinding {
            fingerprint: fingerprint.into(),
            code: "c".into(),
            message: "m".into(),
            node_digest: node.into(),
        }
    }

    #[test]
    fn a_comparison_has_new_existing_and_fixed_findings() {
        let before = Earlier { findings: vec![known_finding("a", "1"), known_finding("b", "1")] };
        let now = Earlier { findings: vec![known_finding("b", "2"), known_finding("c", "2")] };
        let comparison = before.compare(&now, Touched::Keep);
        assert_eq!(comparison.states, [State::Existing, State::New]);
        assert_eq!(comparison.fixed, [known_finding("a", "1")]);
        assert_eq!(before.compare(&now, Touched::Lose).states, [State::New, State::New]);
    }

    #[test]
    fn a_baseline_reads_back() {
        let earlier = Earlier { findings: vec![known_finding("b", "1"), known_finding("a", "")] };
        let mut read = Earlier::parse(&earlier.to_text()).expect("it is a baseline");
        read.findings.reverse();
        assert_eq!(read, earlier);
        assert!(Earlier::parse("{}").is_err());
        assert!(Earlier::parse("{\"version\":1,\"findings\":[{}]}").is_err());
        assert!(Earlier::parse("nothing").is_err());
    }
}
