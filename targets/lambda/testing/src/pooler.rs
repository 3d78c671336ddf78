//! PgBouncer before a server.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use crate::process::{Kept, User, free_port, wait};
use crate::{Cluster, tools};

/// A pooler with TLS on 127.0.0.1. It ends when this is dropped, or with the
/// process.
#[derive(Debug)]
pub struct Pooler {
    pub port: u16,
    _process: Kept,
}

impl Pooler {
    /// Pools sessions, transactions or statements of the logins. `None`, and a word
    /// about it, where PgBouncer is not installed.
    ///
    /// # Panics
    /// It does not start.
    pub fn start(cluster: &Cluster, mode: &str, logins: &[(&str, &str)]) -> Option<Self> {
        let Some(program) = tools::pgbouncer() else {
            migspec_judges::skip("PgBouncer", "no pooler is on this machine");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("migspec-pooler-").tempdir().expect("a folder can be made").keep();
        User::NotRoot.own(&folder);
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, text).expect("a file can be written");
            User::NotRoot.own(&path);
        };
        let port = free_port();
        let users: String = logins.iter().map(|(name, password)| format!("\"{name}\" \"{password}\"\n")).collect();
        write("users", &users);
        write("pgbouncer.ini", &configuration(cluster, &folder, port, mode));
        let mut command = Command::new(program);
        command.arg("--quiet").arg(folder.join("pgbouncer.ini"));
        let process = Kept::start(&command, User::NotRoot, "INT", Some(&folder));
        let log = || fs::read_to_string(folder.join("log")).unwrap_or_default();
        wait(|| TcpStream::connect(("127.0.0.1", port)).ok(), || format!("PgBouncer does not start: {}", log()));
        Some(Self { port, _process: process })
    }
}

fn configuration(cluster: &Cluster, folder: &Path, port: u16, mode: &str) -> String {
    let path = |folder: &Path, name: &str| folder.join(name).display().to_string();
    format!(
        "[databases]\n* = host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
         unix_socket_dir =\npool_mode = {mode}\nauth_type = scram-sha-256\nauth_file = {}\nlogfile = {}\n\
         server_tls_sslmode = require\nclient_tls_sslmode = require\nclient_tls_cert_file = {}\nclient_tls_key_file = {}\n",
        cluster.port,
        path(folder, "users"),
        path(folder, "log"),
        path(&cluster.folder, "server.pem"),
        path(&cluster.folder, "server.key"),
    )
}
