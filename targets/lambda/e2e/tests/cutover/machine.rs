//! The interpreter, asked call by call.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::aws;
use crate::dms;
use crate::stage::Stage;
use migspec_judges::Judge;

/// How an execution ended.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default)]
pub struct End {
    pub status: String,
    #[serde(deserialize_with = "text")]
    pub error: String,
    #[serde(deserialize_with = "text")]
    pub cause: String,
    /// Arguments that AWS would refuse.
    #[serde(deserialize_with = "texts")]
    pub problems: Vec<String>,
    /// The states that were entered.
    pub path: Vec<String>,
}

fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn texts<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let values: Vec<Value> = Vec::deserialize(deserializer)?;
    Ok(values.iter().map(Value::to_string).collect())
}

/// Runs the workflow of the reference spec, with the functions for real.
/// `None`, and a word about it, where the interpreter is not installed.
pub async fn run(stage: &Stage) -> Option<End> {
    let mut machine = Machine::start()?;
    loop {
        let line = machine.next().await;
        let message: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
        if let Some(end) = message.get("end") {
            return Some(serde_json::from_value(end.clone()).unwrap());
        }
        let text = |name: &str| message[name].as_str().unwrap_or_default();
        let outcome = aws::call(stage, text("state"), text("resource"), &message["arguments"]).await;
        machine.answer(&outcome);
    }
}

struct Machine {
    process: Child,
    input: ChildStdin,
    output: Option<BufReader<ChildStdout>>,
}

impl Machine {
    fn start() -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let asl = root.join("tests/golden/payments/dev/stepfunctions/payments-migration-orchestration-dev.asl.json");
        let judge = Judge::find("converse.py", &["node"])?;
        // Each task starts once and stops once, and the rollback stops one again.
        let seconds = 500 + 5 * dms::slow().as_secs();
        let scenario = json!({ "input": {}, "start": "2026-01-03T01:30:00Z", "latency": 0.05, "max_steps": 50_000, "max_calls": 50_000, "real_timeout": seconds });
        let mut command = judge.command();
        command.arg(asl).arg(scenario.to_string());
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        Some(Self { process, input, output: Some(BufReader::new(output)) })
    }

    /// The next call, while everything else goes on.
    async fn next(&mut self) -> String {
        let mut output = self.output.take().unwrap();
        let read = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            output.read_line(&mut line).unwrap();
            (output, line)
        });
        let (output, line) = read.await.unwrap();
        self.output = Some(output);
        line
    }

    fn answer(&mut self, outcome: &Value) {
        writeln!(self.input, "{outcome}").unwrap();
        self.input.flush().unwrap();
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
