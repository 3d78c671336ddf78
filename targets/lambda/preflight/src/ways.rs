//! The directions of replication.

use migspec_events::PreflightEvent;

/// The directions in which the tasks of a cutover replicate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ways {
    There,
    ThereAndBack,
}

impl Ways {
    pub(crate) fn of(event: &PreflightEvent) -> Self {
        if event.reverse { Self::ThereAndBack } else { Self::There }
    }
}
