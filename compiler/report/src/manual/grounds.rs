//! The grounds of a control.

use migspec_policies::catalogue::{Control, Tier};

/// The reason of a control, its requirements and its severity.
pub(super) fn grounds(control: &Control) -> Vec<String> {
    let (production, other) = (control.severity(Tier::Production).name(), control.severity(Tier::Other).name());
    let severity = match production == other {
        true => production.to_owned(),
        false => format!("{production} in production, {other} elsewhere"),
    };
    let of = match control.requirements.as_slice() {
        [] => "of the organisation: it supports no requirement of PCI DSS".to_owned(),
        numbers => format!("PCI DSS 4.0.1: {}", numbers.join(", ")),
    };
    vec![format!("why: {}", control.why), of, format!("severity: {severity}")]
}
