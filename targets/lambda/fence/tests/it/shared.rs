//! Two replications in one database, and changes that others make behind a fence.

use std::time::{Duration, Instant};

use migspec_fence::{Scope, fence, freeze, is_frozen, rehearse, thaw, unfence};
use migspec_function_testing::block_on;

use crate::stand::{Stand, scope};

/// A second replication: its own schema, and a table of the first one.
fn other() -> Scope {
    Scope {
        replication: "invoices".into(),
        roles: vec!["pay_app".into()],
        schemas: vec!["billing".into()],
        include: vec!["billing.*".into(), "payments.ledger".into()],
    }
}

async fn may(stand: &Stand, role: &str, sql: &str) -> bool {
    let Ok(client) = stand.login(role).await else { return false };
    client.batch_execute(&format!("begin; {sql}; rollback")).await.is_ok()
}

const INVOICE: (&str, &str) = ("pay_app", "insert into billing.invoice values (1, 1)");
const LEDGER: (&str, &str) = ("pay_app", "update payments.ledger set amount = 2");
const PAYMENT: (&str, &str) = ("pay_app", "insert into payments.payment (amount) values (1)");
const OWNER: (&str, &str) = ("web", "set role owner; insert into payments.ledger (amount) values (1)");

#[test]
fn a_fence_that_ends_leaves_the_objects_of_another_one_closed() {
    for first_opens in [true, false] {
        let Some(stand) = Stand::start() else { return };
        block_on(async {
            let before = stand.catalogue().await;
            let mut client = stand.login("migspec_fence").await.unwrap();
            let until = || Instant::now() + Duration::from_secs(30);
            assert!(fence(&mut client, &scope(), until()).await.unwrap().fenced);
            assert!(fence(&mut client, &other(), until()).await.unwrap().fenced);
            let order = if first_opens { ["ledger", "invoices"] } else { ["invoices", "ledger"] };
            unfence(&mut client, order[0]).await.unwrap();
            for (role, sql) in [LEDGER, OWNER] {
                assert!(!may(&stand, role, sql).await, "{} is still fenced: {sql}", order[1]);
            }
            assert_eq!(may(&stand, PAYMENT.0, PAYMENT.1).await, first_opens);
            unfence(&mut client, order[1]).await.unwrap();
            for (role, sql) in [LEDGER, OWNER, PAYMENT, INVOICE] {
                assert!(may(&stand, role, sql).await, "{role}: {sql}");
            }
            let mut after = stand.catalogue().await;
            after.sort();
            assert_eq!(after, before);
        });
    }
}

/// Between two fences: a right that the first spares and the second takes, a right
/// that was granted behind the first, and one that was revoked there.
#[test]
fn rights_that_change_between_two_fences_are_exact_in_either_order() {
    for order in [["ledger", "invoices"], ["invoices", "ledger"]] {
        let Some(stand) = Stand::start() else { return };
        block_on(async {
            let admin = stand.admin().await;
            let mut client = stand.login("migspec_fence").await.unwrap();
            let until = || Instant::now() + Duration::from_secs(30);
            assert!(fence(&mut client, &scope(), until()).await.unwrap().fenced);
            let between = "grant delete on payments.ledger to reporting; revoke select on payments.ledger from pay_app";
            admin.batch_execute(between).await.unwrap();
            let named = Scope { roles: vec!["pay_app".into(), "dms".into()], ..other() };
            assert!(fence(&mut client, &named, until()).await.unwrap().fenced);
            for replication in order {
                unfence(&mut client, replication).await.unwrap();
            }
            let listed = "select a.grantee::regrole || ' ' || a.privilege_type from pg_class c, aclexplode(c.relacl) a \
                          where c.oid = 'payments.ledger'::regclass and a.grantee <> 0";
            let rows = admin.query(listed, &[]).await.unwrap();
            let rights: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
            for (right, has) in
                [("dms INSERT", true), ("reporting DELETE", true), ("pay_app SELECT", false), ("pay_app INSERT", true)]
            {
                assert_eq!(rights.iter().any(|r| r == right), has, "{order:?} {right}: {rights:?}");
            }
        });
    }
}

#[test]
fn a_thaw_leaves_the_schemas_of_another_replication_frozen() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let client = stand.login("migspec_fence").await.unwrap();
        freeze(&client, &scope()).await.unwrap();
        freeze(&client, &other()).await.unwrap();
        thaw(&client, "ledger").await.unwrap();
        assert!(!is_frozen(&client, &scope()).await.unwrap() && is_frozen(&client, &other()).await.unwrap());
        let admin = stand.admin().await;
        assert!(admin.batch_execute("alter table billing.invoice add column more int").await.is_err());
        admin.batch_execute("alter table payments.payment add column more int").await.unwrap();
        thaw(&client, "invoices").await.unwrap();
        admin.batch_execute("alter table billing.invoice add column more int").await.unwrap();
    });
}

/// The event triggers name schemas without quotes.
#[test]
fn a_schema_with_an_odd_name_is_frozen() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let admin = stand.admin().await;
        admin.batch_execute("create schema \"Odd \"\"Schema\"").await.unwrap();
        let odd = Scope { schemas: vec!["Odd \"Schema".into()], ..other() };
        let client = stand.login("migspec_fence").await.unwrap();
        freeze(&client, &odd).await.unwrap();
        assert!(is_frozen(&client, &odd).await.unwrap());
        let create = "create table \"Odd \"\"Schema\".t (id int)";
        assert!(admin.batch_execute(create).await.is_err());
        thaw(&client, &odd.replication).await.unwrap();
        admin.batch_execute(create).await.unwrap();
    });
}

/// Changes by an administrator behind the fence, each with the question whether it
/// has stayed.
const KEPT: [(&str, &str, &str); 5] = [
    (
        "revoke select on payments.payment from pay_app",
        "select not has_table_privilege('pay_app', 'payments.payment', 'SELECT')",
        "SELECT on TABLE payments.payment was revoked from pay_app",
    ),
    (
        "grant delete on payments.payment to reporting",
        "select has_table_privilege('reporting', 'payments.payment', 'DELETE')",
        "DELETE on TABLE payments.payment was granted to reporting",
    ),
    (
        "grant select (c) on payments.\"Odd Table\" to anybody",
        "select has_column_privilege('anybody', 'payments.\"Odd Table\"', 'c', 'SELECT')",
        "SELECT on TABLE payments.\"Odd Table\" was granted to anybody",
    ),
    (
        "create or replace function other.pay(amount numeric) returns void language sql security invoker as 'select 1'",
        "select not prosecdef from pg_proc where proname = 'pay'",
        "other.pay(amount numeric) was replaced",
    ),
    (
        "alter table payments.ledger owner to passer",
        "select has_table_privilege('pay_app', 'payments.ledger', 'INSERT')",
        "",
    ),
];

#[test]
fn changes_of_others_behind_the_fence_stay_and_are_named() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        assert!(stand.fence().await.fenced);
        let admin = stand.admin().await;
        for (change, ..) in KEPT {
            admin.batch_execute(change).await.unwrap_or_else(|e| panic!("{e:?} {change}"));
        }
        let mut client = stand.login("migspec_fence").await.unwrap();
        let kept = unfence(&mut client, "ledger").await.unwrap_or_else(|e| panic!("{e}"));
        for (change, question, named) in KEPT {
            assert!(admin.query_one(question, &[]).await.unwrap().get::<_, bool>(0), "{change}");
            assert!(named.is_empty() || kept.iter().any(|line| line == named), "{named}: {kept:#?}");
        }
        assert!(may(&stand, PAYMENT.0, PAYMENT.1).await && may(&stand, LEDGER.0, LEDGER.1).await);
    });
}

/// The login of DMS writes as a member of a group, whose right the fence takes.
#[test]
fn a_rehearsal_finds_rights_that_the_migration_loses_with_a_group() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let mut client = stand.login("migspec_fence").await.unwrap();
        let group = "set role owner; revoke delete on payments.audit from dms; grant delete on payments.audit to writers; \
                     reset role; grant writers to dms";
        stand.admin().await.batch_execute(group).await.unwrap();
        let failure = rehearse(&mut client, &scope()).await.expect_err("dms would lose the right");
        assert!(failure.message().contains("DELETE on payments.audit from dms"), "{failure}");
        stand.admin().await.batch_execute("set role owner; grant delete on payments.audit to dms").await.unwrap();
        rehearse(&mut client, &scope()).await.unwrap_or_else(|e| panic!("{e}"));
    });
}

/// A chain of grants whose middle the fence's login may not act as.
#[test]
fn a_rehearsal_includes_the_end_of_the_fence() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let before = stand.catalogue().await;
        let mut client = stand.login("migspec_fence").await.unwrap();
        rehearse(&mut client, &scope()).await.unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(stand.catalogue().await, before, "a rehearsal leaves no trace");
        let admin = stand.admin().await;
        let chain = "set role owner; grant update on payments.ledger to passer with grant option; \
                     set role passer; grant update on payments.ledger to reporting with grant option; \
                     set role reporting; grant update on payments.ledger to anybody; reset role";
        admin.batch_execute(chain).await.unwrap();
        let failure = rehearse(&mut client, &scope()).await.expect_err("reporting is no role of the fence");
        assert!(failure.message().contains("granted by reporting"), "{failure}");
        admin.batch_execute("grant reporting to migspec_fence").await.unwrap();
        let before = stand.catalogue().await;
        rehearse(&mut client, &scope()).await.unwrap_or_else(|e| panic!("{e}"));
        assert!(stand.fence().await.fenced);
        stand.unfence().await;
        assert_eq!(stand.catalogue().await, before);
    });
}
