//! All back ends over one graph.

use migspec_diag::{Diagnostic, Severity, Sources};
use migspec_ir::Graph;

use crate::{Artifacts, Packages, Target, complete};

/// Runs back ends over a graph that has passed every check. A problem of a back
/// end ends the build.
///
/// # Errors
///
/// The diagnostics of the back ends.
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
    complete(graph, packages, sources, &mut artifacts);
    Ok(artifacts)
}

/// Runs each back end on a thread of its own: none sees the artifacts of
/// another.
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
