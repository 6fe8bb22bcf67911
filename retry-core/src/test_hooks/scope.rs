//! The scope in which the rules of a test hold.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::recorder::Recorder;
use super::virtual_clock::VirtualClock;
use crate::call::generator::Generator;

/// A scope: rules for the retried calls inside it.
///
/// Scopes nest: a rule that the inner one leaves open is that of the outer one; both record.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::testing::Scope;
/// use persevere::{Policy, RetryPolicy};
///
/// let attempts = || RetryPolicy::new().report(|| None::<u8>).attempts();
/// let _off = Scope::off().enter();
/// assert_eq!(attempts(), 1);
/// Scope::capped(2).run(|| assert_eq!(attempts(), 2));
/// assert_eq!(attempts(), 1);
/// ```
#[derive(Clone, Default)]
#[must_use = "a scope does nothing until it is entered"]
pub struct Scope(pub(super) Rules);

/// The rules of a scope; `None` leaves a rule to the scope around it.
#[derive(Clone, Default)]
pub(super) struct Rules {
    pub(super) attempts: Option<u32>,
    pub(super) skip_pauses: Option<bool>,
    pub(super) clock: Option<VirtualClock>,
    random: Option<Arc<Mutex<Generator>>>,
    pub(super) recorders: Vec<Recorder>,
}

impl Rules {
    /// Combines these rules with those around them.
    fn within(self, outer: Rules) -> Rules {
        let mut recorders = outer.recorders;
        recorders.extend(self.recorders);
        Rules {
            attempts: self.attempts.or(outer.attempts),
            skip_pauses: self.skip_pauses.or(outer.skip_pauses),
            clock: self.clock.or(outer.clock),
            random: self.random.or(outer.random),
            recorders,
        }
    }

    /// Returns a number of the seeded generator.
    pub(super) fn random(&self) -> Option<u64> {
        let random = self.random.as_ref()?;
        let mut random = random.lock().unwrap_or_else(PoisonError::into_inner);
        Some(random.next_u64())
    }
}

impl Scope {
    /// Creates a scope without rules.
    pub fn new() -> Self {
        Scope::default()
    }

    /// Creates a scope with retries off: every call makes one attempt.
    pub fn off() -> Self {
        Scope::capped(1)
    }

    /// Creates a scope in which calls make at most `attempts` attempts, 0 counting as 1, without a pause
    /// between them.
    ///
    /// A policy that makes fewer still makes fewer.
    pub fn capped(attempts: u32) -> Self {
        Scope::new().attempts(attempts).no_pauses()
    }

    /// Returns all the rules that hold here, to be taken to another thread or task.
    pub fn current() -> Self {
        Scope(with_rules(Clone::clone).unwrap_or_default())
    }

    /// Limits calls to `most` attempts, 0 counting as 1; their own limits hold as well.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::testing::Scope;
    /// use persevere::{Policy, RetryPolicy, stop};
    ///
    /// let patient = RetryPolicy::new().stop(stop::after_attempt(1000));
    /// let scope = Scope::new().virtual_time().attempts(5);
    /// assert_eq!(scope.run(|| patient.report(|| None::<u8>).attempts()), 5);
    /// ```
    pub fn attempts(mut self, most: u32) -> Self {
        self.0.attempts = Some(most);
        self
    }

    /// Makes every pause zero, for blocking and for async calls, on any clock.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::testing::Scope;
    /// use persevere::{Policy, RetryPolicy};
    ///
    /// let report = Scope::new().no_pauses().run(|| RetryPolicy::new().report(|| None::<u8>));
    /// assert!(report.idle().is_zero());
    /// ```
    pub fn no_pauses(mut self) -> Self {
        self.0.skip_pauses = Some(true);
        self
    }

    /// Runs blocking calls on a [`VirtualClock`] of this scope's own.
    pub fn virtual_time(self) -> Self {
        self.clock(&VirtualClock::new())
    }

    /// Runs blocking calls on this clock: they read it, and their pauses advance it.
    pub fn clock(mut self, clock: &VirtualClock) -> Self {
        self.0.clock = Some(clock.clone());
        self
    }

    /// Draws jitter from a generator with this seed: the same draws in the same order give the same pauses.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::testing::{Recorder, Scope};
    /// use persevere::{Policy, RetryPolicy};
    ///
    /// let idle = || RetryPolicy::new().report(|| None::<u8>).idle();
    /// let test = || Scope::new().virtual_time().seed(7).run(idle);
    /// assert_eq!(test(), test());
    /// ```
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.random = Some(Arc::new(Mutex::new(Generator::new(seed))));
        self
    }

    /// Records the events of calls, here and in the scopes around.
    pub fn record(mut self, recorder: &Recorder) -> Self {
        self.0.recorders.push(recorder.clone());
        self
    }

    /// Runs blocking code inside the scope.
    pub fn run<T>(self, test: impl FnOnce() -> T) -> T {
        let _inside = self.enter();
        test()
    }

    /// Returns a future that is inside the scope wherever it is polled; the scopes around it here go along.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use persevere::testing::Scope;
    /// use persevere::{Policy, RetryPolicy};
    ///
    /// let policy = RetryPolicy::new();
    /// # let policy = policy.sleep_async(tokio::time::sleep);
    /// let call = policy.report_async(|| async { None::<u8> });
    /// assert_eq!(Scope::off().run_async(call).await.attempts(), 1);
    /// # });
    /// ```
    pub fn run_async<F: Future>(self, test: F) -> Scoped<F> {
        Scoped {
            rules: Arc::new(self.here()),
            test,
        }
    }

    /// Enters the scope on this thread until the guard is dropped.
    ///
    /// In async code prefer [`run_async`](Scope::run_async): a guard that lives over an `.await` also applies
    /// to whatever else the thread polls meanwhile, and its future cannot change threads.
    pub fn enter(self) -> Entered {
        push(Arc::new(self.here()))
    }

    /// Returns its rules, with those around it here.
    fn here(self) -> Rules {
        self.0.within(Scope::current().0)
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("attempts", &self.0.attempts)
            .field("no_pauses", &self.0.skip_pauses)
            .field("clock", &self.0.clock)
            .field("seeded", &self.0.random.is_some())
            .field("recorders", &self.0.recorders.len())
            .finish()
    }
}

thread_local! {
    /// The scopes entered on this thread, the innermost last. Guards may be dropped in any order.
    static STACK: RefCell<Vec<(u64, Arc<Rules>)>> = const { RefCell::new(Vec::new()) };
    static ENTERED: Cell<u64> = const { Cell::new(0) };
}

/// Passes the rules that hold here to `ask`; returns `None` if none do.
pub(super) fn with_rules<T>(ask: impl FnOnce(&Rules) -> T) -> Option<T> {
    // A thread that is ending has no rules left.
    let answer = STACK.try_with(|stack| stack.borrow().last().map(|(_, rules)| ask(rules)));
    answer.ok().flatten()
}

/// Enters a scope in which no rule of those around it holds.
pub(super) fn nothing_holds() -> Entered {
    push(Arc::default())
}

fn push(rules: Arc<Rules>) -> Entered {
    let id = ENTERED.replace(ENTERED.get() + 1);
    STACK.with_borrow_mut(|stack| stack.push((id, rules)));
    Entered {
        id,
        thread: PhantomData,
    }
}

/// The guard of a scope on this thread, which lasts until the guard is dropped: [`Scope::enter`].
#[derive(Debug)]
#[must_use = "the scope ends where this is dropped; bind it: `let _scope = ..`"]
pub struct Entered {
    id: u64,
    thread: PhantomData<*const ()>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let _ = STACK.try_with(|stack| stack.borrow_mut().retain(|(id, _)| *id != self.id));
    }
}

pin_project! {
    /// The future of [`Scope::run_async`].
    #[must_use = "futures do nothing unless awaited"]
    pub struct Scoped<F> {
        rules: Arc<Rules>,
        #[pin]
        test: F,
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _inside = push(Arc::clone(this.rules));
        this.test.poll(cx)
    }
}

impl<F> fmt::Debug for Scoped<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scoped").finish_non_exhaustive()
    }
}
