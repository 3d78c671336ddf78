//! Rules of the organisation for names and tags.

use crate::value::*;

nodes! {
    /// Rules of the organisation for names and tags.
    "naming" Naming, keys 0, merge Into {
        /// Pattern of physical names (default: `{migration}-{stem}-{environment}`), also with `{region}`, the region of the
        /// environment. Names have no capital letters, because databases and buckets take none. A name that is too long for its
        /// service is shortened; a checksum keeps it unique.
        opt_prop pattern: NamingPattern;
        /// Tags that every resource must have.
        opt_child tags: RequiredTags;
    }

    /// Tags that every resource must have, in addition to those that the compiler derives.
    "tags" RequiredTags, keys 0, merge Replace {
        /// Their names. `tags` of the migration sets their values.
        args names: Text;
    }
}
