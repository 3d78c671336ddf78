use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::{Aws, service_failure};
use crate::{Failure, Key, Object, Objects, Put, name};

impl Objects for Aws {
    async fn object(&self, key: &Key) -> Result<Option<Object>, Failure> {
        let thing = format!("{}/{}", key.bucket, key.key);
        let answer = match self.s3.get_object().bucket(&key.bucket).key(&key.key).send().await {
            Ok(answer) => answer,
            Err(e) if e.as_service_error().is_some_and(|e| e.is_no_such_key()) => return Ok(None),
            Err(e) => return Err(service_failure("GetObject", &thing, &e)),
        };
        let etag = answer.e_tag.unwrap_or_default();
        let body =
            answer.body.collect().await.map_err(|e| Failure::new(name::AWS, format!("GetObject {thing}: {e}")))?;
        Ok(Some(Object { bytes: body.to_vec(), etag }))
    }

    async fn put_object(&self, key: &Key, bytes: &[u8], put: Put) -> Result<String, Failure> {
        let thing = format!("{}/{}", key.bucket, key.key);
        let request = self.s3.put_object().bucket(&key.bucket).key(&key.key).body(ByteStream::from(bytes.to_vec()));
        let request = match put {
            Put::Always => request,
            Put::IfAbsent => request.if_none_match("*"),
            Put::IfMatches(etag) => request.if_match(etag),
        };
        match request.send().await {
            Ok(answer) => Ok(answer.e_tag.unwrap_or_default()),
            // The second: two conditional writes at the same time.
            Err(e) if matches!(e.code(), Some("PreconditionFailed" | "ConditionalRequestConflict")) => {
                Err(Failure::new(name::CONFLICT, format!("{thing} was written by someone else")))
            }
            Err(e) => Err(service_failure("PutObject", &thing, &e)),
        }
    }
}
