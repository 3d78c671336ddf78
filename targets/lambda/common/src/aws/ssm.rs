use super::{Aws, service_failure};
use crate::{Failure, Parameters};

impl Parameters for Aws {
    async fn parameter(&self, name: &str) -> Result<Option<String>, Failure> {
        match self.ssm.get_parameter().name(name).send().await {
            Ok(answer) => Ok(answer.parameter.and_then(|p| p.value)),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_parameter_not_found()) => Ok(None),
            Err(e) => Err(service_failure("GetParameter", name, &e)),
        }
    }

    async fn put_parameter(&self, name: &str, value: &str) -> Result<(), Failure> {
        let request = self.ssm.put_parameter().name(name).value(value).overwrite(true);
        request.send().await.map(drop).map_err(|e| service_failure("PutParameter", name, &e))
    }
}
