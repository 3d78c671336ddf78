//! The fast path of the policies agrees with Cedar's own authorizer on whole
//! graphs: policies by type, conditions alone, entities without the schema.

use std::collections::BTreeSet;

use migspec_ir::Graph;
use migspec_policies::{agrees_with_cedar, judge, mutation};
use migspec_tests::{generate, runs};

#[test]
fn cedar_s_own_authorizer_agrees_on_the_reference_spec() {
    let text = runs::text("specs/payments.migspec.kdl");
    let (_, checked) = runs::check_text("payments.migspec.kdl", &text, Some("dev"));
    assert_eq!(checked.graphs.len(), 1);
    for graph in &checked.graphs {
        assert_eq!(agrees_with_cedar(graph, runs::rulebook()), Ok(()));
    }
}

/// Graphs from the reference spec: one for each kind of mutation.
#[test]
fn cedar_s_own_authorizer_agrees_on_changed_graphs() {
    let graph = reference();
    let mut kinds = BTreeSet::new();
    for variant in mutation::variants(&graph).into_iter().filter(|variant| kinds.insert(variant.fact)) {
        assert_eq!(agrees_with_cedar(&variant.make(), runs::rulebook()), Ok(()), "{variant:?}");
    }
    assert!(kinds.len() > 15, "{kinds:?}");
}

/// Graphs from generated specs.
#[test]
fn cedar_s_own_authorizer_agrees_on_generated_specs() {
    for size in [1, 3] {
        let text = generate::replications(size);
        let (_, checked) = runs::check_text("generated.migspec.kdl", &text, None);
        assert!(!checked.graphs.is_empty(), "a generated spec can be lowered");
        for graph in &checked.graphs {
            assert_eq!(agrees_with_cedar(graph, runs::rulebook()), Ok(()), "{size}");
        }
    }
}

/// The workflow policies that a graph violates.
fn offences(graph: &Graph) -> Vec<String> {
    let judgement =
        judge(&migspec_analyze::Analysis::of(graph), runs::rulebook(), 20_000).expect("every policy can be decided");
    let rulebook = runs::rulebook();
    let of_steps = |code: &str| rulebook.rule(code).ok().flatten().is_some_and(|rule| rule.family() == "workflow");
    judgement.findings.iter().map(|f| f.code.to_string()).filter(|code| of_steps(code)).collect()
}

fn reference() -> Graph {
    let text = runs::text("specs/payments.migspec.kdl");
    let (_, checked) = runs::check_text("payments.migspec.kdl", &text, Some("dev"));
    checked.graphs.into_iter().next().expect("the reference spec has an environment")
}

/// If a state with an effect is skipped, a policy denies the workflow, and
/// Cedar's authorizer agrees.
#[test]
fn a_compiled_workflow_without_a_step_is_refused() {
    assert_eq!(offences(&reference()), Vec::<String>::new());
    for (state, expected) in [
        (
            "FenceWrites",
            &[
                "cut-forward-before-drain",
                "final-check-of-moving-data",
                "flip-without-fence",
                "unfence-with-two-writers",
            ][..],
        ),
        (
            "CheckDrain",
            &["cut-forward-before-drain", "final-check-of-moving-data", "flip-without-fence", "slot-before-the-cut"],
        ),
        ("CheckFinalValidation", &["cut-forward-before-drain"]),
        ("CutForward", &["open-target-beside-forward", "slot-before-the-cut"]),
        ("CheckStop", &["restore-forward-before-stop", "reverse-beside-forward"]),
        ("CreateReverseSlot", &["open-target-without-reverse", "reverse-beside-forward"]),
    ] {
        let mut graph = reference();
        let workflow = graph.workflows.values_mut().next().expect("the reference spec has a cutover");
        workflow.states.get_mut(state).expect("the workflow has this state").effects.clear();
        let mut found = offences(&graph);
        found.sort_unstable();
        assert_eq!(found, expected, "{state}");
        assert_eq!(agrees_with_cedar(&graph, runs::rulebook()), Ok(()), "{state}");
    }
}

#[test]
fn a_compiled_step_whose_errors_go_nowhere_is_refused() {
    let mut graph = reference();
    let workflow = graph.workflows.values_mut().next().expect("the reference spec has a cutover");
    workflow.states.get_mut("FenceWrites").expect("the workflow has this state").catch.clear();
    assert_eq!(offences(&graph), ["error-past-the-rollback", "step-without-way-back"]);
}

/// Every strategy leads to a safe workflow.
#[test]
fn every_kind_of_workflow_is_clean() {
    let text = runs::text("specs/payments.migspec.kdl");
    let atomic = text.replacen("strategy \"compute\" {", "strategy \"atomic\" // {", 1);
    let atomic: Vec<&str> = atomic.lines().filter(|l| !l.trim_start().starts_with("step \"")).collect();
    let (atomic, close) = (atomic.join("\n"), "strategy \"atomic\"");
    let (head, rest) = atomic.split_once(close).expect("the strategy is replaced");
    let (_, rest) = rest.split_once('}').expect("the strategy's block ends");
    let without_reverse = text.replacen("reverse {", "reverse #false // {", 1);
    let (before, after) = without_reverse.split_once("reverse #false").expect("the reverse is replaced");
    let (_, after) = after.split_once('}').expect("the reverse's block ends");
    for text in [format!("{head}{close}{rest}"), format!("{before}reverse #false{after}")] {
        let (_, checked) = runs::check_text("payments.migspec.kdl", &text, Some("dev"));
        let graph = checked.graphs.first().expect("the spec can be read");
        assert_eq!(graph.workflows.len(), 1);
        assert_eq!(offences(graph), Vec::<String>::new());
    }
}
