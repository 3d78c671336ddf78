//! Opening and closing a database by hand: the payloads of the functions, and SQL for the time when the functions fail.

use migspec_events::sql::{identifier, literal};
use migspec_ir::workflow::{Argument, Effect, Kind, Side, Workflow};
use serde::Serialize;

use super::MovedDatabase;
use super::release;

/// The commands for one database.
#[derive(Serialize)]
pub(super) struct Glass {
    replication: String,
    /// The replication's key, under which the fence records what it has taken.
    key: String,
    fence_source: String,
    fence_target: String,
    open_source: String,
    open_target: String,
    /// `host=… port=… dbname=…` of the source.
    source: String,
    /// The identifier of the target's cluster.
    cluster: String,
    /// The secret of the target's master.
    master: String,
    /// Whether the spec admits administrators to the target.
    administrators: bool,
    who_writes: String,
    lock_out: String,
    let_in: String,
}

/// One for each database that moves, in the order of the workflow.
pub(super) fn of(workflow: &Workflow, region: &str, databases: &[MovedDatabase]) -> Vec<Glass> {
    databases.iter().filter_map(|database| glass(workflow, region, database)).collect()
}

fn glass(workflow: &Workflow, region: &str, database: &MovedDatabase) -> Option<Glass> {
    let key = database.key.as_str();
    let states = workflow.all_states();
    let invoke = |action: &str, side: Side| {
        let fences = states.iter().filter(|state| state.effects.contains(&Effect::Fence(Side::Source)));
        let own = fences.filter_map(|state| match &state.kind {
            Kind::Task { arguments, .. } => Some(arguments),
            _ => None,
        });
        let of_key = |arguments: &&Argument| {
            let payload = arguments.get("Payload").and_then(|payload| payload.get("run"));
            payload.and_then(|run| run.get("cutover")).and_then(Argument::as_text) == Some(key)
        };
        release::by_side(own.into_iter().find(of_key)?, region, action, side.name())
    };
    Some(Glass {
        replication: database.replication.clone(),
        key: key.to_owned(),
        fence_source: invoke("fence", Side::Source)?,
        fence_target: invoke("fence", Side::Target)?,
        open_source: invoke("unfence", Side::Source)?,
        open_target: invoke("unfence", Side::Target)?,
        source: database.address.clone(),
        cluster: database.cluster.clone(),
        master: database.master.clone(),
        administrators: database.administrators,
        who_writes: sql_block(&who_writes(database)),
        lock_out: sql_block(&lock_out(&database.roles)),
        let_in: sql_block(&each(&database.roles, |role| format!("alter role {role} login;"))),
    })
}

/// The named roles that can write, then the other logins.
fn who_writes(database: &MovedDatabase) -> String {
    let queries = [include_str!("../../templates/who-writes.sql"), include_str!("../../templates/who-else-writes.sql")];
    let filled = queries.map(|query| {
        let query = query.trim_end().replace("ROLES", &array(&database.roles));
        query.replace("SCHEMAS", &array(&database.schemas)) + ";"
    });
    filled.join("\n\n")
}

/// SQL that opens a database without the functions.
pub(super) fn open_by_hand() -> String {
    sql_block(include_str!("../../templates/open-by-hand.sql"))
}

fn each(roles: &[String], statement: impl Fn(&str) -> String) -> String {
    roles.iter().map(|role| statement(&identifier(role))).collect::<Vec<_>>().join("\n")
}

/// The roles can no longer log in, and their sessions end.
fn lock_out(roles: &[String]) -> String {
    let nologin = each(roles, |role| format!("alter role {role} nologin;"));
    format!("{nologin}\nselect pg_terminate_backend(pid) from pg_stat_activity where usename = any ({});", array(roles))
}

fn array(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| literal(text)).collect();
    format!("array[{}]::name[]", quoted.join(", "))
}

/// A block of SQL in Markdown. No name in it ends the block.
fn sql_block(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}sql\n{}\n{fence}", text.trim_end())
}
