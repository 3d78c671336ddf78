//! Reading the sequences of both sides, and setting those of one.

use std::collections::BTreeMap;
use std::future::Future;

use migspec_fence::{Scope, protected_relations};
use migspec_function::postgres::PostgresSession;
use migspec_function::{Failure, Session};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, GenericClient, Row};

use crate::position::{Margin, Position, Sequence, Trouble};

/// The generators of numbers of one database, as the fence's login sees them.
pub trait Numbers: Session {
    /// Sets the generators past those of the other side, and returns how many it moved.
    fn set_past(
        &mut self,
        other: &Self,
        scope: &Scope,
        margin: Margin,
    ) -> impl Future<Output = Result<u64, Failure>> + Send;
    /// The generators that could not be set past those of the other side, and why.
    fn rehearse_past(
        &self,
        other: &Self,
        scope: &Scope,
        margin: u64,
    ) -> impl Future<Output = Result<Vec<(String, Trouble)>, Failure>> + Send;
}

impl Numbers for PostgresSession {
    async fn set_past(&mut self, other: &Self, scope: &Scope, margin: Margin) -> Result<u64, Failure> {
        synchronize(self, other, scope, margin).await
    }

    async fn rehearse_past(&self, other: &Self, scope: &Scope, margin: u64) -> Result<Vec<(String, Trouble)>, Failure> {
        rehearse(self, other, scope, margin).await
    }
}

/// Sets the sequences of `set` past those of `other`, and answers how many
/// it moved. A second call moves none, and only reads.
///
/// # Errors
/// A sequence of the other side is missing, cannot be read or has no numbers
/// left. Then none is set.
pub async fn synchronize(set: &mut Client, other: &Client, scope: &Scope, margin: Margin) -> Result<u64, Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("setting sequences", e);
    let (theirs, ours) = tokio::try_join!(read(other, scope), read(set, scope))?;
    if missing_positions(&theirs, &ours, margin)?.is_empty() {
        return Ok(0);
    }
    let transaction = set.transaction().await.map_err(|e| failed(&e))?;
    // Sequences do not follow transactions: this one only keeps a second call out.
    let lock = "select pg_advisory_xact_lock(1835427699, 1936028013)";
    transaction.batch_execute(lock).await.map_err(|e| failed(&e))?;
    let ours = read(&transaction, scope).await?;
    let (mut names, mut lasts, mut called) = (Vec::new(), Vec::new(), Vec::new());
    for (name, position) in missing_positions(&theirs, &ours, margin)? {
        names.push(name);
        lasts.push(position.last);
        called.push(position.called);
    }
    let sql = "select setval(s.name::regclass, s.last, s.called) from unnest($1, $2, $3) as s (name, last, called)";
    let moved = transaction
        .execute_typed(sql, &[(&names, Type::TEXT_ARRAY), (&lasts, Type::INT8_ARRAY), (&called, Type::BOOL_ARRAY)])
        .await
        .map_err(|e| failed(&e))?;
    transaction.commit().await.map_err(|e| failed(&e))?;
    Ok(moved)
}

/// The sequences that are not past those of the other side, with their new positions.
fn missing_positions<'a>(
    theirs: &'a [Sequence],
    ours: &[Sequence],
    margin: Margin,
) -> Result<Vec<(&'a str, Position)>, Failure> {
    let ours: BTreeMap<&str, &Sequence> = ours.iter().map(|s| (s.name.as_str(), s)).collect();
    let mut missing = Vec::new();
    for their in theirs {
        let name = their.name.as_str();
        let our =
            ours.get(name).ok_or_else(|| Failure::configuration(format!("there is no sequence {name} to set")))?;
        let position = our.beyond(their, margin);
        let position = position.map_err(|trouble| Failure::configuration(format!("the sequence {name} {trouble}")))?;
        missing.extend(position.map(|position| (name, position)));
    }
    Ok(missing)
}

/// The sequences of `set` that could not be set past those of `other`, and why. A
/// missing one is left out: its table has no match either.
///
/// # Errors
/// A sequence cannot be read.
pub async fn rehearse(
    set: &Client,
    other: &Client,
    scope: &Scope,
    margin: u64,
) -> Result<Vec<(String, Trouble)>, Failure> {
    let (theirs, ours) = tokio::try_join!(read(other, scope), read(set, scope))?;
    let theirs: BTreeMap<&str, &Sequence> = theirs.iter().map(|s| (s.name.as_str(), s)).collect();
    let trouble = |our: &Sequence| {
        let trouble = our.past(theirs.get(our.name.as_str())?, margin).err()?;
        Some((our.name.clone(), trouble))
    };
    Ok(ours.iter().filter_map(trouble).collect())
}

/// Sequences whose rows are read by one statement.
const TOGETHER: usize = 200;

/// The sequences that the fence protects, with their positions.
async fn read(client: &impl GenericClient, scope: &Scope) -> Result<Vec<Sequence>, Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("reading sequences", e);
    let relations = protected_relations(client, scope).await?;
    let rows = client
        .query_typed(
            "select format('%I.%I', n.nspname, c.relname), s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle, \
                    pg_sequence_last_value(s.seqrelid) \
             from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace \
             where s.seqrelid = any ($1) order by 1",
            &[(&relations, Type::OID_ARRAY)],
        )
        .await
        .map_err(|e| failed(&e))?;
    let mut described: Vec<Sequence> = rows.iter().map(sequence).collect();
    // The catalogue has no value without the privilege to see it, or for an unused
    // sequence: the sequence itself has it.
    let unused: Vec<usize> = (0..described.len()).filter(|i| !described[*i].position.called).collect();
    for some in unused.chunks(TOGETHER) {
        let each: Vec<String> =
            some.iter().map(|i| format!("select {i}, last_value, is_called from {}", described[*i].name)).collect();
        let rows = client.query_typed(&each.join(" union all "), &[]).await.map_err(|e| failed(&e))?;
        for row in &rows {
            let found = usize::try_from(row.get::<_, i32>(0)).ok().and_then(|i| described.get_mut(i));
            if let Some(sequence) = found {
                sequence.position = Position { last: row.get(1), called: row.get(2) };
            }
        }
    }
    Ok(described)
}

fn sequence(row: &Row) -> Sequence {
    let last: Option<i64> = row.get(6);
    Sequence {
        name: row.get(0),
        increment: row.get(1),
        least: row.get(2),
        greatest: row.get(3),
        cache: row.get(4),
        cycles: row.get(5),
        position: Position { last: last.unwrap_or_default(), called: last.is_some() },
    }
}
