use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::resource_type::{Concern, ResourceType, Terraform};
use crate::secret;

/// A value that a deployment prints.
pub const TYPE: ResourceType = ResourceType {
    name: "Migspec::Output",
    concern: Concern::Configuration,
    terraform: Terraform::NotEmitted,
    facts: &[Fact::computed("showsSecret", FactType::Bool, shows_secret)],
    classes: Classes::NONE,
};

/// A value that cannot be read here is not known to be harmless.
fn shows_secret(output: &Resource, _: &Index<'_>) -> FactValue {
    let name = output.get("Name").and_then(|d| d.value.as_str()).unwrap_or_default();
    output.get("Value").and_then(|datum| secret::shows(name, &datum.value)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datum::Value;
    use crate::testing::{fact, resource};

    #[test]
    fn a_secret_is_shown_by_its_text_and_an_id_is_not() {
        for (value, expected) in [
            (r#"{"Fn::GetAtt": ["ledger", "Endpoint.Address"]}"#, Some(false)),
            (r#""{{resolve:secretsmanager:ledger}}""#, Some(true)),
            (r#""hunter2""#, Some(true)),
            (r#"7"#, None),
        ] {
            let output = resource("Migspec::Output", "o", &format!(r#"{{"Name": "password", "Value": {value}}}"#));
            let expected = expected.map_or(FactValue::Unknown, FactValue::Bool);
            assert_eq!(fact(&TYPE, "showsSecret", [output]), expected, "{value}");
        }
        let generated = resource("Migspec::Output", "o", r#"{"Name": "login"}"#);
        let generated = generated.set("Value", Value::Generated("ledger".into()));
        assert_eq!(fact(&TYPE, "showsSecret", [generated]), FactValue::Bool(true));
    }
}
