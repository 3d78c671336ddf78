//! The schema of the facts, and the policies that Cedar validates against it.

use cedar_policy_core::ast::PolicySet;
use cedar_policy_core::extensions::Extensions;
use cedar_policy_core::validator::{ValidationMode, Validator, ValidatorSchema};
use miette::Diagnostic;

use crate::rule::Rule;
use crate::{PolicyError, schema};

pub(crate) fn policy_set<'r>(rules: impl Iterator<Item = &'r Rule>) -> Result<PolicySet, PolicyError> {
    let policies = rules.map(|r| r.cedar().cloned()).collect::<Result<Vec<_>, _>>()?;
    PolicySet::try_from_iter(policies)
        .map_err(|error| PolicyError::new("two policies have the same name", [error.to_string()]))
}

pub(crate) fn schema() -> Result<ValidatorSchema, PolicyError> {
    let (schema, warnings) = ValidatorSchema::from_cedarschema_str(&schema::text(), Extensions::all_available())
        .map_err(|error| PolicyError::new("the schema of the facts is not valid", [error.to_string()]))?;
    let warnings: Vec<String> = warnings.map(|w| w.to_string()).collect();
    match warnings.as_slice() {
        [] => Ok(schema),
        _ => Err(PolicyError::new("the schema of the facts is not valid", warnings)),
    }
}

pub(crate) fn validate<'r>(validator: &Validator, rules: impl Iterator<Item = &'r Rule>) -> Result<(), PolicyError> {
    let result = validator.validate(&policy_set(rules)?, ValidationMode::Strict);
    let errors = result.validation_errors().map(|error| error as &dyn Diagnostic);
    let details: Vec<_> = errors.chain(result.validation_warnings().map(|w| w as &dyn Diagnostic)).collect();
    match details.as_slice() {
        [] => Ok(()),
        _ => Err(PolicyError::of_cedar("a policy does not fit the facts".to_owned(), details)),
    }
}
