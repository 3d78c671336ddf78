//! Each check of the catalogue on real servers: the servers that are ready have
//! no finding, and each case has exactly the findings that it lists.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use migspec_events::checks::CHECKS;
use migspec_events::{Grade, Problem, Side};
use migspec_function::Key;
use migspec_function_testing::{NEWEST, OLDEST, Options, Testbed, block_on};

use crate::stand::{OTHER_TESTS, RESET, ask, world};

/// A file of `cases`: statements by side, and the findings that they lead to.
#[derive(Debug)]
struct Case {
    name: String,
    /// The oldest version on which the statements exist.
    from: u32,
    /// The check, and the beginning of the finding.
    finds: Vec<(String, String)>,
    steps: Vec<(Vec<Side>, String)>,
    undo: Vec<(Vec<Side>, String)>,
}

fn sides(text: &str) -> Option<Vec<Side>> {
    match text {
        "source" => Some(vec![Side::Source]),
        "target" => Some(vec![Side::Target]),
        "both" | "" => Some(vec![Side::Source, Side::Target]),
        _ => None,
    }
}

fn read(path: &Path) -> Case {
    let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut case = Case { name, from: OLDEST, finds: Vec::new(), steps: Vec::new(), undo: Vec::new() };
    let mut undo = false;
    for line in fs::read_to_string(path).expect("a case").lines() {
        let mark = line.strip_prefix("-- ");
        if let Some(find) = mark.and_then(|mark| mark.strip_prefix("finds")) {
            let (check, text) = find.split_once(": ").expect("`finds: ` and the finding");
            let check = if check.is_empty() { &case.name } else { check.trim() };
            case.finds.push((check.to_owned(), text.to_owned()));
        } else if let Some(version) = mark.and_then(|mark| mark.strip_prefix("from ")) {
            case.from = version.parse().expect("a major version");
        } else if let Some(of) = mark.and_then(|mark| mark.strip_prefix("undo")).and_then(|of| sides(of.trim())) {
            undo = true;
            case.undo.push((of, String::new()));
        } else if let Some(of) = mark.and_then(sides) {
            assert!(!undo, "{}: a step after the undoing", case.name);
            case.steps.push((of, String::new()));
        } else if mark.is_none() {
            let list = if undo { &mut case.undo } else { &mut case.steps };
            let (_, sql) = list.last_mut().expect("a side before the statements");
            sql.push_str(line);
            sql.push('\n');
        }
    }
    case
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut paths: Vec<_> = fs::read_dir(folder).expect("the cases").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

/// Statements run one by one: some may not share a transaction.
async fn run(world: &Testbed, steps: &[(Vec<Side>, String)]) {
    for (sides, sql) in steps {
        for side in sides {
            for statement in sql.split_inclusive(";\n") {
                world.run(*side, statement).await;
            }
        }
    }
}

/// All findings: a reply has the first alone.
async fn found(world: &Testbed) -> Vec<Problem> {
    let reply = ask(world).await;
    let state = world.ports.state();
    let report = &state.objects[&Key::new("evidence", "ledger/preflight/test-1.json")];
    let report: serde_json::Value = serde_json::from_slice(report).expect("JSON");
    let problems: Vec<Problem> = serde_json::from_value(report["problems"].clone()).expect("problems");
    assert_eq!(reply.ready, problems.iter().all(|problem| problem.grade == Grade::Harmless));
    problems
}

/// The differences between the findings and those that a case lists.
fn differences(case: &Case, problems: &[Problem]) -> Vec<String> {
    let fits = |problem: &Problem, (check, text): &(String, String)| {
        &problem.check == check && problem.what.starts_with(text.as_str())
    };
    let mut wrong = Vec::new();
    for find in case.finds.iter().filter(|find| !problems.iter().any(|problem| fits(problem, find))) {
        wrong.push(format!("{}: missing {find:?}", case.name));
    }
    for problem in problems {
        if !case.finds.iter().any(|find| fits(problem, find)) {
            wrong.push(format!("{}: not listed {}: {}", case.name, problem.check, problem.what));
        }
        let check = CHECKS.iter().find(|check| check.id == problem.check).expect("a check of the catalogue");
        let open =
            |name: &&str| problem.what.contains(&format!("{{{name}}}")) || problem.fix.contains(&format!("{{{name}}}"));
        wrong.extend(
            check.placeholders().iter().filter(|name| open(name)).map(|name| format!("{}: no {name}", case.name)),
        );
    }
    wrong
}

#[test]
fn each_case_has_exactly_its_findings() {
    run_cases(Options::default(), Options::default());
}

/// Both ends of the range of supported versions, and the catalogs of one against
/// those of the other.
#[test]
fn each_case_has_exactly_its_findings_between_two_versions() {
    let of = |version| Options { version: Some(version), ..Options::default() };
    run_cases(of(OLDEST), of(NEWEST));
}

fn run_cases(source: Options, target: Options) {
    let Some(world) = world(source, target) else { return };
    let only = std::env::var("CASE").ok();
    block_on(async {
        let mut wrong = Vec::new();
        let oldest = world.version(Side::Source).await.min(world.version(Side::Target).await);
        let chosen = |case: &&Case| only.as_ref().is_none_or(|only| case.name.starts_with(only));
        for case in cases().iter().filter(chosen).filter(|case| case.from <= oldest) {
            run(&world, &case.steps).await;
            wrong.extend(differences(case, &found(&world).await));
            run(&world, &case.undo).await;
            world.run_on_both(RESET).await;
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
        assert_eq!(found(&world).await, [], "every case has been undone");
    });
}

#[test]
fn each_check_has_a_case() {
    let cases = cases();
    // The name of a case begins with that of its check.
    let own = |case: &Case| {
        let is_own = |check: &str| case.name == check || case.name.starts_with(&format!("{check}-"));
        case.finds.iter().find(|(check, _)| is_own(check)).map(|(check, _)| check.clone())
    };
    let own: BTreeSet<String> =
        cases.iter().map(|case| own(case).unwrap_or_else(|| panic!("{}: not its own finding", case.name))).collect();
    let named: BTreeSet<&str> = own.iter().map(String::as_str).collect();
    let covered: BTreeSet<&str> = named.iter().copied().chain(OTHER_TESTS.iter().copied()).collect();
    let known: BTreeSet<&str> = CHECKS.iter().map(|check| check.id).collect();
    assert_eq!(covered, known, "cases, and checks of the catalogue");
}
