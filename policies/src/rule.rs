//! One policy: its annotations, and its condition ready for evaluation.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use cedar_policy_core::ast::{
    ActionConstraint, Effect, EntityReference, EntityUID, Expr, ExprKind, Literal, Policy, PolicyID,
    PrincipalOrResourceConstraint,
};
use cedar_policy_core::parser::parse_policyset;
use migspec_diag::{Severity, did_you_mean};
use migspec_ir::aws::COMMON_FACTS;
use migspec_ir::fact::FactType;
use migspec_ir::resource_type::{self, Terraform};
use smol_str::SmolStr;

use crate::PolicyError;
use crate::catalogue::{self, Control, OwnControls, Tier, Waivable};
use crate::compiled::PolicyLine;
use crate::entities::OUTSIDE;
use crate::vocabulary::STEP;

/// The annotations of a policy, in their order in the file.
const ANNOTATIONS: [&str; 8] = ["id", "control", "extends", "property", "after", "fix", "message", "help"];
/// The annotations of every policy except a ceiling.
const REQUIRED: [&str; 4] = ["id", "control", "message", "help"];
/// The annotations of a permit of a folder, all of them required.
const OF_EXTENSION: [&str; 2] = ["id", "extends"];

/// Prefix of a fact with property paths in `@property`.
const OF_FACT: &str = "resource.";

/// The place that a finding of a policy points at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PointsAt<'r> {
    Resource,
    /// The property at a path.
    Property(&'r str),
    /// The properties in this fact.
    Held(&'r str),
}

/// A policy.
#[derive(Debug)]
pub struct Rule {
    /// The name of the offence.
    pub id: Arc<str>,
    /// The property that a finding points at; with the prefix `resource.`, a
    /// fact with property paths.
    pub property: Option<String>,
    /// Policies whose finding at the same place has the same cause, separated by blanks.
    after: Option<String>,
    /// The value that a spec may write for the setting behind the property.
    pub fix: Option<String>,
    pub message: String,
    pub help: String,
    /// `deploy`, `grant`, `connect`, an effect of the workflow or `step` for all of those.
    pub action: String,
    /// The entity type of the policy, if it has only one.
    pub on: Option<String>,
    pub effect: Effect,
    source: Arc<Source>,
    /// The index of the policy in its file.
    place: usize,
    actor: Option<String>,
    /// The condition of `when` and `unless`; `None` if the scope is the whole
    /// policy.
    pub(crate) condition: Option<Arc<Expr>>,
    /// The names of its controls, separated by blanks.
    control: String,
    /// Those of them that the organisation declares.
    own: Vec<Arc<Control>>,
    /// The policy of its folder that a permit extends.
    extends: Option<String>,
    /// Lazy result of [`Rule::facts`].
    facts: OnceLock<BTreeSet<SmolStr>>,
}

/// A policy file.
#[derive(Debug)]
pub(crate) struct Source {
    stem: Box<str>,
    /// The folder of the file.
    family: Box<str>,
    text: Cow<'static, str>,
    /// Its policies as Cedar values, parsed lazily.
    policies: OnceLock<Result<Vec<Policy>, PolicyError>>,
}

impl Source {
    pub(crate) fn new(family: &str, stem: &str, text: impl Into<Cow<'static, str>>) -> Arc<Self> {
        Arc::new(Self { stem: stem.into(), family: family.into(), text: text.into(), policies: OnceLock::new() })
    }

    /// Whether the file contains permits, any number of them; otherwise it
    /// contains one forbid.
    fn permits(&self) -> bool {
        is_of_permits(&self.family)
    }

    /// The name of one of its policies: the file's, and for permits also the
    /// index.
    fn id(&self, place: usize) -> String {
        let Self { family, stem, .. } = self;
        if self.permits() { format!("{family}/{stem}/{}", place + 1) } else { stem.to_string() }
    }

    /// Its policies, in their order.
    fn policies(&self) -> Result<&[Policy], PolicyError> {
        let parse = || {
            let set = parse_policyset(&self.text).map_err(|error| PolicyError::cedar(&self.stem, &error))?;
            let mut policies: Vec<Policy> = set.into_policies().collect();
            policies.sort_by_key(|p| p.loc().map(|l| l.span.offset()));
            let named = policies.into_iter().enumerate();
            Ok(named.map(|(place, policy)| policy.new_id(PolicyID::from_string(self.id(place)))).collect())
        };
        self.policies.get_or_init(parse).as_deref().map_err(PolicyError::clone)
    }
}

/// Whether the files of a family contain permits.
pub(crate) fn is_of_permits(family: &str) -> bool {
    matches!(family, "ceiling" | "baseline")
}

impl Rule {
    /// Reads a policy file: one forbid, or permits without annotations; in a folder one forbid, or one permit that
    /// extends it. `own` contains the controls of the folder.
    pub(crate) fn parse(source: &Arc<Source>, own: &OwnControls) -> Result<Vec<Self>, PolicyError> {
        let policies = source.policies()?;
        let stem = &source.stem;
        if source.permits() {
            let rules = policies.iter().enumerate().map(|(place, policy)| {
                let rule = Self::new(source, place, policy_line(&source.id(place), policy)?);
                match rule.effect {
                    Effect::Permit => Ok(rule),
                    Effect::Forbid => Err(PolicyError::new(format!("`{}` forbids: it may only permit", rule.id), [])),
                }
            });
            return rules.collect();
        }
        let [policy] = policies else {
            return Err(PolicyError::new(format!("`{stem}` holds {} policies: a file has one", policies.len()), []));
        };
        let policy_line = policy_line(stem, policy)?;
        check_principal(stem, policy)?;
        check_annotations(stem, &policy_line)?;
        let mut rule = Self::new(source, 0, policy_line);
        rule.own = rule.control.split_whitespace().filter_map(|name| own.get(name).cloned()).collect();
        rule.check_controls(own)?;
        rule.check_property()?;
        Ok(vec![rule])
    }

    /// The same policy, except where one of the permits applies.
    pub(crate) fn extend_with(&self, permits: &[&Rule], own: &OwnControls) -> Result<Self, PolicyError> {
        let end = self.cedar()?.loc().map_or(self.text().len(), |loc| loc.span.offset() + loc.span.len());
        let (policy, rest) = self.text().split_at(end);
        let mut text = policy.trim_end().trim_end_matches(';').to_owned();
        for permit in permits {
            text.push_str(&format!("\nunless {{ {} }}", permit.whole_condition()));
        }
        text.push(';');
        text.push_str(rest);
        let rules = Self::parse(&Source::new(self.family(), &self.id, text), own)?;
        rules.into_iter().next().ok_or_else(|| PolicyError::new(format!("`{}` holds no policy", self.id), []))
    }

    /// The condition with the scope: the actor and the type.
    fn whole_condition(&self) -> String {
        let actor = self.actor.iter().map(|actor| format!("principal == Migspec::Actor::{actor:?}"));
        let on = self.on.iter().map(|on| format!("resource is {on}"));
        let condition = self.condition.iter().map(|condition| format!("({condition})"));
        let parts: Vec<String> = actor.chain(on).chain(condition).collect();
        if parts.is_empty() { "true".to_owned() } else { parts.join(" && ") }
    }

    /// The policy of its folder that a permit extends.
    pub(crate) fn extends(&self) -> Option<&str> {
        self.extends.as_deref()
    }

    /// The place of a text in an annotation, with a label: offset and length.
    pub(crate) fn place_in(&self, annotation: &str, text: &str, label: String) -> (usize, usize, String) {
        let start = self.text().find(&format!("@{annotation}("));
        let inside = start.and_then(|start| Some(start + self.text()[start..].find(text)?));
        let whole = self.text().find("forbid").or_else(|| self.text().find("permit")).unwrap_or_default();
        let (at, length) = inside.map_or((whole, 0), |at| (at, text.len()));
        (at, length, label)
    }

    /// A policy of a parsed file.
    pub(crate) fn new(source: &Arc<Source>, place: usize, policy_line: PolicyLine) -> Self {
        let id = source.id(place);
        let PolicyLine { effect, action, on, actor, mut annotations, condition } = policy_line;
        Self {
            id: id.into(),
            control: annotations.remove("control").unwrap_or_default(),
            property: annotations.remove("property"),
            after: annotations.remove("after"),
            fix: annotations.remove("fix"),
            message: annotations.remove("message").unwrap_or_default(),
            help: annotations.remove("help").unwrap_or_default(),
            extends: annotations.remove("extends"),
            own: Vec::new(),
            action,
            on,
            effect,
            source: Arc::clone(source),
            place,
            actor,
            condition,
            facts: OnceLock::new(),
        }
    }

    /// The policies whose finding at the same place has the same cause.
    pub fn after(&self) -> impl Iterator<Item = &str> {
        self.after.iter().flat_map(|names| names.split_whitespace())
    }

    /// The folder of its file.
    pub fn family(&self) -> &str {
        &self.source.family
    }

    /// The text of its file.
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// The comment at the head of the file: the rule's manual.
    pub fn manual(&self) -> String {
        let lines = self.text().lines().map_while(|line| line.trim_start().strip_prefix("//"));
        lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
    }

    /// The content of the policy, for `compiled.txt`.
    pub(crate) fn policy_line(&self) -> Result<PolicyLine, PolicyError> {
        policy_line(&self.id, self.cedar()?)
    }

    pub(crate) fn points_at(&self) -> PointsAt<'_> {
        match self.property.as_deref().map(|property| (property, property.strip_prefix(OF_FACT))) {
            None => PointsAt::Resource,
            Some((_, Some(fact))) => PointsAt::Held(fact),
            Some((property, None)) => PointsAt::Property(property),
        }
    }

    /// The policy as a Cedar value.
    ///
    /// # Errors
    ///
    /// The file of the policy cannot be parsed.
    pub fn cedar(&self) -> Result<&Policy, PolicyError> {
        let missing = || PolicyError::new(format!("the file of `{}` does not hold it", self.id), []);
        self.source.policies()?.get(self.place).ok_or_else(missing)
    }

    /// The actor whose grants it permits.
    pub(crate) fn actor(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    /// The string literals of its condition.
    pub(crate) fn words(&self) -> impl Iterator<Item = SmolStr> {
        let expressions = self.condition.iter().flat_map(|condition| condition.subexpressions());
        expressions.filter_map(|e| match e.expr_kind() {
            ExprKind::Lit(Literal::String(text)) => Some(text.clone()),
            _ => None,
        })
    }

    /// The controls that it names.
    pub fn controls(&self) -> impl Iterator<Item = &Control> {
        let own = |name: &str| self.own.iter().find(|control| control.id == name).map(|control| &**control);
        self.control.split_whitespace().filter_map(move |name| catalogue::control(name).or_else(|| own(name)))
    }

    /// The facts in its condition, of the resource and of its references.
    pub fn facts(&self) -> &BTreeSet<SmolStr> {
        let read = |e: &Expr| match e.expr_kind() {
            ExprKind::GetAttr { attr, .. } => Some(attr.clone()),
            _ => None,
        };
        let expressions = || self.condition.iter().flat_map(|condition| condition.subexpressions());
        self.facts.get_or_init(|| expressions().filter_map(read).collect())
    }

    /// The longest waiver, from its strictest control.
    pub fn waivable(&self) -> Waivable {
        self.controls().map(|c| c.waiver).min().unwrap_or(Waivable::Never)
    }

    /// The PCI DSS 4.0.1 requirements of its controls, in the order of the
    /// standard.
    pub fn requirements(&self) -> Vec<&'static str> {
        catalogue::supported_by(self.controls())
    }

    /// The severity of its most severe control.
    pub fn severity(&self, tier: Tier) -> Severity {
        self.controls().map(|c| c.severity(tier)).max().unwrap_or(Severity::Error)
    }

    fn check_controls(&self, own: &OwnControls) -> Result<(), PolicyError> {
        let unknown = |name: &&str| catalogue::control(name).is_none() && !own.contains_key(*name);
        let Some(name) = self.control.split_whitespace().find(unknown) else { return Ok(()) };
        let message = format!(
            "the policy `{}` names the control `{name}`, which is not in the catalogue, nor in `controls.kdl`",
            self.id
        );
        let known = own.keys().chain(catalogue::controls().keys()).map(String::as_str);
        let label = did_you_mean(name, known).unwrap_or_else(|| "declare it in `controls.kdl`".to_owned());
        Err(PolicyError::at(message, self.place_in("control", name, label)))
    }

    /// A policy for every type must name a common property.
    fn check_common_property(&self, property: &str) -> Result<(), PolicyError> {
        match property {
            "Tags" => Ok(()),
            _ => {
                Err(PolicyError::new(format!("the policy `{}` names a property but no type that has it", self.id), []))
            }
        }
    }

    fn check_property(&self) -> Result<(), PolicyError> {
        let id = &self.id;
        if self.fix.is_some() && !matches!(self.points_at(), PointsAt::Property(_)) {
            return Err(PolicyError::new(
                format!("the policy `{id}` has `@fix` without the `@property` to change"),
                [],
            ));
        }
        let property = match self.points_at() {
            PointsAt::Resource => return Ok(()),
            PointsAt::Property(property) => property,
            PointsAt::Held(fact) => {
                let own = self.on.as_deref().and_then(resource_type::find);
                let known = own.is_some_and(|of| of.facts.iter().any(|f| f.name == fact))
                    || fact == OUTSIDE
                    || COMMON_FACTS.iter().any(|f| f.name == fact && f.r#type == FactType::StringSet);
                let message = || format!("the policy `{id}`: neither its type nor all types have the fact `{fact}`");
                return if known { Ok(()) } else { Err(PolicyError::new(message(), [])) };
            }
        };
        if self.on.is_none() {
            return self.check_common_property(property);
        }
        let Some(known) = self.on.as_deref().and_then(resource_type::find) else {
            let message = format!("the policy `{id}` names a property but no type that has it");
            return Err(PolicyError::new(message, []));
        };
        let Terraform::Column(column) = &known.terraform else { return Ok(()) };
        let first = property.split('.').next().unwrap_or(property);
        let mut names = column.properties.iter().map(|p| p.name);
        if names.clone().any(|name| name == first) {
            return Ok(());
        }
        let help = did_you_mean(first, names.by_ref()).unwrap_or_default();
        Err(PolicyError::new(format!("the policy `{id}`: `{}` has no property `{first}`: {help}", known.name), []))
    }
}

/// The content of a policy, from Cedar's parser.
fn policy_line(id: &str, policy: &Policy) -> Result<PolicyLine, PolicyError> {
    let action = match policy.action_constraint() {
        ActionConstraint::Eq(action) => entity_name(action),
        // `action in Action::"step"`: every effect of the workflow.
        ActionConstraint::In(actions) if matches!(actions.as_slice(), [one] if entity_name(one) == STEP) => {
            STEP.to_owned()
        }
        ActionConstraint::Any | ActionConstraint::In(_) => {
            return Err(PolicyError::new(format!("the policy `{id}` lacks `action == Action::\"…\"`"), []));
        }
    };
    let on = match policy.resource_constraint().as_inner() {
        PrincipalOrResourceConstraint::Any => None,
        PrincipalOrResourceConstraint::Is(t) => Some(t.to_string()),
        PrincipalOrResourceConstraint::In(_)
        | PrincipalOrResourceConstraint::Eq(_)
        | PrincipalOrResourceConstraint::IsIn(..) => {
            return Err(PolicyError::new(
                format!("the policy `{id}` names a single resource: write `resource is TYPE`"),
                [],
            ));
        }
    };
    let actor = match policy.principal_constraint().as_inner() {
        PrincipalOrResourceConstraint::Eq(EntityReference::EUID(actor)) => Some(entity_name(actor)),
        _ => None,
    };
    let annotations = policy.annotations().map(|(name, text)| (name.to_string(), text.val.to_string())).collect();
    let condition = policy.non_scope_constraints_arc().cloned();
    Ok(PolicyLine { effect: policy.effect(), action, on, actor, annotations, condition })
}

/// The name of an entity, as it was before the text quoted it.
fn entity_name(entity: &EntityUID) -> String {
    AsRef::<str>::as_ref(entity.eid()).to_owned()
}

fn check_principal(id: &str, policy: &Policy) -> Result<(), PolicyError> {
    if *policy.principal_constraint().as_inner() == PrincipalOrResourceConstraint::Any
        || policy.effect() == Effect::Permit
    {
        return Ok(());
    }
    Err(PolicyError::new(format!("the policy `{id}` restricts its principal: a forbid applies to every principal"), []))
}

fn check_annotations(id: &str, policy_line: &PolicyLine) -> Result<(), PolicyError> {
    let refuse = |what: String| Err(PolicyError::new(format!("the policy `{id}` {what}"), []));
    let extends = policy_line.annotations.contains_key("extends");
    match (policy_line.effect, extends) {
        (Effect::Forbid, true) => return refuse("has `@extends`, but forbids: only a permit extends".to_owned()),
        (Effect::Permit, false) => {
            return refuse(
                "permits: policies of a folder can only forbid, or permit with `@extends` what another one of the folder forbids"
                    .to_owned(),
            );
        }
        (Effect::Forbid, false) | (Effect::Permit, true) => {}
    }
    let required: &[&str] = if extends { &OF_EXTENSION } else { &REQUIRED };
    for name in policy_line.annotations.keys() {
        if !ANNOTATIONS.contains(&name.as_str()) {
            let help = did_you_mean(name, ANNOTATIONS).unwrap_or_default();
            return refuse(format!("has the unknown annotation `@{name}`: {help}"));
        }
    }
    if let Some(name) = policy_line.annotations.keys().find(|name| extends && !OF_EXTENSION.contains(&name.as_str())) {
        return refuse(format!("has `@{name}`: a permit takes everything else from the policy that it extends"));
    }
    for name in required {
        if policy_line.annotations.get(*name).is_none_or(String::is_empty) {
            return refuse(format!("has no `@{name}`"));
        }
    }
    if policy_line.annotations.get("id").map(String::as_str) != Some(id) {
        return refuse("has an `@id` that is not its file's name".to_owned());
    }
    match policy_line.condition.as_deref().and_then(forbidden) {
        Some(expression) => refuse(format!("uses `{expression}`: facts are total, so it would hide an unknown one")),
        None => Ok(()),
    }
}

/// `has` tests the presence of a fact, so it would take an unknown fact for an
/// absent one.
fn forbidden(condition: &Expr) -> Option<&'static str> {
    condition.subexpressions().find_map(|e| match e.expr_kind() {
        ExprKind::HasAttr { .. } | ExprKind::ExtHasAttr { .. } => Some("has"),
        _ => None,
    })
}
