//! The lock of a cutover: an object in the bucket of checkpoints that names the execution that may change the cutover.

const NAME: &str = "/lock.txt";

/// The text of a lock that nobody holds. The name of an execution contains no space.
pub const FREE: &str = "no execution";

/// The key of the object.
pub fn key(cutover: &str) -> String {
    format!("{cutover}{NAME}")
}

/// Whether the key of an object is that of a lock.
pub fn is_key(key: &str) -> bool {
    key.ends_with(NAME)
}
