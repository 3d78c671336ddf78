//! Classes of properties: the treatment of an override of each one.
//!
//! A property is *identity*, *judged* or *free*. A property without a class is
//! reported when an override changes it: unknown is never harmless.

use crate::fact::Read;
use crate::resource_type::ResourceType;

/// The classes of a type's properties, by paths such as `A.B`. A path covers
/// all that lies below it, and the longest path decides. Indices of lists are
/// left out, except where a fact reads one item.
#[derive(Debug)]
pub struct Classes {
    /// Other resources, rights or functions rely on the value, so an override
    /// would change one side only.
    pub identity: &'static [&'static str],
    /// Computed facts that read the property, or the analysis that does. Facts
    /// that read one property are known without a row.
    pub judged: &'static [(&'static str, &'static str)],
    /// No effect on security, safety or cost, with the reason.
    pub free: &'static [(&'static str, &'static str)],
    /// Properties that a fact reads while no policy decides every value. They
    /// have no class.
    pub undecided: &'static [&'static str],
}

impl Classes {
    /// No rows: the rest of a type's classes.
    pub const NONE: Classes = Classes { identity: &[], judged: &[], free: &[], undecided: &[] };
}

/// The comparison of the network with the declared flows. It judges like a
/// fact, and no policy names it.
pub const REACHABILITY: &str = "reachability";

/// The treatment of an override of a property.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Identity,
    /// The fact or analysis that reads it.
    Judged(&'static str),
    /// The reason.
    Free(&'static str),
}

/// A text for people.
pub const TEXT: &str = "a text for people";

impl ResourceType {
    /// The class of the property at a path such as `A.0.B`. `None`: the
    /// property has no class.
    pub fn class_of(&self, path: &str) -> Option<Class> {
        self.rows()
            .filter_map(|(row, class)| Some((covers(row, path)?, class)))
            .max_by_key(|(depth, _)| *depth)
            .and_then(|(_, class)| class)
    }

    /// Every path that the table knows. A later row replaces an earlier one of
    /// the same path.
    pub fn rows(&self) -> impl Iterator<Item = (&'static str, Option<Class>)> + use<> {
        let classes = &self.classes;
        let read = self.facts.iter().filter_map(|fact| match fact.read {
            Read::Property(path, _) => Some((path, Some(Class::Judged(fact.name)))),
            Read::Computed(_) => None,
        });
        std::iter::once(("Tags", Some(Class::Judged("missingTags"))))
            .chain(read)
            .chain(classes.judged.iter().map(|(path, by)| (*path, Some(Class::Judged(by)))))
            .chain(classes.free.iter().map(|(path, why)| (*path, Some(Class::Free(why)))))
            .chain(classes.identity.iter().map(|path| (*path, Some(Class::Identity))))
            .chain(classes.undecided.iter().map(|path| (*path, None)))
    }
}

/// The length of a row, in steps, if it covers the path.
fn covers(row: &str, path: &str) -> Option<usize> {
    let mut steps = path.split('.');
    let mut depth = 0;
    for wanted in row.split('.') {
        let is_index = |step: &str| step.parse::<usize>().is_ok();
        let mut step = steps.next()?;
        while is_index(step) && !is_index(wanted) {
            step = steps.next()?;
        }
        if step != wanted {
            return None;
        }
        depth += 1;
    }
    Some(depth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_covers_what_lies_below_it() {
        assert_eq!(covers("A.B", "A.B"), Some(2));
        assert_eq!(covers("A.B", "A.0.B.C"), Some(2));
        assert_eq!(covers("A.0.B", "A.0.B"), Some(3));
        assert_eq!(covers("A.0.B", "A.1.B"), None);
        assert_eq!(covers("A.B", "A"), None);
        assert_eq!(covers("A", "AB"), None);
    }

    #[test]
    fn identity_stands_above_a_fact() {
        let cluster = crate::resource_type::find("AWS::RDS::DBCluster").expect("the table has clusters");
        assert_eq!(cluster.class_of("DBClusterIdentifier"), Some(Class::Identity));
        assert_eq!(cluster.class_of("StorageEncrypted"), Some(Class::Judged("storageEncrypted")));
        assert_eq!(cluster.class_of("StorageType"), None);
    }
}
