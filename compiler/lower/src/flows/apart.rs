//! Networks and sites that no transit joins. A missing transit, and each member that a transit lacks, is one finding,
//! however many flows need it.

use std::collections::BTreeSet;
use std::sync::Arc;

use migspec_diag::{Diagnostic, list};
use migspec_ir::Flow;
use migspec_syntax::ast;

use crate::cx::Cx;

/// A flow that crosses from one network or site to another, which nothing joins.
pub(super) struct Gap<'f> {
    pub(super) from: Arc<str>,
    pub(super) to: Arc<str>,
    pub(super) flow: &'f Flow,
}

impl Gap<'_> {
    fn has(&self, member: &str) -> bool {
        &*self.from == member || &*self.to == member
    }
}

/// Reports the gaps. An undeclared member of the transit has been reported, and probably causes them; so has an attached
/// site without a link.
pub(super) fn report(cx: &mut Cx, gaps: &[Gap]) {
    let members: BTreeSet<&str> = gaps.iter().flat_map(|gap| [&*gap.from, &*gap.to]).collect();
    let Some(first) = gaps.first().filter(|_| !attaches_unknown(cx)) else { return };
    let spec = cx.spec;
    let Some(transit) = &spec.transit else {
        let names: Vec<String> = members.iter().map(|member| format!("`{member}`")).collect();
        let needs = format!("{} needs port {}", first.flow.why, first.flow.port);
        let message = format!("nothing joins {}, but {needs}", list(&names));
        return cx.report(
            Diagnostic::error("no-path", message)
                .at(first.flow.origin.span(), "needs the connection")
                .help(format!("attach them to a transit: transit \"hub\" {{ attach {} }}", quoted(members))),
        );
    };
    let attached: Vec<&str> = transit.attach.members.iter().map(|member| member.as_str()).collect();
    for member in members.into_iter().filter(|member| !attached.contains(member)) {
        if let Some(gap) = gaps.iter().find(|gap| gap.has(member)) {
            report_member(cx, (transit, &attached), member, gap);
        }
    }
}

fn report_member(cx: &mut Cx, (transit, attached): (&ast::Transit, &[&str]), member: &str, gap: &Gap) {
    let Gap { from, to, flow } = gap;
    let message = format!(
        "transit `{}` does not attach `{member}`, but {} needs port {} from `{from}` to `{to}`",
        transit.key, flow.why, flow.port
    );
    let all = quoted(attached.iter().copied().chain([member]));
    cx.report(
        Diagnostic::error("no-path", message)
            .at(transit.attach.place.header, "attaches only these")
            .with(flow.origin.span(), "needs the connection")
            .help(format!("add `{member}` to `attach` of transit `{}`: attach {all}", transit.key)),
    );
}

fn quoted<'m>(members: impl IntoIterator<Item = &'m str>) -> String {
    let quoted: Vec<String> = members.into_iter().map(|member| format!("\"{member}\"")).collect();
    quoted.join(" ")
}

fn attaches_unknown(cx: &Cx) -> bool {
    let declared = |key: &str| {
        cx.spec.network.iter().any(|n| n.key.as_str() == key) || cx.spec.site.iter().any(|s| s.key.as_str() == key)
    };
    cx.spec.transit.iter().flat_map(|t| &t.attach.members).any(|member| !declared(member.as_str()))
}
