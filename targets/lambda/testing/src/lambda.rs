//! An emulator of Lambda's Runtime API: a function's binary polls it for calls
//! and answers there, as in Lambda.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use tiny_http::{Header, Method, Response, Server};

/// A function's answer to a call.
#[derive(Clone, PartialEq, Debug)]
pub enum Answer {
    Reply(Value),
    /// `errorType` and `errorMessage`.
    Failed(String, String),
    /// The process could not begin: its error, or that it ended.
    Broken(String),
}

/// A function's binary under the emulated Runtime API.
#[derive(Debug)]
pub struct Function {
    process: Child,
    calls: Sender<Call>,
    outcomes: Receiver<Answer>,
    log: Option<JoinHandle<String>>,
    traces: Vec<String>,
}

#[derive(Debug)]
struct Call {
    id: String,
    payload: String,
    deadline: u128,
    trace: String,
}

/// A trace with a root of its own, as Lambda gives one to each call.
fn trace() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::SeqCst);
    format!("Root=1-5bef4de7-ad49b0e8{count:016x};Parent=9a9197af755a6419;Sampled=1")
}

impl Function {
    /// Starts a function with nothing in its environment but these variables
    /// and those that Lambda sets.
    ///
    /// # Panics
    /// The binary cannot be started.
    pub fn start(binary: &Path, name: &str, environment: &[(&str, String)]) -> Self {
        let server = Server::http("127.0.0.1:0").expect("a port is free");
        let address = server.server_addr().to_string();
        let (calls, next) = channel();
        let (done, outcomes) = channel();
        std::thread::spawn(move || serve(&server, &next, &done));
        let mut command = Command::new(binary);
        command.env_clear().envs(environment.iter().map(|(name, value)| (*name, value.as_str()))).envs([
            ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", name),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/test"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "test"),
            ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
        ]);
        let mut process =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the function's binary can be started");
        let output = process.stdout.take();
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            output.map(|mut output| output.read_to_string(&mut text));
            text
        });
        Self { process, calls, outcomes, log: Some(log), traces: Vec::new() }
    }

    /// Calls the function, as one that has five minutes: the rollback handler
    /// begins no step with less than one.
    ///
    /// # Panics
    /// The clock is wrong, or the server has ended.
    pub fn call(&mut self, event: &Value) -> Answer {
        const TIME: Duration = Duration::from_secs(300);
        self.traces.push(trace());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is right");
        let id = format!("request-{}", self.traces.len());
        let trace = self.traces.last().cloned().unwrap_or_default();
        let call = Call { id, payload: event.to_string(), deadline: (now + TIME).as_millis(), trace };
        self.calls.send(call).expect("the emulator runs");
        let until = Instant::now() + TIME;
        while Instant::now() < until {
            if let Ok(outcome) = self.outcomes.recv_timeout(Duration::from_millis(200)) {
                return outcome;
            }
            if let Ok(Some(status)) = self.process.try_wait() {
                // It may have answered right before its end.
                return self.outcomes.try_recv().unwrap_or_else(|_| Answer::Broken(format!("it ended: {status}")));
            }
        }
        Answer::Broken("it does not answer".to_owned())
    }

    /// The traces of its calls so far.
    pub fn traces(&self) -> &[String] {
        &self.traces
    }

    /// Ends the function, and returns its log.
    pub fn end(mut self) -> String {
        self.stop();
        self.log.take().and_then(|log| log.join().ok()).unwrap_or_default()
    }

    fn stop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.stop();
    }
}

fn serve(server: &Server, calls: &Receiver<Call>, outcomes: &Sender<Answer>) {
    for mut request in server.incoming_requests() {
        let path = request.url().trim_start_matches("/2018-06-01/runtime/").to_owned();
        if *request.method() == Method::Get && path == "invocation/next" {
            let Ok(call) = calls.recv() else { return };
            // A function that is gone cannot be answered.
            drop(request.respond(next(&call)));
            continue;
        }
        let mut body = String::new();
        drop(request.as_reader().read_to_string(&mut body));
        let body: Value = serde_json::from_str(&body).unwrap_or(Value::Null);
        let outcome = match path.rsplit('/').next() {
            Some("response") => Answer::Reply(body),
            _ if path == "init/error" => Answer::Broken(body.to_string()),
            _ => Answer::Failed(text(&body["errorType"]), text(&body["errorMessage"])),
        };
        drop(request.respond(Response::from_string("{\"status\":\"OK\"}").with_status_code(202)));
        if outcomes.send(outcome).is_err() {
            return;
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn next(call: &Call) -> Response<std::io::Cursor<Vec<u8>>> {
    let deadline = call.deadline.to_string();
    let headers = [
        ("Lambda-Runtime-Aws-Request-Id", call.id.as_str()),
        ("Lambda-Runtime-Deadline-Ms", deadline.as_str()),
        ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:111111111111:function:test"),
        ("Lambda-Runtime-Trace-Id", call.trace.as_str()),
        ("Content-Type", "application/json"),
    ];
    headers.iter().fold(Response::from_string(call.payload.as_str()), |response, (name, value)| {
        response.with_header(Header::from_bytes(name.as_bytes(), value.as_bytes()).expect("a header"))
    })
}
