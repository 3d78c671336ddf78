//! Settings that are pairs of texts: `LoadBalancerAttributes` and the like.

use crate::fact::FactValue;
use crate::{Resource, Value};

/// The value of the setting `key` in the list of pairs at `path`.
pub(super) fn attribute<'r>(resource: &'r Resource, path: &str, key: &str) -> Option<&'r Value> {
    let pairs = resource.get(path)?.value.as_list()?;
    let pair = pairs.iter().find(|pair| pair.get("Key").and_then(|d| d.value.as_str()) == Some(key))?;
    Some(&pair.get("Value")?.value)
}

/// A setting that is `"true"` or `"false"`; `absent` is AWS's default.
pub(super) fn flag(resource: &Resource, path: &str, key: &str, absent: Absence) -> FactValue {
    match attribute(resource, path, key).map(Value::as_str) {
        None => (absent == Absence::On).into(),
        Some(Some("true")) => true.into(),
        Some(Some("false")) => false.into(),
        Some(_) => FactValue::Unknown,
    }
}

/// The AWS default.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Absence {
    On,
    Off,
}
