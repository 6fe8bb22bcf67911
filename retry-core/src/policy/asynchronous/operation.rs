//! Async operations: closures whose future is one attempt.

use alloc::sync::Arc;
use core::future::Future;

use crate::call::attempt::{Attempt, Handle};
use crate::call::outcome::Outcome;

/// An operation for [`Policy::run_async`](crate::Policy::run_async): `FnMut() -> Fut`, or `FnMut(Arc<Attempt>) -> Fut`.
///
/// `M` tells the two apart; it is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an operation whose future gives `{O}`",
    label = "expected `|| async {{ .. }}` or `|at: Arc<Attempt>| async move {{ .. }}`",
    note = "a closure that returns its outcome, not a future of it, is run by `run` or `report`"
)]
pub trait AsyncOperation<O, M>: Begins<M, Future: Future<Output = O>> {}

impl<O: Outcome, F: FnMut() -> Fut, Fut: Future<Output = O>> AsyncOperation<O, ()> for F {}

impl<O, F, Fut> AsyncOperation<O, Attempt> for F
where
    O: Outcome,
    F: FnMut(Arc<Attempt>) -> Fut,
    Fut: Future<Output = O>,
{
}

/// An operation with any outcome.
pub trait Begins<M> {
    /// The future of one attempt.
    #[doc(hidden)]
    type Future: Future;
    /// The handle on which the body leaves its marks.
    #[doc(hidden)]
    type Handle: Handle;

    /// Begins one attempt.
    #[doc(hidden)]
    fn attempt(&mut self, handle: &Self::Handle) -> Self::Future;
}

impl<F: FnMut() -> Fut, Fut: Future> Begins<()> for F {
    type Future = Fut;
    type Handle = ();

    #[inline]
    fn attempt(&mut self, (): &()) -> Fut {
        self()
    }
}

impl<F: FnMut(Arc<Attempt>) -> Fut, Fut: Future> Begins<Attempt> for F {
    type Future = Fut;
    type Handle = Arc<Attempt>;

    fn attempt(&mut self, handle: &Arc<Attempt>) -> Fut {
        self(Arc::clone(handle))
    }
}
