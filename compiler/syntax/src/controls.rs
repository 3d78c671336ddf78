//! `controls.kdl` of a policy folder: the organisation's own controls.

use migspec_diag::{FileId, Outcome, Sources, Span, Spanned};

use crate::check::{check_as, respell};
use crate::kdl::{Parsed, parse};
use crate::shape::{Reader, SpecNode};
use crate::tree::Node;
use crate::value::{ControlName, ControlSeverity, Duration, Text};

nodes! {
    /// The file: nothing but controls.
    "controls" Controls, keys 0, merge Into {
        /// Controls to which policies of the folder refer by `@control`.
        children control: Control;
    }

    /// A control of the organisation. It supports no requirement of PCI DSS, and the evidence lists it apart.
    "control" Control, keys 1, merge Replace {
        /// Its name, which no control of the catalogue has.
        arg id: ControlName;
        /// The required state, in one line.
        prop title: Text;
        /// Why it matters.
        opt_prop why: Text;
        /// Severity of its findings in production: `error`, `warning` or `info`.
        prop severity: ControlSeverity = "error";
        /// Severity in other environments; without it, that of production.
        opt_prop elsewhere: ControlSeverity;
        /// Longest term of a waiver. Without it, findings cannot be waived.
        opt_prop waiver: Duration;
    }
}

/// Reads a file of controls.
pub fn read(file: FileId, sources: &Sources) -> Outcome<Option<Controls>> {
    let Parsed { nodes, mut diagnostics, .. } = parse(file, &sources.get(file).text);
    let whole = Span::new(file, 0, 0);
    let mut root = Node {
        name: Spanned::new(Controls::shape().name.into(), whole),
        entries: Vec::new(),
        children: nodes,
        header: whole,
        base: None,
    };
    let checked = check_as(&root, Controls::shape());
    diagnostics.extend(checked.diagnostics);
    let mut reader = Reader { misspelt: checked.misspelt, ..Reader::default() };
    respell(&mut root, &checked.intended);
    let controls = Controls::read(&root, &mut reader);
    diagnostics.extend(reader.missing.into_iter().map(|missing| missing.diagnostic));
    Outcome::new(controls, diagnostics)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The controls of a text, and its errors with their lines.
    fn of(text: &str) -> (Vec<String>, Vec<String>) {
        let mut sources = Sources::new();
        let file = sources.add("controls.kdl", text);
        let Outcome { value, diagnostics } = read(file, &sources);
        let line = |d: &migspec_diag::Diagnostic| {
            let place = d.primary.as_ref().map(|label| sources.place(label.span)).unwrap_or_default();
            format!("{place} {}", d.code)
        };
        let controls = value.into_iter().flat_map(|controls| controls.control);
        (controls.map(|control| control.id.to_string()).collect(), diagnostics.iter().map(line).collect())
    }

    #[test]
    fn a_file_has_controls_and_nothing_else() {
        let text = "control \"ACME-12\" title=\"two eyes\"\ncontrol \"ACME-13\" title=\"t\" elsewhere=\"info\" waiver=\"30d\"\n";
        assert_eq!(of(text), (vec!["ACME-12".to_owned(), "ACME-13".to_owned()], vec![]));
        for (text, expected) in [
            ("control \"ACME-12\"", "controls.kdl:1:1 missing-setting"),
            ("\ncontrl \"ACME-12\" title=\"t\"", "controls.kdl:2:1 unknown-node"),
            ("control \"acme 12\" title=\"t\"", "controls.kdl:1:9 wrong-value"),
            ("control \"A-1\" title=\"t\" severity=\"eror\"", "controls.kdl:1:34 wrong-value"),
            ("control \"A-1\" title=\"t\" requirements=\"3.5.1\"", "controls.kdl:1:25 unknown-property"),
            ("control \"A-1\" title=\"t\"\ncontrol \"A-1\" title=\"u\"", "controls.kdl:2:1 duplicate-node"),
        ] {
            assert_eq!(of(text).1, [expected], "{text}");
        }
    }
}
