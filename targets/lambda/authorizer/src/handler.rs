//! The handler: API Gateway's event in, a policy out.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use migspec_function::{Call, Failure, Metric, Name, Secrets, name};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::decide::{Decision, Refusal, decide};
use crate::keys::Keys;
use crate::memory::Memory;
use crate::request::Target;
use crate::token::Token;

/// How long the keys are kept.
const TIME_TO_LIVE: Duration = Duration::from_secs(60);
/// How long they are good while the secret cannot be read.
const LONGEST: Duration = Duration::from_secs(300);
/// How soon they are read again, whatever the tokens name and whether or not the
/// last read succeeded.
const SOONEST: Duration = Duration::from_secs(5);
/// Kept for the answer.
const RESERVE: Duration = Duration::from_secs(1);

/// API Gateway's event of an authorizer of the type `TOKEN`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    #[serde(default)]
    pub authorization_token: String,
    pub method_arn: String,
}

/// The answer in the form that API Gateway expects.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    pub principal_id: String,
    pub policy_document: Value,
    pub context: Value,
}

/// The memory of one process between requests.
#[derive(Debug)]
pub struct Authorizer {
    /// The id of the secret that holds the keys.
    secret: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The keys and the time when they were read.
    keys: Option<(Instant, Keys)>,
    /// The last attempt to read them.
    tried: Option<Instant>,
    memory: Memory,
}

impl Authorizer {
    pub fn new(secret: impl Into<String>) -> Self {
        Self { secret: secret.into(), state: Mutex::default() }
    }

    /// From `{"payments": "secret"}`: the secrets by the key of their API.
    ///
    /// # Errors
    /// There is not exactly one: an event does not name its API.
    pub fn of_variable(json: &str) -> Result<Self, Failure> {
        let secrets: std::collections::BTreeMap<String, String> = serde_json::from_str(json)
            .map_err(|_| Failure::configuration("MIGSPEC_KEYS is not JSON with the name of a secret for each API"))?;
        let mut secrets = secrets.into_values();
        match (secrets.next(), secrets.next()) {
            (Some(secret), None) => Ok(Self::new(secret)),
            _ => Err(Failure::configuration("MIGSPEC_KEYS does not name exactly one API")),
        }
    }

    /// Answers a request. An undecided request is refused.
    pub async fn handle<P: Secrets>(&self, ports: &P, call: &Call, request: &Request) -> Response {
        let target = Target::read(&request.method_arn);
        let token = Token::read(&request.authorization_token);
        let (Some(target), Some(token)) = (target, token) else { return refuse(call, request, Refusal::Malformed) };
        match self.verdict(ports, call, token, &target).await {
            Ok(token) => allow(call, request, &token, &target),
            Err(refusal) => refuse(call, request, refusal),
        }
    }

    async fn verdict<'t, P: Secrets>(
        &self,
        ports: &P,
        call: &Call,
        token: Token<'t>,
        target: &Target<'_>,
    ) -> Decision<'t> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let mut state = self.state.lock().await;
        let State { keys, tried, memory } = &mut *state;
        let known = keys.as_ref().is_some_and(|(read, keys)| {
            let age = read.elapsed();
            age < TIME_TO_LIVE && keys.get(token.key).is_some()
        });
        if !known && tried.is_none_or(|tried| tried.elapsed() >= SOONEST) {
            *tried = Some(Instant::now());
            // If Lambda ends a function, it neither refuses nor logs.
            let read = tokio::time::timeout(call.remaining(RESERVE), ports.secret(&self.secret)).await;
            let read = read.unwrap_or_else(|_| Err(Failure::new(name::TIME, "Secrets Manager does not answer")));
            match read.and_then(|secret| Keys::of_secret(&secret)) {
                Ok(read) => {
                    for reason in read.refusals() {
                        call.log.error("a key is refused", [("reason", Name::of(reason).into())]);
                    }
                    *keys = Some((Instant::now(), read));
                }
                // Keys that were good stay good for a while.
                Err(failure) => {
                    call.log.error("the keys cannot be read", [("reason", Name::of(failure.message()).into())]);
                }
            }
        }
        let good = keys.as_ref().filter(|(read, _)| read.elapsed() < LONGEST);
        let (_, keys) = good.ok_or(Refusal::Undecided)?;
        decide(token, target, keys, memory, now)
    }
}

fn allow(call: &Call, request: &Request, token: &Token, target: &Target) -> Response {
    let context = json!({
        "migration": call.settings.migration,
        "environment": call.settings.environment,
        "key": token.key,
        "method": target.method,
        "path": target.path,
        "decision": "allowed",
    });
    call.log.debug("allowed", []);
    Response { principal_id: token.key.to_owned(), policy_document: policy("Allow", &request.method_arn), context }
}

/// The caller learns that it is refused, and nothing else.
fn refuse(call: &Call, request: &Request, refusal: Refusal) -> Response {
    call.log.warn("refused", [("reason", refusal.word().into())]);
    call.metrics().of(refusal.word()).value(Metric::RequestsRefused, 1.0).emit(&call.log);
    let context = json!({ "decision": "refused" });
    Response { principal_id: "anonymous".to_owned(), policy_document: policy("Deny", &request.method_arn), context }
}

/// For this method and path alone: an answer that is kept must not open more.
fn policy(effect: &str, resource: &str) -> Value {
    // A denial may cover more than the request.
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Action": "execute-api:Invoke", "Effect": effect, "Resource": resource }],
    })
}
