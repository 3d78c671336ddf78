//! The function `task-monitor` in Lambda.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    migspec_function::aws::serve(|aws, call, event| async move { migspec_monitor::handle(&aws, &call, event).await })
        .await
}
