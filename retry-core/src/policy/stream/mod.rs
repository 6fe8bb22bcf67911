//! Streams that are opened again where they broke.

mod begin;
mod first_item;
mod idle;
mod news;
mod open;
pub(crate) mod opening;
mod poll;
mod race;
mod run;
mod settle;
mod stage;

pub use self::idle::{Idle, IdleTimeout, NeverIdle};
pub use self::run::RunStream;
