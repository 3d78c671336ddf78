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
            .retry_config(RetryConfig::standard().with_max_attempts(5))
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
/// contain a secret.
fn service_failure<E, R>(operation: &str, thing: &str, error: &SdkError<E, R>) -> Failure
where
    E: ProvideErrorMetadata,
{
    let text = match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{operation} {thing}: {code}: {message}"),
        (Some(code), None) => format!("{operation} {thing}: {code}"),
        _ => format!("{operation} {thing}: {}", without_answer(error)),
    };
    Failure::new(name::AWS, text)
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
