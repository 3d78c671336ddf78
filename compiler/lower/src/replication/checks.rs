//! Checks of replications across nodes.

use migspec_diag::Diagnostic;
use migspec_syntax::ast;
use migspec_syntax::value::Engine;

use crate::cx::Cx;
use crate::index::Relation;

/// The largest limit of limited large-object mode, in kilobytes.
const LARGEST_LOB: u64 = 102_400;

/// Resolves every name in replications, validations and cutovers.
pub(super) fn references(cx: &mut Cx) {
    let spec = cx.spec;
    for node in &spec.replication {
        if !cx.index.sources.contains_key(node.from.as_str()) {
            cx.unknown_reference("source", &node.from, spec.source.iter().map(|n| n.key.as_str()));
        }
        if !cx.index.databases.contains_key(node.to.as_str()) {
            cx.unknown_reference("database", &node.to, spec.database.iter().map(|n| n.key.as_str()));
        }
        if !cx.index.networks.contains_key(node.network.as_str()) {
            cx.unknown_reference("network", &node.network, spec.network.iter().map(|n| n.key.as_str()));
        }
    }
    for node in &spec.validation {
        if !cx.index.replications.contains_key(node.key.as_str()) {
            cx.unknown_reference("replication", &node.key, spec.replication.iter().map(|n| n.key.as_str()));
        }
    }
}

pub(super) fn check(cx: &mut Cx, relation: &Relation) {
    engines(cx, relation);
    validation(cx, relation);
    tables(cx, relation.node);
    lag(cx, relation.node);
    lob(cx, relation);
    instance(cx, relation.node);
}

fn engines(cx: &mut Cx, relation: &Relation) {
    let (from, to) = (*relation.source.engine, *relation.database.engine);
    let supported = (from.is_postgresql() && to.is_postgresql()) || (from.is_mysql() && to.is_mysql());
    if supported {
        return;
    }
    let help = if from == Engine::Oracle {
        "Oracle needs a converted schema, which is not supported yet".to_owned()
    } else {
        let same = if from.is_mysql() { "aurora-mysql" } else { "aurora-postgresql" };
        format!("replicate between databases of one family: `{from}` to `{same}`")
    };
    cx.report(
        Diagnostic::error("unsupported-engine-pair", format!("cannot replicate `{from}` to `{to}`"))
            .at(relation.node.place.header, "not supported")
            .with(relation.source.engine.span(), "from this engine")
            .with(relation.database.engine.span(), "to this one")
            .help(help),
    );
}

/// The validator reads PostgreSQL only.
fn validation(cx: &mut Cx, relation: &Relation) {
    let Some(validation) = relation.validation else { return };
    let engine = *relation.source.engine;
    if !engine.is_postgresql() {
        cx.report(
            Diagnostic::error("unsupported-validation", format!("validation of `{engine}` is not supported yet"))
                .at(validation.place.header, "not supported")
                .with(relation.source.engine.span(), "for this engine")
                .help("remove the validation: DMS still compares every row during replication"),
        );
    }
}

fn tables(cx: &mut Cx, node: &ast::Replication) {
    if node.include.is_empty() {
        cx.report(
            Diagnostic::error("nothing-included", format!("the replication `{}` includes no table", node.key))
                .at(node.place.header, "no `include`")
                .help("add: include \"schema.*\""),
        );
    }
}

fn lag(cx: &mut Cx, node: &ast::Replication) {
    let Some(lag) = &node.lag else { return };
    for (span, millis, name) in
        [(lag.alarm.span(), lag.alarm.millis(), "alarm"), (lag.gate.span(), lag.gate.millis(), "gate")]
    {
        if millis % 1000 != 0 || millis == 0 {
            cx.report(
                Diagnostic::error("lag-in-seconds", format!("`{name}` is not a whole number of seconds"))
                    .at(span, "lag is measured in seconds")
                    .help(format!("write {name}=\"5s\"")),
            );
        }
    }
}

fn lob(cx: &mut Cx, relation: &Relation) {
    let limit = relation.node.lob.as_ref();
    let kib = limit.map_or(64, |l| l.limit.kib());
    let span = limit.map_or(relation.node.place.header, |l| l.limit.span());
    if kib > LARGEST_LOB || kib == 0 {
        cx.report(
            Diagnostic::error("lob-limit-out-of-range", "the limit for large objects must be 1KiB to 100MiB")
                .at(span, "out of range")
                .help("write limit=\"64KiB\", or the size of the largest object"),
        );
    }
    for lob in relation.source.table.iter().flat_map(|t| &t.lob) {
        if lob.max.kib() > kib {
            let written = limit.map_or_else(|| "64KiB".to_owned(), |l| l.limit.to_string());
            let message =
                format!("`{}` has objects of up to {}, but the limit is {written}", lob.column.value, lob.max.value);
            cx.report(
                Diagnostic::error("lob-limit-too-small", message)
                    .at(span, "a larger object stops the task")
                    .with(lob.max.span(), "measured here")
                    .help(format!("write lob limit=\"{}\" or more", lob.max.value)),
            );
        }
    }
}

fn instance(cx: &mut Cx, node: &ast::Replication) {
    let Some(instance) = &node.instance else { return };
    let known = instance.class.strip_prefix("dms.").and_then(|c| c.split_once('.')).is_some_and(|(family, size)| {
        const FAMILIES: [&str; 9] = ["t2", "t3", "c4", "c5", "c6i", "r4", "r5", "r6i", "c7i"];
        FAMILIES.contains(&family)
            && (size == "micro" || size == "small" || size == "medium" || size.ends_with("large"))
    });
    if !known {
        cx.report(
            Diagnostic::error(
                "unknown-instance-class",
                format!("`{}` is not a class of replication instances", instance.class.value),
            )
            .at(instance.class.span(), "not known")
            .help("use a class such as \"dms.c5.xlarge\""),
        );
    }
    let gib = instance.storage.gib();
    if !(5..=6144).contains(&gib) {
        cx.report(
            Diagnostic::error(
                "replication-storage",
                format!("the storage of a replication instance cannot be {}", instance.storage.value),
            )
            .at(instance.storage.span(), "out of range")
            .help("write 5GiB to 6144GiB; a long outage of the target fills less than 100GiB"),
        );
    }
}
