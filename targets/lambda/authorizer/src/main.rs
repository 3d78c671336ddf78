//! The function `api-authorizer` in Lambda.

#![allow(clippy::disallowed_methods, reason = "a function lives from its environment")]

use migspec_authorizer::Authorizer;
use migspec_function::Call;
use migspec_function::aws::{Aws, ready, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let keys = std::env::var("MIGSPEC_KEYS").unwrap_or_default();
    let authorizer = &ready(Authorizer::of_variable(&keys))?;
    serve(move |aws: Aws, call: Call, request| async move { Ok(authorizer.handle(&aws, &call, &request).await) }).await
}
