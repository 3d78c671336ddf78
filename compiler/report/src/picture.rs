//! Pictures of a graph.

mod data;
mod network;
mod rights;
mod workflow;

use std::collections::BTreeSet;

use migspec_analyze::scope::{Level, Scope};
use migspec_draw::{Look, Picture, Shape, Sign};
use migspec_ir::{Graph, Id};

pub use data::data;
pub use network::network;
pub use rights::rights;
pub use workflow::workflow;

/// The link target of a resource, for pictures inside a page.
pub type Links<'a> = &'a dyn Fn(&Id) -> Option<String>;

/// No links.
pub fn no_link(_: &Id) -> Option<String> {
    None
}

fn look(level: Level) -> Look {
    match level {
        Level::AccountData => Look::Strong,
        Level::Connected => Look::Marked,
        Level::Outside => Look::Faint,
    }
}

/// The narrowest scope of several resources.
fn narrowest<'a>(scope: &Scope, ids: impl IntoIterator<Item = &'a Id>) -> Level {
    ids.into_iter().map(|id| scope.level(id)).min().unwrap_or(Level::Outside)
}

/// Adds the looks of scope levels to the key.
fn explain_levels(picture: &mut Picture) {
    for (level, meaning) in [
        (Level::AccountData, "stores, processes or transmits account data"),
        (Level::Connected, "connected to account data, or able to change its security"),
        (Level::Outside, "out of scope"),
    ] {
        picture.explain(Sign::Box(look(level)), meaning);
    }
}

/// Adds outlines to the key.
fn explain_outlines(picture: &mut Picture, meanings: &[(Shape, &str)]) {
    for (shape, meaning) in meanings {
        picture.explain(Sign::Outline(*shape), *meaning);
    }
}

/// Why a resource is in scope, one reason a line.
fn reasons(scope: &Scope, id: &Id) -> String {
    let chain = scope.chain(id);
    let lines = chain.iter().map(|(_, because)| match &because.from {
        Some(from) => format!("{} ({from})", because.text),
        None => because.text.clone(),
    });
    std::iter::once(format!("{id}: {}", scope.level(id).name())).chain(lines).collect::<Vec<_>>().join("; ")
}

/// `AWS::RDS::DBCluster` as `RDS DBCluster`.
fn kind(graph: &Graph, id: &Id) -> String {
    let name = graph.get(id).map_or("", |resource| resource.type_name);
    name.trim_start_matches("AWS::").trim_start_matches("Migspec::").replace("::", " ")
}

/// Words in lines of a few each.
fn folded(words: &BTreeSet<String>, each: usize) -> Vec<String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.chunks(each).map(|chunk| chunk.join(", ")).collect()
}
