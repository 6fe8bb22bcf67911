//! Predicates that a configuration may replace.

use core::fmt;

use persevere_words::WHEN;

use super::values::WhenWord;
use crate::call::outcome::{Health, Outcome, Verdict};
use crate::transient::Transient;
use crate::when::{AnyFailure, Asks, NeverRetry, OnTransient, Predicate, Responses};

/// The predicate of [`RetryConfigs::when`](crate::RetryConfigs::when): that of the configuration, or the program's
/// own.
#[derive(Clone, Copy, Debug)]
pub struct WhenOr<P, F = FileWhen> {
    file: F,
    own: P,
}

impl<P, F> WhenOr<P, F> {
    #[doc(hidden)]
    pub fn new(file: F, own: P) -> Self {
        WhenOr { file, own }
    }
}

impl<P> WhenOr<P> {
    /// Has the configuration's word ask the value too, such as a response: see
    /// [`OnTransient::responses`](crate::when::OnTransient::responses).
    ///
    /// The program's own predicate stays as it is. The attribute needs no such option.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # #[cfg(feature = "http")] {
    /// use persevere::{Predicate, RetryConfigs, Verdict, when};
    /// use std::io;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["pages"]).with_when(&["pages"]);
    ///
    /// CONFIG.load_toml("pages.when = 'transient()'")?;
    /// let busy = Ok::<_, io::Error>(http::StatusCode::SERVICE_UNAVAILABLE);
    /// let when = CONFIG.when("pages", when::never()).responses();
    /// assert!(when.verdict(&busy).is_retry());
    /// # }
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    pub fn responses(self) -> WhenOr<P, Responses<FileWhen>> {
        WhenOr::new(Responses::new(self.file), self.own)
    }
}

/// The word of a configuration's `when`, if it has one.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct FileWhen(pub(super) Option<WhenWord>);

/// A predicate that a configuration sets, or not.
#[doc(hidden)]
pub trait MaybeSet {
    fn is_set(&self) -> bool;
}

impl MaybeSet for FileWhen {
    fn is_set(&self) -> bool {
        self.0.is_some()
    }
}

impl MaybeSet for Responses<FileWhen> {
    fn is_set(&self) -> bool {
        self.asked().is_set()
    }
}

/// The stand-in for a word that cannot judge an outcome, which is an error already.
impl MaybeSet for NeverRetry {
    fn is_set(&self) -> bool {
        false
    }
}

impl Asks for FileWhen {
    fn describe_asked(&self, f: &mut fmt::Formatter<'_>, of: Option<&str>) -> fmt::Result {
        match self.0 {
            Some(WhenWord::Transient) => OnTransient.describe_asked(f, of),
            Some(WhenWord::Unsent(unsent)) => unsent.describe_asked(f, of),
            Some(WhenWord::AnyFailure) => WHEN.describe(f, "any_failure", &[]),
            Some(WhenWord::Never) | None => WHEN.describe(f, "never", &[]),
        }
    }

    /// Returns the verdict on a value, such as a response. One that is no failure is never retried.
    fn ask<T: Transient + ?Sized>(&self, asked: &T) -> Verdict {
        match self.0 {
            Some(WhenWord::Transient) => OnTransient.ask(asked),
            Some(WhenWord::Unsent(unsent)) => unsent.ask(asked),
            Some(WhenWord::AnyFailure | WhenWord::Never) | None => Verdict::Final,
        }
    }
}

impl<O: Outcome<Error: Transient>> Predicate<O> for FileWhen {
    fn verdict(&self, outcome: &O) -> Verdict {
        match self.0 {
            Some(WhenWord::Transient) => OnTransient.verdict(outcome),
            Some(WhenWord::Unsent(unsent)) => Predicate::<O>::verdict(&unsent, outcome),
            Some(WhenWord::AnyFailure) => AnyFailure.verdict(outcome),
            Some(WhenWord::Never) | None => Verdict::Final,
        }
    }

    /// Returns the health by the error, whichever word is set: `never()` does not hide a failure from a breaker.
    fn health(&self, outcome: &O, verdict: Verdict) -> Health {
        OnTransient.health(outcome, verdict)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe_asked(f, None)
    }

    fn has_hints(&self) -> bool {
        matches!(self.0, Some(WhenWord::Transient | WhenWord::Unsent(_)))
    }
}

impl<O, P, F> Predicate<O> for WhenOr<P, F>
where
    P: Predicate<O>,
    F: Predicate<O> + MaybeSet,
{
    fn verdict(&self, outcome: &O) -> Verdict {
        match self.file.is_set() {
            true => self.file.verdict(outcome),
            false => self.own.verdict(outcome),
        }
    }

    fn verdict_at(&self, outcome: &O, attempt: u32) -> Verdict {
        match self.file.is_set() {
            true => self.file.verdict_at(outcome, attempt),
            false => self.own.verdict_at(outcome, attempt),
        }
    }

    fn health(&self, outcome: &O, verdict: Verdict) -> Health {
        match self.file.is_set() {
            true => self.file.health(outcome, verdict),
            false => self.own.health(outcome, verdict),
        }
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.file.is_set() {
            true => self.file.describe(f),
            false => self.own.describe(f),
        }
    }

    fn has_hints(&self) -> bool {
        match self.file.is_set() {
            true => self.file.has_hints(),
            false => self.own.has_hints(),
        }
    }
}
