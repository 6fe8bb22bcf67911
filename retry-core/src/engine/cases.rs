//! Classes of outcomes with strategies and counters of their own.

use core::fmt;
use core::time::Duration;

use persevere_words::Key;
use persevere_words::describe::{self, Line, Lines};
use persevere_words::duration::Written;

use crate::call::error::StopReason;
use crate::call::outcome::{Health, Verdict};
use crate::call::state::{Progress, RetryState};
use crate::engine::decide::Decide;
use crate::invalid::InvalidValue;
use crate::stop::{self, Stop};
use crate::wait::{self, Wait};
use crate::when::{self, Predicate};

/// A class of outcomes: those that a predicate takes, with a stop and a wait that count them alone.
#[derive(Clone, Copy, Debug)]
pub struct Case<P, S, W> {
    when: P,
    stop: S,
    wait: W,
}

impl<P, S, W> Case<P, S, W> {
    pub(crate) fn new(when: P, stop: S, wait: W) -> Self {
        Case { when, stop, wait }
    }
}

/// The counting of cases, independent of their outcome.
pub trait Counting {
    /// The number of outcomes that each case has taken.
    #[doc(hidden)]
    type Counters: Copy + Default + Send + Sync;
}

impl Counting for () {
    type Counters = ();
}

impl<Rest: Counting, P, S, W> Counting for (Rest, Case<P, S, W>) {
    type Counters = (Rest::Counters, u32);
}

/// The cases of a policy, asked in the order written: `()`, or some cases and one more.
pub trait Cases<O: ?Sized>: Counting {
    #[doc(hidden)]
    const LEN: usize;

    /// Returns the case that takes the outcome of an attempt, and its verdict.
    #[doc(hidden)]
    fn rule(&self, outcome: &O, attempt: u32) -> Option<(usize, Verdict)>;

    /// Returns the state of the service that the outcome shows, by the first case that asks the error.
    #[doc(hidden)]
    fn health(&self, outcome: &O, verdict: Verdict) -> Health;

    /// Lets case `class` count and decide; the call's own `stop` holds as well.
    #[doc(hidden)]
    fn decide<S: Stop>(
        &self,
        class: usize,
        counters: &mut Self::Counters,
        state: &mut RetryState<'_, O>,
        stop: &S,
    ) -> Result<Duration, StopReason>;

    /// Returns the number of outcomes that all cases have taken.
    #[doc(hidden)]
    fn counted(counters: &Self::Counters) -> u32;

    #[doc(hidden)]
    fn reads_clock(&self) -> bool;

    /// Returns whether a strategy reads the history of the call.
    #[doc(hidden)]
    fn reads_history(&self) -> bool;

    /// Writes a sentence about each case.
    #[doc(hidden)]
    fn describe(&self, lines: &mut Lines<'_>) -> fmt::Result;
}

/// Cases whose values can be checked without an outcome.
pub trait CheckedCases {
    /// Reports a value that can only be a mistake.
    fn check(&self) -> Result<(), InvalidValue>;
}

impl CheckedCases for () {
    fn check(&self) -> Result<(), InvalidValue> {
        Ok(())
    }
}

impl<Rest: CheckedCases, P, S: Stop, W: Wait<()>> CheckedCases for (Rest, Case<P, S, W>) {
    fn check(&self) -> Result<(), InvalidValue> {
        self.0.check()?;
        self.1.stop.check()?;
        self.1.wait.check()
    }
}

impl<O: ?Sized> Cases<O> for () {
    const LEN: usize = 0;

    #[inline]
    fn rule(&self, _: &O, _: u32) -> Option<(usize, Verdict)> {
        None
    }

    #[inline]
    fn health(&self, _: &O, verdict: Verdict) -> Health {
        Health::from(verdict)
    }

    fn decide<S: Stop>(
        &self,
        _: usize,
        (): &mut (),
        _: &mut RetryState<'_, O>,
        _: &S,
    ) -> Result<Duration, StopReason> {
        unreachable!("a class is the index of a case")
    }

    #[inline]
    fn counted((): &()) -> u32 {
        0
    }

    #[inline]
    fn reads_clock(&self) -> bool {
        false
    }

    #[inline]
    fn reads_history(&self) -> bool {
        false
    }

    fn describe(&self, _: &mut Lines<'_>) -> fmt::Result {
        Ok(())
    }
}

impl<O, Rest, P, S, W> Cases<O> for (Rest, Case<P, S, W>)
where
    O: ?Sized,
    Rest: Cases<O>,
    P: Predicate<O>,
    S: Stop,
    W: Wait<O>,
{
    const LEN: usize = Rest::LEN + 1;

    #[inline]
    fn rule(&self, outcome: &O, attempt: u32) -> Option<(usize, Verdict)> {
        self.0.rule(outcome, attempt).or_else(|| {
            let verdict = self.1.when.verdict_at(outcome, attempt);
            verdict.is_retry().then_some((Rest::LEN, verdict))
        })
    }

    #[inline]
    fn health(&self, outcome: &O, verdict: Verdict) -> Health {
        let earlier = self.0.health(outcome, verdict);
        earlier.or_if_assumed(verdict, || self.1.when.health(outcome, verdict))
    }

    fn decide<T: Stop>(
        &self,
        class: usize,
        (rest, count): &mut Self::Counters,
        state: &mut RetryState<'_, O>,
        stop: &T,
    ) -> Result<Duration, StopReason> {
        if class < Rest::LEN {
            return self.0.decide(class, rest, state, stop);
        }
        *count = count.saturating_add(1);
        state.decide(
            &OwnStop {
                count: *count,
                own: &self.1.stop,
                call: stop,
            },
            &OwnWait {
                count: *count,
                own: &self.1.wait,
            },
        )
    }

    #[inline]
    fn counted((rest, count): &Self::Counters) -> u32 {
        Rest::counted(rest).saturating_add(*count)
    }

    fn reads_clock(&self) -> bool {
        self.0.reads_clock() || self.1.stop.reads_clock() || self.1.wait.reads_clock()
    }

    fn reads_history(&self) -> bool {
        self.0.reads_history() || self.1.stop.reads_history() || self.1.wait.reads_history()
    }

    fn describe(&self, lines: &mut Lines<'_>) -> fmt::Result {
        self.0.describe(lines)?;
        let Case { when, stop, wait } = &self.1;
        let (stop, wait) = (
            stop::contract::phrase(stop),
            wait::contract::phrase::<O, _>(wait),
        );
        let longest = Written(self.1.wait.hint_max().as_nanos());
        let own = describe::Case {
            stop: Some(&stop),
            wait: Some(&wait),
            hint: when.has_hints().then_some(&longest as &dyn fmt::Display),
            ..describe::Case::default()
        };
        lines.say(Line::Key(Key::Case), &[&when::contract::phrase(when), &own])
    }
}

/// The stop of a case, which counts by itself, with the call's, which holds for every outcome.
pub struct OwnStop<'a, S: ?Sized, T: ?Sized> {
    /// The number of outcomes that the case has taken.
    pub count: u32,
    /// The case's stop.
    pub own: &'a S,
    /// The call's stop.
    pub call: &'a T,
}

impl<S: Stop + ?Sized, T: Stop + ?Sized> Stop for OwnStop<'_, S, T> {
    #[inline]
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
        let own = Progress {
            attempt: self.count,
            ..*progress
        };
        let call = Progress {
            own_stop: true,
            ..*progress
        };
        self.own.stop(&own).or_else(|| self.call.stop(&call))
    }

    #[inline]
    fn reads_pause(&self) -> bool {
        self.own.reads_pause() || self.call.reads_pause()
    }
}

/// The wait of a case, which counts by itself.
pub struct OwnWait<'a, W: ?Sized> {
    /// The number of outcomes that the case has taken.
    pub count: u32,
    /// The case's wait.
    pub own: &'a W,
}

impl<O: ?Sized, W: Wait<O> + ?Sized> Wait<O> for OwnWait<'_, W> {
    #[inline]
    fn pause(&self, state: &RetryState<'_, O>) -> Duration {
        self.own.pause(&state.counting(self.count))
    }

    #[inline]
    fn pause_within(&self, state: &RetryState<'_, O>, longest: Duration) -> Option<Duration> {
        self.own.pause_within(&state.counting(self.count), longest)
    }

    #[inline]
    fn hint_max(&self) -> Duration {
        self.own.hint_max()
    }

    #[inline]
    fn lasts(&self) -> bool {
        self.own.lasts()
    }
}
