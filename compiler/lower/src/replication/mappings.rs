//! The tables that a task copies.

use migspec_events::REHEARSAL;
use migspec_ir::{Datum, Map, Origin, Value, list, map};
use migspec_syntax::ast;
use migspec_syntax::value::{FilterOperator, LoadBy, TableName};

use super::BY;
use crate::cx::{datum, origin};
use crate::index::Relation;
use crate::patterns::copies;

/// The schema and table of the fence tokens: a row that follows the last write of the source and arrives on the target.
pub(crate) const FENCE: (&str, &str) = ("migspec", "migspec_fence");

/// The selection of the table of the rehearsal.
pub(super) fn rehearsal(at: Origin) -> Datum {
    let rule = selection(1, REHEARSAL.0, REHEARSAL.1, "include", at);
    Datum::new(map!(at, { "rules": vec![rule] }), at)
}

/// The selection rules: the included tables, the excluded tables, and the fence
/// table, which every task copies. A task of the kind `cdc` loads no tables.
pub(super) fn mappings(relation: &Relation, kind: &str, at: Origin) -> Datum {
    let loads_tables = kind != "cdc";
    let node = relation.node;
    let measured = measured_tables(relation);
    // The filters and the place in the load of a table belong to the rule that selects it alone.
    let complete = |mut rule: Datum, table: &TableName| {
        let filters: Vec<Datum> = node.filter.iter().filter(|f| *f.table == *table).map(filter).collect();
        let place = measured.iter().position(|known| *known.name == *table);
        let rows = place.and_then(|place| Some((place, measured[place].rows.as_ref()?)));
        if let Value::Map(map) = &mut rule.value {
            if !filters.is_empty() {
                map.set("filters", Datum { value: Value::List(filters), origin: rule.origin });
            }
            if let Some((place, rows)) = rows {
                map.set("load-order", Datum::new(i64::try_from(place + 1).unwrap_or(i64::MAX), origin(rows)));
            }
        }
        rule
    };
    let mut rules: Vec<Datum> = Vec::new();
    // The largest first: DMS loads tables with a higher order earlier (fact: dms-load-order).
    for table in measured.iter().rev().filter(|_| loads_tables) {
        // An `include` of this table alone has the order itself.
        if !node.include.iter().any(|node| node.pattern.as_str() == table.name.as_str()) {
            let (schema, name) = (table.name.schema(), table.name.table());
            let from = Origin::derived(BY, table.place.header);
            rules.push(complete(selection(rules.len() + 1, schema, name, "include", from), &table.name));
        }
        if let Some(load) = &table.load {
            rules.push(division(rules.len() + 1, table, load, at));
        }
    }
    let included = node.include.iter().map(|n| (&n.pattern, "include"));
    let excluded = node.exclude.iter().map(|n| (&n.pattern, "exclude"));
    for (pattern, action) in included.chain(excluded) {
        let rule = selection(rules.len() + 1, pattern.schema(), pattern.table(), action, origin(pattern));
        rules.push(match TableName::parse(pattern.as_str()) {
            Some(table) => complete(rule, &table),
            None => rule,
        });
    }
    parts(relation, &mut rules);
    lower_case(relation, &mut rules);
    if relation.cutover.is_some() || relation.validation.is_some() {
        let rule = selection(rules.len() + 1, FENCE.0, FENCE.1, "include", at);
        rules.push(rule);
    }
    Datum::new(map!(at, { "rules": rules }), at)
}

/// The tables that need rules of their own for their load, the smallest first.
fn measured_tables<'a>(relation: &Relation<'a>) -> Vec<&'a ast::Table> {
    let is_measured =
        |table: &&ast::Table| (table.rows.is_some() || table.load.is_some()) && copies(relation, &table.name);
    let mut measured: Vec<&ast::Table> = relation.source.table.iter().filter(is_measured).collect();
    measured.sort_by_key(|table| table.rows.as_ref().map_or(0, |rows| rows.bytes()));
    measured
}

/// The settings of a divided table. Their locator takes no wildcards and no escapes (fact: dms-parallel-load).
fn division(number: usize, table: &ast::Table, load: &ast::TableLoad, at: Origin) -> Datum {
    let from = Origin::derived(BY, load.place.header);
    let parallel = match *load.by {
        LoadBy::Partitions => map!(from, { "type": "partitions-auto" }),
        LoadBy::Ranges => {
            let column = load.column.iter().map(|column| datum(column, |name| name.clone())).collect::<Vec<_>>();
            let values = load.boundaries.iter().flat_map(|node| &node.values);
            let boundaries: Vec<Datum> = values.map(|value| list!(from, [datum(value, |text| text.clone())])).collect();
            map!(from, { "type": "ranges", "columns": column, "boundaries": boundaries })
        }
    };
    let rule = map!(at, {
        "rule-type": "table-settings",
        "rule-id": number.to_string(),
        "rule-name": format!("load-{number}"),
        "object-locator": map!(from, { "schema-name": table.name.schema(), "table-name": table.name.table() }),
        "parallel-load": parallel,
    });
    Datum::new(rule, from)
}

fn filter(filter: &ast::TableFilter) -> Datum {
    let from = Origin::derived(BY, filter.place.header);
    let operator = match *filter.is {
        FilterOperator::AtLeast => "gte",
        FilterOperator::AtMost => "ste",
        FilterOperator::Between => "between",
        FilterOperator::Equal => "eq",
        FilterOperator::Unequal => "noteq",
    };
    let value = datum(&filter.value, |text| text.clone());
    // fact: dms-filter-operators
    let condition = match &filter.to {
        Some(to) => {
            let end = datum(to, |text| text.clone());
            map!(from, { "filter-operator": operator, "start-value": value, "end-value": end })
        }
        None => map!(from, { "filter-operator": operator, "value": value }),
    };
    let filter = map!(from, {
        "filter-type": "source",
        "column-name": datum(&filter.column, |name| name.clone()),
        "filter-conditions": list!(from, [condition]),
    });
    Datum::new(filter, from)
}

/// The transformations: columns that are not copied, and schemas with another name.
fn parts(relation: &Relation, rules: &mut Vec<Datum>) {
    for omitted in &relation.node.omit {
        for column in &omitted.columns {
            let from = Origin::derived(BY, column.span());
            let mut at = locator(omitted.table.schema(), omitted.table.table(), from);
            at.set("column-name", datum(column, |name| pattern(name)));
            let number = rules.len() + 1;
            rules.push(transformation(number, "column", "remove-column", at, from));
        }
    }
    for renamed in &relation.node.rename {
        let from = Origin::derived(BY, renamed.place.header);
        let at = map!(from, { "schema-name": pattern(&renamed.schema) });
        let mut rule = transformation(rules.len() + 1, "schema", "rename", at, from);
        if let Value::Map(map) = &mut rule.value {
            map.set("value", datum(&renamed.to, |name| name.clone()));
        }
        rules.push(rule);
    }
}

/// A converted schema has lower-case names on PostgreSQL. DMS applies one action to an object, so a schema with another
/// name is left out (fact: dms-one-transformation).
fn lower_case(relation: &Relation, rules: &mut Vec<Datum>) {
    if !relation.source.engine.is_converted() {
        return;
    }
    let node = relation.node;
    let mut schemas: Vec<(&str, Origin)> = Vec::new();
    for include in &node.include {
        let schema = include.pattern.schema();
        let is_renamed = node.rename.iter().any(|renamed| &*renamed.schema.value == schema);
        if !is_renamed && !schemas.iter().any(|(known, _)| *known == schema) {
            schemas.push((schema, Origin::derived(BY, include.pattern.span())));
        }
    }
    for (schema, from) in schemas {
        let at = map!(from, { "schema-name": pattern(schema) });
        rules.push(transformation(rules.len() + 1, "schema", LOWER_CASE, at, from));
    }
    let from = Origin::derived(BY, relation.source.engine.span());
    let mut tables = locator("*", "*", from);
    rules.push(transformation(rules.len() + 1, "table", LOWER_CASE, tables.clone(), from));
    tables.set("column-name", Datum::new("%", from));
    rules.push(transformation(rules.len() + 1, "column", LOWER_CASE, tables, from));
}

const LOWER_CASE: &str = "convert-lowercase";

fn transformation(number: usize, target: &str, action: &str, locator: Map, from: Origin) -> Datum {
    let rule = map!(from, {
        "rule-type": "transformation",
        "rule-id": number.to_string(),
        "rule-name": format!("{action}-{number}"),
        "rule-target": target,
        "object-locator": locator,
        "rule-action": action,
    });
    Datum::new(rule, from)
}

fn locator(schema: &str, table: &str, at: Origin) -> Map {
    map!(at, { "schema-name": pattern(schema), "table-name": pattern(table) })
}

/// Whether a replication copies every row and column under its own name, at the first node that excludes a part.
pub(super) fn completeness(node: &ast::Replication, here: Origin) -> Datum {
    let filters = node.filter.iter().map(|node| node.place.header);
    let omissions = node.omit.iter().map(|node| node.place.header);
    let first = filters.chain(omissions).chain(node.rename.iter().map(|node| node.place.header)).min();
    Datum::new(first.is_none(), first.map_or(here, |span| Origin::derived(BY, span)))
}

fn selection(number: usize, schema: &str, table: &str, action: &str, at: Origin) -> Datum {
    let rule = map!(at, {
        "rule-type": "selection",
        "rule-id": number.to_string(),
        "rule-name": format!("{action}-{number}"),
        "object-locator": locator(schema, table, at),
        "rule-action": action,
    });
    Datum::new(rule, at)
}

/// A pattern in DMS syntax: `%` matches any characters, and `[_]` an underscore,
/// which alone would match any character (fact: dms-mapping-wildcards).
pub(super) fn pattern(text: &str) -> String {
    text.replace('_', "[_]").replace('*', "%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_underscore_stands_for_itself() {
        assert_eq!(pattern("tmp_*"), "tmp[_]%");
        assert_eq!(pattern("payments"), "payments");
    }
}
