//! The sentence of each key.

use std::fmt::{self, Display, Write};

use persevere_words::describe::{Combination, Line, Lines, Phrase, fill};
use persevere_words::{HEDGE, Key, NESTED};
use quote::quote;
use syn::{Expr, Lit};

use super::code::{Code, Value};
use crate::check::fallback;
use crate::parse::attribute::Args;
use crate::parse::configured::Configured;
use crate::parse::inspect::{bare_word, literal, within, word_call};

/// The keys of a function.
pub(super) struct Keys<'a> {
    pub(super) args: &'a Args,
    blocking: bool,
}

impl<'a> Keys<'a> {
    pub(super) fn of(args: &'a Args, blocking: bool) -> Self {
        Keys { args, blocking }
    }

    /// Writes the sentences of a key, if there is anything to say.
    pub(super) fn line(&self, key: Key, lines: &mut Lines<'_>) -> fmt::Result {
        let args = self.args;
        match key {
            Key::Stop => self.stop(lines),
            Key::Wait => self.wait(lines),
            Key::When => self.when(lines),
            Key::Unless => self.unless(lines),
            Key::Case => self.cases(lines),
            Key::Enabled => self.enabled(lines),
            Key::Resume => self.resume(lines),
            Key::Progress => self.progress(lines),
            Key::Deadline if self.blocking => self.say(key, Line::BlockingDeadline, lines),
            Key::Breaker => self.shared(key, "wait_for", Line::WaitFor, lines),
            Key::RateLimiter => self.shared(key, "fail_fast", Line::FailFast, lines),
            Key::Budget => match args.values.get(key) {
                Some(value) => {
                    let budget = Phrase(|f| write!(f, "the retry budget {}", Value(value)));
                    lines.say(Line::Key(key), &[&budget])
                }
                None => Ok(()),
            },
            Key::Hedge => self.hedge(lines),
            Key::Nested => self.nested(lines),
            Key::Before => self.callbacks(lines),
            Key::Fallback => self.fallback(lines),
            Key::WrapErr => self.result(lines),
            Key::Attempt if args.attempt.is_some() => lines.say(Line::Key(key), &[]),
            Key::Once => args.once.iter().try_for_each(|(name, value)| {
                lines.say(Line::Key(key), &[&Code::of(quote!(#name = #value))])
            }),
            Key::Clone => args
                .clone
                .iter()
                .try_for_each(|name| lines.say(Line::Key(key), &[&Code::of(name)])),
            Key::Unretried => self.companion(key, args.unretried.as_ref(), lines),
            Key::RetryWith => self.companion(key, args.retry_with.as_ref(), lines),
            Key::Endless | Key::Span | Key::Metrics => match args.values.flag(key) {
                Some(_) => lines.say(Line::Key(key), &[]),
                None => Ok(()),
            },
            _ => self.say(key, Line::Key(key), lines),
        }
    }

    /// Writes a sentence about the value of a key.
    fn say(&self, key: Key, line: Line, lines: &mut Lines<'_>) -> fmt::Result {
        match self.args.values.get(key) {
            Some(value) => lines.say(line, &[&Value(value)]),
            None => Ok(()),
        }
    }

    fn companion(&self, key: Key, name: Option<&syn::Ident>, lines: &mut Lines<'_>) -> fmt::Result {
        match name {
            Some(name) => lines.say(Line::Key(key), &[&Code::of(name)]),
            None => Ok(()),
        }
    }

    /// Returns whether the function makes one attempt, whatever its other keys are.
    pub(super) fn is_once(&self) -> bool {
        let enabled = self.args.values.get(Key::Enabled).and_then(literal);
        let disabled = matches!(enabled, Some(Lit::Bool(enabled)) if !enabled.value);
        self.args.kind.is_once() || disabled
    }

    pub(super) fn has_policy(&self) -> bool {
        self.args.values.has(Key::Policy)
    }

    fn enabled(&self, lines: &mut Lines<'_>) -> fmt::Result {
        let value = self.args.values.get(Key::Enabled);
        match value.and_then(literal) {
            Some(Lit::Bool(_)) => Ok(()),
            _ => self.say(Key::Enabled, Line::Key(Key::Enabled), lines),
        }
    }

    fn resume(&self, lines: &mut Lines<'_>) -> fmt::Result {
        let Some(resume) = &self.args.resume else {
            return Ok(());
        };
        let place = Phrase(|f| match &resume.cursor {
            Some(cursor) => {
                let (parameter, after) = (Code::of(&cursor.parameter), Value(&cursor.after));
                write!(f, ", with {parameter} of the last item by {after}")
            }
            None => f.write_str(", from its start"),
        });
        lines.say(Line::Key(Key::Resume), &[&place])
    }

    fn progress(&self, lines: &mut Lines<'_>) -> fmt::Result {
        match self.args.values.has(Key::Progress) {
            _ if self.args.resume.is_none() => Ok(()),
            true => lines.say(Line::NoProgress, &[]),
            false => lines.say(Line::Key(Key::Progress), &[]),
        }
    }

    /// Writes the sentence of a part that calls share, or the other one where it stands in `word(..)`.
    fn shared(&self, key: Key, word: &str, other: Line, lines: &mut Lines<'_>) -> fmt::Result {
        let Some(value) = self.args.values.get(key) else {
            return Ok(());
        };
        match within(value) {
            Expr::Call(call) if call.args.len() == 1 && calls(&call.func, word) => {
                lines.say(other, &[&Value(&call.args[0])])
            }
            value => lines.say(Line::Key(key), &[&Value(value)]),
        }
    }

    fn hedge(&self, lines: &mut Lines<'_>) -> fmt::Result {
        let Some(value) = self.args.values.get(Key::Hedge) else {
            return Ok(());
        };
        let configured = Configured::of(value, Key::Hedge.name());
        let value = configured.as_ref().map_or(value, |of_a_set| &of_a_set.own);
        let (base, copies) = match within(value) {
            Expr::MethodCall(call) if call.method == "copies" => {
                (&*call.receiver, call.args.first())
            }
            other => (other, None),
        };
        let Some((word, call)) = word_call(base, &HEDGE) else {
            return lines.say(Line::OwnHedge, &[&Value(value)]);
        };
        let values: Vec<Value<'_>> = call.args.iter().map(Value).collect();
        let args: Vec<&dyn Display> = values.iter().map(|value| value as &dyn Display).collect();
        let own = Phrase(|f: &mut fmt::Formatter<'_>| HEDGE.describe(f, &word.to_string(), &args));
        let pace = Phrase(|f: &mut fmt::Formatter<'_>| match &configured {
            Some(_) => Combination::Configured.of(f, &[&own]),
            None => own.fmt(f),
        });
        let copies = Phrase(|f| match copies {
            Some(copies) => Value(copies).fmt(f),
            None => f.write_char('2'),
        });
        lines.say(Line::Key(Key::Hedge), &[&pace, &copies])
    }

    fn nested(&self, lines: &mut Lines<'_>) -> fmt::Result {
        let Some(value) = self.args.values.get(Key::Nested) else {
            return Ok(());
        };
        let phrase = Phrase(|f| match word_call(value, &NESTED) {
            Some((word, _)) => NESTED.describe(f, &word.to_string(), &[]),
            None => fill(f, "behaves as {0} says", &[&Value(value)]),
        });
        lines.say(Line::Key(Key::Nested), &[&phrase])
    }

    /// Writes the callbacks by their names alone.
    fn callbacks(&self, lines: &mut Lines<'_>) -> fmt::Result {
        const KEYS: [Key; 5] = [
            Key::Before,
            Key::After,
            Key::BeforeSleep,
            Key::OnSuccess,
            Key::OnFailure,
        ];
        let given: Vec<Key> = KEYS
            .into_iter()
            .filter(|key| self.args.values.has(*key))
            .collect();
        if given.is_empty() {
            return Ok(());
        }
        let names = Phrase(|f| {
            given.iter().enumerate().try_for_each(|(index, key)| {
                let separator = match index {
                    0 => "",
                    last if last + 1 == given.len() => " and ",
                    _ => ", ",
                };
                write!(f, "{separator}`{}`", key.name())
            })
        });
        lines.say(Line::Key(Key::Before), &[&names])
    }

    fn fallback(&self, lines: &mut Lines<'_>) -> fmt::Result {
        let Some(value) = self.args.values.get(Key::Fallback) else {
            return Ok(());
        };
        let list = Phrase(|f| {
            let list = fallback::list(value);
            list.into_iter()
                .enumerate()
                .try_for_each(|(index, fallback)| {
                    f.write_str(if index == 0 { "" } else { ", or else of " })?;
                    Value(fallback).fmt(f)
                })
        });
        let line = match self.is_once() {
            true => Line::FallbackOfOnce,
            false => Line::Key(Key::Fallback),
        };
        lines.say(line, &[&list])
    }

    /// Writes the result of a call that gives up.
    fn result(&self, lines: &mut Lines<'_>) -> fmt::Result {
        let falls_back = self.args.values.has(Key::Fallback);
        if self.args.values.flag(Key::WrapErr).is_some() {
            return lines.say(Line::Key(Key::WrapErr), &[]);
        }
        match self.args.resume {
            Some(_) => lines.say(Line::LastItem, &[]),
            None if falls_back || self.has_policy() || self.is_once() => Ok(()),
            None => lines.say(Line::LastOutcome, &[]),
        }
    }
}

fn calls(func: &Expr, wanted: &str) -> bool {
    bare_word(func).is_some_and(|(word, types)| word == wanted && types.is_none())
}
