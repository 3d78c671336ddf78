//! The function `secret-rotation` in Lambda.

#![allow(clippy::disallowed_methods, reason = "a function lives from its environment")]

use migspec_function::aws::{Aws, ready, serve};
use migspec_function::{Call, Roots};
use migspec_rotation::{Postgres, Request, Switches, handle, setup};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let switches = &ready(Switches::of_variable(&std::env::var("MIGSPEC_ROTATION").unwrap_or_default()))?;
    serve(move |aws: Aws, call: Call, request: Request| async move {
        let database = Postgres { roots: Roots::amazon(&call.settings)? };
        match &request {
            Request::Rotation(event) => handle(&aws, &database, switches, &call, event).await,
            Request::Setup(event) => setup(&aws, &database, switches, &call, event).await,
        }
    })
    .await
}
