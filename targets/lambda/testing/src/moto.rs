//! moto: the APIs of AWS over HTTP, in memory.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::Memory;
use crate::process::{Kept, User, free_port, wait};

/// moto's server, which remembers who called which service within which trace;
/// and two things of DMS in which it differs: no table has statistics, and
/// times, which the SDK reads as numbers, are left out.
const SERVER: &str = r#"
import json, sys
from moto.dms.models import FakeReplicationInstance as Instance, FakeReplicationTask as Task
from moto.dms.responses import DatabaseMigrationServiceResponse as Dms
from moto.moto_server.werkzeug_app import DomainDispatcherApplication as Server
from moto.server import main
if not hasattr(Dms, "describe_table_statistics"):
    Dms.describe_table_statistics = lambda self: '{"TableStatistics": []}'
def timeless(to_dict):
    return lambda self: {k: v for k, v in to_dict(self).items() if not k.endswith(("Date", "Time"))}
for kind in (Instance, Task):
    kind.to_dict = timeless(kind.to_dict)
calls, answer = [], Server.__call__
def remember(self, environ, start_response):
    if environ["PATH_INFO"] == "/calls":
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(calls).encode()]
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split("/")
    calls.append({"service": scope[3] if len(scope) > 3 else "", "agent": environ.get("HTTP_USER_AGENT", ""),
                  "trace": environ.get("HTTP_X_AMZN_TRACE_ID", "")})
    return answer(self, environ, start_response)
Server.__call__ = remember
main(sys.argv[1:])
"#;

/// A call that was made to AWS.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct ServiceCall {
    /// As signatures name it: `ssm`.
    pub service: String,
    /// The header `User-Agent`.
    pub agent: String,
    /// The header `X-Amzn-Trace-Id`; empty without one.
    pub trace: String,
}

/// A server of moto on 127.0.0.1.
#[derive(Debug)]
pub struct Moto {
    pub endpoint: String,
    python: PathBuf,
    _process: Kept,
}

impl Moto {
    /// `None`, and a word about it, where moto is not installed.
    ///
    /// # Panics
    /// The server does not start; and under `CI=true`, where it is missing.
    pub fn start() -> Option<Self> {
        let python = migspec_judges::python()?;
        let port = free_port();
        let mut program = Command::new(&python);
        program.args(["-c", SERVER, "-H", "127.0.0.1", "-p", &port.to_string()]);
        program.env("PYTHONWARNINGS", "ignore");
        let process = Kept::start(&program, User::Own, "TERM", None);
        wait(|| TcpStream::connect(("127.0.0.1", port)).ok(), || "moto does not start".to_owned());
        Some(Self { endpoint: format!("http://127.0.0.1:{port}"), python, _process: process })
    }

    /// The environment variables of a function.
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

/// Creates the parameters, secrets and buckets of a test in moto.
const LOAD: &str = r#"
import boto3, json, sys
wanted = json.load(sys.stdin)
def client(name):
    return boto3.client(name, endpoint_url=wanted["endpoint"], region_name="us-east-1",
                        aws_access_key_id="testing", aws_secret_access_key="testing")
for name, value in wanted["parameters"].items():
    client("ssm").put_parameter(Name=name, Value=value, Type="String", Overwrite=True)
for name, value in wanted["secrets"].items():
    client("secretsmanager").create_secret(Name=name, SecretString=value)
for bucket in wanted["buckets"]:
    client("s3").create_bucket(Bucket=bucket)
"#;

/// Prints an object.
const OBJECT: &str = r#"
import boto3, json, sys
wanted = json.load(sys.stdin)
s3 = boto3.client("s3", endpoint_url=wanted["endpoint"], region_name="us-east-1",
                  aws_access_key_id="testing", aws_secret_access_key="testing")
sys.stdout.write(s3.get_object(Bucket=wanted["bucket"], Key=wanted["key"])["Body"].read().decode())
"#;

/// Prints the calls so far.
const CALLS: &str = r#"
import json, sys, urllib.request
sys.stdout.write(urllib.request.urlopen(json.load(sys.stdin)["endpoint"] + "/calls").read().decode())
"#;

impl Moto {
    /// Makes the parameters and secrets of `memory`, and buckets.
    ///
    /// # Panics
    /// moto refuses them.
    pub fn load(&self, memory: &Memory, buckets: &[&str]) {
        let state = memory.state();
        let current =
            |versions: &Vec<(String, String, Vec<String>)>| versions.last().map(|(_, value, _)| value.clone());
        let secrets: BTreeMap<&String, String> =
            state.secrets.iter().filter_map(|(id, versions)| Some((id, current(versions)?))).collect();
        let wanted = json!({
            "endpoint": self.endpoint, "parameters": state.parameters, "secrets": secrets, "buckets": buckets,
        });
        self.run_python(LOAD, &wanted).unwrap_or_else(|e| panic!("moto rejects the test's resources: {e}"));
    }

    /// The text of an object; `None` if there is none.
    pub fn object(&self, bucket: &str, key: &str) -> Option<String> {
        self.run_python(OBJECT, &json!({ "endpoint": self.endpoint, "bucket": bucket, "key": key })).ok()
    }

    /// The calls so far, in their order.
    ///
    /// # Panics
    /// The server does not answer.
    pub fn calls(&self) -> Vec<ServiceCall> {
        let text =
            self.run_python(CALLS, &json!({ "endpoint": self.endpoint })).unwrap_or_else(|e| panic!("moto: {e}"));
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
    }

    /// The Python that has moto, and with it boto3.
    pub fn python(&self) -> &std::path::Path {
        &self.python
    }

    fn run_python(&self, script: &str, input: &Value) -> std::io::Result<String> {
        let mut child = Command::new(&self.python)
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.to_string().as_bytes())?;
        }
        let output = child.wait_with_output()?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(std::io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned())),
        }
    }
}
