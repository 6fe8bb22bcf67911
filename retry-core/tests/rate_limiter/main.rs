//! Rate limiters as users see them.
#![cfg(feature = "std")]

#[cfg(feature = "tokio")]
mod asynchronous;
#[cfg(feature = "testing")]
mod blocking;
mod refusals;
mod registry;
mod settings;
