//! The matrix as CSV, RFC 4180.

use migspec_policies::catalogue;

use super::Matrix;

const HEADER: [&str; 10] = [
    "requirement",
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

/// A line for each requirement, control and resource.
pub(super) fn csv(matrix: &Matrix) -> String {
    let mut out = String::new();
    line(&mut out, &HEADER);
    for (requirement, controls) in &matrix.requirements {
        for control in controls {
            for row in matrix.rows(control) {
                line(
                    &mut out,
                    &[
                        requirement,
                        &row.control,
                        &control.title,
                        row.standing.name(),
                        &row.rule,
                        &row.resource,
                        &row.type_name,
                        &row.node,
                        &row.place,
                        &row.detail,
                    ],
                );
            }
        }
    }
    // Controls that support no single requirement are listed all the same.
    for control in catalogue::controls().values().filter(|control| control.requirements.is_empty()) {
        for row in matrix.rows(control) {
            let (id, title) = (row.control.as_str(), control.title.as_str());
            line(
                &mut out,
                &[
                    "",
                    id,
                    title,
                    row.standing.name(),
                    &row.rule,
                    &row.resource,
                    &row.type_name,
                    &row.node,
                    &row.place,
                    &row.detail,
                ],
            );
        }
    }
    out
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

/// A field. What a spreadsheet would take for a formula is marked as text by
/// an apostrophe before it.
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
