//! A cursor that knows more than where to open a stream.

use core::future::Future;
use core::time::Duration;

use crate::__private::probe::{Probe, Slot};
use crate::guard::CallGuardBase;
use crate::policy::Policy;
use crate::policy::stream::RunStream;

/// A cursor with news of the service.
pub trait CursorNews {
    /// Returns the shortest pause before the next opening.
    fn hint(&self) -> Option<Duration>;

    /// Returns a number that changes with each sign of life that is no item.
    fn heartbeats(&self) -> u64;
}

#[cfg(feature = "http")]
impl CursorNews for super::cursor::Compared<crate::http::sse::Cursor> {
    fn hint(&self) -> Option<Duration> {
        self.0.retry()
    }

    fn heartbeats(&self) -> u64 {
        self.0.chunks()
    }
}

/// Whether the cursor of a stream has news.
pub struct HasNews;

/// Asks the cursor of a stream for news, if it has any.
#[inline(always)]
pub const fn informed<T>(stream: T) -> Probe<HasNews, Slot<T>> {
    Probe::new(Slot::new(stream))
}

impl<'p, P, O, K, F, A, S, I, Z, C, G>
    Probe<HasNews, Slot<RunStream<'p, P, O, K, F, A, S, I, Z, C, G>>>
where
    P: Policy<O>,
    K: CursorNews,
    Z: Future<Output = ()> + Send,
    G: CallGuardBase,
{
    pub fn stream(&mut self) -> RunStream<'p, P, O, K, F, A, S, I, Z, C, G> {
        let stream = self.take();
        stream.hint(K::hint).heartbeats(K::heartbeats)
    }
}

impl<T> Slot<T> {
    #[inline(always)]
    pub fn stream(&mut self) -> T {
        self.take()
    }
}
