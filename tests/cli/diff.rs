//! `diff`: two specs, two revisions, two environments.

use serde_json::Value;

use crate::repository::{commit, edit, git, repository};
use crate::support::{Run, root, run};

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", run.stdout, run.stderr))
}

/// The changes of resources in one environment, by id, with their effect.
fn changes<'r>(result: &'r Value, environment: &str) -> Vec<(&'r str, &'r str, &'r str)> {
    let sections = result["sections"].as_array().expect("sections");
    let of =
        |section: &&Value| section["environments"].as_array().is_some_and(|all| all.iter().any(|e| e == environment));
    let section = sections.iter().find(of).expect("a section of the environment");
    let text = |value: &'r Value| value.as_str().unwrap_or_default();
    let resources = section["resources"].as_array().expect("resources");
    resources.iter().map(|one| (text(&one["id"]), text(&one["change"]), text(&one["effect"]))).collect()
}

#[test]
fn a_work_tree_is_compared_with_a_revision() {
    let folder = repository();
    let at = folder.path();
    let unchanged = run(at, &["diff", "HEAD", "specs/payments.migspec.kdl"]);
    assert_eq!((unchanged.code, unchanged.stderr.as_str()), (0, ""));
    assert!(unchanged.stdout.contains("no differences"), "{}", unchanged.stdout);

    edit(at, "version=\"16.11\"", "version=\"16.12\"");
    let arguments = ["diff", "HEAD:specs/payments.migspec.kdl", "specs/payments.migspec.kdl", "--format", "json"];
    let changed = run(at, &arguments);
    assert_eq!(changed.code, 0, "no migration is under way: {}{}", changed.stdout, changed.stderr);
    assert!(
        changes(&json(&changed), "prod").contains(&("ledger-cluster", "changed", "interrupts")),
        "{}",
        changed.stdout
    );

    // From the folder of the spec, the path is relative to it; a revision alone is one of the other side's spec.
    for before in ["HEAD:payments.migspec.kdl", "HEAD"] {
        let inside = run(&at.join("specs"), &["diff", before, "payments.migspec.kdl", "--format", "json"]);
        assert_eq!(changes(&json(&inside), "prod"), changes(&json(&changed), "prod"), "{before}");
    }
    commit(at);
    assert!(run(at, &["diff", "HEAD", "specs/payments.migspec.kdl"]).stdout.contains("no differences"));
    let both = run(at, &["diff", "HEAD~1:specs/payments.migspec.kdl", "HEAD:specs/payments.migspec.kdl"]);
    assert!(both.stdout.contains("EngineVersion"), "{}", both.stdout);
}

/// The JSON of a comparison fits the published schema; paths, states and edges are in it.
#[test]
fn json_fits_its_schema_and_lists_paths_and_edges() {
    let schema = std::fs::read_to_string(root().join("docs/reference/diff.schema.json")).expect("the schema");
    let schema = serde_json::from_str(&schema).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{error}"));
    let folder = repository();
    let at = folder.path();
    let diff = ["diff", "HEAD", "specs/payments.migspec.kdl", "--format", "json"];
    let result = |edits: &[(&str, &str)]| {
        edits.iter().for_each(|(old, new)| edit(at, old, new));
        let result = json(&run(at, &diff));
        git(at, &["checkout", "--quiet", "--", "specs"]);
        let errors: Vec<String> =
            validator.iter_errors(&result).map(|e| format!("{}: {e}", e.instance_path())).take(5).collect();
        assert_eq!(errors, Vec::<String>::new());
        result
    };
    let lists = |result: &Value, list: &str, member: &str| -> Vec<String> {
        let sections = result["sections"].as_array().cloned().unwrap_or_default();
        let all = sections.iter().flat_map(|section| section[list].as_array().cloned().unwrap_or_default());
        all.map(|one| one[member].to_string()).collect()
    };
    // Another port of the database: one path closes, another opens.
    let port = [("version=\"16.11\" network", "version=\"16.11\" port=6543 network")];
    let moved = result(&port);
    let changes = lists(&moved, "paths", "change");
    assert!(changes.iter().any(|c| c == "\"opened\"") && changes.iter().any(|c| c == "\"closed\""), "{moved}");
    // A step of the shift less: its states and edges go.
    let shorter = result(&[("            step \"50%\" bake=\"15m\" requests=500\n", "")]);
    assert!(lists(&shorter, "workflows", "edgesRemoved").iter().any(|edges| edges != "[]"), "{shorter}");
    assert!(lists(&shorter, "workflows", "statesRemoved").iter().any(|states| states != "[]"), "{shorter}");
    let waived = result(&[("ticket=\"PAY-812\"", "ticket=\"PAY-813\"")]);
    assert!(!lists(&waived, "waivers", "after").is_empty(), "{waived}");
}

/// The gate holds while either side declares that the migration is under way.
#[test]
fn a_change_that_interrupts_a_migration_is_an_error() {
    let folder = repository();
    let at = folder.path();
    let diff = ["diff", "HEAD", "specs/payments.migspec.kdl", "--env", "prod"];
    edit(at, "production=#true", "production=#true under-way=#true");
    let declared = run(at, &diff);
    assert_eq!(declared.code, 0, "the declaration itself interrupts nothing: {}", declared.stdout);
    commit(at);
    for (old, new, expected) in [
        ("version=\"16.11\"", "version=\"16.12\"", "may interrupt `ledger-cluster`"),
        ("class=\"dms.c5.xlarge\"", "class=\"dms.c5.2xlarge\"", "may interrupt `ledger-replication"),
        ("exclude \"payments.tmp_*\"", "exclude \"payments.log_*\"", "TableMappings"),
        ("gateway=\"203.0.113.10\"", "gateway=\"203.0.113.11\"", "with it: `datacenter-vpn`"),
    ] {
        edit(at, old, new);
        let refused = run(at, &diff);
        assert!(refused.stdout.contains(expected), "{new}: {}{}", refused.stdout, refused.stderr);
        assert_eq!(refused.code, 1, "{new}: {}", refused.stdout);
        assert!(refused.stdout.contains("interrupts-replication"), "{}", refused.stdout);
        // The change that also declares the end is refused as well.
        edit(at, " under-way=#true", "");
        assert_eq!(run(at, &diff).code, 1, "{new}");
        edit(at, "production=#true", "production=#true under-way=#true");
        edit(at, new, old);
    }
    edit(at, "backup retain=\"35d\"", "backup retain=\"14d\"");
    let safe = run(at, &diff);
    assert_eq!(safe.code, 0, "{}", safe.stdout);
    assert!(safe.stdout.contains("BackupRetentionPeriod"), "{}", safe.stdout);
}

#[test]
fn sides_that_do_not_exist_end_the_run() {
    let folder = repository();
    for (arguments, why) in [
        (&["diff", "nowhere:specs/payments.migspec.kdl", "specs/payments.migspec.kdl"][..], "git knows no revision"),
        (&["diff", "HEAD:specs/other.kdl", "specs/payments.migspec.kdl"], "has no file"),
        (&["diff", "specs/other.kdl", "specs/payments.migspec.kdl"], "git knows no revision"),
        (&["diff", "specs/payments.migspec.kdl", "--env", "prod", "--against-env", "test"], "has no environment"),
    ] {
        let ended = run(folder.path(), arguments);
        assert_ne!(ended.code, 0, "{arguments:?}: {}", ended.stdout);
        assert!(
            format!("{}{}", ended.stdout, ended.stderr).contains(why),
            "{arguments:?}: {}{}",
            ended.stdout,
            ended.stderr
        );
    }
}

#[test]
fn markdown_is_bounded_and_escaped() {
    let folder = repository();
    let at = folder.path();
    edit(at, "dev API answers", "<img src=x> @team | `x` [a](b) **c**");
    let text = run(at, &["diff", "HEAD", "specs/payments.migspec.kdl", "--format", "markdown"]).stdout;
    assert!(text.starts_with("<!-- migspec diff -->\n"), "{text}");
    assert!(text.len() < 65_536 && text.contains("Waivers"), "{} bytes", text.len());
    assert!(!text.contains("<img") && !text.contains("@team"), "{text}");
}
