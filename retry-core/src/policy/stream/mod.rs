//! Streams that are opened again where they broke.

mod idle;
mod news;
mod open;
mod opening;
mod poll;
mod race;
mod run;
mod stage;

pub use self::idle::{Idle, IdleTimeout, NeverIdle};
pub use self::run::RunStream;
