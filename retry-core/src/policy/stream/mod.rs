//! Streams that are opened again where they broke.

mod idle;
mod open;
mod opening;
mod poll;
mod run;
mod stage;

pub use self::idle::{Idle, IdleTimeout, NeverIdle};
pub use self::run::RunStream;
