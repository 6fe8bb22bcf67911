//! The steps of a call under a policy, by which both runners and the step API drive the engine.

mod call;
mod end;
mod judge;
mod memory;
mod next;
#[cfg(feature = "stream")]
mod progress;
#[cfg(feature = "tower")]
mod repeats;

use core::fmt;
use core::time::Duration;

pub(crate) use self::call::{CountersOf, PolicyCall};
pub(crate) use self::end::End;
#[cfg(feature = "stream")]
pub(crate) use self::judge::Ending;
pub(crate) use self::memory::{InPlace, Memory};
pub use self::next::Next;
#[cfg(feature = "tower")]
pub(crate) use self::repeats::Repeats;
use crate::call::attempt::{Attempt, AttemptDirective};
use crate::call::error::StopReason;
use crate::call::interrupt::Interrupt;
use crate::call::outcome::Outcome;
use crate::engine::cases::Counting;
use crate::guard::{Admission, CallGuard, Guard, Wakeable};
use crate::policy::Policy;
use crate::time::clock::read_blocking;

/// A call whose attempts and pauses the caller makes; see [`Policy::start`].
///
/// `C` holds the counters of the policy's cases, and `G` the guard of the call; both are always the default.
/// As parameters they let the compiler see that the type is `Send` without resolving the policy again.
pub struct Steps<
    'p,
    P: Policy<O> + ?Sized,
    // The owner of a call may take values that its policy holds for `'p`.
    O: 'p,
    C = <<P as Policy<O>>::Cases as Counting>::Counters,
    G = <<P as Policy<O>>::Guards as Guard<O>>::Active<'p>,
> {
    call: PolicyCall<'p, P, O, C, G, InPlace<true>>,
    begun: bool,
    /// Whether the caller asks the guards before an attempt.
    asks: bool,
    /// The reason why the call ended.
    reason: Option<StopReason>,
}

impl<'p, P: Policy<O> + ?Sized, O: 'p> Steps<'p, P, O> {
    /// Begins a call.
    #[inline]
    pub(crate) fn start(policy: &'p P) -> Self {
        let mut call = PolicyCall::new(policy, InPlace::new());
        call.start(read_blocking, true);
        Steps {
            call,
            begun: false,
            asks: false,
            reason: None,
        }
    }
}

impl<'p, P, O, G> Steps<'p, P, O, CountersOf<P, O>, G>
where
    P: Policy<O> + ?Sized,
    O: Outcome,
    G: CallGuard<O>,
{
    /// Begins an attempt and runs the callbacks of `before`.
    ///
    /// The step is optional: [`next`](Steps::next) begins an attempt that was not begun.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Next, Policy, RetryPolicy};
    ///
    /// let policy = RetryPolicy::new();
    /// let mut call = policy.start();
    /// let attempt = call.attempt();
    /// attempt.give_up();
    /// assert_eq!(call.next_marked(&Err::<(), _>("refused"), &attempt), Next::Return);
    /// ```
    pub fn attempt(&mut self) -> Attempt {
        self.begun = true;
        self.call.begin(self.call.policy().parts().call_name());
        self.call.handle()
    }

    /// Judges the outcome of the attempt that was just made, and runs the callbacks.
    ///
    /// Start another call after [`Next::Return`]: this one is over.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Next, Policy, RetryPolicy};
    ///
    /// let policy = RetryPolicy::new();
    /// let mut call = policy.start();
    /// assert_eq!(call.next(&Some(1)), Next::Return);
    /// ```
    pub fn next(&mut self, outcome: &O) -> Next {
        self.follow(outcome, AttemptDirective::default(), None)
    }

    /// Judges as [`next`](Steps::next) does, with the marks that the body left on its attempt.
    pub fn next_marked(&mut self, outcome: &O, attempt: &Attempt) -> Next {
        self.follow(outcome, attempt.directive(), None)
    }

    fn follow(&mut self, outcome: &O, mark: AttemptDirective, halted: Option<StopReason>) -> Next {
        if !self.asks {
            self.call.watch.pay_ahead();
        }
        let name = self.call.policy().parts().call_name();
        let failed = outcome.error().is_some();
        if !self.begun && halted.is_none() {
            self.call.begin(name);
        }
        if halted.is_none() {
            self.begun = false;
        }
        let judged = self.call.judge(name, outcome, failed, mark, halted);
        self.reason = judged.err().and_then(End::reason);
        Next::after(judged)
    }

    /// Returns the reason why the call ended with [`Next::Return`]; `None` for a success.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Next, Policy, RetryPolicy, StopReason, stop};
    ///
    /// let policy = RetryPolicy::new().stop(stop::after_attempt(1));
    /// let mut call = policy.start();
    /// assert_eq!(call.next(&Err::<(), _>("refused")), Next::Return);
    /// assert_eq!(call.reason(), Some(StopReason::Attempts));
    /// ```
    pub fn reason(&self) -> Option<StopReason> {
        self.reason
    }

    /// Returns the longest time that the coming attempt may take, and the interrupt that cuts it then.
    ///
    /// It is the attempt timeout or the deadline, the nearer of both; `None` where nothing limits the
    /// attempt.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::{Interrupt, Policy, RetryPolicy};
    ///
    /// let limit = Duration::from_secs(2);
    /// let policy = RetryPolicy::new().attempt_timeout(limit);
    /// let call = Policy::<std::io::Result<()>>::start(&policy);
    /// assert_eq!(call.limit(), Some((limit, Interrupt::AttemptTimeout)));
    /// ```
    pub fn limit(&self) -> Option<(Duration, Interrupt)> {
        self.call.watch.limit()
    }

    /// Judges as [`next`](Steps::next) does, for an attempt that the caller cut at its
    /// [`limit`](Steps::limit), or that was not [admitted](Steps::admit); `outcome` stands for it.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Interrupt, Next, Policy, RetryBudget, RetryPolicy};
    ///
    /// static BUDGET: RetryBudget = RetryBudget::tokens(100);
    ///
    /// let policy = RetryPolicy::new().budget(&BUDGET);
    /// let mut call = policy.start();
    /// let next = call.cut(Interrupt::AttemptTimeout, &Err::<(), _>("timed out"));
    /// assert!(matches!(next, Next::Sleep(_)));
    /// assert_eq!(BUDGET.available(), 18); // a retry after a timeout takes 10 tokens, not 5
    /// ```
    pub fn cut(&mut self, interrupt: Interrupt, outcome: &O) -> Next {
        self.call.watch.interrupted(interrupt);
        self.follow(outcome, AttemptDirective::default(), interrupt.reason())
    }

    /// Asks the guards of the policy, its deadline and its breaker, whether an attempt may be made.
    ///
    /// Call it before each attempt under a policy with a deadline, a breaker, a rate limiter or a bulkhead, which
    /// nothing else asks; for others it is optional. In a call without it, a budget of retries in flight pays
    /// before the pause.
    ///
    /// # Errors
    ///
    /// The [`Interrupt`] that the call ends with. For a guard that is to be waited for it is the interrupt that this
    /// guard would end the call with, while the call [waits](Steps::waits): sleep for its `retry_after`, for a
    /// bulkhead as long as you like, and call `admit` again.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::io;
    /// use std::time::Duration;
    /// use persevere::{Interrupt, Policy, RetryPolicy};
    ///
    /// let policy = RetryPolicy::new().deadline(Duration::ZERO);
    /// let mut call = Policy::<io::Result<()>>::start(&policy);
    /// assert_eq!(call.admit(), Err(Interrupt::Deadline));
    /// ```
    pub fn admit(&mut self) -> Result<(), Interrupt> {
        self.asks = true;
        match self.call.watch.admit() {
            Admission::Go => Ok(()),
            Admission::Halt(interrupt) => Err(interrupt),
            Admission::Wait(pause) => {
                self.call.wait();
                Err(self.call.watch.awaited(pause))
            }
        }
    }
}

impl<'p, P, O, G> Steps<'p, P, O, CountersOf<P, O>, G>
where
    P: Policy<O> + ?Sized,
    G: Wakeable,
{
    /// Returns whether the call waits for a guard that refused to [admit](Steps::admit) it, so that it is to be asked
    /// again; if not, the refusal ends the call.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::io;
    /// use std::time::Duration;
    /// use persevere::{Interrupt, Policy, RateLimiter, RetryPolicy};
    ///
    /// let limiter = RateLimiter::new("api").rate(1, Duration::from_secs(1));
    /// let policy = RetryPolicy::new().rate_limiter(&limiter);
    /// let mut call = Policy::<io::Result<()>>::start(&policy);
    /// assert!(limiter.try_acquire().is_ok());
    /// assert!(matches!(call.admit(), Err(Interrupt::RateLimited { .. })));
    /// assert!(call.waits()); // in the line of the limiter, until it is dropped
    /// ```
    pub fn waits(&self) -> bool {
        self.call.watch.waits()
    }
}

impl<P: Policy<O> + ?Sized, O, C, G> fmt::Debug for Steps<'_, P, O, C, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steps")
            .field("call", &self.call.call)
            .finish_non_exhaustive()
    }
}
