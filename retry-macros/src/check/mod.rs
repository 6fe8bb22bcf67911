//! Checks: mistakes that are visible in the tokens.

mod argument;
pub(crate) mod beside;
mod branches;
pub(crate) mod callback;
pub(crate) mod fallback;
pub(crate) mod guard;
pub(crate) mod hedge;
pub(crate) mod limit;
pub(crate) mod moved_args;
mod number;
mod once;
pub(crate) mod outcome;
mod redirects;
pub(crate) mod retried;
pub(crate) mod retries;
pub(crate) mod strategy;
pub(crate) mod stream;
mod types;
