//! Which version of DMS works with which version of PostgreSQL.

use migspec_events::{Problem, checks};

/// A version of DMS: `3.6.1`.
type Engine = [u32; 3];

/// The first version of DMS that reads a major version of PostgreSQL; `0` covers
/// all older ones. The user guide, "Using a PostgreSQL database
/// as an AWS DMS source", as of November 2025.
const READS: [(u32, Engine); 6] =
    [(0, [0, 0, 0]), (13, [3, 4, 3]), (14, [3, 4, 7]), (15, [3, 5, 1]), (16, [3, 5, 3]), (17, [3, 6, 1])];
/// The newest that these pages speak of.
const NEWEST_READ: u32 = 17;

/// From which version on DMS writes to it. The user guide, "Targets for AWS
/// DMS", likewise.
const WRITES: [(u32, Engine); 2] = [(0, [3, 5, 3]), (17, [3, 5, 4])];
const NEWEST_WRITTEN: u32 = 18;

/// A task's use of a database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    Reads,
    Writes,
}

/// Whether an engine works with a server, given as `server_version_num`.
pub fn check(engine: &str, direction: Direction, side: &str, version: u32) -> Option<Problem> {
    let major = version / 10_000;
    let (table, newest, verb) = match direction {
        Direction::Reads => (&READS[..], NEWEST_READ, "read"),
        Direction::Writes => (&WRITES[..], NEWEST_WRITTEN, "write to"),
    };
    let Some(have) = parse(engine) else { return Some(checks::ENGINE_UNREADABLE.problem(&[("engine", &engine)])) };
    if major > newest {
        return Some(checks::ENGINE_UNKNOWN.problem(&[
            ("verb", &verb),
            ("major", &major),
            ("side", &side),
            ("newest", &newest),
        ]));
    }
    let needed = table.iter().rev().find(|(since, _)| major >= *since).map_or([0, 0, 0], |(_, engine)| *engine);
    if have >= needed {
        return None;
    }
    Some(checks::ENGINE_OLD.problem(&[
        ("engine", &engine),
        ("verb", &verb),
        ("major", &major),
        ("side", &side),
        ("needed", &needed.map(|number| number.to_string()).join(".")),
    ]))
}

fn parse(text: &str) -> Option<Engine> {
    let numbers: Vec<u32> = text.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_of_the_tables_is_a_bound() {
        use Direction::{Reads, Writes};
        for (engine, direction, version, well) in [
            ("3.6.1", Reads, 170_002, true),
            ("3.6.0", Reads, 170_002, false),
            ("3.5.3", Reads, 160_009, true),
            ("3.5.2", Reads, 160_009, false),
            ("3.5.0", Reads, 150_004, false),
            ("3.4.7", Reads, 140_001, true),
            ("3.4.6", Reads, 140_001, false),
            ("3.4.3", Reads, 130_001, true),
            ("3.4.2", Reads, 130_001, false),
            ("3.4.2", Reads, 110_001, true),
            ("3.5.2", Writes, 150_004, false),
            ("3.5.3", Writes, 160_009, true),
            ("3.5.3", Writes, 170_002, false),
            ("3.5.4", Writes, 180_001, true),
            ("3.10.0", Reads, 170_002, true),
        ] {
            let problem = check(engine, direction, "source", version);
            assert_eq!(problem.is_none(), well, "{engine} {direction:?} {version}: {problem:?}");
        }
    }

    #[test]
    fn what_no_table_holds_is_said() {
        let what = |engine: &str, direction, version| {
            check(engine, direction, "target", version).map(|p| p.what).unwrap_or_default()
        };
        assert!(what("3.6.1", Direction::Reads, 180_000).contains("can read PostgreSQL 18, which the target runs"));
        assert!(what("3.6.1", Direction::Writes, 190_000).contains("can write to PostgreSQL 19"));
        assert!(what("3.6", Direction::Reads, 150_000).contains("`3.6`"));
    }
}
