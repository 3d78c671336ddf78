//! The matrix as CSV, RFC 4180.

use migspec_policies::catalogue::{self, Control};

use super::things::Thing;
use super::{EvidenceInputs, Matrix, Row};

const HEADER: [&str; 12] = [
    "requirement",
    "requirement result",
    "part of AWS",
    "control",
    "control title",
    "standing",
    "policy",
    "resource",
    "resource type",
    "spec node",
    "spec place",
    "detail",
];

/// How many of them are about a requirement.
const OF_REQUIREMENT: usize = 3;

/// A line for each requirement, control and resource. Controls without a requirement are listed too.
pub(super) fn csv(matrix: &Matrix) -> String {
    let mut out = String::new();
    line(&mut out, &HEADER);
    for requirement in catalogue::requirements() {
        let of = [requirement.number, matrix.result(requirement).name(), requirement.aws.unwrap_or_default()];
        requirement.controls.iter().for_each(|control| lines(&mut out, of, control, matrix));
    }
    let others = catalogue::controls().values().filter(|control| control.requirements.is_empty());
    others.for_each(|control| lines(&mut out, [""; OF_REQUIREMENT], control, matrix));
    out
}

/// A line for each control of the organisation and each resource. They support no requirement.
pub(super) fn own_controls(given: &EvidenceInputs<'_>, matrix: &Matrix) -> String {
    let mut out = String::new();
    line(&mut out, &HEADER[OF_REQUIREMENT..]);
    for control in given.rulebook.own_controls() {
        matrix.rows(control).iter().for_each(|row| line(&mut out, &fields(control, row)));
    }
    out
}

/// A line for each key, certificate and store.
pub(super) fn inventory(things: &[Thing]) -> String {
    let mut out = String::new();
    line(&mut out, &["kind", "name", "name in AWS", "known as", "standing", "used by", "spec place"]);
    for thing in things {
        let users: Vec<&str> = thing.users.iter().map(|user| user.name.as_str()).collect();
        let Thing { kind, name, identity, provenance, standing, place, .. } = thing;
        line(&mut out, &[kind, name, identity, provenance, standing, &users.join(" "), place]);
    }
    out
}

fn lines(out: &mut String, requirement: [&str; OF_REQUIREMENT], control: &Control, matrix: &Matrix) {
    for row in matrix.rows(control) {
        line(out, &[&requirement[..], &fields(control, row)].concat());
    }
}

/// The fields of a row behind those of its requirement.
fn fields<'r>(control: &'r Control, row: &'r Row) -> [&'r str; 9] {
    [
        &row.control,
        &control.title,
        row.standing.name(),
        &row.rule,
        &row.resource,
        &row.type_name,
        &row.node,
        &row.place,
        &row.detail,
    ]
}

fn line(out: &mut String, fields: &[&str]) {
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&quoted(field));
    }
    out.push_str("\r\n");
}

/// A field. An apostrophe in front marks text that a spreadsheet would interpret
/// as a formula.
fn quoted(field: &str) -> String {
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{field}") } else { field.to_owned() };
    if formula || text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_and_no_field_is_a_formula() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert!(quoted(formula).starts_with("\"'"), "{formula:?}");
        }
    }
}
