//! The application: clients that make payments on the database of the switch,
//! and retry each payment until it succeeds.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use migspec_events::Side;
use tokio::task::JoinHandle;
use tokio_postgres::Client;

use crate::stage::{ACCOUNTS, Stage};

const CLIENTS: usize = 8;
/// How the key of each payment begins: account data, as far as anybody knows.
pub const ACCOUNT: &str = "4111-1111-";

/// A payment that its client knows to be made.
struct Made {
    key: String,
    side: Side,
    at: Instant,
}

pub struct Clients {
    stage: Arc<Stage>,
    stop: Arc<AtomicBool>,
    clients: Vec<JoinHandle<Vec<Made>>>,
}

impl Clients {
    pub fn start(stage: &Arc<Stage>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let clients = (0..CLIENTS).map(|n| tokio::spawn(client(n, stage.clone(), stop.clone()))).collect();
        Self { stage: stage.clone(), stop, clients }
    }

    /// Waits for so many payments more.
    pub async fn more(&self, payments: usize) {
        let made = || self.stage.made_on(Side::Source) + self.stage.made_on(Side::Target);
        let start = made();
        while made() < start + payments {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Lets each client end the payment that it is at.
    pub async fn stop(self) -> Ledger {
        self.stop.store(true, Ordering::SeqCst);
        let mut made = Vec::new();
        for client in self.clients {
            made.extend(client.await.unwrap());
        }
        made.sort_by_key(|payment| payment.at);
        Ledger { made }
    }
}

async fn client(n: usize, stage: Arc<Stage>, stop: Arc<AtomicBool>) -> Vec<Made> {
    // The first one looks at the switch so rarely that only the fence stops it.
    let refresh = Duration::from_millis(if n == 0 { 3000 } else { 30 });
    let mut made = Vec::new();
    let mut read: Option<(Instant, String)> = None;
    let mut session: Option<(Side, Client)> = None;
    for payment in 0.. {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let key = format!("{ACCOUNT}{n}-{payment}");
        loop {
            let stale = read.as_ref().is_none_or(|(at, _)| at.elapsed() > refresh);
            let writer = match read.take().filter(|_| !stale) {
                Some((at, writer)) => read.insert((at, writer)).1.clone(),
                None => read.insert((Instant::now(), stage.writer())).1.clone(),
            };
            let side = match writer.as_str() {
                "source" => Side::Source,
                "target" => Side::Target,
                _ => {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    continue;
                }
            };
            if session.as_ref().is_none_or(|(open, client)| *open != side || client.is_closed()) {
                let cluster = stage.world.cluster(side);
                let opened = cluster.open_as(&stage.world.database, "pay_app", "pay_app-password").await;
                session = opened.ok().map(|client| (side, client));
            }
            let Some((_, client)) = session.as_mut() else {
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            match pay(client, &key, n).await {
                Ok(()) => {
                    stage.made[usize::from(side == Side::Target)].fetch_add(1, Ordering::SeqCst);
                    made.push(Made { key: key.clone(), side, at: Instant::now() });
                    break;
                }
                Err(_) => {
                    session = None;
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    made
}

/// One payment, once: a key that is there has been paid.
async fn pay(client: &mut Client, key: &str, n: usize) -> Result<(), tokio_postgres::Error> {
    let transaction = client.transaction().await?;
    let insert =
        "insert into payments.payment (key, amount) values ($1, 1.25) on conflict (key) do nothing returning id";
    if let Some(row) = transaction.query_opt(insert, &[&key]).await? {
        let id: i64 = row.get(0);
        let note = format!("it's {key}");
        transaction.execute("insert into payments.entry (payment, note) values ($1, $2)", &[&id, &note]).await?;
        let account = i64::try_from(n).unwrap() % ACCOUNTS;
        transaction.execute("update payments.account set balance = balance + 1.25 where id = $1", &[&account]).await?;
    }
    transaction.commit().await
}

/// All payments that the clients know to be made, in the order of time.
pub struct Ledger {
    made: Vec<Made>,
}

impl Ledger {
    pub fn made_on(&self, side: Side) -> usize {
        self.made.iter().filter(|payment| payment.side == side).count()
    }

    /// The longest time in which no payment was made.
    pub fn pause(&self) -> Duration {
        self.made.windows(2).map(|pair| pair[1].at - pair[0].at).max().unwrap_or_default()
    }

    /// One side holds every payment, each once, and nothing else.
    pub async fn is_whole(&self, stage: &Stage, side: Side) {
        let client = stage.world.open(side).await;
        let rows = client.query("select key, count(*) from payments.payment group by key", &[]).await.unwrap();
        let held: BTreeMap<String, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        for payment in &self.made {
            assert_eq!(held.get(&payment.key), Some(&1), "the payment {}, made on {:?}", payment.key, payment.side);
        }
        assert_eq!(held.len(), self.made.len(), "every payment that is held was made");
        let sums = "select (select count(*) from payments.entry), (select count(distinct payment) from payments.entry), \
                    (select (sum(balance) / 1.25)::bigint from payments.account)";
        let row = client.query_one(sums, &[]).await.unwrap();
        let made = i64::try_from(self.made.len()).unwrap();
        assert_eq!([row.get::<_, i64>(0), row.get(1), row.get(2)], [made; 3], "entries and balances agree");
    }
}

impl Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (source, target) = (self.made_on(Side::Source), self.made_on(Side::Target));
        let pause = self.pause().as_millis();
        write!(f, "{source} payments on the source, {target} on the target, the longest pause {pause} ms")
    }
}
