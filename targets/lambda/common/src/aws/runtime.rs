//! A handler under the Lambda runtime.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use lambda_runtime::{Context, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Aws;
use crate::call::log;
use crate::{Call, Failure, Log, Name, Settings};

/// Answers the calls of a function until Lambda ends the process.
///
/// # Errors
/// The runtime cannot be reached, or the environment lacks a variable that
/// every function needs.
pub async fn serve<E, R, H, F>(handler: H) -> Result<(), lambda_runtime::Error>
where
    E: DeserializeOwned,
    R: Serialize,
    H: Fn(Aws, Call, E) -> F,
    F: Future<Output = Result<R, Failure>>,
{
    let log = log();
    let (settings, aws) =
        ready(Settings::from_environment().and_then(|settings| Ok((settings, Aws::from_environment()?))))?;
    let (handler, settings, aws, log) = (&handler, &settings, &aws, &log);
    // The futures of a handler and of the SDK are nested deeply, and those of
    // the runtime wrap them: boxes keep their types apart, which the compiler
    // could not lay out together.
    let serving = lambda_runtime::run(service_fn(move |event: LambdaEvent<serde_json::Value>| async move {
        let call = call(settings, log, &event.context);
        let answer = match serde_json::from_value(event.payload) {
            Ok(event) => {
                let answer: Pin<Box<dyn Future<Output = _>>> = Box::pin(handler(aws.clone(), call.clone(), event));
                answer.await
            }
            Err(e) => Err(Failure::configuration(format!("the event is not one of this function: {e}"))),
        };
        answer.inspect_err(|failure| tell(&call.log, failure))
    }));
    let serving: Pin<Box<dyn Future<Output = _>>> = Box::pin(serving);
    serving.await
}

/// Builds the function before it serves. The log has the reason of a failure.
///
/// # Errors
/// Those of `made`.
pub fn ready<T>(made: Result<T, Failure>) -> Result<T, Failure> {
    made.inspect_err(|failure| tell(&log(), failure))
}

/// The SDK reads the trace's id from the environment of the process.
fn call(settings: &Settings, log: &Log, context: &Context) -> Call {
    let log = log.with("requestId", Name::of(context.request_id.as_str()));
    let log = match &context.xray_trace_id {
        Some(trace) => log.with("xrayTraceId", Name::of(trace.as_str())),
        None => log,
    };
    let ends = UNIX_EPOCH + Duration::from_millis(context.deadline);
    let left = ends.duration_since(SystemTime::now()).unwrap_or_default();
    Call { settings: settings.clone(), log, deadline: Instant::now() + left }
}

fn tell(log: &Log, failure: &Failure) {
    log.error("failed", [("error", failure.name().into()), ("reason", Name::of(failure.message()).into())]);
}
