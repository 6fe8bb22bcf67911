//! Predicates on values that implement `Transient`, such as responses.

use core::fmt;

use persevere_words::WHEN;
use persevere_words::describe::Code;

use super::{OnIdempotent, OnTransient, OnUnsent, Predicate};
use crate::call::outcome::{Health, Outcome, Verdict};
use crate::transient::Transient;

/// A predicate that also asks a value that implements `Transient`, as a response does: see
/// [`OnTransient::responses`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Responses<P>(pub(super) P);

/// A predicate that asks anything that implements `Transient`.
#[doc(hidden)]
pub trait Asks {
    /// Writes the phrase that describes it, of errors in general or of one type.
    fn describe_asked(&self, f: &mut fmt::Formatter<'_>, of: Option<&str>) -> fmt::Result;

    fn ask<T: Transient + ?Sized>(&self, asked: &T) -> Verdict;
}

impl Asks for OnTransient {
    fn describe_asked(&self, f: &mut fmt::Formatter<'_>, of: Option<&str>) -> fmt::Result {
        asked(f, ["transient", "transient_cause"], of)
    }

    #[inline]
    fn ask<T: Transient + ?Sized>(&self, asked: &T) -> Verdict {
        asked.verdict()
    }
}

impl Asks for OnUnsent {
    fn describe_asked(&self, f: &mut fmt::Formatter<'_>, of: Option<&str>) -> fmt::Result {
        asked(f, ["unsent", "unsent_cause"], of)
    }

    #[inline]
    fn ask<T: Transient + ?Sized>(&self, asked: &T) -> Verdict {
        let is_proved = if self.no_redirects {
            asked.unsent_without_redirects()
        } else {
            asked.unsent()
        };
        if is_proved {
            asked.verdict()
        } else {
            Verdict::Final
        }
    }
}

impl Asks for OnIdempotent {
    fn describe_asked(&self, f: &mut fmt::Formatter<'_>, of: Option<&str>) -> fmt::Result {
        if self.is {
            OnTransient.describe_asked(f, of)
        } else {
            self.otherwise.describe_asked(f, of)
        }
    }

    #[inline]
    fn ask<T: Transient + ?Sized>(&self, asked: &T) -> Verdict {
        if self.is {
            OnTransient.ask(asked)
        } else {
            self.otherwise.ask(asked)
        }
    }
}

/// Writes the phrase of the first word, or of the second one for errors of one type.
fn asked(f: &mut fmt::Formatter<'_>, words: [&str; 2], of: Option<&str>) -> fmt::Result {
    let [any, cause] = words;
    match of {
        None => WHEN.describe(f, any, &[]),
        Some(of) => WHEN.describe(f, cause, &[&Code(of)]),
    }
}

macro_rules! predicates_of_errors {
    ($($predicate:ty),+) => {$(
        impl<O: Outcome<Error: Transient>> Predicate<O> for $predicate {
            #[inline]
            fn verdict(&self, outcome: &O) -> Verdict {
                outcome.judge_error(|error| self.ask(error))
            }

            /// Returns the health by the error, or by the verdict for a value.
            #[inline]
            fn health(&self, outcome: &O, verdict: Verdict) -> Health {
                outcome
                    .error()
                    .map_or_else(|| Health::from(verdict), Transient::health)
            }

            fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.describe_asked(f, None)
            }

            fn has_hints(&self) -> bool {
                true
            }
        }
    )+};
}

predicates_of_errors!(OnTransient, OnUnsent, OnIdempotent);

impl<O: Outcome<Value: Transient>, P: Asks + Predicate<O>> Predicate<O> for Responses<P> {
    #[inline]
    fn verdict(&self, outcome: &O) -> Verdict {
        match outcome.value() {
            Some(value) => self.0.ask(value),
            None => self.0.verdict(outcome),
        }
    }

    #[inline]
    fn health(&self, outcome: &O, verdict: Verdict) -> Health {
        match outcome.value() {
            Some(value) => value.health(),
            None => self.0.health(outcome, verdict),
        }
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe(f)
    }

    fn has_hints(&self) -> bool {
        true
    }
}

impl<P: Asks> Responses<P> {
    #[inline]
    pub(crate) const fn new(asks: P) -> Self {
        Responses(asks)
    }

    /// Returns the predicate that is asked.
    #[cfg(feature = "config")]
    pub(crate) const fn asked(&self) -> &P {
        &self.0
    }

    /// Returns the predicate itself.
    #[doc(hidden)]
    #[inline]
    pub fn responses(self) -> Self {
        self
    }
}

impl Responses<OnUnsent> {
    /// Declares that the client follows no redirects: see [`OnUnsent::no_redirects`].
    pub const fn no_redirects(self) -> Self {
        Responses(self.0.no_redirects())
    }
}

impl Responses<OnIdempotent> {
    /// Declares that the client follows no redirects: see [`OnIdempotent::no_redirects`].
    pub const fn no_redirects(self) -> Self {
        Responses(self.0.no_redirects())
    }
}

impl OnTransient {
    /// Asks the value too, so that a response is retried by its status and its hint, and counts for a
    /// breaker.
    ///
    /// It applies to values that are [`Transient`]: `http::Response` and `http::StatusCode` by the feature
    /// `http`, those of `reqwest` by its own, and yours. Without this method a policy asks errors alone, and
    /// a 503 that [`or_http_error()`](crate::http::OrHttpError) does not turn into an error ends the call as
    /// its value. The attribute needs no such option, as it sees the type of the value.
    ///
    /// The call ends with its last outcome as always, even if that is a 503 as a value.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # #[cfg(feature = "http")] {
    /// use http::Response;
    /// use persevere::{Policy, RetryPolicy, wait, when};
    /// use std::io;
    ///
    /// let mut statuses = [503, 200].into_iter();
    /// let mut send = || Ok::<_, io::Error>(Response::builder().status(statuses.next().unwrap()).body("").unwrap());
    ///
    /// let policy = RetryPolicy::new().wait(wait::none()).when(when::transient().responses());
    /// assert_eq!(policy.run(&mut send).unwrap().status(), 200);
    /// # }
    /// ```
    #[inline]
    pub const fn responses(self) -> Responses<Self> {
        Responses(self)
    }
}

impl OnUnsent {
    /// Asks the value too, such as a response: see [`OnTransient::responses`].
    ///
    /// Of all statuses only 425 is unsent, and only without redirects.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # #[cfg(feature = "http")] {
    /// use http::StatusCode;
    /// use persevere::{Predicate, Verdict, when};
    /// use std::io;
    ///
    /// let unsent = when::unsent().no_redirects().responses();
    /// assert_eq!(unsent.verdict(&Ok::<_, io::Error>(StatusCode::TOO_EARLY)), Verdict::Retry);
    /// assert_eq!(unsent.verdict(&Ok::<_, io::Error>(StatusCode::BAD_GATEWAY)), Verdict::Final);
    /// # }
    /// ```
    #[inline]
    pub const fn responses(self) -> Responses<Self> {
        Responses(self)
    }
}

impl OnIdempotent {
    /// Asks the value too, such as a response: see [`OnTransient::responses`].
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # #[cfg(feature = "http")] {
    /// use http::StatusCode;
    /// use persevere::{Predicate, Verdict, when};
    /// use std::io;
    ///
    /// let bad_gateway = Ok::<_, io::Error>(StatusCode::BAD_GATEWAY);
    /// assert_eq!(when::idempotent(true).responses().verdict(&bad_gateway), Verdict::Retry);
    /// assert_eq!(when::idempotent(false).responses().verdict(&bad_gateway), Verdict::Final);
    /// # }
    /// ```
    #[inline]
    pub const fn responses(self) -> Responses<Self> {
        Responses(self)
    }
}
