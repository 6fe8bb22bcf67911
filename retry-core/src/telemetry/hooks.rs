//! The hooks of the program, which hear every event of the process.

use std::sync::{Arc, PoisonError, RwLock};

use super::event::Event;
use super::installed::{HOOKS, want};
use crate::util::caught::caught;

pub(super) type Hook = Arc<dyn Fn(&Event<'_>) + Send + Sync>;

/// All hooks, in a slice that is replaced: an event counts one reference, and allocates nothing.
static ALL: RwLock<Option<Arc<[Hook]>>> = RwLock::new(None);

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
    change(|all| all.push(hook));
}

pub(super) fn remove(hook: &Hook) {
    change(|all| all.retain(|other| !Arc::ptr_eq(other, hook)));
}

fn change(change: impl FnOnce(&mut Vec<Hook>)) {
    let mut all = ALL.write().unwrap_or_else(PoisonError::into_inner);
    let mut hooks = all.as_deref().map_or_else(Vec::new, <[Hook]>::to_vec);
    change(&mut hooks);
    // Under the lock, so that it says the same as the last change.
    want(HOOKS, !hooks.is_empty());
    let former = all.replace(hooks.into());
    drop(all);
    // A hook is the user's code, and so is its drop.
    drop(former);
}

/// Calls all hooks.
pub(super) fn call(event: &Event<'_>) {
    // Outside of the lock: a hook may add one.
    let all = ALL.read().unwrap_or_else(PoisonError::into_inner).clone();
    for hook in all.iter().flat_map(|all| all.iter()) {
        caught(|| hook(event));
    }
}
