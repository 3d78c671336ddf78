//! Writers without a session of an application, and large objects. No revoked
//! right stops either, so preflight looks for them, and the fence again.

use migspec_function::Failure;
use tokio_postgres::GenericClient;

/// The writers and the large objects of one database.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Automatic {
    /// Enabled subscriptions, quoted.
    pub subscriptions: Vec<String>,
    /// Active jobs of `pg_cron`; `unreadable` where the login may not read
    /// them; `None` without any.
    pub jobs: Option<String>,
    /// Processes that no server has without extensions.
    pub workers: Vec<String>,
    /// Their owners write them, whatever rights on tables were revoked.
    pub large_objects: u64,
}

impl Automatic {
    /// # Errors
    /// PostgreSQL refuses.
    pub async fn read(client: &impl GenericClient) -> Result<Self, Failure> {
        let failed =
            |e: &tokio_postgres::Error| Failure::postgres("looking for automatic writers and large objects", e);
        let row = client.query_typed_one(include_str!("sql/automatic.sql"), &[]).await.map_err(|e| failed(&e))?;
        let jobs = match row.get::<_, Option<bool>>(2) {
            None => None,
            Some(false) => Some("unreadable".to_owned()),
            Some(true) => {
                let sql = "select count(*)::text from cron.job where active and database = current_database()";
                let count: String = client.query_typed_one(sql, &[]).await.map_err(|e| failed(&e))?.get(0);
                Some(count).filter(|count| count != "0")
            }
        };
        Ok(Self {
            subscriptions: row.get(0),
            jobs,
            workers: row.get(1),
            large_objects: row.get::<_, i64>(3).unsigned_abs(),
        })
    }

    /// The writers that the fence cannot stop, as sentences. Processes of
    /// extensions hold locks when they write, as any session.
    ///
    /// Everybody may make large objects and write their own, so that the fence
    /// holds only where there are none. One that is made behind it is lost with
    /// nothing: no row can name it, since nobody can write a row.
    // fact: postgresql-large-objects
    pub(crate) fn obstacles(&self) -> Vec<String> {
        let subscriptions = self.subscriptions.iter().map(|name| format!("the subscription {name} is enabled"));
        let jobs = self.jobs.iter().map(|count| format!("pg_cron has {count} active jobs in this database"));
        let objects = (self.large_objects > 0)
            .then(|| format!("the database has {} large objects, which their owners can write", self.large_objects));
        subscriptions.chain(jobs).chain(objects).collect()
    }
}
