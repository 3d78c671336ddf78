//! Names and sizes that a service refuses. The rules apply to the complete graph,
//! including derived names and overrides.

use std::collections::BTreeMap;

use migspec_diag::{Diagnostic, Severity, Span, count};
use migspec_ir::limits::{Limit, STANDARD_PARAMETER, Unit};
use migspec_ir::naming::{Problem, Rule};
use migspec_ir::{Datum, Graph, Id, Resource, arguments, limits, naming, schema};

use crate::cx::{Cx, origin};

pub(crate) fn check(cx: &mut Cx) {
    tiers(cx);
    let mut found: Vec<Diagnostic> = cx.graph.resources.values().flat_map(|r| refused_names(r, cx)).collect();
    found.extend(too_long(cx));
    found.extend(shared_names(&cx.graph));
    found.extend(sources(cx));
    found.extend(sizes(&cx.graph));
    found.extend(refused_values(cx));
    for diagnostic in found {
        cx.report(diagnostic);
    }
}

/// The texts of a resource that have a rule.
fn texts(resource: &Resource) -> impl Iterator<Item = (&'static Rule, &Datum, &str)> {
    naming::of_type(resource.type_name).filter_map(|rule| {
        let datum = resource.get(rule.property)?;
        Some((rule, datum, datum.value.as_str()?))
    })
}

fn refused_names(resource: &Resource, cx: &Cx) -> Vec<Diagnostic> {
    let migration = &cx.spec.key;
    let problems = texts(resource).filter_map(|(rule, datum, text)| Some((rule.problem(text)?, datum, text)));
    problems
        .filter(|(problem, ..)| !matches!(problem, Problem::TooLong { .. }))
        .map(|(problem, datum, text)| {
            // Every physical name starts with the key of the migration.
            let span = match problem {
                Problem::Reserved(_) => migration.span(),
                _ => datum.origin.span(),
            };
            refusal(&format!("{} of {}", property(resource, datum), service(resource)), text, &problem)
                .at(span, "from here")
        })
        .collect()
}

/// Values that the provider's own validators refuse (fact: provider-validators). A
/// property with a rule for its name has been checked, and a value with an error of
/// its own too.
fn refused_values(cx: &Cx) -> Vec<Diagnostic> {
    let known = |datum: &Datum| {
        let errors = cx.diagnostics.iter().filter(|known| known.severity == Severity::Error);
        errors.filter_map(|error| error.primary.as_ref()).any(|place| place.span == datum.origin.span())
    };
    let mut found: BTreeMap<(Span, String), Diagnostic> = BTreeMap::new();
    for resource in cx.graph.resources.values() {
        let named = |property: &str| naming::of_type(resource.type_name).any(|rule| rule.property == property);
        for argument in arguments(resource).into_iter().filter(|argument| !named(argument.property)) {
            for rule in schema::arguments::rules(argument.type_name, &argument.path).filter(|rule| rule.is_of_values())
            {
                let refused = argument.literals().into_iter().filter(|(text, _)| !rule.accepts(text));
                for (text, datum) in refused.filter(|(_, datum)| !known(datum)) {
                    let diagnostic = refused_value(resource, argument.property, &text, rule);
                    let key = (datum.origin.span(), text);
                    found.entry(key).or_insert_with(|| diagnostic.at(datum.origin.span(), "from here"));
                }
            }
        }
    }
    found.into_values().collect()
}

fn refused_value(resource: &Resource, property: &str, text: &str, rule: &schema::arguments::Rule) -> Diagnostic {
    let message = format!("`{property}` of {}: the Terraform provider refuses `{text}`", service(resource));
    Diagnostic::error("refused-value", message).help(format!("the provider accepts {rule}"))
}

fn property(resource: &Resource, datum: &Datum) -> String {
    let named = resource.properties.iter().find(|(_, known)| std::ptr::eq(*known, datum));
    named.map_or_else(String::new, |(name, _)| format!("`{name}`"))
}

fn refusal(what: &str, text: &str, problem: &Problem) -> Diagnostic {
    Diagnostic::error("refused-name", format!("{what}: `{text}` {problem}")).help(problem.help())
}

/// A name is shortened unless the environment leaves no room: the worst name is
/// enough of a finding.
fn too_long(cx: &Cx) -> Option<Diagnostic> {
    let names = cx.graph.resources.values().flat_map(|resource| {
        texts(resource).filter_map(move |(rule, datum, text)| match rule.problem(text)? {
            Problem::TooLong { length, longest } => Some((length - longest, longest, resource, datum, text)),
            _ => None,
        })
    });
    let (over, longest, resource, datum, text) = names.max_by_key(|(over, ..)| *over)?;
    let length = text.chars().count();
    let message = format!("the name `{text}` has {length} characters; {} accepts {longest}", service(resource));
    let diagnostic = Diagnostic::error("name-too-long", message).at(datum.origin.span(), "named after this");
    let environment = cx.env();
    if !text.ends_with(environment) {
        return Some(diagnostic.help(format!("shorten it by {over}")));
    }
    let ending = format!("`-{environment}` is {} of them", environment.len() + 1);
    Some(diagnostic.with(cx.graph.environment.span, ending).help(format!("shorten the environment's name by {over}")))
}

/// The short form of a type: `IAM Role` for `AWS::IAM::Role`.
fn service(resource: &Resource) -> String {
    resource.type_name.trim_start_matches("AWS::").replace("::", " ")
}

/// Two resources of one type in one region with the same name.
fn shared_names(graph: &Graph) -> Vec<Diagnostic> {
    let mut first: BTreeMap<(&str, &str, Option<&str>, &str), &Resource> = BTreeMap::new();
    let mut found = Vec::new();
    for resource in graph.resources.values() {
        for (rule, datum, text) in texts(resource).filter(|(rule, ..)| rule.unique) {
            let key = (resource.type_name, rule.property, resource.region.as_deref(), text);
            let Some(other) = first.insert(key, resource) else { continue };
            let message = format!("`{}` and `{}` have the same name `{text}`", other.path, resource.path);
            found.push(
                Diagnostic::error("name-collision", message)
                    .at(datum.origin.span(), "the second")
                    .with(other.origin.span(), "the first")
                    .help("give one of the two nodes a different name"),
            );
        }
    }
    found
}

/// Databases outside AWS are in no property of AWS.
fn sources(cx: &Cx) -> Vec<Diagnostic> {
    let rule = naming::of_type("Migspec::Source").next();
    let databases = cx.spec.source.iter().map(|source| &source.at.database);
    let problems = databases.filter_map(|name| Some((rule?.problem(name)?, name)));
    problems
        .map(|(problem, name)| {
            refusal("the database of the source", name, &problem).at(origin(name).span(), "from here")
        })
        .collect()
}

/// A parameter is advanced if a standard one is too small (fact: limit-ssm-value).
fn tiers(cx: &mut Cx) {
    let values = cx.graph.of_type("AWS::SSM::Parameter").filter(|parameter| parameter.get("Tier").is_none());
    let sizes = values.filter_map(|p| Some((p.id.clone(), limits::text_size(&p.get("Value")?.value, &cx.graph))));
    let large: Vec<Id> = sizes.filter(|(_, size)| *size > STANDARD_PARAMETER).map(|(id, _)| id).collect();
    for id in large {
        if let Some(parameter) = cx.graph.resources.get_mut(&id) {
            let at = parameter.origin;
            parameter.properties.set("Tier", Datum::new("Advanced", at));
        }
    }
}

fn sizes(graph: &Graph) -> Vec<Diagnostic> {
    let mut sums: BTreeMap<(&str, &str, String), (usize, &Limit, &Resource)> = BTreeMap::new();
    for resource in graph.resources.values() {
        for limit in limits::of_type(resource.type_name) {
            let Some(size) = limit.measure(resource, graph) else { continue };
            let whole = resource.get(limit.per).and_then(|of| of.value.target()).unwrap_or(&resource.id);
            let key = (resource.type_name, limit.path, whole.to_string());
            sums.entry(key).or_insert((0, limit, resource)).0 += size;
        }
    }
    let over = sums.into_iter().filter(|(_, (size, limit, _))| *size > limit.most);
    over.map(|((.., whole), (size, limit, resource))| too_large(&whole, size, limit, resource)).collect()
}

fn too_large(whole: &str, size: usize, limit: &Limit, resource: &Resource) -> Diagnostic {
    let Limit { path, most, unit, .. } = limit;
    let what = format!("`{path}` of `{whole}`");
    // References have an estimated length.
    let about = if *unit == Unit::Bytes { "about " } else { "" };
    let message = format!("{what} has {about}{}; {} accepts {most}", count(size, unit.word()), service(resource));
    let at = resource.get(path).map_or(resource.origin, |datum| datum.origin);
    Diagnostic::error("container-too-large", message)
        .at(at.span(), format!("{} too many", count(size - most, unit.word())))
        .help(limit.help)
}

#[cfg(test)]
mod tests {
    use crate::testing::lower_text;

    #[test]
    fn a_name_that_is_too_long_says_by_how_much() {
        let text = include_str!("../../../specs/payments.migspec.kdl");
        let long = text.replace("environment \"prod\"", "environment \"production-of-all-our-merchants\"");
        let lowered = lower_text(&long, "production-of-all-our-merchants");
        let found: Vec<_> = lowered.diagnostics.iter().filter(|d| d.code == "name-too-long").collect();
        let messages: Vec<&str> = found.iter().map(|d| d.message.as_str()).collect();
        // Of all names the one that exceeds its limit by most: that help is enough for the others.
        let group =
            "-production-of-all-our-merchants` has 40 characters; ElasticLoadBalancingV2 TargetGroup accepts 32";
        assert!(messages.len() == 1 && messages[0].ends_with(group), "{messages:?}");
        assert_eq!(found[0].help.as_deref(), Some("shorten the environment's name by 8"));
    }

    #[test]
    fn the_reference_spec_fits() {
        for environment in ["dev", "prod"] {
            let lowered = crate::testing::payments(environment);
            let refused = ["name-too-long", "refused-name", "container-too-large"];
            let found: Vec<_> = lowered.diagnostics.iter().filter(|d| refused.contains(&&*d.code)).collect();
            assert!(found.is_empty(), "{found:#?}");
        }
    }
}
