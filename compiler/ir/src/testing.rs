//! Helpers for the tests of the table.

use migspec_diag::{Sources, Span};

use crate::fact::FactValue;
use crate::graph::{Environment, Graph, Resource};
use crate::index::Index;
use crate::resource_type::ResourceType;
use crate::{Datum, Origin, json};

/// A place in a source of one character.
pub(crate) fn span() -> Span {
    let mut sources = Sources::default();
    Span::new(sources.add("test", " "), 0, 1)
}

/// A resource whose properties are JSON; `{"Ref": id}` and
/// `{"Fn::GetAtt": [id, name]}` are references.
pub(crate) fn resource(type_name: &'static str, id: &str, properties: &str) -> Resource {
    let at = Origin::derived("test", span());
    let datum = json::parse(properties, at).expect("the test's JSON");
    let properties = datum.value.as_map().expect("an object").clone();
    let mut resource = Resource::new(type_name, id, "test", at).set_all(properties);
    for (_, datum) in resource.properties.iter_mut() {
        resolve(datum);
    }
    resource
}

fn resolve(datum: &mut Datum) {
    let reference = datum.get("Ref").and_then(|d| d.value.as_str()).map(crate::Value::reference);
    let attribute = datum.get("Fn::GetAtt").map(|d| {
        let part = |index| d.get(index).and_then(|p| p.value.as_str()).expect("a text");
        crate::Value::attribute(part("0"), part("1"))
    });
    match (reference.or(attribute), &mut datum.value) {
        (Some(value), slot) => *slot = value,
        (None, crate::Value::Map(map)) => map.iter_mut().for_each(|(_, d)| resolve(d)),
        (None, crate::Value::List(items)) => items.iter_mut().for_each(resolve),
        _ => {}
    }
}

/// A graph of these resources.
pub(crate) fn graph(resources: impl IntoIterator<Item = Resource>) -> Graph {
    let environment = Environment {
        name: "test".into(),
        account: "111111111111".into(),
        region: "us-east-1".into(),
        partition: "aws",
        production: false,
        span: span(),
    };
    let mut graph = Graph::new("test", environment);
    graph.resources.extend(resources.into_iter().map(|r| (r.id.clone(), r)));
    graph
}

/// The value of a fact of the first resource, in a graph of all of them.
pub(crate) fn fact(of: &ResourceType, name: &str, resources: impl IntoIterator<Item = Resource>) -> FactValue {
    let graph = graph(resources);
    let fact = of.all_facts().find(|f| f.name == name).expect("the type has the fact");
    let (_, first) = graph.resources.first().expect("a resource");
    fact.of(first, &Index::new(&graph))
}
