//! Circuit breakers on a clock that begins with their own.
//!
//! The first instant that a breaker reads in a process is the zero of all breakers. Windows of time are
//! divided from it.
#![cfg(feature = "std")]

mod by_hand;
mod clock;
mod consecutive;
mod metrics_only;
mod properties;
mod reasons;
mod threads;
mod window;
