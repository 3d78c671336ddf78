//! The end of AWS's support for engine versions.
//!
//! The days are those that AWS publishes as the "Aurora end of standard support
//! date", in "Aurora PostgreSQL release calendar for major versions" (release notes
//! for Aurora PostgreSQL, as of August 2026) and "Release calendar for Aurora MySQL
//! major versions" (release notes for Aurora MySQL). Those of Aurora PostgreSQL are
//! the same as in "Release calendars for Amazon RDS for PostgreSQL": the end of the
//! February after PostgreSQL's own last release.
//!
//! A version outside this list, also a newer one, is a finding that lists the
//! known versions. Aurora PostgreSQL 18 is excluded: some of the cluster
//! parameters of this compiler belong to instances there.

use jiff::civil::{Date, date};

use crate::certificate::days;

/// A major version, and the last day of its standard support.
struct Major {
    engine: &'static str,
    /// The prefix of its versions, before a dot.
    name: &'static str,
    until: Date,
}

const fn major(engine: &'static str, name: &'static str, until: Date) -> Major {
    Major { engine, name, until }
}

/// By engine, the oldest first.
const MAJORS: &[Major] = &[
    major("aurora-mysql", "8.0", date(2028, 4, 30)),
    major("aurora-postgresql", "11", date(2024, 2, 29)),
    major("aurora-postgresql", "12", date(2025, 2, 28)),
    major("aurora-postgresql", "13", date(2026, 2, 28)),
    major("aurora-postgresql", "14", date(2027, 2, 28)),
    major("aurora-postgresql", "15", date(2028, 2, 29)),
    major("aurora-postgresql", "16", date(2029, 2, 28)),
    major("aurora-postgresql", "17", date(2030, 2, 28)),
];

/// The minor versions that RDS no longer offers, by engine and major version (fact: aurora-withdrawn-versions).
const WITHDRAWN: &[(&str, &str, &[&str])] = &[
    (
        "aurora-mysql",
        "8.0.mysql_aurora",
        &[
            "3.01.0", "3.01.1", "3.02.0", "3.02.1", "3.02.2", "3.02.3", "3.03.0", "3.03.1", "3.03.2", "3.03.3",
            "3.05.0", "3.05.1", "3.05.2", "3.06.0", "3.06.1", "3.07.0", "3.07.1",
        ],
    ),
    ("aurora-postgresql", "14", &["3", "4", "5", "7", "8", "9", "10", "11", "12", "14"]),
    ("aurora-postgresql", "15", &["2", "3", "4", "5", "6", "7", "9"]),
    ("aurora-postgresql", "16", &["0", "1", "2", "3", "5"]),
    ("aurora-postgresql", "17", &["1", "2"]),
];

/// Whether RDS has withdrawn a minor version.
fn is_withdrawn(engine: &str, version: &str) -> bool {
    let minors = |(of, major, minors): &(&str, &str, &[&str])| {
        let minor = version.strip_prefix(major).and_then(|rest| rest.strip_prefix('.'));
        *of == engine && minor.is_some_and(|minor| minors.contains(&minor))
    };
    WITHDRAWN.iter().any(minors)
}

/// The port that clients of an Aurora engine use by default.
pub fn default_port(engine: &str) -> u16 {
    if engine.contains("mysql") { 3306 } else { 5432 }
}

/// The ports on which Aurora can listen (fact: aurora-port).
pub const PORTS: std::ops::RangeInclusive<u16> = 1150..=65535;

/// The last day of support, in days since 1970-01-01; 0 for versions that are
/// not known, and for those that RDS has withdrawn.
pub(super) fn until(engine: &str, version: &str) -> i64 {
    find(engine, version).filter(|_| !is_withdrawn(engine, version)).map_or(0, |major| days(major.until))
}

/// Whether a version is of a major version that is known, supported or not.
pub fn is_known(engine: &str, version: &str) -> bool {
    find(engine, version).is_some()
}

/// The major versions of an engine that are known, as `11 to 17`.
pub fn known_versions(engine: &str) -> String {
    let names: Vec<&str> = MAJORS.iter().filter(|major| major.engine == engine).map(|major| major.name).collect();
    match names.as_slice() {
        [first, .., last] => format!("{first} to {last}"),
        names => names.concat(),
    }
}

fn find(engine: &str, version: &str) -> Option<&'static Major> {
    let is_of = |major: &Major| version.strip_prefix(major.name).is_some_and(|minor| minor.starts_with('.'));
    MAJORS.iter().find(|major| major.engine == engine && is_of(major))
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
        assert_eq!(until("aurora-postgresql", "1.6"), 0);
        // Withdrawn, and the next ones.
        assert_eq!([until("aurora-postgresql", "16.3"), until("aurora-postgresql", "16.4")], [0, 21_608]);
        assert_eq!([until("aurora-postgresql", "16.1"), until("aurora-postgresql", "16.10")], [0, 21_608]);
        assert_eq!(
            [until("aurora-mysql", "8.0.mysql_aurora.3.07.1"), until("aurora-mysql", "8.0.mysql_aurora.3.04.1")],
            [0, 21_304]
        );
    }

    /// Each once, and a newer one is supported for longer.
    #[test]
    fn versions_and_their_days_ascend() {
        let number = |major: &Major| major.name.parse::<f64>().expect("a number");
        for pair in MAJORS.windows(2) {
            let (one, next) = (&pair[0], &pair[1]);
            let place = format!("{} {} and {} {}", one.engine, one.name, next.engine, next.name);
            assert!(one.engine <= next.engine, "{place}");
            if one.engine == next.engine {
                assert!(number(one) < number(next) && one.until < next.until, "{place}");
            }
        }
    }

    /// So it is in both calendars.
    #[test]
    fn support_ends_with_a_month() {
        for major in MAJORS {
            assert_eq!(major.until, major.until.last_of_month(), "{} {}", major.engine, major.name);
        }
    }
}
