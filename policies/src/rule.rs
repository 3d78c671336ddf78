//! One policy: what its file says, and its condition ready for evaluation.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cedar_policy::{ActionConstraint, Effect, Policy, PolicyId, PrincipalConstraint, ResourceConstraint};
use cedar_policy_core::ast::{Expr, ExprKind, Literal};
use migspec_diag::{Severity, did_you_mean};
use migspec_ir::aws::COMMON_FACTS;
use migspec_ir::fact::FactType;
use migspec_ir::resource_type::{self, Terraform};
use smol_str::SmolStr;

use crate::Failure;
use crate::catalogue::{self, Control, Waivable};
use crate::entities::OUTSIDE;
use crate::judge::workflow::STEP;

/// The annotations of a policy, in the order in which they are written.
const ANNOTATIONS: [&str; 5] = ["id", "control", "property", "message", "help"];
/// Those that every policy but a ceiling has.
const REQUIRED: [&str; 4] = ["id", "control", "message", "help"];

/// How `@property` names a fact that holds paths.
const OF_FACT: &str = "resource.";

/// Where a finding of a policy points.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PointsAt<'r> {
    Resource,
    /// The property at a path.
    Property(&'r str),
    /// The properties whose paths this fact holds.
    Held(&'r str),
}

/// A policy.
#[derive(Debug)]
pub struct Rule {
    /// The name of the offence.
    pub id: Arc<str>,
    /// The folder of the file.
    pub family: Arc<str>,
    /// The comment at the head of the file: the rule's manual.
    pub manual: String,
    pub controls: Vec<&'static Control>,
    /// The property that a finding points at; `resource.` and the name of a
    /// fact that holds paths for the first of those.
    pub property: Option<String>,
    pub message: String,
    pub help: String,
    /// `deploy`, `grant`, `connect`, an effect of the workflow or `step` for all of those.
    pub action: String,
    /// The entity type it concerns, where it is only one.
    pub on: Option<String>,
    pub effect: Effect,
    pub text: String,
    pub(crate) policy: Policy,
    /// What stands in `when` and `unless`; `None` if the scope says it all.
    pub(crate) condition: Option<Arc<Expr>>,
    /// The attributes that the condition reads.
    pub(crate) reads: BTreeSet<SmolStr>,
}

impl Rule {
    /// Reads a policy file with one policy.
    pub(crate) fn parse(stem: &str, family: &str, text: &str) -> Result<Self, Failure> {
        Self::of(stem, family, text, Self::policies(stem, text)?)
    }

    /// The policies of a file, in their order.
    pub(crate) fn policies(stem: &str, text: &str) -> Result<Vec<Policy>, Failure> {
        let set: cedar_policy::PolicySet = text.parse().map_err(|error| Failure::cedar(stem, &error))?;
        let mut policies: Vec<Policy> = set.policies().cloned().collect();
        policies.sort_by_key(|p| p.as_ref().loc().map(|l| l.span.offset()));
        Ok(policies)
    }

    /// The rule of a file that holds one policy.
    pub(crate) fn of(stem: &str, family: &str, text: &str, policies: Vec<Policy>) -> Result<Self, Failure> {
        let [policy] = <[Policy; 1]>::try_from(policies).map_err(|policies| {
            Failure::new(format!("`{stem}` holds {} policies: a file has one", policies.len()), [])
        })?;
        let rule = Self::new(stem, family, text, policy.new_id(PolicyId::new(stem)))?;
        rule.check_annotations()?;
        Ok(rule)
    }

    /// The rules of a file of permits, which have no annotations.
    pub(crate) fn permits(family: &str, stem: &str, text: &str, policies: Vec<Policy>) -> Result<Vec<Self>, Failure> {
        policies
            .into_iter()
            .enumerate()
            .map(|(i, policy)| {
                let id = format!("{family}/{stem}/{}", i + 1);
                let policy = policy.new_id(PolicyId::new(&id));
                let rule = Self::new(&id, family, text, policy)?;
                match rule.effect {
                    Effect::Permit => Ok(rule),
                    Effect::Forbid => Err(Failure::new(format!("`{family}/{stem}` forbids: it may only permit"), [])),
                }
            })
            .collect()
    }

    fn new(id: &str, family: &str, text: &str, policy: Policy) -> Result<Self, Failure> {
        let action = match policy.action_constraint() {
            ActionConstraint::Eq(action) => action.id().unescaped().to_owned(),
            // `action in Action::"step"`: every effect of the workflow.
            ActionConstraint::In(actions) if matches!(actions.as_slice(), [one] if one.id().unescaped() == STEP) => {
                STEP.to_owned()
            }
            ActionConstraint::Any | ActionConstraint::In(_) => {
                return Err(Failure::new(format!("the policy `{id}` does not say `action == Action::\"…\"`"), []));
            }
        };
        let on = match policy.resource_constraint() {
            ResourceConstraint::Any => None,
            ResourceConstraint::Is(t) => Some(t.to_string()),
            ResourceConstraint::In(_) | ResourceConstraint::Eq(_) | ResourceConstraint::IsIn(..) => {
                return Err(Failure::new(
                    format!("the policy `{id}` names a single resource: say `resource is TYPE`"),
                    [],
                ));
            }
        };
        let written = written(&policy);
        let annotation = |name: &str| written.get(name).map(|text| (*text).to_owned());
        let condition = policy.as_ref().non_scope_constraints_arc().cloned();
        let reads = condition.as_deref().map(reads).unwrap_or_default();
        Ok(Self {
            id: id.into(),
            family: family.into(),
            manual: manual(text),
            controls: controls(id, written.get("control").copied())?,
            property: annotation("property"),
            message: annotation("message").unwrap_or_default(),
            help: annotation("help").unwrap_or_default(),
            action,
            on,
            effect: policy.effect(),
            text: text.to_owned(),
            condition,
            reads,
            policy,
        })
    }

    pub(crate) fn points_at(&self) -> PointsAt<'_> {
        match self.property.as_deref().map(|property| (property, property.strip_prefix(OF_FACT))) {
            None => PointsAt::Resource,
            Some((_, Some(fact))) => PointsAt::Held(fact),
            Some((property, None)) => PointsAt::Property(property),
        }
    }

    /// The policy as Cedar has it.
    pub fn cedar(&self) -> &Policy {
        &self.policy
    }

    /// The actor whose right it permits.
    pub(crate) fn actor(&self) -> Option<String> {
        match self.policy.principal_constraint() {
            PrincipalConstraint::Eq(actor) => Some(actor.id().unescaped().to_owned()),
            _ => None,
        }
    }

    /// The texts that stand in its condition.
    pub(crate) fn words(&self) -> impl Iterator<Item = SmolStr> {
        let expressions = self.condition.iter().flat_map(|condition| condition.subexpressions());
        expressions.filter_map(|e| match e.expr_kind() {
            ExprKind::Lit(Literal::String(text)) => Some(text.clone()),
            _ => None,
        })
    }

    /// The facts that its condition asks for, of the resource and of what that refers to.
    pub fn facts(&self) -> impl Iterator<Item = &str> {
        self.reads.iter().map(SmolStr::as_str)
    }

    /// For how long a finding may be accepted: as its strictest control says.
    pub fn waivable(&self) -> Waivable {
        self.controls.iter().map(|c| c.waiver).min().unwrap_or(Waivable::Never)
    }

    /// The numbers of PCI DSS 4.0.1 that its controls support, in the order of the standard.
    pub fn requirements(&self) -> Vec<&'static str> {
        let supports = |number: &str| self.controls.iter().any(|c| c.requirements.iter().any(|r| r == number));
        catalogue::requirements().iter().map(|r| r.number).filter(|number| supports(number)).collect()
    }

    /// How severe the offence is: that of the most severe control.
    pub fn severity(&self, production: bool) -> Severity {
        self.controls.iter().map(|c| c.severity(production)).max().unwrap_or(Severity::Error)
    }

    fn check_annotations(&self) -> Result<(), Failure> {
        let id = &self.id;
        let refuse = |what: String| Err(Failure::new(format!("the policy `{id}` {what}"), []));
        let written = written(&self.policy);
        for name in written.keys().copied() {
            if !ANNOTATIONS.contains(&name) {
                let help = did_you_mean(name, ANNOTATIONS).unwrap_or_default();
                return refuse(format!("has the unknown annotation `@{name}`: {help}"));
            }
        }
        for name in REQUIRED {
            if written.get(name).is_none_or(|text| text.is_empty()) {
                return refuse(format!("has no `@{name}`"));
            }
        }
        if written.get("id").copied() != Some(&**id) {
            return refuse("has an `@id` that is not its file's name".to_owned());
        }
        if let Some(expression) = self.condition.as_deref().and_then(forbidden) {
            return refuse(format!("uses `{expression}`: facts are total, so that it would hide an unknown one"));
        }
        if !matches!(self.policy.principal_constraint(), PrincipalConstraint::Any) && self.effect == Effect::Forbid {
            return refuse("restricts its principal: every forbid holds for all".to_owned());
        }
        self.check_property()
    }

    /// A policy of every type names a property that many have.
    fn check_common_property(&self, property: &str) -> Result<(), Failure> {
        match property {
            "Tags" => Ok(()),
            _ => Err(Failure::new(format!("the policy `{}` names a property but no type that has it", self.id), [])),
        }
    }

    fn check_property(&self) -> Result<(), Failure> {
        let id = &self.id;
        let property = match self.points_at() {
            PointsAt::Resource => return Ok(()),
            PointsAt::Property(property) => property,
            PointsAt::Held(fact) => {
                let known =
                    fact == OUTSIDE || COMMON_FACTS.iter().any(|f| f.name == fact && f.r#type == FactType::StringSet);
                let message = || format!("the policy `{id}`: no fact `{fact}` of every resource holds paths");
                return if known { Ok(()) } else { Err(Failure::new(message(), [])) };
            }
        };
        if self.on.is_none() {
            return self.check_common_property(property);
        }
        let Some(known) = self.on.as_deref().and_then(resource_type::find) else {
            let message = format!("the policy `{id}` names a property but no type that has it");
            return Err(Failure::new(message, []));
        };
        let Terraform::Column(column) = &known.terraform else { return Ok(()) };
        let first = property.split('.').next().unwrap_or(property);
        let mut names = column.properties.iter().map(|p| p.name);
        if names.clone().any(|name| name == first) {
            return Ok(());
        }
        let help = did_you_mean(first, names.by_ref()).unwrap_or_default();
        Err(Failure::new(format!("the policy `{id}`: `{}` has no property `{first}`: {help}", known.name), []))
    }
}

/// The annotations of a policy. Asked for one by its name, Cedar parses that
/// name each time; a list of all costs nothing.
fn written(policy: &Policy) -> BTreeMap<&str, &str> {
    policy.annotations().collect()
}

/// `ENC-RDS-01` or several, separated by blanks.
fn controls(id: &str, text: Option<&str>) -> Result<Vec<&'static Control>, Failure> {
    text.unwrap_or_default()
        .split_whitespace()
        .map(|name| {
            catalogue::control(name).ok_or_else(|| {
                Failure::new(format!("the policy `{id}` names the control `{name}`, which is not in the catalogue"), [])
            })
        })
        .collect()
}

/// The comment at the head of a file, without its marks.
fn manual(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.trim_start().strip_prefix("//"));
    lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

fn reads(condition: &Expr) -> BTreeSet<SmolStr> {
    condition
        .subexpressions()
        .filter_map(|e| match e.expr_kind() {
            ExprKind::GetAttr { attr, .. } => Some(attr.clone()),
            _ => None,
        })
        .collect()
}

/// `has` asks whether a fact is there: a fact that cannot be known would be
/// taken for one that is not there.
fn forbidden(condition: &Expr) -> Option<&'static str> {
    condition.subexpressions().find_map(|e| match e.expr_kind() {
        ExprKind::HasAttr { .. } | ExprKind::ExtHasAttr { .. } => Some("has"),
        _ => None,
    })
}
