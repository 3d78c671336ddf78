//! Checks between the databases that one cutover moves.

use indexmap::IndexSet;
use migspec_diag::{Diagnostic, Span};
use migspec_syntax::ast;
use rustc_hash::FxHashMap;

use super::Resolved;
use crate::cx::Cx;
use crate::index::{self, Relation};

/// Every replication is moved by one cutover, and named by it once.
pub(super) fn each_once(cx: &mut Cx) {
    let spec = cx.spec;
    let mut first: FxHashMap<&str, Span> = FxHashMap::default();
    for cutover in &spec.cutover {
        for key in index::moves(cutover) {
            let span = key.span();
            let Some(earlier) = first.insert(key.as_str(), span) else { continue };
            cx.report(
                Diagnostic::error("moved-twice", format!("two cutovers move the replication `{}`", key.value))
                    .at(span, "moved again")
                    .with(earlier, "moved here")
                    .help("name it in one cutover, once"),
            );
        }
    }
}

pub(super) fn check(cx: &mut Cx, resolved: &Resolved) {
    let Some(moves) = &resolved.cutover.moves else { return };
    name(cx, resolved.cutover, moves);
    way_back(cx, &resolved.relations);
}

/// Evidence and checkpoints are below the names of cutovers and of replications, so a shared name is ambiguous.
fn name(cx: &mut Cx, cutover: &ast::Cutover, moves: &ast::Moves) {
    let key = cutover.key.as_str();
    let Some(namesake) = cx.index.replications.get(key).copied() else { return };
    if moves.replications.iter().any(|moved| moved.as_str() == key) {
        return;
    }
    cx.report(
        Diagnostic::error("cutover-name", format!("the cutover `{key}` does not move the replication `{key}`"))
            .at(cutover.key.span(), "the key of a replication")
            .with(moves.place.header, "does not list it")
            .with(namesake.place.header, "the replication")
            .help("give the cutover a different key, or add the replication to `moves`"),
    );
}

/// A rollback moves all databases. If it kept the writes of one and lost those of another, the two would be
/// inconsistent.
fn way_back(cx: &mut Cx, relations: &[Relation]) {
    let with = relations.iter().find(|relation| relation.reversed());
    let without = relations.iter().find(|relation| !relation.reversed());
    let (Some(with), Some(without)) = (with, without) else { return };
    let declared = |relation: &Relation| {
        relation.node.reverse.as_ref().map_or(relation.node.place.header, |reverse| reverse.place.header)
    };
    cx.report(
        Diagnostic::error(
            "mixed-reverse",
            format!("`{}` and `{}` move together, but only one has reverse replication", with.key(), without.key()),
        )
        .at(declared(without), "a rollback loses its writes")
        .with(declared(with), "but keeps the writes of this one")
        .help("enable reverse replication for all of them, or for none"),
    );
}

/// The `moves` of a cutover that combines two.
pub(super) fn moving(first: &Resolved, second: &Resolved) -> String {
    let keys = [first.cutover, second.cutover].into_iter().flat_map(index::moves);
    let keys: IndexSet<String> = keys.map(|key| format!("\"{}\"", key.as_str())).collect();
    format!("`moves {}`", keys.into_iter().collect::<Vec<_>>().join(" "))
}
