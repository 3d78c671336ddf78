//! Checks of the load of single tables, and of copies of a part of a table.

use migspec_diag::{Diagnostic, Span};
use migspec_ir::aws::migspec;
use migspec_syntax::value::{FilterOperator, LoadBy, TableName, Text};
use migspec_syntax::{Setting, ast};

use super::LOADED_AT_ONCE;
use super::checks::has_account_data;
use crate::cx::Cx;
use crate::index::Relation;
use crate::patterns::{copies, like};

/// One connection loads about 100 GiB in an hour at best.
const SERIAL: u64 = 500;

pub(super) fn check(cx: &mut Cx, relation: &Relation) {
    for table in relation.source.table.iter().filter(|table| copies(relation, &table.name)) {
        if let Some(load) = &table.load {
            division(cx, table, load);
        }
        let large = table.rows.as_ref().filter(|rows| rows.gib() >= SERIAL && table.load.is_none());
        if let Some(rows) = large {
            let message = format!("one connection loads {} of `{}`", rows.value, table.name.value);
            cx.report(
                Diagnostic::warning("serial-load", message)
                    .at(rows.span(), "takes hours, while the source keeps its log")
                    .help("add to the table: load \"partitions\", or load \"ranges\" column=\"id\" { boundaries … }"),
            );
        }
    }
    parts(cx, relation);
    idle(cx, relation);
    account_data(cx, relation);
}

/// The boundaries of a load and the values of a filter are in the task, its logs and the spec.
fn account_data(cx: &mut Cx, relation: &Relation) {
    let tables = &relation.source.table;
    let loads = tables.iter().filter_map(|table| Some((&*table.name, table.load.as_ref()?.column.as_ref()?)));
    let filters = relation.node.filter.iter().map(|filter| (&*filter.table, &filter.column));
    let protected = |(table, column): &(&TableName, &Setting<Text>)| {
        let known = tables.iter().filter(|known| *known.name == **table).flat_map(|known| &known.column);
        known.filter(|known| *known.name.value == *column.value).any(has_account_data)
            || migspec::looks_like_card_number(&column.value, "")
    };
    let found: Vec<_> = loads.chain(filters).filter(protected).collect();
    for (_, column) in found {
        cx.report(
            Diagnostic::error(
                "account-data-in-mapping",
                format!("the table mapping contains values of the column `{}`", column.value),
            )
            .at(column.span(), "account data")
            .help("use another column, such as the key of the table"),
        );
    }
}

/// A table with a size or a load that no replication of its source copies.
fn idle(cx: &mut Cx, relation: &Relation) {
    let relations: Vec<Relation> = cx.index.from(relation.source.key.as_str()).collect();
    if relations.first().is_some_and(|first| first.key() != relation.key()) {
        return;
    }
    let loads = |table: &&ast::Table| table.rows.is_some() || table.load.is_some();
    let copied = |table: &&ast::Table| relations.iter().any(|relation| copies(relation, &table.name));
    for table in relation.source.table.iter().filter(loads).filter(|table| !copied(table)) {
        cx.report(
            Diagnostic::error("table-load", format!("no replication copies `{}`", table.name.value))
                .at(table.place.header, "never loads")
                .help("include it, or remove `rows=` and `load`"),
        );
    }
}

fn division(cx: &mut Cx, table: &ast::Table, load: &ast::TableLoad) {
    let values = load.boundaries.as_ref().map_or(&[] as &[_], |node| node.values.as_slice());
    let report = |cx: &mut Cx, at: Span, message: String, help: &str| {
        cx.report(Diagnostic::error("table-load", message).at(at, "the load of the table").help(help));
    };
    match *load.by {
        LoadBy::Ranges if load.column.is_none() || values.is_empty() => {
            let message = format!("the ranges of `{}` need a column and boundaries", table.name.value);
            report(
                cx,
                load.place.header,
                message,
                "write: load \"ranges\" column=\"id\" { boundaries \"1000000\" \"2000000\"; }",
            );
        }
        LoadBy::Partitions if load.column.is_some() || !values.is_empty() => {
            let message = format!("the partitions of `{}` have no column and no boundaries", table.name.value);
            report(cx, load.place.header, message, "remove `column=` and `boundaries`, or write load \"ranges\"");
        }
        _ => {}
    }
    let objects =
        table.lob.iter().find(|lob| load.column.as_ref().is_some_and(|column| *column.value == *lob.column.value));
    if let (Some(objects), Some(column)) = (objects, &load.column) {
        let message = format!("the ranges of `{}` are over a column of large objects", table.name.value);
        cx.report(
            Diagnostic::error("table-load", message)
                .at(column.span(), "the load of the table")
                .with(objects.place.header, "a column of large objects")
                .help("divide the table by a column of its key"),
        );
    }
    // Each range takes one of the connections of the load (fact: dms-parallel-load).
    let ranges = values.len() + 1;
    if ranges > LOADED_AT_ONCE as usize {
        let name = &table.name.value;
        let message = format!("`{name}` has {ranges} ranges; the task loads {LOADED_AT_ONCE} at the same time");
        let help = format!("write at most {} boundaries", LOADED_AT_ONCE - 1);
        report(cx, load.place.header, message, &help);
    }
    let numbers: Option<Vec<i128>> = values.iter().map(|value| value.parse().ok()).collect();
    let ascends = match &numbers {
        Some(numbers) => numbers.windows(2).all(|pair| pair[0] < pair[1]),
        None => values.windows(2).all(|pair| pair[0].value < pair[1].value),
    };
    if let (false, Some(last)) = (ascends, values.last()) {
        let message = format!("the boundaries of `{}` do not ascend", table.name.value);
        report(cx, last.span(), message, "write each boundary once, the smallest first");
    }
}

/// A filter, an omission or a rename names a table that the replication copies.
fn parts(cx: &mut Cx, relation: &Relation) {
    let filters = relation.node.filter.iter().map(|node| &node.table);
    let omissions = relation.node.omit.iter().map(|node| &node.table);
    let mut unknown: Vec<(&TableName, Span)> = Vec::new();
    for table in filters.chain(omissions).filter(|table| !copies(relation, table)) {
        unknown.push((&table.value, table.span()));
    }
    for (table, span) in unknown {
        cx.report(
            Diagnostic::error(
                "unknown-reference",
                format!("the replication `{}` does not copy `{table}`", relation.node.key),
            )
            .at(span, "not included, or excluded")
            .help(format!("include it: include \"{table}\"")),
        );
    }
    renames(cx, relation);
    for filter in &relation.node.filter {
        check_bounds(cx, filter);
        // DMS takes the filters of the rule that names the table.
        let named = relation.node.include.iter().any(|node| node.pattern.as_str() == filter.table.as_str());
        if copies(relation, &filter.table) && (!named || wildcard(relation, &filter.table)) {
            let message = format!("the filter of `{}` belongs to an `include` of this table alone", filter.table.value);
            cx.report(
                Diagnostic::error("filter-of-pattern", message)
                    .at(filter.table.span(), "a pattern includes it")
                    .help(format!("list the tables beside it, and write include \"{0}\"", filter.table.value)),
            );
        }
    }
}

/// A rename names a schema that the replication copies, and another one that is free on the target.
fn renames(cx: &mut Cx, relation: &Relation) {
    let includes = |schema: &str| {
        let mut patterns = relation.node.include.iter().map(|node| &node.pattern);
        patterns.any(|pattern| like(pattern.schema(), schema))
    };
    for node in &relation.node.rename {
        let (from, to) = (&node.schema, &node.to);
        if !includes(from) {
            cx.report(
                Diagnostic::error(
                    "unknown-reference",
                    format!("the replication `{}` does not copy the schema `{}`", relation.node.key, from.value),
                )
                .at(from.span(), "not included")
                .help(format!("include its tables: include \"{}.*\"", from.value)),
            );
        }
        let others = || relation.node.rename.iter().filter(|other| other.schema.value != from.value);
        let moves = relation.node.rename.iter().any(|other| other.schema.value == to.value);
        let why = if let Some(why) = unusable(to) {
            why
        } else if others().any(|other| other.to.value == to.value) {
            "another schema has this name on the target"
        } else if to.value != from.value && includes(to) && !moves {
            "the replication copies a schema of this name"
        } else {
            continue;
        };
        cx.report(
            Diagnostic::error("wrong-value", format!("`{}` cannot be a schema on the target", to.value))
                .at(to.span(), why)
                .help(format!("write a free name, such as to=\"{}_copy\"", from.value)),
        );
    }
}

/// The reason why PostgreSQL, MySQL or DMS keeps the name of a schema for itself (fact: postgresql-schema-names).
fn unusable(name: &str) -> Option<&'static str> {
    const RESERVED: &[&str] =
        &["information_schema", "mysql", "performance_schema", "sys", migspec_events::CONTROL_SCHEMA];
    let lower = name.to_ascii_lowercase();
    if name.is_empty() || name.len() > 63 {
        return Some("a name has 1 to 63 bytes");
    }
    if lower.starts_with("pg_") || RESERVED.contains(&&*lower) {
        return Some("a schema of the system");
    }
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$');
    (!name.chars().all(is_plain)).then_some("a letter that needs quotes")
}

/// Whether a pattern with a wildcard includes the table too.
fn wildcard(relation: &Relation, table: &TableName) -> bool {
    let matches = |node: &&ast::Include| {
        node.pattern.as_str().contains('*')
            && like(node.pattern.schema(), table.schema())
            && like(node.pattern.table(), table.table())
    };
    relation.node.include.iter().any(|node| matches(&node))
}

/// A range has two ends, and other comparisons have one value.
fn check_bounds(cx: &mut Cx, filter: &ast::TableFilter) {
    let is_range = *filter.is == FilterOperator::Between;
    let (label, help) = match (is_range, &filter.to) {
        (true, None) => ("has no end", "add the last value of the range: to=\"…\""),
        (false, Some(_)) => ("compares with one value", "remove `to`, or write is=\"between\""),
        _ => return,
    };
    let message = format!("the filter of `{}` has wrong bounds", filter.table);
    cx.report(Diagnostic::error("filter-bounds", message).at(filter.place.header, label).help(help));
}
