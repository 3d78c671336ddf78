//! The table of contents of the program: text becomes a spec, a spec becomes
//! one graph for each environment, policies judge each graph, and a graph
//! without errors becomes artifacts.

use std::sync::Arc;

use migspec_diag::{Diagnostic, FileId, Severity, Sources};
use migspec_ir::{Graph, Waiver};
use migspec_policies::{Failure, Rulebook, judge};
use migspec_syntax::{Importer, Spec, value::Date};
use migspec_targets::{Artifacts, Packages, Target};

/// What a run is asked to do.
#[derive(Clone, Debug)]
pub struct Request {
    /// One environment, or every one that the spec declares.
    pub environment: Option<String>,
    /// Decides whether a waiver has expired.
    pub today: Date,
}

/// What is known of one spec after checking it.
#[derive(Debug, Default)]
pub struct Checked {
    /// Sorted by place. A finding of several environments stands once.
    pub findings: Vec<Diagnostic>,
    /// Findings that a waiver covers.
    pub waived: Vec<Diagnostic>,
    /// Every waiver of every environment, and what it covers.
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

/// Checks one spec in the environments asked for.
pub fn check(
    file: FileId,
    sources: &mut Sources,
    importer: &mut dyn Importer,
    rulebook: &Rulebook,
    request: &Request,
) -> Result<Checked, Failure> {
    let mut checked = Checked::default();
    let spec = migspec_syntax::read(file, sources, importer).drain_into(&mut checked.findings);
    let environments = chosen(&spec, file, request.environment.as_deref(), &mut checked.findings);
    // What is wrong in one environment says nothing of the next.
    let common = std::mem::take(&mut checked.findings);
    for environment in environments {
        check_environment(&spec, &environment, &common, rulebook, request, &mut checked)?;
    }
    checked.findings.extend(common);
    checked.findings = joined(std::mem::take(&mut checked.findings), &checked);
    checked.waived = joined(std::mem::take(&mut checked.waived), &checked);
    Ok(checked)
}

/// Lowers one spec in the environments asked for, and asks no policy.
pub fn lower(
    file: FileId,
    sources: &mut Sources,
    importer: &mut dyn Importer,
    environment: Option<&str>,
) -> (Vec<Graph>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let spec = migspec_syntax::read(file, sources, importer).drain_into(&mut findings);
    let mut graphs = Vec::new();
    for name in chosen(&spec, file, environment, &mut findings) {
        let view = spec.view(&name).drain_into(&mut findings);
        graphs.extend(view.map(|view| migspec_lower::lower(&view).drain_into(&mut findings)));
    }
    findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    findings.dedup();
    (graphs, findings)
}

/// The environments that a run concerns.
fn chosen(spec: &Spec, file: FileId, wanted: Option<&str>, findings: &mut Vec<Diagnostic>) -> Vec<Arc<str>> {
    let names = spec.environments.iter().map(|(name, _)| name);
    let Some(wanted) = wanted else {
        return names.cloned().collect();
    };
    if let Some(found) = names.clone().find(|name| ***name == *wanted) {
        return vec![found.clone()];
    }
    if spec.migration.is_some() {
        let place = spec.environments.first().map(|(_, span)| *span);
        let place = place.unwrap_or(migspec_diag::Span::new(file, 0, 0));
        findings.push(
            Diagnostic::error("unknown-environment", format!("there is no environment `{wanted}`"))
                .at(place, "environments are declared here")
                .help_if(migspec_diag::did_you_mean(wanted, names.map(|n| &**n))),
        );
    }
    Vec::new()
}

fn check_environment(
    spec: &Spec,
    environment: &str,
    common: &[Diagnostic],
    rulebook: &Rulebook,
    request: &Request,
    checked: &mut Checked,
) -> Result<(), Failure> {
    checked.environments += 1;
    let mut findings = Vec::new();
    let view = spec.view(environment).drain_into(&mut findings);
    let graph = view.map(|view| migspec_lower::lower(&view).drain_into(&mut findings));
    let broken = common.iter().chain(&findings).any(|d| d.severity == Severity::Error);
    match graph {
        // Policies judge only what the author meant: a half-understood spec
        // would be blamed for what was not read.
        Some(graph) if !broken => {
            let judgement = judge(&graph, rulebook, request.today.days())?;
            findings.extend(judgement.findings);
            checked.waivers.extend(graph.waivers.iter().enumerate().map(|(index, waiver)| WaiverUse {
                waiver: waiver.clone(),
                environment: environment.to_owned(),
                covers: judgement.waived.iter().filter(|(_, by)| *by == index).count(),
            }));
            checked.waived.extend(seen_in(environment, judgement.waived.into_iter().map(|(d, _)| d)));
            checked.policies = checked.policies.max(judgement.policies);
            checked.resources += judgement.resources;
            checked.graphs.push(graph);
        }
        _ => checked.skipped += 1,
    }
    checked.findings.extend(seen_in(environment, findings));
    Ok(())
}

fn seen_in(environment: &str, findings: impl IntoIterator<Item = Diagnostic>) -> impl Iterator<Item = Diagnostic> {
    findings.into_iter().map(move |mut finding| {
        finding.environments = vec![environment.to_owned()];
        finding
    })
}

/// Sorts findings by place and joins those that differ only in their environment.
fn joined(mut findings: Vec<Diagnostic>, checked: &Checked) -> Vec<Diagnostic> {
    findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    let mut result: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    for mut finding in findings {
        match result.last_mut() {
            Some(last) if same(last, &finding) => {
                last.severity = last.severity.max(finding.severity);
                last.environments.append(&mut finding.environments);
            }
            _ => result.push(finding),
        }
    }
    for finding in &mut result {
        finding.environments.dedup();
        // Seen everywhere is the same as belonging to no environment.
        if finding.environments.len() == checked.environments {
            finding.environments.clear();
        }
    }
    result
}

fn same(a: &Diagnostic, b: &Diagnostic) -> bool {
    a.code == b.code && a.primary == b.primary && a.message == b.message && a.related == b.related
}

/// Runs back ends over a graph that has passed every check. What they report
/// ends the build.
pub fn emit(
    graph: &Graph,
    targets: &[&dyn Target],
    packages: &Packages,
    sources: &Sources,
) -> Result<Artifacts, Vec<Diagnostic>> {
    let mut artifacts = Artifacts::new();
    let mut problems = Vec::new();
    for (written, reported) in emit_each(graph, targets, packages) {
        artifacts.append(written);
        problems.extend(reported);
    }
    if problems.iter().any(|d| d.severity == Severity::Error) {
        return Err(problems);
    }
    migspec_targets::complete(graph, packages, sources, &mut artifacts);
    Ok(artifacts)
}

/// Runs each back end on a thread of its own: none sees what another writes.
fn emit_each(graph: &Graph, targets: &[&dyn Target], packages: &Packages) -> Vec<(Artifacts, Vec<Diagnostic>)> {
    let run = |target: &dyn Target| {
        let mut artifacts = Artifacts::new();
        let problems = target.emit(graph, packages, &mut artifacts);
        (artifacts, problems)
    };
    std::thread::scope(|threads| {
        let others: Vec<_> = targets.iter().skip(1).map(|target| threads.spawn(move || run(*target))).collect();
        let first = targets.first().map(|target| run(*target));
        let joined = others.into_iter().map(|thread| match thread.join() {
            Ok(written) => written,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        first.into_iter().chain(joined).collect()
    })
}
