//! Bulkheads through their public interface.
#![cfg(feature = "tokio")]

mod adaptive;
mod line;
mod places;
mod properties;
mod threads;
mod wakes;
