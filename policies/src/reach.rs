//! Who can reach whom, computed from the resources alone and compared with
//! what the flows declare: what is open beyond them and what they need and do
//! not get are both findings.
//!
//! Security groups deny by default, so the search starts at their rules: a
//! connection needs a rule at both ends, routes both ways and network ACLs that
//! let it pass. Paths depend on subnets only and are computed once for each
//! pair of them, so that the work grows with rules and flows.

mod address;
mod compare;
mod model;
mod path;
mod undeclared;
mod unreachable;

pub(crate) use compare::{OPEN, UNREACHABLE, compare};

#[cfg(test)]
mod tests;
