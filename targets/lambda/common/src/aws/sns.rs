use super::{Aws, service_failure};
use crate::{Failure, Notices};

impl Notices for Aws {
    async fn notify(&self, topic: &str, subject: &str, text: &str) -> Result<(), Failure> {
        let request = self.sns.publish().topic_arn(topic).subject(subject).message(text);
        request.send().await.map(drop).map_err(|e| service_failure("Publish", topic, &e))
    }
}
