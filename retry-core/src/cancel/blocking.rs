//! Pauses of blocking calls, which a cancellation may end.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::cancellation::{ASKED_EVERY, Cancellation};
use crate::test_hooks;
use crate::time::clock::Instant;
use crate::time::sleep::Sleep;
use crate::util::notify::Notify;

/// Blocks the thread for a pause, or until it is cancelled; returns whether it was cancelled.
///
/// Without a cancellation the sleeper sleeps, and nothing else happens. With one, a sleeper of the user's own
/// sleeps in slices; the default sleeper is replaced by a wait on a condition variable.
pub fn sleep_blocking<S: Sleep + ?Sized>(
    cancellation: Cancellation<'_>,
    pause: Duration,
    sleeper: &S,
) -> bool {
    sleep_until(cancellation, None, pause, sleeper)
}

/// A poll for the early end of a pause that is not cancelled.
pub(crate) type Woken<'a> = &'a mut dyn FnMut(&mut Context<'_>) -> Poll<()>;

/// Blocks as [`sleep_blocking`] does; a wake-up may end the pause too, unless the sleeper is the user's own.
pub(crate) fn sleep_until<S: Sleep + ?Sized>(
    mut cancellation: Cancellation<'_>,
    woken: Option<Woken<'_>>,
    pause: Duration,
    sleeper: &S,
) -> bool {
    let listens = !cancellation.is_never() || woken.is_some();
    if listens && sleeper.is_the_threads() {
        interruptible_sleep(&mut cancellation, woken, pause)
    } else if listens {
        sleep_in_slices(&mut cancellation, woken, pause, sleeper)
    } else {
        sleeper.sleep(pause);
        false
    }
}

/// Waits on a condition variable for the pause, or until it is cancelled or woken.
fn interruptible_sleep(
    cancellation: &mut Cancellation<'_>,
    mut woken: Option<Woken<'_>>,
    pause: Duration,
) -> bool {
    if pause.is_zero() {
        let mut cx = Context::from_waker(Waker::noop());
        return cancellation.poll(&mut cx).is_ready();
    }
    let notify = Arc::new(Notify::default());
    let waker = Waker::from(Arc::clone(&notify));
    let mut cx = Context::from_waker(&waker);
    let start = Instant::now();
    loop {
        if cancellation.poll(&mut cx).is_ready() {
            return true;
        }
        let wakes = woken
            .as_mut()
            .is_some_and(|woken| woken(&mut cx).is_ready());
        if wakes || test_hooks::slept(pause) {
            return false;
        }
        let left = pause.saturating_sub(start.elapsed());
        if left.is_zero() {
            return false;
        }
        notify.wait_for(if cancellation.is_polled() {
            left.min(ASKED_EVERY)
        } else {
            left
        });
    }
}

/// Sleeps by the sleeper, and looks every 50 ms whether the pause was cancelled or the call woken.
fn sleep_in_slices<S: Sleep + ?Sized>(
    cancellation: &mut Cancellation<'_>,
    mut woken: Option<Woken<'_>>,
    mut left: Duration,
    sleeper: &S,
) -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if cancellation.poll(&mut cx).is_ready() {
            return true;
        }
        let wakes = woken
            .as_mut()
            .is_some_and(|woken| woken(&mut cx).is_ready());
        if wakes || left.is_zero() {
            return false;
        }
        let slice = left.min(ASKED_EVERY);
        sleeper.sleep(slice);
        left -= slice;
    }
}
