//! Words of a value.

use alloc::format;
use alloc::string::{String, ToString};

/// A word: `after_attempt`, `exponential`, `full_jitter`.
#[derive(Debug)]
pub struct Word {
    /// The name, without parentheses.
    pub name: &'static str,
    /// The arguments it takes, in order; types in a turbofish come first.
    pub args: &'static [Arg],
    /// An example of its use.
    pub example: &'static str,
    /// Whether a configuration file can contain it. Other words need closures, types or statics of the
    /// program.
    pub in_config: bool,
    /// The names that other libraries have for it.
    pub peers: &'static [&'static str],
    /// The knowledge about a call that it needs beyond the number of its attempts.
    pub needs: Needs,
    /// The template of the phrase that describes it, in which `{0}` stands for its first argument.
    pub phrase: &'static str,
}

impl Word {
    pub(crate) const fn new(
        name: &'static str,
        args: &'static [Arg],
        example: &'static str,
    ) -> Self {
        Word {
            name,
            args,
            example,
            in_config: true,
            peers: &[],
            needs: Needs::Nothing,
            phrase: "",
        }
    }

    pub(crate) const fn says(mut self, phrase: &'static str) -> Self {
        self.phrase = phrase;
        self
    }

    pub(crate) const fn peers(mut self, peers: &'static [&'static str]) -> Self {
        self.peers = peers;
        self
    }

    pub(crate) const fn needs(mut self, needs: Needs) -> Self {
        self.needs = needs;
        self
    }

    pub(crate) const fn in_program(mut self) -> Self {
        self.in_config = false;
        self
    }

    /// Returns the arguments for a sentence: `a duration`, `two durations`, `nothing`.
    pub fn takes(&self) -> String {
        match self.args {
            [] => "nothing".into(),
            [only] => only.noun().into(),
            [first, second] if first == second => format!("two {}", first.plural()),
            [first @ .., last] => {
                let first: alloc::vec::Vec<&str> = first.iter().map(|arg| arg.noun()).collect();
                format!("{} and {}", first.join(", "), last.noun())
            }
        }
    }

    /// Returns the word with `number` as its argument, if it takes one. A duration is in seconds. Otherwise
    /// returns its example.
    pub fn with_number(&self, number: Option<&str>) -> String {
        let name = self.name;
        match (self.args, number) {
            ([Arg::Attempts | Arg::Count], Some(number)) => format!("{name}({number})"),
            ([Arg::Duration], Some(number)) => format!("{name}({number}s)"),
            _ => self.example.to_string(),
        }
    }
}

/// An argument of a word.
#[allow(missing_docs)] // `noun` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arg {
    Attempts,
    Count,
    /// From 0 to 1.
    Ratio,
    /// At least 1.
    Factor,
    Duration,
    Range,
    Durations,
    /// Values of the same kind: `any((a, b))`.
    Parts,
    Wait,
    Window,
    Predicate,
    Closure,
    /// In a turbofish.
    Type,
    /// One type or a tuple of types, in a turbofish.
    Types,
    Text,
    Flag,
    Token,
    Signal,
    Breaker,
    Latency,
}

impl Arg {
    /// Returns the noun for a message: `a duration`.
    pub fn noun(self) -> &'static str {
        match self {
            Arg::Attempts => "a number of attempts",
            Arg::Count => "a whole number",
            Arg::Ratio => "a number from 0 to 1",
            Arg::Factor => "a number of at least 1",
            Arg::Duration => "a duration",
            Arg::Range => "a range of durations",
            Arg::Durations => "a list of durations",
            Arg::Parts => "a list of its parts",
            Arg::Wait => "a wait",
            Arg::Window => "a window",
            Arg::Predicate => "a predicate",
            Arg::Closure => "a closure",
            Arg::Type => "a type",
            Arg::Types => "a type or a tuple of types",
            Arg::Text => "a text",
            Arg::Flag => "a `bool`",
            Arg::Token => "a token",
            Arg::Signal => "a signal",
            Arg::Breaker => "a breaker",
            Arg::Latency => "a `Latency`",
        }
    }

    /// Returns the plural of an argument that a word takes two of: `durations`.
    fn plural(self) -> &'static str {
        match self {
            Arg::Duration => "durations",
            Arg::Count => "whole numbers",
            _ => "arguments",
        }
    }
}

/// The knowledge about a call that a word needs beyond the number of its attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// The time since the call began.
    Clock,
    /// The earlier pauses.
    History,
    /// Everything that a callback sees.
    Everything,
    /// A token that outlives the call's pauses.
    Token,
    /// The outcome's type, which must be known before the closure.
    Outcome,
    /// The outcome's type, to look into errors.
    Error,
    /// The outcome's type, to ask errors and values whether they are transient.
    Transient,
}
