//! Two servers with the logins of a migration.

use std::time::Duration;

use migspec_events::{
    Checksums, Compared, Demand, Planned, PreflightEvent, PreflightReply, Side, Validation, ValidatorEvent,
    ValidatorReply,
};
use migspec_fence::Scope;
use migspec_function::{Call, Key, Task};
use migspec_function_testing::{Login, Testbed};
use serde::de::DeserializeOwned;
use tokio_postgres::Client;

use crate::schema::Ways;

const INSTANCE: &str = "arn:aws:dms:us-east-1:111111111111:rep:LEDGER";
const FORWARD: &str = "arn:aws:dms:us-east-1:111111111111:task:ledger-test";
const REVERSE: &str = "arn:aws:dms:us-east-1:111111111111:task:ledger-reverse-test";

const ROLES: &str =
    "CREATE ROLE owner NOLOGIN; CREATE ROLE pay_app LOGIN PASSWORD 'pay_app-password'; CREATE ROLE clerk NOLOGIN;";
/// The schemas of one round are dropped; the statement is the same for all.
const RESET: &str = "DROP SCHEMA IF EXISTS payments, lib, cron CASCADE; \
    DO $d$ DECLARE s text; BEGIN FOR s IN SELECT subname FROM pg_subscription LOOP \
    EXECUTE format('ALTER SUBSCRIPTION %1$I DISABLE; ALTER SUBSCRIPTION %1$I SET (slot_name = NONE); DROP SUBSCRIPTION %1$I', s); \
    END LOOP; END $d$; \
    DROP PUBLICATION IF EXISTS changes; SELECT lo_unlink(oid) FROM pg_largeobject_metadata; \
    ALTER ROLE pay_app RESET ALL; ALTER DATABASE ledger RESET ALL; REVOKE pg_read_all_data FROM pay_app; \
    CREATE SCHEMA payments AUTHORIZATION owner; CREATE SCHEMA lib AUTHORIZATION owner; \
    GRANT USAGE ON SCHEMA payments, lib TO pay_app, dms, clerk;";

pub struct Stand {
    pub world: Testbed,
    /// A session of the superuser on each side.
    admins: [Client; 2],
}

impl Stand {
    pub async fn new(world: Testbed) -> Self {
        for side in [Side::Source, Side::Target] {
            // The logins of DMS and of the validation read and apply through one role.
            world.run(side, &format!("{ROLES} CREATE ROLE dms NOLOGIN")).await;
            let login = |purpose, role, attributes| world.login(Login { side, purpose, role, attributes });
            login("validation", "validator", "BYPASSRLS IN ROLE dms").await;
            login("fence", "migspec_fence", "CREATEROLE").await;
            world.run(side, migspec_events::setup::FENCE).await;
            world.run(side, "GRANT owner, clerk TO migspec_fence").await;
        }
        let login = |side, purpose, role, attributes| world.login(Login { side, purpose, role, attributes });
        let reads = "REPLICATION BYPASSRLS IN ROLE dms, pg_read_all_stats";
        login(Side::Source, "replication", "replicator", reads).await;
        login(Side::Target, "replication", "replicator", "BYPASSRLS IN ROLE dms").await;
        login(Side::Target, "reverse-capture", "capturer", reads).await;
        login(Side::Source, "reverse-apply", "applier", "BYPASSRLS IN ROLE dms").await;
        for (side, applier, reader) in
            [(Side::Target, "replicator", "capturer"), (Side::Source, "applier", "replicator")]
        {
            let sql = format!(
                "GRANT SELECT, INSERT, UPDATE, DELETE ON migspec.migspec_fence, migspec.migspec_rehearsal TO {applier}; \
                     GRANT SET ON PARAMETER session_replication_role TO {applier}; \
                     GRANT CREATE ON DATABASE ledger TO {applier}, {reader}; \
                     GRANT SELECT ON migspec.migspec_rehearsal TO {reader}"
            );
            world.run(side, &sql).await;
        }
        for arn in [FORWARD, REVERSE] {
            let task = Task { status: "ready".into(), instance: INSTANCE.into(), ..Task::default() };
            world.ports.state().tasks.insert(arn.to_owned(), task);
        }
        world.ports.state().engines.insert(INSTANCE.into(), "3.6.1".into());
        let validation =
            Validation { rows: true, checksums: Some(Checksums { chunk_millis: 200 }), ..Validation::default() };
        let text = serde_json::to_string(&validation).unwrap();
        world.ports.set_parameter("/migration/test/replications/ledger/validation", &text);
        let admins = [world.open(Side::Source).await, world.open(Side::Target).await];
        for admin in &admins {
            // A policy that hides rows from an owner is no error.
            admin.batch_execute("SET row_security = on").await.unwrap();
        }
        Self { world, admins }
    }

    pub fn admin(&self, side: Side) -> &Client {
        let [source, target] = &self.admins;
        match side {
            Side::Source => source,
            Side::Target => target,
        }
    }

    pub async fn reset(&self) {
        for admin in &self.admins {
            for row in
                admin.query("SELECT format('ROLLBACK PREPARED %L', gid) FROM pg_prepared_xacts", &[]).await.unwrap()
            {
                admin.batch_execute(row.get(0)).await.unwrap();
            }
            admin.batch_execute(RESET).await.unwrap();
        }
    }

    pub fn scope(&self) -> Scope {
        crate::scope()
    }

    pub async fn login(&self, side: Side, role: &str) -> Client {
        let password = format!("{role}-password");
        self.world.cluster(side).open_as("ledger", role, &password).await.unwrap_or_else(|e| panic!("{role}: {e}"))
    }

    pub async fn app(&self, side: Side) -> Client {
        let app = self.login(side, "pay_app").await;
        // The sessions of functions are refused where a policy would hide rows from them.
        app.batch_execute("SET row_security = on").await.unwrap();
        app
    }

    pub async fn preflight(&self, ways: Ways) -> PreflightReply {
        let demand = |task: &str| vec![Demand { task: task.to_owned(), slots: 1, connections: 12 }];
        let event = PreflightEvent {
            run: self.world.run_of(),
            reverse: ways == Ways::ThereAndBack,
            source: demand(FORWARD),
            target: demand(REVERSE),
        };
        let call = self.world.call();
        migspec_preflight::handle(&self.world.ports, &call, event).await.unwrap_or_else(|e| panic!("{e}"))
    }

    async fn ask<T: DeserializeOwned>(&self, event: ValidatorEvent) -> T {
        // Beyond the reserve of a chunk.
        let call = self.world.call();
        let call = Call::lasting(call.settings, call.log, Duration::from_secs(300));
        let reply = migspec_validator::handle(&self.world.ports, &call, event).await.unwrap_or_else(|e| panic!("{e}"));
        serde_json::from_value(reply).unwrap()
    }

    /// A pass over all rows, as the workflow has it.
    pub async fn pass(&self) -> ValidatorReply {
        let run = || self.world.run_of();
        let planned: Planned = self.ask(ValidatorEvent::Plan { run: run() }).await;
        let groups = planned.groups.len() as u64;
        for group in planned.groups {
            let (pass, cursor) = (planned.pass.clone(), String::new());
            let compared: Compared = self.ask(ValidatorEvent::Chunk { run: run(), pass, group, cursor }).await;
            assert!(compared.complete);
        }
        self.ask(ValidatorEvent::Summarise { run: run(), pass: planned.pass, groups }).await
    }

    /// The check within the fence.
    pub async fn window(&self) -> ValidatorReply {
        self.ask(ValidatorEvent::FenceWindow { run: self.world.run_of() }).await
    }

    /// The evidence of a reply.
    pub fn evidence(&self, reply: &ValidatorReply) -> String {
        let state = self.world.ports.state();
        String::from_utf8_lossy(&state.objects[&Key::new("evidence", reply.evidence.as_str())]).into_owned()
    }

    /// The rights on all objects of both sides.
    pub async fn rights(&self) -> Vec<String> {
        let sql = "SELECT concat(c.oid::regclass, ' ', a::text) FROM pg_class c, unnest(c.relacl) a \
            WHERE c.relnamespace::regnamespace::text IN ('payments', 'lib') \
            UNION ALL SELECT concat(nspname, ' ', a::text) FROM pg_namespace, unnest(nspacl) a \
            UNION ALL SELECT concat(rolname, rolcanlogin) FROM pg_roles \
            UNION ALL SELECT concat(oid::regprocedure, prosecdef) FROM pg_proc WHERE pronamespace::regnamespace::text = 'payments' \
            ORDER BY 1";
        let mut found = Vec::new();
        for side in [Side::Source, Side::Target] {
            let rows = self.admin(side).query(sql, &[]).await.unwrap();
            found.extend(rows.iter().map(|row| format!("{} {}", side.name(), row.get::<_, String>(0))));
        }
        found
    }
}
