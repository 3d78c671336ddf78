//! The ports over the AWS SDK, and the runtime of Lambda.

mod databasemigration;
mod elasticloadbalancing;
mod runtime;
mod s3;
mod secretsmanager;
mod sns;
mod ssm;

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_ssm::config::retry::RetryConfig;
use aws_sdk_ssm::config::timeout::TimeoutConfig;
use aws_sdk_ssm::config::{BehaviorVersion, Region};
use aws_sdk_ssm::error::SdkError;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::SdkConfig;

pub use runtime::{ready, serve};

use crate::failure::chain;
use crate::{Failure, name};

/// Between two attempts of one request: a call with 15 seconds has room for all of them.
const LONGEST_BACKOFF: Duration = Duration::from_secs(2);
/// Codes of AWS for a moment without capacity. fact: aws-passing-answers
const PASSING: [&str; 14] = [
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "InternalServiceError",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "SlowDown",
    "Throttling",
    "ThrottledException",
    "ThrottlingException",
    "TooManyRequestsException",
];

/// Clients of all services; one that is not called costs nothing.
#[derive(Clone, Debug)]
pub struct Aws {
    databasemigration: aws_sdk_databasemigration::Client,
    elasticloadbalancing: aws_sdk_elasticloadbalancingv2::Client,
    s3: aws_sdk_s3::Client,
    secretsmanager: aws_sdk_secretsmanager::Client,
    sns: aws_sdk_sns::Client,
    ssm: aws_sdk_ssm::Client,
}

impl Aws {
    /// Region, credentials and, in tests, the endpoint as Lambda gives them:
    /// in the environment, the same for the life of the process.
    ///
    /// # Errors
    /// There is no region, or there are no credentials.
    pub fn from_environment() -> Result<Self, Failure> {
        let required = |name: &str| {
            std::env::var(name).map_err(|_| Failure::configuration(format!("the variable {name} is not set")))
        };
        let credentials = Credentials::new(
            required("AWS_ACCESS_KEY_ID")?,
            required("AWS_SECRET_ACCESS_KEY")?,
            std::env::var("AWS_SESSION_TOKEN").ok(),
            None,
            "environment",
        );
        Ok(Self::new(&required("AWS_REGION")?, credentials, std::env::var("AWS_ENDPOINT_URL").ok().as_deref()))
    }

    /// `endpoint` replaces AWS, as in tests.
    pub fn new(region: &str, credentials: Credentials, endpoint: Option<&str>) -> Self {
        let mut builder = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .retry_config(RetryConfig::standard().with_max_attempts(5).with_max_backoff(LONGEST_BACKOFF))
            .timeout_config(timeouts())
            .http_client(
                aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https(),
            );
        builder.set_endpoint_url(endpoint.map(str::to_owned));
        let config = builder.build();
        // Emulators have no host name for each bucket.
        let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(endpoint.is_some()).build();
        Self {
            databasemigration: aws_sdk_databasemigration::Client::new(&config),
            elasticloadbalancing: aws_sdk_elasticloadbalancingv2::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3),
            secretsmanager: aws_sdk_secretsmanager::Client::new(&config),
            sns: aws_sdk_sns::Client::new(&config),
            ssm: aws_sdk_ssm::Client::new(&config),
        }
    }
}

/// An interface endpoint that is missing shows within seconds.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(10))
        .operation_timeout(Duration::from_secs(40))
        .build()
}

/// The answer of AWS to `operation`. A malformed answer is not quoted: it may
/// contain a secret. Where AWS throttles for longer than the attempts of one
/// request, the function repeats its work, as long as its call has time.
fn service_failure<E, R>(operation: &str, thing: &str, error: &SdkError<E, R>) -> Failure
where
    E: ProvideErrorMetadata,
{
    let text = match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{operation} {thing}: {code}: {message}"),
        (Some(code), None) => format!("{operation} {thing}: {code}"),
        _ => format!("{operation} {thing}: {}", without_answer(error)),
    };
    let failure = Failure::new(name::AWS, text);
    if error.code().is_some_and(|code| PASSING.contains(&code)) { failure.that_passes() } else { failure }
}

fn without_answer<E, R>(error: &SdkError<E, R>) -> String {
    match error {
        SdkError::ConstructionFailure(_) => "the request cannot be made".to_owned(),
        SdkError::TimeoutError(_) => "there is no answer in time".to_owned(),
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(error) => format!("AWS cannot be reached: {}", chain(error)),
            None => "AWS cannot be reached".to_owned(),
        },
        _ => "the answer cannot be read".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;
    use crate::{Call, Log, Parameters, Settings, retry};

    /// Refuses so many requests with a code, and then answers with a parameter.
    fn start_server(refusals: usize, code: &str) -> Aws {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let endpoint = format!("http://{}", listener.local_addr().expect("it has an address"));
        let refusal = format!(r#"{{"__type":"{code}"}}"#);
        std::thread::spawn(move || {
            for (n, mut stream) in listener.incoming().flatten().enumerate() {
                let (status, body) = match n < refusals {
                    true => ("400 Bad Request", refusal.as_str()),
                    false => ("200 OK", r#"{"Parameter":{"Value":"source"}}"#),
                };
                let _ = stream.read(&mut [0; 65_536]);
                let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                let _ = stream.write_all((head + body).as_bytes());
            }
        });
        let credentials = Credentials::new("key", "secret", None, None, "test");
        Aws::new("us-east-1", credentials, Some(&endpoint))
    }

    fn read(aws: &Aws, patience: Duration) -> Result<Option<String>, Failure> {
        let call = Call::lasting(Settings::default(), Log::memory(), Duration::from_secs(60));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(retry(&call, patience, Duration::ZERO, |_| aws.parameter("writer")))
    }

    #[test]
    fn a_request_is_repeated_beyond_the_attempts_of_the_sdk_and_within_the_patience() {
        let throttled = start_server(7, "ThrottlingException");
        assert_eq!(read(&throttled, Duration::from_secs(50)), Ok(Some("source".to_owned())));
        let throttled = start_server(usize::MAX, "ThrottlingException");
        let failure = read(&throttled, Duration::ZERO).expect_err("there is no patience");
        assert!(failure.passes() && failure.name() == name::AWS, "{failure}");
    }

    #[test]
    fn a_refusal_of_another_kind_ends_the_call() {
        let refusing = start_server(1, "AccessDeniedException");
        let failure = read(&refusing, Duration::from_secs(50)).expect_err("access is denied");
        assert!(!failure.passes() && failure.message().contains("AccessDeniedException"), "{failure}");
    }
}
