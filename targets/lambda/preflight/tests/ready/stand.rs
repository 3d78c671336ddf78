//! Two servers that are ready, and preflight on them.

use migspec_events::{Demand, PreflightEvent, PreflightReply, Side};
use migspec_function::Task;
use migspec_function_testing::{Login, Options, Testbed, block_on};
use migspec_preflight::handle;

/// Checks whose cases need servers with settings of their own, or the ports.
pub const OTHER_TESTS: &[&str] = &[
    "connections",
    "dms-tables-copied",
    "connection-pooler",
    "engine-old",
    "engine-unknown",
    "engine-version",
    "instance-missing",
    "long-transaction",
    "no-encoding",
    "no-tables",
    "prepared-transactions",
    "replication-slots",
    "reverse-slot",
    "secret-members",
    "sender-timeout",
    "server-version",
    "slot-wal-limit",
    "standby",
    "tables-in-error",
    "task-failed",
    "task-missing",
    "wal-level",
    "wal-senders",
    "background-worker",
    "encoding",
    "unresolved-name",
];

/// `all_reader` has the privileges of `pg_read_all_data`, which exists from
/// PostgreSQL 14 on.
const ROLES: &str = "CREATE ROLE owner NOLOGIN; CREATE ROLE pay_app LOGIN; CREATE ROLE all_reader NOLOGIN";

/// The rights on tables that are made from now on: the fence's own are not among
/// them. The fence would take the right to write from a group.
fn rights(applier: &str) -> String {
    format!(
        "ALTER DEFAULT PRIVILEGES FOR ROLE postgres, owner GRANT USAGE ON SCHEMAS TO all_reader; \
         ALTER DEFAULT PRIVILEGES FOR ROLE postgres, owner GRANT SELECT ON TABLES TO all_reader; \
         ALTER DEFAULT PRIVILEGES FOR ROLE postgres, owner GRANT INSERT, UPDATE, DELETE ON TABLES TO {applier}"
    )
}

/// The schema of the application, anew.
pub const RESET: &str = "DROP SCHEMA IF EXISTS payments CASCADE; \
    CREATE SCHEMA payments AUTHORIZATION owner; SET ROLE owner; \
    CREATE TABLE payments.payment (id bigserial PRIMARY KEY, amount numeric(18,4), note text); \
    CREATE TABLE payments.by_day (day date, id int, PRIMARY KEY (day, id)) PARTITION BY RANGE (day); \
    CREATE TABLE payments.by_day_1 PARTITION OF payments.by_day DEFAULT; \
    GRANT USAGE ON SCHEMA payments TO pay_app; GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA payments TO pay_app; \
    RESET ROLE";
const TOKENS: &str = "GRANT SELECT, INSERT, UPDATE, DELETE ON migspec.migspec_fence, migspec.migspec_rehearsal TO";
pub const INSTANCE: &str = "arn:aws:dms:us-east-1:111111111111:rep:LEDGER";

/// Two servers with all that a migration needs.
pub fn world(source: Options, target: Options) -> Option<Testbed> {
    let world = Testbed::with(source, target)?;
    block_on(async {
        world.run_on_both(ROLES).await;
        let login = |side, purpose, role, attributes| world.login(Login { side, purpose, role, attributes });
        for side in [Side::Source, Side::Target] {
            login(side, "validation", "validator", "IN ROLE all_reader").await;
            login(side, "fence", "migspec_fence", "CREATEROLE").await;
            world.run(side, migspec_events::setup::FENCE).await;
            world.run(side, "GRANT owner TO migspec_fence").await;
        }
        let reads = "REPLICATION IN ROLE all_reader, pg_read_all_stats";
        let applies = "IN ROLE all_reader";
        login(Side::Source, "replication", "replicator", reads).await;
        login(Side::Target, "replication", "replicator", applies).await;
        login(Side::Target, "reverse-capture", "capturer", reads).await;
        login(Side::Source, "reverse-apply", "applier", applies).await;
        for (side, applier) in [(Side::Target, "replicator"), (Side::Source, "applier")] {
            world.run(side, &format!("{TOKENS} {applier}")).await;
            world.run(side, &rights(applier)).await;
            world.run(side, RESET).await;
            let reader = if side == Side::Source { "replicator" } else { "capturer" };
            world.run(side, &format!("GRANT CREATE ON DATABASE ledger TO {applier}, {reader}")).await;
            world.run(side, &format!("GRANT SELECT ON migspec.migspec_rehearsal TO {reader}")).await;
            if world.version(side).await >= 16 {
                let option = "WITH ADMIN TRUE, INHERIT FALSE, SET FALSE";
                world.run(side, &format!("GRANT {applier} TO migspec_fence {option}")).await;
            }
        }
    });
    for task in ["ledger-test", "ledger-reverse-test"] {
        let arn = format!("arn:aws:dms:us-east-1:111111111111:task:{task}");
        let task = Task { status: "ready".into(), instance: INSTANCE.into(), ..Task::default() };
        world.ports.state().tasks.insert(arn, task);
    }
    world.ports.state().engines.insert(INSTANCE.into(), "3.6.1".into());
    Some(world)
}

pub const FORWARD: &str = "arn:aws:dms:us-east-1:111111111111:task:ledger-test";
pub const REVERSE: &str = "arn:aws:dms:us-east-1:111111111111:task:ledger-reverse-test";

fn demand(task: &str) -> Demand {
    Demand { task: task.to_owned(), slots: 2, connections: 12 }
}

pub async fn ask(world: &Testbed) -> PreflightReply {
    ask_beside(world, &[]).await
}

/// With the tasks of other replications that read from the same source.
pub async fn ask_beside(world: &Testbed, others: &[&str]) -> PreflightReply {
    handle(&world.ports, &world.call(), event(world, others)).await.expect("both sides answer")
}

pub fn event(world: &Testbed, others: &[&str]) -> PreflightEvent {
    let source = [FORWARD].iter().chain(others).map(|task| demand(task)).collect();
    let target = vec![demand(REVERSE)];
    PreflightEvent { run: world.run_of(), reverse: true, source, target }
}
