//! The function `rollback-handler` in Lambda.

use migspec_events::{RollbackEvent, Run};
use migspec_function::aws::{Aws, serve};
use migspec_function::{Call, Sides};
use migspec_rollback::{Real, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    serve(|aws: Aws, call: Call, event: RollbackEvent| async move {
        let mut databases = Vec::new();
        for replication in &event.replications {
            let run = Run { cutover: replication.key.clone(), ..event.run.clone() };
            let sides = Sides::of(&aws, &call.settings, &run, "rollback-handler").await?;
            databases.push(Real { ports: &aws, sides });
        }
        handle(&aws, &databases, &call, &event).await
    })
    .await
}
