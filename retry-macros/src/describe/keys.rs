//! The sentence of each key.

use std::fmt::{self, Display, Write};

use persevere_words::describe::{Case, Combination, Line, Lines, Phrase, fill, standard_wait};
use persevere_words::{HEDGE, Key, NESTED, Needs, WHEN};
use quote::quote;
use syn::{Expr, Lit};

use super::code::{Code, Value};
use super::strategy::Described;
use crate::check::fallback;
use crate::parse::attribute::Args;
use crate::parse::inspect::{bare_word, literal, within, word_call};
use crate::parse::pattern::Arm;
use crate::parse::role::Role;
use crate::parse::strategy::Strategy;

/// The keys of a function.
pub(super) struct Keys<'a> {
    args: &'a Args,
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
    fn is_once(&self) -> bool {
        let enabled = self.args.values.get(Key::Enabled).and_then(literal);
        let disabled = matches!(enabled, Some(Lit::Bool(enabled)) if !enabled.value);
        self.args.kind.is_once() || disabled
    }

    fn has_policy(&self) -> bool {
        self.args.values.has(Key::Policy)
    }

    fn stop(&self, lines: &mut Lines<'_>) -> fmt::Result {
        if self.is_once() {
            return lines.say(Line::Once, &[]);
        }
        let own_stop = |arm: &Arm| arm.own.strategy(Role::Stop).is_some();
        match self.args.values.strategy(Role::Stop) {
            Some(stop) => lines.say(Line::Key(Key::Stop), &[&Described(stop)]),
            None if self.has_policy() => Ok(()),
            None if self.args.arms.iter().any(own_stop) => lines.say(
                Line::OtherStop,
                &[&Phrase(persevere_words::describe::standard_stop)],
            ),
            None => {
                let stop = Phrase(persevere_words::describe::standard_stop);
                lines.say(Line::Key(Key::Stop), &[&stop])
            }
        }
    }

    fn wait(&self, lines: &mut Lines<'_>) -> fmt::Result {
        let line = Line::Key(Key::Wait);
        match self.args.values.strategy(Role::Wait) {
            _ if self.is_once() => return Ok(()),
            Some(wait) => lines.say(line, &[&Described(wait)])?,
            None if self.has_policy() => {}
            None => lines.say(line, &[&Phrase(standard_wait)])?,
        }
        self.hint(lines)
    }

    /// Writes whether pauses that failures ask for are honoured, and up to which.
    fn hint(&self, lines: &mut Lines<'_>) -> fmt::Result {
        let wait = self.args.values.strategy(Role::Wait);
        let when = self.args.values.strategy(Role::When);
        let asks = |when: &Strategy| when.find(&|word| word.needs == Needs::Transient).is_some();
        if !when.is_some_and(asks) {
            return Ok(());
        }
        match wait.map(longest_hint) {
            Some(Longest::Own(longest)) => lines.say(Line::Hint, &[&Value(longest)]),
            Some(Longest::Unknown) => lines.say(Line::AnyHint, &[]),
            None | Some(Longest::Standard) if self.has_policy() && wait.is_none() => {
                lines.say(Line::AnyHint, &[])
            }
            None | Some(Longest::Standard) => lines.say(Line::Hint, &[&"1min"]),
        }
    }

    fn when(&self, lines: &mut Lines<'_>) -> fmt::Result {
        let when = self.args.values.strategy(Role::When);
        let mut parts: Vec<Box<dyn Display + '_>> = Vec::new();
        for arm in self.args.arms.iter().filter(|arm| arm.key == Key::On) {
            parts.push(Box::new(pattern(arm)));
        }
        if let Some(when) = when {
            parts.push(Box::new(Described(when)));
        }
        let only_unless = self.args.arms.iter().all(|arm| arm.key == Key::Unless);
        let is_once = self.is_once();
        if parts.is_empty() && only_unless && !self.has_policy() {
            parts.push(Box::new(Phrase(|f| WHEN.describe(f, "any_failure", &[]))));
        }
        if parts.is_empty() {
            let cases = self.args.arms.iter().any(|arm| arm.key == Key::Case);
            return match cases && !is_once {
                true => lines.say(Line::Final, &[]),
                false => Ok(()),
            };
        }
        let key = if is_once { Key::On } else { Key::When };
        let all = Phrase(|f| {
            let parts: Vec<&dyn Display> =
                parts.iter().map(|part| &**part as &dyn Display).collect();
            match &parts[..] {
                [only] => write!(f, "{only}"),
                parts => Combination::EitherPredicate.of(f, parts),
            }
        });
        lines.say(Line::Key(key), &[&all])
    }

    fn unless(&self, lines: &mut Lines<'_>) -> fmt::Result {
        let line = match self.is_once() {
            true => Line::NoFailure,
            false => Line::Key(Key::Unless),
        };
        let arms = self.args.arms.iter();
        let mut unless = arms.filter(|arm| arm.key == Key::Unless);
        unless.try_for_each(|arm| lines.say(line, &[&pattern(arm)]))
    }

    fn cases(&self, lines: &mut Lines<'_>) -> fmt::Result {
        let cases = self.args.arms.iter().filter(|arm| arm.key == Key::Case);
        for arm in cases {
            let own = &arm.own;
            let stop = own.strategy(Role::Stop).map(Described);
            let wait = own.strategy(Role::Wait).map(Described);
            let (budget, callback) = (own.get(Key::Budget), own.get(Key::BeforeSleep));
            let (budget, callback) = (budget.map(Value), callback.map(Value));
            let own = Case {
                stop: stop.as_ref().map(|stop| stop as &dyn Display),
                wait: wait.as_ref().map(|wait| wait as &dyn Display),
                budget: budget.as_ref().map(|budget| budget as &dyn Display),
                before_sleep: callback.as_ref().map(|callback| callback as &dyn Display),
            };
            lines.say(Line::Key(Key::Case), &[&pattern(arm), &own])?;
        }
        Ok(())
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
        let pace = Phrase(|f| HEDGE.describe(f, &word.to_string(), &args));
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

/// Returns the pattern of an arm, with its guard.
fn pattern(arm: &Arm) -> Code {
    let pattern = &arm.pattern;
    match &arm.guard {
        Some(guard) => Code::whole(quote!(#pattern if #guard)),
        None => Code::whole(pattern),
    }
}

fn calls(func: &Expr, wanted: &str) -> bool {
    bare_word(func).is_some_and(|(word, types)| word == wanted && types.is_none())
}

/// The longest hint that a wait accepts.
enum Longest<'a> {
    Standard,
    Own(&'a Expr),
    Unknown,
}

fn longest_hint(wait: &Strategy) -> Longest<'_> {
    let own = wait.modifiers().find(|call| call.method == "hint_max");
    if let Some(longest) = own.and_then(|call| call.args.first()) {
        return Longest::Own(longest);
    }
    match wait.is_ours() || matches!(wait.node, crate::parse::strategy::Node::Pause) {
        true => Longest::Standard,
        false => Longest::Unknown,
    }
}
