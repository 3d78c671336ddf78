use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use migspec_diag::{Severity, Sources};
use migspec_ir::Graph;
use migspec_policies::Rulebook;
use migspec_policies::mutation::{self, ChangeResult, Flip, Mutations, Score};
use serde_json::{Value, json};

use super::Format;
use crate::cli::options::PolicySource;
use crate::cli::{Exit, eprint_line, print};
use crate::compile::{self, Request};
use crate::error::CommandError;
use crate::load::FolderImporter;
use crate::render::{self, pretty};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Spec without findings.
    pub spec: PathBuf,
    /// Environment whose graph is mutated.
    #[arg(long, value_name = "NAME", env = "MIGSPEC_ENV", hide_env_values = true)]
    pub env: String,
    /// Date used to decide whether waivers have expired, YYYY-MM-DD (default: today).
    #[arg(long, value_name = "DATE", value_parser = crate::cli::options::date, env = "MIGSPEC_TODAY", hide_env_values = true)]
    pub today: Option<migspec_syntax::value::Date>,
    #[command(flatten)]
    from: PolicySource,
    /// Output format.
    #[arg(long, short = 'f', value_name = "FORMAT", default_value = "human")]
    format: Format,
    /// Mutate only every Nth resource, flow and grant, but all of its facts.
    #[arg(long, value_name = "N", default_value_t = 1)]
    every: usize,
    /// Change properties as overrides do, enumerated from AWS's schemas, instead of facts.
    #[arg(long)]
    properties: bool,
    /// Lowest mutation score in percent; below it the exit code is 1.
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=100))]
    at_least: u64,
}

/// Measures how many mutations of a spec the policies deny.
///
/// # Errors
///
/// The spec or a policy folder cannot be read, or a policy is wrong.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    let (_, rulebook) = arguments.from.rulebook()?;
    let mut sources = Sources::new();
    let (file, mut importer) = FolderImporter::open(&arguments.spec, &mut sources)?;
    let today = crate::cli::judging::today(arguments.today)?;
    let request = Request { environment: Some(arguments.env.clone()), today };
    let checked = compile::check(file, &mut sources, &mut importer, &rulebook, &request)?;
    let graph = match checked.graphs.as_slice() {
        [graph] if !checked.findings.iter().any(|f| f.severity == Severity::Error) => graph,
        _ => {
            print(&render::plain(&checked.findings, &sources, render::Paint::Plain))?;
            eprint_line("error: only a spec without errors can be mutated");
            return Ok(Exit::Findings);
        }
    };
    let every = arguments.every.max(1);
    if arguments.properties {
        return properties(graph, &rulebook, today.days(), every, arguments.at_least);
    }
    let mutations = mutation::mutate(graph, &rulebook, today.days(), |number, _| number.is_multiple_of(every));
    let mutations = mutations?;
    print(&match arguments.format {
        Format::Human => human(&mutations, graph),
        Format::Json => pretty(&json(&mutations)),
    })?;
    eprint_line(&summary(&mutations));
    let reached = mutations.score().permille() as u64 >= arguments.at_least * 10;
    Ok(if reached { Exit::Clean } else { Exit::Findings })
}

/// Changes properties and prints the changes that no finding points at.
fn properties(
    graph: &Graph,
    rulebook: &Rulebook,
    today: u64,
    every: usize,
    at_least: u64,
) -> Result<Exit, CommandError> {
    let (mut text, mut free, mut found, mut elsewhere, mut silent) = (String::new(), 0u64, 0, 0u64, 0);
    for change in mutation::changes(graph).iter().step_by(every) {
        let outcome = change.outcome(graph, rulebook, today)?;
        match outcome {
            ChangeResult::Refused(_) | ChangeResult::Found(_) => {
                found += 1;
                continue;
            }
            ChangeResult::Free(_) => free += 1,
            ChangeResult::Elsewhere(_) => elsewhere += 1,
            ChangeResult::Silent => silent += 1,
        }
        let _ = writeln!(text, "{} {} {}: {outcome}", change.type_name, change.path, change.how);
    }
    print(&text)?;
    let counted = found + elsewhere + silent;
    let score = ((found + elsewhere) * 1000).checked_div(counted).unwrap_or(1000);
    eprint_line(&format!(
        "changes of properties: {} ({found} at their place, {elsewhere} at another) of {counted} are found, {silent} survive; \
         {free} are free",
        percent(score as usize)
    ));
    Ok(if score >= at_least * 10 { Exit::Clean } else { Exit::Findings })
}

fn summary(mutations: &Mutations) -> String {
    let (score, all) = (mutations.score(), mutations.score_of_all());
    let (flips, facts) = (score.flips, score.facts);
    format!(
        "mutations: {} ({} of {}) are denied, {} survive; including the {} excluded ones {}; {} facts are unknown\n\
         distinct facts: {} on average, {} of {} on every resource; including the {} excluded ones {}",
        percent(flips.permille()),
        flips.noticed,
        flips.of,
        flips.of - flips.noticed,
        all.flips.of - flips.of,
        percent(all.flips.permille()),
        mutations.unknown,
        percent(score.mean),
        facts.noticed,
        facts.of,
        all.facts.of - facts.of,
        percent(all.mean),
    )
}

fn percent(permille: usize) -> String {
    format!("{}.{} %", permille / 10, permille % 10)
}

// Writing to a string cannot fail, so results of `write!` are dropped below.

fn human(mutations: &Mutations, graph: &Graph) -> String {
    let mut text = String::from("Survivors (no policy denies them):\n");
    for ((type_name, fact), flips) in mutation::by_fact(mutations.survivors()) {
        let because = flips.first().and_then(|flip| flip.explanation()).map_or("not explained", |r| &r.because);
        let _ = writeln!(text, "  {type_name} {fact}: {}: {because}", list(&flips, graph));
    }
    text.push_str("\nExcluded from the score:\n");
    for ((type_name, fact), flips) in mutation::by_fact(mutations.excluded_flips()) {
        let because = flips.first().and_then(|flip| flip.excluded).map_or("", |e| &e.because);
        let _ = writeln!(text, "  {type_name} {fact}: {} flips: {because}", flips.len());
    }
    text
}

/// The number of flips, and the first of them with its place in the spec.
fn list(flips: &[&Flip], graph: &Graph) -> String {
    let Some(first) = flips.first() else { return String::new() };
    let path = graph.get(&first.resource).map_or("", |resource| &*resource.path);
    let more = match flips.len() {
        1 => String::new(),
        n => format!(" and {} more", n - 1),
    };
    format!("{} of `{}` ({path}){more}", first.value, first.resource)
}

fn json(mutations: &Mutations) -> Value {
    let flips = |flips: Vec<&Flip>| -> Vec<Value> {
        let row = |flip: &&Flip| {
            json!({
                "resource": flip.resource.as_str(),
                "type": flip.type_name,
                "fact": flip.fact,
                "value": flip.value,
                "noticedBy": flip.noticed_by.iter().map(|id| &**id).collect::<Vec<_>>(),
                "because": flip.excluded.or_else(|| flip.explanation().filter(|_| flip.survives())).map(|r| &r.because),
            })
        };
        flips.iter().map(row).collect()
    };
    let score = |score: Score| {
        json!({
            "flips": score.flips.permille() as f64 / 10.0,
            "facts": score.mean as f64 / 10.0,
            "factsNoticedEverywhere": score.facts.noticed,
            "distinctFacts": score.facts.of,
        })
    };
    json!({
        "score": score(mutations.score()),
        "scoreOfAll": score(mutations.score_of_all()),
        "counted": mutations.counted_flips().count(),
        "survivors": flips(mutations.survivors().collect()),
        "excluded": mutations.excluded_flips().count(),
        "unknown": mutations.unknown,
        "flips": flips(mutations.flips.iter().collect()),
    })
}
