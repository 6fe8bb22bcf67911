//! Guards in words.

use core::fmt;

use persevere_words::describe::{Code, Line, Lines, Phrase};
use persevere_words::duration::Written;
use persevere_words::{Key, NESTED};

use super::deadline::Deadline;
use super::nested::Nested;
use super::{Guards, Hedging, Limiting};
use crate::breaker::{Breaker, State};

impl<B, U, I, H: Hedging, L: Limiting> Guards<B, U, I, H, L> {
    /// Writes the sentence about the guard of a key, if there is one.
    pub(super) fn describe_as<O: ?Sized>(&self, key: Key, lines: &mut Lines<'_>) -> fmt::Result
    where
        B: Breaker<O>,
    {
        let line = Line::Key(key);
        match key {
            Key::Deadline => match self.deadline.limit() {
                Some(limit) => lines.say(line, &[&Written(limit.as_nanos())]),
                None if self.deadline != Deadline::NEVER => lines.say(line, &[&"a given instant"]),
                None => Ok(()),
            },
            Key::AttemptTimeout => match self.attempt_timeout {
                Some(limit) => lines.say(line, &[&Written(limit.as_nanos())]),
                None => Ok(()),
            },
            Key::Budget if self.budget.is_some() => lines.say(line, &[&"a retry budget"]),
            Key::RateLimiter => match self.limits.rate_limiter() {
                Some((limiter, true)) => lines.say(line, &[&Code(limiter.name())]),
                Some((limiter, false)) => lines.say(Line::FailFast, &[&Code(limiter.name())]),
                None => Ok(()),
            },
            Key::Breaker => match &self.breaker {
                Some(breaker) => {
                    let line = match breaker.circuit().state() {
                        State::MetricsOnly => Line::MetricsOnly,
                        _ if breaker.waits() => Line::WaitFor,
                        _ => line,
                    };
                    lines.say(line, &[&Code(breaker.circuit().name())])
                }
                None => Ok(()),
            },
            Key::Bulkhead => match self.limits.bulkhead() {
                Some(bulkhead) => lines.say(line, &[&Code(bulkhead.name())]),
                None => Ok(()),
            },
            Key::Hedge => self.hedge.describe(lines),
            Key::Nested => match self.nested {
                Some(Nested::Share) => lines.say(line, &[&nesting("share")]),
                Some(Nested::Single) => lines.say(line, &[&nesting("single")]),
                Some(Nested::Independent) => lines.say(line, &[&nesting("independent")]),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

fn nesting(word: &'static str) -> impl fmt::Display {
    Phrase(move |f| NESTED.describe(f, word, &[]))
}
