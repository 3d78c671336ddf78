//! Reads that move before the writer: their routes, and the maximum age of their answers.

use migspec_diag::Diagnostic;
use migspec_syntax::ast;
use migspec_syntax::value::{ApiMethod, Duration};

use super::{Resolved, stale_routes};
use crate::cx::Cx;

/// A rule of the load balancer holds five values; one is the method.
const MOST_ROUTES: usize = 4;
/// The longest regular expression of a rule, without the text around the path.
const LONGEST_PATH: usize = 110;

pub(super) fn check(cx: &mut Cx, Resolved { cutover, relations, api }: &Resolved) {
    let strategy = cutover.strategy.kind.span();
    // An answer may come from any of the databases.
    let gate_of = |lag: Option<&ast::Lag>| lag.map_or(Duration::from_secs(5), |lag| *lag.gate);
    let lags = relations.iter().map(|relation| relation.node.lag.as_ref());
    let widest = lags.max_by_key(|lag| gate_of(*lag).millis()).flatten();
    let gate = gate_of(widest);
    let mut count = 0;
    for route in stale_routes(api) {
        let Some(stale) = &route.stale else { continue };
        count += 1;
        let name = format!("{} {}", route.method.word(), route.path.value);
        if *route.method != ApiMethod::Get {
            cx.report(
                Diagnostic::error("stale-reads", format!("`{name}` has `stale`, but is not a read"))
                    .at(stale.span(), "only a `GET` shifts before the writer moves")
                    .help("remove `stale`"),
            );
        }
        if stale.millis() < gate.millis() {
            let mut diagnostic = Diagnostic::error(
                "stale-reads",
                format!("`{name}` may be {} old, but the gate allows a lag of {gate}", stale.value),
            )
            .at(stale.span(), "less than the maximum lag")
            .help(format!("write stale=\"{gate}\", or lower the gate"));
            if let Some(lag) = widest {
                diagnostic = diagnostic.with(lag.gate.span(), "maximum lag allowed here");
            }
            cx.report(diagnostic);
        }
        if route.path.len() > LONGEST_PATH || count > MOST_ROUTES {
            cx.report(
                Diagnostic::error("stale-reads", format!("`{name}` exceeds the limits of a load balancer rule"))
                    .at(route.path.span(), "one too many, or too long")
                    .help(format!(
                        "at most {MOST_ROUTES} routes can have `stale`, with {LONGEST_PATH} characters each"
                    )),
            );
        }
    }
    if count == 0 {
        cx.report(
            Diagnostic::error("stale-reads", format!("no route of `{}` has `stale`", api.key.value))
                .at(strategy, "shifts reads, but no route can shift")
                .with(api.place.header, "no route with `stale`")
                .help("add `stale=\"10s\"` to routes that tolerate old data, or write \"compute\""),
        );
    }
}
