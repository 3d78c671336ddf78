//! A side opens only while the other one is fenced.

use migspec_events::{Side, error};
use migspec_fence::{is_fenced, open};
use migspec_function_testing::block_on;
use tokio_postgres::Client;

use crate::stand::{Stand, scope};

async fn writes(client: &Client) -> bool {
    client.batch_execute("insert into payments.payment (amount) values (1)").await.is_ok()
}

#[test]
fn no_side_opens_beside_an_open_one() {
    let (Some(source), Some(target)) = (Stand::start(), Stand::start()) else { return };
    block_on(async {
        let mut logins = Vec::new();
        for stand in [&source, &target] {
            logins.push(stand.login("migspec_fence").await.unwrap());
        }
        let [mut of_source, mut of_target]: [Client; 2] = logins.try_into().unwrap_or_else(|_| panic!("two logins"));
        assert!(!is_fenced(&mut of_source, &scope()).await.unwrap());
        assert!(target.fence().await.fenced);
        assert!(is_fenced(&mut of_target, &scope()).await.unwrap());
        let refused =
            open(Side::Target, &mut of_source, &mut of_target, &scope()).await.expect_err("the source is open");
        assert_eq!(refused.name(), error::OTHER_SIDE_OPEN, "{refused}");
        assert!(is_fenced(&mut of_target, &scope()).await.unwrap(), "the target stays fenced");
        drop((of_source, of_target));

        assert!(source.fence().await.fenced);
        let mut of_source = source.login("migspec_fence").await.unwrap();
        let mut of_target = target.login("migspec_fence").await.unwrap();
        open(Side::Target, &mut of_source, &mut of_target, &scope()).await.unwrap();
        assert!(writes(&target.login("pay_app").await.unwrap()).await);
        let refused =
            open(Side::Source, &mut of_source, &mut of_target, &scope()).await.expect_err("the target is open");
        assert_eq!(refused.name(), error::OTHER_SIDE_OPEN, "{refused}");
        assert!(!writes(&source.login("pay_app").await.unwrap()).await);
    });
}

/// The runbook's SQL for the time when the functions fail.
#[test]
fn the_runbook_opens_a_database_by_hand() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let writers = include_str!("../../../../templates/who-writes.sql")
            .replace("ROLES", "array['pay_app', 'pay_batch']::name[]")
            .replace("SCHEMAS", "array['payments']::name[]");
        let admin = stand.admin().await;
        let count = || async { admin.query(&writers, &[]).await.unwrap_or_else(|e| panic!("{e:?}")).len() };
        assert!(count().await > 0);
        assert!(stand.fence().await.fenced);
        assert_eq!(count().await, 0);
        let query = include_str!("../../../../templates/open-by-hand.sql").replace(":'replication'", "'ledger'");
        let statements = admin.query(&query, &[]).await.unwrap_or_else(|e| panic!("{e:?}"));
        assert!(statements.len() > 3);
        for row in &statements {
            let statement: &str = row.get(0);
            admin.batch_execute(statement).await.unwrap_or_else(|e| panic!("{statement}: {e:?}"));
        }
        assert!(count().await > 0);
        assert!(writes(&stand.login("pay_app").await.unwrap()).await);
    });
}
