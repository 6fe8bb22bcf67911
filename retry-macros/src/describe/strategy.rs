//! Strategies in words.

use std::fmt::{self, Display};

use persevere_words::describe::{Combination, Curve, Frame, Phrase};
use persevere_words::{Arg, WAIT_MODIFIER};
use syn::{Expr, ExprMethodCall, Lit};

use super::code::{Attempts, Code, Value};
use crate::parse::inspect::{literal, within};
use crate::parse::role::Role;
use crate::parse::strategy::{Call, List, Modifier, Node, Operator, Strategy};

/// The phrase of a strategy.
pub(super) struct Described<'a>(pub(super) &'a Strategy);

impl Display for Described<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let strategy = self.0;
        match &strategy.node {
            Node::Pause => Value(&strategy.written).fmt(f),
            Node::Word(_) | Node::List(..) | Node::Modified(..) if strategy.role == Role::Wait => {
                wait(strategy, f)
            }
            Node::Word(call) => word(strategy.role, call, f),
            Node::List(call, list) => self::list(strategy.role, call, list, f),
            Node::Modified(base, modifier) => modified(base, modifier, f),
            Node::Op(left, operator, right) => {
                let (left, right) = (Described(left), Described(right));
                combination(strategy.role, *operator).of(f, &[&left, &right])
            }
            Node::Configured(configured) => {
                Combination::Configured.of(f, &[&Described(&configured.own)])
            }
            Node::Not(operand) => Combination::NoPredicate.of(f, &[&Described(operand)]),
            Node::Closure if strategy.role == Role::Stop => {
                strategy
                    .role
                    .words()
                    .describe(f, "stop_when", &[&Value(&strategy.written)])
            }
            Node::Closure if strategy.role == Role::When => {
                strategy
                    .role
                    .words()
                    .describe(f, "outcome", &[&Value(&strategy.written)])
            }
            _ => strategy
                .role
                .words()
                .describe_own(f, &Value(&strategy.written)),
        }
    }
}

fn combination(role: Role, operator: Operator) -> Combination {
    match (role, operator) {
        (Role::Stop, Operator::Both) => Combination::AllStops,
        (Role::Stop, _) => Combination::AnyStop,
        (Role::When, Operator::Both) => Combination::BothPredicates,
        (Role::When, _) => Combination::EitherPredicate,
        (Role::Wait, _) => Combination::Sum,
    }
}

/// Writes a word with its arguments.
fn word(role: Role, call: &Call, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let types = call.types.as_ref().map(|types| Code::of(&types.args));
    let mut args: Vec<&dyn Display> = types.iter().map(|types| types as &dyn Display).collect();
    let attempts = call.call.args.first().map(Attempts);
    let values: Vec<Value<'_>> = call.call.args.iter().map(Value).collect();
    let decided = match call.call.args.last().and_then(literal) {
        Some(Lit::Bool(is)) => decided(call.word.name, is.value),
        _ => None,
    };
    if let Some(name) = decided {
        return role.words().describe(f, name, &args);
    }
    match (call.word.args, &attempts) {
        ([Arg::Attempts], Some(attempts)) => args.push(attempts),
        _ => args.extend(values.iter().map(|value| value as &dyn Display)),
    }
    role.words().describe(f, call.word.name, &args)
}

/// Returns the word that `idempotent(true)` and its like stand for.
fn decided(name: &str, is: bool) -> Option<&'static str> {
    match (name, is) {
        ("idempotent", true) => Some("transient"),
        ("idempotent", false) => Some("unsent"),
        ("idempotent_cause", true) => Some("transient_cause"),
        ("idempotent_cause", false) => Some("unsent_cause"),
        _ => None,
    }
}

/// Writes `any((a, b))` and its like.
fn list(role: Role, call: &Call, list: &List, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let kind = match (role, call.word.name) {
        (Role::Wait, _) => Combination::Sequence,
        (_, "all") => Combination::AllStops,
        _ => Combination::AnyStop,
    };
    match list {
        List::Tuple(parts) | List::Array(parts) => {
            let parts: Vec<Described<'_>> = parts.iter().map(Described).collect();
            let parts: Vec<&dyn Display> = parts.iter().map(|part| part as &dyn Display).collect();
            kind.of(f, &parts)
        }
        List::Own(list) => kind.of(
            f,
            &[&Phrase(|f| role.words().describe_own(f, &Value(list)))],
        ),
    }
}

/// Writes a stop or a predicate with a method.
fn modified(base: &Strategy, modifier: &Modifier, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match modifier.call.method.to_string().as_str() {
        "abort_attempt" => Combination::Abort.of(f, &[&Described(base)]),
        "or" | "and" if modifier.parts.len() == 1 => {
            let operator = match modifier.call.method == "or" {
                true => Operator::Either,
                false => Operator::Both,
            };
            let parts = [Described(base), Described(&modifier.parts[0])];
            combination(base.role, operator).of(f, &[&parts[0], &parts[1]])
        }
        // `boxed`, `no_redirects`, `in_dyn_error` and `responses` do not change what a reader has to know.
        _ => Described(base).fmt(f),
    }
}

/// Writes a wait in its frame.
fn wait(strategy: &Strategy, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut modifiers: Vec<&ExprMethodCall> = strategy.modifiers().collect();
    modifiers.reverse();
    let base = base(strategy);
    let last = |name: &str| {
        let named = |call: &&&ExprMethodCall| call.method == name;
        modifiers
            .iter()
            .rev()
            .find(named)
            .and_then(|call| call.args.first())
            .map(Value)
    };
    let (min, max) = (last("min"), last("max"));
    let jitter = modifiers.iter().rev().find_map(|call| {
        let word = WAIT_MODIFIER.word(&call.method.to_string())?;
        let is_jitter = word.name.contains("jitter");
        is_jitter.then(|| (word.name, call.args.first().map(Value)))
    });
    let none = "";
    let jitter = jitter.as_ref().map(|(word, arg)| {
        let arg = arg.as_ref().map_or(&none as &dyn Display, |arg| arg);
        (*word, arg)
    });
    let curve = Phrase(|f: &mut fmt::Formatter<'_>| curve(base, strategy, last("factor"), f));
    Frame {
        curve: &curve,
        kind: kind(base),
        min: min.as_ref().map(|min| min as &dyn Display),
        max: max.as_ref().map(|max| max as &dyn Display),
        jitter,
    }
    .fmt(f)
}

/// Returns the wait that the methods are called on.
pub(super) fn base(strategy: &Strategy) -> &Strategy {
    match &strategy.node {
        Node::Modified(base, _) => self::base(base),
        _ => strategy,
    }
}

/// Returns the kind of a wait without its methods.
fn kind(base: &Strategy) -> Curve {
    match &base.node {
        Node::Word(call) => match call.word.args {
            [Arg::Closure] | [Arg::Signal] => Curve::Dependent,
            [Arg::Durations] => Curve::Combined,
            _ if ["incrementing", "exponential"].contains(&call.word.name) => Curve::Growing,
            _ => Curve::Simple,
        },
        Node::List(..) | Node::Op(..) => Curve::Combined,
        _ => Curve::Simple,
    }
}

/// Writes a wait without its frame. `whole` has its methods.
fn curve(
    base: &Strategy,
    whole: &Strategy,
    factor: Option<Value<'_>>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let (Node::Word(call), words) = (&base.node, base.role.words()) else {
        return match &base.node {
            Node::List(call, list) => self::list(base.role, call, list, f),
            _ => Described(base).fmt(f),
        };
    };
    let first = call.call.args.first();
    let value = first.map(Value);
    let none = "";
    let first_arg = value.as_ref().map_or(&none as &dyn Display, |value| value);
    match (call.word.args, first.map(within)) {
        ([Arg::Range], Some(Expr::Range(range))) => {
            let (start, end) = (range.start.as_deref(), range.end.as_deref());
            let (Some(start), Some(end)) = (start, end) else {
                return words.describe_own(f, first_arg);
            };
            words.describe(f, call.word.name, &[&Value(start), &Value(end)])
        }
        ([Arg::Range], _) | ([Arg::Durations], None) => words.describe_own(f, first_arg),
        ([Arg::Durations], Some(Expr::Array(pauses))) => {
            let pauses: Vec<Value<'_>> = pauses.elems.iter().map(Value).collect();
            let pauses: Vec<&dyn Display> =
                pauses.iter().map(|value| value as &dyn Display).collect();
            Combination::Sequence.of(f, &pauses)
        }
        ([Arg::Durations], Some(_)) => words.describe_own(f, first_arg),
        _ if call.word.name == "exponential" => {
            let growth = Phrase(|f: &mut fmt::Formatter<'_>| match &factor {
                Some(factor) => WAIT_MODIFIER.describe(f, "factor", &[factor]),
                None => f.write_str("doubled"),
            });
            words.describe(f, "exponential", &[first_arg, &growth])
        }
        ([Arg::Closure], _) | ([Arg::Signal], _) => {
            let over = part_of(whole);
            let over = Phrase(|f: &mut fmt::Formatter<'_>| match over {
                Some(over) => Described(over).fmt(f),
                None => persevere_words::describe::standard_wait(f),
            });
            let ten = "10";
            let factor = factor
                .as_ref()
                .map_or(&ten as &dyn Display, |factor| factor);
            words.describe(f, call.word.name, &[first_arg, &over, factor])
        }
        _ => word(base.role, call, f),
    }
}

/// Returns the wait in `.or(wait)` or `.over(wait)`.
pub(super) fn part_of(whole: &Strategy) -> Option<&Strategy> {
    match &whole.node {
        Node::Modified(base, modifier) => modifier.parts.first().or_else(|| part_of(base)),
        _ => None,
    }
}
