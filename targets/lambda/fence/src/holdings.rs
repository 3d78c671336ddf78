//! The holders of the privileges that the fence revokes.

use migspec_function::Failure;
use tokio_postgres::types::Type;
use tokio_postgres::{GenericClient, Row};

use crate::acl::{Entry, Object, Privilege, Rights};
use crate::reach::{Reach, Roles};

/// An object in the catalogue: a relation, a column of one, a schema.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Address {
    pub(crate) class: u32,
    pub(crate) oid: u32,
    pub(crate) part: i32,
}

/// The rights on one object, and which of them are taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Holding {
    pub(crate) address: Address,
    pub(crate) rights: Rights,
    /// In the order of the catalogue, with the role's number.
    pub(crate) taken: Vec<(u32, Entry)>,
    grants: Vec<Grant>,
}

/// One privilege that one role has granted to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Grant {
    pub(crate) grantee: u32,
    pub(crate) grantor: u32,
    pub(crate) privilege: Privilege,
    take: bool,
    /// The fence can act as the grantor.
    returnable: bool,
}

pub(crate) async fn read(client: &impl GenericClient, reach: &Reach, roles: &Roles) -> Result<Vec<Holding>, Failure> {
    let rows = client
        .query_typed(
            include_str!("sql/rights.sql"),
            &[
                (&reach.relations, Type::OID_ARRAY),
                (&reach.schemas, Type::OID_ARRAY),
                (&roles.spared_ids(), Type::OID_ARRAY),
            ],
        )
        .await
        .map_err(|e| Failure::postgres("reading rights", &e))?;
    let mut holdings: Vec<Holding> = Vec::new();
    for row in &rows {
        let address = Address { class: row.get(0), oid: row.get(1), part: row.get(2) };
        if holdings.last().is_none_or(|last| last.address != address) {
            let object = Object { on: row.get(3), column: row.get(4) };
            let rights = Rights { object, owner: row.get(5), entries: Vec::new() };
            holdings.push(Holding { address, rights, taken: Vec::new(), grants: Vec::new() });
        }
        if let Some(holding) = holdings.last_mut() {
            holding.add(row);
        }
    }
    Ok(holdings)
}

impl Holding {
    fn add(&mut self, row: &Row) {
        let (grantee, grantor): (String, String) = (row.get(6), row.get(7));
        let privilege = Privilege { name: row.get(10), grantable: row.get(11) };
        let grant = Grant {
            grantee: row.get(8),
            grantor: row.get(9),
            privilege: privilege.clone(),
            take: row.get(12),
            returnable: row.get(13),
        };
        if grant.take {
            let known = self.taken.iter_mut().find(|(_, e)| e.grantee == grantee && e.grantor == grantor);
            match known {
                Some((_, entry)) => entry.privileges.push(privilege.clone()),
                None => {
                    let entry = Entry {
                        grantee: grantee.clone(),
                        grantor: grantor.clone(),
                        privileges: vec![privilege.clone()],
                    };
                    self.taken.push((grant.grantee, entry));
                }
            }
        }
        self.grants.push(grant);
        crate::acl::add(&mut self.rights.entries, grantee, grantor, privilege);
    }

    pub(crate) fn taken_grants(&self) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(|grant| grant.take)
    }

    /// The grants that go by themselves when their grantor's right does.
    fn falls(&self, entry: &Entry) -> bool {
        self.taken.iter().any(|(_, other)| other.grantee == entry.grantor)
    }

    /// The statements that revoke the privileges, each from its grantor.
    pub(crate) fn revoke(&self) -> String {
        let entries = self.taken.iter().map(|(_, entry)| entry).filter(|entry| !self.falls(entry));
        entries.map(|e| crate::acl::revoke(&self.rights.object, &self.rights.owner, e, &e.privileges)).collect()
    }

    /// A right that could be taken and not given back: only its grantor can
    /// grant it again.
    pub(crate) fn unreturnable(&self) -> Option<String> {
        let grant = self.grants.iter().find(|grant| grant.take && !grant.returnable)?;
        let entry = self.taken.iter().find(|(oid, e)| *oid == grant.grantee && e.privileges.contains(&grant.privilege));
        let grantor = entry.map_or("another role", |(_, entry)| &entry.grantor);
        Some(format!(
            "{} on {} was granted by {grantor}, of whom the fence's login is no member: it could not give it back",
            grant.privilege.name, self.rights.object.on,
        ))
    }

    /// A right of the migration's own that would fall with one that is taken.
    pub(crate) fn hanging(&self, roles: &Roles) -> Option<String> {
        let taken = |g: &&Grant| {
            self.grants.iter().any(|t| t.take && t.grantee == g.grantor && t.privilege.name == g.privilege.name)
        };
        let own = |g: &&Grant| !g.take && roles.get(g.grantee).is_some_and(|role| role.own());
        let found = self.grants.iter().filter(own).find(taken)?;
        Some(format!(
            "{} on {} was granted to {} by {}, which the fence stops: let the owner grant it",
            found.privilege.name,
            self.rights.object.on,
            roles.name(found.grantee),
            roles.name(found.grantor),
        ))
    }
}
