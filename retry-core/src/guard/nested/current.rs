//! The call that a thread currently runs, or polls.

use std::cell::Cell;
use std::{mem, ptr};

use super::{ParentCall, Published};
use crate::budget::{BudgetState, RetryBudget};
use crate::time::clock::Instant;

/// The call in view of a thread.
///
/// What is no longer in view is kept for the next call with the same budget, since most calls of a thread have the
/// same: it finds everything in place.
struct View {
    shows: Cell<Shows>,
    task: Cell<Task>,
    outer: Cell<ParentCall>,
    /// The budget that is the only limit of `outer`, by its address.
    budget: Cell<*const BudgetState>,
}

/// The part of a view that is in view.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shows {
    Nothing,
    /// The call of the view.
    Call,
    /// A call that has this deadline, and no budget. It is in view and out again without a change of the rest, since
    /// a stream shows it for each item.
    Deadline(Instant),
}

thread_local! {
    static VIEW: View = const {
        View {
            shows: Cell::new(Shows::Nothing),
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
        let look = |view: &View| match view.shows.get() {
            Shows::Nothing => None,
            shows => view.look(shows),
        };
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
            let _shows = ShownBudget::new(budget);
            body()
        }
        Published::Deadline(end) => {
            let _shows = ShownDeadline::new(*end);
            body()
        }
        Published::Call(call) => {
            let _shows = ShownCall::new(call);
            body()
        }
    }
}

/// A view.
type Shown = (Shows, Task, ParentCall);

impl View {
    fn look(&self, shows: Shows) -> Option<ParentCall> {
        // The body of a blocking call may drive a runtime, and with it tasks that do not belong to the call.
        if self.task.get() != task() {
            return None;
        }
        if let Shows::Deadline(end) = shows {
            return Some(ParentCall::NONE.and(Some(end), None));
        }
        let outer = self.outer.take();
        self.outer.set(outer.clone());
        Some(outer)
    }

    fn replace(&self, (shows, task, outer): Shown) -> Shown {
        self.budget.set(outer.only_budget());
        let former = (self.shows.replace(shows), self.task.replace(task));
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
            let is_free = view.shows.get() == Shows::Nothing;
            let kept = is_free && ptr::eq(view.budget.get(), &**budget.state());
            if kept {
                view.task.set(task());
                view.shows.set(Shows::Call);
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
        let before = VIEW.try_with(|view| view.replace((Shows::Call, task(), outer)));
        let before = before.ok();
        let before = before.filter(|(shows, ..)| *shows != Shows::Nothing);
        before.map(Box::new)
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
                let _ = VIEW.try_with(|view| view.shows.set(Shows::Nothing));
            }
            Some(before) => ShownBudget::restore(before),
        }
    }
}

/// A deadline that is in view until this is dropped.
struct ShownDeadline {
    before: Option<(Shows, Task)>,
}

impl ShownDeadline {
    #[inline]
    fn new(end: Instant) -> Self {
        let show = |view: &View| {
            let shows = view.shows.replace(Shows::Deadline(end));
            (shows, view.task.replace(task()))
        };
        ShownDeadline {
            before: VIEW.try_with(show).ok(),
        }
    }
}

impl Drop for ShownDeadline {
    #[inline]
    fn drop(&mut self) {
        if let Some((shows, task)) = self.before {
            let _ = VIEW.try_with(|view| {
                view.shows.set(shows);
                view.task.set(task);
            });
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
        let before = VIEW.try_with(|view| view.replace((Shows::Call, task(), outer)));
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
