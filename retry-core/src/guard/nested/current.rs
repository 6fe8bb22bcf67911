//! The call that a thread currently runs, or polls.

use std::cell::Cell;
use std::{mem, ptr};

use super::{ParentCall, Published};
use crate::budget::{BudgetState, RetryBudget};

/// The call in view of a thread.
///
/// What is no longer in view is kept for the next call with the same budget, since most calls of a thread have the
/// same: it finds everything in place.
struct View {
    shown: Cell<bool>,
    task: Cell<Task>,
    outer: Cell<ParentCall>,
    /// The budget that is the only limit of `outer`, by its address.
    budget: Cell<*const BudgetState>,
}

thread_local! {
    static VIEW: View = const {
        View {
            shown: Cell::new(false),
            task: Cell::new(NO_TASK),
            outer: Cell::new(ParentCall::NONE),
            budget: Cell::new(ptr::null()),
        }
    };
}

impl ParentCall {
    /// Returns the call that surrounds this one.
    #[inline]
    pub(crate) fn current() -> Option<ParentCall> {
        let look = |view: &View| if view.shown.get() { view.look() } else { None };
        VIEW.try_with(look).ok().flatten()
    }
}

/// Runs `body` with the limits of a call in view, and restores the former view afterwards, also after a
/// panic.
#[inline]
pub(crate) fn with_parent<T>(published: &mut Published<'_>, body: impl FnOnce() -> T) -> T {
    match published {
        Published::Nothing => body(),
        Published::Budget(budget) => {
            let shows = ShownBudget::new(budget);
            let value = body();
            drop(shows);
            value
        }
        Published::Call(call) => {
            let shows = ShownCall::new(call);
            let value = body();
            drop(shows);
            value
        }
    }
}

/// A view.
type Shown = (bool, Task, ParentCall);

impl View {
    fn look(&self) -> Option<ParentCall> {
        // The body of a blocking call may drive a runtime, and with it tasks that do not belong to the call.
        if self.task.get() != task() {
            return None;
        }
        let outer = self.outer.take();
        self.outer.set(outer.clone());
        Some(outer)
    }

    fn replace(&self, (shown, task, outer): Shown) -> Shown {
        self.budget.set(outer.only_budget());
        let former = (self.shown.replace(shown), self.task.replace(task));
        (former.0, former.1, self.outer.replace(outer))
    }
}

/// A budget that is in view until this is dropped.
struct ShownBudget {
    /// The view of another task.
    before: Option<Box<Shown>>,
}

impl ShownBudget {
    #[inline]
    fn new(budget: &RetryBudget) -> Self {
        let at_hand = |view: &View| {
            let kept = !view.shown.get() && ptr::eq(view.budget.get(), &**budget.state());
            if kept {
                view.task.set(task());
                view.shown.set(true);
            }
            kept
        };
        // A thread that is ending has no view any more.
        let before = match VIEW.try_with(at_hand) {
            Ok(false) => ShownBudget::replace(budget),
            Ok(true) | Err(_) => None,
        };
        ShownBudget { before }
    }

    #[cold]
    fn replace(budget: &RetryBudget) -> Option<Box<Shown>> {
        let outer = ParentCall::default().and(None, Some(budget.shared()));
        let before = VIEW.try_with(|view| view.replace((true, task(), outer)));
        before.ok().filter(|(shown, ..)| *shown).map(Box::new)
    }

    #[cold]
    fn restore(before: Box<Shown>) {
        let _ = VIEW.try_with(|view| view.replace(*before));
    }
}

impl Drop for ShownBudget {
    #[inline]
    fn drop(&mut self) {
        match self.before.take() {
            None => {
                let _ = VIEW.try_with(|view| view.shown.set(false));
            }
            Some(before) => ShownBudget::restore(before),
        }
    }
}

/// A call that is in view until this is dropped; it takes back what it has shown.
struct ShownCall<'a> {
    call: &'a mut ParentCall,
    before: Option<Shown>,
}

impl<'a> ShownCall<'a> {
    fn new(call: &'a mut ParentCall) -> Self {
        let outer = mem::take(call);
        let before = VIEW.try_with(|view| view.replace((true, task(), outer)));
        ShownCall {
            call,
            before: before.ok(),
        }
    }
}

impl Drop for ShownCall<'_> {
    fn drop(&mut self) {
        if let Some(before) = self.before.take() {
            if let Ok((_, _, outer)) = VIEW.try_with(|view| view.replace(before)) {
                *self.call = outer;
            }
        }
    }
}

/// The identity of a task; the future of a `block_on` and code outside a runtime have `None`.
#[cfg(feature = "tokio")]
pub(crate) type Task = Option<tokio::task::Id>;

#[cfg(feature = "tokio")]
const NO_TASK: Task = None;

#[cfg(feature = "tokio")]
pub(crate) fn task() -> Task {
    tokio::task::try_id()
}

/// The identity of a task without a runtime that distinguishes its tasks: all are one.
#[cfg(not(feature = "tokio"))]
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Task;

#[cfg(not(feature = "tokio"))]
const NO_TASK: Task = Task;

#[cfg(not(feature = "tokio"))]
pub(crate) fn task() -> Task {
    Task
}
