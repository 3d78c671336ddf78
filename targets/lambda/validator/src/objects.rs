//! Large objects. Columns have their numbers only, and neither DMS nor the fence
//! includes the objects, so that each difference is an error.

use migspec_events::Side;
use migspec_function::Failure;

use crate::pair::{Pair, one};

/// One line for all objects of a database, by number and content.
const DIGEST: &str = "SELECT count(*) || ' ' || coalesce(md5(string_agg(oid || ' ' || md5(lo_get(oid)), ',' ORDER BY oid)), '') \
     FROM pg_largeobject_metadata";

/// A sentence about objects that differ or cannot be read.
///
/// # Errors
/// A side does not answer.
pub(crate) async fn differences(pair: &Pair) -> Result<Option<String>, Failure> {
    let number = async |side| {
        one(pair.client(side), "counting the large objects", "SELECT count(*)::text FROM pg_largeobject_metadata").await
    };
    let (ours, theirs) = tokio::try_join!(number(Side::Source), number(Side::Target))?;
    if ours == "0" && theirs == "0" {
        return Ok(None);
    }
    let digest = async |side| match one(pair.client(side), "reading the large objects", DIGEST).await {
        Ok(digest) => Ok(Ok(digest)),
        Err(failure) if failure.passes() => Err(failure),
        Err(failure) => Ok(Err(format!("the large objects of the {} cannot be compared: {failure}", side.name()))),
    };
    Ok(match tokio::try_join!(digest(Side::Source), digest(Side::Target))? {
        (Ok(left), Ok(right)) if left == right => None,
        (Ok(_), Ok(_)) => Some(format!("the large objects differ: the source has {ours}, and the target {theirs}")),
        (Err(error), _) | (_, Err(error)) => Some(error),
    })
}
