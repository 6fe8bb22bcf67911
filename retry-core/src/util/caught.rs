//! Panics of code that is the user's.

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a function of the user's whose panic must not reach the call that it is told of; returns `None` after one.
///
/// The payload of a panic can panic when it is dropped, so it is not. What the function has left in between is its
/// own: a listener, a hook, a logger.
pub(crate) fn caught<T>(run: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(run))
        .map_err(|payload: Box<dyn Any + Send>| mem::forget(payload))
        .ok()
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use std::panic::panic_any;

    use super::caught;

    struct Spiteful;

    impl Drop for Spiteful {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }

    #[test]
    fn a_payload_that_panics_when_it_is_dropped_stays_inside() {
        assert_eq!(caught(|| 7), Some(7));
        assert_eq!(caught(|| -> u8 { panic_any(Spiteful) }), None);
    }
}
