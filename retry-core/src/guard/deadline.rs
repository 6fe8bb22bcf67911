//! The deadline of a call.

use std::time::Duration;

use crate::time::clock::Instant;

/// A deadline of a call: a time from its start, a point in time, or never.
///
/// It is one number, measured from the start of the call: no attempt and no pause begins that cannot end
/// before it, and an async attempt in flight is cut by it. The key `deadline` takes any [`IntoDeadline`].
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::{Duration, Instant};
/// use persevere::policy::Deadline;
/// use persevere::policy::IntoDeadline;
///
/// let now = Instant::now();
/// let deadline = (now + Duration::from_secs(3)).into_deadline();
/// assert_eq!(deadline.within(now), Some(Duration::from_secs(3)));
/// assert_eq!(deadline.within(now + Duration::from_secs(5)), Some(Duration::ZERO)); // past
/// assert_eq!(None::<Duration>.into_deadline(), Deadline::NEVER);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deadline(When);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum When {
    #[default]
    Never,
    After(Duration),
    At(Instant),
}

impl Deadline {
    /// No limit.
    pub const NEVER: Deadline = Deadline(When::Never);

    /// Returns the time from the start of the call, if the deadline is one.
    pub(crate) const fn limit(self) -> Option<Duration> {
        match self.0 {
            When::After(limit) => Some(limit),
            When::Never | When::At(_) => None,
        }
    }

    /// Returns a deadline that is earlier by `time`.
    pub(crate) fn less(self, time: Duration) -> Self {
        Deadline(match self.0 {
            When::Never => When::Never,
            When::After(limit) => When::After(limit.saturating_sub(time)),
            // One that the clock cannot represent has passed.
            When::At(end) => end
                .checked_sub(time)
                .map_or(When::After(Duration::ZERO), When::At),
        })
    }

    /// Returns the time of a call that starts at `now`: zero past the deadline, `None` without one.
    #[inline]
    pub fn within(self, now: Instant) -> Option<Duration> {
        match self.0 {
            When::Never => None,
            When::After(limit) => Some(limit),
            When::At(end) => Some(end.saturating_duration_since(now)),
        }
    }
}

/// A value of the key `deadline`: a [`Duration`] from the start of the call, an [`Instant`], or an [`Option`]
/// of either.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a deadline",
    label = "expected a `Duration`, an `Instant`, or an `Option` of either",
    note = "write the longest that the whole call may take: `deadline = 10s`; of a policy `.deadline(Duration::from_secs(10))`"
)]
pub trait IntoDeadline {
    /// Returns the deadline.
    fn into_deadline(self) -> Deadline;
}

#[diagnostic::do_not_recommend]
impl IntoDeadline for Deadline {
    fn into_deadline(self) -> Deadline {
        self
    }
}

#[diagnostic::do_not_recommend]
impl IntoDeadline for Duration {
    #[inline]
    fn into_deadline(self) -> Deadline {
        Deadline(When::After(self))
    }
}

#[diagnostic::do_not_recommend]
impl IntoDeadline for Instant {
    #[inline]
    fn into_deadline(self) -> Deadline {
        Deadline(When::At(self))
    }
}

#[cfg(all(
    feature = "tokio",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
#[diagnostic::do_not_recommend]
impl IntoDeadline for tokio::time::Instant {
    #[inline]
    fn into_deadline(self) -> Deadline {
        Deadline(When::At(self.into_std()))
    }
}

#[diagnostic::do_not_recommend]
impl<T: IntoDeadline> IntoDeadline for Option<T> {
    #[inline]
    fn into_deadline(self) -> Deadline {
        self.map_or(Deadline::NEVER, T::into_deadline)
    }
}
