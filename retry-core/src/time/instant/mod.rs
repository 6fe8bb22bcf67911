//! A point in time: std's, or on `wasm32-unknown-unknown` one of the clock that the program set.

#[cfg(any(test, all(target_family = "wasm", target_os = "unknown")))]
#[cfg_attr(
    not(all(target_family = "wasm", target_os = "unknown")),
    allow(dead_code, unreachable_pub)
)]
pub(super) mod given;

/// A point in time: std's, or on `wasm32-unknown-unknown` one of the clock that was
/// [set](crate::time::clock::set).
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub use self::given::Instant;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use std::time::Instant;
