//! Large objects. Columns have their numbers only, and neither DMS nor the fence
//! includes the objects, so that each difference is an error.

use migspec_events::Side;
use migspec_function::Failure;

use crate::pair::PairOf;
use crate::port::Canonical;

pub(crate) const COUNT: &str = "SELECT count(*)::text FROM pg_largeobject_metadata";
/// One line for all objects of a database, by number and content.
pub(crate) const DIGEST: &str = "SELECT count(*) || ' ' || coalesce(md5(string_agg(oid || ' ' || md5(lo_get(oid)), ',' ORDER BY oid)), '') \
     FROM pg_largeobject_metadata";

/// A sentence about objects that differ or cannot be read.
///
/// # Errors
/// A side does not answer.
pub(crate) async fn differences<S: Canonical>(pair: &PairOf<S>) -> Result<Option<String>, Failure> {
    let (ours, theirs) = tokio::try_join!(pair.source.object_count(), pair.target.object_count())?;
    if ours == "0" && theirs == "0" {
        return Ok(None);
    }
    let digest = async |side| match pair.session(side).object_digest().await {
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
