//! Writers without a session of an application, and large objects: no revoked
//! right stops either.

use std::time::{Duration, Instant};

use migspec_events::Fenced;
use migspec_fence::{fence, rehearse, unfence};
use migspec_function_testing::block_on;
use tokio_postgres::Client;

use crate::stand::{Stand, scope};

async fn fenced(client: &mut Client) -> Fenced {
    fence(client, &scope(), Instant::now() + Duration::from_secs(1)).await.unwrap_or_else(|e| panic!("{e}"))
}

/// Made after preflight: the fence finds each again, and holds once it is gone.
#[test]
fn the_fence_waits_for_subscriptions_jobs_and_large_objects() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let admin = stand.admin().await;
        let mut client = stand.login("migspec_fence").await.unwrap();
        for (begin, expected, end) in [
            (
                "create subscription \"Other\" connection 'host=127.0.0.1 port=1' publication none with (connect = false); \
                 alter subscription \"Other\" enable",
                "the subscription \"Other\" is enabled",
                "alter subscription \"Other\" disable",
            ),
            (
                "create schema cron; create table cron.job (jobid bigint, database text, active boolean); \
                 grant usage on schema cron to public; grant select on cron.job to public; \
                 insert into cron.job values (1, 'ledger', true), (2, 'other', true)",
                "pg_cron has 1 active jobs in this database",
                "update cron.job set active = false where database = 'ledger'",
            ),
            (
                // As pg_cron is installed: a policy shows each login its own jobs.
                "alter table cron.job enable row level security",
                "pg_cron has unreadable active jobs in this database",
                "drop schema cron cascade",
            ),
            (
                "select lo_from_bytea(4711, 'one'); alter large object 4711 owner to pay_app",
                "the database has 1 large objects, which their owners can write",
                "select lo_unlink(4711)",
            ),
        ] {
            for statement in begin.split(';') {
                admin.batch_execute(statement).await.unwrap_or_else(|e| panic!("{e:?} {statement}"));
            }
            rehearse(&mut client, &scope()).await.unwrap_or_else(|e| panic!("preflight has a check for each: {e}"));
            let found = fenced(&mut client).await;
            assert_eq!((found.fenced, found.obstacles), (false, vec![expected.to_owned()]), "{begin}");
            admin.batch_execute(end).await.unwrap();
            assert!(fenced(&mut client).await.fenced, "{end}");
            unfence(&mut client, &scope().replication).await.unwrap();
        }
    });
}
