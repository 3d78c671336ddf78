//! The port of the way back on PostgreSQL: logical replication slots.

use std::time::Instant;

use migspec_events::{ReverseSlot, SlotReport};
use migspec_function::Failure;
use migspec_function::postgres::{Lsn, PostgresSession};

use crate::port::Reverse;
use crate::{rehearsal, slot};

impl Reverse for PostgresSession {
    async fn keep(&self, name: &str, after: &str, until: Instant) -> Result<ReverseSlot, Failure> {
        slot::create(self, name, Lsn::of_text(after)?, until).await
    }

    async fn find(&self, name: &str) -> Result<ReverseSlot, Failure> {
        slot::find(self, name).await
    }

    async fn release(&self, name: &str, until: Instant) -> Result<u64, Failure> {
        slot::drop_slot(self, name, until).await
    }

    async fn name_of_task(&self, task: &str) -> Result<Option<String>, Failure> {
        slot::forward_slot(self, task).await
    }

    async fn names(&self) -> Result<Vec<String>, Failure> {
        slot::others(self).await
    }

    async fn report(&self, name: &str) -> Result<SlotReport, Failure> {
        slot::report(self, name).await
    }

    async fn rehearse(&self) -> Result<(), Failure> {
        slot::rehearse(self).await.map(drop)
    }

    async fn end_of_log(&self) -> Result<String, Failure> {
        rehearsal::position(self).await
    }

    async fn has_row(&self, token: &str) -> Result<bool, Failure> {
        rehearsal::exists(self, token).await
    }

    async fn write_row(&self, token: &str) -> Result<(), Failure> {
        rehearsal::write(self, token).await
    }
}
