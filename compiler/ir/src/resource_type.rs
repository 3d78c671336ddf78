//! The vocabulary of the table of resource types: what a type's file says.
//!
//! The table is read in both directions. Forwards it turns a resource of the
//! graph into Terraform; backwards it reads a Terraform plan into the words of
//! the graph. So every form here is a fact, not a procedure.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::fact::Fact;

/// All that migspec knows of one type.
#[derive(Debug)]
pub struct ResourceType {
    /// As in the CloudFormation registry: `AWS::RDS::DBCluster`.
    pub name: &'static str,
    /// The file it stands in.
    pub concern: Concern,
    pub terraform: Terraform,
    /// What policies see of it.
    pub facts: &'static [Fact],
}

/// The files of the output: what a reviewer reads together.
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

/// How one Terraform resource is made from a resource of the graph.
#[derive(Debug)]
pub struct Column {
    /// `aws_rds_cluster`.
    pub resource: &'static str,
    /// The attribute that stands for CloudFormation's `Ref`.
    pub reference: &'static str,
    /// Attributes of `Fn::GetAtt` and the Terraform attributes that stand for them.
    pub attributes: &'static [(&'static str, &'static str)],
    pub properties: &'static [Property],
    /// Arguments that have no property and always the same value.
    pub fixed: &'static [(&'static str, Fixed)],
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

/// The ways in which a property becomes Terraform.
#[derive(Debug)]
pub enum Form {
    /// The value as it is.
    Argument(&'static str),
    /// A document as JSON text.
    Json(&'static str),
    /// `[{Key, Value}]` as a map.
    Tags(&'static str),
    /// `[{Name, Value}]` as repeated blocks or a map, with the names of the pair.
    Pairs { argument: &'static str, key: &'static str, value: &'static str },
    /// An object as one nested block.
    Block(&'static str, &'static [Property]),
    /// A list of objects as repeated nested blocks.
    Blocks(&'static str, &'static [Property]),
    /// An object whose properties stand beside the parent's.
    Inline(&'static [Property]),
    /// A list of one item as the item itself.
    Single(&'static str),
    /// A single item as a list of one.
    Listed(&'static str),
    /// The words of an enumeration that the provider spells otherwise.
    Words(&'static str, &'static [(&'static str, &'static str)]),
    /// A boolean whose sense is the opposite.
    Inverted(&'static str),
    /// A resource of its own, which points at the parent by `link` = the
    /// parent's `parent` attribute.
    Satellite { resource: &'static str, link: &'static str, parent: &'static str, properties: &'static [Property] },
    /// A list of objects, each a resource of its own, named after `name_from`
    /// in the object.
    Satellites {
        resource: &'static str,
        link: &'static str,
        parent: &'static str,
        name_from: &'static str,
        properties: &'static [Property],
    },
    /// Terraform has no such thing: a row of the parity table says what stands
    /// in its place.
    Absent(&'static str),
}

/// The type with this CloudFormation name.
pub fn find(name: &str) -> Option<&'static ResourceType> {
    static INDEX: LazyLock<FxHashMap<&'static str, &'static ResourceType>> =
        LazyLock::new(|| crate::aws::types().map(|t| (t.name, t)).collect());
    INDEX.get(name).copied()
}
