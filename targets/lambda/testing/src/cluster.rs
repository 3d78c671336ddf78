//! A PostgreSQL server of one test process.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use migspec_events::End;
use migspec_function::postgres::PostgresSession;
use migspec_function::{Access, Credentials, Opening, Roots, SecretString, Session};
use tokio_postgres::Client;

use crate::process::{Kept, User, free_port, wait};
use crate::{Authority, tools};

/// The superuser's password: the server listens on loopback and lives as long
/// as the test.
const PASSWORD: &str = "only-for-this-test";

/// How a server differs from others.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// Lines of `postgresql.conf`.
    pub settings: &'a [&'a str],
    /// The names in its certificate, in the place of `localhost` and 127.0.0.1.
    pub names: Option<&'a [&'a str]>,
    /// In the place of `UTF8`.
    pub encoding: Option<&'a str>,
    /// The major version, instead of that of this machine.
    pub version: Option<u32>,
}

/// The oldest version on which the functions work, and the newest that AWS
/// offers as a target: `tests/judges/install.sh` installs both.
pub const OLDEST: u32 = 13;
pub const NEWEST: u32 = 17;
/// One on which they do not work.
pub const OLD: u32 = 11;

/// A server with TLS and logical replication, on 127.0.0.1. It ends when this
/// is dropped, or with the process.
#[derive(Debug)]
pub struct Cluster {
    pub port: u16,
    /// The certificate of its authority.
    pub authority: String,
    /// Its certificate and key lie there.
    pub(crate) folder: PathBuf,
    _process: Kept,
}

impl Cluster {
    /// `None`, and a word about it, where PostgreSQL is not installed.
    ///
    /// # Panics
    /// The server does not start; and under `CI=true`, where it is missing.
    pub fn start(options: Options) -> Option<Self> {
        let Some(bin) = tools::postgres(options.version) else {
            let name = options.version.map_or("PostgreSQL".to_owned(), |version| format!("PostgreSQL {version}"));
            migspec_judges::skip(&name, "no server is on this machine");
            return None;
        };
        let folder =
            tempfile::Builder::new().prefix("migspec-postgres-").tempdir().expect("a folder can be made").keep();
        User::NotRoot.own(&folder);
        let authority = Authority::new("migspec test authority");
        let (certificate, key) = authority.server(options.names.unwrap_or(&["localhost", "127.0.0.1"]));
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, text).expect("a file can be written");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("its mode can be set");
            User::NotRoot.own(&path);
        };
        write("password", PASSWORD);
        write("server.pem", &certificate);
        write("server.key", &key);
        initialise(&bin, &folder, options.encoding.unwrap_or("UTF8"));
        let port = free_port();
        write("data/postgresql.auto.conf", &configuration(&folder, port, options.settings));
        write(
            "data/pg_hba.conf",
            "hostssl all all 127.0.0.1/32 scram-sha-256\nhostssl replication all 127.0.0.1/32 scram-sha-256\n",
        );
        let mut program = Command::new("sh");
        let script = r#"log=$1; shift; exec "$@" >"$log" 2>&1"#;
        program.args(["-c", script, "postgres"]).arg(folder.join("log")).arg(bin.join("postgres"));
        // The server of a subscription looks for certificates at home.
        program.arg("-D").arg(folder.join("data")).env("HOME", &folder);
        let process = Kept::start(&program, User::NotRoot, "QUIT", Some(&folder));
        let cluster = Self { port, authority: authority.pem, folder: folder.clone(), _process: process };
        cluster.wait(&folder);
        Some(cluster)
    }

    fn wait(&self, folder: &Path) {
        let log =
            || format!("PostgreSQL does not start: {}", fs::read_to_string(folder.join("log")).unwrap_or_default());
        wait(|| TcpStream::connect(("127.0.0.1", self.port)).ok(), log);
        let open = || tools::block_on(self.open_as("postgres", "postgres", PASSWORD)).map(drop).ok();
        wait(open, log);
    }

    /// Where one of its databases is.
    pub fn end(&self, database: &str) -> End {
        End {
            engine: "postgresql".into(),
            host: "127.0.0.1".into(),
            port: self.port,
            database: database.into(),
            tls: "verify-full".into(),
            authority: None,
        }
    }

    /// A session of the superuser.
    pub async fn open(&self, database: &str) -> Client {
        self.open_as(database, "postgres", PASSWORD).await.expect("the superuser can log in")
    }

    /// A session of anybody, with the settings that functions have.
    ///
    /// # Errors
    /// The login is refused.
    pub async fn open_as(
        &self,
        database: &str,
        username: &str,
        password: &str,
    ) -> Result<Client, migspec_function::Failure> {
        let roots = Roots::of_pem(&self.authority)?;
        // Its certificate may be made out to another name: that is for tests to try.
        let end = End { tls: "verify-ca".into(), ..self.end(database) };
        let statement = Duration::ZERO;
        let opening = Opening { end: &end, roots: &roots, access: Access::Write, application: "test", statement };
        PostgresSession::open(
            &opening,
            &Credentials { username: username.into(), password: SecretString::from(password) },
        )
        .await
    }

    /// A connection string with which another server of the same machine
    /// subscribes to this one.
    pub fn conninfo(&self, database: &str) -> String {
        format!("host=127.0.0.1 port={} dbname={database} user=postgres password={PASSWORD} sslmode=require", self.port)
    }
}

fn initialise(bin: &Path, folder: &Path, encoding: &str) {
    let mut command = Command::new(bin.join("initdb"));
    command.arg("-D").arg(folder.join("data")).arg(format!("--pwfile={}", folder.join("password").display()));
    command.args(["--username=postgres", "--auth=scram-sha-256", "--locale=C", "--no-sync"]);
    command.arg(format!("--encoding={encoding}"));
    User::NotRoot.apply(&mut command);
    let output = command.output().expect("initdb can be started");
    assert!(output.status.success(), "initdb fails: {}", String::from_utf8_lossy(&output.stderr));
}

/// Durability is for those who keep their data.
fn configuration(folder: &Path, port: u16, settings: &[&str]) -> String {
    let mut lines = vec![
        "listen_addresses = '127.0.0.1'".to_owned(),
        "unix_socket_directories = ''".to_owned(),
        format!("port = {port}"),
        "ssl = on".to_owned(),
        format!("ssl_cert_file = '{}'", folder.join("server.pem").display()),
        format!("ssl_key_file = '{}'", folder.join("server.key").display()),
        "wal_level = logical".to_owned(),
        "fsync = off".to_owned(),
        "full_page_writes = off".to_owned(),
        "max_connections = 60".to_owned(),
        "shared_buffers = '64MB'".to_owned(),
    ];
    lines.extend(settings.iter().map(|&line| line.to_owned()));
    lines.join("\n") + "\n"
}
