//! The engine: a state machine that counts attempts and decides after each of them.
//!
//! It neither sleeps nor reads a clock. Every front end of the crate drives it the same way:
//!
//! ```text
//! begin → (attempt) → state → judge → decide ─┬→ a pause: paused, sleep, begin …
//!                                             └→ a reason to stop
//! ```

use core::marker::PhantomData;
use core::time::Duration;

use crate::call::name::{CallName, Function, PathOf};
use crate::call::state::{Progress, RetryState};
use crate::test_hooks;

/// A call in progress: the count of its attempts, and the history that its policy needs.
///
/// `M` is `()` if only the count is needed, as for most annotated functions, so that the call takes no more
/// room in a future than a hand-written counter; or a [`FullHistory`]. `K` says what the paths are that name it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Call<M = (), K = Function> {
    attempt: u32,
    history: M,
    path_of: PhantomData<fn() -> K>,
}

/// The history that a call keeps between attempts besides their number.
pub trait History {
    /// Writes the history into a fresh snapshot.
    fn apply(&self, progress: &mut Progress<'_>);
    /// Notes a pause that begins.
    fn paused(&mut self, progress: &Progress<'_>);
    /// Returns the start of the attempt in flight, from the start of the call.
    fn attempt_began(&self) -> Duration;
    /// Notes the start of an attempt, from the start of the call.
    fn began(&mut self, elapsed: Duration);
    /// Forgets the attempts made so far.
    fn restart(&mut self, base: u32);
}

impl History for () {
    #[inline(always)]
    fn apply(&self, _: &mut Progress<'_>) {}

    #[inline(always)]
    fn paused(&mut self, _: &Progress<'_>) {}

    #[inline(always)]
    fn attempt_began(&self) -> Duration {
        Duration::ZERO
    }

    #[inline(always)]
    fn began(&mut self, _: Duration) {}

    #[inline(always)]
    fn restart(&mut self, _: u32) {}
}

/// The history of a call whose strategies, callbacks or statistics need more than the count.
#[derive(Clone, Copy, Debug, Default)]
pub struct FullHistory {
    base: u32,
    idle: Duration,
    previous: Duration,
    began: Duration,
}

impl History for FullHistory {
    #[inline]
    fn apply(&self, progress: &mut Progress<'_>) {
        progress.base = self.base;
        progress.idle = self.idle;
        progress.previous = self.previous;
    }

    #[inline]
    fn paused(&mut self, progress: &Progress<'_>) {
        let pause = progress.pause.unwrap_or_default();
        self.idle = self.idle.saturating_add(pause);
        self.began = progress.elapsed.saturating_add(pause);
        // A pause that the failure asked for is no part of the schedule.
        if let Some(computed) = progress.computed {
            self.previous = computed;
        }
    }

    #[inline]
    fn attempt_began(&self) -> Duration {
        self.began
    }

    #[inline]
    fn began(&mut self, elapsed: Duration) {
        self.began = elapsed;
    }

    #[inline]
    fn restart(&mut self, base: u32) {
        self.base = base;
        self.previous = Duration::ZERO;
    }
}

impl<M: History + Default, K: PathOf> Call<M, K> {
    /// Creates a call before its first attempt.
    #[inline(always)]
    pub fn new() -> Self {
        Call {
            attempt: 0,
            history: M::default(),
            path_of: PhantomData,
        }
    }

    /// Creates a call of the function with this path in its first attempt.
    #[inline(always)]
    pub fn begun(path: &str) -> Self {
        let mut call = Call::new();
        call.begin(path);
        call
    }
}

impl<M: History, K: PathOf> Call<M, K> {
    /// Begins the next attempt of the function with this path.
    #[inline(always)]
    pub fn begin(&mut self, path: &str) {
        self.begin_named(K::name(path));
    }

    /// Begins the next attempt of the call of this name.
    #[inline(always)]
    pub(crate) fn begin_named(&mut self, name: CallName<'_>) {
        self.attempt = self.attempt.saturating_add(1);
        test_hooks::began(name, self.attempt);
    }

    /// Notes that the attempt begins `elapsed` after the start of the call: a pause can take longer than asked.
    ///
    /// If never called, the attempt is assumed to start when its pause ends.
    #[inline(always)]
    pub fn began(&mut self, elapsed: Duration) {
        self.history.began(elapsed);
    }

    /// Returns the number of attempts begun.
    #[inline(always)]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Takes a snapshot for callbacks and strategies.
    #[inline(always)]
    pub fn state<'a, O: ?Sized>(
        &self,
        path: &'a str,
        elapsed: Duration,
        outcome: Option<&'a O>,
    ) -> RetryState<'a, O> {
        self.state_named(K::name(path), elapsed, outcome)
    }

    /// Takes a snapshot of the call of this name.
    #[inline(always)]
    pub(crate) fn state_named<'a, O: ?Sized>(
        &self,
        name: CallName<'a>,
        elapsed: Duration,
        outcome: Option<&'a O>,
    ) -> RetryState<'a, O> {
        let mut progress = Progress::new(name, self.attempt, elapsed);
        self.history.apply(&mut progress);
        RetryState { progress, outcome }
    }

    /// Numbers the attempt that just ended as the first, as that of a stream that broke after it had moved.
    #[cfg(feature = "stream")]
    pub(crate) fn renumber(&mut self) {
        self.attempt = 1;
    }

    /// Restarts counts and schedule: the attempt that just ended is the first again.
    #[inline]
    pub fn restart(&mut self) {
        self.history.restart(self.attempt.saturating_sub(1));
    }

    /// Returns the duration of the attempt that just ended, `elapsed` after the start of the call.
    #[inline]
    pub fn ran(&self, elapsed: Duration) -> Duration {
        elapsed.saturating_sub(self.history.attempt_began())
    }

    /// Notes that the decided pause begins.
    #[inline(always)]
    pub fn paused<O: ?Sized>(&mut self, state: &RetryState<'_, O>) {
        self.history.paused(&state.progress);
    }
}
