use secrecy::{ExposeSecret, SecretString};

use super::{Aws, service_failure};
use crate::{Failure, Secrets, Stages, Versions, name};

const PENDING: &str = "AWSPENDING";
const CURRENT: &str = "AWSCURRENT";

impl Secrets for Aws {
    async fn secret(&self, id: &str) -> Result<SecretString, Failure> {
        self.version(id, None, CURRENT)
            .await?
            .ok_or_else(|| Failure::configuration(format!("the secret {id} has no value")))
    }
}

impl Versions for Aws {
    async fn stages(&self, secret: &str) -> Result<Stages, Failure> {
        let answer = self.secretsmanager.describe_secret().secret_id(secret).send().await;
        let answer = answer.map_err(|e| service_failure("DescribeSecret", secret, &e))?;
        let mut versions: Vec<_> = answer.version_ids_to_stages.unwrap_or_default().into_iter().collect();
        versions.sort();
        Ok((versions, answer.rotation_enabled.unwrap_or(false)))
    }

    async fn version(&self, secret: &str, version: Option<&str>, stage: &str) -> Result<Option<SecretString>, Failure> {
        let request = self.secretsmanager.get_secret_value().secret_id(secret).version_stage(stage);
        match request.set_version_id(version.map(str::to_owned)).send().await {
            Ok(answer) => Ok(answer.secret_string.map(SecretString::from)),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => Ok(None),
            Err(e) => Err(service_failure("GetSecretValue", secret, &e)),
        }
    }

    async fn put_pending(&self, secret: &str, version: &str, value: &SecretString) -> Result<(), Failure> {
        let request = self
            .secretsmanager
            .put_secret_value()
            .secret_id(secret)
            .client_request_token(version)
            .secret_string(value.expose_secret())
            .version_stages(PENDING);
        request.send().await.map(drop).map_err(|e| service_failure("PutSecretValue", secret, &e))
    }

    async fn make_current(&self, secret: &str, from: &str, to: &str) -> Result<(), Failure> {
        let request = self
            .secretsmanager
            .update_secret_version_stage()
            .secret_id(secret)
            .version_stage(CURRENT)
            .remove_from_version_id(from)
            .move_to_version_id(to);
        request.send().await.map(drop).map_err(|e| service_failure("UpdateSecretVersionStage", secret, &e))
    }

    async fn random_password(&self, length: u32) -> Result<SecretString, Failure> {
        let request =
            self.secretsmanager.get_random_password().password_length(i64::from(length)).exclude_punctuation(true);
        let answer = request.send().await.map_err(|e| service_failure("GetRandomPassword", "", &e))?;
        answer
            .random_password
            .map(SecretString::from)
            .ok_or_else(|| Failure::new(name::AWS, "GetRandomPassword answered no password"))
    }
}
