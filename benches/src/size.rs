//! Bytes of a future that is not yet polled.

use crate::service::{Outcome, Service};

/// Of the future that a function makes.
pub fn of<F: Future<Output = Outcome>>(
    function: impl FnOnce(&'static Service, &'static str, [u64; 4]) -> F,
) -> usize {
    static SERVICE: Service = Service::failing(0);
    size_of_val(&function(&SERVICE, "key", [0; 4]))
}
