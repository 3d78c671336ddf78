//! The facts of a server that replication depends on.

use std::collections::BTreeMap;

use migspec_fence::Automatic;

pub use crate::catalog::{Column, Table, Trigger};

/// The facts of one side.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Facts {
    /// `server_version_num`.
    pub version: u32,
    /// The server belongs to RDS or Aurora.
    pub managed: bool,
    /// It is a standby.
    pub standby: bool,
    /// The settings of a new session of the login, in the units of
    /// `pg_settings`.
    pub settings: BTreeMap<String, String>,
    pub slots_in_use: u32,
    pub senders_in_use: u32,
    pub connections_in_use: u32,
    pub login: Login,
    /// Seconds since the oldest open transaction began, that of this session left out.
    pub oldest_transaction: u64,
    pub prepared_transactions: u64,
    /// The tables that the replication copies.
    pub tables: BTreeMap<String, Table>,
    /// All sequences of the tables' schemas: `schema.sequence`.
    pub sequences: Vec<String>,
    /// Schemas of those tables that the login may not use.
    pub closed: Vec<String>,
    /// The roles that the spec names.
    pub roles: BTreeMap<String, Role>,
    pub absent_roles: Vec<String>,
    /// Versions by extension.
    pub extensions: BTreeMap<String, String>,
    pub encoding: String,
    /// `libc de_DE.UTF-8`.
    pub collation: String,
    /// Writers without an application, and large objects.
    pub automatic: Automatic,
    pub event_triggers: Vec<String>,
    /// Of the copied tables.
    pub partitions: u64,
    pub bytes: u64,
    pub log_bytes_per_hour: Option<u64>,
    /// Views and foreign tables that the patterns match, with their kinds.
    pub relations: Vec<(String, String)>,
    /// What the copied tables use, with the kinds: `("function", "lib.f()")`.
    pub used: Vec<Object>,
    /// All objects of the database that may be used, by kind and identity.
    pub objects: BTreeMap<(String, String), Definition>,
    /// Sessions that the database accepts, and those in it; `None` without a limit.
    pub database_limit: Option<(u32, u32)>,
    pub publications: Vec<Publication>,
    /// Collations whose indexes were made with another version: name, recorded and
    /// actual version.
    pub stale_collations: Vec<(String, String, String)>,
}

/// An object that applications may use.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Definition {
    pub schema: String,
    /// A hash; none of a kind that is not compared.
    pub text: Option<String>,
}

/// A publication of updates or deletions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Publication {
    pub name: String,
    pub has_all_tables: bool,
    /// The copied tables and their partitions in it, as the findings on identities
    /// name them.
    pub tables: Vec<String>,
}

/// An object that a copied table uses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Object {
    pub kind: String,
    /// `lib.f(integer)`.
    pub identity: String,
    /// `schema.name`, as patterns match it.
    pub path: String,
    /// The catalog contains the dependency. Otherwise the text of a function names
    /// the object.
    pub is_certain: bool,
}

/// A role that the spec names.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Role {
    pub superuser: bool,
    /// Attributes, memberships and settings by name.
    pub aspects: BTreeMap<&'static str, String>,
}

/// The privileges of the login of this session.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Login {
    pub name: String,
    pub superuser: bool,
    pub replication: bool,
    /// It sees the statements of other sessions.
    pub sees_sessions: bool,
    /// It may set `session_replication_role`.
    pub silences_triggers: bool,
    /// It may write the fence's tokens, by a right that names it: the fence
    /// stops whoever may not.
    pub writes_tokens: bool,
    /// It may read the table of the rehearsal.
    pub reads_rehearsal: bool,
    /// It may write the table of the rehearsal.
    pub writes_rehearsal: bool,
}
