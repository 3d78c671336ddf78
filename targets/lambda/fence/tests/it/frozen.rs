//! Schemas that stay as they are.

use migspec_fence::{fingerprint, freeze, is_frozen, thaw};
use migspec_function_testing::block_on;

use crate::stand::{Stand, scope};

/// Changes of a schema, by whom.
const CHANGES: [(&str, &str); 10] = [
    ("postgres", "alter schema payments rename to paiments"),
    ("postgres", "alter table payments.payment set schema other"),
    ("postgres", "alter index payments.payment_pkey rename to payment_key"),
    ("postgres", "alter table payments.payment add column more int"),
    ("postgres", "create index on payments.payment (amount)"),
    ("postgres", "drop table payments.fee"),
    ("postgres", "create table payments.more (id int)"),
    ("postgres", "alter table payments.ledger alter column amount type numeric"),
    ("web", "set role owner; alter table payments.payment drop column note"),
    ("pay_app", "create table payments.more (id int)"),
];

/// Statements that do not change these schemas.
const OTHERS: [(&str, &str); 4] = [
    ("pay_app", "create temporary table t (id int); drop table t"),
    ("web", "set role owner; create table other.more (id int); drop table other.more"),
    ("postgres", "grant select on payments.payment to reporting"),
    ("dms", "insert into payments.untouched values (1)"),
];

async fn may(stand: &Stand, role: &str, sql: &str) -> bool {
    let client = if role == "postgres" { stand.admin().await } else { stand.login(role).await.unwrap() };
    client.batch_execute(&format!("begin; {sql}; rollback")).await.is_ok()
}

#[test]
fn a_frozen_schema_refuses_changes_and_nothing_else() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let client = stand.login("migspec_fence").await.unwrap();
        assert!(!is_frozen(&client, &scope()).await.unwrap());
        for (role, sql) in CHANGES.into_iter().chain(OTHERS) {
            assert!(may(&stand, role, sql).await, "before it is frozen {role} may: {sql}");
        }
        let before = fingerprint(&client, &scope()).await.unwrap();
        freeze(&client, &scope()).await.unwrap();
        freeze(&client, &scope()).await.unwrap();
        assert!(is_frozen(&client, &scope()).await.unwrap());
        for (role, sql) in CHANGES {
            assert!(!may(&stand, role, sql).await, "while it is frozen {role} may not: {sql}");
        }
        for (role, sql) in OTHERS {
            assert!(may(&stand, role, sql).await, "while it is frozen {role} may: {sql}");
        }
        assert!(stand.fence().await.fenced, "the fence changes rights and attributes, no schema");
        stand.unfence().await;
        assert_eq!(fingerprint(&client, &scope()).await.unwrap(), before);
        thaw(&client, "ledger").await.unwrap();
        assert!(!is_frozen(&client, &scope()).await.unwrap());
        for (role, sql) in CHANGES {
            assert!(may(&stand, role, sql).await, "after that {role} may again: {sql}");
        }
    });
}

#[test]
fn a_fingerprint_tells_every_change() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let client = stand.login("migspec_fence").await.unwrap();
        let mut seen = vec![fingerprint(&client, &scope()).await.unwrap()];
        for change in [
            "alter table payments.payment add column more int",
            "alter table payments.payment alter column more type bigint",
            "alter table payments.payment alter column more set not null",
            "create index on payments.payment (more)",
            "alter table payments.payment add check (more > 0)",
            "drop table payments.untouched cascade",
        ] {
            stand.admin().await.batch_execute(change).await.unwrap();
            let now = fingerprint(&client, &scope()).await.unwrap();
            assert!(!seen.contains(&now), "{change}");
            seen.push(now);
        }
        // Rows without their triggers refuse nothing.
        freeze(&client, &scope()).await.unwrap();
        stand.admin().await.batch_execute("alter event trigger migspec_refuse_drops disable").await.unwrap();
        assert!(!is_frozen(&client, &scope()).await.unwrap());
    });
}
