//! What the calls in a scope did, and assertions on it.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use crate::call::error::StopReason;
use crate::test_hooks::recorder::{Event, Recorder};

/// What the calls in a scope did, in the order in which they did it.
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
#[derive(Clone, PartialEq, Eq)]
pub struct Recorded {
    events: Vec<Event>,
    /// The functions that were left out.
    others: BTreeSet<String>,
}

impl Recorder {
    /// What was done so far.
    pub fn recorded(&self) -> Recorded {
        Recorded::new(self.events().clone())
    }
}

impl Recorded {
    fn new(events: Vec<Event>) -> Self {
        Recorded {
            events,
            others: BTreeSet::new(),
        }
    }

    /// The part of one function, by its whole name or the end of it: `fetch` is `app::client::fetch`.
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
        }
    }

    /// Everything that was done.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The pauses that were made.
    pub fn all_pauses(&self) -> Vec<Duration> {
        let pauses = self.events.iter().filter_map(|event| match event {
            Event::Pause { pause, .. } => Some(*pause),
            _ => None,
        });
        pauses.collect()
    }

    /// Why calls gave up.
    pub fn reasons(&self) -> Vec<StopReason> {
        let reasons = self.events.iter().filter_map(|event| match event {
            Event::GaveUp { reason, .. } => Some(*reason),
            _ => None,
        });
        reasons.collect()
    }

    /// So many attempts were made.
    ///
    /// # Panics
    ///
    /// If not.
    #[track_caller]
    pub fn attempts(&self, expected: usize) -> &Self {
        let is_attempt = |event: &&Event| matches!(event, Event::Attempt { .. });
        let made = self.events.iter().filter(is_attempt).count();
        self.expect(made == expected, || {
            format!("{expected} attempts expected, {made} made")
        })
    }

    /// These pauses were made, and no others: durations, or ranges of them where there is jitter.
    ///
    /// # Panics
    ///
    /// If not.
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

    /// The pauses made were as long as this together.
    ///
    /// # Panics
    ///
    /// If not.
    #[track_caller]
    pub fn slept(&self, expected: impl PauseLike) -> &Self {
        let slept = self.all_pauses().iter().sum();
        self.expect(expected.is(slept), || {
            format!("{expected:?} of sleep expected, {slept:?} slept")
        })
    }

    /// The last call that gave up did so for this reason.
    ///
    /// # Panics
    ///
    /// If not, or if none gave up.
    #[track_caller]
    pub fn gave_up(&self, expected: StopReason) -> &Self {
        let last = self.reasons().last().copied();
        self.expect(last == Some(expected), || match last {
            Some(reason) => format!("expected to give up for `{expected}`, not `{reason}`"),
            None => format!("expected to give up for `{expected}`, but no call gave up"),
        })
    }

    /// No call gave up: each ended with an outcome that it did not want to retry.
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
            panic!(
                "{}
{self:?}",
                complaint()
            );
        }
        self
    }
}

/// A line for each thing that was done.
impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what was done:")?;
        if self.events.is_empty() {
            f.write_str(" nothing")?;
            match self.others.is_empty() {
                true => f.write_str("; what a future does is recorded by `record_async`")?,
                false => write!(f, " by that name, but by {:?}", self.others)?,
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

/// What a pause can be expected to be: a duration, or a range of them.
pub trait PauseLike: fmt::Debug {
    /// Whether the pause is as expected.
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
