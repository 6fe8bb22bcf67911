//! The async runner: a future that awaits the attempts and the pauses.
//!
//! The future is written by hand, and named, so that it is `Send` whenever its parts are, even behind an
//! `impl Policy`. For a future in a task the compiler erases the lifetimes, and checks again, with others,
//! whether it is `Send` and what its output is. So no two types that it stores have to agree: each parameter
//! stands for itself ([`Begins`], [`CallGuardBase`]), and the outcome is that of the operation.
//!
//! [`CallGuardBase`]: crate::guard::CallGuardBase

mod call;
mod deadline;
pub(crate) mod memory;
pub(crate) mod operation;
pub(super) mod race;
mod report;
pub(super) mod rest;
mod run;
pub(super) mod types;

pub(crate) use self::deadline::by_deadline;
pub use self::operation::AsyncOperation;
pub use self::report::ReportAsync;
pub(crate) use self::run::RunAbortable;
pub use self::run::RunAsync;
