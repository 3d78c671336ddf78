//! The runbook describes the deployed workflow.

use migspec_ir::Resource;
use migspec_tests::emitted;

#[test]
fn every_workflow_has_its_chapter() {
    let mut chapters = 0;
    for emitted in emitted::all() {
        let replicates = emitted.graph.of_type("Migspec::Replication").next().is_some();
        assert_eq!(emitted.artifacts.get("RUNBOOK.md").is_some(), replicates, "{}", emitted.name);
        for workflow in emitted.graph.workflows.values() {
            let text = emitted.text("RUNBOOK.md");
            assert!(text.contains(&format!("## `{}`", workflow.name)), "{}", emitted.name);
            for state in workflow.states.values() {
                let row = format!("| {} | ", state.phase.name());
                assert!(text.contains(&row), "{}: no row for {}", emitted.name, state.phase.name());
            }
            assert!(!text.contains("{{") && !text.contains("{%"), "{}: an unfilled place", emitted.name);
            chapters += 1;
        }
    }
    assert!(chapters > 1, "the reference spec has a workflow in each environment");
}

/// A replication without a cutover has a chapter, which says whether the functions prove the copy.
#[test]
fn replications_without_a_cutover_are_described() {
    let mut chapters = 0;
    for emitted in emitted::all() {
        let without = |r: &&Resource| r.get("HasCutover").and_then(|d| d.value.as_bool()) == Some(false);
        for replication in emitted.graph.of_type("Migspec::Replication").filter(without) {
            let text = emitted.text("RUNBOOK.md");
            let chapter = text.split("\n### ").find(|chapter| chapter.starts_with(&*replication.path));
            let chapter = chapter.unwrap_or_else(|| panic!("{}: {text}", emitted.name));
            let proven = replication.get("Proven").and_then(|d| d.value.as_bool());
            assert_eq!(chapter.contains("No part of this build proves the copy"), proven == Some(false), "{chapter}");
            assert!(chapter.contains("aws dms start-replication-task") && !text.contains("{%"), "{chapter}");
            chapters += 1;
        }
    }
    assert!(chapters > 3, "{chapters} chapters");
}

/// Each secret that a spec names is in the table, with the host of its source.
#[test]
fn named_secrets_come_before_the_infrastructure() {
    let text = emitted::all().iter().find(|e| e.name == "payments/prod").expect("the spec").text("RUNBOOK.md");
    let row = "| `payments/ledger-onprem/fence` | source \"ledger-onprem\" \\> login \"fence\" | \
               `{\"username\":\"migspec_fence\",\"password\":\"PASSWORD\",\"host\":\"ledger.dc1.example.com\",\"port\":5432}` |";
    assert!(text.contains(row), "{text}");
    assert!(text.contains("| `payments/api-hmac` | api \"payments\" | `{\"keys\":"), "{text}");
    let place = |part: &str| text.find(part).expect("a step");
    assert!(place("**Secrets**") < place("**Infrastructure**"));
}

/// The table has the largest use of each quota, and marks a use beyond the default.
#[test]
fn quotas_are_counted() {
    let text = emitted::all().iter().find(|e| e.name == "payments/prod").expect("the spec").text("RUNBOOK.md");
    let graph = &emitted::all().iter().find(|e| e.name == "payments/prod").expect("the spec").graph;
    let addresses = graph.of_type("AWS::EC2::EIP").count();
    let marked = if addresses > 5 { ", **more than the default**" } else { "" };
    assert!(text.contains(&format!("| Elastic IP addresses | 5 | {addresses}{marked} |")), "{text}");
    let reserved = graph.of_type("AWS::Lambda::Function").filter_map(|f| f.get("ReservedConcurrentExecutions"));
    let sum: i64 = reserved.filter_map(|d| d.value.as_integer()).sum();
    assert!(sum > 0 && text.contains(&format!("stay unreserved | 1000 | {} |", sum + 100)), "{sum}: {text}");
}

/// The write pause of a good run is in the runbook, and short (by the model: below 20 s for the reference spec).
#[test]
fn the_usual_pause_is_stated() {
    let mut stated = 0;
    for emitted in emitted::all().iter().filter(|emitted| !emitted.graph.workflows.is_empty()) {
        let text = emitted.text("RUNBOOK.md");
        for line in text.lines().filter_map(|line| line.strip_prefix("Usually the pause takes ")) {
            let (sum, parts) = line.split_once(" s: ").unwrap_or_else(|| panic!("{}: {line}", emitted.name));
            let seconds: f64 = sum.parse().expect("a number");
            let most = if emitted.name.starts_with("payments/") { 20.0 } else { 30.0 };
            assert!(0.0 < seconds && seconds < most && parts.contains("drain "), "{}: {line}", emitted.name);
            stated += 1;
        }
        let workflows = emitted.graph.workflows.len();
        assert_eq!(text.matches("Usually the pause takes").count(), workflows, "{}", emitted.name);
    }
    assert!(stated > 1);
}

/// No command has an empty value, with the functions and without them: two spaces in a row are the place of one.
#[test]
fn commands_are_complete() {
    let mut commands = 0;
    for emitted in emitted::all().iter().filter(|emitted| !emitted.graph.workflows.is_empty()) {
        let rest = emitted.without_functions();
        let without = rest.text("RUNBOOK.md");
        for text in [emitted.text("RUNBOOK.md"), without] {
            for line in text.lines().filter(|line| line.starts_with("aws ") || line.starts_with("psql ")) {
                assert!(!line.trim().contains("  "), "{}: {line}", emitted.name);
                commands += 1;
            }
        }
        assert!(without.contains("target.sql \\\n  \"host="), "{}: the target is set up by hand", emitted.name);
    }
    assert!(commands > 50, "{commands} commands");
}

/// The fence function works on one side; the function of the reverse slot knows its own.
#[test]
fn payloads_name_their_side() {
    let mut seen = 0;
    for emitted in emitted::all().iter().filter(|emitted| !emitted.graph.workflows.is_empty()) {
        let text = emitted.text("RUNBOOK.md");
        for payload in text.split("--payload '").skip(1).filter_map(|rest| rest.split('\'').next()) {
            let payload: serde_json::Value = serde_json::from_str(payload).expect("the payload is JSON");
            let of_fence = payload["action"].is_string() && payload["action"] != "drop";
            assert!(!of_fence || payload["side"].is_string(), "{}: {payload}", emitted.name);
            seen += usize::from(of_fence);
        }
    }
    assert!(seen > 10, "{seen} payloads");
}

/// A command in prose has escapes that a shell does not know.
#[test]
fn commands_are_code() {
    let mut fenced = 0;
    for emitted in emitted::all().iter().filter(|emitted| !emitted.graph.workflows.is_empty()) {
        for (at, part) in emitted.text("RUNBOOK.md").split("```").enumerate() {
            fenced += usize::from(at % 2 == 1 && part.contains("aws "));
            let prose = part.lines().filter(|_| at % 2 == 0).flat_map(|line| line.split('`').step_by(2));
            for text in prose {
                let words: Vec<&str> = text.split_whitespace().collect();
                let command = words.windows(3).find(|w| w[0] == "aws" && w[2].contains('-') && !w[1].ends_with(','));
                assert!(command.is_none(), "{}: {command:?} in: {text}", emitted.name);
            }
        }
    }
    assert!(fenced > 10, "{fenced} blocks with commands");
}
