//! Transactions that are open when the fence begins.

use std::time::{Duration, Instant};

use migspec_fence::fence;
use migspec_function_testing::block_on;

use crate::stand::{Stand, scope};

#[test]
fn a_function_under_way_does_not_write_as_its_owner() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let client = stand.login("anybody").await.unwrap();
        let slow = tokio::spawn(async move { client.batch_execute("call other.pay_slowly()").await });
        let admin = stand.admin().await;
        let busy = "select count(*) from pg_stat_activity where query like 'call other.pay_slowly%' and state = 'active' and pid <> pg_backend_pid()";
        while admin.query_one(busy, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(stand.fence().await.fenced);
        assert!(slow.await.unwrap().is_err(), "it began before the fence and must not write behind it");
        let rows: i64 = admin.query_one("select count(*) from payments.audit", &[]).await.unwrap().get(0);
        assert_eq!(rows, 0);
    });
}

#[test]
fn a_prepared_transaction_keeps_the_fence_from_standing() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let client = stand.login("pay_app").await.unwrap();
        client
            .batch_execute("begin; insert into payments.payment (amount) values (5); prepare transaction 'later'")
            .await
            .unwrap();
        let mut fencing = stand.login("migspec_fence").await.unwrap();
        let fenced = fence(&mut fencing, &scope(), Instant::now()).await.unwrap();
        assert!(!fenced.fenced);
        assert!(fenced.obstacles.contains(&"a prepared transaction has written".to_owned()), "{fenced:?}");
        drop(fencing);
        stand.admin().await.batch_execute("rollback prepared 'later'").await.unwrap();
        assert!(stand.fence().await.fenced);
    });
}

#[test]
fn an_administrator_who_writes_is_waited_for() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let admin = stand.admin().await;
        admin.batch_execute("begin; insert into payments.payment (amount) values (5)").await.unwrap();
        let mut fencing = stand.login("migspec_fence").await.unwrap();
        let fenced = fence(&mut fencing, &scope(), Instant::now()).await.unwrap();
        assert_eq!(fenced.obstacles, ["a transaction of postgres has written"]);
        drop(fencing);
        admin.batch_execute("commit").await.unwrap();
        assert!(stand.fence().await.fenced);
    });
}

#[test]
fn readers_keep_their_sessions() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        // Only the administrator may call a function that writes as its owner.
        let admin = stand.admin().await;
        admin
            .batch_execute(
                "revoke execute on function other.pay(numeric) from public; \
                 revoke execute on procedure other.pay_slowly() from public; revoke insert on payments.audit from public",
            )
            .await
            .unwrap();
        let reader = stand.login("reporting").await.unwrap();
        let replication = stand.login("dms").await.unwrap();
        reader.batch_execute("begin; select * from payments.payment").await.unwrap();
        assert!(stand.fence().await.fenced);
        reader.batch_execute("select * from payments.ledger; commit").await.unwrap();
        replication.batch_execute("insert into payments.payment (amount) values (1)").await.unwrap();
    });
}
