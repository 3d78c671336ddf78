//! A line with latency before a server.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::Cluster;

/// A port of 127.0.0.1 from which every byte takes a delay to the server, and back. It
/// delays and does not narrow: bytes on the way do not wait for each other. It ends
/// with the process.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub port: u16,
}

impl Line {
    /// With this delay in each direction.
    pub fn start(cluster: &Cluster, delay: Duration) -> Self {
        let server = cluster.port;
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { continue };
                for stream in [&client, &server] {
                    stream.set_nodelay(true).expect("an option of each socket");
                }
                let copy = |stream: &TcpStream| stream.try_clone().expect("a handle");
                carry(copy(&client), copy(&server), delay);
                carry(server, client, delay);
            }
        });
        Self { port }
    }
}

/// Carries bytes in one direction: one thread reads them, another one writes them in time.
fn carry(mut from: TcpStream, mut to: TcpStream, delay: Duration) {
    let (bytes, arriving) = mpsc::channel::<(Instant, Vec<u8>)>();
    std::thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            if bytes.send((Instant::now() + delay, buffer[..read].to_vec())).is_err() {
                break;
            }
        }
    });
    std::thread::spawn(move || {
        for (at, bytes) in arriving {
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
}
