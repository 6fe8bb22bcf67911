//! Errors of other crates, classified by their user.

use core::error::Error;
use core::fmt;
use core::time::Duration;

use super::Transient;
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};

/// An error of another crate, together with its classification.
///
/// It is for errors for which [`Transient`] cannot be implemented, as they are of another crate.
/// `transient()` and `unsent()` read the classification. Its text and its source are those of the inner
/// error.
///
/// ```
/// # use persevere_core as persevere;
/// use std::num::ParseIntError;
/// use std::time::Duration;
/// use persevere::{Classified, Policy, RetryPolicy, wait, when};
///
/// fn level(gauge: &str) -> Result<u32, Classified<ParseIntError>> {
///     gauge.parse().map_err(|error: ParseIntError| match gauge {
///         "" => Classified::retry_after(error, Duration::from_millis(1)),   // it warms up
///         _ => Classified::fatal(error),
///     })
/// }
///
/// let mut shown = ["", "", "20"].into_iter();
/// let policy = RetryPolicy::new().when(when::transient());
/// assert_eq!(policy.run(|| level(shown.next().unwrap())).unwrap(), 20);
///
/// let error = policy.run(|| level("broken")).unwrap_err();
/// assert_eq!(error.to_string(), "invalid digit found in string");
/// assert!(error.into_inner().kind() == &std::num::IntErrorKind::InvalidDigit);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classified<E> {
    error: E,
    verdict: Verdict,
    unsent: bool,
    health: Health,
}

impl<E> Classified<E> {
    const fn new(error: E, verdict: Verdict, health: Health) -> Self {
        Classified {
            error,
            verdict,
            unsent: false,
            health,
        }
    }

    /// Classifies an error after which another attempt can help.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Classified, Transient, Verdict};
    ///
    /// assert_eq!(Classified::retry("busy").verdict(), Verdict::Retry);
    /// ```
    pub const fn retry(error: E) -> Self {
        Classified::new(error, Verdict::Retry, Health::Failed)
    }

    /// Classifies an error after which another attempt can help once this time has passed: a hint, such as
    /// `Retry-After`.
    pub const fn retry_after(error: E, pause: Duration) -> Self {
        Classified::new(error, Verdict::RetryAfter(pause), Health::Failed)
    }

    /// Classifies an error after which no attempt can help.
    pub const fn fatal(error: E) -> Self {
        Classified::new(error, Verdict::Final, Health::Well)
    }

    /// Declares that the attempt certainly had no effect, redirects or not: [`Transient::unsent`].
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Classified, Transient};
    ///
    /// assert!(Classified::retry("no connection").sent_nothing().unsent());
    /// ```
    pub const fn sent_nothing(mut self) -> Self {
        self.unsent = true;
        self
    }

    /// Sets the health of the service that the error shows, whatever is retried: [`Transient::health`].
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Health, Classified, Transient};
    ///
    /// let conflict = Classified::retry("the row was changed").with_health(Health::Well);
    /// assert_eq!(conflict.health(), Health::Well);
    /// assert_eq!(Classified::retry("busy").health(), Health::Failed);
    /// ```
    pub const fn with_health(mut self, health: Health) -> Self {
        self.health = health;
        self
    }

    /// Returns the inner error.
    pub const fn inner(&self) -> &E {
        &self.error
    }

    /// Returns the inner error alone.
    pub fn into_inner(self) -> E {
        self.error
    }
}

/// # `Classified`
///
/// The answers are those that the classification stored.
#[diagnostic::do_not_recommend]
impl<E> Transient for Classified<E> {
    fn verdict(&self) -> Verdict {
        self.verdict
    }

    fn unsent(&self) -> bool {
        self.unsent
    }

    fn health(&self) -> Health {
        self.health
    }
}

impl<E: fmt::Display> fmt::Display for Classified<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<E: Error> Error for Classified<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

/// An attempt that was cut or refused is classified as the [`Interrupt`] is.
#[diagnostic::do_not_recommend]
impl<E: From<Interrupt>> From<Interrupt> for Classified<E> {
    fn from(interrupt: Interrupt) -> Self {
        Classified {
            error: interrupt.into(),
            verdict: interrupt.verdict(),
            unsent: interrupt.unsent(),
            health: interrupt.health(),
        }
    }
}
