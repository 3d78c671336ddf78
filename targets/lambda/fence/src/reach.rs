//! The objects that the fence protects, and the relation of every role to them.

use migspec_function::{Failure, Sides};
use tokio_postgres::types::Type;
use tokio_postgres::{GenericClient, Row};

/// The protected objects: the application's schemas and the replicated tables.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scope {
    /// The replication's key: several may share a database.
    pub replication: String,
    /// The application's roles. They are stopped even where another of their
    /// properties would spare them.
    pub roles: Vec<String>,
    pub schemas: Vec<String>,
    /// Tables as a spec names them: `payments.*`.
    pub include: Vec<String>,
}

impl Scope {
    pub fn of(sides: &Sides) -> Self {
        let replication = &sides.replication;
        Self {
            replication: sides.key.clone(),
            roles: replication.roles.clone(),
            schemas: replication.schemas.clone(),
            include: replication.include.clone(),
        }
    }

    /// The patterns for `LIKE`, of schemas and of tables.
    fn patterns(&self) -> (Vec<String>, Vec<String>) {
        let pairs = self.include.iter().filter_map(|pattern| pattern.split_once('.'));
        pairs.map(|(schema, table)| (like(schema), like(table))).unzip()
    }
}

/// `tmp_*` as `LIKE` writes it: `tmp\_%`.
fn like(pattern: &str) -> String {
    pattern.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_").replace('*', "%")
}

/// The relations through which protected rows can be written, and the schemas
/// that they lie in, by their numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Reach {
    pub(crate) relations: Vec<u32>,
    pub(crate) schemas: Vec<u32>,
}

impl Reach {
    /// # Errors
    /// A schema of the application does not exist: nothing would be protected.
    async fn read(client: &impl GenericClient, scope: &Scope) -> Result<Self, Failure> {
        let (schemas, tables) = scope.patterns();
        let row = client
            .query_typed_one(
                include_str!("sql/reached.sql"),
                &[(&scope.schemas, Type::TEXT_ARRAY), (&schemas, Type::TEXT_ARRAY), (&tables, Type::TEXT_ARRAY)],
            )
            .await
            .map_err(|e| Failure::postgres("finding the protected objects", &e))?;
        let missing: Vec<String> = row.get(2);
        if let Some(schema) = missing.first() {
            return Err(Failure::configuration(format!("the application's schema `{schema}` does not exist")));
        }
        Ok(Self { relations: row.get(0), schemas: row.get(1) })
    }
}

/// Reads the protected objects and the roles.
///
/// # Errors
/// Those of either. In this order: after a failed statement, a transaction
/// refuses all others without a reason.
pub(crate) async fn read(client: &impl GenericClient, scope: &Scope) -> Result<(Reach, Roles), Failure> {
    tokio::try_join!(biased; Reach::read(client, scope), Roles::read(client, scope))
}

/// The relations that are protected, sequences among them, by their numbers.
///
/// # Errors
/// PostgreSQL refuses, or a schema of the application does not exist.
pub async fn protected_relations(client: &impl GenericClient, scope: &Scope) -> Result<Vec<u32>, Failure> {
    Reach::read(client, scope).await.map(|reach| reach.relations)
}

/// A role as the fence sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Role {
    pub(crate) oid: u32,
    /// Quoted.
    pub(crate) name: String,
    pub(crate) login: bool,
    /// The spec names it as the application's.
    pub(crate) named: bool,
    /// A superuser, or its closest equivalent on RDS.
    pub(crate) admin: bool,
    /// One of the migration's own logins.
    own: bool,
}

impl Role {
    /// Whether the fence leaves it as it is. An administrator could undo any
    /// fence; one that writes at the moment is still waited for.
    pub(crate) fn is_spared(&self) -> bool {
        !self.named && (self.own || self.admin)
    }

    /// Whether its writes are the migration's.
    pub(crate) fn own(&self) -> bool {
        !self.named && self.own
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Roles(pub(crate) Vec<Role>);

impl Roles {
    async fn read(client: &impl GenericClient, scope: &Scope) -> Result<Self, Failure> {
        let rows = client
            .query_typed(include_str!("sql/roles.sql"), &[(&scope.roles, Type::TEXT_ARRAY)])
            .await
            .map_err(|e| Failure::postgres("reading roles", &e))?;
        Ok(Self(rows.iter().map(role).collect()))
    }

    pub(crate) fn get(&self, oid: u32) -> Option<&Role> {
        self.0.binary_search_by_key(&oid, |role| role.oid).ok().map(|i| &self.0[i])
    }

    pub(crate) fn spared_ids(&self) -> Vec<u32> {
        self.0.iter().filter(|role| role.is_spared()).map(|role| role.oid).collect()
    }

    /// Names for people.
    pub(crate) fn name(&self, oid: u32) -> &str {
        self.get(oid).map_or("a role that is gone", |role| &role.name)
    }
}

fn role(row: &Row) -> Role {
    Role { oid: row.get(0), name: row.get(1), login: row.get(2), named: row.get(3), admin: row.get(4), own: row.get(5) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_the_only_wildcard() {
        assert_eq!(like("tmp_*"), "tmp\\_%");
        assert_eq!(like("a%b\\"), "a\\%b\\\\");
    }
}
