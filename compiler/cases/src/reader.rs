//! Reads a case node by node; each error has its place.

use std::sync::Arc;

use indexmap::IndexMap;
use kdl::{KdlDocument, KdlEntry, KdlNode, KdlValue};
use migspec_diag::{Sources, Span};
use migspec_ir::workflow::{
    ALL_ERRORS, Api, Argument, Catch, Effect, Kind, Pattern, Phase, Retry, State, Workflow, errors,
};
use migspec_ir::{
    Actor, Change, Condition, Datum, Flow, Grant, Graph, Id, Map, Origin, Override, Protocol, Resource, Value, Zone,
    resource_type,
};
use migspec_policies::{Case, Expect};
use thiserror::Error;

type Result<T> = std::result::Result<T, Fault>;

/// The fault of a node. The caller knows its place.
#[derive(Debug)]
struct Fault(String);

impl From<&str> for Fault {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// Why a file of cases cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{message}")]
pub struct Problem {
    pub message: String,
    /// The case, or the place where the text is not KDL.
    pub span: Span,
}

/// The cases of a file. `name` is the file name for messages.
///
/// # Errors
///
/// The text is not KDL, or a node is none of a case.
pub fn read(name: &str, text: &str, sources: &mut Sources) -> std::result::Result<Vec<Case>, Problem> {
    let file = sources.add(name, text);
    let document = migspec_syntax::document(file, text).map_err(|finding| Problem {
        span: finding.primary.as_ref().map_or(Span::new(file, 0, 0), |label| label.span),
        message: finding.message.clone(),
    })?;
    let start = Span::new(file, 0, 0);
    document
        .nodes()
        .iter()
        .map(|node| case(node, start).map_err(|Fault(message)| Problem { message, span: place(node, start) }))
        .collect()
}

fn case(node: &KdlNode, file: Span) -> Result<Case> {
    let expect = match node.name().value() {
        "pass" => Expect::Pass,
        "fail" => Expect::Fail,
        "undecided" => Expect::Undecided,
        other => return Err(Fault(format!("`{other}` is not `pass`, `fail` or `undecided`"))),
    };
    let name = argument(node, 0)?;
    let mut reader = Reader { graph: Graph::empty(place(node, file)), file };
    for child in children(node) {
        reader.child(child).map_err(|Fault(fault)| Fault(format!("{name}: {fault}")))?;
    }
    Ok(Case { name, expect, graph: reader.graph, span: place(node, file) })
}

struct Reader {
    graph: Graph,
    file: Span,
}

impl Reader {
    fn child(&mut self, node: &KdlNode) -> Result<()> {
        match node.name().value() {
            "production" => {
                self.graph.environment.production =
                    node.get(0).and_then(KdlValue::as_bool).ok_or("`production` takes a boolean")?;
            }
            "resource" => self.resource(node)?,
            "grant" => self.grant(node)?,
            "flow" => self.flow(node)?,
            "workflow" => self.workflow(node)?,
            "override" => self.overriding(node)?,
            other => {
                let known = "`resource`, `grant`, `flow`, `workflow`, `override` or `production`";
                return Err(Fault(format!("`{other}` is not {known}")));
            }
        }
        Ok(())
    }

    fn origin(&self, node: &KdlNode) -> Origin {
        Origin::Written { span: place(node, self.file), base: None }
    }

    fn resource(&mut self, node: &KdlNode) -> Result<()> {
        let (type_name, id) = (argument(node, 0)?, argument(node, 1)?);
        let known =
            resource_type::find(&type_name).ok_or_else(|| Fault(format!("`{type_name}` is not in the table")))?;
        let path: Arc<str> = property(node, "path").unwrap_or_else(|| format!("case \"{id}\"")).into();
        let mut resource = Resource::new(known.name, id.as_str(), path, self.origin(node));
        resource.properties = self.map(children(node))?;
        resource.lifecycle.retain = flag(node, "retain");
        resource.lifecycle.snapshot = flag(node, "snapshot");
        if let Some(region) = property(node, "region") {
            resource.region = Some(region.into());
        }
        if let Some(identity) = property(node, "existing") {
            resource = resource.existing(identity, &[]);
        }
        if let Some(actor) = property(node, "actor") {
            self.graph.actors.insert(resource.id.clone(), find_actor(&actor)?);
        }
        match self.graph.resources.insert(resource.id.clone(), resource) {
            Some(_) => Err(Fault(format!("two resources `{id}`"))),
            None => Ok(()),
        }
    }

    fn map(&self, nodes: &[KdlNode]) -> Result<Map> {
        let mut map = Map::new();
        for node in nodes {
            let name = node.name().value();
            if map.get(name).is_some() {
                return Err(Fault(format!("`{name}` is duplicate")));
            }
            map.set(name, self.datum(node)?);
        }
        Ok(map)
    }

    fn datum(&self, node: &KdlNode) -> Result<Datum> {
        let origin = self.origin(node);
        let value = match node.ty().map(|t| t.value()) {
            Some("json") => Value::JsonText(Box::new(Datum::new(self.value(node)?, origin))),
            Some("list") => Value::List(self.items(node)?),
            Some("map") => Value::Map(self.map(children(node))?),
            Some(other) => return Err(Fault(format!("`({other})` is not `(json)`, `(list)` or `(map)`"))),
            None => self.value(node)?,
        };
        Ok(Datum::new(value, origin))
    }

    fn value(&self, node: &KdlNode) -> Result<Value> {
        let nodes = children(node);
        let is_list = nodes.first().is_some_and(|n| n.name().value() == "-");
        match (node.entries(), nodes.is_empty()) {
            ([], true) => Err(Fault(format!("`{}` has no value", node.name().value()))),
            ([], false) if is_list => Ok(Value::List(nodes.iter().map(|n| self.datum(n)).collect::<Result<_>>()?)),
            ([], false) => Ok(Value::Map(self.map(nodes)?)),
            ([one], true) => entry(one),
            (_, true) => Ok(Value::List(self.items(node)?)),
            (_, false) => Err(Fault(format!("`{}` has a value and children", node.name().value()))),
        }
    }

    fn items(&self, node: &KdlNode) -> Result<Vec<Datum>> {
        let origin = self.origin(node);
        node.entries().iter().map(|e| Ok(Datum::new(entry(e)?, origin))).collect()
    }

    /// `override "id" "A.B"`: the author set the property by hand.
    fn overriding(&mut self, node: &KdlNode) -> Result<()> {
        let (resource, changed) = (Id::from(argument(node, 0)?), argument(node, 1)?);
        if self.graph.get(&resource).is_none() {
            return Err(Fault(format!("there is no resource `{resource}`")));
        }
        let span = place(node, self.file);
        let property = changed.split('.').next().unwrap_or_default().into();
        let changes = vec![Change { path: changed.into(), span }];
        self.graph.overrides.push(Override { resource, property, before: None, changes, span });
        Ok(())
    }

    /// `grant "validator" "s3:GetObject" "…" on="id" { condition "StringEquals" "kms:ViaService" "…" }`
    fn grant(&mut self, node: &KdlNode) -> Result<()> {
        let actor = argument(node, 0)?;
        let role = Id::from(format!("{actor}-role"));
        self.graph.actors.insert(role.clone(), find_actor(&actor)?);
        let origin = self.origin(node);
        let actions = node.entries().iter().filter(|e| e.name().is_none()).skip(1);
        let actions = actions
            .map(|e| e.value().as_string().map(leak).ok_or_else(|| Fault::from("an action is a string")))
            .collect::<Result<Vec<&'static str>>>()?;
        let on = property(node, "on").ok_or("a grant needs `on=`")?;
        let value = match self.graph.resources.contains_key(&Id::from(on.as_str())) {
            true => Value::attribute(on.as_str(), "Arn"),
            false => on.into(),
        };
        let conditions = children(node).iter().map(|n| self.condition(n)).collect::<Result<_>>()?;
        self.graph.grants.push(Grant {
            role,
            actions,
            resources: vec![Datum::new(value, origin)],
            conditions,
            why: "the case".into(),
            origin,
        });
        Ok(())
    }

    fn condition(&self, node: &KdlNode) -> Result<Condition> {
        let values = node.entries().iter().skip(2);
        let values = values.map(|e| Ok(Datum::new(entry(e)?, self.origin(node)))).collect::<Result<_>>()?;
        Ok(Condition { operator: leak(&argument(node, 0)?), key: argument(node, 1)?.into(), values })
    }

    /// `workflow "machine" { state "Flip" phase="flip" calls="ssm:PutParameter" next="Done" catch="RollBack" }`
    fn workflow(&mut self, node: &KdlNode) -> Result<()> {
        let id = argument(node, 0)?;
        let origin = self.origin(node);
        let mut states = IndexMap::new();
        for node in children(node) {
            let state = self.state(node)?;
            states.insert(Arc::clone(&state.name), state);
        }
        let start_at = states.keys().next().cloned().ok_or("a workflow has states")?;
        let workflow = Workflow {
            name: id.as_str().into(),
            cutover: "case".into(),
            comment: "".into(),
            partition: "aws",
            start_at,
            timeout: 60,
            states,
            loops: Vec::new(),
            units: Vec::new(),
            declared: Vec::new(),
            path: "case".into(),
            origin,
        };
        self.graph.workflows.insert(Id::from(id), workflow);
        Ok(())
    }

    fn state(&self, node: &KdlNode) -> Result<State> {
        let phase = property(node, "phase").ok_or("a state needs `phase=`")?;
        let phase = Phase::ALL.iter().find(|p| p.name() == phase).ok_or("there is no such phase")?;
        let kind = match property(node, "calls") {
            None => Kind::Pass,
            Some(action) => {
                let api = Api::ALL.iter().find(|api| api.info().action == action).ok_or("no workflow calls this")?;
                let function = property(node, "function");
                let arguments = function.map_or(Argument::Null, |name| {
                    Argument::Object(vec![("FunctionName".into(), Argument::Text(name.into()))])
                });
                let waits = flag(node, "waits");
                let pattern = if waits { Pattern::WaitForTaskToken } else { Pattern::RequestResponse };
                Kind::Task { api: *api, pattern, arguments }
            }
        };
        let mut state = State::new(&argument(node, 0)?, kind, *phase, &"case".into(), self.origin(node));
        state.next = property(node, "next").map(Arc::from);
        state.timeout = node.get("timeout").and_then(KdlValue::as_integer).and_then(|n| u64::try_from(n).ok());
        if flag(node, "retry") {
            let errors = errors(&["States.Timeout"]);
            state = state.retry(Retry { errors, interval: 1, attempts: 2, backoff: 2.0, longest: 30 });
        }
        if let Some(next) = property(node, "catch") {
            state = state.catch(Catch { errors: errors(&[ALL_ERRORS]), assign: Vec::new(), next: next.into() });
        }
        if let Some(effects) = property(node, "does") {
            for name in effects.split_whitespace() {
                let effect = Effect::parse(name).ok_or_else(|| Fault(format!("there is no effect `{name}`")))?;
                state = state.effect(effect);
            }
        }
        if flag(node, "rolls-back") {
            state = state.effect(Effect::Rollback);
        }
        Ok(state)
    }

    /// `flow "group:a" "service:kms" port=443`, with `reason="…"` for a port of one's own
    fn flow(&mut self, node: &KdlNode) -> Result<()> {
        let port = node.get("port").and_then(KdlValue::as_integer).and_then(|p| u16::try_from(p).ok());
        self.graph.flows.push(Flow {
            from: zone(&argument(node, 0)?)?,
            to: zone(&argument(node, 1)?)?,
            protocol: Protocol::Tcp,
            port: port.ok_or("a flow needs `port=`")?,
            reason: property(node, "reason").map(Arc::from),
            why: "the case".into(),
            origin: self.origin(node),
        });
        Ok(())
    }
}

fn entry(entry: &KdlEntry) -> Result<Value> {
    let text = || entry.value().as_string().ok_or_else(|| Fault::from("a reference is a string"));
    match entry.name().map(|n| n.value()) {
        None => literal(entry.value()),
        Some("ref") => Ok(Value::reference(text()?)),
        Some("parameter") => Ok(Value::Parameter(text()?.into())),
        Some("attribute") => {
            let (id, attribute) = text()?.split_once('.').ok_or("an attribute is `id.Name`")?;
            Ok(Value::attribute(id, attribute))
        }
        Some(other) => Err(Fault(format!("`{other}=` is not `ref=`, `attribute=` or `parameter=`"))),
    }
}

fn literal(value: &KdlValue) -> Result<Value> {
    match value {
        KdlValue::String(s) => Ok(s.into()),
        KdlValue::Bool(b) => Ok((*b).into()),
        KdlValue::Integer(n) => i64::try_from(*n).map(Value::from).map_err(|e| Fault(e.to_string())),
        KdlValue::Float(f) => Ok((*f).into()),
        KdlValue::Null => Err(Fault::from("`#null` is no value")),
    }
}

fn zone(text: &str) -> Result<Zone> {
    match text.split_once(':') {
        Some(("group", id)) => Ok(Zone::Group(id.into())),
        Some(("site", id)) => Ok(Zone::Site(id.into())),
        Some(("service", name)) => Ok(Zone::Service(name.into())),
        Some(("internet", range)) => Ok(Zone::Public(range.into())),
        None if text == "internet" => Ok(Zone::Internet),
        _ => {
            Err(Fault(format!("`{text}` is not `group:ID`, `site:ID`, `service:NAME`, `internet:RANGE` or `internet`")))
        }
    }
}

fn find_actor(name: &str) -> Result<Actor> {
    Actor::ALL.iter().copied().find(|a| a.name() == name).ok_or_else(|| Fault(format!("there is no actor `{name}`")))
}

fn argument(node: &KdlNode, index: usize) -> Result<String> {
    let text = node.get(index).and_then(KdlValue::as_string);
    text.map(str::to_owned)
        .ok_or_else(|| Fault(format!("`{}` needs a string as argument {index}", node.name().value())))
}

fn property(node: &KdlNode, name: &str) -> Option<String> {
    node.get(name).and_then(KdlValue::as_string).map(str::to_owned)
}

fn flag(node: &KdlNode, name: &str) -> bool {
    node.get(name).and_then(KdlValue::as_bool).unwrap_or_default()
}

fn children(node: &KdlNode) -> &[KdlNode] {
    node.children().map_or(&[], KdlDocument::nodes)
}

fn place(node: &KdlNode, file: Span) -> Span {
    let start = node.span().offset();
    Span::new(file.file, start, start + node.name().value().len())
}

/// The table's names are static; a case's are few.
fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}
