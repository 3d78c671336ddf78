//! A replication between two servers, as its functions find it.

use std::collections::BTreeMap;
use std::time::Duration;

use migspec_events::{Replication, Run, Side};
use migspec_function::{Call, Log, Settings};
use tokio_postgres::Client;

use crate::{Cluster, Memory, Options};

/// A login that a test makes on one side.
#[derive(Clone, Copy, Debug)]
pub struct Login<'a> {
    pub side: Side,
    /// `validation`.
    pub purpose: &'a str,
    /// The role, which is made with `attributes`: `REPLICATION`.
    pub role: &'a str,
    pub attributes: &'a str,
}

/// Two servers, their AWS resources, and a database on each.
#[derive(Debug)]
pub struct Testbed {
    pub source: Cluster,
    pub target: Cluster,
    pub ports: Memory,
    pub database: String,
}

/// Below which the parameters of replications lie.
const PARAMETERS: &str = "/migration/test/replications";

impl Testbed {
    /// Two servers with an empty database `ledger`. `None`, and a word about
    /// it, where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        Self::with(Options::default(), Options::default())
    }

    /// The same with servers that differ.
    pub fn with(source: Options, target: Options) -> Option<Self> {
        let world = Self {
            source: Cluster::start(source)?,
            target: Cluster::start(target)?,
            ports: Memory::default(),
            database: "ledger".to_owned(),
        };
        crate::block_on(async {
            for side in [Side::Source, Side::Target] {
                world.cluster(side).open("postgres").await.batch_execute("CREATE DATABASE ledger").await.expect("made");
            }
        });
        for side in [Side::Source, Side::Target] {
            world.ports.set_parameter(&authority(side), &world.cluster(side).authority);
        }
        world.describe(|_| {});
        Some(world)
    }

    pub fn cluster(&self, side: Side) -> &Cluster {
        match side {
            Side::Source => &self.source,
            Side::Target => &self.target,
        }
    }

    /// A session of the superuser in the database of one side.
    pub async fn open(&self, side: Side) -> Client {
        self.cluster(side).open(&self.database).await
    }

    /// The major version of a side.
    pub async fn version(&self, side: Side) -> u32 {
        let sql = "SELECT current_setting('server_version_num')::int / 10000";
        let row = self.open(side).await.query_one(sql, &[]).await.expect("a server has a version");
        row.get::<_, i32>(0).unsigned_abs()
    }

    /// Runs statements as the superuser on one side.
    ///
    /// # Panics
    /// One is refused.
    pub async fn run(&self, side: Side, sql: &str) {
        let client = self.open(side).await;
        client.batch_execute(sql).await.unwrap_or_else(|e| panic!("{e:?}\n{sql}"));
    }

    /// Runs statements as the superuser on both sides.
    pub async fn run_on_both(&self, sql: &str) {
        self.run(Side::Source, sql).await;
        self.run(Side::Target, sql).await;
    }

    /// Writes the parameter of the replication, after `change`.
    pub fn describe(&self, change: impl FnOnce(&mut Replication)) {
        let logins = |side: &str| {
            let id = |purpose: &&str| ((*purpose).to_owned(), secret(side, purpose));
            ["replication", "validation", "fence", "reverse-capture", "reverse-apply"]
                .iter()
                .map(id)
                .collect::<BTreeMap<_, _>>()
        };
        let end = |side: Side| {
            let mut end = self.cluster(side).end(&self.database);
            end.authority = Some(authority(side));
            end
        };
        let mut replication = Replication {
            source: end(Side::Source),
            target: end(Side::Target),
            source_logins: logins("source"),
            target_logins: logins("target"),
            forward_task: task("ledger-test"),
            reverse_task: Some(task("ledger-reverse-test")),
            reverse_slot: Some("migspec_reverse".to_owned()),
            rehearsal_task: Some(task("ledger-rehearsal-test")),
            fence_table: "public.migspec_fence".to_owned(),
            include: vec!["payments.*".to_owned()],
            exclude: Vec::new(),
            lob_limit: Some(64),
            roles: vec!["pay_app".to_owned()],
            schemas: vec!["payments".to_owned()],
            audited: Vec::new(),
        };
        change(&mut replication);
        let text = serde_json::to_string(&replication).expect("a replication serialises");
        self.ports.set_parameter(&format!("{PARAMETERS}/{}", self.database), &text);
    }

    /// Makes a login and its secret.
    pub async fn login(&self, login: Login<'_>) {
        let side = login.side.name();
        let password = format!("{}-password", login.role);
        let sql = format!("CREATE ROLE {} LOGIN PASSWORD '{password}' {}", login.role, login.attributes);
        self.run(login.side, &sql).await;
        let value = serde_json::json!({
            "host": "127.0.0.1", "port": self.cluster(login.side).port, "username": login.role, "password": password,
        });
        self.ports.set_secret(&secret(side, login.purpose), &value.to_string());
    }

    /// The run that all events of a test carry.
    pub fn run_of(&self) -> Run {
        Run {
            migration: "payments".to_owned(),
            environment: "test".to_owned(),
            cutover: self.database.clone(),
            execution: "test-1".to_owned(),
        }
    }

    /// A call with a minute, and a log in memory.
    pub fn call(&self) -> Call {
        Call::lasting(settings(), Log::memory(), Duration::from_secs(60))
    }

    /// The same settings as variables, for a function's binary.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let settings = settings();
        vec![
            ("MIGSPEC_ENVIRONMENT", settings.environment),
            ("MIGSPEC_MIGRATION", settings.migration),
            ("MIGSPEC_PARAMETERS", settings.parameters),
            ("MIGSPEC_METRICS", settings.metrics),
            ("MIGSPEC_CHECKPOINTS", settings.checkpoints),
            ("MIGSPEC_EVIDENCE", settings.evidence),
            ("MIGSPEC_TOPIC", settings.topic),
        ]
    }

    /// Logical replication of all tables, in place of DMS: existing rows are
    /// copied, and later changes arrive in order. The tables must exist on both
    /// sides.
    ///
    /// # Panics
    /// The copy does not come to its end within two minutes.
    pub async fn replicate(&self, from: Side, to: Side, name: &str) {
        self.run(from, &format!("CREATE PUBLICATION {name} FOR ALL TABLES")).await;
        let conninfo = self.cluster(from).conninfo(&self.database);
        self.run(to, &format!("CREATE SUBSCRIPTION {name} CONNECTION '{conninfo}' PUBLICATION {name}")).await;
        let client = self.open(to).await;
        for _ in 0..1200 {
            let copying = "SELECT count(*) FROM pg_subscription_rel WHERE srsubstate <> 'r'";
            if client.query_one(copying, &[]).await.is_ok_and(|row| row.get::<_, i64>(0) == 0) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the tables of {name} are not copied");
    }
}

fn settings() -> Settings {
    Settings {
        environment: "test".to_owned(),
        migration: "payments".to_owned(),
        parameters: PARAMETERS.to_owned(),
        metrics: "Migspec/payments-test".to_owned(),
        checkpoints: "checkpoints".to_owned(),
        evidence: "evidence".to_owned(),
        topic: "arn:aws:sns:us-east-1:111111111111:test".to_owned(),
        authorities: String::new(),
    }
}

/// A name: moto gives secrets ARNs of its own.
fn secret(side: &str, purpose: &str) -> String {
    format!("{side}/{purpose}")
}

fn authority(side: Side) -> String {
    format!("{PARAMETERS}/ledger/authority/{}", side.name())
}

fn task(name: &str) -> String {
    format!("arn:aws:dms:us-east-1:111111111111:task:{name}")
}
