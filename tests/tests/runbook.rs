//! The runbook describes the deployed workflow.

use migspec_tests::emitted;

#[test]
fn every_workflow_has_its_chapter() {
    let mut chapters = 0;
    for emitted in emitted::all() {
        let has_workflow = !emitted.graph.workflows.is_empty();
        assert_eq!(emitted.artifacts.get("RUNBOOK.md").is_some(), has_workflow, "{}", emitted.name);
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
