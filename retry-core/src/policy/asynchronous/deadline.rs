//! The end of a pending attempt by the deadline of its call.

use core::task::{Context, Poll};

use crate::call::interrupt::Interrupt;
use crate::guard::Wakeable;

/// Ends a pending attempt at the deadline, in case the user's own sleeper is late.
#[inline(always)]
pub(crate) fn by_deadline<T>(
    made: Poll<Result<T, Interrupt>>,
    watch: &mut impl Wakeable,
    cx: &mut Context<'_>,
) -> Poll<Result<T, Interrupt>> {
    match made {
        Poll::Ready(made) => Poll::Ready(made),
        Poll::Pending => watch.poll_woken(cx).map(|()| Err(Interrupt::Deadline)),
    }
}
