//! The limits of services for the length of names. They apply to the complete physical names, including kind,
//! environment and overrides.

use migspec_diag::Diagnostic;
use migspec_ir::{Resource, naming};

use crate::cx::Cx;

pub(crate) fn check(cx: &mut Cx) {
    let too_long: Vec<Diagnostic> = cx.graph.resources.values().flat_map(|r| find(r, cx)).collect();
    for diagnostic in too_long {
        cx.report(diagnostic);
    }
}

fn find(resource: &Resource, cx: &Cx) -> Vec<Diagnostic> {
    let limits = naming::of_type(resource.type_name);
    limits.filter_map(|(property, limit)| too_long(resource, property, limit, cx)).collect()
}

fn too_long(resource: &Resource, property: &str, limit: usize, cx: &Cx) -> Option<Diagnostic> {
    let datum = resource.get(property)?;
    let name = datum.value.as_str()?;
    let length = name.chars().count();
    if length <= limit {
        return None;
    }
    let environment = cx.env();
    let message = format!("the name `{name}` has {length} characters; {} accepts {limit}", service(resource));
    Some(
        Diagnostic::error("name-too-long", message)
            .at(datum.origin.span(), "named after this")
            .with(cx.graph.environment.span, format!("`-{environment}` is {} of them", environment.len() + 1))
            .help(format!("shorten the environment's name by {}", length - limit)),
    )
}

/// The short form of a type: `IAM Role` for `AWS::IAM::Role`.
fn service(resource: &Resource) -> String {
    resource.type_name.trim_start_matches("AWS::").replace("::", " ")
}

#[cfg(test)]
mod tests {
    use crate::testing::lower_text;

    #[test]
    fn a_name_that_is_too_long_says_by_how_much() {
        let text = include_str!("../../../specs/payments.migspec.kdl");
        let long = text.replace("environment \"prod\"", "environment \"production-of-all-our-merchants\"");
        let lowered = lower_text(&long, "production-of-all-our-merchants");
        let found: Vec<_> = lowered.diagnostics.iter().filter(|d| d.code == "name-too-long").collect();
        let messages: Vec<&str> = found.iter().map(|d| d.message.as_str()).collect();
        let target =
            "-production-of-all-our-merchants` has 40 characters; ElasticLoadBalancingV2 TargetGroup accepts 32";
        assert!(messages.iter().any(|message| message.ends_with(target)), "{messages:?}");
        assert!(found.iter().any(|d| d.help.as_deref() == Some("shorten the environment's name by 8")));
    }

    #[test]
    fn the_reference_spec_fits() {
        for environment in ["dev", "prod"] {
            let lowered = crate::testing::payments(environment);
            assert!(!lowered.diagnostics.iter().any(|d| d.code == "name-too-long"), "{:#?}", lowered.diagnostics);
        }
    }
}
