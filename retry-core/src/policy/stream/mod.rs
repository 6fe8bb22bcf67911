//! Streams that are opened again where they broke.

mod idle;
mod poll;
mod run;

pub use self::idle::{Idle, IdleTimeout, NeverIdle};
pub use self::run::RunStream;
