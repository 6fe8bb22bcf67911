//! The record of the calls in a scope, and assertions on it.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use crate::call::error::StopReason;
use crate::test_hooks::recorder::{Event, Recorder};

/// The record of the calls in a scope, in the order of events.
///
/// Its assertions chain, and one that does not hold panics with the whole record.
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::testing;
/// use persevere::{Policy, RetryPolicy, StopReason, wait};
///
/// let policy = RetryPolicy::new().wait(wait::exponential(Duration::from_secs(1)));
/// let (_, recorded) = testing::record(|| policy.run(|| None::<u8>));
/// recorded
///     .attempts(3)
///     .pauses([Duration::from_secs(1), Duration::from_secs(2)])
///     .slept(Duration::from_secs(3))
///     .gave_up(StopReason::Attempts);
/// ```
#[derive(Clone)]
pub struct Recorded {
    events: Vec<Event>,
    /// The functions that were omitted.
    others: BTreeSet<String>,
    /// The mistakes of the test, for a message.
    mistakes: Vec<String>,
}

/// Compares the events, without the mistakes.
impl PartialEq for Recorded {
    fn eq(&self, other: &Self) -> bool {
        (&self.events, &self.others) == (&other.events, &other.others)
    }
}

impl Eq for Recorded {}

impl Recorder {
    /// Returns the record so far.
    pub fn recorded(&self) -> Recorded {
        Recorded {
            events: self.events().clone(),
            others: BTreeSet::new(),
            mistakes: self.mistakes(),
        }
    }
}

impl Recorded {
    /// Returns the part of one function, by its whole name or the end of it: `fetch` is `app::client::fetch`, and
    /// `Client::fetch` the method of that type.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::testing;
    /// use persevere::{Policy, RetryPolicy};
    ///
    /// let (_, recorded) = testing::record(|| {
    ///     RetryPolicy::new().name("app::outer").run(|| {
    ///         RetryPolicy::new().name("app::inner").run(|| None::<u8>)
    ///     })
    /// });
    /// recorded.attempts(12);
    /// recorded.of("outer").attempts(3);
    /// recorded.of("inner").attempts(9);
    /// ```
    pub fn of(&self, function: &str) -> Recorded {
        let matches = |name: &str| {
            let path = name.strip_suffix(function);
            path.is_some_and(|path| path.is_empty() || path.ends_with("::"))
        };
        let (events, others): (Vec<_>, Vec<_>) =
            self.events.iter().partition(|event| matches(event.name()));
        let others = others.into_iter().map(|event| event.name().to_owned());
        Recorded {
            others: self.others.iter().cloned().chain(others).collect(),
            events: events.into_iter().cloned().collect(),
            mistakes: self.mistakes.clone(),
        }
    }

    /// Returns all events.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Returns the pauses that were made.
    pub fn all_pauses(&self) -> Vec<Duration> {
        let pauses = self.events.iter().filter_map(|event| match event {
            Event::Pause { pause, .. } => Some(*pause),
            _ => None,
        });
        pauses.collect()
    }

    /// Returns the reasons of calls that gave up.
    pub fn reasons(&self) -> Vec<StopReason> {
        let reasons = self.events.iter().filter_map(|event| match event {
            Event::GaveUp { reason, .. } => Some(*reason),
            _ => None,
        });
        reasons.collect()
    }

    /// Asserts that `expected` attempts were made.
    ///
    /// # Panics
    ///
    /// If the number differs.
    #[track_caller]
    pub fn attempts(&self, expected: usize) -> &Self {
        let is_attempt = |event: &&Event| matches!(event, Event::Attempt { .. });
        let made = self.events.iter().filter(is_attempt).count();
        self.expect(made == expected, || {
            format!("{expected} attempts expected, {made} made")
        })
    }

    /// Asserts that these pauses were made, and no others: durations, or ranges of them for jitter.
    ///
    /// # Panics
    ///
    /// If they differ.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::testing;
    /// use persevere::{Policy, RetryPolicy, wait};
    ///
    /// let second = Duration::from_secs(1);
    /// let policy = RetryPolicy::new().wait(wait::exponential(second).full_jitter());
    /// let (_, recorded) = testing::record(|| policy.run(|| None::<u8>));
    /// recorded.pauses([Duration::ZERO..=second, Duration::ZERO..=2 * second]);
    /// ```
    #[track_caller]
    pub fn pauses<P: PauseLike>(&self, expected: impl IntoIterator<Item = P>) -> &Self {
        let (made, expected) = (self.all_pauses(), Vec::from_iter(expected));
        let holds = made.len() == expected.len()
            && made
                .iter()
                .zip(&expected)
                .all(|(made, like)| like.is(*made));
        self.expect(holds, || {
            format!("pauses {expected:?} expected, {made:?} made")
        })
    }

    /// Asserts the sum of all pauses.
    ///
    /// # Panics
    ///
    /// If it differs.
    #[track_caller]
    pub fn slept(&self, expected: impl PauseLike) -> &Self {
        let slept = self.all_pauses().iter().sum();
        self.expect(expected.is(slept), || {
            format!("{expected:?} of sleep expected, {slept:?} slept")
        })
    }

    /// Asserts the reason of the last call that gave up.
    ///
    /// # Panics
    ///
    /// If it differs, or if no call gave up.
    #[track_caller]
    pub fn gave_up(&self, expected: StopReason) -> &Self {
        let last = self.reasons().last().copied();
        self.expect(last == Some(expected), || match last {
            Some(reason) => format!("expected to give up for `{expected}`, not `{reason}`"),
            None => format!("expected to give up for `{expected}`, but no call gave up"),
        })
    }

    /// Asserts that no call gave up: each ended with an outcome that was not to be retried.
    ///
    /// # Panics
    ///
    /// If one did.
    #[track_caller]
    pub fn never_gave_up(&self) -> &Self {
        let reasons = self.reasons();
        self.expect(reasons.is_empty(), || {
            format!("no give-up expected, but for {reasons:?}")
        })
    }

    #[track_caller]
    fn expect(&self, holds: bool, complaint: impl FnOnce() -> String) -> &Self {
        if !holds {
            let notes = self
                .mistakes
                .iter()
                .map(|mistake| format!("\nnote: {mistake}"));
            panic!("{}\n{self:?}{}", complaint(), notes.collect::<String>());
        }
        self
    }
}

/// Writes a line for each event.
impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what was done:")?;
        if self.events.is_empty() {
            f.write_str(" nothing")?;
            if self.others.is_empty() {
                f.write_str("; what a future does is recorded by `record_async`")?;
            } else {
                write!(f, " by that name, but by {:?}", self.others)?;
            }
        }
        for event in &self.events {
            write!(f, "\n  {}: ", event.name())?;
            match event {
                Event::Attempt { attempt, .. } => write!(f, "attempt {attempt}")?,
                Event::Pause { pause, .. } => write!(f, "pause of {pause:?}")?,
                Event::GaveUp { reason, .. } => write!(f, "gave up ({reason})")?,
            }
        }
        Ok(())
    }
}

/// An expected pause: a duration, or a range of them.
pub trait PauseLike: fmt::Debug {
    /// Returns whether the pause is as expected.
    fn is(&self, pause: Duration) -> bool;
}

impl PauseLike for Duration {
    fn is(&self, pause: Duration) -> bool {
        *self == pause
    }
}

impl PauseLike for Range<Duration> {
    fn is(&self, pause: Duration) -> bool {
        self.contains(&pause)
    }
}

impl PauseLike for RangeInclusive<Duration> {
    fn is(&self, pause: Duration) -> bool {
        self.contains(&pause)
    }
}
