//! The sentences of the strategies: when a call is given up, its pauses, what is retried.

use std::fmt::{self, Display};

use persevere_words::describe::{
    Case, Combination, Line, Lines, Phrase, standard_stop, standard_wait,
};
use persevere_words::{Key, Needs, WHEN};
use quote::quote;
use syn::Expr;

use super::code::{Code, Value};
use super::keys::Keys;
use super::strategy::{Described, base, part_of};
use crate::duration;
use crate::parse::pattern::Arm;
use crate::parse::role::Role;
use crate::parse::strategy::{List, Node, Strategy};

impl Keys<'_> {
    pub(super) fn stop(&self, lines: &mut Lines<'_>) -> fmt::Result {
        if self.is_once() {
            return lines.say(Line::Once, &[]);
        }
        let own_stop = |arm: &Arm| arm.own.strategy(Role::Stop).is_some();
        match self.args.values.strategy(Role::Stop) {
            Some(stop) => lines.say(Line::Key(Key::Stop), &[&Described(stop)]),
            None if self.has_policy() => Ok(()),
            None if self.args.arms.iter().any(own_stop) => {
                lines.say(Line::OtherStop, &[&Phrase(standard_stop)])
            }
            None => {
                let stop = Phrase(standard_stop);
                lines.say(Line::Key(Key::Stop), &[&stop])
            }
        }
    }

    pub(super) fn wait(&self, lines: &mut Lines<'_>) -> fmt::Result {
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

    pub(super) fn when(&self, lines: &mut Lines<'_>) -> fmt::Result {
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

    pub(super) fn unless(&self, lines: &mut Lines<'_>) -> fmt::Result {
        let line = match self.is_once() {
            true => Line::NoFailure,
            false => Line::Key(Key::Unless),
        };
        let arms = self.args.arms.iter();
        let mut unless = arms.filter(|arm| arm.key == Key::Unless);
        unless.try_for_each(|arm| lines.say(line, &[&pattern(arm)]))
    }

    pub(super) fn cases(&self, lines: &mut Lines<'_>) -> fmt::Result {
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
                hint: None,
                budget: budget.as_ref().map(|budget| budget as &dyn Display),
                before_sleep: callback.as_ref().map(|callback| callback as &dyn Display),
            };
            lines.say(Line::Key(Key::Case), &[&pattern(arm), &own])?;
        }
        Ok(())
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

/// The longest hint that a wait accepts.
#[derive(Clone, Copy)]
enum Longest<'a> {
    Standard,
    Own(&'a Expr),
    Unknown,
}

impl Longest<'_> {
    /// Returns its nanoseconds, where it is written as a duration.
    fn nanos(self) -> Option<u128> {
        match self {
            Longest::Standard => Some(60_000_000_000),
            Longest::Own(Expr::Lit(lit)) => duration::nanos(&lit.lit),
            Longest::Own(_) | Longest::Unknown => None,
        }
    }

    /// Returns that of two waits which are parts of one.
    fn or(self, other: Self) -> Self {
        match (self.nanos(), other.nanos()) {
            (Some(one), Some(another)) if one < another => other,
            (Some(_), Some(_)) => self,
            _ => Longest::Unknown,
        }
    }
}

fn longest_hint(wait: &Strategy) -> Longest<'_> {
    let own = wait.modifiers().find(|call| call.method == "hint_max");
    if let Some(longest) = own.and_then(|call| call.args.first()) {
        return Longest::Own(longest);
    }
    if let Some(over) = part_of(wait) {
        return longest_hint(over);
    }
    match &base(wait).node {
        Node::Op(one, _, another) => longest_hint(one).or(longest_hint(another)),
        Node::List(_, List::Tuple(parts) | List::Array(parts)) => {
            let parts = parts.iter().map(longest_hint);
            parts.reduce(Longest::or).unwrap_or(Longest::Standard)
        }
        Node::List(..) => Longest::Unknown,
        Node::Pause => Longest::Standard,
        _ if wait.is_ours() => Longest::Standard,
        _ => Longest::Unknown,
    }
}
