//! Checks of replications across nodes.

use migspec_diag::Diagnostic;
use migspec_ir::aws::migspec;
use migspec_syntax::ast;
use migspec_syntax::value::{ColumnClass, Engine};

use crate::cx::Cx;
use crate::index::Relation;
use crate::patterns::{copies, like};
use crate::replication::mappings::FENCE;
use crate::replication::query;

/// The largest limit of limited large-object mode, in kilobytes.
const LARGEST_LOB: u64 = 102_400;

/// The language's default of `limit`, in kilobytes.
const LOB: u64 = 64;

/// Resolves every name in replications, validations and cutovers.
pub(super) fn references(cx: &mut Cx) {
    let spec = cx.spec;
    for node in &spec.replication {
        if !cx.index.sources.contains_key(node.from.as_str()) {
            cx.unknown_reference(&["source"], &node.from, spec.source.iter().map(|n| n.key.as_str()));
        }
        if !cx.index.databases.contains_key(node.to.as_str()) {
            cx.unknown_reference(&["database"], &node.to, spec.database.iter().map(|n| n.key.as_str()));
        }
        if !cx.index.networks.contains_key(node.network.as_str()) {
            cx.unknown_reference(&["network"], &node.network, spec.network.iter().map(|n| n.key.as_str()));
        }
    }
    for node in &spec.validation {
        if !cx.index.replications.contains_key(node.key.as_str()) {
            cx.unknown_reference(&["replication"], &node.key, spec.replication.iter().map(|n| n.key.as_str()));
        }
    }
}

pub(super) fn check(cx: &mut Cx, relation: &Relation) {
    // What else such a pair does not have follows from its engines.
    if !relation.is_supported() {
        return report_engines(cx, relation);
    }
    if relation.source.engine.is_converted() && relation.is_sound() {
        check_conversion(cx, relation);
    }
    versions(cx, relation);
    validation(cx, relation);
    invariants(cx, relation);
    tables(cx, relation.node);
    fence_table(cx, relation.node);
    let before = cx.diagnostics.len();
    named_tables(cx, relation);
    if cx.diagnostics.len() == before {
        written_schemas(cx, relation);
    }
    schemas(cx, relation.node);
    checksums(cx, relation);
    lag(cx, relation.node);
    lob(cx, relation);
    instance(cx, relation.node);
}

fn report_engines(cx: &mut Cx, relation: &Relation) {
    let (from, to) = (*relation.source.engine, *relation.database.engine);
    let help = match from {
        _ if from.is_converted() => format!("replicate {} to `aurora-postgresql`", from.product()),
        _ if from.is_mysql() => format!("replicate between databases of one family: `{from}` to `aurora-mysql`"),
        _ => format!("replicate between databases of one family: `{from}` to `aurora-postgresql`"),
    };
    cx.report(
        Diagnostic::error("unsupported-engine-pair", format!("cannot replicate `{from}` to `{to}`"))
            .at(relation.node.place.header, "not supported")
            .with(relation.source.engine.span(), "from this engine")
            .with(relation.database.engine.span(), "to this one")
            .help(help),
    );
}

/// The limits of a source whose schema is converted: no task writes back to it, and the names of the target are lower-case.
fn check_conversion(cx: &mut Cx, relation: &Relation) {
    let (node, product) = (relation.node, relation.source.engine.product());
    if let Some(reverse) = node.reverse.as_ref().filter(|reverse| *reverse.enabled) {
        cx.report(
            Diagnostic::error("unsupported-reverse", format!("replication back to {product} is not supported"))
                .at(reverse.place.header, "not supported")
                .with(relation.source.engine.span(), "for this engine")
                .help("remove `reverse`"),
        );
    }
    for omitted in &node.omit {
        cx.report(
            Diagnostic::error("unsupported-omission", format!("columns of {product} cannot be omitted"))
                .at(omitted.place.header, "a second transformation of the column")
                .with(relation.source.engine.span(), "DMS converts its names to lower case")
                .help("exclude the table, or protect the column at the source"),
        );
    }
    if *relation.source.engine != Engine::Oracle {
        return;
    }
    let patterns = node.include.iter().map(|n| &n.pattern).chain(node.exclude.iter().map(|n| &n.pattern));
    for pattern in patterns.filter(|pattern| pattern.as_str().contains(|c: char| c.is_ascii_lowercase())) {
        cx.report(
            Diagnostic::warning(
                "lower-case-name",
                format!("`{}` matches no unquoted name of Oracle", pattern.as_str()),
            )
            .at(pattern.span(), "lower case")
            .help(format!("write `{}`, unless the names were created in quotes", pattern.as_str().to_uppercase())),
        );
    }
}

/// A target of an older major version lacks types and functions of the source; one of an older minor version lacks
/// corrections that the source has.
fn versions(cx: &mut Cx, relation: &Relation) {
    let Some(written) = &relation.source.version else { return };
    let target = &relation.database.version;
    let comparable = relation.source.engine.is_postgresql() && relation.database.engine.is_postgresql();
    let numbers = |text: &str| text.split('.').map(|part| part.parse::<u32>().ok()).collect::<Option<Vec<u32>>>();
    let (Some(from), Some(to)) = (numbers(written), numbers(target)) else { return };
    // A version without a minor part is any of its major version.
    let length = from.len().min(to.len());
    if comparable && to[..length] < from[..length] {
        let (part, least) = match to[0] < from[0] {
            true => ("major", from[0].to_string()),
            false => ("minor", written.value.to_string()),
        };
        cx.report(
            Diagnostic::error(
                "older-target-version",
                format!("PostgreSQL {} is replicated to the older version {}", written.value, target.value),
            )
            .at(target.span(), format!("an older {part} version"))
            .with(written.span(), "the version of the source")
            .help(format!("write a version of at least {least}")),
        );
    }
}

/// Whether a column has account data, whose values no document may contain.
pub(super) fn has_account_data(column: &ast::Column) -> bool {
    let class = column.class.as_ref().map(|class| class.value);
    matches!(class, Some(ColumnClass::Pan | ColumnClass::AuthenticationData))
        || migspec::looks_like_card_number(&column.name, "")
}

/// An invariant runs on both databases with the login of the validation.
fn invariants(cx: &mut Cx, relation: &Relation) {
    let tables = || relation.source.table.iter();
    let columns = tables().flat_map(|table| &table.column).filter(|column| has_account_data(column));
    // A large object can contain any data.
    let objects = tables().flat_map(|table| &table.lob).map(|lob| &*lob.column.value);
    let protected: Vec<&str> = columns.map(|column| &*column.name.value).chain(objects).collect();
    // Whether a table of the source is copied is checked elsewhere.
    let schemas: Vec<&str> =
        relation.source.application.iter().flat_map(|a| &a.schemas.names).map(|n| &*n.value).collect();
    let is_copied = |table: &str| {
        let schema = table.split('.').next().unwrap_or_default();
        schemas.contains(&schema)
            || relation.source.table.iter().any(|known| known.name.as_str() == table)
            || relation.node.include.iter().any(|node| like(node.pattern.as_str(), table))
    };
    let invariants = || relation.validation.iter().flat_map(|validation| &validation.invariant);
    let before = cx.diagnostics.len();
    for invariant in invariants() {
        if let Some(flaw) = query::flaw(&invariant.sql) {
            cx.report(
                Diagnostic::error(
                    "invariant-not-one-query",
                    format!("the invariant `{}` is not one query", invariant.key),
                )
                .at(invariant.sql.span(), flaw)
                .help("write one `select` with functions that only compute, such as `sum` and `count`"),
            );
            continue;
        }
        if let Some(exposed) = query::exposed_data(&invariant.sql, &protected) {
            cx.report(
                Diagnostic::error(
                    "invariant-reads-account-data",
                    format!("the invariant `{}` reads {exposed}", invariant.key),
                )
                .at(invariant.sql.span(), "its result is part of the evidence")
                .help("select counts and sums of the columns that the comparison needs"),
            );
        } else if !query::tables(&invariant.sql).iter().any(|table| is_copied(table)) {
            cx.report(
                Diagnostic::error(
                    "invariant-of-nothing",
                    format!("the invariant `{}` reads no table that is copied", invariant.key),
                )
                .at(invariant.sql.span(), "equal on both sides whatever the rows are")
                .help("select from a table of the replication, with its schema"),
            );
        } else if let Some(why) = query::constant(&invariant.sql) {
            cx.report(
                Diagnostic::error("invariant-of-nothing", format!("the invariant `{}` reads no row", invariant.key))
                    .at(invariant.sql.span(), why)
                    .help("select from all rows whose sums have to be equal"),
            );
        } else if let Some(why) = query::hidden_difference(&invariant.sql) {
            let message = format!("different rows can give the invariant `{}` the same result", invariant.key);
            cx.report(
                Diagnostic::error("invariant-hides-differences", message)
                    .at(invariant.sql.span(), why)
                    .help("select the exact sums and counts of every group"),
            );
        } else {
            sums(cx, relation, invariant);
        }
    }
    let is_sound = cx.diagnostics.len() == before;
    let has_total = invariants().any(|invariant| query::is_total(&invariant.sql));
    if is_sound && has_total {
        amounts(cx, relation);
    }
    if let Some(first) = invariants().next().filter(|_| is_sound && !has_total) {
        let message = "no invariant adds up or counts all rows of a table";
        cx.report(
            Diagnostic::error("invariants-without-total", message)
                .at(first.sql.span(), "selects some rows, or no sums")
                .help("add one, for example `invariant \"balance\" sql=\"select currency, sum(amount) from …\"`"),
        );
    }
}

/// Two tables with equally many rows can have different amounts.
fn amounts(cx: &mut Cx, relation: &Relation) {
    let Some(validation) = relation.validation else { return };
    let reads = |invariant: &&ast::Invariant, table: &ast::Table| {
        query::tables(&invariant.sql).iter().any(|name| name == table.name.as_str())
    };
    let with_amounts = || relation.source.table.iter().filter(|table| table.column.iter().any(is_amount));
    let reads_amounts =
        validation.invariant.iter().any(|invariant| with_amounts().any(|table| reads(&invariant, table)));
    for table in relation.source.table.iter().filter(|table| copies(relation, &table.name)) {
        let amounts = || table.column.iter().filter(|column| is_amount(column));
        let is_summed = |column: &ast::Column, invariant: &ast::Invariant| {
            query::summed_columns(&invariant.sql).iter().any(|name| name.eq_ignore_ascii_case(&column.name.value))
        };
        let Some(amount) = amounts().next() else { continue };
        let mut readers = validation.invariant.iter().filter(|invariant| reads(invariant, table)).peekable();
        let amount_at = (amount.place.header, "an amount");
        let [at, with] = match (readers.peek(), validation.invariant.first()) {
            (Some(reader), _) => [(reader.sql.span(), "reads no amount of the table"), amount_at],
            // If no amount is read at all, the invariant is the wrong part.
            (None, Some(first)) if !reads_amounts => [(first.sql.span(), "reads another table"), amount_at],
            (None, Some(first)) => [amount_at, (first.sql.span(), "reads another table")],
            (None, None) => continue,
        };
        if readers
            .any(|invariant| query::is_total(&invariant.sql) && amounts().any(|column| is_summed(column, invariant)))
        {
            continue;
        }
        let message = format!("no invariant adds up the amounts of `{}`", table.name.value);
        cx.report(
            Diagnostic::error("amounts-not-added-up", message)
                .at(at.0, at.1)
                .with(with.0, with.1)
                .help(format!("select `sum({})` from `{}`", amount.name.value, table.name.value)),
        );
    }
}

/// Whether a column has money: its type has decimal places or is `money`, or its name is that of an amount.
fn is_amount(column: &ast::Column) -> bool {
    const NAMES: &[&str] = &["amount", "balance", "charge", "credit", "debit", "fee", "price", "total"];
    let Some(kind) = column.r#type.as_ref().filter(|kind| is_exact(kind)) else { return false };
    let kind = kind.to_ascii_lowercase();
    let places =
        kind.split_once(',').and_then(|(_, rest)| rest.trim().trim_end_matches(')').trim().parse::<u32>().ok());
    let name = column.name.value.to_ascii_lowercase();
    let is_named = name.split('_').any(|word| NAMES.contains(&word));
    kind.trim() == "money" || places.is_some_and(|places| places > 0) || is_named
}

/// A sum depends on the order of its rows unless its type is exact, and both sides read in their own order.
fn sums(cx: &mut Cx, relation: &Relation, invariant: &ast::Invariant) {
    let tables = query::tables(&invariant.sql);
    let read = |table: &&ast::Table| tables.iter().any(|name| name == table.name.as_str());
    let declared: Vec<&ast::Table> = relation.source.table.iter().filter(read).collect();
    let [table] = declared.as_slice() else { return };
    for name in query::summed_columns(&invariant.sql) {
        let column = table.column.iter().find(|column| column.name.value.eq_ignore_ascii_case(&name));
        let kind = column.and_then(|column| column.r#type.as_ref());
        if kind.is_some_and(|kind| is_exact(kind)) {
            continue;
        }
        let (at, text) = match (column, kind) {
            (_, Some(kind)) => (kind.span(), "no exact number"),
            (Some(column), None) => (column.place.header, "its type is unknown"),
            (None, None) => (invariant.sql.span(), "the source declares no such column"),
        };
        let with = match column {
            Some(_) => (invariant.sql.span(), "added up here"),
            None => (table.place.header, "the table"),
        };
        cx.report(
            Diagnostic::error(
                "inexact-sum",
                format!("the invariant `{}` adds up `{name}`, which has no exact type", invariant.key),
            )
            .at(at, text)
            .with(with.0, with.1)
            .help(format!("declare the type of the source: column \"{name}\" type=\"numeric(18,4)\"")),
        );
    }
}

/// Whether PostgreSQL computes with the type exactly (fact: postgresql-numeric-types).
fn is_exact(kind: &str) -> bool {
    const EXACT: &[&str] =
        &["smallint", "integer", "bigint", "int", "int2", "int4", "int8", "numeric", "decimal", "money"];
    let name = kind.split('(').next().unwrap_or_default().trim().to_ascii_lowercase();
    EXACT.contains(&&*name)
}

/// The validator reads PostgreSQL only. A cutover reports its engines itself.
fn validation(cx: &mut Cx, relation: &Relation) {
    let Some(validation) = relation.validation.filter(|_| relation.cutover.is_none()) else { return };
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
    let excluded = |pattern: &str| node.exclude.iter().any(|exclude| covers(exclude.pattern.as_str(), pattern));
    if !node.include.is_empty() && node.include.iter().all(|include| excluded(include.pattern.as_str())) {
        let at = node.exclude.first().map_or(node.place.header, |exclude| exclude.place.header);
        cx.report(
            Diagnostic::error("everything-excluded", format!("the replication `{}` copies no table", node.key))
                .at(at, "this removes every table that `include` names")
                .help("exclude the tables that stay behind, such as exclude \"schema.tmp_*\""),
        );
    }
}

/// DMS applies `exclude` after `include`, so that no rule of the compiler saves the fence table from a pattern that covers
/// it (fact: dms-exclude-wins).
fn fence_table(cx: &mut Cx, node: &ast::Replication) {
    let name = format!("{}.{}", FENCE.0, FENCE.1);
    for exclude in node.exclude.iter().filter(|exclude| covers(exclude.pattern.as_str(), &name)) {
        cx.report(
            Diagnostic::error(
                "fence-table-excluded",
                format!("`{}` excludes the fence table", exclude.pattern.as_str()),
            )
            .at(exclude.place.header, format!("covers `{name}`"))
            .help("exclude tables of the application only: the drain waits for a row of the fence table"),
        );
    }
}

/// Whether the first pattern matches every text that the second one matches.
/// A `*` of the second one is a character that only a `*` of the first matches.
fn covers(outer: &str, inner: &str) -> bool {
    like(outer, inner)
}

/// A table that the source declares is copied, or a replication excludes it.
fn named_tables(cx: &mut Cx, relation: &Relation) {
    let relations: Vec<_> = cx.index.from(relation.source.key.as_str()).collect();
    if relations.first().is_none_or(|first| first.node.key != relation.node.key) {
        return;
    }
    for table in &relation.source.table {
        let name = table.name.as_str();
        let is_excluded = |other: &Relation| other.node.exclude.iter().any(|n| covers(n.pattern.as_str(), name));
        if !relations.iter().any(|other| copies(other, &table.name) || is_excluded(other)) {
            let schema = name.split('.').next().unwrap_or_default();
            let known = relation.source.application.iter().flat_map(|application| &application.schemas.names);
            let include = relation.node.include.first().map(|include| include.pattern.span());
            // A table in a schema of the application is no misspelt one.
            let include = include.filter(|_| known.into_iter().any(|known| &*known.value == schema));
            let table = (table.name.span(), "the target will not have it");
            let [at, with] = match include {
                Some(span) => [(span, "does not match the table"), table],
                None => [table, (relation.node.place.header, "the replication of this source")],
            };
            cx.report(
                Diagnostic::error("table-not-replicated", format!("no replication copies the table `{name}`"))
                    .at(at.0, at.1)
                    .with(with.0, with.1)
                    .help(format!("add it to `include`, or write exclude \"{name}\" where it stays behind")),
            );
        }
    }
}

/// After a cutover, nobody writes the tables that stay behind, and the application does not see them.
fn written_schemas(cx: &mut Cx, relation: &Relation) {
    let relations: Vec<_> = cx.index.from(relation.source.key.as_str()).collect();
    let is_first = relations.first().is_some_and(|first| first.node.key == relation.node.key);
    if !is_first || relations.iter().all(|other| other.cutover.is_none()) {
        return;
    }
    let includes = || relations.iter().flat_map(|other| &other.node.include);
    let excludes = || relations.iter().flat_map(|other| &other.node.exclude);
    let named: Vec<_> = relation.source.application.iter().flat_map(|of| &of.schemas.names).collect();
    // A copied schema without a name is reported at the cutover: one of the names is probably wrong.
    let is_named = |include: &ast::Include| named.iter().any(|name| like(include.pattern.schema(), &name.value));
    let all_are_named = includes().all(is_named);
    for schema in &named {
        let all = format!("{}.*", schema.value);
        let explains = |include: &ast::Include| {
            include.rest_stays.as_ref().is_some_and(|why| !migspec::given_name(why).is_empty())
        };
        let mut parts = includes().filter(|include| like(include.pattern.schema(), &schema.value)).peekable();
        let is_stated = excludes().any(|exclude| covers(exclude.pattern.as_str(), &all));
        if is_stated || parts.clone().any(|include| covers(include.pattern.as_str(), &all) || explains(include)) {
            continue;
        }
        if parts.peek().is_none() && !all_are_named {
            continue;
        }
        let written = (schema.span(), "the application writes to it");
        let [at, with] = match parts.peek() {
            Some(include) => [(include.pattern.span(), "the other tables stay on the source"), written],
            None => [written, (relation.node.place.header, "copies no table of the schema")],
        };
        cx.report(
            Diagnostic::error(
                "schema-left-behind",
                format!("the cutover leaves tables of the schema `{}` behind", schema.value),
            )
            .at(at.0, at.1)
            .with(with.0, with.1)
            .help(format!("write include \"{all}\", or name the reason: include \"…\" rest-stays=\"…\"")),
        );
    }
}

/// An `include` of every schema copies tables of other applications, and those of DMS.
fn schemas(cx: &mut Cx, node: &ast::Replication) {
    for include in &node.include {
        let schema = include.pattern.as_str().split('.').next().unwrap_or_default();
        if !schema.is_empty() && schema.chars().all(|c| c == '*') {
            cx.report(
                Diagnostic::error("every-schema", format!("`{}` includes every schema", include.pattern.as_str()))
                    .at(include.pattern.span(), "more than the schemas of one application")
                    .help("name the schemas, each in an `include` of its own, such as include \"payments.*\""),
            );
        }
    }
}

/// The longest query on the source that competes with payments, in milliseconds.
const LONGEST_CHUNK: u64 = 60_000;
/// The most connections to a source that serves payments.
const MOST_CONNECTIONS: u32 = 64;

fn checksums(cx: &mut Cx, relation: &Relation) {
    let Some(checksums) = relation.validation.and_then(|validation| validation.checksums.as_ref()) else { return };
    let millis = checksums.chunk_time.millis();
    if !(10..=LONGEST_CHUNK).contains(&millis) {
        cx.report(
            Diagnostic::error("wrong-value", format!("a chunk cannot take {}", checksums.chunk_time.value))
                .at(checksums.chunk_time.span(), "not between 10ms and 1m")
                .help("write chunk-time=\"500ms\": a long query slows down payments on the source"),
        );
    }
    if !(1..=MOST_CONNECTIONS).contains(&checksums.connections.0) {
        cx.report(
            Diagnostic::error("wrong-value", format!("{} connections to each side", checksums.connections.value))
                .at(checksums.connections.span(), "not between 1 and 64")
                .help("write connections=8: the connections compete with those of the application"),
        );
    }
}

/// The shortest time for which a lag has to stay low, in seconds.
const SHORTEST_CALM: u64 = 60;

fn lag(cx: &mut Cx, node: &ast::Replication) {
    let Some(lag) = &node.lag else { return };
    if lag.r#for.secs() < SHORTEST_CALM {
        cx.report(
            Diagnostic::error("wrong-value", format!("`for` cannot be {}", lag.r#for.value))
                .at(lag.r#for.span(), "less than 1m, the period of the metric")
                .help("write for=\"5m\""),
        );
    }
    for (span, millis, name) in
        [(lag.alarm.span(), lag.alarm.millis(), "alarm"), (lag.gate.span(), lag.gate.millis(), "gate")]
    {
        if millis % 1000 != 0 || millis == 0 {
            let message = match millis {
                0 => format!("`{name}` must be at least 1s"),
                _ => format!("`{name}` is not a whole number of seconds"),
            };
            cx.report(
                Diagnostic::error("lag-in-seconds", message)
                    .at(span, "lag is measured in seconds")
                    .help(format!("write {name}=\"5s\"")),
            );
        }
    }
}

fn lob(cx: &mut Cx, relation: &Relation) {
    let limit = relation.node.lob.as_ref();
    let kib = limit.map_or(LOB, |l| l.limit.kib());
    let span = limit.map_or(relation.node.place.header, |l| l.limit.span());
    if kib > LARGEST_LOB || kib == 0 {
        cx.report(
            Diagnostic::error("lob-limit-out-of-range", "the limit for large objects must be 1KiB to 100MiB")
                .at(span, "out of range")
                .help("write limit=\"64KiB\", or the size of the largest object"),
        );
    }
    for lob in relation.source.table.iter().flat_map(|t| &t.lob) {
        if lob.max.bytes() == 0 {
            cx.report(
                Diagnostic::error("wrong-value", format!("the objects of `{}` have no size", lob.column.value))
                    .at(lob.max.span(), "measured on the source?")
                    .help("write the size of the largest object, such as max=\"32KiB\""),
            );
        }
        if lob.max.kib() > kib {
            let written = limit.map_or_else(|| "64KiB".to_owned(), |l| l.limit.to_string());
            let message =
                format!("`{}` has objects of up to {}, but the limit is {written}", lob.column.value, lob.max.value);
            let places = [(span, "a larger object stops the task"), (lob.max.span(), "measured here")];
            // The value that differs from its default comes first.
            let [at, with] = if kib == LOB { [places[1], places[0]] } else { places };
            cx.report(
                Diagnostic::error("lob-limit-too-small", message)
                    .at(at.0, at.1)
                    .with(with.0, with.1)
                    .help(format!("write lob limit=\"{}\" or more", lob.max.value)),
            );
        }
    }
}

const FAMILIES: [&str; 9] = ["t2", "t3", "c4", "c5", "c6i", "r4", "r5", "r6i", "c7i"];

/// Instance classes of DMS, for completion.
pub(crate) fn instance_classes() -> Vec<String> {
    let sizes = ["medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge"];
    FAMILIES.iter().flat_map(|family| sizes.iter().map(move |size| format!("dms.{family}.{size}"))).collect()
}

/// The versions of the replication engine that read the sources of this language (fact: dms-versions).
const VERSIONS: [&str; 4] = ["3.5.3", "3.5.4", "3.6.0", "3.6.1"];

/// A reverse task starts at the position of its slot, which DMS Serverless does not accept (fact: dms-serverless).
fn report_serverless(cx: &mut Cx, instance: &ast::ReplicationInstance) {
    cx.report(
        Diagnostic::error("serverless-replication", "DMS Serverless starts no replication at a position of a log")
            .at(instance.class.span(), "no class of an instance")
            .help(
                "write the class of an instance, such as \"dms.c5.xlarge\": a class can change until the load, and \
                 `environment` sets a smaller one outside of production",
            ),
    );
}

fn instance(cx: &mut Cx, node: &ast::Replication) {
    let Some(instance) = &node.instance else { return };
    let known = instance.class.strip_prefix("dms.").and_then(|c| c.split_once('.')).is_some_and(|(family, size)| {
        FAMILIES.contains(&family)
            && (size == "micro" || size == "small" || size == "medium" || size.ends_with("large"))
    });
    if instance.class.to_ascii_lowercase().contains("serverless") {
        report_serverless(cx, instance);
    } else if !known {
        cx.report(
            Diagnostic::error(
                "unknown-instance-class",
                format!("`{}` is not a class of replication instances", instance.class.value),
            )
            .at(instance.class.span(), "not known")
            .help("use a class such as \"dms.c5.xlarge\""),
        );
    }
    if !VERSIONS.contains(&&**instance.version) {
        cx.report(
            Diagnostic::error(
                "unknown-replication-version",
                format!("`{}` is no version of AWS DMS that is known", instance.version.value),
            )
            .at(instance.version.span(), "not known")
            .help(format!("use one of {}", VERSIONS.join(", "))),
        );
    }
    let gib = instance.storage.gib();
    if !(20..=6144).contains(&gib) {
        cx.report(
            Diagnostic::error(
                "replication-storage",
                format!("the storage of a replication instance cannot be {}", instance.storage.value),
            )
            .at(instance.storage.span(), "out of range")
            .help("write 20GiB to 6144GiB; a long outage of the target fills less than 100GiB"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_pattern_covers_what_it_matches() {
        for (outer, inner, expected) in [
            ("payments.*", "payments.card", true),
            ("payments.*", "payments.*", true),
            ("*.*", "payments.*", true),
            ("payments.tmp_*", "payments.*", false),
            ("payments.*", "*.*", false),
            ("a.*b", "a.*", false),
        ] {
            assert_eq!(covers(outer, inner), expected, "{outer} {inner}");
        }
    }
}
