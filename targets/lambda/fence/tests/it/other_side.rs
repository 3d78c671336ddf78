//! A side opens only while the other one is fenced.

use migspec_events::{Side, error};
use migspec_fence::{is_fenced, open, open_without_target};
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

/// The record of the source's fence decides, and ends with the fence.
#[test]
fn the_source_opens_without_a_target_only_if_that_has_never_opened() {
    let (Some(source), Some(target)) = (Stand::start(), Stand::start()) else { return };
    block_on(async {
        let key = scope().replication;
        let sessions = async || {
            let of_source = source.login("migspec_fence").await.unwrap();
            (of_source, target.login("migspec_fence").await.unwrap())
        };
        let before = source.catalogue().await;
        open_without_target(&mut sessions().await.0, &key).await.expect("a source without a fence is open");
        assert!(source.fence().await.fenced && target.fence().await.fenced);
        open_without_target(&mut sessions().await.0, &key).await.unwrap();
        assert_eq!(source.catalogue().await, before);
        let (mut of_source, mut of_target) = sessions().await;
        let refused =
            open(Side::Target, &mut of_source, &mut of_target, &scope()).await.expect_err("the source is open");
        assert_eq!(refused.name(), error::OTHER_SIDE_OPEN, "{refused}");
        drop((of_source, of_target));

        assert!(source.fence().await.fenced);
        let (mut of_source, mut of_target) = sessions().await;
        open(Side::Target, &mut of_source, &mut of_target, &scope()).await.unwrap();
        drop(of_target);
        // It was fenced again, and nobody can ask it now.
        assert!(target.fence().await.fenced);
        let refused = open_without_target(&mut of_source, &key).await.expect_err("the target was opened");
        assert_eq!(refused.name(), error::OTHER_SIDE_OPEN, "{refused}");
        assert!(is_fenced(&mut of_source, &scope()).await.unwrap(), "nothing has changed");
        drop(of_source);

        let (mut of_source, mut of_target) = sessions().await;
        open(Side::Source, &mut of_source, &mut of_target, &scope()).await.unwrap();
        drop((of_source, of_target));
        assert_eq!(source.catalogue().await, before);
        assert!(source.fence().await.fenced);
        open_without_target(&mut sessions().await.0, &key).await.expect("the record ended with the fence");
        assert_eq!(source.catalogue().await, before);
    });
}

/// Of two openings at the same time, one happens.
#[test]
fn two_openings_at_once_leave_one_open_side() {
    let (Some(source), Some(target)) = (Stand::start(), Stand::start()) else { return };
    block_on(async {
        for round in 0..5 {
            assert!(source.fence().await.fenced && target.fence().await.fenced, "{round}");
            let (scope, key) = (scope(), scope().replication);
            // Each session ends with its opening, and with it the locks.
            let (a, b) = tokio::join!(
                async {
                    let mut of_source = source.login("migspec_fence").await.unwrap();
                    open_without_target(&mut of_source, &key).await
                },
                async {
                    let mut of_source = source.login("migspec_fence").await.unwrap();
                    let mut of_target = target.login("migspec_fence").await.unwrap();
                    open(Side::Target, &mut of_source, &mut of_target, &scope).await
                }
            );
            assert!(a.is_ok() != b.is_ok(), "{round}: {a:?} {b:?}");
            let mut fenced = Vec::new();
            for stand in [&source, &target] {
                let mut session = stand.login("migspec_fence").await.unwrap();
                fenced.push(is_fenced(&mut session, &scope).await.unwrap());
            }
            assert_eq!(fenced, [b.is_ok(), a.is_ok()], "{round}");
            // Both sides are closed again for the next round, and the record ends.
            assert!(target.fence().await.fenced);
            source.unfence().await;
        }
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
