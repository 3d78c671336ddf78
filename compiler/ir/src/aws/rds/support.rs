//! Until when AWS supports a version of an engine.
//!
//! AWS announced 29 February 2024 for Aurora PostgreSQL 11 and 28 February 2025
//! for 12: the end of the February after PostgreSQL's own last release. The rows
//! below follow that rule; those days, and that of Aurora MySQL, are still to be
//! compared with the release calendars in the engines' release notes.

use crate::certificate::days;

/// A major version, and the last day of its standard support.
struct Major {
    engine: &'static str,
    /// What its versions begin with.
    prefix: &'static str,
    until: (i64, i64, i64),
}

const fn major(engine: &'static str, prefix: &'static str, until: (i64, i64, i64)) -> Major {
    Major { engine, prefix, until }
}

const MAJORS: &[Major] = &[
    major("aurora-mysql", "8.0.", (2028, 4, 30)),
    major("aurora-postgresql", "13.", (2026, 2, 28)),
    major("aurora-postgresql", "14.", (2027, 2, 28)),
    major("aurora-postgresql", "15.", (2028, 2, 29)),
    major("aurora-postgresql", "16.", (2029, 2, 28)),
    major("aurora-postgresql", "17.", (2030, 2, 28)),
];

/// The last day of support, in days since 1970-01-01; 0 for versions that are
/// not known.
pub(super) fn until(engine: &str, version: &str) -> i64 {
    find(engine, version).map_or(0, |major| days(major.until))
}

/// Whether a version is of a major version that AWS has, supported or not.
pub fn is_known(engine: &str, version: &str) -> bool {
    find(engine, version).is_some()
}

fn find(engine: &str, version: &str) -> Option<&'static Major> {
    MAJORS.iter().find(|major| major.engine == engine && version.starts_with(major.prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_and_the_major_version_decide() {
        assert_eq!(until("aurora-postgresql", "16.11"), 21_608);
        assert_eq!(until("aurora-postgresql", "13.20"), 20_512);
        assert_eq!(until("aurora-mysql", "8.0.mysql_aurora.3.08.2"), 21_304);
        assert_eq!(until("aurora-mysql", "16.11"), 0);
    }
}
