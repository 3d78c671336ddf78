//! Log groups: declared before what writes to them, so that retention and key
//! hold from the first line.

use std::sync::Arc;

use migspec_ir::{Id, Origin, Resource, Value};

use crate::cx::Cx;
use crate::names;

/// Days that logs are kept: over a year of history (PCI DSS 10.5.1), in a
/// value that CloudWatch Logs accepts.
pub(crate) const RETENTION_DAYS: u32 = 400;

/// Makes a log group under the logs key.
pub(crate) fn group(cx: &mut Cx, id: Id, name: impl AsRef<str>, path: impl Into<Arc<str>>, origin: Origin) -> Id {
    let key = Value::attribute(names::key("logs"), "Arn");
    cx.add(resource(id, name.as_ref(), key, path, origin))
}

/// A log group under a key, for passes that place it in another region.
pub(crate) fn resource(id: Id, name: &str, key: Value, path: impl Into<Arc<str>>, origin: Origin) -> Resource {
    Resource::new("AWS::Logs::LogGroup", id, path, origin)
        .set("LogGroupName", name)
        .set("RetentionInDays", RETENTION_DAYS)
        .set("KmsKeyId", key)
        .retained()
}
