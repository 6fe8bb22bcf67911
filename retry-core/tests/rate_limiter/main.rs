//! Rate limiters as users see them.
#![cfg(feature = "std")]

#[cfg(feature = "tokio")]
mod asynchronous;
#[cfg(feature = "testing")]
mod blocking;
mod display;
mod refusals;
mod registry;
mod settings;
