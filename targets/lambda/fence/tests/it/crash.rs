//! A connection that breaks after any number of messages.

use std::time::{Duration, Instant};

use migspec_events::Fenced;
use migspec_fence::{fence, unfence};
use migspec_function::postgres::PostgresSession;
use migspec_function::{Access, Credentials, Failure, Opening, Roots, SecretString, Session};
use migspec_function_testing::block_on;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_postgres::Client;

use crate::stand::{FENCE_PASSWORD, Stand, scope};

/// Forwards `messages` messages of a client. The next one still arrives, but
/// its answer is lost, and both sides are closed.
async fn cutting_proxy(server: u16, messages: usize) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (client, _) = listener.accept().await.unwrap();
        let server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let back = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
        let mut buffer = vec![0; 1 << 16];
        for sent in 0.. {
            let Ok(length @ 1..) = from_client.read(&mut buffer).await else { break };
            if sent == messages {
                back.abort();
            }
            if to_server.write_all(&buffer[..length]).await.is_err() || sent == messages {
                break;
            }
        }
        // The server executes every message that arrived.
        tokio::time::sleep(Duration::from_millis(20)).await;
        back.abort();
    });
    port
}

async fn through(stand: &Stand, port: u16) -> Result<Client, Failure> {
    let mut end = stand.cluster.end("ledger");
    end.port = port;
    let roots = Roots::of_pem(&stand.cluster.authority)?;
    let statement = Duration::from_secs(20);
    let opening = Opening { end: &end, roots: &roots, access: Access::Write, application: "test", statement };
    let credentials = Credentials { username: "migspec_fence".into(), password: SecretString::from(FENCE_PASSWORD) };
    PostgresSession::open(&opening, &credentials).await
}

async fn fence_through(stand: &Stand, port: u16) -> Result<Fenced, Failure> {
    let mut client = through(stand, port).await?;
    fence(&mut client, &scope(), Instant::now() + Duration::from_secs(20)).await
}

async fn unfence_through(stand: &Stand, port: u16) -> Result<Vec<String>, Failure> {
    unfence(&mut through(stand, port).await?, &scope().replication).await
}

#[test]
fn a_crash_between_any_two_messages_leaves_what_can_be_undone() {
    let Some(stand) = Stand::start() else { return };
    block_on(async {
        let before = stand.catalogue().await;
        let mut crashes = 0;
        // Until a fence comes through without being cut.
        for messages in 0.. {
            let port = cutting_proxy(stand.cluster.port, messages).await;
            let whole = fence_through(&stand, port).await.is_ok();
            crashes += usize::from(!whole);
            if messages % 2 == 0 {
                assert!(stand.fence().await.fenced, "a fence goes on where one was cut after {messages}");
            }
            stand.unfence().await;
            assert_eq!(stand.catalogue().await, before, "a fence that was cut after {messages} messages");
            if whole {
                break;
            }
        }
        println!("a fence is {crashes} messages, the login's among them");
        assert!((15..=30).contains(&crashes), "{crashes} messages are cut");
        let mut crashes = 0;
        for messages in 0.. {
            stand.fence().await;
            let port = cutting_proxy(stand.cluster.port, messages).await;
            let whole = unfence_through(&stand, port).await.is_ok();
            crashes += usize::from(!whole);
            stand.unfence().await;
            assert_eq!(stand.catalogue().await, before, "an unfence that was cut after {messages} messages");
            if whole {
                break;
            }
        }
        println!("an unfence is {crashes} messages, the login's among them");
        assert!((5..=15).contains(&crashes), "{crashes} messages are cut");
    });
}
