//! A waker that counts.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use persevere_core::bulkhead::{Entering, Place};
use persevere_core::{Bulkhead, BulkheadFull};

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A call that waits for a place, polled by hand.
pub(crate) struct Call<'b> {
    entering: Entering<'b>,
    woken: Arc<Count>,
}

impl<'b> Call<'b> {
    /// Begins to wait.
    pub(crate) fn to(bulkhead: &'b Bulkhead) -> Self {
        Call {
            entering: bulkhead.enter(),
            woken: Arc::default(),
        }
    }

    pub(crate) fn poll(&mut self) -> Poll<Result<Place<'b>, BulkheadFull>> {
        let waker = Waker::from(Arc::clone(&self.woken));
        Pin::new(&mut self.entering).poll(&mut Context::from_waker(&waker))
    }

    /// Returns the place that it must have.
    pub(crate) fn place(&mut self) -> Place<'b> {
        match self.poll() {
            Poll::Ready(Ok(place)) => place,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn woken(&self) -> usize {
        self.woken.0.load(Ordering::Relaxed)
    }

    /// Returns how often its waker exists beside itself.
    pub(crate) fn wakers(&self) -> usize {
        Arc::strong_count(&self.woken) - 1
    }
}
