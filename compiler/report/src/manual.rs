//! The manual: what there is to say of a policy, a control, a requirement and
//! of one finding. The terminal and the reference pages show the same.

mod book;
mod control;
mod finding;
mod mutation;
mod page;
mod rule;

pub use book::{control_tables, controls, plain, policies, requirements};
pub use control::{control, requirement};
pub use finding::{findings, problem};
pub use mutation::mutation;
pub use page::Page;
pub use rule::{compiler_code, rule};
