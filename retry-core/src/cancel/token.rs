//! A token that wakes the calls that wait for it.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::sync::{OnceLock, PoisonError};

use crate::util::sync::Mutex;
use crate::util::sync::atomic::{AtomicBool, Ordering};
use crate::util::wakers::Wakers;

/// A token that ends the calls that name it, once and for all: `stop = cancelled(&SHUTDOWN)`.
///
/// A call that pauses ends at once; the reason is [`StopReason::Cancelled`](crate::StopReason::Cancelled).
/// The token is `const`-constructible, so that it can be a `static`; an `Arc` of one works as well.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{CancelToken, Policy, RetryPolicy, StopReason, stop};
///
/// static SHUTDOWN: CancelToken = CancelToken::new();
/// SHUTDOWN.cancel();
///
/// let policy = RetryPolicy::new().stop(stop::cancelled(&SHUTDOWN));
/// let report = policy.report(|| Err::<(), _>("refused"));
/// assert_eq!(report.reason(), Some(StopReason::Cancelled));
/// assert_eq!(report.attempts(), 1);
/// ```
#[derive(Default)]
pub struct CancelToken {
    /// Made on first use, since the constructor is `const`.
    shared: OnceLock<Shared>,
}

impl CancelToken {
    /// Creates a token that is not cancelled.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CancelToken;
    ///
    /// static SHUTDOWN: CancelToken = CancelToken::new();
    /// assert!(!SHUTDOWN.is_cancelled());
    /// ```
    pub const fn new() -> Self {
        CancelToken {
            shared: OnceLock::new(),
        }
    }

    /// Cancels it for good, and wakes all that wait for it.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CancelToken;
    ///
    /// let token = CancelToken::new();
    /// token.cancel();
    /// assert!(token.is_cancelled());
    /// ```
    pub fn cancel(&self) {
        self.shared().cancel();
    }

    /// Returns whether it was cancelled.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CancelToken;
    ///
    /// assert!(!CancelToken::new().is_cancelled());
    /// ```
    #[inline]
    pub fn is_cancelled(&self) -> bool {
        self.shared.get().is_some_and(Shared::is_cancelled)
    }

    /// Returns a future that is ready once the token is cancelled, for work besides retried calls.
    ///
    /// A dropped future leaves nothing behind.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use std::sync::Arc;
    /// use persevere::CancelToken;
    ///
    /// let token = Arc::new(CancelToken::new());
    /// let worker = tokio::spawn({
    ///     let token = Arc::clone(&token);
    ///     async move { token.cancelled().await }
    /// });
    /// token.cancel();
    /// worker.await.unwrap();
    /// # });
    /// ```
    pub fn cancelled(&self) -> WhenCancelled<'_> {
        WhenCancelled {
            shared: self.shared(),
            place: None,
        }
    }

    fn shared(&self) -> &Shared {
        self.shared.get_or_init(Shared::new)
    }
}

/// The future of [`CancelToken::cancelled`].
#[must_use = "futures do nothing unless awaited"]
pub struct WhenCancelled<'a> {
    shared: &'a Shared,
    /// The place of its waker, once it waits.
    place: Option<u64>,
}

impl Future for WhenCancelled<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let shared = self.shared;
        if shared.wait(&mut self.place, cx.waker()) {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    }
}

impl Drop for WhenCancelled<'_> {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.shared.leave(place);
        }
    }
}

impl fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelToken")
            .field("is_cancelled", &self.is_cancelled())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for WhenCancelled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WhenCancelled")
            .field("waits", &self.place.is_some())
            .finish_non_exhaustive()
    }
}

/// The state of a token.
#[derive(Debug)]
pub(super) struct Shared {
    cancelled: AtomicBool,
    wakers: Mutex<Wakers>,
}

impl Shared {
    pub(super) fn new() -> Self {
        Shared {
            cancelled: AtomicBool::new(false),
            wakers: Mutex::new(Wakers::default()),
        }
    }

    pub(super) fn is_cancelled(&self) -> bool {
        // Pairs with the store in `cancel`: writes before the cancellation are seen after it.
        self.cancelled.load(Ordering::Acquire)
    }

    pub(super) fn cancel(&self) {
        // Pairs with the load in `is_cancelled`. It comes before the lock, so that `wait` either sees the flag
        // under the lock or has left its waker in time to be taken here.
        self.cancelled.store(true, Ordering::Release);
        // Woken, and dropped, after the lock is free: both can come back here.
        self.with(Wakers::take).wake();
    }

    /// Keeps the waker at its place; returns `false` if the token is cancelled already.
    pub(super) fn wait(&self, place: &mut Option<u64>, waker: &Waker) -> bool {
        if self.is_cancelled() {
            return false;
        }
        let waker = waker.clone();
        let former = self.with(|wakers| {
            // `cancel` takes the wakers after it has set the flag: the lock orders the two.
            if self.is_cancelled() {
                return Err(waker);
            }
            if let Some(place) = *place {
                return Ok(wakers.replace(place, waker));
            }
            *place = Some(wakers.add(waker));
            Ok(None)
        });
        former.is_ok()
    }

    /// Forgets the waker of a place.
    pub(super) fn leave(&self, place: u64) {
        drop(self.with(|wakers| wakers.remove(place)));
    }

    fn with<T>(&self, change: impl FnOnce(&mut Wakers) -> T) -> T {
        // Nothing that can panic happens under the lock.
        change(&mut self.wakers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
