//! What a retry policy does to a service in trouble.
//!
//! A discrete-event simulation in virtual time. Calls are made by the real engine with the real strategies,
//! breakers and budgets; only the server, the network and the clock are made up.

mod moments;
mod queue;
mod random;

pub mod herd;

pub use self::moments::Moments;
