use std::sync::Arc;

use super::*;
use crate::entities::CedarView;
use crate::judge;
use crate::rulebook::Rulebook;
use indexmap::IndexMap;
use migspec_analyze::Analysis;
use migspec_analyze::safety::Route;
use migspec_analyze::workflow::Depth;
use migspec_diag::{Sources, Span};
use migspec_ir::workflow::{
    ALL_ERRORS, Branch, Catch, Expression, Kind, Machine, Phase, Side, State, Workflow, errors,
};
use migspec_ir::{Id, Origin};

fn span(start: usize) -> Span {
    Span::new(Sources::new().add("spec.migspec.kdl", "x"), start, start + 1)
}

fn state(name: &str, effect: Effect, next: &str) -> State {
    let origin = Origin::Written { span: span(name.len()), base: None };
    let state = State::new(name, Kind::Pass, Phase::Fence, &"cutover \"c\"".into(), origin).effect(effect).next(next);
    catching(state, "RollBack")
}

fn catching(state: State, next: &str) -> State {
    State { catch: vec![Catch { errors: errors(&[ALL_ERRORS]), assign: Vec::new(), next: next.into() }], ..state }
}

/// A cutover in the safe order.
fn cutover() -> Vec<State> {
    vec![
        state("Alone", Effect::Exclusive, "Close"),
        state("Close", Effect::Fence(Side::Target), "Quiet"),
        state("Quiet", Effect::AlarmGate, "Agree"),
        state("Agree", Effect::Approve, "Record"),
        state("Record", Effect::Checkpoint, "Fence"),
        state("Fence", Effect::Fence(Side::Source), "Token"),
        state("Token", Effect::FenceToken, "Drain"),
        state("Drain", Effect::Drain, "Check"),
        state("Check", Effect::FinalValidate, "Cut"),
        state("Cut", Effect::CutForward, "Carry"),
        state("Carry", Effect::SyncSequences(Side::Target), "Slot"),
        state("Slot", Effect::ReverseSlot, "Flip"),
        state("Flip", Effect::Flip(Side::Target), "RecordFlip"),
        state("RecordFlip", Effect::Checkpoint, "Unfence"),
        state("Unfence", Effect::Unfence(Side::Target), "Stop"),
        state("Stop", Effect::StopForward, "Stopped"),
        state("Stopped", Effect::ForwardStopped, "Restore"),
        state("Restore", Effect::RestoreForward, "Start"),
        state("Start", Effect::StartReverse, "Run"),
        state("Run", Effect::ReverseRunning, "Tell"),
        catching(state("RollBack", Effect::Rollback, "Tell"), "Call"),
        State { next: None, phase: Phase::Notify, catch: Vec::new(), ..state("Tell", Effect::Notify, "") },
        State { next: None, phase: Phase::Notify, catch: Vec::new(), ..state("Call", Effect::Page, "") },
    ]
}

fn workflow(states: Vec<State>) -> Workflow {
    let states: IndexMap<Arc<str>, State> = states.into_iter().map(|s| (s.name.clone(), s)).collect();
    let (start_at, first) = states.first().expect("a workflow has states");
    Workflow {
        name: "m".into(),
        cutover: "c".into(),
        comment: "".into(),
        partition: "aws",
        start_at: start_at.clone(),
        timeout: 60,
        path: first.path.clone(),
        origin: first.origin,
        loops: Vec::new(),
        units: Vec::new(),
        declared: Vec::new(),
        states,
    }
}

/// The offences of a cutover with one changed state, each with its state.
fn found(name: &str, change: impl Fn(State) -> State) -> Vec<(String, String)> {
    let change = |s: State| if &*s.name == name { change(s) } else { s };
    let mut graph = migspec_ir::Graph::empty(span(0));
    graph.workflows.insert(Id::new("m"), workflow(cutover().into_iter().map(change).collect()));
    let rulebook = Rulebook::builtin().expect("the rulebook can be read");
    assert_eq!(crate::agrees_with_cedar(&graph, &rulebook), Ok(()));
    let analysis = Analysis::of(&graph);
    let view = CedarView::new(&analysis, 0).expect("the graph can be read");
    let findings = judge::findings(&view, &rulebook).expect("every policy can be decided");
    let label = |f: &crate::finding::Finding| f.diagnostic.primary.as_ref().map(|l| l.text.clone()).unwrap_or_default();
    findings.iter().map(|f| (f.diagnostic.code.to_string(), label(f))).collect()
}

fn codes(name: &str, change: impl Fn(State) -> State) -> Vec<String> {
    let mut codes: Vec<String> = found(name, change).into_iter().map(|(code, _)| code).collect();
    codes.sort_unstable();
    codes
}

fn without_effect(state: State) -> State {
    State { effects: Vec::new(), ..state }
}

#[test]
fn the_safe_order_is_clean() {
    assert_eq!(found("", |s| s), []);
}

#[test]
fn each_offence_is_found_by_its_own_policy_alone() {
    assert_eq!(codes("Slot", without_effect), ["open-target-without-reverse", "reverse-beside-forward"]);
    assert_eq!(codes("Check", without_effect), ["cut-forward-before-drain"]);
    assert_eq!(codes("Cut", without_effect), ["open-target-beside-forward", "slot-before-the-cut"]);
    assert_eq!(codes("Stopped", without_effect), ["restore-forward-before-stop", "reverse-beside-forward"]);
    assert_eq!(codes("Close", without_effect), ["slot-before-the-cut"]);
    assert_eq!(codes("Cut", |s| s.effect(Effect::StopForward)), ["dms-while-nobody-writes"]);
    assert_eq!(codes("Alone", without_effect), ["change-beside-another-run"]);
    assert_eq!(codes("Quiet", without_effect), ["flip-without-quiet-alarms"]);
    assert_eq!(codes("Agree", without_effect), ["flip-without-approval"]);
    assert_eq!(codes("Token", without_effect), ["final-check-of-moving-data"]);
    assert_eq!(codes("Carry", without_effect), ["flip-without-sequences"]);
    assert_eq!(
        codes("Drain", without_effect),
        ["cut-forward-before-drain", "final-check-of-moving-data", "flip-without-fence", "slot-before-the-cut"]
    );
    // The first flip consumes approval and checkpoint.
    let twice = ["change-without-checkpoint", "flip-without-approval", "flip-without-fence", "flip-without-sequences"];
    assert_eq!(codes("Fence", |s| s.effect(Effect::Flip(Side::Target))), twice);
    assert_eq!(codes("Flip", |s| s.effect(Effect::Unfence(Side::Source))), ["unfence-with-two-writers"]);
    assert_eq!(codes("Slot", |s| State { catch: Vec::new(), ..s }), ["step-without-way-back"]);
    let past_the_slot = ["open-target-without-reverse", "reverse-beside-forward", "step-without-way-back"];
    assert_eq!(codes("Slot", |s| catching(s, "Flip")), past_the_slot);
}

#[test]
fn an_error_that_leads_past_a_step_takes_it_from_every_path() {
    let found = codes("Fence", |s| catching(s, "Drain"));
    let expected = [
        "cut-forward-before-drain",
        "final-check-of-moving-data",
        "flip-without-fence",
        "step-without-way-back",
        "unfence-with-two-writers",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_finding_names_the_state_and_the_effect() {
    let found = found("Slot", without_effect);
    assert_eq!(found[0].1, "the state `Unfence` does `unfence:target`");
}

/// Facts of the step of a state.
fn step(workflow: &Workflow, name: &str) -> (Vec<String>, Vec<String>, Route) {
    let exploration = Exploration::new(workflow, Depth::Execution);
    let safety = Safety::new(&exploration);
    let step = safety.steps().find(|s| &*s.state.name == name).expect("the state has a step that is reached");
    (step.preceded.into_iter().collect(), step.possible.into_iter().collect(), step.errors_lead_to)
}

/// A gate repeats, passes or gives up.
#[test]
fn a_gate_has_its_effect_on_its_first_branch_only() {
    let condition = Expression::new("$states.input.word = \"pass\"");
    let branch = |next: &str| Branch { condition: condition.clone(), assign: Vec::new(), next: next.into() };
    let gate = Kind::Choice { branches: vec![branch("Flip"), branch("Wait")], default: "Give".into() };
    let gate = State { kind: gate, next: None, catch: Vec::new(), ..state("Gate", Effect::Drain, "") };
    let states = vec![
        gate,
        state("Wait", Effect::Checkpoint, "Gate"),
        state("Flip", Effect::Flip(Side::Target), "End"),
        state("Give", Effect::Page, "End"),
        State { next: None, ..state("End", Effect::Notify, "") },
    ];
    let workflow = workflow(states);
    let words = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    assert_eq!(step(&workflow, "Gate"), (vec![], words(&["checkpoint"]), Route::Person));
    assert_eq!(step(&workflow, "Flip").0, words(&["drain"]));
    assert_eq!(step(&workflow, "Give").1, words(&["checkpoint"]));
    assert_eq!(step(&workflow, "End").0, words(&[]));
}

/// A state with a nested approval, followed by the flip.
fn asking_inside(kind: impl FnOnce(Machine) -> Kind) -> Workflow {
    let inner = State { catch: Vec::new(), next: None, ..state("Inner", Effect::Approve, "") };
    let states = IndexMap::from([(inner.name.clone(), inner)]);
    let machine = Machine { start_at: "Inner".into(), states };
    let outer = State { kind: kind(machine), effects: Vec::new(), ..state("Outer", Effect::Drain, "Flip") };
    let flip = State { next: None, ..state("Flip", Effect::Flip(Side::Target), "") };
    let rollback = State { next: None, ..state("RollBack", Effect::Rollback, "") };
    workflow(vec![outer, flip, rollback])
}

#[test]
fn states_inside_a_state_take_its_routes() {
    let workflow = asking_inside(|machine| Kind::Parallel { branches: vec![machine] });
    assert_eq!(step(&workflow, "Inner").2, Route::Rollback);
    let asked = vec!["approve".to_owned()];
    assert_eq!(step(&workflow, "Flip"), (asked.clone(), asked, Route::Rollback));
}

/// An empty list is a list.
#[test]
fn what_happens_for_each_item_may_not_happen() {
    let items = Expression::new("$states.input.items").into();
    let workflow = asking_inside(|processor| Kind::Map {
        items,
        item: None,
        most: 10,
        concurrency: 1,
        distributed: None,
        processor,
    });
    assert_eq!(step(&workflow, "Flip"), (vec![], vec!["approve".to_owned()], Route::Rollback));
}

#[test]
fn what_is_not_reached_does_not_happen() {
    let workflow = workflow(vec![
        State { next: None, catch: Vec::new(), ..state("Only", Effect::Drain, "") },
        state("Lost", Effect::Page, "Only"),
    ]);
    assert_eq!(Safety::new(&Exploration::new(&workflow, Depth::Execution)).steps().count(), 1);
}
