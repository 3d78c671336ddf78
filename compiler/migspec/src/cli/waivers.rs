use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use migspec_diag::Sources;
use migspec_ir::Waiver;
use migspec_syntax::value::Date;
use serde_json::{Value, json};

use super::judging;
use super::options::{self, PolicySource};
use super::policy::Format;
use super::{Exit, check, eprint_line, print};
use crate::compile::{self, Request, WaiverUse};
use crate::error::CommandError;
use crate::load::FolderImporter;
use crate::render::{count, pretty};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Specs, or folders to search for `*.migspec.kdl` (default: the project file, then this folder).
    pub paths: Vec<PathBuf>,
    /// Environment to list (default: all environments of the spec).
    #[arg(long, value_name = "NAME", env = "MIGSPEC_ENV", hide_env_values = true)]
    pub env: Option<String>,
    /// Date used to decide whether waivers have expired, YYYY-MM-DD (default: today).
    #[arg(long, value_name = "DATE", value_parser = options::date, env = "MIGSPEC_TODAY", hide_env_values = true)]
    pub today: Option<Date>,
    /// List only waivers that have expired or expire within this time, such as 14d.
    #[arg(long, value_name = "DAYS", value_parser = options::days)]
    pub expiring: Option<i64>,
    #[command(flatten)]
    pub from: PolicySource,
    /// Output format.
    #[arg(long, short = 'f', value_name = "FORMAT", default_value = "human")]
    pub format: Format,
}

/// A waiver and its environments.
struct Row {
    waiver: Waiver,
    environments: Vec<String>,
    covers: usize,
}

/// Lists the waivers of specs.
///
/// # Errors
///
/// A spec or a policy folder cannot be read, or a spec has errors.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    let specs = check::specs(&arguments.paths, &arguments.from.project()?)?;
    let today = judging::today(arguments.today)?;
    let (_, rulebook) = arguments.from.rulebook()?;
    let request = Request { environment: arguments.env.clone(), today };
    let (mut sources, mut uses, mut skipped) = (Sources::new(), Vec::new(), 0);
    for path in &specs {
        let (file, mut importer) = FolderImporter::open(path, &mut sources)?;
        let checked = compile::check(file, &mut sources, &mut importer, &rulebook, &request)?;
        uses.extend(checked.waivers);
        skipped += checked.skipped;
    }
    let mut rows = rows(uses);
    if let Some(days) = arguments.expiring {
        rows.retain(|row| row.days_left(today) <= days);
    }
    print(&match arguments.format {
        Format::Human => human(&rows, &sources, today),
        Format::Json => pretty(&json(&rows, &sources, today)),
    })?;
    eprint_line(&format!("{}, as of {today}", count(rows.len(), "waiver")));
    if skipped > 0 {
        // Without a graph, the findings that a waiver covers are unknown.
        let skipped = count(skipped, "environment");
        return Err(CommandError::usage(format!(
            "the waivers of {skipped} with errors are not listed: run `migspec check`"
        )));
    }
    Ok(Exit::Clean)
}

/// One row for each waiver, soonest expiry first.
fn rows(uses: Vec<WaiverUse>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for WaiverUse { waiver, environment, covers } in uses {
        match rows.iter_mut().find(|row| row.waiver.span == waiver.span) {
            Some(row) => {
                row.environments.push(environment);
                row.covers += covers;
            }
            None => rows.push(Row { waiver, environments: vec![environment], covers }),
        }
    }
    rows.sort_by_key(|row| (row.waiver.until, row.waiver.span));
    rows
}

impl Row {
    fn state(&self, today: Date) -> &'static str {
        match (self.waiver.until < today.days(), self.covers) {
            (true, _) => "expired",
            (false, 0) => "unused",
            (false, _) => "active",
        }
    }

    /// The days from today to the last day; negative after that day.
    fn days_left(&self, today: Date) -> i64 {
        self.waiver.until as i64 - today.days() as i64
    }

    fn place(&self, sources: &Sources) -> (String, usize, usize) {
        let source = sources.get(self.waiver.span.file);
        let at = source.location(self.waiver.span.start);
        (source.name.to_string(), at.line, at.column)
    }
}

fn human(rows: &[Row], sources: &Sources, today: Date) -> String {
    let mut text = String::new();
    for row in rows {
        let Waiver { rule, until, owner, approved_by, reason, ticket, control, scope, .. } = &row.waiver;
        let days = row.days_left(today);
        let left = match days {
            0 => "expires today".to_owned(),
            1 => "1 day left".to_owned(),
            2.. => format!("{days} days left"),
            -1 => "1 day ago".to_owned(),
            _ => format!("{} days ago", -days),
        };
        let node = if scope.is_empty() { "the whole migration" } else { scope };
        let (file, line, column) = row.place(sources);
        // Writing to a string cannot fail.
        let only = row.waiver.part().map(|part| format!(" for `{part}` only")).unwrap_or_default();
        let _ = writeln!(text, "{}  {left}, {}: {rule}{only}", Date::from_days(*until), row.state(today));
        let _ =
            writeln!(text, "    {node} in {}, covers {}", row.environments.join(", "), count(row.covers, "finding"));
        let ticket = ticket.as_ref().map(|t| format!(", {t}")).unwrap_or_default();
        let _ = writeln!(text, "    {owner}, approved by {approved_by}{ticket}: {reason}");
        if let Some(control) = control {
            let _ = writeln!(text, "    compensating control: {control}");
        }
        let _ = writeln!(text, "    {file}:{line}:{column}\n");
    }
    text
}

fn json(rows: &[Row], sources: &Sources, today: Date) -> Value {
    let row = |row: &Row| {
        let waiver = &row.waiver;
        let (file, line, column) = row.place(sources);
        json!({
            "rule": *waiver.rule,
            "node": *waiver.scope,
            "environments": row.environments,
            "until": Date::from_days(waiver.until).to_string(),
            "daysLeft": row.days_left(today),
            "state": row.state(today),
            "covers": row.covers,
            "owner": *waiver.owner,
            "approvedBy": *waiver.approved_by,
            "reason": *waiver.reason,
            "ticket": waiver.ticket.as_deref(),
            "control": waiver.control.as_deref(),
            "action": waiver.action.as_deref(),
            "fact": waiver.fact.as_deref(),
            "place": { "file": file, "line": line, "column": column },
        })
    };
    json!({ "today": today.to_string(), "waivers": rows.iter().map(row).collect::<Vec<_>>() })
}
