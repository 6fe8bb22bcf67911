//! A policy in words.

use core::fmt::{self, Display};
use core::marker::PhantomData;

use persevere_words::Key;
use persevere_words::describe::{self, Line, Lines};
use persevere_words::duration::Written;

use crate::call::callbacks::Hooks;
use crate::engine::cases::Cases;
use crate::guard::Guard;
use crate::policy::RetryPolicy;
use crate::policy::parts::Parts;
use crate::stop::{self, Stop};
use crate::wait::{self, Wait};
use crate::when::{self, Predicate};

/// A policy in words: `policy.describe()`.
///
/// Its text is a Markdown list, without a line break at its end. The sentences are those that the attribute adds to the
/// documentation of a function with the same keys.
pub struct Description<'p, P: ?Sized, O> {
    parts: &'p P,
    outcome: PhantomData<fn() -> O>,
}

impl<'p, P: ?Sized, O> Description<'p, P, O> {
    pub(crate) fn of(parts: &'p P) -> Self {
        Description {
            parts,
            outcome: PhantomData,
        }
    }
}

impl<S, W, P, C, H, Z, G> RetryPolicy<S, W, P, C, H, Z, G> {
    /// Returns the policy in words, as it judges outcomes of type `O`.
    ///
    /// Of values of the program, such as closures, it says that they are its rules. A strategy of your own has a
    /// phrase by its method `describe`. Through [`Policy`](crate::Policy) the type of the outcome is known:
    /// `database::<Row>(3).describe()`.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::{io, time::Duration};
    /// use persevere::{RetryPolicy, stop, wait, when};
    ///
    /// let policy = RetryPolicy::new()
    ///     .stop(stop::after_attempt(5) | stop::after_delay(Duration::from_secs(30)))
    ///     .wait(wait::exponential(Duration::from_millis(100)).max(Duration::from_secs(10)).equal_jitter())
    ///     .when(when::transient());
    /// assert_eq!(
    ///     policy.describe::<io::Result<()>>().to_string(),
    ///     "- Gives up after 5 attempts or once 30s have passed.\n\
    ///      - Pauses between attempts: 100ms, doubled each time, at most 10s, shortened at random by up to half \
    ///      (equal jitter).\n\
    ///      - Waits longer where the failure asks for it, as by `Retry-After`, and gives up where that is longer than \
    ///      1min.\n\
    ///      - Retries transient errors (those that another attempt can cure); what is not retried is final.\n\
    ///      - When it gives up, returns the last outcome.",
    /// );
    /// ```
    pub fn describe<O>(&self) -> Description<'_, Parts<S, W, P, C, H, Z, G>, O>
    where
        S: Stop,
        W: Wait<O>,
        P: Predicate<O>,
        C: Cases<O>,
        H: Hooks<O>,
        G: Guard<O>,
    {
        Description::of(&self.0)
    }
}

impl<O, S, W, P, C, H, Z, G> Display for Description<'_, Parts<S, W, P, C, H, Z, G>, O>
where
    S: Stop,
    W: Wait<O>,
    P: Predicate<O>,
    C: Cases<O>,
    H: Hooks<O>,
    G: Guard<O>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe::list(f, &mut |key, lines| self.line(key, lines))
    }
}

impl<O, S, W, P, C, H, Z, G> Description<'_, Parts<S, W, P, C, H, Z, G>, O>
where
    S: Stop,
    W: Wait<O>,
    P: Predicate<O>,
    C: Cases<O>,
    H: Hooks<O>,
    G: Guard<O>,
{
    /// Writes the sentences of a key, if the policy has any.
    pub(crate) fn line(&self, key: Key, lines: &mut Lines<'_>) -> fmt::Result {
        let parts = self.parts;
        let line = Line::Key(key);
        match key {
            Key::Stop => self.stop(lines),
            Key::Wait if parts.is_enabled() => {
                lines.say(line, &[&wait::contract::phrase(&parts.wait)])?;
                match parts.when.has_hints() {
                    true => lines.say(Line::Hint, &[&Written(parts.wait.hint_max().as_nanos())]),
                    false => Ok(()),
                }
            }
            Key::Wait => Ok(()),
            Key::When => {
                let line = if parts.is_enabled() {
                    line
                } else {
                    Line::Key(Key::On)
                };
                lines.say(line, &[&when::contract::phrase(&parts.when)])
            }
            Key::Case => parts.cases.describe(lines),
            Key::ResetAfter => match parts.reset_after {
                Some(ran) => lines.say(line, &[&Written(ran.as_nanos())]),
                None => Ok(()),
            },
            Key::Name if parts.name != RetryPolicy::new().name => {
                let name = alloc::format!("{:?}", parts.name);
                lines.say(line, &[&describe::Code(&name)])
            }
            Key::Fallback if H::FALLS_BACK => {
                let line = if parts.is_enabled() {
                    line
                } else {
                    Line::FallbackOfOnce
                };
                lines.say(line, &[&describe::RULE])
            }
            Key::WrapErr if !H::FALLS_BACK && parts.is_enabled() => {
                lines.say(Line::LastOutcome, &[])
            }
            _ => parts.guards.describe(key, lines),
        }
    }

    fn stop(&self, lines: &mut Lines<'_>) -> fmt::Result {
        let parts = self.parts;
        if !parts.is_enabled() {
            return lines.say(Line::Once, &[]);
        }
        let line = match parts.stop.is_standard() && C::LEN > 0 {
            true => Line::OtherStop,
            false => Line::Key(Key::Stop),
        };
        lines.say(line, &[&stop::contract::phrase(&parts.stop)])
    }
}
