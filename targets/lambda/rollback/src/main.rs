//! The function `rollback-handler` in Lambda.

use migspec_events::RollbackEvent;
use migspec_function::Call;
use migspec_function::aws::{Aws, serve};
use migspec_rollback::{Postgres, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    serve(|aws: Aws, call: Call, event: RollbackEvent| async move {
        let databases = Postgres::all(&aws, &call, &event).await?;
        handle(&aws, &databases, &call, &event).await
    })
    .await
}
