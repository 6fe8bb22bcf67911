//! Contradictions between the literals of several keys.

use persevere_words::{Arg, Key};
use syn::Expr;

use super::fallback;
use super::number::{literal_nanos, number};
use crate::diagnostics::{Errors, text};
use crate::parse::attribute::Args;
use crate::parse::attribute_kind::AttributeKind;
use crate::parse::role::Role;
use crate::parse::strategy::{List, Node, Operator, Strategy};
use crate::parse::values::Values;

/// Reports an `attempt_timeout` that is longer than the `deadline`, and a fallback that reserves all the time
/// until then, which leaves no attempt any time.
pub(crate) fn limits(args: &Args, errors: &mut Errors) {
    let Some(deadline) = args.values.get(Key::Deadline) else {
        return;
    };
    let Some(end) = literal_nanos(deadline).filter(|end| *end > 0) else {
        return;
    };
    let deadline = text(deadline);
    let timeout = args.values.get(Key::AttemptTimeout);
    if let Some(timeout) = timeout.filter(|time| literal_nanos(time).is_some_and(|time| time > end))
    {
        let written = text(timeout);
        let message = format!(
            "the deadline ends the call before an attempt has taken `{written}`; \
             write a timeout below `{deadline}`, or leave it out"
        );
        errors.push_at(timeout, message);
    }
    let fallbacks = args.values.get(Key::Fallback).map(fallback::list);
    let times = fallbacks.into_iter().flatten();
    let times: Vec<&Expr> = times
        .filter_map(|it| Some(fallback::reserving(it, &[])?.0))
        .collect();
    let reserved: u128 = times.iter().filter_map(|time| literal_nanos(time)).sum();
    if let (Some(last), true) = (times.last(), reserved >= end) {
        let which = match times.as_slice() {
            [one] => format!("`{}` for the fallback leaves", text(one)),
            _ => "what the fallbacks reserve together leaves".to_owned(),
        };
        let message = format!(
            "{which} no attempt any time before the deadline; write less than `{deadline}`"
        );
        errors.push_at(last, message);
    }
}

/// Reports a `budget` in a `#[guard]` without a `hedge`, which nothing draws from.
pub(crate) fn budget(args: &Args, errors: &mut Errors) {
    if args.kind != AttributeKind::Guard || args.values.has(Key::Hedge) {
        return;
    }
    if let Some(budget) = args.values.name(Key::Budget) {
        let message = "a budget pays for retries and for the copies of a `hedge`, and here is neither; leave it out";
        errors.push(budget.span(), message);
    }
}

/// Reports a `wait` where no attempt follows the first.
pub(crate) fn waits(args: &Args, errors: &mut Errors) {
    let whole = args.values.strategy(Role::Stop).is_some_and(one_attempt);
    let mut check = |values: &Values| {
        let once = whole || values.strategy(Role::Stop).is_some_and(one_attempt);
        if let Some(wait) = values.strategy(Role::Wait).filter(|_| once) {
            let message = "nothing waits where `after_attempt(1)` makes no second attempt; leave `wait` out, or allow more attempts";
            errors.push_at(&wait.written, message);
        }
    };
    for arm in &args.arms {
        check(&arm.own);
    }
    check(&args.values);
}

/// Returns whether a stop ends every call after the first attempt.
fn one_attempt(stop: &Strategy) -> bool {
    match &stop.node {
        Node::Word(call) => {
            let count = call.call.args.first().and_then(number);
            call.word.args == [Arg::Attempts] && count == Some(1.0)
        }
        Node::List(call, List::Tuple(parts) | List::Array(parts)) => {
            call.word.name == "any" && parts.iter().any(one_attempt)
        }
        Node::Modified(_, modifier) if modifier.call.method == "or" => {
            stop.parts().into_iter().any(one_attempt)
        }
        Node::Op(left, Operator::Either, right) => one_attempt(left) || one_attempt(right),
        Node::Op(left, Operator::Both, right) => one_attempt(left) && one_attempt(right),
        _ => false,
    }
}
