//! Events of the process as a stream.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::event::Event;
use super::hooks::{self, Hook};

/// The most events that wait for their reader.
const MOST: usize = 1024;

/// Returns the events of the process from now on, one after the other; see [`on_event`](super::on_event).
///
/// A reader that is slower than the events loses the oldest: 1024 wait for it. It holds up no call.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::telemetry::{self, CallEvent, Event};
/// use persevere::{Policy, RetryPolicy, wait};
///
/// let mut events = telemetry::subscribe();
/// let policy = RetryPolicy::new().name("stock").wait(wait::none());
/// let _ = policy.run(|| Err::<(), _>("refused"));
/// let Event::Call(CallEvent::Retried { function, attempt, .. }) = events.next_blocking() else { panic!() };
/// assert_eq!((&*function, attempt), ("stock", 1));
/// ```
pub fn subscribe() -> Events {
    let queue = Arc::new(Queue::default());
    let own = Arc::clone(&queue);
    let hook: Hook = Arc::new(move |event| own.push(event));
    hooks::add(Arc::clone(&hook));
    Events { queue, hook }
}

/// The events of a process, from [`subscribe`]. Dropping it ends the subscription.
///
/// With the feature `stream` it is a `Stream` without an end.
#[must_use = "events that nobody reads are lost"]
pub struct Events {
    queue: Arc<Queue>,
    hook: Hook,
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    added: Condvar,
}

#[derive(Default)]
struct Waiting {
    events: VecDeque<Event<'static>>,
    lost: u64,
    waker: Option<Waker>,
}

impl Queue {
    fn push(&self, event: &Event<'_>) {
        let event = event.clone().into_owned();
        let mut waiting = self.lock();
        let oldest = if waiting.events.len() == MOST {
            waiting.lost += 1;
            waiting.events.pop_front()
        } else {
            None
        };
        waiting.events.push_back(event);
        let waker = waiting.waker.take();
        drop(waiting);
        drop(oldest);
        self.added.notify_one();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Events {
    /// Returns the next event, for which the task waits.
    pub async fn next(&mut self) -> Event<'static> {
        poll_fn(|cx| self.poll_event(cx)).await
    }

    /// Returns the next event, for which the thread waits.
    pub fn next_blocking(&mut self) -> Event<'static> {
        let mut waiting = self.queue.lock();
        loop {
            match waiting.events.pop_front() {
                Some(event) => return event,
                None => {
                    let woken = self.queue.added.wait(waiting);
                    waiting = woken.unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    /// Returns the next event if it is there.
    pub fn try_next(&mut self) -> Option<Event<'static>> {
        self.queue.lock().events.pop_front()
    }

    /// Returns the number of events that were lost, since nobody read them in time.
    pub fn lost(&self) -> u64 {
        self.queue.lock().lost
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Event<'static>> {
        if let Some(event) = self.try_next() {
            return Poll::Ready(event);
        }
        // A waker is the caller's own code, which must not run under the lock.
        let waker = cx.waker().clone();
        let mut waiting = self.queue.lock();
        if let Some(event) = waiting.events.pop_front() {
            return Poll::Ready(event);
        }
        let former = waiting.waker.replace(waker);
        drop(waiting);
        drop(former);
        Poll::Pending
    }
}

#[cfg(feature = "stream")]
impl futures_core::Stream for Events {
    type Item = Event<'static>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Self::Item>> {
        self.poll_event(cx).map(Some)
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        hooks::remove(&self.hook);
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waiting = self.queue.lock();
        f.debug_struct("Events")
            .field("waiting", &waiting.events.len())
            .field("lost", &waiting.lost)
            .finish_non_exhaustive()
    }
}
