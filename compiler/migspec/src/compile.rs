//! The pipeline of a check: read, view, lower, analyze, judge. A build then emits: `migspec_targets::emit`.

use migspec_analyze::Analysis;
use migspec_diag::{Diagnostic, FileId, Outcome, Severity, Sources, Span};
use migspec_ir::{Graph, Waiver};
use migspec_policies::{PolicyError, Rulebook, judge};
use migspec_syntax::{Importer, View, value::Date};

use crate::{environments, findings};

/// The parameters of a check.
#[derive(Clone, Debug)]
pub struct Request {
    /// One environment, or every one that the spec declares.
    pub environment: Option<String>,
    /// Decides whether a waiver has expired.
    pub today: Date,
}

/// The results of checking one spec.
#[derive(Debug, Default)]
pub struct Checked {
    /// Sorted by place. A finding of several environments appears once.
    pub findings: Vec<Diagnostic>,
    /// Findings that a waiver covers.
    pub waived: Vec<Diagnostic>,
    /// Every waiver of every environment, with the findings that it covers.
    pub waivers: Vec<WaiverUse>,
    /// Graphs of the environments that could be lowered, in the spec's order.
    pub graphs: Vec<Graph>,
    pub policies: usize,
    pub resources: usize,
    pub environments: usize,
    /// Environments that were not judged, since their spec has errors.
    pub skipped: usize,
}

/// A waiver in one environment.
#[derive(Clone, Debug)]
pub struct WaiverUse {
    pub waiver: Waiver,
    pub environment: String,
    /// How many findings it covers there.
    pub covers: usize,
}

/// Checks one spec in the requested environments.
///
/// # Errors
///
/// A policy cannot be read or evaluated.
pub fn check(
    file: FileId,
    sources: &mut Sources,
    importer: &mut dyn Importer,
    rulebook: &Rulebook,
    request: &Request,
) -> Result<Checked, PolicyError> {
    let mut checked = Checked::default();
    let spec = migspec_syntax::read(file, sources, importer).drain_into(&mut checked.findings);
    let environments =
        environments::choose(&spec, file, request.environment.as_deref()).drain_into(&mut checked.findings);
    // An error in one environment does not suppress the check of the next.
    let common = std::mem::take(&mut checked.findings);
    let views = spec.views(environments.iter().map(|environment| &**environment));
    for (environment, view) in environments.iter().zip(views) {
        check_environment(view, environment, &common, rulebook, request, &mut checked)?;
    }
    checked.findings.extend(common);
    checked.findings = findings::merge(std::mem::take(&mut checked.findings), checked.environments);
    checked.waived = findings::merge(std::mem::take(&mut checked.waived), checked.environments);
    keep_used_waivers(&mut checked);
    Ok(checked)
}

/// A waiver without a finding in one environment may cover one in another: no fix removes it.
fn keep_used_waivers(checked: &mut Checked) {
    let used: Vec<Span> = checked.waivers.iter().filter(|of| of.covers > 0).map(|of| of.waiver.span).collect();
    for finding in checked.findings.iter_mut().filter(|finding| finding.code == "unused-waiver") {
        finding.fix = finding.fix.take().filter(|fix| !used.contains(&fix.change.at()));
    }
}

/// Lowers one spec in the requested environments, without policies.
pub fn lower(
    file: FileId,
    sources: &mut Sources,
    importer: &mut dyn Importer,
    environment: Option<&str>,
) -> (Vec<Graph>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let spec = migspec_syntax::read(file, sources, importer).drain_into(&mut findings);
    let mut graphs = Vec::new();
    let environments = environments::choose(&spec, file, environment).drain_into(&mut findings);
    for view in spec.views(environments.iter().map(|environment| &**environment)) {
        let view = view.drain_into(&mut findings);
        graphs.extend(view.map(|view| migspec_lower::lower(&view).drain_into(&mut findings)));
    }
    migspec_diag::sort(&mut findings);
    (graphs, findings)
}

fn check_environment(
    view: Outcome<Option<View>>,
    environment: &str,
    common: &[Diagnostic],
    rulebook: &Rulebook,
    request: &Request,
    checked: &mut Checked,
) -> Result<(), PolicyError> {
    checked.environments += 1;
    let mut findings = Vec::new();
    let view = view.drain_into(&mut findings);
    let graph = view.filter(|view| !view.incomplete).map(|view| migspec_lower::lower(&view).drain_into(&mut findings));
    let broken = common.iter().chain(&findings).any(|d| d.severity == Severity::Error);
    match graph {
        // Policies judge complete specs only: a partly read spec would lead to
        // findings about nodes that were skipped.
        Some(graph) if !broken => {
            let analysis = Analysis::of(&graph);
            let judgement = judge(&analysis, rulebook, request.today.days())?;
            findings.extend(judgement.findings);
            checked.waivers.extend(graph.waivers.iter().enumerate().map(|(index, waiver)| WaiverUse {
                waiver: waiver.clone(),
                environment: environment.to_owned(),
                covers: judgement.waived.iter().filter(|(_, by)| by.contains(&index)).count(),
            }));
            checked.waived.extend(findings::in_environment(environment, judgement.waived.into_iter().map(|(d, _)| d)));
            checked.policies = checked.policies.max(judgement.policies);
            checked.resources += judgement.resources;
            checked.graphs.push(graph);
        }
        _ => checked.skipped += 1,
    }
    checked.findings.extend(findings::in_environment(environment, findings));
    Ok(())
}
