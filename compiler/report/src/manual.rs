//! The manual: pages on a policy, a control, a requirement or a finding. The
//! terminal and the reference show the same pages.

mod book;
mod control;
mod finding;
mod grounds;
mod mutation;
mod page;
mod rule;

pub use book::{control_tables, controls, plain, policies, requirements};
pub use control::{control, requirement};
pub use finding::{findings, problem};
pub use mutation::mutation;
pub use page::Page;
pub use rule::{compiler_code, rule};
