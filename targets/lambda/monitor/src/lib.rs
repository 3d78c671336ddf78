//! The monitor of the replication tasks: a task runs on while DMS has suspended one of its tables, and DMS publishes no
//! metric of that. A schedule calls the function every minute; alarms on its two metrics notify operators, close the
//! gates of the workflow, and keep the alarms on lag quiet while no task should run.

mod handler;

pub use handler::handle;
