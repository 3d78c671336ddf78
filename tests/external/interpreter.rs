//! The independent interpreter, started once for many scenarios: a single run
//! spends its time on loading libraries and parsing the definition.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use migspec_judges::Judge;
use serde_json::Value;

/// The judge, if it is installed.
pub(crate) fn find() -> Option<Judge> {
    Judge::find("interpret.py", &["node"])
}

pub(crate) struct Interpreter {
    process: Child,
    requests: ChildStdin,
    results: BufReader<ChildStdout>,
}

impl Interpreter {
    pub(crate) fn start(judge: &Judge) -> Self {
        let mut command = judge.command();
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the interpreter can be started");
        let requests = process.stdin.take().expect("it reads");
        let results = BufReader::new(process.stdout.take().expect("it answers"));
        Self { process, requests, results }
    }

    /// Runs a definition under a scenario.
    pub(crate) fn run(&mut self, name: &str, definition: &str, scenario: &Value) -> Value {
        // A request is one line; a line break in a text of JSON is escaped.
        let definition = definition.replace('\n', "");
        writeln!(self.requests, r#"{{"definition":{definition},"scenario":{scenario}}}"#).expect("it reads");
        let mut line = String::new();
        self.results.read_line(&mut line).expect("it answers");
        let result: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{name}: {error}: {line}"));
        let problems = result["problems"].as_array().is_some_and(Vec::is_empty);
        let details = ["status", "problems", "harness", "error", "cause"].map(|key| &result[key]);
        assert!(problems && result["harness"].is_null(), "{name}: {details:?}");
        result
    }
}

impl Drop for Interpreter {
    fn drop(&mut self) {
        // The processes that it started end when their input does.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
