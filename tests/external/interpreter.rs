//! The independent interpreter, started once for many scenarios: almost all
//! that it does for one is loading its libraries and parsing the definition.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::judges::Judge;

pub(crate) const PYTHON: &[&str] = &["JUDGE_PYTHON", "JUDGE_NODE_MODULES"];

/// Sets what the judge's own script sets, and starts the one beside this file.
const START: &str = r#"HERE=$(dirname "$1"); . "$HERE/lib/env.sh"; exec "$JUDGE_PYTHON" "$2" "$HERE/lib""#;

/// The judge, where it can be found.
pub(crate) fn find() -> Option<Judge> {
    Judge::find("aws/aslrun", PYTHON, &["node"])
}

pub(crate) struct Interpreter {
    process: Child,
    asked: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Interpreter {
    pub(crate) fn start(judge: &Judge) -> Self {
        let driver = migspec_tests::root().join("tests/external/interpreter.py");
        let mut command = Command::new("sh");
        command.arg("-c").arg(START).arg("sh").arg(judge.script()).arg(driver);
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the interpreter can be started");
        let asked = process.stdin.take().expect("it reads");
        let answers = BufReader::new(process.stdout.take().expect("it answers"));
        Self { process, asked, answers }
    }

    /// Runs a definition under a scenario.
    pub(crate) fn run(&mut self, name: &str, definition: &str, scenario: &Value) -> Value {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = |file: &str| folder.path().join(file);
        let write = |file: &str, text: &str| std::fs::write(path(file), text).expect("the file can be written");
        write("workflow.asl.json", definition);
        write("scenario.json", &scenario.to_string());
        let arguments = json!([path("workflow.asl.json"), path("scenario.json"), "--json", path("out.json"), "-q"]);
        writeln!(self.asked, "{arguments}").expect("it listens");
        let mut code = String::new();
        self.answers.read_line(&mut code).expect("it answers");
        let result = read(&path("out.json"));
        let said = ["problems", "harness", "error", "cause"].map(|key| &result[key]);
        assert_eq!(code.trim(), "0", "{name}: {said:?}");
        result
    }
}

impl Drop for Interpreter {
    fn drop(&mut self) {
        // What it has started ends when it cannot read any more.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}
