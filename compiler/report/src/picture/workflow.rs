//! The picture of a workflow: phases as groups, with forward and error routes.

use indexmap::IndexMap;
use migspec_draw::{Edge, Flow, Group, GroupId, Line, Look, Node, NodeId, Picture, Shape, Sign};
use migspec_ir::workflow::{Effect, Expression, Kind, Phase, State, Workflow};

use super::explain_outlines;

/// Draws a workflow, with the states of `path` and the transitions between them
/// highlighted.
pub fn workflow(workflow: &Workflow, path: &[&str]) -> Picture {
    let title = format!("Workflow {}", workflow.name);
    let mut picture = Picture::new("workflow", title, &*workflow.comment).flow(Flow::Wrapped);
    let mut drawing = Drawing { nodes: IndexMap::new(), path };
    let mut phases: IndexMap<Phase, GroupId> = IndexMap::new();
    for state in workflow.states.values() {
        phases.entry(state.phase).or_insert_with(|| picture.add_group(Group::new(state.phase.name())));
    }
    for state in workflow.states.values() {
        let node = drawing.node(state).within(phases[&state.phase]);
        let id = picture.add_node(node);
        drawing.nodes.insert(&state.name, id);
    }
    for state in workflow.states.values() {
        drawing.edges(state, &mut picture);
    }
    let outlines = [
        (Shape::Round, "a call, or a group of states"),
        (Shape::Choice, "a choice; its exits carry the value that they need"),
        (Shape::Box, "a wait, an assignment or an end"),
    ];
    explain_outlines(&mut picture, &outlines);
    picture.explain(Sign::Arrow(Line::Solid), "on success, and for an open gate");
    picture.explain(Sign::Arrow(Line::Dashed), "on an error, and for a closed gate");
    if path.is_empty() {
        picture.explain(Sign::Box(Look::Marked), "a state with an effect");
        picture.explain(Sign::Box(Look::Plain), "a state without one");
    } else {
        picture.explain(Sign::Box(Look::Strong), "passed in this scenario");
        picture.explain(Sign::Box(Look::Faint), "not passed");
        picture.explain(Sign::Arrow(Line::Thick), "taken in this scenario");
    }
    picture
}

struct Drawing<'w> {
    nodes: IndexMap<&'w str, NodeId>,
    path: &'w [&'w str],
}

impl<'w> Drawing<'w> {
    fn node(&self, state: &'w State) -> Node {
        let effects: Vec<String> = state.effects.iter().map(Effect::to_string).collect();
        let mut node = Node::new(&*state.name).note(&*state.does).shape(shape(&state.kind));
        if !effects.is_empty() {
            node = node.line(effects.join(", "));
        }
        match (self.path.is_empty(), self.path.contains(&&*state.name)) {
            (true, _) if effects.is_empty() => node,
            (true, _) => node.look(Look::Marked),
            (false, true) => node.look(Look::Strong),
            (false, false) => node.look(Look::Faint),
        }
    }

    fn edges(&self, state: &'w State, picture: &mut Picture) {
        let mut forward: Vec<(&str, String)> = state.next.iter().map(|n| (&**n, String::new())).collect();
        let mut back: Vec<(&str, String)> = state.catch.iter().map(|c| (&*c.next, String::new())).collect();
        if let Kind::Choice { branches, default } = &state.kind {
            forward.extend(branches.iter().map(|branch| (&*branch.next, values(&branch.condition))));
            back.push((default, "otherwise".to_owned()));
        }
        // One arrow represents several errors, and a forward arrow replaces a back arrow.
        back.retain(|(to, _)| !forward.iter().any(|(known, _)| known == to));
        back.sort_unstable();
        back.dedup();
        let forward = forward.into_iter().map(|exit| (exit, Line::Solid));
        for ((to, label), line) in forward.chain(back.into_iter().map(|exit| (exit, Line::Dashed))) {
            let (Some(from), Some(end)) = (self.nodes.get(&*state.name), self.nodes.get(to)) else { continue };
            let taken = self.path.windows(2).any(|pair| pair == [&*state.name, to]);
            let edge = Edge::new(*from, *end).line(if taken { Line::Thick } else { line });
            picture.add_edge(if label.is_empty() { edge } else { edge.label(label) });
        }
    }
}

/// The values that a condition compares with: `pass` of `$verdict = "pass"`. Without a value, the condition itself.
fn values(condition: &Expression) -> String {
    let text = condition.to_string();
    let values: Vec<&str> = text.split('"').skip(1).step_by(2).collect();
    if values.is_empty() { text } else { values.join(", ") }
}

fn shape(kind: &Kind) -> Shape {
    match kind {
        Kind::Choice { .. } => Shape::Choice,
        Kind::Task { .. } | Kind::Foreign { .. } | Kind::Parallel { .. } | Kind::Map { .. } => Shape::Round,
        Kind::Wait { .. } | Kind::Pass | Kind::Succeed | Kind::Fail { .. } => Shape::Box,
    }
}
