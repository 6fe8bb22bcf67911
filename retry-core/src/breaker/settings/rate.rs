//! The settings of a rate that opens a breaker.

use super::window::Window;

/// The rate that opens a breaker, and its window.
#[derive(Clone, Copy, Debug)]
pub(in crate::breaker) struct RateSettings {
    pub(in crate::breaker) rate: f64,
    pub(in crate::breaker) window: Window,
}
