//! News of a response, on its way from the code that reads its headers to the limiter of the call around it.

use std::cell::Cell;
use std::time::Duration;

use crate::guard::nested::{Task, task};

/// A number of calls, until a window ends after this time.
pub(crate) type Quota = (u64, Duration);

thread_local! {
    /// The task of the call that listens.
    static LISTENS: Cell<Option<Task>> = const { Cell::new(None) };
    static POSTED: Cell<Option<Quota>> = const { Cell::new(None) };
}

/// Runs or polls the body of an attempt under a limiter; returns with its value what it posted.
pub(crate) fn collecting<T>(body: impl FnOnce() -> T) -> (T, Option<Quota>) {
    let outer = Outer(LISTENS.replace(Some(task())), POSTED.take());
    let value = body();
    let posted = POSTED.take();
    drop(outer);
    (value, posted)
}

/// Posts the quota that a response announces; it is read only if a call under a limiter listens.
///
/// The body of a blocking call may drive a runtime, and with it tasks that do not belong to the call.
pub(crate) fn post(quota: impl FnOnce() -> Option<Quota>) {
    if LISTENS.get().is_some_and(|listens| listens == task()) {
        if let Some(quota) = quota() {
            POSTED.set(Some(quota));
        }
    }
}

/// The state of the call around, restored also after a panic.
struct Outer(Option<Task>, Option<Quota>);

impl Drop for Outer {
    fn drop(&mut self) {
        LISTENS.set(self.0);
        POSTED.set(self.1);
    }
}
