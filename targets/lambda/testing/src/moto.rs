//! moto: the APIs of AWS over HTTP, in memory.

use std::net::TcpStream;
use std::process::Command;

use crate::process::{Kept, User, free_port, wait};
use crate::{missing, tools};

/// A server of moto on 127.0.0.1.
#[derive(Debug)]
pub struct Moto {
    pub endpoint: String,
    _process: Kept,
}

impl Moto {
    /// `None`, and a word about it, where moto is not installed.
    ///
    /// # Panics
    /// The server does not start; and under `CI=true`, where it is missing.
    pub fn start() -> Option<Self> {
        let Some(python) = tools::python() else {
            missing("moto's server (pip install 'moto[server]', JUDGE_PYTHON)");
            return None;
        };
        let port = free_port();
        let mut program = Command::new(python);
        program.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()]);
        program.env("PYTHONWARNINGS", "ignore");
        let process = Kept::start(&program, User::Own, "TERM", None);
        wait(|| TcpStream::connect(("127.0.0.1", port)).ok(), || "moto does not start".to_owned());
        Some(Self { endpoint: format!("http://127.0.0.1:{port}"), _process: process })
    }

    /// What a function finds in its environment.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "testing".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "testing".to_owned()),
            ("AWS_SESSION_TOKEN", "testing".to_owned()),
        ]
    }
}
