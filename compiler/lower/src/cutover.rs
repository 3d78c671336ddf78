//! Cutovers: their policy entities, and the checks between their settings and
//! those of the nodes that they name.

mod checks;
mod fence;
mod reads;
mod together;
mod windows;
mod writers;

#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;

use migspec_ir::{Datum, IntoDatum, Origin, Resource, Value};
use migspec_syntax::ast;
use migspec_syntax::value::{Duration, Key, Strategy};

use crate::calendar::Calendar;
use crate::cx::{Cx, datum, path};
use crate::index::{self, Relation};
use crate::names;

pub(crate) use checks::check_approvers;

/// A cutover whose names resolve.
struct Resolved<'a> {
    cutover: &'a ast::Cutover,
    /// The replications that the cutover moves, in order; at least one.
    relations: Vec<Relation<'a>>,
    api: &'a ast::Api,
}

/// The longest time for which callers can repeat a payment without a decision of people, in seconds.
const LONGEST_FENCE: u64 = 5 * 60;

/// The time in which people decide about a state that they have seen, in seconds.
const APPROVAL: RangeInclusive<u64> = 5 * 60..=7 * 24 * 3_600;

/// Seconds that the window must still be open for besides the fence: the last
/// gates, and for each database that moves, stopping its forward task and
/// starting its reverse one.
pub(crate) fn cutover_seconds(databases: usize) -> u64 {
    900 + 900 * databases as u64
}

/// Whether a written time is beyond what a workflow waits for.
pub(crate) fn waits_too_long(cutover: &ast::Cutover) -> bool {
    let within = cutover.approval.as_ref().map_or(0, |approval| approval.within.secs());
    fence_at_most(cutover).secs() > LONGEST_FENCE || within > *APPROVAL.end()
}

pub(crate) fn lower(cx: &mut Cx) {
    let spec = cx.spec;
    let resolved: Vec<Resolved> = spec.cutover.iter().filter_map(|c| resolve(cx, c)).collect();
    together::each_once(cx);
    checks::report_shared(cx, &resolved);
    for cutover in &resolved {
        checks::check(cx, cutover);
        entity(cx, cutover);
    }
}

/// `None` if a name does not resolve, with a diagnostic.
fn resolve<'a>(cx: &mut Cx<'a>, cutover: &'a ast::Cutover) -> Option<Resolved<'a>> {
    let spec = cx.spec;
    let api = spec.api.iter().find(|a| a.key.as_str() == cutover.api.as_str());
    if api.is_none() {
        cx.unknown_reference(&["api"], &cutover.api, spec.api.iter().map(|a| a.key.as_str()));
    }
    for key in index::moves(cutover) {
        if !cx.index.replications.contains_key(key.as_str()) {
            cx.unknown_reference(&["replication"], key, spec.replication.iter().map(|r| r.key.as_str()));
        }
    }
    let relations: Vec<Relation> = cx.index.moved_relations(cutover).collect();
    if relations.is_empty() {
        return None;
    }
    Some(Resolved { cutover, relations, api: api? })
}

/// The entity that policies judge.
fn entity(cx: &mut Cx, resolved: &Resolved) {
    let Resolved { cutover, relations, api } = resolved;
    let moved =
        relations.iter().map(|r| Datum::new(Value::reference(names::replication(r.key())), cutover_origin(cutover)));
    let key = cutover.key.as_str();
    let origin = cutover_origin(cutover);
    let authorizer = api.authorizer.as_ref();
    let entity = Resource::new("Migspec::Cutover", names::cutover(key), path("cutover", &cutover.key), origin)
        .set("Key", key)
        .set("Replications", Value::List(moved.collect()))
        .set("Api", Value::reference(names::rest_api(cutover.api.as_str())))
        .set("Strategy", datum(&cutover.strategy.kind, ToString::to_string))
        .set_if("FirstShare", cutover.strategy.step.first().map(|step| datum(&step.share, |share| i64::from(share.0))))
        .set("FenceSeconds", seconds(cutover.fence.as_ref().map(|f| &f.at_most), fence_at_most(cutover), origin))
        .set(
            "WriterRefreshSeconds",
            seconds(cutover.writer_switch.as_ref().map(|w| &w.refresh), refresh(cutover), origin),
        )
        .set("ApprovalRoles", roles(cutover, origin))
        .set_if("ApprovalSeconds", cutover.approval.as_ref().map(|a| datum(&a.within, |d| d.secs() as i64)))
        .set_if("Windows", cutover.window.as_ref().map(windows))
        .set("HasWindow", cutover.window.is_some())
        .set("RollbackSeconds", seconds(cutover.rollback.as_ref().map(|r| &r.window), rollback_window(cutover), origin))
        .set("HasValidation", relations.iter().all(|r| r.validation.is_some()))
        .set("Reverse", reverse(relations, origin))
        .set_if("AuthorizerCacheSeconds", authorizer.map(|a| datum(&a.cache, |d| d.secs() as i64)));
    cx.add(entity);
}

/// Whether every replication has a way back, at the first one that has none.
fn reverse(relations: &[Relation], origin: Origin) -> Datum {
    let missing = relations.iter().find(|relation| !relation.reversed());
    let refused = missing.and_then(|relation| relation.node.reverse.as_ref());
    Datum::new(missing.is_none(), refused.map_or(origin, |node| crate::cx::origin(&node.enabled)))
}

/// The windows in UTC.
fn windows(window: &ast::Window) -> Datum {
    let at = Origin::derived("cutover", window.place.header);
    let texts = Calendar::of(window).map(|calendar| calendar.utc()).unwrap_or_default();
    texts.into_iter().collect::<Vec<String>>().into_datum(at)
}

fn cutover_origin(cutover: &ast::Cutover) -> Origin {
    Origin::derived("cutover", cutover.place.header)
}

fn seconds(written: Option<&migspec_syntax::Setting<Duration>>, otherwise: Duration, origin: Origin) -> Datum {
    written.map_or_else(|| Datum::new(otherwise.secs() as i64, origin), |s| datum(s, |d| d.secs() as i64))
}

fn roles(cutover: &ast::Cutover, origin: Origin) -> Datum {
    let written = cutover.approval.iter().flat_map(|a| &a.by.roles);
    Datum { value: Value::List(written.map(|role| datum(role, ToString::to_string)).collect()), origin }
}

/// The language's default of `at-most`.
const FENCE: Duration = Duration::from_secs(30);
/// The language's default of `refresh`.
const REFRESH: Duration = Duration::from_secs(5);

/// The limit of the write pause: the setting, or the language's default.
pub(crate) fn fence_at_most(cutover: &ast::Cutover) -> Duration {
    cutover.fence.as_ref().map_or(FENCE, |f| *f.at_most)
}

/// How often the application reads the writer switch.
pub(crate) fn refresh(cutover: &ast::Cutover) -> Duration {
    cutover.writer_switch.as_ref().map_or(REFRESH, |w| *w.refresh)
}

/// The rollback window.
pub(crate) fn rollback_window(cutover: &ast::Cutover) -> Duration {
    cutover.rollback.as_ref().map_or(Duration::from_secs(72 * 3600), |r| *r.window)
}

/// The stem of the workflow's physical name.
pub(crate) fn stem(cutover: &ast::Cutover) -> String {
    cutover.name.as_ref().map_or_else(|| format!("{}-orchestration", cutover.key), |name: &_| Key::to_string(name))
}

/// The folder of a role's tokens in the checkpoints bucket.
pub(crate) fn approvals_folder(cutover: &ast::Cutover, role: &str) -> String {
    migspec_ir::aws::migspec::approvals_folder(cutover.key.as_str(), role)
}

/// The reads that may be served from the target before the writer moves.
pub(crate) fn stale_routes(api: &ast::Api) -> impl Iterator<Item = &ast::Route> {
    api.route.iter().filter(|route| route.stale.is_some())
}

/// Whether a cutover moves the reads of an API first.
pub(crate) fn moves_reads(cx: &Cx, api: &ast::Api) -> bool {
    let mut cutovers = cx.spec.cutover.iter().filter(|c| c.api.as_str() == api.key.as_str());
    cutovers.any(|c| *c.strategy.kind == Strategy::Reads) && stale_routes(api).next().is_some()
}
