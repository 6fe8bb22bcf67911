//! The panic of a body, which is a failure of its own call and of no other.
//!
//! A permit that is dropped while its thread unwinds cannot know whose panic it is: the body's, a callback's,
//! or that of other code in the same task. So a guard on the stack surrounds the body alone. It also notices
//! a panic that is caught later.

use core::mem;

use super::call_result::CallResult;
use super::failure_kind::Panic;
use super::permit::Permit;

/// Runs `body`; its panic is a failure of the permit's call.
#[inline(always)]
pub(crate) fn during<T>(permit: &mut Option<Permit<'_>>, body: impl FnOnce() -> T) -> T {
    on_panic(|| fail(permit), body)
}

/// Records the panic of a body.
// Inlined, as the drop of a permit: so that the permit of a call need not be in memory for it.
#[inline]
pub(crate) fn fail(permit: &mut Option<Permit<'_>>) {
    if let Some(permit) = permit.take() {
        permit.record_as::<Panic>(CallResult::Failure);
    }
}

/// Runs `body`; its panic calls `told` while it unwinds.
#[inline(always)]
pub(crate) fn on_panic<T>(told: impl FnMut(), body: impl FnOnce() -> T) -> T {
    let unwinding = Unwinding(told);
    let value = body();
    mem::forget(unwinding);
    value
}

/// A guard that is dropped by a panic alone.
struct Unwinding<F: FnMut()>(F);

impl<F: FnMut()> Drop for Unwinding<F> {
    #[inline]
    fn drop(&mut self) {
        (self.0)();
    }
}
