//! The naive model of the engine.
//!
//! The core's own tests compare every runner with it, and the tests of the attribute compare the loop that
//! the attribute writes.
#![allow(missing_docs, reason = "only tests use it, and names say it")]

pub mod drive;
pub mod model;
pub mod plan;
pub mod plans;
pub mod rules;
pub mod trace;
pub mod world;
