//! Two databases on one server: a login belongs to both, a record to one.

use std::time::{Duration, Instant};

use migspec_fence::{cut, fence, rehearse, rehearse_cut};
use migspec_function_testing::block_on;

use crate::stand::{Stand, scope};

/// Each use of another database by a login that the fence would disable.
const USES: [(&str, &str); 3] = [
    ("create table public.t (id int); alter table public.t owner to owner", "drop table public.t"),
    ("create table public.t (id int); grant select on public.t to web", "drop table public.t"),
    ("create schema s authorization web", "drop schema s"),
];

#[test]
fn a_login_of_two_databases_is_locked_out_of_neither() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let admin = stand.admin().await;
        admin.batch_execute("create database \"Other\"").await.unwrap();
        let other = stand.cluster.open("Other").await;
        let mut client = stand.login("migspec_fence").await.unwrap();
        let before = stand.catalogue().await;
        for (begin, end) in USES {
            other.batch_execute(begin).await.unwrap();
            let failure = rehearse(&mut client, &scope()).await.expect_err(begin);
            assert!(failure.message().contains("web") && failure.message().contains("\"Other\""), "{failure}");
            fence(&mut client, &scope(), Instant::now()).await.expect_err(begin);
            assert_eq!(stand.catalogue().await, before, "nothing was taken");
            other.batch_execute(end).await.unwrap();
        }
        // A session suffices, as long as it lasts.
        let session = stand.cluster.open_as("Other", "web", "web-password").await.unwrap();
        let failure = rehearse(&mut client, &scope()).await.expect_err("a session");
        assert!(failure.message().contains("web"), "{failure}");
        drop(session);
        // Whoever has only rights here is not locked out, and may work elsewhere.
        other.batch_execute("create table public.t (id int); alter table public.t owner to pay_app").await.unwrap();
        let begun = Instant::now();
        while let Err(failure) = rehearse(&mut client, &scope()).await {
            assert!(begun.elapsed() < Duration::from_secs(10), "{failure}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // The attempts have left the lock of a fence to this session.
        drop(client);
        assert!(stand.fence().await.fenced);
        stand.cluster.open_as("Other", "pay_app", "pay_app-password").await.unwrap();
        stand.unfence().await;
    });
}

#[test]
fn a_login_that_applies_changes_to_two_databases_is_not_cut_off() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let admin = stand.admin().await;
        admin.batch_execute("create database other").await.unwrap();
        let other = stand.cluster.open("other").await;
        other.batch_execute("create table public.t (id int); grant insert on public.t to dms").await.unwrap();
        let mut client = stand.login("migspec_fence").await.unwrap();
        let failure = rehearse_cut(&mut client).await.expect_err("two databases");
        assert!(
            failure.message().contains("dms out of other databases") && failure.message().contains("other"),
            "{failure}"
        );
        cut(&mut client, "ledger", Instant::now()).await.expect_err("two databases");
        stand.login("dms").await.expect("it is not locked out");
        other.batch_execute("drop table public.t").await.unwrap();
        assert_eq!(rehearse_cut(&mut client).await.unwrap_or_else(|e| panic!("{e}")), ["dms"]);
    });
}
