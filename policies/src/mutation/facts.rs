//! Flips of facts in the Cedar entities. A fact that every type has is flipped
//! once for each type, not for each resource.

use std::collections::BTreeSet;
use std::sync::Arc;

use cedar_policy_core::ast::{Entity, EntityUID, Literal, PartialValue, Request, Value, ValueKind};
use cedar_policy_core::entities::{Dereference, Entities, NoEntitiesSchema, TCComputation};
use cedar_policy_core::evaluator::Evaluator;
use cedar_policy_core::extensions::Extensions;
use migspec_analyze::Analysis;
use migspec_ir::aws::COMMON_FACTS;
use migspec_ir::fact::{Fact, FactType};
use migspec_ir::{Graph, Resource};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::{EVERY_TYPE, Flip, Mutations};
use crate::entities::{self, AWS_OWNED, CedarView, EXTERNAL, OUTSIDE};
use crate::judge::{self, ConditionResult};
use crate::rule::Rule;
use crate::rulebook::Rulebook;
use crate::{PolicyError, cedar};

/// Flips every fact of every resource of a graph, one at a time.
pub(super) fn flip(graph: &Graph, rulebook: &Rulebook, today: u64) -> Result<Mutations, PolicyError> {
    let analysis = Analysis::of(graph);
    let view = CedarView::new(&analysis, today)?;
    let questions = Questions::new(&view, rulebook)?;
    let mut mutations = Mutations::default();
    let mut types = FxHashSet::default();
    for resource in graph.resources.values() {
        let Some(known) = resource.resource_type() else { continue };
        let common = if types.insert(known.name) { COMMON_FACTS } else { &[] };
        let own = known.facts.iter().map(|fact| (known.name, fact));
        for (of, fact) in own.chain(common.iter().map(|fact| (EVERY_TYPE, fact))) {
            match questions.flip(resource, fact)? {
                Some(flip) => mutations.flips.push(Flip { type_name: of, ..flip }),
                None => mutations.unknown += 1,
            }
        }
    }
    Ok(mutations)
}

/// All requests about a graph, with the policies that decide them.
struct Questions<'a> {
    view: &'a CedarView<'a>,
    requests: Vec<Query<'a>>,
    /// The requests whose decision reads an attribute.
    readers: FxHashMap<SmolStr, BTreeSet<usize>>,
    /// The requests that an entity can affect: about it, or about an entity
    /// that refers to it.
    about: FxHashMap<EntityUID, BTreeSet<usize>>,
    /// The string literals of the policies that read an attribute.
    words: FxHashMap<SmolStr, BTreeSet<SmolStr>>,
}

/// A request, with the decision for the unchanged graph.
struct Query<'a> {
    request: Request,
    forbids: Vec<&'a Rule>,
    permits: Vec<&'a Rule>,
    answer: BTreeSet<Arc<str>>,
}

impl<'a> Questions<'a> {
    fn new(view: &'a CedarView<'a>, rulebook: &'a Rulebook) -> Result<Self, PolicyError> {
        let mut questions = Self {
            view,
            requests: Vec::new(),
            readers: FxHashMap::default(),
            about: FxHashMap::default(),
            words: FxHashMap::default(),
        };
        for rule in rulebook.rules()? {
            for attribute in rule.facts() {
                questions.words.entry(attribute.clone()).or_default().extend(rule.words());
            }
        }
        for request in judge::requests(view) {
            let (permits, forbids) = judge::deciders(rulebook, &request)?;
            let answer = refusals(&permits, &forbids, &request, &view.entities)?;
            let index = questions.requests.len();
            for attribute in permits.iter().chain(&forbids).flat_map(|rule| rule.facts()) {
                questions.readers.entry(attribute.clone()).or_default().insert(index);
            }
            for uid in closure(view, [request.principal().uid(), request.resource().uid()]) {
                questions.about.entry(uid).or_default().insert(index);
            }
            questions.requests.push(Query { request, forbids, permits, answer });
        }
        Ok(questions)
    }

    /// A flipped fact of a resource; `None` if it is unknown.
    fn flip(&self, resource: &Resource, fact: &'static Fact) -> Result<Option<Flip>, PolicyError> {
        let uid = self.view.uid(resource.type_name, resource.id.as_str());
        let entity = self.view.entities.entity(&uid);
        let Dereference::Data(entity) = entity else { return Ok(None) };
        let Some(PartialValue::Value(value)) = entity.get(fact.name) else { return Ok(None) };
        let mut noticed_by = BTreeSet::new();
        for other in self.others(fact, value) {
            noticed_by.extend(self.notice(entity, &[(fact.name, other)])?);
        }
        // An external reference also changes the outside attribute.
        if let FactType::Entity(target) = fact.r#type
            && let Some(outside) = entities::outside_name(resource.type_name, fact)
        {
            let external = Value::from((*self.view.uid(target, EXTERNAL)).clone());
            let outside = Value::set([cedar::string(outside)], None);
            noticed_by.extend(self.notice(entity, &[(fact.name, external), (OUTSIDE, outside)])?);
        }
        Ok(Some(Flip {
            resource: resource.id.clone(),
            type_name: resource.type_name,
            fact: fact.name,
            value: value.to_string(),
            noticed_by,
            excluded: None,
        }))
    }

    /// The policies that deny the changed facts.
    fn notice(&self, entity: &Entity, changes: &[(&str, Value)]) -> Result<BTreeSet<Arc<str>>, PolicyError> {
        let Some(about) = self.about.get(entity.uid()) else { return Ok(BTreeSet::new()) };
        let readers = changes.iter().filter_map(|(fact, _)| self.readers.get(*fact));
        let readers: BTreeSet<usize> = readers.flat_map(|readers| readers.intersection(about)).copied().collect();
        if readers.is_empty() {
            return Ok(BTreeSet::new());
        }
        let entities = with(&self.view.entities, entity, changes)?;
        let mut noticed = BTreeSet::new();
        for query in readers.into_iter().map(|index| &self.requests[index]) {
            let refusals = refusals(&query.permits, &query.forbids, &query.request, &entities)?;
            noticed.extend(refusals.difference(&query.answer).cloned());
        }
        Ok(noticed)
    }

    /// The values for a flip: the extremes of the type, and the literals of the
    /// policies that read the fact. Policies decide which value is worse: one
    /// denied value is enough.
    fn others(&self, fact: &Fact, value: &Value) -> Vec<Value> {
        let words = || self.words.get(fact.name).into_iter().flatten().map(|word| cedar::string(word));
        let others: Vec<Value> = match (fact.r#type, value.value_kind()) {
            (FactType::Bool, _) => vec![Value::from(*value == Value::from(false))],
            (FactType::Long, _) => [0, 1, 1 << 31, 1 << 53].map(Value::from).into(),
            (FactType::String, _) => ["", "*", OTHER].map(cedar::string).into_iter().chain(words()).collect(),
            (FactType::StringSet, ValueKind::Set(set)) => {
                let more = [cedar::string("*"), cedar::string(OTHER)].into_iter().chain(words());
                let mut sets: Vec<Value> =
                    more.map(|word| Value::set(set.iter().cloned().chain([word]), None)).collect();
                sets.push(Value::empty_set(None));
                sets
            }
            (FactType::Entity(target), _) => {
                [AWS_OWNED, EXTERNAL].map(|owner| Value::from((*self.view.uid(target, owner)).clone())).into()
            }
            (FactType::StringSet, _) => Vec::new(),
        };
        others.into_iter().filter(|other| other != value).collect()
    }
}

/// Entities, and all entities that they refer to, transitively.
fn closure<'a>(view: &CedarView, from: impl IntoIterator<Item = Option<&'a EntityUID>>) -> BTreeSet<EntityUID> {
    let mut open: Vec<EntityUID> = from.into_iter().flatten().cloned().collect();
    let mut found = BTreeSet::new();
    while let Some(uid) = open.pop() {
        let Dereference::Data(entity) = view.entities.entity(&uid) else { continue };
        open.extend(entity.attrs().filter_map(|(_, value)| match value {
            PartialValue::Value(value) => match value.value_kind() {
                ValueKind::Lit(Literal::EntityUID(uid)) if !found.contains(&**uid) => Some((**uid).clone()),
                _ => None,
            },
            PartialValue::Residual(_) => None,
        }));
        found.insert(uid);
    }
    found
}

/// A literal of no policy.
pub(super) const OTHER: &str = "something else";

/// The entities, with attributes of one of them changed.
fn with(entities: &Entities, entity: &Entity, changes: &[(&str, Value)]) -> Result<Entities, PolicyError> {
    let changed = |name: &str| changes.iter().find(|(fact, _)| *fact == name).map(|(_, value)| value.clone());
    let attributes = entity.attrs().filter_map(|(name, known)| match known {
        PartialValue::Value(known) => Some((name.clone(), changed(name).unwrap_or_else(|| known.clone()))),
        // Entities contain values only.
        PartialValue::Residual(_) => None,
    });
    let changed = crate::cedar::entity(entity.uid().clone(), attributes.collect());
    let changed = entities.clone().upsert_entities(
        [Arc::new(changed)],
        None::<&NoEntitiesSchema>,
        TCComputation::AssumeAlreadyComputed,
        Extensions::all_available(),
    );
    changed.map_err(|error| PolicyError::new("the graph cannot be given to Cedar", [error.to_string()]))
}

/// The reasons for a denial: forbids that apply or are undecided, and the lack
/// of a permit.
fn refusals(
    permits: &[&Rule],
    forbids: &[&Rule],
    request: &Request,
    entities: &Entities,
) -> Result<BTreeSet<Arc<str>>, PolicyError> {
    let evaluator = Evaluator::new(request.clone(), entities, Extensions::all_available());
    let mut refusals = BTreeSet::new();
    for rule in forbids {
        if !matches!(judge::evaluate(rule, &evaluator)?, ConditionResult::Fails) {
            refusals.insert(Arc::clone(&rule.id));
        }
    }
    if !judge::is_permitted(permits, &evaluator)? {
        refusals.insert(NO_PERMIT.into());
    }
    Ok(refusals)
}

/// Name of the ceilings: no permit applies.
const NO_PERMIT: &str = "ceiling";
