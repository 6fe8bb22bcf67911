//! The naive model of the engine. The core's own tests hold every runner to it, and the tests of the attribute
//! the loop that the attribute writes.

pub mod drive;
pub mod model;
pub mod plan;
pub mod plans;
pub mod rules;
pub mod trace;
pub mod world;
