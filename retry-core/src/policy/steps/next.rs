//! The answer to the caller of a step.

use core::time::Duration;

/// The next step of the caller of [`Steps::next`](super::Steps::next).
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::{Next, Policy, RetryPolicy, wait};
///
/// let policy = RetryPolicy::new().wait(wait::fixed(Duration::from_secs(1)));
/// let mut call = policy.start();
/// assert_eq!(call.next(&None::<u8>), Next::Sleep(Duration::from_secs(1)));
/// assert_eq!(call.next(&Some(7)), Next::Return);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Next {
    /// Return the outcome: it is final, or the call gave up.
    Return,
    /// Sleep, then make the next attempt.
    Sleep(Duration),
}

impl Next {
    pub(super) fn after<E>(judged: Result<Option<Duration>, E>) -> Self {
        judged.map_or(Next::Return, |pause| Next::Sleep(pause.unwrap_or_default()))
    }
}
