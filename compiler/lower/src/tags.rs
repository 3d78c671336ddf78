//! Tags for owner, cost, migration and environment, on every resource whose type
//! has tags.

use std::sync::Arc;

use migspec_diag::{Diagnostic, Span};
use migspec_ir::tags::{IN_SCOPE, TagShape};
use migspec_ir::{Datum, Map, Origin, Resource, map};
use migspec_syntax::ast;
use migspec_syntax::value::ColumnClass;

use crate::cx::{Cx, datum};
use crate::names;

/// The AWS limits for tags (fact: tags-limits).
const MOST: usize = 50;
const LONGEST_NAME: usize = 128;
const LONGEST_VALUE: usize = 256;

/// Names of tags that are derived.
const DERIVED: &[&str] = &["Environment", "Migration", "Name", "Owner", "PciScope"];

pub(crate) fn lower(cx: &mut Cx) {
    let common = common(cx);
    add_required(cx, &common);
    let (migration, environment) = (cx.graph.migration.clone(), cx.graph.environment.name.clone());
    let pattern = cx.pattern.clone();
    for resource in cx.graph.resources.values_mut().filter(|resource| resource.existing.is_none()) {
        let Some(shape) = resource.resource_type().and_then(TagShape::of) else {
            continue;
        };
        let name = names::physical(&pattern, &migration, resource.id.as_str(), &environment, LONGEST_VALUE);
        let name = (Arc::from("Name"), Datum::new(name, Origin::derived("tags", resource.origin.span())));
        set(resource, shape, std::iter::once(&name).chain(&common));
    }
}

/// The tags that the organisation demands: of the graph, so that policies judge overrides of tags too.
fn add_required(cx: &mut Cx, common: &[(Arc<str>, Datum)]) {
    let Some(node) = cx.spec.naming.as_ref().and_then(|naming| naming.tags.as_ref()) else { return };
    for name in &node.names {
        cx.graph.required_tags.push(name.value.clone());
        if !common.iter().any(|(known, _)| **known == *name.value) {
            let message =
                format!("the organisation demands the tag `{}`, which the migration does not have", name.value);
            cx.report(
                Diagnostic::error("missing-tag", message)
                    .at(name.span(), "demanded here")
                    .help(format!("add `{}=` to `tags` of the migration", name.value)),
            );
        }
    }
}

/// The versions of the standard that the policies refer to.
const STANDARD_VERSIONS: [&str; 1] = ["4.0.1"];

/// The tags that all resources share.
fn common(cx: &mut Cx) -> Vec<(Arc<str>, Datum)> {
    let spec = cx.spec;
    let environment = Datum::new(cx.env(), Origin::derived("tags", cx.graph.environment.span));
    let mut tags = vec![
        (Arc::from("Environment"), environment),
        ("Migration".into(), datum(&spec.key, |key| key.as_str().to_owned())),
        ("Owner".into(), datum(&spec.owner.team, |team| team.clone())),
    ];
    if let Some(standard) = &spec.standard {
        if !STANDARD_VERSIONS.contains(&&**standard.version) {
            cx.report(
                Diagnostic::error("unknown-standard-version", format!("there is no version `{}`", *standard.version))
                    .at(standard.version.span(), "the policies refer to another version")
                    .help(format!("write version=\"{}\"", STANDARD_VERSIONS[0])),
            );
        }
        // Every derived resource stores, transmits or protects account data.
        tags.push(("PciScope".into(), Datum::new(IN_SCOPE, Origin::derived("tags", standard.place.header))));
    }
    check_text(cx, spec.owner.team.span(), &spec.owner.team.value, LONGEST_VALUE);
    let written = spec.tags.iter().flat_map(|tags| &tags.tags);
    for (name, value) in written {
        if check(cx, name.span, &name.value, value.span(), &value.value) {
            tags.push((name.value.clone(), datum(value, |text| text.clone())));
        }
    }
    check_count(cx, tags.len() + 1);
    check_class(cx);
    tags
}

/// Names of tags that classify data, without case and punctuation.
const CLASSIFYING: &[&str] =
    &["classification", "confidentiality", "dataclass", "dataclassification", "datasensitivity"];
/// Classes of data that anybody may read, or all employees.
const UNPROTECTED: &[&str] =
    &["internal", "low", "none", "nonsensitive", "open", "outofscope", "public", "unclassified", "unrestricted"];

/// Reports a tag that gives account data away: tools and people select protection by it.
fn check_class(cx: &mut Cx) {
    let spec = cx.spec;
    let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let columns = || spec.source.iter().flat_map(|source| &source.table).flat_map(|table| &table.column);
    let class = |column: &ast::Column| column.class.as_ref().map(|class| class.value);
    let is_protected =
        |column: &&ast::Column| matches!(class(column), Some(ColumnClass::Pan | ColumnClass::AuthenticationData));
    let column = columns().find(is_protected);
    let Some(because) = column.map(|c| c.place.header).or(spec.standard.as_ref().map(|s| s.place.header)) else {
        return;
    };
    for (name, value) in spec.tags.iter().flat_map(|tags| &tags.tags) {
        if CLASSIFYING.contains(&&*plain(&name.value)) && UNPROTECTED.contains(&&*plain(&value.value)) {
            let message = format!(
                "the tag `{}` declares data without protection, but the migration moves account data",
                name.value
            );
            cx.report(
                Diagnostic::error("tag-against-class", message)
                    .at(value.span(), "the tag of every resource")
                    .with(because, "account data")
                    .help("write the class of the data, such as \"cardholder\""),
            );
        }
    }
}

/// Reports tags that AWS rejects.
fn check(cx: &mut Cx, name_at: Span, name: &str, value_at: Span, value: &str) -> bool {
    let before = cx.diagnostics.len();
    if name.to_ascii_lowercase().starts_with("aws:") {
        report(
            cx,
            name_at,
            "tag-reserved",
            format!("the tag `{name}` starts with `aws:`"),
            "remove it: AWS reserves names with `aws:`",
        );
    }
    if DERIVED.iter().any(|derived| derived.eq_ignore_ascii_case(name)) {
        report(
            cx,
            name_at,
            "tag-reserved",
            format!("the tag `{name}` is derived"),
            "remove it: the compiler sets this tag",
        );
    }
    check_text(cx, name_at, name, LONGEST_NAME);
    check_text(cx, value_at, value, LONGEST_VALUE);
    cx.diagnostics.len() == before
}

fn check_text(cx: &mut Cx, at: Span, text: &str, longest: usize) {
    let length = text.chars().count();
    if length > longest {
        let message = format!("`{text}` has {length} characters; AWS accepts {longest} in a tag");
        report(cx, at, "tag-too-long", message, "shorten it");
    }
    if let Some(c) = text.chars().find(|c| !is_accepted(*c)) {
        let message = format!("a tag cannot contain `{c}`");
        report(cx, at, "tag-character", message, "use letters, digits, spaces and `_.:/=+-@`");
    }
}

fn is_accepted(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c)
}

fn check_count(cx: &mut Cx, count: usize) {
    if count <= MOST {
        return;
    }
    let span = cx.spec.tags.as_ref().map_or(cx.spec.place.header, |tags| tags.place.header);
    let message = format!("every resource would have {count} tags; AWS accepts {MOST}");
    report(cx, span, "too-many-tags", message, "drop some; five are derived");
}

fn report(cx: &mut Cx, at: Span, code: &'static str, message: String, help: &str) {
    cx.report(Diagnostic::error(code, message).at(at, "this tag").help(help));
}

/// Adds tags that a resource does not have yet.
fn set<'t>(resource: &mut Resource, shape: TagShape, tags: impl Iterator<Item = &'t (Arc<str>, Datum)>) {
    let origin = resource.origin;
    let mut present = resource.properties.remove("Tags").unwrap_or_else(|| Datum::new(Map::new(), origin));
    let mut all = by_name(&present);
    for (name, value) in tags {
        if all.get(name).is_none() {
            all.set(name.clone(), value.clone());
        }
    }
    present.value = match shape {
        TagShape::Map => all.into(),
        TagShape::List => migspec_ir::Value::List(all.iter().map(|(name, value)| pair(name, value)).collect()),
    };
    resource.properties.set("Tags", present);
}

/// Tags of either shape by name.
fn by_name(tags: &Datum) -> Map {
    if let Some(map) = tags.value.as_map() {
        return map.clone();
    }
    let mut named = Map::new();
    for tag in tags.value.as_list().unwrap_or_default() {
        if let Some((name, value)) = tag.get("Key").and_then(|k| k.value.as_str()).zip(tag.get("Value")) {
            named.set(name, value.clone());
        }
    }
    named
}

fn pair(name: &str, value: &Datum) -> Datum {
    Datum::new(map!(value.origin, { "Key": name, "Value": value }), value.origin)
}

#[cfg(test)]
mod tests {
    use crate::testing::{lower_nodes, payments};

    #[test]
    fn every_type_with_tags_has_them() {
        let lowered = payments("prod");
        assert_eq!(lowered.text("production-vpc", "Tags.0.Value"), "payments-production-vpc-prod");
        assert_eq!(lowered.text("payments-vpc-link", "Tags.Owner"), "payments-platform");
        let untagged: Vec<&str> = lowered
            .graph
            .resources
            .values()
            .filter(|r| r.resource_type().is_some_and(|t| super::TagShape::of(t).is_some()) && r.get("Tags").is_none())
            .map(|r| r.id.as_str())
            .collect();
        assert_eq!(untagged, Vec::<&str>::new());
    }

    #[test]
    fn tags_that_aws_refuses_are_reported_where_they_stand() {
        for (tags, expected) in [
            ("tags \"aws:cost\"=\"a\"", ("tag-reserved", "\"aws:cost\"")),
            ("tags owner=\"a\"", ("tag-reserved", "owner")),
            ("tags CostCenter=\"a|b\"", ("tag-character", "\"a|b\"")),
        ] {
            assert_eq!(lower_nodes(tags).findings(), [expected], "{tags}");
        }
        let long = format!("tags CostCenter=\"{}\"", "a".repeat(257));
        assert_eq!(lower_nodes(&long).findings()[0].0, "tag-too-long");
        let many: String = (0..48).map(|n| format!(" t{n}=\"x\"")).collect();
        assert_eq!(lower_nodes(&format!("tags{many}")).findings()[0].0, "too-many-tags");
    }
}
