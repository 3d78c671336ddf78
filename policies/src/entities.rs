//! Graph to Cedar entities: one for each resource, and sentinels for references
//! to resources outside the graph.
//!
//! Facts that are unknown at compile time are absent from their entity. Strict
//! validation proves that a policy reads only declared facts, so a missing
//! attribute always means an unknown fact. The policy is then undecided, which
//! is never a pass.

pub(crate) mod states;

use std::sync::Arc;

use cedar_policy_core::ast::{Entity, EntityUID, Literal, PartialValue, Value, ValueKind};
use cedar_policy_core::entities::{Dereference, Entities, NoEntitiesSchema, TCComputation};
use cedar_policy_core::extensions::Extensions;
use indexmap::IndexSet;
use migspec_analyze::Analysis;
use migspec_analyze::workflow::Exploration;
use migspec_ir::fact::{Absent, Fact, FactType, FactValue, Read};
use migspec_ir::resource_type::{self, ResourceType};
use migspec_ir::{Actor, Graph, Id, Index, Resource, Zone};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use smol_str::SmolStr;

use crate::arn;
use crate::cedar::{Types, action, entity};
use crate::part::{Part, Setting};
use crate::vocabulary::{MACHINE, STATE};
use crate::{PolicyError, cedar};

/// Sentinel for a resource that AWS owns, such as a default key.
pub(crate) const AWS_OWNED: &str = "aws-owned";
/// Sentinel for a resource outside the graph.
pub(crate) const EXTERNAL: &str = "external";
/// The target of a grant on a resource without a type in the table.
pub(crate) const TARGET: &str = "Migspec::Target";
/// The attribute with the owner of a resource: `spec`, `aws` or `external`.
pub(crate) const OWNER: &str = "owner";

/// The attribute with the references that lead out of the graph, by their
/// property or fact.
pub(crate) const OUTSIDE: &str = "outside";

/// The name of a reference fact in [`OUTSIDE`]. `None` for references that may
/// leave the graph: keys, which have separate policies, and secrets of logins,
/// which the author names.
pub(crate) fn outside_name(type_name: &str, fact: &Fact) -> Option<&'static str> {
    let FactType::Entity(target) = fact.r#type else { return None };
    let named =
        target == "AWS::SecretsManager::Secret" && ["AWS::DMS::Endpoint", "Migspec::Login"].contains(&type_name);
    if target == "AWS::KMS::Key" && type_name != "AWS::KMS::Alias" || named {
        return None;
    }
    Some(match fact.read {
        Read::Property(path, _) => path,
        Read::Computed(_) => fact.name,
    })
}

/// A graph as Cedar entities.
pub(crate) struct CedarView<'a> {
    pub graph: &'a Graph,
    /// The subjects of the requests.
    pub part: Part<'a>,
    /// The resources of the part, and all resources that they refer to.
    pub entities: Entities,
    /// The principal of deployments.
    pub migration: Arc<EntityUID>,
    types: Types,
    /// Unknown facts, by resource.
    unknown: FxHashMap<Id, Vec<&'static str>>,
    /// The ports on which the databases of each zone listen, where flows are judged.
    pub listeners: FxHashSet<(Zone, u16)>,
    /// The executions of each workflow, if the part has the workflows.
    pub explored: &'a [(&'a Id, Exploration<'a>)],
}

impl<'a> CedarView<'a> {
    /// The whole graph. `today` is in days since 1970-01-01.
    pub(crate) fn new(analysis: &'a Analysis<'_>, today: u64) -> Result<Self, PolicyError> {
        let graph = analysis.graph;
        Self::of(analysis, &Setting::new(graph, today), Part::whole(graph), Types::default())
    }

    /// A part of a graph. Known type names are reused.
    pub(crate) fn of(
        analysis: &'a Analysis<'_>,
        setting: &Setting<'a>,
        part: Part<'a>,
        types: Types,
    ) -> Result<Self, PolicyError> {
        if !part.workflows {
            return Self::of_resources(setting, part, types);
        }
        // Workflow exploration and resource facts are independent of each
        // other.
        std::thread::scope(|threads| {
            let explored = threads.spawn(|| analysis.explorations());
            let view = Self::of_resources(setting, part, types)?;
            let explored = explored.join().map_err(|_| PolicyError::new("a workflow cannot be explored", []))?;
            Ok(Self { explored, ..view })
        })
    }

    /// The entities without workflow exploration.
    fn of_resources(setting: &Setting<'a>, part: Part<'a>, types: Types) -> Result<Self, PolicyError> {
        let graph = setting.graph;
        let (mut builder, mut entities) = Builder::halves(setting, &part, types)?;
        builder.others(&part, &mut entities)?;
        if !part.grants.is_empty() {
            builder.sentinels.extend(arn::arn_types());
        }
        builder.sentinels(&mut entities);
        let migration = builder.migration(setting.today, &mut entities);
        builder.actors(&mut entities);
        // Only requests name these types.
        ["Action", TARGET, STATE, MACHINE].iter().for_each(|name| drop(builder.types.uid(name, "")));
        crate::zones::entities(part.flows, &setting.holders, &mut builder.types, &mut entities);
        if part.workflows {
            states::entities(graph, &mut builder.types, &mut entities);
        }
        let entities = Entities::from_entities(
            entities,
            None::<&NoEntitiesSchema>,
            // Actions have one parent without a parent; other entities have
            // none.
            TCComputation::AssumeAlreadyComputed,
            Extensions::all_available(),
        )
        .map_err(|error| PolicyError::new("the graph cannot be given to Cedar", [error.to_string()]))?;
        let Builder { types, unknown, .. } = builder;
        let listeners = if part.flows.is_empty() { FxHashSet::default() } else { crate::zones::listeners(graph) };
        Ok(Self { graph, part, entities, migration, types, unknown, listeners, explored: &[] })
    }

    pub(crate) fn types(&self) -> &Types {
        &self.types
    }

    pub(crate) fn uid(&self, type_name: &str, id: &str) -> Arc<EntityUID> {
        let entity_type = self.types.get(type_name).cloned().unwrap_or_else(|| cedar::entity_type(type_name));
        Arc::new(cedar::uid(&entity_type, id))
    }

    pub(crate) fn action(&self, name: &str) -> Arc<EntityUID> {
        self.uid("Action", name)
    }

    /// The texts of a set fact, sorted.
    pub(crate) fn texts(&self, resource: &Resource, fact: &str) -> Vec<SmolStr> {
        let entity = self.entities.entity(&self.uid(resource.type_name, resource.id.as_str()));
        let Dereference::Data(entity) = entity else { return Vec::new() };
        let Some(PartialValue::Value(value)) = entity.get(fact) else { return Vec::new() };
        let ValueKind::Set(set) = value.value_kind() else { return Vec::new() };
        let mut texts: Vec<SmolStr> = set.iter().filter_map(text).collect();
        texts.sort_unstable();
        texts
    }

    /// The unknown facts of a resource.
    pub(crate) fn unknown_facts(&self, id: &Id) -> &[&'static str] {
        self.unknown.get(id).map_or(&[], Vec::as_slice)
    }
}

fn text(value: &Value) -> Option<SmolStr> {
    match value.value_kind() {
        ValueKind::Lit(Literal::String(text)) => Some(text.clone()),
        _ => None,
    }
}

struct Builder<'a> {
    graph: &'a Graph,
    index: &'a Index<'a>,
    types: Types,
    unknown: FxHashMap<Id, Vec<&'static str>>,
    /// The types of external references.
    sentinels: FxHashSet<&'static str>,
    /// The resources that a part refers to; `None` for the whole graph.
    wanted: Option<IndexSet<&'a Id, FxBuildHasher>>,
}

impl<'a> Builder<'a> {
    /// The resources of a part, half of them on another thread.
    fn halves(setting: &'a Setting<'a>, part: &Part<'a>, types: Types) -> Result<(Self, Vec<Entity>), PolicyError> {
        let half = |first: usize, types: Types| {
            let mut builder = Builder {
                graph: setting.graph,
                index: &setting.index,
                types,
                unknown: FxHashMap::default(),
                sentinels: FxHashSet::default(),
                wanted: (!part.whole).then(IndexSet::default),
            };
            // Neighbours have similar costs, so the halves alternate.
            let resources = part.resources.values().skip(first).step_by(2);
            let entities = resources.map(|resource| builder.resource(resource)).collect::<Result<Vec<_>, _>>()?;
            Ok::<_, PolicyError>((builder, entities))
        };
        std::thread::scope(|threads| {
            let known = types.clone();
            let other = threads.spawn(|| half(1, known));
            let (mut builder, mut entities) = half(0, types)?;
            let (other, others) = other.join().map_err(|_| PolicyError::new("the graph cannot be read", []))??;
            builder.types.extend(other.types);
            builder.unknown.extend(other.unknown);
            builder.sentinels.extend(other.sentinels);
            if let (Some(wanted), Some(other)) = (&mut builder.wanted, other.wanted) {
                wanted.extend(other);
            }
            entities.extend(others);
            Ok((builder, entities))
        })
    }

    /// The resources that a part refers to without containing them,
    /// transitively.
    fn others(&mut self, part: &Part<'a>, entities: &mut Vec<Entity>) -> Result<(), PolicyError> {
        if let Some(wanted) = &mut self.wanted {
            wanted.extend(arn::targets(self.graph, part.grants));
        }
        let mut next = 0;
        while let Some(id) = self.wanted.as_ref().and_then(|wanted| wanted.get_index(next).copied()) {
            next += 1;
            if let Some(resource) = self.graph.get(id).filter(|_| !part.holds(self.graph, id)) {
                entities.push(self.resource(resource)?);
            }
        }
        Ok(())
    }

    fn resource(&mut self, resource: &Resource) -> Result<Entity, PolicyError> {
        let Some(known) = resource.resource_type() else {
            let message =
                format!("the type `{}` of `{}` is not in the table of types", resource.type_name, resource.id);
            return Err(PolicyError::new(message, []));
        };
        self.sentinels.insert(known.name);
        let mut attributes = vec![(SmolStr::new_static(OWNER), cedar::string("spec"))];
        let mut outside = Vec::new();
        for fact in known.all_facts() {
            let value = fact.of(resource, self.index);
            if value == FactValue::External {
                outside.extend(outside_name(known.name, fact));
            }
            match self.value(fact.r#type, value) {
                Some(value) => attributes.push((SmolStr::new_static(fact.name), value)),
                None => self.unknown.entry(resource.id.clone()).or_default().push(fact.name),
            }
        }
        attributes.push((SmolStr::new_static(OUTSIDE), cedar::strings(outside)));
        Ok(entity(self.types.uid(known.name, resource.id.as_str()), attributes))
    }

    /// The value of a fact; `None` if it is unknown or does not match the
    /// fact's type.
    fn value(&mut self, fact_type: FactType, value: FactValue) -> Option<Value> {
        if let FactType::Entity(target) = fact_type {
            self.sentinels.insert(target);
        }
        match (fact_type, value) {
            (FactType::Bool, FactValue::Bool(b)) => Some(b.into()),
            (FactType::Long, FactValue::Long(n)) => Some(n.into()),
            (FactType::String, FactValue::String(s)) => Some(cedar::string(&s)),
            (FactType::StringSet, FactValue::StringSet(s)) => Some(cedar::strings(s.iter().map(|s| &**s))),
            (FactType::Entity(target), FactValue::AwsOwned) => Some(self.types.uid(target, AWS_OWNED).into()),
            (FactType::Entity(target), FactValue::External) => Some(self.types.uid(target, EXTERNAL).into()),
            (FactType::Entity(target), FactValue::Entity(id)) => {
                let found = self.graph.get(&id).filter(|r| r.type_name == target)?;
                if let Some(wanted) = &mut self.wanted {
                    wanted.insert(&found.id);
                }
                Some(self.types.uid(target, found.id.as_str()).into())
            }
            _ => None,
        }
    }

    /// An AWS resource has default facts; an external resource has no known
    /// fact besides its owner.
    fn sentinels(&mut self, entities: &mut Vec<Entity>) {
        let mut done: FxHashSet<&'static str> = FxHashSet::default();
        // A sentinel's own references lead to further sentinels.
        while let Some(name) = self.sentinels.iter().copied().find(|name| !done.contains(name)) {
            done.insert(name);
            let owner = |word: &str| (SmolStr::new_static(OWNER), cedar::string(word));
            entities.push(entity(self.types.uid(name, EXTERNAL), vec![owner("external")]));
            let mut attributes = vec![owner("aws"), (SmolStr::new_static(OUTSIDE), cedar::strings(std::iter::empty()))];
            for fact in resource_type::find(name).into_iter().flat_map(ResourceType::all_facts) {
                if let Some(value) = self.value(fact.r#type, default(fact)) {
                    attributes.push((SmolStr::new_static(fact.name), value));
                }
            }
            entities.push(entity(self.types.uid(name, AWS_OWNED), attributes));
        }
    }

    fn actors(&mut self, entities: &mut Vec<Entity>) {
        for actor in Actor::ALL {
            let attributes = vec![("function".into(), Value::from(is_function(*actor)))];
            entities.push(entity(self.types.uid("Migspec::Actor", actor.name()), attributes));
        }
    }

    fn migration(&mut self, today: u64, entities: &mut Vec<Entity>) -> Arc<EntityUID> {
        let environment = &self.graph.environment;
        let uid = self.types.uid("Migspec::Migration", &self.graph.migration);
        let attributes = vec![
            ("environment".into(), cedar::string(&environment.name)),
            ("production".into(), Value::from(environment.production)),
            ("region".into(), cedar::string(&environment.region)),
            ("today".into(), Value::from(i64::try_from(today).unwrap_or(i64::MAX))),
        ];
        entities.push(entity(uid.clone(), attributes));
        Arc::new(uid)
    }
}

/// Whether the actor is one of the migration's own functions.
fn is_function(actor: Actor) -> bool {
    match actor {
        Actor::Preflight
        | Actor::Validator
        | Actor::Fence
        | Actor::Sequences
        | Actor::Reverse
        | Actor::Rollback
        | Actor::Rotation
        | Actor::Authorizer
        | Actor::Monitor => true,
        Actor::Workflow
        | Actor::DmsVpc
        | Actor::DmsLogs
        | Actor::DmsSecret
        | Actor::ApiLogging
        | Actor::FlowLogs
        | Actor::EnhancedMonitoring
        | Actor::Pager
        | Actor::Events
        | Actor::Approver => false,
    }
}

/// The fact of an unconfigured resource.
fn default(fact: &Fact) -> FactValue {
    match (fact.read, fact.r#type) {
        (Read::Property(_, Absent::Bool(b)), _) => FactValue::Bool(b),
        (Read::Property(_, Absent::Long(n)), _) => FactValue::Long(n),
        (Read::Property(_, Absent::String(s)), _) => FactValue::String(s.into()),
        (_, FactType::Bool) => FactValue::Bool(false),
        (_, FactType::Long) => FactValue::Long(0),
        (_, FactType::String) => FactValue::String("".into()),
        (_, FactType::StringSet) => FactValue::StringSet(Default::default()),
        (_, FactType::Entity(_)) => FactValue::AwsOwned,
    }
}
