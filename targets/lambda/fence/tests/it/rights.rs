//! Who can write, and who can again.

use migspec_function_testing::block_on;

use crate::stand::Stand;

/// Writes of every kind, by whom; each fails behind the fence.
const WRITES: [(&str, &str); 18] = [
    ("pay_app", "insert into payments.payment (amount) values (1)"),
    ("pay_app", "update payments.ledger set amount = 2"),
    ("pay_app", "delete from payments.ledger"),
    ("pay_app", "select nextval('payments.ledger_id_seq')"),
    ("pay_app", "insert into billing.invoice values (1, 1)"),
    ("pay_app", "create table payments.more (id int)"),
    ("pay_batch", "insert into payments.payment (amount) values (1)"),
    ("pay_batch", "insert into payments.\"Odd Table\" (c) values (1)"),
    ("pay_batch", "insert into other.part_2026 values (1, '2026-05-05')"),
    ("pay_batch", "delete from other.merchant"),
    ("job", "set role writers; insert into payments.payment (amount) values (1)"),
    ("web", "set role owner; insert into payments.payment (amount) values (1)"),
    ("web", "set role owner; alter table payments.payment add column more int"),
    ("anybody", "insert into payments.audit (what) values ('x')"),
    ("anybody", "insert into other.payments values (77, 1)"),
    ("anybody", "insert into other.queue values (1)"),
    ("anybody", "select other.pay(1)"),
    ("everything", "insert into payments.untouched values (7)"),
];

/// Operations that continue behind the fence.
const READS: [(&str, &str); 6] = [
    ("pay_app", "select * from payments.payment"),
    ("reporting", "select * from payments.ledger"),
    ("anybody", "insert into other.free values (1)"),
    ("pay_app", "insert into billing.elsewhere values (1)"),
    ("dms", "insert into payments.untouched values (1); delete from payments.untouched"),
    ("dms", "insert into payments.payment (amount) values (1)"),
];

async fn may(stand: &Stand, role: &str, sql: &str) -> bool {
    let Ok(client) = stand.login(role).await else { return false };
    client.batch_execute(&format!("begin; {sql}; rollback")).await.is_ok()
}

#[test]
fn behind_the_fence_nobody_writes_and_everybody_reads() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        for (role, sql) in WRITES.into_iter().chain(READS) {
            assert!(may(&stand, role, sql).await, "before the fence {role} may: {sql}");
        }
        let fenced = stand.fence().await;
        assert!(fenced.fenced, "{fenced:?}");
        for (role, sql) in WRITES {
            assert!(!may(&stand, role, sql).await, "behind the fence {role} may not: {sql}");
        }
        for (role, sql) in READS {
            assert!(may(&stand, role, sql).await, "behind the fence {role} may: {sql}");
        }
        assert!(stand.fence().await.fenced, "twice is once");
        stand.unfence().await;
        for (role, sql) in WRITES.into_iter().chain(READS) {
            assert!(may(&stand, role, sql).await, "after the fence {role} may again: {sql}");
        }
    });
}

#[test]
fn everybody_has_exactly_the_former_rights() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let before = stand.catalogue().await;
        stand.fence().await;
        let behind = stand.catalogue().await;
        let changed = before.iter().filter(|line| !behind.contains(line)).count();
        assert!(changed > 15, "{changed} lines of the catalogues differ behind the fence");
        stand.fence().await;
        stand.unfence().await;
        assert_eq!(stand.catalogue().await, before);
        stand.unfence().await;
        assert_eq!(stand.catalogue().await, before, "a database without a fence stays as it is");
    });
}

#[test]
fn what_is_gone_or_new_is_no_obstacle() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        stand.fence().await;
        let admin = stand.admin().await;
        admin
            .batch_execute(
                "drop table payments.audit; drop procedure other.pay_slowly(); \
                 grant update on payments.payment to reporting; \
                 alter table payments.\"Odd Table\" drop column b",
            )
            .await
            .unwrap();
        stand.unfence().await;
        assert!(may(&stand, "reporting", "update payments.payment set amount = 1").await, "the grant remains");
        assert!(may(&stand, "pay_app", "insert into payments.payment (amount) values (1)").await);
        assert!(may(&stand, "pay_batch", "insert into payments.\"Odd Table\" (c) values (1)").await);
    });
}

#[test]
fn what_the_fence_cannot_do_it_says() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let mut client = stand.login("migspec_fence").await.unwrap();
        let until = std::time::Instant::now();
        let missing = migspec_fence::Scope { schemas: vec!["paiments".into()], ..crate::stand::scope() };
        let failure = migspec_fence::fence(&mut client, &missing, until).await.expect_err("there is no such schema");
        assert!(failure.message().contains("paiments"), "{failure}");
        // A right of the migration's own that an application's role passed on.
        let admin = stand.admin().await;
        admin.batch_execute("set role passer; grant insert on payments.payment to dms; reset role").await.unwrap();
        let hanging = stand.catalogue().await;
        let failure = migspec_fence::fence(&mut client, &crate::stand::scope(), until).await.expect_err("it hangs");
        assert!(failure.message().contains("dms") && failure.message().contains("passer"), "{failure}");
        assert_eq!(stand.catalogue().await, hanging);
        admin.batch_execute("set role passer; revoke insert on payments.payment from dms; reset role").await.unwrap();
        // Only the grantor can restore a privilege that another role has
        // granted.
        admin.batch_execute("revoke passer from migspec_fence").await.unwrap();
        let failure = migspec_fence::fence(&mut client, &crate::stand::scope(), until).await.expect_err("no member");
        assert!(failure.message().contains("granted by passer"), "{failure}");
        admin.batch_execute("grant passer to migspec_fence; revoke owner from migspec_fence").await.unwrap();
        let before = stand.catalogue().await;
        let failure = migspec_fence::fence(&mut client, &crate::stand::scope(), until).await.expect_err("no right to");
        assert!(failure.message().contains("owner"), "{failure}");
        assert_eq!(stand.catalogue().await, before, "nothing was taken");
    });
}
