//! The token, on the way to the target by native logical replication.

use std::time::Duration;

use migspec_events::Side;
use migspec_fence::{confirmed_position, has_arrived, write_token};
use migspec_function::postgres::Lsn;
use migspec_function_testing::{Testbed, block_on};

#[test]
fn the_token_arrives_behind_everything_that_was_written_before() {
    let Some(world) = Testbed::start() else { return };
    block_on(async {
        world.run_on_both("create role migspec_fence superuser login password 'x'").await;
        world.run_on_both(migspec_events::setup::FENCE).await;
        world.run_on_both("create schema payments; create table payments.payment (id bigint primary key)").await;
        // Slots of others that nobody reads: one of this database, and one whose name fits in another.
        let slot = |name: &str| format!("select pg_create_logical_replication_slot('{name}', 'test_decoding')");
        world.run(Side::Source, &slot("other_cdc")).await;
        world.source.open("postgres").await.batch_execute(&slot("ledger_test_0001")).await.unwrap();
        world.replicate(Side::Source, Side::Target, "ledger_test").await;
        let (source, target) = (world.open(Side::Source).await, world.open(Side::Target).await);
        for attempt in 0..3_i64 {
            let insert = "insert into payments.payment select generate_series($1::bigint, $1 + 9999)";
            source.execute(insert, &[&(attempt * 10_000)]).await.unwrap();
            let position = write_token(&source, "payments", "e-1").await.unwrap();
            let wanted = Lsn::of_text(&position).unwrap();
            let seen = || async {
                has_arrived(&target, "e-1", &position).await.unwrap()
                    && confirmed_position(&source, "ledger-test").await.unwrap().has_passed(wanted)
            };
            let mut turns = 0;
            while !seen().await {
                turns += 1;
                assert!(turns < 2000, "attempt {attempt}: the token does not arrive");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            let rows: i64 = target.query_one("select count(*) from payments.payment", &[]).await.unwrap().get(0);
            assert_eq!(rows, (attempt + 1) * 10_000, "everything before the token is there");
        }
        assert!(!has_arrived(&target, "e-2", "0/1").await.unwrap());
        // Without replication nothing is ever drained.
        target.batch_execute("drop subscription ledger_test").await.unwrap();
        let position = write_token(&source, "payments", "e-1").await.unwrap();
        assert!(
            !has_arrived(&target, "e-1", &position).await.unwrap(),
            "the token of an earlier attempt proves nothing"
        );
        assert_eq!(confirmed_position(&source, "ledger-test").await.unwrap().position, None);
    });
}
