//! News of a response, on its way from the code that reads its headers to the limiter of the call around it.

use std::cell::Cell;
use std::time::Duration;

/// A number of calls, until a window ends after this time.
pub(crate) type Quota = (u64, Duration);

thread_local! {
    static LISTENS: Cell<bool> = const { Cell::new(false) };
    static POSTED: Cell<Option<Quota>> = const { Cell::new(None) };
}

/// Runs or polls the body of an attempt under a limiter; returns with its value what it posted.
pub(crate) fn collecting<T>(body: impl FnOnce() -> T) -> (T, Option<Quota>) {
    let outer = Outer(LISTENS.replace(true), POSTED.take());
    let value = body();
    let posted = POSTED.take();
    drop(outer);
    (value, posted)
}

/// Posts the quota that a response announces; it is read only if a call under a limiter listens.
pub(crate) fn post(quota: impl FnOnce() -> Option<Quota>) {
    if LISTENS.get() {
        if let Some(quota) = quota() {
            POSTED.set(Some(quota));
        }
    }
}

/// The state of the call around, restored also after a panic.
struct Outer(bool, Option<Quota>);

impl Drop for Outer {
    fn drop(&mut self) {
        LISTENS.set(self.0);
        POSTED.set(self.1);
    }
}
