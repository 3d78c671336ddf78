//! The instance classes of Aurora, by engine and region (fact: aurora-classes).

use std::collections::BTreeSet;

/// Engine, family, sizes, and the regions without these classes. See `data/SOURCE.md`.
const ROWS: &str = include_str!("../../data/aurora-classes.tsv");

struct Row {
    engine: &'static str,
    family: &'static str,
    sizes: &'static str,
    regions: &'static str,
}

fn rows() -> impl Iterator<Item = Row> {
    ROWS.lines().filter_map(|line| {
        let mut columns = line.split('\t');
        Some(Row { engine: columns.next()?, family: columns.next()?, sizes: columns.next()?, regions: columns.next()? })
    })
}

/// Whether Aurora has the class, in a region at least.
pub(super) fn is_known(engine: &str, class: &str) -> bool {
    row(engine, class).is_some()
}

/// Whether the region has no such class of Aurora.
pub(super) fn is_missing(engine: &str, class: &str, region: &str) -> bool {
    row(engine, class).is_some_and(|row| row.regions.split(' ').any(|name| name == region))
}

fn row(engine: &str, class: &str) -> Option<Row> {
    let (family, size) = class.strip_prefix("db.")?.split_once('.')?;
    rows().find(|row| row.engine == engine && row.family == family && row.sizes.split(' ').any(|name| name == size))
}

/// All instance classes of Aurora, sorted.
pub(crate) fn instance_classes() -> Vec<String> {
    let classes = rows().flat_map(|row| row.sizes.split(' ').map(move |size| format!("db.{}.{size}", row.family)));
    classes.collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_exists_by_engine_and_region() {
        assert!(is_known("aurora-postgresql", "db.r6g.large") && !is_known("aurora-postgresql", "db.r6g.48xlarge"));
        assert!(!is_known("aurora-postgresql", "db.t2.small") && is_known("aurora-mysql", "db.t2.small"));
        assert!(is_missing("aurora-postgresql", "db.r6g.large", "il-central-1"));
        assert!(!is_missing("aurora-postgresql", "db.r6g.large", "eu-central-1"));
        assert!(instance_classes().len() > 60 && instance_classes().is_sorted());
    }
}
