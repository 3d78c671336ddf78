//! The vocabulary of the table of resource types, one file for each type.
//!
//! The table is read in both directions. Forwards it turns a resource of the
//! graph into Terraform; backwards it reads a Terraform plan into the words of
//! the graph. So every form here is a fact, not a procedure.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::class::Classes;
use crate::fact::Fact;
use crate::graph::{Graph, Resource};
use crate::workflow::Described;

/// All that migspec knows of one type.
#[derive(Debug)]
pub struct ResourceType {
    /// As in the CloudFormation registry: `AWS::RDS::DBCluster`.
    pub name: &'static str,
    /// The output file of the type.
    pub concern: Concern,
    pub terraform: Terraform,
    /// The facts of the type, in addition to those of every type.
    pub facts: &'static [Fact],
    /// The treatment of an override of each property.
    pub classes: Classes,
}

impl ResourceType {
    /// How a deployment finds existing resources of the type.
    pub fn lookup(&self) -> Option<&'static Lookup> {
        match &self.terraform {
            Terraform::Column(column) => column.lookup,
            Terraform::NotEmitted => None,
        }
    }

    /// All that policies see of it.
    pub fn all_facts(&self) -> impl Iterator<Item = &'static Fact> + use<> {
        self.facts.iter().chain(crate::aws::COMMON_FACTS)
    }
}

/// The output files, grouped for reviewers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Concern {
    Network,
    Security,
    Database,
    Replication,
    Functions,
    Workflow,
    Api,
    Storage,
    Monitoring,
    Configuration,
}

impl Concern {
    pub const ALL: &'static [Concern] = &[
        Concern::Network,
        Concern::Security,
        Concern::Database,
        Concern::Replication,
        Concern::Functions,
        Concern::Workflow,
        Concern::Api,
        Concern::Storage,
        Concern::Monitoring,
        Concern::Configuration,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Concern::Network => "network",
            Concern::Security => "security",
            Concern::Database => "database",
            Concern::Replication => "replication",
            Concern::Functions => "functions",
            Concern::Workflow => "workflow",
            Concern::Api => "api",
            Concern::Storage => "storage",
            Concern::Monitoring => "monitoring",
            Concern::Configuration => "configuration",
        }
    }
}

/// How Terraform writes a type.
#[derive(Debug)]
pub enum Terraform {
    Column(Column),
    /// Only policies look at it; no back end writes it.
    NotEmitted,
}

/// The mapping of a resource of the graph to a Terraform resource. Write
/// `..Column::BASE` for the defaults.
#[derive(Debug)]
pub struct Column {
    /// `aws_rds_cluster`.
    pub resource: &'static str,
    /// The attribute for CloudFormation's `Ref`.
    pub reference: &'static str,
    /// Attributes of `Fn::GetAtt` with their Terraform attribute and path:
    /// `master_user_secret[0].secret_arn`.
    pub attributes: &'static [(&'static str, &'static str)],
    pub properties: &'static [Property],
    /// Arguments that have no property and always the same value. A reader
    /// expects them and makes nothing of them.
    pub fixed: &'static [(&'static str, Fixed)],
    /// Resources that only Terraform makes beside this one.
    pub own: &'static [Own],
    /// The `timeouts` block: `("delete", "60m")`.
    pub timeouts: &'static [(&'static str, &'static str)],
    /// Arguments with which Terraform deletes the content of a resource too: written where it is not retained.
    pub emptied: &'static [&'static str],
    /// For types that know final snapshots.
    pub final_snapshot: Option<FinalSnapshot>,
    /// Attributes that only Terraform knows.
    pub own_attributes: &'static [OwnAttribute],
    /// Arguments that AWS changes after the creation of the resource.
    pub drift: &'static [Drift],
    /// The property that identifies the version of an immutable resource.
    /// CloudFormation's logical id ends in its hash, so that a new value is a new
    /// resource.
    pub version: Option<&'static str>,
    /// How a deployment finds existing resources of the type.
    pub lookup: Option<&'static Lookup>,
}

/// How a deployment finds an existing resource, and compares the declared facts
/// with it.
#[derive(Debug)]
pub struct Lookup {
    /// Terraform's data source; empty where the provider has none. The workflow then compares alone.
    pub data: &'static str,
    /// Its argument with the identity.
    pub by: &'static str,
    /// The part of the identity that the argument takes.
    pub part: Part,
    /// Attributes of `Fn::GetAtt` that equal the identity.
    pub same: &'static [&'static str],
    /// The properties that the data source returns.
    pub compares: &'static [(&'static str, Compare)],
    /// How a workflow describes them, one for each call.
    pub describe: &'static [Describe],
}

/// How a workflow describes existing resources, and compares the declared facts with the answer.
#[derive(Debug)]
pub struct Describe {
    pub described: Described,
    /// The property with the id of the described resource, where it is not the identity.
    pub of: Option<&'static str>,
    /// The properties that the answer has.
    pub compares: &'static [(&'static str, Field)],
}

/// How the value of a property is found in the answer of a call.
#[derive(Clone, Copy, Debug)]
pub enum Field {
    /// The field equals the value.
    Equal(&'static str),
    /// The member of the set with this `Key` has the `Value` of the declared one.
    Setting { set: &'static str, key: &'static str },
    /// The associated ones of the set have the items of the value and nothing else.
    Associated { set: &'static str, member: &'static str, state: &'static str },
    /// The text of the field is a number above 0, if the value is true.
    Positive(&'static str),
    /// A member of the set has the value.
    Among { set: &'static str, member: &'static str },
    /// The value is the target of the default route, or `none`.
    DefaultRoute(Family),
    /// The text of the field is a policy with the statements of the value and no other one.
    Policy(&'static str),
    /// The field names the key of the value, by its ARN or its id.
    Key(&'static str),
}

impl Lookup {
    /// The defaults of a lookup.
    pub const BASE: Lookup = Lookup { data: "", by: "", part: Part::Whole, same: &[], compares: &[], describe: &[] };

    /// The value of the data source's argument for an identity.
    pub fn argument<'a>(&self, identity: &'a str) -> &'a str {
        match self.part {
            Part::Whole => identity,
            Part::Last => identity.rsplit(':').next().unwrap_or(identity),
        }
    }
}

/// The part of an identity that finds a resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    Whole,
    /// The name at the end of an ARN.
    Last,
}

/// How the value of a property is found in the attributes of a data source.
#[derive(Clone, Copy, Debug)]
pub enum Compare {
    /// The attribute equals the value.
    Equal(&'static str),
    /// The attribute is JSON text of the same document.
    Json(&'static str),
    /// The attribute contains every item of the value.
    Contains(&'static str),
    /// The attribute contains the items of the value and nothing else.
    Same(&'static str),
    /// The attribute is one of the items of the value, and empty where the value has none.
    OneOf(&'static str),
    /// The value is the target of the default route, or `none`: the routes are in
    /// this attribute.
    DefaultRoute(&'static str, Family),
}

/// A family of addresses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    Ipv4,
    Ipv6,
}

impl Family {
    /// The block of all addresses.
    pub fn everywhere(self) -> &'static str {
        match self {
            Family::Ipv4 => "0.0.0.0/0",
            Family::Ipv6 => "::/0",
        }
    }

    /// The property of a route with its destination.
    pub fn destination_property(self) -> &'static str {
        match self {
            Family::Ipv4 => "DestinationCidrBlock",
            Family::Ipv6 => "DestinationIpv6CidrBlock",
        }
    }

    /// The attribute of a data source's route with its destination.
    pub fn destination(self) -> &'static str {
        match self {
            Family::Ipv4 => "cidr_block",
            Family::Ipv6 => "ipv6_cidr_block",
        }
    }
}

impl Column {
    /// The defaults of a column.
    pub const BASE: Column = Column {
        resource: "",
        reference: "id",
        attributes: &[],
        properties: &[],
        fixed: &[],
        own: &[],
        timeouts: &[],
        emptied: &[],
        final_snapshot: None,
        own_attributes: &[],
        drift: &[],
        version: None,
        lookup: None,
    };
}

/// An argument that AWS changes after the creation of the resource: the next apply
/// would undo the change. Terraform ignores it, whether the argument is set or not.
#[derive(Debug)]
pub struct Drift {
    pub argument: &'static str,
    /// The resources with this drift.
    pub when: fn(&Resource, &Graph) -> bool,
    /// The effect of an apply that undoes the change: a row of the parity table.
    pub otherwise: &'static str,
}

/// A resource that only Terraform makes beside another, named like it.
#[derive(Debug)]
pub struct Own {
    /// `aws_default_security_group`.
    pub resource: &'static str,
    pub links: Links,
    pub fixed: &'static [(&'static str, Fixed)],
    /// The substitute in CloudFormation: a row of the parity table.
    pub instead: &'static str,
}

/// An attribute that `Fn::GetAtt` does not know. A stack of its own takes it as a
/// parameter without a default, named after the resource and the attribute.
#[derive(Debug)]
pub struct OwnAttribute {
    /// As [`Value::Attribute`](crate::Value::Attribute) names it.
    pub name: &'static str,
    /// Terraform's.
    pub attribute: &'static str,
    /// The values that the parameter accepts: a regular expression.
    pub pattern: &'static str,
    /// A row of the parity table.
    pub instead: &'static str,
    /// The command that prints the attribute, without a region. `{id}` is the physical id of the resource.
    pub command: &'static str,
}

/// Arguments of a resource that point at another, and the attribute of the
/// other that each takes: `("bucket", "id")`.
pub type Links = &'static [(&'static str, &'static str)];

/// The arguments for the final snapshot. With the lifecycle `snapshot`,
/// `identifier` is the value of `name_from` with the suffix `-final`; otherwise
/// `skip` is true.
#[derive(Debug)]
pub struct FinalSnapshot {
    pub skip: &'static str,
    pub identifier: &'static str,
    /// A property.
    pub name_from: &'static str,
}

/// A constant argument.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Fixed {
    Bool(bool),
    Integer(i64),
    String(&'static str),
}

/// A property and where Terraform writes it.
#[derive(Debug)]
pub struct Property {
    /// As in the CloudFormation registry.
    pub name: &'static str,
    pub form: Form,
}

impl Property {
    pub const fn new(name: &'static str, form: Form) -> Self {
        Self { name, form }
    }
}

/// A property that is an argument as it is.
pub const fn argument(name: &'static str, argument: &'static str) -> Property {
    Property::new(name, Form::Argument(argument))
}

/// Tags, as most types have them.
pub const TAGS: Property = Property::new("Tags", Form::Tags("tags"));

/// The ways in which a property becomes Terraform.
///
/// Each form defines the place of the value in the *current body* (the
/// resource's, or that of a nested block). Backwards, exactly one form claims
/// each argument and block of a body; the others are unmapped.
#[derive(Debug)]
pub enum Form {
    /// `a = value`, as it is: the keys of a map are left alone.
    Argument(&'static str),
    /// `a = jsonencode(value)`: an object, or text that holds one. Backwards
    /// the text is parsed.
    Json(&'static str),
    /// CloudFormation has text where Terraform has a number or a boolean:
    /// `"60"` and `60`.
    Typed(&'static str),
    /// CloudFormation has a number or a boolean where Terraform has text:
    /// `60` and `"60"`.
    Text(&'static str),
    /// `[{Key, Value}]` as a map.
    Tags(&'static str),
    /// A list of pairs as a map: `[{Name: "a", Value: "b"}]` and `{ a = "b" }`.
    Pairs { argument: &'static str, key: &'static str, value: &'static str },
    /// A map as one block for each entry: `{a: "b"}` and
    /// `parameter { name = "a", value = "b" }`, with constants beside.
    Entries { block: &'static str, key: &'static str, value: &'static str, fixed: &'static [(&'static str, Fixed)] },
    /// A list of objects with one property as a list of its values:
    /// `[{Value: "a"}]` and `["a"]`.
    Values { argument: &'static str, property: &'static str },
    /// An object as one nested block; an empty object as an empty block.
    Block(&'static str, &'static [Property]),
    /// A list of objects as repeated nested blocks.
    Blocks(&'static str, &'static [Property]),
    /// An object as an argument: `a = { … }`.
    Object(&'static str, &'static [Property]),
    /// A list of objects as an argument: `a = [{ … }]`.
    Objects(&'static str, &'static [Property]),
    /// An object whose properties are in the current body. Backwards it exists if
    /// any of them does.
    Inline(&'static [Property]),
    /// A form inside the nested block of this name, which other properties share.
    Within(&'static str, &'static Form),
    /// A list of exactly one item; the item has this form.
    Single(&'static Form),
    /// `a = [value]`.
    Listed(&'static str),
    /// A list of objects whose properties are in the current body, each argument
    /// and block with the item's prefix: `tunnel1_` and `tunnel2_`.
    Numbered(&'static [&'static str], &'static [Property]),
    /// A list of pairs, each a setting of its own: `[{Key: "idle.seconds",
    /// Value: "60"}]`. The properties are named by the pairs' keys.
    Settings { key: &'static str, value: &'static str, properties: &'static [Property] },
    /// The words of an enumeration with a different spelling in the provider:
    /// CloudFormation's, then Terraform's. Other words are equal.
    Words(&'static str, &'static [(&'static str, &'static str)]),
    /// A word that is a boolean in Terraform.
    Flag { argument: &'static str, yes: &'static str, no: &'static str },
    /// A boolean that is a word in Terraform.
    Switch { argument: &'static str, yes: &'static str, no: &'static str },
    /// A boolean whose sense is the opposite.
    Inverted(&'static str),
    /// The argument depends on the word in the property `by` beside it:
    /// `("VPC", "vpc_id")`. That property is [`Form::Implied`].
    Choice { by: &'static str, arguments: &'static [(&'static str, &'static str)] },
    /// A word that Terraform does not write: it follows from which of the
    /// arguments or blocks in the current body is there: `("VPC", "vpc_id")`.
    Implied(&'static [(&'static str, &'static str)]),
    /// The form holds only where the property `property` of the resource has
    /// one of these values. Properties whose conditions exclude each other may
    /// share an argument.
    When { property: &'static str, values: &'static [&'static str], form: &'static Form },
    /// One half of the path of a method setting: see [`method_path`](crate::method_path).
    MethodPath(&'static str, MethodPath),
    /// An argument with the ARN of a secret. Terraform asks AWS for the ARN of a secret that exists, by its name
    /// (fact: terraform-dms-secret).
    Secret(&'static str),
    /// A deployment package ([`Value::Package`](crate::Value::Package)): the
    /// archive's file and its base64 SHA-256. A map is in the current body, by
    /// `properties`.
    Package { file: &'static str, hash: &'static str, properties: &'static [Property] },
    /// A resource of its own, named like the resource it belongs to.
    /// Properties with the same satellite share it.
    Satellite(Satellite),
    /// A list, each item a resource of its own.
    Satellites {
        /// The property of the item whose text names it (after the last `/` or
        /// `:`, in snake case); empty: the item is the text itself. Where it
        /// is no literal, and where two are equal, the place from 1.
        name_from: &'static str,
        each: Satellite,
    },
    /// A secret that AWS makes up and no state holds: an ephemeral resource
    /// whose result a satellite writes through a write-only argument.
    Generated(Generated),
    /// Text that no state may contain ([`Value::Generated`](crate::Value::Generated)
    /// or a literal): a write-only argument with its version argument, always 1.
    /// Backwards the value is unknown.
    WriteOnly { argument: &'static str, version: &'static str },
    /// A property of ours that CloudFormation does not have; Terraform writes it
    /// in this form. A row of the parity table has the substitute.
    TerraformOnly { form: &'static Form, instead: &'static str },
    /// Without the property, CloudFormation writes the JSON text `default`,
    /// because AWS's default differs from Terraform's; a reader treats it as
    /// absent. A row of the parity table has the reason.
    CloudFormationDefault { default: &'static str, form: &'static Form, why: &'static str },
    /// Terraform has no equivalent. A row of the parity table has the substitute.
    Absent(&'static str),
}

impl Form {
    /// The argument of a form that is one argument.
    pub fn argument(&self) -> Option<&'static str> {
        match self {
            Form::Argument(name)
            | Form::Json(name)
            | Form::Typed(name)
            | Form::Text(name)
            | Form::Secret(name)
            | Form::Tags(name)
            | Form::Pairs { argument: name, .. }
            | Form::Values { argument: name, .. }
            | Form::Object(name, _)
            | Form::Objects(name, _)
            | Form::Listed(name)
            | Form::Words(name, _)
            | Form::Flag { argument: name, .. }
            | Form::Switch { argument: name, .. }
            | Form::Inverted(name)
            | Form::WriteOnly { argument: name, .. }
            | Form::MethodPath(name, _) => Some(name),
            _ => None,
        }
    }
}

/// A Terraform resource made from a part of a resource.
#[derive(Debug)]
pub struct Satellite {
    pub resource: &'static str,
    /// To the resource that the part belongs to: for a satellite inside a
    /// satellite that is the outer satellite.
    pub links: Links,
    pub fixed: &'static [(&'static str, Fixed)],
    /// The value in the satellite's body: [`Form::Inline`] for an object.
    pub form: &'static Form,
    /// Satellites of the same resource that must be made first, though nothing
    /// refers to them: Terraform types.
    pub after: &'static [&'static str],
}

/// One half of the path of a method setting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MethodPath {
    /// `/~1payment`, `/*`
    Resource,
    /// `POST`, `*`
    Method,
}

/// How a generated secret is written.
#[derive(Debug)]
pub struct Generated {
    /// The ephemeral resource.
    pub ephemeral: &'static str,
    /// Its result.
    pub attribute: &'static str,
    /// The arguments of the ephemeral resource.
    pub properties: &'static [Property],
    /// The property with the JSON text that the secret is added to.
    pub template: &'static str,
    /// The property with the key under which it is added.
    pub key: &'static str,
    /// The resource that stores the text: template and secret, or the secret.
    pub store: &'static str,
    pub links: Links,
    /// The attribute of the ephemeral resource of the store's type, with the stored text.
    pub stored: &'static str,
    /// The write-only argument of the store.
    pub argument: &'static str,
    /// The version argument of the write-only argument; always 1, because rotation
    /// creates the next versions.
    pub version: &'static str,
}

/// The type with this CloudFormation name.
pub fn find(name: &str) -> Option<&'static ResourceType> {
    static INDEX: LazyLock<FxHashMap<&'static str, &'static ResourceType>> =
        LazyLock::new(|| crate::aws::types().map(|t| (t.name, t)).collect());
    INDEX.get(name).copied()
}
