//! The revocations of one pass of the fence, and their record.

use std::collections::BTreeMap;
use std::fmt::Write;

use migspec_function::Failure;
use tokio_postgres::types::Type;
use tokio_postgres::{GenericClient, Transaction};

use crate::holdings::{self, Address, Grant, Holding};
use crate::reach::{Reach, Role, Roles};

/// A function that writes as its owner.
struct Definer {
    oid: u32,
    /// As a statement names it.
    name: String,
    /// Who may call it; 0 is everybody.
    callers: Vec<u32>,
}

pub(crate) struct Plan {
    holdings: Vec<Holding>,
    definers: Vec<Definer>,
    /// Logins that no `REVOKE` stops.
    logins: Vec<Role>,
    /// Logins that can write before this pass, whose sessions end after it.
    writers: Vec<u32>,
    /// Relations and schemas of the replication, and functions and logins that the
    /// fence of another replication may have stopped.
    claims: [Vec<u32>; 4],
}

impl Plan {
    pub(crate) async fn make(client: &impl GenericClient, reach: &Reach, roles: &Roles) -> Result<Self, Failure> {
        // In their order, as `reach::read`.
        let (holdings, (definers, invokers), (logins, stopped)) = tokio::try_join!(
            biased;
            holdings::read(client, reach, roles),
            definers(client, reach, roles),
            logins(client, reach, roles)
        )?;
        let trouble = holdings.iter().find_map(|holding| holding.hanging(roles).or_else(|| holding.unreturnable()));
        if let Some(trouble) = trouble {
            return Err(Failure::configuration(trouble));
        }
        let mut writers = Vec::new();
        if !(holdings.is_empty() && definers.is_empty() && logins.is_empty()) {
            let mut holders: Vec<u32> = holdings.iter().flat_map(|h| &h.taken).map(|(oid, _)| *oid).collect();
            holders.extend(definers.iter().flat_map(|function| &function.callers));
            writers = members(client, &holders).await?;
            writers.extend(logins.iter().map(|role| role.oid));
            writers.extend(roles.0.iter().filter(|role| role.named && role.login).map(|role| role.oid));
            writers.retain(|oid| !roles.get(*oid).is_some_and(Role::is_spared));
            writers.sort_unstable();
            writers.dedup();
        }
        let claims = [reach.relations.clone(), reach.schemas.clone(), invokers, stopped];
        Ok(Self { holdings, definers, logins, writers, claims })
    }

    /// Whether nothing is left to take.
    pub(crate) fn is_empty(&self) -> bool {
        self.holdings.is_empty() && self.definers.is_empty() && self.logins.is_empty()
    }

    /// Executes all revocations. The record comes first, in the same
    /// transaction; records of earlier passes stay.
    pub(crate) async fn carry_out(&self, transaction: &Transaction<'_>, replication: &str) -> Result<(), Failure> {
        let failed = |e: &tokio_postgres::Error| Failure::postgres("taking rights", e);
        let addresses = || self.holdings.iter().map(|holding| holding.address);
        let (classes, objects): (Vec<u32>, Vec<u32>) = addresses().map(|a| (a.class, a.oid)).unzip();
        let parts: Vec<i32> = addresses().map(|a| a.part).collect();
        let definers: Vec<u32> = self.definers.iter().map(|function| function.oid).collect();
        let logins: Vec<u32> = self.logins.iter().map(|role| role.oid).collect();
        transaction
            .execute_typed(
                include_str!("sql/record.sql"),
                &[
                    (&classes, Type::OID_ARRAY),
                    (&objects, Type::OID_ARRAY),
                    (&parts, Type::INT4_ARRAY),
                    (&definers, Type::OID_ARRAY),
                    (&logins, Type::OID_ARRAY),
                    (&self.writers, Type::OID_ARRAY),
                    (&replication, Type::TEXT),
                ],
            )
            .await
            .map_err(|e| failed(&e))?;
        transaction.batch_execute(&self.statements()).await.map_err(|e| failed(&e))?;
        self.record_behind(transaction, replication, &definers).await
    }

    /// Records the state behind the fence.
    async fn record_behind(
        &self,
        transaction: &Transaction<'_>,
        replication: &str,
        definers: &Vec<u32>,
    ) -> Result<(), Failure> {
        let taken: Vec<(Address, &Grant)> =
            self.holdings.iter().flat_map(|holding| holding.taken_grants().map(|g| (holding.address, g))).collect();
        let of = |part: fn(&(Address, &Grant)) -> u32| taken.iter().map(part).collect::<Vec<u32>>();
        let [classes, objects] = [of(|(address, _)| address.class), of(|(address, _)| address.oid)];
        let [grantees, grantors] = [of(|(_, grant)| grant.grantee), of(|(_, grant)| grant.grantor)];
        let parts: Vec<i32> = taken.iter().map(|(address, _)| address.part).collect();
        let privileges: Vec<&str> = taken.iter().map(|(_, grant)| grant.privilege.name.as_str()).collect();
        let grantable: Vec<bool> = taken.iter().map(|(_, grant)| grant.privilege.grantable).collect();
        let recorded = transaction
            .execute_typed(
                include_str!("sql/behind.sql"),
                &[
                    (&replication, Type::TEXT),
                    (definers, Type::OID_ARRAY),
                    (&classes, Type::OID_ARRAY),
                    (&objects, Type::OID_ARRAY),
                    (&parts, Type::INT4_ARRAY),
                    (&grantees, Type::OID_ARRAY),
                    (&grantors, Type::OID_ARRAY),
                    (&privileges, Type::TEXT_ARRAY),
                    (&grantable, Type::BOOL_ARRAY),
                ],
            )
            .await;
        recorded.map(drop).map_err(|e| Failure::postgres("recording the rights behind the fence", &e))
    }

    /// Records the objects of the replication that other replications have
    /// fenced, so that none of them opens these alone.
    pub(crate) async fn claim(&self, transaction: &Transaction<'_>, replication: &str) -> Result<(), Failure> {
        let [relations, schemas, functions, logins] = &self.claims;
        let claimed = transaction
            .execute_typed(
                include_str!("sql/claims.sql"),
                &[
                    (&replication, Type::TEXT),
                    (relations, Type::OID_ARRAY),
                    (schemas, Type::OID_ARRAY),
                    (functions, Type::OID_ARRAY),
                    (logins, Type::OID_ARRAY),
                ],
            )
            .await;
        claimed.map(drop).map_err(|e| Failure::postgres("recording the fence of other replications", &e))
    }

    fn statements(&self) -> String {
        let mut text: String = self.holdings.iter().map(Holding::revoke).collect();
        for Definer { name, .. } in &self.definers {
            let _ = writeln!(text, "ALTER ROUTINE {name} SECURITY INVOKER;");
        }
        for role in &self.logins {
            let _ = writeln!(text, "ALTER ROLE {} NOLOGIN;", role.name);
        }
        text
    }
}

/// Functions that write as their owner; and those that would, but run as their
/// caller behind a fence.
async fn definers(
    client: &impl GenericClient,
    reach: &Reach,
    roles: &Roles,
) -> Result<(Vec<Definer>, Vec<u32>), Failure> {
    let sql = include_str!("sql/definers.sql");
    let rows = client
        .query_typed(sql, &[(&reach.relations, Type::OID_ARRAY), (&roles.spared_ids(), Type::OID_ARRAY)])
        .await
        .map_err(|e| Failure::postgres("finding functions that write as their owner", &e))?;
    let (mut definers, mut invokers) = (Vec::new(), Vec::new());
    for row in &rows {
        match row.get(1) {
            true => definers.push(Definer { oid: row.get(0), name: row.get(2), callers: row.get(3) }),
            false => invokers.push(row.get(0)),
        }
    }
    Ok((definers, invokers))
}

/// Logins that are or can become an owner, that may write everything, or that
/// are administrators and named as the application's; and those of them that
/// cannot log in.
async fn logins(client: &impl GenericClient, reach: &Reach, roles: &Roles) -> Result<(Vec<Role>, Vec<u32>), Failure> {
    let sql = include_str!("sql/owners.sql");
    let rows = client
        .query_typed(sql, &[(&reach.relations, Type::OID_ARRAY), (&reach.schemas, Type::OID_ARRAY)])
        .await
        .map_err(|e| Failure::postgres("finding owners", &e))?;
    let able: BTreeMap<u32, Option<&str>> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let stopped = |role: &&Role| !role.is_spared() && (able.contains_key(&role.oid) || role.named && role.admin);
    let (logins, others): (Vec<&Role>, Vec<&Role>) = roles.0.iter().filter(stopped).partition(|role| role.login);
    // A login belongs to the server: its lock would be one of every database.
    for role in &logins {
        if let Some(databases) = able.get(&role.oid).copied().flatten() {
            return Err(Failure::configuration(format!(
                "the fence would lock {} out of other databases of the server too, and their fences would let it in: it \
                 has sessions, objects or rights in {databases}; give each database logins of its own, or let a role \
                 without login own the objects",
                role.name
            )));
        }
    }
    Ok((logins.into_iter().cloned().collect(), others.into_iter().map(|role| role.oid).collect()))
}

/// Logins that are, or can become, one of the roles, in the order of numbers.
async fn members(client: &impl GenericClient, roles: &[u32]) -> Result<Vec<u32>, Failure> {
    let rows = client
        .query_typed(include_str!("sql/members.sql"), &[(&roles, Type::OID_ARRAY)])
        .await
        .map_err(|e| Failure::postgres("finding members of roles", &e))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
