//! Checks that the steps of the fence finish before its timeout.

use migspec_diag::Diagnostic;
use migspec_syntax::value::Duration;

use super::{FENCE, REFRESH, Resolved, fence_at_most, refresh};
use crate::cx::Cx;

/// For each database, one call fences it, one writes its token and one compares it, in sequence. A call takes at least
/// one second.
const CALLS: u64 = 3;

/// The default lag of the gate.
const LAG: Duration = Duration::from_secs(5);

/// Reports only fences that no other check reports.
pub(super) fn check(cx: &mut Cx, Resolved { cutover, relations, .. }: &Resolved) {
    let (refresh, at_most) = (refresh(cutover), fence_at_most(cutover));
    let gates = relations.iter().map(|relation| relation.node.lag.as_ref().map_or(LAG, |lag| *lag.gate));
    // All of them drain at the same time.
    let Some(lag) = gates.max_by_key(|gate| gate.millis()) else { return };
    let databases = relations.len() as u64;
    let needed = refresh.millis() + 1000 * CALLS * databases + lag.millis();
    if needed <= at_most.millis() || refresh >= at_most || lag.millis() >= at_most.millis() {
        return;
    }
    let needed = Duration::from_secs(needed.div_ceil(1000));
    let header = cutover.place.header;
    let at = cutover.fence.as_ref().map_or(header, |fence| fence.at_most.span());
    let mut diagnostic = Diagnostic::error(
        "fence-too-short",
        format!("the fence times out after {at_most}, but its steps take at least {needed}"),
    );
    let mut places = vec![(at, "times out before the drain and the comparison finish", at_most == FENCE)];
    if let Some(switch) = &cutover.writer_switch {
        places.push((switch.refresh.span(), "time for the applications to read the switch", refresh == REFRESH));
    }
    let slowest = relations.iter().filter_map(|relation| relation.node.lag.as_ref());
    if let Some(gate) = slowest.map(|lag| &lag.gate).find(|gate| gate.millis() == lag.millis()) {
        places.push((gate.span(), "maximum lag allowed here", lag == LAG));
    }
    // The first value that differs from its default comes first.
    places.sort_by_key(|(_, _, is_default)| *is_default);
    for (n, (span, label, _)) in places.into_iter().enumerate() {
        diagnostic = if n == 0 { diagnostic.at(span, label) } else { diagnostic.with(span, label) };
    }
    let each = match databases {
        1 => "to fence the source, write the fence token and compare".to_owned(),
        n => format!("to fence {n} sources, write their fence tokens and compare them in sequence"),
    };
    cx.report(
        diagnostic
            .note(format!("{refresh} to read the switch, {}s {each}, {lag} to drain", CALLS * databases))
            .help(format!("raise `at-most` to {needed} or more, or lower the other times")),
    );
}
