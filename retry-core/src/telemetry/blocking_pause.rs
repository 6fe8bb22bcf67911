//! Warnings of blocking pauses in a task of an async runtime, where they stop every other task of the thread.
//!
//! A debug build warns once.

use core::time::Duration;

use crate::call::name::{CallName, PathOf};
use crate::engine::machine::{Call, History};
use crate::time::sleep::Sleep;

impl<M: History, K: PathOf> Call<M, K> {
    /// Notes that a blocking call of the function with this path is about to pause.
    #[inline(always)]
    pub fn pausing<S: Sleep + ?Sized>(&self, path: &str, sleeper: &S, pause: Duration) {
        pausing(K::name(path), sleeper, pause);
    }
}

/// Notes that a blocking call of this name is about to pause.
#[inline(always)]
pub(crate) fn pausing<S: Sleep + ?Sized>(name: CallName<'_>, sleeper: &S, pause: Duration) {
    #[cfg(all(feature = "tokio", debug_assertions))]
    if sleeper.is_the_threads() && !pause.is_zero() {
        warning::check(name);
    }
    #[cfg(not(all(feature = "tokio", debug_assertions)))]
    let _ = (name, sleeper, pause);
}

#[cfg(all(feature = "tokio", debug_assertions))]
mod warning {
    use core::future::Future;
    use core::pin::pin;
    use core::sync::atomic::{AtomicBool, Ordering};
    use core::task::{Context, Waker};

    use tokio::runtime::Handle;
    use tokio::task::coop::consume_budget;

    use super::super::warn;
    use crate::call::name::CallName;
    use crate::test_hooks;

    /// Relaxed: two warnings at once would do no harm, and `swap` lets one thread warn.
    static WARNED: AtomicBool = AtomicBool::new(false);

    #[cold]
    pub(super) fn check(name: CallName<'_>) {
        // A virtual clock takes the pause, and the thread goes on at once.
        let sleeps = test_hooks::now().is_none();
        if sleeps
            && !WARNED.load(Ordering::Relaxed)
            && is_in_a_task()
            && !WARNED.swap(true, Ordering::Relaxed)
        {
            tell(name);
        }
    }

    /// Returns whether tokio polls a task here, as opposed to a blocking call that it keeps a thread for.
    ///
    /// It counts the operations of a task, so that one that is always ready lets others run: past 128 of them
    /// the next is pending. In `spawn_blocking`, in `block_in_place` and on other threads nothing is counted.
    /// A task that was checked yields once more than it would have.
    fn is_in_a_task() -> bool {
        const MORE_THAN_A_TASK_MAY: usize = 256;
        let mut cx = Context::from_waker(Waker::noop());
        let mut is_pending = |_| pin!(consume_budget()).poll(&mut cx).is_pending();
        Handle::try_current().is_ok() && (0..MORE_THAN_A_TASK_MAY).any(&mut is_pending)
    }

    fn tell(name: CallName<'_>) {
        let name = match name.as_str() {
            "" => "a retried call",
            name => name,
        };
        warn(format_args!(
            "`{name}` blocks a thread of the async runtime while it pauses between attempts, and every other task \
             there; make the function async, or call it in `tokio::task::spawn_blocking`"
        ));
    }
}
