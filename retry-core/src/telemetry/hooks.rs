//! The hooks of the program, which hear every event of the process.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};

use super::event::Event;
use super::installed::{HOOKS, want};

pub(super) type Hook = Arc<dyn Fn(&Event<'_>) + Send + Sync>;

static ALL: RwLock<Vec<Hook>> = RwLock::new(Vec::new());

/// Calls a function at every later event of the process: calls that are retried, succeed, fail or give up, changes of
/// breakers and of members of fleets, those inside of libraries too.
///
/// It runs on the thread of the call, and holds that up: keep it short, and do not wait in it. A panic in it is
/// caught. It cannot be removed. Calls that it makes itself report their own events, and so call it again.
///
/// ```
/// # use persevere_core as persevere;
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use persevere::telemetry::{self, CallEvent, Event};
/// use persevere::{Policy, RetryPolicy, wait};
///
/// static GIVE_UPS: AtomicU32 = AtomicU32::new(0);
///
/// telemetry::on_event(|event| {
///     if let Event::Call(CallEvent::GaveUp { .. }) = event {
///         GIVE_UPS.fetch_add(1, Ordering::Relaxed);
///     }
/// });
/// let _ = RetryPolicy::new().wait(wait::none()).run(|| Err::<(), _>("refused"));
/// assert_eq!(GIVE_UPS.load(Ordering::Relaxed), 1);
/// ```
pub fn on_event(hook: impl Fn(&Event<'_>) + Send + Sync + 'static) {
    add(Arc::new(hook));
}

pub(super) fn add(hook: Hook) {
    let mut all = ALL.write().unwrap_or_else(PoisonError::into_inner);
    all.push(hook);
    // Under the lock, as in `remove`.
    want(HOOKS, true);
}

pub(super) fn remove(hook: &Hook) {
    let mut all = ALL.write().unwrap_or_else(PoisonError::into_inner);
    all.retain(|other| !Arc::ptr_eq(other, hook));
    // Under the lock, so that a hook that is added meanwhile is called.
    if all.is_empty() {
        want(HOOKS, false);
    }
}

/// Calls all hooks.
pub(super) fn call(event: &Event<'_>) {
    // Outside of the lock: a hook may add one.
    let all = ALL.read().unwrap_or_else(PoisonError::into_inner).clone();
    for hook in all {
        let _ = catch_unwind(AssertUnwindSafe(|| hook(event)));
    }
}
