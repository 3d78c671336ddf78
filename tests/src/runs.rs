//! Runs of the compiler inside the test process.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use migspec::compile::{self, Checked, Request};
use migspec_diag::{FileId, Sources};
use migspec_policies::Rulebook;
use migspec_syntax::value::Date;
use migspec_syntax::{ImportError, Importer};

/// The date of every test.
pub const TODAY: Date = Date::constant(2026, 11, 22);

/// Serves files from memory.
#[derive(Default)]
pub struct MemoryImporter {
    pub files: BTreeMap<String, String>,
}

impl Importer for MemoryImporter {
    fn import(&mut self, sources: &mut Sources, _: FileId, path: &str) -> Result<FileId, ImportError> {
        let text = self.files.get(path).ok_or(ImportError::Missing)?;
        if let Some((file, _)) = sources.iter().find(|(_, s)| &*s.name == path) {
            return Ok(file);
        }
        Ok(sources.add(path, text))
    }
}

/// The built-in policies, read once for all tests of a process.
pub fn rulebook() -> &'static Rulebook {
    static RULEBOOK: OnceLock<Rulebook> = OnceLock::new();
    RULEBOOK.get_or_init(|| Rulebook::builtin().expect("the built-in policies can be read"))
}

/// The text of a file below the root.
pub fn text(path: &str) -> String {
    std::fs::read_to_string(crate::root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Serves the files that the specs import.
pub fn importer() -> MemoryImporter {
    let mut importer = MemoryImporter::default();
    for name in [
        "access-logs-policy.json",
        "boundary.json",
        "database-key.json",
        "flow-logs-policy.json",
        "logs-key.json",
        "notifications-key.json",
        "topic-policy.json",
    ] {
        importer.files.insert(name.to_owned(), text(&format!("specs/examples/landing-zone/{name}")));
    }
    importer.files.insert("corp-root-ca.pem".to_owned(), text("specs/corp-root-ca.pem"));
    importer
}

/// A spec in one environment. Findings are ignored.
pub fn view(text: &str, environment: &str) -> migspec_syntax::View {
    let mut sources = Sources::new();
    let file = sources.add("payments.migspec.kdl", text);
    let spec = migspec_syntax::read(file, &mut sources, &mut importer()).value;
    spec.view(environment).value.unwrap_or_else(|| panic!("{environment}: the spec can be read"))
}

/// Checks a text like a spec beside the reference spec.
pub fn check_text(name: &str, text: &str, environment: Option<&str>) -> (Sources, Checked) {
    let mut sources = Sources::new();
    let file = sources.add(name, text);
    let mut importer = importer();
    let request = Request { environment: environment.map(str::to_owned), today: TODAY };
    let checked = compile::check(file, &mut sources, &mut importer, rulebook(), &request)
        .unwrap_or_else(|failure| panic!("{name}: {failure}"));
    (sources, checked)
}

/// Findings in the form of test data: `code @ text under the place`, sorted by
/// place.
pub fn list(sources: &Sources, checked: &Checked) -> Vec<String> {
    checked
        .findings
        .iter()
        .map(|f| {
            let place = f.primary.as_ref().map_or("", |l| sources.snippet(l.span));
            let place = place.lines().next().unwrap_or("");
            let environments =
                if f.environments.is_empty() { String::new() } else { format!(" in {}", f.environments.join(", ")) };
            format!("{} @ {place}{environments}", f.code)
        })
        .collect()
}

/// The missing parts of a finding: a place in a spec, a label, a help, and a
/// control for a policy.
pub fn lacks(sources: &Sources, finding: &migspec_diag::Diagnostic) -> Vec<&'static str> {
    let mut lacks = Vec::new();
    match &finding.primary {
        None => lacks.push("a place in the spec"),
        Some(label) if sources.snippet(label.span).is_empty() => lacks.push("text under its place"),
        Some(label) if label.text.is_empty() => lacks.push("a label"),
        Some(_) => {}
    }
    let known = migspec_diag::code_info(&finding.code).is_some();
    if !known && finding.help.is_none() {
        lacks.push("a help");
    }
    if !known && (finding.controls.is_empty() || finding.requirements.is_empty()) {
        lacks.push("a control and a requirement");
    }
    let text = finding.primary.as_ref().map(|label| &*sources.get(label.span.file).text);
    if text.is_some_and(|text| !text.contains("override")) && finding.help.as_deref().is_some_and(blames_override) {
        lacks.push("a help for a spec without overrides");
    }
    lacks
}

/// Whether a help has no other advice than to drop an override.
fn blames_override(help: &str) -> bool {
    ["drop the override", "drop the overrides", "remove the override"].iter().any(|start| help.starts_with(start))
}
