//! A database with privileges of every kind, and the prerequisites of the fence
//! in it.

use std::time::{Duration, Instant};

use migspec_events::Fenced;
use migspec_fence::{Scope, fence, unfence};
use migspec_function::Failure;
use migspec_function_testing::{Cluster, Options, block_on};
use tokio_postgres::Client;

pub const FENCE_PASSWORD: &str = "migspec_fence-password";

/// Roles and objects of an application, as they are found.
pub const APPLICATION: &str = include_str!("application.sql");

pub struct Stand {
    pub cluster: Cluster,
}

impl Stand {
    pub fn start() -> Option<Self> {
        let settings = ["max_prepared_transactions = 10"];
        let cluster = Cluster::start(Options { settings: &settings, ..Options::default() })?;
        let stand = Self { cluster };
        block_on(async {
            stand.cluster.open("postgres").await.batch_execute("create database ledger").await.unwrap();
            let admin = stand.admin().await;
            admin.batch_execute(&fence_login()).await.unwrap();
            admin.batch_execute(APPLICATION).await.unwrap_or_else(|e| panic!("{e:?}"));
            admin.batch_execute(migspec_events::setup::FENCE).await.unwrap();
            admin
                .batch_execute("grant owner, passer to migspec_fence; grant select, insert, update on migspec.migspec_fence to dms; grant usage on schema migspec to dms")
                .await
                .unwrap();
        });
        Some(stand)
    }

    pub async fn admin(&self) -> Client {
        self.cluster.open("ledger").await
    }

    pub async fn login(&self, role: &str) -> Result<Client, Failure> {
        self.cluster.open_as("ledger", role, &format!("{role}-password")).await
    }

    pub async fn fence(&self) -> Fenced {
        let mut client = self.login("migspec_fence").await.unwrap();
        fence(&mut client, &scope(), Instant::now() + Duration::from_secs(30)).await.unwrap_or_else(|e| panic!("{e}"))
    }

    pub async fn unfence(&self) {
        let mut client = self.login("migspec_fence").await.unwrap();
        unfence(&mut client, &scope().replication).await.unwrap_or_else(|e| panic!("{e}"));
    }

    /// Every right that the catalogues hold, byte for byte.
    pub async fn catalogue(&self) -> Vec<String> {
        let admin = self.admin().await;
        let rows = admin.query(include_str!("catalogue.sql"), &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

/// The login of the fence is no superuser.
fn fence_login() -> String {
    format!(
        "create role migspec_fence login createrole password '{FENCE_PASSWORD}'; grant create on database ledger to migspec_fence"
    )
}

pub fn scope() -> Scope {
    Scope {
        replication: "ledger".into(),
        roles: vec!["pay_app".into(), "pay_batch".into()],
        schemas: vec!["payments".into()],
        include: vec!["payments.*".into(), "billing.inv*".into()],
    }
}
