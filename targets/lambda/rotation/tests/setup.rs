//! The setup of a real server: every login works with its secret and has its privileges, on the first run and on each
//! later one.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests")]

use migspec_events::Side;
use migspec_events::setup::{Login, Setup};
use migspec_function::Roots;
use migspec_function_testing::{NEWEST, OLDEST, Options, Testbed, block_on};
use migspec_rotation::{HELD, Postgres, SetupEvent, Switches, setup};

const MASTER: &str = "arn:aws:secretsmanager:us-east-1:111111111111:secret:master";
const PURPOSES: [(&str, &str); 4] = [
    ("replication", "migspec_replication"),
    ("validation", "migspec_validator"),
    ("fence", "migspec_fence"),
    ("reverse-capture", "migspec_reverse"),
];
const APPLICATION: &str = "
    create role pay_owner nologin;
    create schema payments authorization pay_owner;
    set role pay_owner; create table payments.payment (id bigint primary key, amount numeric(18, 4)); reset role;
    create role master login superuser password 'master-password';";

fn secret(purpose: &str) -> String {
    format!("arn:aws:secretsmanager:us-east-1:111111111111:secret:target/{purpose}")
}

async fn allowed(world: &Testbed, user: &str, password: &str, sql: &str) -> bool {
    let client = world.target.open_as(&world.database, user, password).await.unwrap_or_else(|e| panic!("{user}: {e}"));
    client.batch_execute(sql).await.is_ok()
}

#[test]
fn a_database_is_set_up_and_can_be_set_up_again() {
    let Some(world) = Testbed::start() else { return };
    block_on(async {
        world.run(Side::Target, APPLICATION).await;
        for (purpose, user) in PURPOSES {
            let value = serde_json::json!({
                "username": user, "password": format!("{user}-password"), "host": "127.0.0.1",
                "port": world.target.port, "dbname": world.database, "engine": "postgres", "masterarn": MASTER,
            });
            world.ports.set_secret(&secret(purpose), &value.to_string());
        }
        world.ports.set_secret(MASTER, r#"{"username":"master","password":"master-password"}"#);
        world.describe(|replication| {
            replication.schemas = vec!["payments".into(), "not_yet".into()];
            replication.audited = vec!["payments.payment".into(), "payments.not_yet".into()];
            replication.target_logins =
                PURPOSES.iter().map(|(purpose, _)| ((*purpose).to_owned(), secret(purpose))).collect();
        });
        let real = Postgres { roots: Roots::of_pem(&world.target.authority).unwrap() };
        let event = SetupEvent { setup: world.database.clone() };
        let switches = Switches::of_variable(r#"{"ledger":["/hold"]}"#).unwrap();
        world.ports.set_parameter("/hold", "allowed");
        for _ in 0..2 {
            setup(&world.ports, &real, &switches, &world.call(), &event).await.unwrap();
        }
        let admin = world.open(Side::Target).await;
        let audited = "select has_table_privilege('rds_pgaudit', 'payments.payment', p), rolcanlogin, \
                       exists (select from pg_auth_members where roleid = r.oid) \
                       from pg_roles r, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p \
                       where rolname = 'rds_pgaudit'";
        let rows = admin.query(audited, &[]).await.unwrap();
        let rows: Vec<(bool, bool, bool)> = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
        assert_eq!(rows, [(true, false, false); 4], "pgaudit records what uses these privileges, and nobody has them");
        // A cut has locked this login out: it stays out while the migration runs.
        world.ports.set_parameter("/hold", "held");
        world.run(Side::Target, "alter role migspec_replication nologin").await;
        let failure = setup(&world.ports, &real, &switches, &world.call(), &event).await.expect_err("it is held off");
        assert_eq!(failure.name(), HELD);
        let login = "select rolcanlogin from pg_roles where rolname = 'migspec_replication'";
        assert!(!admin.query_one(login, &[]).await.unwrap().get::<_, bool>(0));
        world.run(Side::Target, "alter role migspec_replication login").await;
        let insert = "insert into payments.payment values (1, 1)";
        let replication = ("migspec_replication", "migspec_replication-password");
        assert!(allowed(&world, replication.0, replication.1, insert).await, "it applies changes");
        assert!(allowed(&world, replication.0, replication.1, "create table awsdms_control.t (id int)").await);
        assert!(!allowed(&world, replication.0, replication.1, "create table payments.other (id int)").await);
        let validator = ("migspec_validator", "migspec_validator-password");
        assert!(allowed(&world, validator.0, validator.1, "select * from payments.payment").await, "it reads");
        assert!(!allowed(&world, validator.0, validator.1, "delete from payments.payment").await, "it does not write");
        let fence = ("migspec_fence", "migspec_fence-password");
        let revoke = "revoke insert on payments.payment from migspec_replication; \
                      alter role migspec_replication nologin; alter role migspec_replication login; \
                      insert into migspec.migspec_fence values ('t', 'm', 'p', now())";
        assert!(allowed(&world, fence.0, fence.1, revoke).await, "the fence changes privileges as the owner");
        let reverse = ("migspec_reverse", "migspec_reverse-password");
        assert!(allowed(&world, reverse.0, reverse.1, "select * from payments.payment").await, "it reads the load");
        assert!(!allowed(&world, reverse.0, reverse.1, "delete from payments.payment").await);
    });
}

#[test]
fn the_file_for_a_source_runs_by_hand() {
    by_hand(Options::default());
}

#[test]
fn the_file_for_a_source_runs_on_the_oldest_and_the_newest_server() {
    for version in [OLDEST, NEWEST] {
        by_hand(Options { version: Some(version), ..Options::default() });
    }
}

fn by_hand(options: Options) {
    let Some(world) = Testbed::with(options, Options::default()) else { return };
    block_on(async {
        world.run(Side::Source, APPLICATION).await;
        let login = |purpose, user| Login { purpose, user };
        let logins = vec![
            login("replication", "migspec_replication"),
            login("validation", "migspec_validator"),
            login("fence", "stopper"),
            login("reverse-apply", "migspec_apply"),
        ];
        let setup = Setup { side: Side::Source, logins, schemas: vec!["payments"], audited: Vec::new() };
        let text: String = setup.statements().into_iter().map(|(_, text)| text).collect();
        world.run(Side::Source, &text).await;
        world.run(Side::Source, &text).await;
        let client = world.open(Side::Source).await;
        let holds = "select rolreplication, has_table_privilege('migspec_apply', 'payments.payment', 'INSERT'), \
                     has_table_privilege('migspec_replication', 'payments.payment', 'INSERT'), \
                     pg_get_userbyid((select nspowner from pg_namespace where nspname = 'migspec'))::text \
                     from pg_roles where rolname = 'migspec_replication'";
        let row = client.query_one(holds, &[]).await.unwrap();
        let found: (bool, bool, bool, String) = (row.get(0), row.get(1), row.get(2), row.get(3));
        assert_eq!(found, (true, true, false, "stopper".to_owned()));
    });
}
