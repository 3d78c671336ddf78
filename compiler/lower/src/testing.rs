//! For tests of passes: a graph from the text of a spec.

use migspec_diag::{Diagnostic, FileId, Outcome, Sources};
use migspec_ir::Graph;
use migspec_syntax::{ImportError, Importer, View, read};

/// A graph with the diagnostics of lowering.
pub(crate) struct Lowered {
    pub(crate) graph: Graph,
    pub(crate) diagnostics: Vec<Diagnostic>,
    sources: Sources,
}

impl Lowered {
    /// The code and the text under the primary label of each diagnostic.
    pub(crate) fn findings(&self) -> Vec<(&str, &str)> {
        let at = |d: &Diagnostic| d.primary.as_ref().map(|label| label.span);
        self.diagnostics.iter().map(|d| (&*d.code, at(d).map_or("", |span| self.sources.snippet(span)))).collect()
    }

    /// The string at a path of a resource's properties.
    pub(crate) fn text(&self, id: &str, path: &str) -> String {
        let datum = self.graph.get(&id.into()).and_then(|r| r.get(path));
        datum.and_then(|d| d.value.as_str()).unwrap_or_default().to_owned()
    }

    /// The ids of all resources of a type, in order.
    pub(crate) fn ids(&self, type_name: &'static str) -> Vec<&str> {
        self.graph.of_type(type_name).map(|r| r.id.as_str()).collect()
    }
}

/// Files that a spec names have this text.
struct Stub;

impl Importer for Stub {
    fn import(&mut self, sources: &mut Sources, _: FileId, path: &str) -> Result<FileId, ImportError> {
        Ok(sources.add(path, include_str!("../../../specs/corp-root-ca.pem")))
    }
}

/// Lowers a whole spec in one environment.
pub(crate) fn lower_text(text: &str, environment: &str) -> Lowered {
    lower_with(text, environment, crate::lower)
}

/// Lowers a whole spec by some of the passes.
fn lower_with(text: &str, environment: &str, lower: impl FnOnce(&View) -> Outcome<Graph>) -> Lowered {
    let mut sources = Sources::new();
    let file = sources.add("test.migspec.kdl", text);
    let spec = read(file, &mut sources, &mut Stub);
    let mut diagnostics = spec.diagnostics;
    let view = spec.value.view(environment);
    diagnostics.extend(view.diagnostics);
    let Some(view) = view.value else { panic!("no view: {diagnostics:#?}") };
    let lowered = lower(&view);
    diagnostics.extend(lowered.diagnostics);
    Lowered { graph: lowered.value, diagnostics, sources }
}

/// Nodes of a migration in an environment called `dev`, by some of the passes.
pub(crate) fn view_of(nodes: &str, lower: impl FnOnce(&View) -> Outcome<Graph>) -> Lowered {
    lower_with(&migration(nodes), "dev", lower)
}

fn migration(nodes: &str) -> String {
    let environment = "environment \"dev\" account=\"111111111111\" region=\"us-east-1\"";
    format!("migration \"m\" {{\n owner \"team\"\n {environment}\n{nodes}\n}}\n")
}

/// Lowers nodes of a migration in an environment called `dev`.
pub(crate) fn lower_nodes(nodes: &str) -> Lowered {
    lower_text(&migration(nodes), "dev")
}

/// The nodes of the reference spec after one replacement of its text.
pub(crate) fn payments_with(from: &str, to: &str, read: impl FnOnce(&migspec_syntax::ast::Migration)) {
    let text = include_str!("../../../specs/payments.migspec.kdl");
    assert!(text.contains(from), "the reference spec contains `{from}`");
    lower_with(&text.replacen(from, to, 1), "prod", |view| {
        read(&view.migration);
        crate::lower(view)
    });
}

/// The reference spec.
pub(crate) fn payments(environment: &str) -> Lowered {
    lower_text(include_str!("../../../specs/payments.migspec.kdl"), environment)
}

/// A small PostgreSQL migration: network, site, source, database, replication.
pub(crate) const SMALL: &str = r#"
migration "small" {
    owner "team"
    environment "dev" account="111111111111" region="us-east-1"
    network "main" cidr="10.0.0.0/16" {
        tier "data" holds="database"
        tier "replication" holds="replication"
        tier "private" holds="compute"
    }
    site "dc" cidr="172.16.0.0/16" {
        dns public=#true domain="example.com"
        vpn gateway="203.0.113.10" asn=65010
    }
    transit "hub" {
        attach "main" "dc"
    }
    source "old" engine="postgresql" version="15.8" site="dc" {
        live #false
        at "db.example.com:5432" database="app"
        tls "verify-full" ca="ca.pem"
        login "replication" secret="app/replication"
        login "validation" secret="app/validation"
    }
    database "new" engine="aurora-postgresql" version="16.6" network="main"
    replication "app" from="old" to="new" network="main" {
        include "app.*"
    }
}
"#;

/// The findings of the small migration after one replacement of its text:
/// code and text under the primary label.
pub(crate) fn small_with(from: &str, to: &str) -> Vec<(String, String)> {
    assert!(SMALL.contains(from), "the small migration contains `{from}`");
    let lowered = lower_text(&SMALL.replacen(from, to, 1), "dev");
    lowered.findings().into_iter().map(|(code, text)| (code.to_owned(), text.to_owned())).collect()
}
