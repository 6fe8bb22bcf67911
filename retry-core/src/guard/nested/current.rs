//! The call that a thread currently runs, or polls.

use std::cell::Cell;

use super::ParentCall;

/// A call in view, for the task that it runs in.
#[derive(Clone, Debug)]
struct Shown {
    outer: ParentCall,
    task: Task,
}

thread_local! {
    static SHOWN: Cell<Option<Shown>> = const { Cell::new(None) };
}

impl ParentCall {
    /// Returns the call that surrounds this one.
    pub(crate) fn current() -> Option<ParentCall> {
        let look = |here: &Cell<Option<Shown>>| {
            let shown = here.take();
            here.set(shown.clone());
            shown
        };
        let shown = SHOWN.try_with(look).ok().flatten()?;
        // The body of a blocking call may drive a runtime, and with it tasks that do not belong to the call.
        (shown.task == task()).then_some(shown.outer)
    }
}

/// Runs `body` with the limits of a call in view, and restores the former view afterwards, also after a
/// panic.
#[inline]
pub(crate) fn with_parent<T>(published: &mut Option<ParentCall>, body: impl FnOnce() -> T) -> T {
    if published.is_none() {
        return body();
    }
    let swapped = ParentGuard::new(published);
    let value = body();
    drop(swapped);
    value
}

struct ParentGuard<'a> {
    published: &'a mut Option<ParentCall>,
    before: Option<Shown>,
}

impl<'a> ParentGuard<'a> {
    fn new(published: &'a mut Option<ParentCall>) -> Self {
        let shown = published.take().map(|outer| Shown {
            outer,
            task: task(),
        });
        let before = swap(shown);
        ParentGuard { published, before }
    }
}

impl Drop for ParentGuard<'_> {
    fn drop(&mut self) {
        *self.published = swap(self.before.take()).map(|shown| shown.outer);
    }
}

/// Replaces the call in view. A thread that is ending has no view any more.
fn swap(shown: Option<Shown>) -> Option<Shown> {
    SHOWN.try_with(|here| here.replace(shown)).ok().flatten()
}

/// The identity of a task; the future of a `block_on` and code outside a runtime have `None`.
#[cfg(feature = "tokio")]
type Task = Option<tokio::task::Id>;

#[cfg(feature = "tokio")]
fn task() -> Task {
    tokio::task::try_id()
}

/// The identity of a task without a runtime that distinguishes its tasks: all are one.
#[cfg(not(feature = "tokio"))]
#[derive(Clone, Copy, Debug, PartialEq)]
struct Task;

#[cfg(not(feature = "tokio"))]
fn task() -> Task {
    Task
}
