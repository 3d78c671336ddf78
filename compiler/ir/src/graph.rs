//! The graph: everything that one migration needs in one environment.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
use migspec_diag::Span;

use crate::datum::{Datum, IntoDatum, Map, Origin, Value};
use crate::id::Id;
use crate::overriding::Override;
use crate::resource_type::{self, ResourceType};
use crate::workflow::Workflow;

/// Everything that one migration needs in one environment.
#[derive(Clone, Debug)]
pub struct Graph {
    /// The migration's key.
    pub migration: Arc<str>,
    pub environment: Environment,
    /// The spec declares that the migration runs: no deployment may interrupt it.
    pub under_way: bool,
    /// The standard that the migration is held to.
    pub standard: Option<Arc<str>>,
    /// In the order in which they were derived.
    pub resources: IndexMap<Id, Resource>,
    pub flows: Vec<Flow>,
    pub grants: Vec<Grant>,
    /// The kind of actor that each role serves.
    pub actors: IndexMap<Id, Actor>,
    /// By the id of their state machine.
    pub workflows: IndexMap<Id, Workflow>,
    pub waivers: Vec<Waiver>,
    /// In the order in which they were applied.
    pub overrides: Vec<Override>,
    pub parameters: Vec<Parameter>,
    pub outputs: Vec<Output>,
    pub state: Option<StateStore>,
    pub deployer: Option<Deployer>,
    /// The tags that the organisation demands of every resource.
    pub required_tags: Vec<Arc<str>>,
    /// What owners of existing resources do before the deployment.
    pub requests: Vec<Request>,
}

impl Graph {
    /// A graph of a production environment without content, for cases and tests.
    pub fn empty(span: Span) -> Self {
        let environment = Environment {
            name: "prod".into(),
            account: "222222222222".into(),
            region: "us-east-1".into(),
            partition: "aws",
            production: true,
            span,
        };
        Self { standard: Some("pci-dss".into()), ..Self::new("case", environment) }
    }

    pub fn new(migration: &str, environment: Environment) -> Self {
        Self {
            migration: migration.into(),
            environment,
            under_way: false,
            standard: None,
            resources: IndexMap::new(),
            flows: Vec::new(),
            grants: Vec::new(),
            actors: IndexMap::new(),
            workflows: IndexMap::new(),
            waivers: Vec::new(),
            overrides: Vec::new(),
            parameters: Vec::new(),
            outputs: Vec::new(),
            state: None,
            deployer: None,
            required_tags: Vec::new(),
            requests: Vec::new(),
        }
    }

    pub fn get(&self, id: &Id) -> Option<&Resource> {
        self.resources.get(id)
    }

    /// The resources that exist before the deployment.
    pub fn existing(&self) -> impl Iterator<Item = (&Resource, &Existing)> {
        self.resources.values().filter_map(|r| Some((r, r.existing.as_ref()?)))
    }

    /// The literal value of `Ref`, or of an attribute, of an existing resource.
    /// `None` for other resources, and for attributes that nothing declares.
    pub fn identity(&self, id: &Id, attribute: Option<&str>) -> Option<Arc<str>> {
        let resource = self.get(id)?;
        let existing = resource.existing.as_ref().filter(|existing| !existing.is_requested)?;
        let Some(attribute) = attribute else { return Some(existing.identity.clone()) };
        let same = resource.resource_type().and_then(ResourceType::lookup).is_some_and(|l| l.same.contains(&attribute));
        match resource.get(attribute) {
            _ if same => Some(existing.identity.clone()),
            Some(Datum { value: Value::String(text), .. }) => Some(text.clone()),
            _ => None,
        }
    }

    /// A value with literal identities for its references. `None` if one of them exists only after the deployment.
    pub fn literal(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Ref(id) => self.identity(id, None).map(Value::String),
            Value::Attribute(id, name) => self.identity(id, Some(name)).map(Value::String),
            Value::Bool(_) | Value::Integer(_) | Value::String(_) | Value::List(_) | Value::Map(_) => {
                Some(value.clone())
            }
            _ => None,
        }
    }

    /// The resources of one AWS type.
    pub fn of_type<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Resource> {
        self.resources.values().filter(move |r| r.type_name == name)
    }
}

/// Where a graph is deployed.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The suffix of physical names.
    pub name: Arc<str>,
    pub account: Arc<str>,
    pub region: Arc<str>,
    /// `aws`, `aws-us-gov` or `aws-cn`, from the region.
    pub partition: &'static str,
    /// Rules are stricter where live account data is handled.
    pub production: bool,
    pub span: Span,
}

/// A resource: an AWS resource in AWS's own vocabulary, or a thing of the
/// migration itself (`Migspec::…`) that only policies look at.
#[derive(Clone, Debug)]
pub struct Resource {
    pub id: Id,
    /// As in the CloudFormation registry: `AWS::RDS::DBCluster`.
    pub type_name: &'static str,
    pub properties: Map,
    /// Orders that no reference shows.
    pub depends_on: Vec<Id>,
    pub lifecycle: Lifecycle,
    /// The region, where it is not the environment's.
    pub region: Option<Arc<str>>,
    /// No deployment creates or changes it; its properties are what the spec declares.
    pub existing: Option<Existing>,
    /// The node of the spec: `database "ledger" > backup`.
    pub path: Arc<str>,
    pub origin: Origin,
    /// Settings behind facts that no property shows, by the name of the fact.
    pub causes: Vec<(&'static str, Origin)>,
}

impl Resource {
    /// The resources that a deployment creates before this one.
    pub fn needs(&self) -> BTreeSet<Id> {
        let mut needs: BTreeSet<Id> = self.depends_on.iter().cloned().collect();
        for (_, datum) in self.properties.iter() {
            datum.value.references(&mut |id, _| {
                needs.insert(id.clone());
            });
        }
        needs.remove(&self.id);
        needs
    }

    pub fn new(type_name: &'static str, id: impl Into<Id>, path: impl Into<Arc<str>>, origin: Origin) -> Self {
        Self {
            id: id.into(),
            type_name,
            properties: Map::new(),
            depends_on: Vec::new(),
            lifecycle: Lifecycle::default(),
            region: None,
            existing: None,
            path: path.into(),
            origin,
            causes: Vec::new(),
        }
    }

    /// Names the setting behind a fact that no property shows, such as a firewall that is left out.
    pub fn because(mut self, fact: &'static str, setting: Option<Origin>) -> Self {
        self.causes.extend(setting.map(|origin| (fact, origin)));
        self
    }

    /// Sets a property. A value without an origin takes that of the resource.
    pub fn set(mut self, name: &str, value: impl IntoDatum) -> Self {
        self.properties.set(name, value.into_datum(self.origin));
        self
    }

    /// Sets a property where there is a value.
    pub fn set_if(self, name: &str, value: Option<impl IntoDatum>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    /// Sets all properties of a map.
    pub fn set_all(mut self, properties: Map) -> Self {
        for (name, datum) in properties.iter() {
            self.properties.set(name, datum.clone());
        }
        self
    }

    pub fn after(mut self, id: impl Into<Id>) -> Self {
        self.depends_on.push(id.into());
        self
    }

    /// Deleting the stack leaves it in place; Terraform refuses to destroy it.
    pub fn retained(mut self) -> Self {
        self.lifecycle.retain = true;
        self
    }

    /// Properties that change at run time and that a deployment leaves alone.
    pub fn ignoring(mut self, properties: &[&'static str]) -> Self {
        self.lifecycle.ignore.extend_from_slice(properties);
        self
    }

    /// It exists with this identity: the value of `Ref`.
    pub fn existing(mut self, identity: impl Into<Arc<str>>, settings: Settings) -> Self {
        self.existing = Some(Existing { identity: identity.into(), owner: None, settings, is_requested: false });
        self
    }

    /// Its owner creates it by the commands of `requests.md`. It has no identity yet: nothing that a deployment
    /// creates can name it. `owner` is the account, where it is not the environment's.
    pub fn requested_from(mut self, owner: Option<Arc<str>>) -> Self {
        let identity = self.id.as_str().into();
        self.existing = Some(Existing { identity, owner, settings: &[], is_requested: true });
        self
    }

    /// Whether the spec describes a resource that is there already: AWS's defaults say nothing about it.
    pub fn is_declared(&self) -> bool {
        self.existing.as_ref().is_some_and(|existing| !existing.is_requested)
    }

    /// The account of an existing resource, where it is not the environment's.
    pub fn owned_by(mut self, account: Option<Arc<str>>) -> Self {
        if let Some(existing) = &mut self.existing {
            existing.owner = account;
        }
        self
    }

    pub fn in_region(mut self, region: impl Into<Arc<str>>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// The property at a path of names and indices: `A.B.0.C`.
    pub fn get(&self, path: &str) -> Option<&Datum> {
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        self.properties.get(first).and_then(|d| d.get(rest))
    }

    pub fn resource_type(&self) -> Option<&'static ResourceType> {
        resource_type::find(self.type_name)
    }
}

/// A resource that exists before the deployment. Its properties are declared
/// facts: one that is not declared is unknown, and never AWS's default.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Existing {
    /// The value of CloudFormation's `Ref`: an id, a name or an ARN.
    pub identity: Arc<str>,
    /// The account that owns it, where it is not the environment's.
    pub owner: Option<Arc<str>>,
    pub settings: Settings,
    /// The owner creates it first: the identity is the id of the graph, and AWS has nothing to compare.
    pub is_requested: bool,
}

/// How a spec declares each fact of an existing resource: the fact, and the
/// setting to write.
pub type Settings = &'static [(&'static str, &'static str)];

impl Existing {
    /// The setting that declares a fact.
    pub fn setting(&self, fact: &str) -> Option<&'static str> {
        self.settings.iter().find(|(name, _)| *name == fact).map(|(_, text)| *text)
    }
}

/// When the owner of an existing resource acts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Moment {
    Before,
    /// The deployment creates a part first, and needs the change for another one.
    During,
    After,
}

impl Moment {
    /// As a phrase: `before the deployment`.
    pub fn phrase(self) -> &'static str {
        match self {
            Moment::Before => "before the deployment",
            Moment::During => "while the deployment runs",
            Moment::After => "after the deployment",
        }
    }
}

/// A change that the owner of an existing resource makes.
#[derive(Clone, PartialEq, Debug)]
pub struct Request {
    /// The account of the owner.
    pub owner: Arc<str>,
    /// The resource to change: an id or an ARN.
    pub subject: Arc<str>,
    pub when: Moment,
    /// Why the migration needs it.
    pub why: String,
    /// Commands of the AWS CLI, in order.
    pub commands: Vec<String>,
    pub origin: Origin,
}

/// The handling of a resource on deletion and replacement.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Lifecycle {
    /// `DeletionPolicy: RetainExceptOnCreate` and `UpdateReplacePolicy: Retain`; `prevent_destroy`.
    pub retain: bool,
    /// `DeletionPolicy: Snapshot`, where a type knows final snapshots.
    pub snapshot: bool,
    /// Must not change while the migration is in flight: a row of the stack policy.
    pub frozen: bool,
    /// The new one is made before the old one goes.
    pub create_before_destroy: bool,
    /// Properties that change at run time: `ignore_changes`; in CloudFormation a
    /// row of the stack policy.
    pub ignore: Vec<&'static str>,
}

/// One end of a flow.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Zone {
    /// The members of a security group.
    Group(Id),
    /// A place outside AWS: the `Migspec::Site` with this id.
    Site(Id),
    /// An AWS service, reached through its VPC endpoint: `secretsmanager`.
    Service(Arc<str>),
    /// A range of public addresses.
    Public(Arc<str>),
    Internet,
}

impl Zone {
    /// Whether it is beyond an internet or NAT gateway.
    pub fn is_on_internet(&self) -> bool {
        matches!(self, Zone::Public(_) | Zone::Internet)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Zone::Group(id) | Zone::Site(id) => id.fmt(f),
            Zone::Service(service) => write!(f, "the service {service}"),
            Zone::Public(range) => write!(f, "{range} of the internet"),
            Zone::Internet => f.write_str("the internet"),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Protocol {
    Tcp,
    Udp,
}

impl Protocol {
    /// As EC2 writes it.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
        }
    }
}

/// Who may reach whom. Security-group rules, routes, Transit Gateway routes
/// and network ACLs are derived from flows and from nothing else.
#[derive(Clone, PartialEq, Debug)]
pub struct Flow {
    pub from: Zone,
    pub to: Zone,
    pub protocol: Protocol,
    pub port: u16,
    /// The reason that the spec gives for a port without a known service.
    pub reason: Option<Arc<str>>,
    /// The relation of the spec that needs it: `replication "ledger" > from`.
    pub why: Arc<str>,
    pub origin: Origin,
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {} on {} {}", self.from, self.to, self.protocol.name(), self.port)
    }
}

/// A right of a role. Role policies are printed from grants and from nothing else.
#[derive(Clone, PartialEq, Debug)]
pub struct Grant {
    /// The `AWS::IAM::Role` that holds it.
    pub role: Id,
    /// IAM actions such as `dms:StartReplicationTask`, without wildcards.
    pub actions: Vec<&'static str>,
    /// ARNs; the string `*` only for actions without resource-level permission.
    pub resources: Vec<Datum>,
    pub conditions: Vec<Condition>,
    /// The relation or the workflow state that needs it.
    pub why: Arc<str>,
    pub origin: Origin,
}

/// A condition of a statement.
#[derive(Clone, PartialEq, Debug)]
pub struct Condition {
    /// `StringEquals`, `ArnLike`, …
    pub operator: &'static str,
    /// A condition key such as `kms:ViaService`.
    pub key: Arc<str>,
    pub values: Vec<Datum>,
}

/// The kinds of actor. Each has a ceiling of rights in the policies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Actor {
    Preflight,
    Validator,
    Fence,
    Sequences,
    Reverse,
    Rollback,
    Rotation,
    Authorizer,
    Monitor,
    Workflow,
    DmsVpc,
    DmsLogs,
    DmsSecret,
    ApiLogging,
    FlowLogs,
    EnhancedMonitoring,
    Pager,
    Events,
    Approver,
}

impl Actor {
    pub const ALL: &'static [Actor] = &[
        Actor::Preflight,
        Actor::Validator,
        Actor::Fence,
        Actor::Sequences,
        Actor::Reverse,
        Actor::Rollback,
        Actor::Rotation,
        Actor::Authorizer,
        Actor::Monitor,
        Actor::Workflow,
        Actor::DmsVpc,
        Actor::DmsLogs,
        Actor::DmsSecret,
        Actor::ApiLogging,
        Actor::FlowLogs,
        Actor::EnhancedMonitoring,
        Actor::Pager,
        Actor::Events,
        Actor::Approver,
    ];

    /// In kebab case.
    pub fn name(self) -> &'static str {
        match self {
            Actor::Preflight => "preflight",
            Actor::Validator => "validator",
            Actor::Fence => "fence",
            Actor::Sequences => "sequences",
            Actor::Reverse => "reverse",
            Actor::Rollback => "rollback",
            Actor::Rotation => "rotation",
            Actor::Authorizer => "authorizer",
            Actor::Monitor => "monitor",
            Actor::Workflow => "workflow",
            Actor::DmsVpc => "dms-vpc",
            Actor::DmsLogs => "dms-logs",
            Actor::DmsSecret => "dms-secret",
            Actor::ApiLogging => "api-logging",
            Actor::FlowLogs => "flow-logs",
            Actor::EnhancedMonitoring => "enhanced-monitoring",
            Actor::Pager => "pager",
            Actor::Events => "events",
            Actor::Approver => "approver",
        }
    }
}

/// A finding that is accepted for a time.
#[derive(Clone, PartialEq, Debug)]
pub struct Waiver {
    pub rule: Arc<str>,
    /// The last day, in days since 1970-01-01.
    pub until: u64,
    pub owner: Arc<str>,
    pub approved_by: Arc<str>,
    pub reason: Arc<str>,
    pub ticket: Option<Arc<str>>,
    pub control: Option<Arc<str>>,
    /// The path of the node it concerns: `api "payments"`. Empty: all.
    pub scope: Arc<str>,
    /// The only IAM action that it accepts; `None`: every action of a finding.
    pub action: Option<Arc<str>>,
    /// The only fact that it accepts without a value.
    pub fact: Option<Arc<str>>,
    pub span: Span,
    pub spans: WaiverSpans,
}

/// The places of the values of a waiver.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct WaiverSpans {
    pub rule: Span,
    pub until: Span,
    pub owner: Span,
    pub approved_by: Span,
    pub reason: Span,
    pub control: Option<Span>,
    pub ticket: Option<Span>,
    /// The action or the fact.
    pub part: Option<Span>,
}

impl Waiver {
    /// The only part of a finding that it accepts: an action or a fact.
    pub fn part(&self) -> Option<&str> {
        self.action.as_deref().or(self.fact.as_deref())
    }
}

/// A value that is given at deployment. Always with a default.
#[derive(Clone, PartialEq, Debug)]
pub struct Parameter {
    pub name: Arc<str>,
    pub description: String,
    pub default: Arc<str>,
}

/// A value that a deployment prints.
#[derive(Clone, PartialEq, Debug)]
pub struct Output {
    pub name: Arc<str>,
    pub description: String,
    pub value: Datum,
}

/// Where Terraform keeps its state.
#[derive(Clone, PartialEq, Debug)]
pub struct StateStore {
    /// Terraform's name of the backend; `cloud` for HCP Terraform.
    pub backend: &'static str,
    pub arguments: Vec<(Arc<str>, Arc<str>)>,
}

/// The role that deploys.
#[derive(Clone, PartialEq, Debug)]
pub struct Deployer {
    pub role: Arc<str>,
    pub external_id: Option<Arc<str>>,
}
