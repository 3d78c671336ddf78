//! Specification to graph: names are resolved, networks, keys, roles, alarms,
//! flows, grants and the workflow are derived, each with its origin.
//!
//! Must not know: Cedar, HCL, JSON templates, the file system. One file for
//! each concept of the language.

mod cx;
pub mod names;

mod addresses;
mod api;
mod calendar;
mod checkpoints;
mod compute;
mod cutover;
mod database;
mod declared;
mod demand;
mod deployment;
mod dns;
mod expressions;
mod flows;
mod functions;
mod grants;
mod index;
mod key_arns;
mod keys;
mod limits;
mod log_delivery;
mod logins;
mod logs;
mod mailboxes;
mod monitor;
mod network;
mod order;
mod overrides;
mod parameters;
mod patterns;
mod placement;
mod policy;
mod ports;
mod protection;
mod queue;
mod region_data;
mod replication;
mod roles;
mod secret_rights;
mod secrets;
mod source;
mod tags;
#[cfg(test)]
mod testing;
mod texts;
mod topics;
mod transit;
mod waivers;
mod workflow;

#[cfg(test)]
mod tests;

use migspec_diag::Outcome;
use migspec_ir::Graph;
use migspec_syntax::View;

use cx::Cx;

pub use workflow::patience_table;

/// The instance classes that a node of this name may have: `instances` or `instance`.
pub fn instance_classes(node: &str) -> Vec<String> {
    match node {
        "instances" => database::instance_classes(),
        "instance" => replication::instance_classes(),
        _ => Vec::new(),
    }
}

/// Lowers a migration, as one environment sees it, to its graph.
pub fn lower(view: &View) -> Outcome<Graph> {
    let mut cx = Cx::new(view);
    logs::check(&mut cx);
    keys::lower(&mut cx);
    network::lower(&mut cx);
    transit::lower(&mut cx);
    secrets::lower(&mut cx);
    logs::buckets::lower(&mut cx);
    checkpoints::lower(&mut cx);
    source::lower(&mut cx);
    database::lower(&mut cx);
    replication::lower(&mut cx);
    functions::lower(&mut cx);
    api::lower(&mut cx);
    compute::lower(&mut cx);
    region_data::lower(&mut cx);
    logs::trail::lower(&mut cx);
    cutover::lower(&mut cx);
    monitor::lower_existing(&mut cx);
    workflow::lower(&mut cx);
    monitor::lower(&mut cx);
    cutover::check_approvers(&mut cx);
    keys::finish(&mut cx);
    parameters::lower(&mut cx);
    deployment::lower(&mut cx);
    dns::lower(&mut cx);
    // From here on nothing adds log groups.
    logs::archive::lower(&mut cx);
    // From here on nothing adds flows or grants.
    flows::lower(&mut cx);
    checkpoints::bind(&mut cx);
    protection::lower(&mut cx);
    grants::lower(&mut cx);
    order::lower(&mut cx);
    tags::lower(&mut cx);
    overrides::lower(&mut cx);
    expressions::check(&mut cx);
    limits::check(&mut cx);
    network::zones::check_services(&mut cx);
    mailboxes::check(&mut cx);
    waivers::lower(&mut cx);
    texts::lower(&mut cx);
    cx.finish()
}
