//! The cut of replication, and its end.

use std::time::{Duration, Instant};

use migspec_events::Cut;
use migspec_fence::{cut, rehearse_cut, restore};
use migspec_function::Failure;
use migspec_function::postgres::Lsn;
use migspec_function_testing::block_on;

use crate::stand::Stand;

const WRITE: &str = "insert into migspec.migspec_fence values ($1, 'm', '0/1', now())";

async fn cut_off(stand: &Stand, replication: &str) -> Cut {
    let mut client = stand.login("migspec_fence").await.unwrap();
    cut(&mut client, replication, Instant::now() + Duration::from_secs(10)).await.unwrap_or_else(|e| panic!("{e}"))
}

async fn let_in(stand: &Stand, replication: &str) {
    let mut client = stand.login("migspec_fence").await.unwrap();
    assert!(restore(&mut client, replication).await.unwrap_or_else(|e| panic!("{e}")));
}

async fn rehearsed(stand: &Stand) -> Result<Vec<String>, Failure> {
    let mut client = stand.login("migspec_fence").await.unwrap();
    rehearse_cut(&mut client).await
}

#[test]
fn a_login_that_is_cut_off_writes_nothing_and_cannot_return() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let dms = stand.login("dms").await.unwrap();
        dms.batch_execute("begin").await.unwrap();
        dms.execute(WRITE, &[&"in flight"]).await.unwrap();
        let begun = Instant::now();
        let done = cut_off(&stand, "ledger").await;
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        assert_eq!((done.cut, done.sessions, done.obstacles.len()), (true, 1, 0), "{done:?}");
        assert!(dms.batch_execute("commit").await.is_err(), "its session has ended");
        assert!(stand.login("dms").await.is_err(), "it cannot log in");
        let admin = stand.admin().await;
        let rows: i64 = admin.query_one("select count(*) from migspec.migspec_fence", &[]).await.unwrap().get(0);
        assert_eq!(rows, 0, "its open transaction is rolled back");
        let again = cut_off(&stand, "ledger").await;
        assert!(again.cut && Lsn::of_text(&again.position).unwrap() >= Lsn::of_text(&done.position).unwrap());
        // Other logins keep their access, and unfencing does not end the cut.
        stand.login("pay_app").await.unwrap();
        stand.login("everything").await.unwrap();
        stand.unfence().await;
        assert!(stand.login("dms").await.is_err());
        let_in(&stand, "ledger").await;
        stand.login("dms").await.unwrap().execute(WRITE, &[&"later"]).await.unwrap();
    });
}

#[test]
fn a_login_returns_when_the_last_replication_ends_its_cut() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let_in(&stand, "no cut").await;
        assert!(cut_off(&stand, "ledger").await.cut);
        assert!(cut_off(&stand, "orders").await.cut);
        let_in(&stand, "ledger").await;
        assert!(stand.login("dms").await.is_err(), "the other replication still locks it out");
        let_in(&stand, "ledger").await;
        assert!(stand.login("dms").await.is_err());
        let_in(&stand, "orders").await;
        stand.login("dms").await.unwrap();
    });
}

#[test]
fn a_rehearsal_names_the_logins_of_the_cut_and_changes_nothing() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let admin = stand.admin().await;
        assert_eq!(rehearsed(&stand).await.unwrap_or_else(|e| panic!("{e}")), ["dms"]);
        stand.login("dms").await.unwrap();
        // A login that may write tokens as a member of another role.
        admin.batch_execute("create role courier login; grant dms to courier").await.unwrap();
        assert_eq!(rehearsed(&stand).await.unwrap_or_else(|e| panic!("{e}")), ["dms", "courier"]);
        admin.batch_execute("drop role courier").await.unwrap();
        // Logins that the fence's login may not alter.
        admin.batch_execute("alter role dms replication").await.unwrap();
        let version: i32 =
            admin.query_one("select current_setting('server_version_num')::int", &[]).await.unwrap().get(0);
        assert!(version >= 160_000 || rehearsed(&stand).await.unwrap_err().message().contains("replication"));
        admin.batch_execute("alter role dms noreplication; alter role migspec_fence nocreaterole").await.unwrap();
        assert!(rehearsed(&stand).await.is_err());
        // No login at all, so that a cut would have no effect.
        admin.batch_execute("revoke all on migspec.migspec_fence from dms").await.unwrap();
        let failure = rehearsed(&stand).await.unwrap_err();
        assert!(failure.message().contains("no effect"), "{failure}");
    });
}
