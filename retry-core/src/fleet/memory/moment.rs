//! Times of a store.

/// Milliseconds of the store's own clock.
pub(super) type Moment = u64;
