//! Values that can only be a mistake, seen in the literals of a strategy.

use persevere_words::{Arg, Meaning, PREDICATE_MODIFIER, WAIT_MODIFIER, Word};
use syn::{Expr, ExprArray, ExprCall, ExprClosure, ExprMethodCall, ExprTuple, Lit};

use crate::diagnostics::{Errors, text};
use crate::duration;
use crate::parse::inspect::{bare_word, within};
use crate::parse::role::Role;

use super::number::{
    a_duration, a_range, cap, count_of_attempts, literal_nanos, number, plain_number,
};

/// Checks every call of ours in a strategy.
pub(crate) fn strategy(role: Role, value: &Expr, errors: &mut Errors) {
    match value {
        Expr::Call(word) => call(role, word, errors),
        Expr::MethodCall(modifier) => {
            if method(role, modifier, errors) {
                return;
            }
            strategy(role, &modifier.receiver, errors);
            let args = modifier.args.iter();
            args.for_each(|arg| strategy(role, arg, errors));
        }
        Expr::Paren(paren) => strategy(role, &paren.expr, errors),
        Expr::Group(group) => strategy(role, &group.expr, errors),
        Expr::Unary(unary) => strategy(role, &unary.expr, errors),
        Expr::Binary(binary) => {
            strategy(role, &binary.left, errors);
            strategy(role, &binary.right, errors);
        }
        Expr::If(branch) => {
            block(role, &branch.then_branch, errors);
            if let Some((_, otherwise)) = &branch.else_branch {
                strategy(role, otherwise, errors);
            }
        }
        Expr::Block(inner) => block(role, &inner.block, errors),
        Expr::Match(arms) => {
            let arms = arms.arms.iter();
            arms.for_each(|arm| strategy(role, &arm.body, errors));
        }
        _ => {}
    }
}

fn block(role: Role, block: &syn::Block, errors: &mut Errors) {
    if let Some(syn::Stmt::Expr(tail, None)) = block.stmts.last() {
        strategy(role, tail, errors);
    }
}

/// A limit on a call or an attempt that is written as a literal: with a unit, and not zero.
pub(crate) fn limit(key: &str, value: &Expr, errors: &mut Errors) {
    if literal_nanos(value) == Some(0) {
        let message = match key {
            "deadline" => {
                "a deadline of zero would never run the function; write the longest that the call may take"
            }
            _ => "every attempt takes longer than nothing; write the longest that one may take",
        };
        errors.push_at(value, message);
        return;
    }
    match super::guard::no_duration(key, value) {
        Some(message) => errors.push_at(value, message),
        None => a_duration(value, errors),
    }
}

/// What is wrong with a closure that must take one argument.
pub(crate) fn closure(closure: &ExprClosure, expected: &str) -> Option<String> {
    match closure.inputs.len() {
        1 => None,
        _ => Some(expected.to_owned()),
    }
}

fn call(role: Role, call: &ExprCall, errors: &mut Errors) {
    let Some((name, turbofish)) = bare_word(&call.func) else {
        return;
    };
    let Some(word) = role.word(&name.to_string()) else {
        return;
    };
    let args: Vec<&Expr> = call.args.iter().collect();
    if let Some(Expr::Assign(_)) = args.first() {
        let example = word.example;
        errors.push_at(
            call,
            format_args!("arguments have no names here; write `{example}`"),
        );
        return;
    }
    if turbofish.is_some_and(|found| super::types::unexpected(call, word, found, errors)) {
        return;
    }
    match (word.args, args.as_slice()) {
        ([Arg::Attempts], [count]) => count_of_attempts(count, errors),
        ([Arg::Duration], [pause]) => a_duration(pause, errors),
        ([Arg::Duration, Arg::Duration], [start, step]) => {
            a_duration(start, errors);
            a_duration(step, errors);
        }
        ([Arg::Range], [range]) => a_range(range, errors),
        ([Arg::Durations], [list]) => a_list(list, errors),
        ([Arg::Parts], []) => nothing(role, call, word, errors),
        ([Arg::Parts], [list]) => match within(list) {
            Expr::Tuple(ExprTuple { elems: parts, .. })
            | Expr::Array(ExprArray { elems: parts, .. }) => {
                if parts.is_empty() {
                    nothing(role, call, word, errors);
                }
                parts.iter().for_each(|part| strategy(role, part, errors));
            }
            part => strategy(role, part, errors),
        },
        ([Arg::Parts], parts) => {
            let parts = parts.iter();
            parts.for_each(|part| strategy(role, part, errors));
        }
        ([Arg::Closure], [picks]) => a_closure(role, picks, word, errors),
        ([Arg::Type], []) if turbofish.is_some_and(|types| types.args.len() == 1) => {}
        ([Arg::Type], [arg]) if turbofish.is_none() => {
            let (name, class) = (word.name, text(arg));
            errors.push_at(
                call,
                format_args!("`{name}` takes a type; did you mean `{name}::<{class}>()`?"),
            );
        }
        ([Arg::Types, ..], _) => super::types::expected(call, word, turbofish, errors),
        ([Arg::Text], [arg]) => a_text(arg, word, errors),
        ([], []) | ([Arg::Flag | Arg::Token | Arg::Signal], [_]) => {}
        (_, args) => wrong_count(call, word, args, errors),
    }
}

/// A word with too many or too few arguments.
fn wrong_count(call: &ExprCall, word: &Word, args: &[&Expr], errors: &mut Errors) {
    let (name, noun, example) = (word.name, word.takes(), word.example);
    let written: Vec<String> = args.iter().map(text).collect();
    let durations = args.iter().all(|arg| literal_nanos(arg).is_some());
    let instead = match (word.args, written.as_slice()) {
        ([Arg::Range], [low, high]) if durations => {
            format!("did you mean `{name}({low}..{high})`?")
        }
        ([Arg::Durations], [_, ..]) if durations => {
            format!("did you mean `{name}([{}])`?", written.join(", "))
        }
        ([Arg::Duration], [first, cap]) if durations && name == "exponential" => {
            format!("set the cap with `.max(..)`: `{name}({first}).max({cap})`")
        }
        _ => format!("write `{example}`"),
    };
    errors.push_at(call, format_args!("`{name}` takes {noun}; {instead}"));
}

fn nothing(role: Role, call: &ExprCall, word: &Word, errors: &mut Errors) {
    let (name, kind, example) = (word.name, role.words().kind(), word.example);
    errors.push_at(
        call,
        format_args!("`{name}` needs at least one {kind}: `{example}`"),
    );
}

/// Whether the modifier itself was a mistake.
fn method(role: Role, call: &ExprMethodCall, errors: &mut Errors) -> bool {
    if role == Role::When && super::redirects::mistaken(call, errors) {
        return true;
    }
    if !is_word(role, &call.receiver) {
        return false;
    }
    let name = call.method.to_string();
    let known = WAIT_MODIFIER.word(&name);
    let Some(modifier) = known.filter(|_| role == Role::Wait) else {
        return no_modifier(role, call, &name, errors);
    };
    if call.args.len() != modifier.args.len() {
        let (noun, example) = (modifier.takes(), modifier.example);
        errors.push(
            call.method.span(),
            format_args!("`{name}` takes {noun}; write `{example}`"),
        );
        return true;
    }
    let Some(arg) = call.args.first() else {
        return false;
    };
    match name.as_str() {
        "max" => {
            a_duration(arg, errors);
            cap(call, arg, errors);
        }
        "min" | "jitter_add" | "hint_max" => a_duration(arg, errors),
        "jitter_ratio" => {
            let wrong = number(arg).is_some_and(|ratio| !(0.0..=1.0).contains(&ratio));
            if wrong || literal_nanos(arg).is_some() {
                errors.push_at(arg, "a jitter ratio is between 0 and 1, such as `0.25`");
            }
        }
        "factor" => {
            let of_time = literal_nanos(arg).is_some();
            match number(arg) {
                _ if of_time => errors.push_at(arg, "a factor is a number, such as `1.5`"),
                Some(factor) if factor.is_nan() || factor.is_infinite() || factor < 0.0 => {
                    errors.push_at(
                        arg,
                        "a factor is a finite number of at least 1, such as `1.5`",
                    );
                }
                Some(factor) if factor < 1.0 => {
                    errors.push_at(
                        arg,
                        "a factor below 1 would shorten the pauses; write at least `1.0`",
                    );
                }
                _ => {}
            }
            let grows = |word: &String| word == "exponential" || word == "adaptive";
            if let Some(word) = first_word(&call.receiver).filter(|word| !grows(word)) {
                errors.push(
                    call.method.span(),
                    format_args!(
                        "`{word}` does not grow by a factor; `.factor(..)` is for `exponential(..)`"
                    ),
                );
                return true;
            }
        }
        _ => {}
    }
    false
}

/// A modifier that there is not; whether something was said.
fn no_modifier(role: Role, call: &ExprMethodCall, name: &str, errors: &mut Errors) -> bool {
    let message = match role {
        Role::Stop | Role::Wait if name == super::redirects::NAME => {
            let (noun, example) = (role.words().noun, PREDICATE_MODIFIER.example);
            format!("{noun} has no `{name}`, which is for a predicate: `when = {example}`")
        }
        Role::Wait => {
            let slip = || WAIT_MODIFIER.slip(name).map(Meaning::Word);
            let Some(meant) = WAIT_MODIFIER.peer(name).or_else(slip) else {
                return false;
            };
            let meant = meant.write(None);
            format!("a wait has no `{name}`; did you mean `{meant}`?")
        }
        Role::Stop if name == "or" || name == "and" => return false,
        _ if WAIT_MODIFIER.has(name) => {
            let (noun, combined) = (role.words().noun, role.words().combined);
            match name {
                "or" => format!("{noun} has no `or`; {combined}"),
                _ => format!("{noun} has no `{name}`, which is for a wait: `wait = ..`"),
            }
        }
        _ => return false,
    };
    errors.push(call.method.span(), message);
    true
}

/// Whether a value starts with a word of this role.
fn is_word(role: Role, value: &Expr) -> bool {
    first_word(value).is_some_and(|word| role.words().has(&word))
}

pub(super) fn first_word(value: &Expr) -> Option<String> {
    match value {
        Expr::Call(call) => bare_word(&call.func).map(|(word, _)| word.to_string()),
        Expr::MethodCall(call) => first_word(&call.receiver),
        Expr::Paren(paren) => first_word(&paren.expr),
        Expr::Group(group) => first_word(&group.expr),
        _ => None,
    }
}

/// The refusal of an async closure; `example` is what to write instead.
pub(crate) fn not_awaited(role: Role, example: &str) -> String {
    let noun = role.words().noun;
    format!("{noun} is not async; write `{example}`, and await in the function's body")
}

/// The argument of `err(..)` and its like: a closure, or a function's path.
fn a_closure(role: Role, picks: &Expr, word: &Word, errors: &mut Errors) {
    let (name, example) = (word.name, word.example);
    let (inputs, arguments) = match name {
        "attempt" => (2, "two arguments"),
        _ => (1, "one argument"),
    };
    let message = match picks {
        Expr::Closure(picks)
            if picks.asyncness.is_some() || matches!(&*picks.body, Expr::Async(_)) =>
        {
            not_awaited(role, example)
        }
        Expr::Closure(picks) if picks.inputs.len() == inputs => return,
        Expr::Closure(_) => format!("`{name}` takes a closure of {arguments}; write `{example}`"),
        Expr::Call(call) if is_pattern(call) => {
            format!(
                "`{name}` takes a closure; did you mean `on = {}`?",
                text(picks)
            )
        }
        Expr::Path(path) if is_type(path) && (name == "err" || name == "ok") => {
            let class = text(picks);
            match name {
                "err" => format!("`err` takes a closure; did you mean `err_is::<{class}>()`?"),
                _ => format!("`ok` takes a closure; write `{example}`"),
            }
        }
        Expr::Lit(_) | Expr::Infer(_) | Expr::Tuple(_) | Expr::Array(_) | Expr::Range(_) => {
            format!("`{name}` takes a closure; write `{example}`")
        }
        _ => return,
    };
    errors.push_at(picks, message);
}

/// By convention a type or a variant: `io::Error`.
fn is_type(path: &syn::ExprPath) -> bool {
    path.path.segments.last().is_some_and(|last| {
        let name = last.ident.to_string();
        name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)
    })
}

/// `Err(..)`, `Ok(..)`, `Some(..)`
fn is_pattern(call: &ExprCall) -> bool {
    bare_word(&call.func).is_some_and(|(word, _)| word == "Err" || word == "Ok" || word == "Some")
}

fn a_text(arg: &Expr, word: &Word, errors: &mut Errors) {
    let Expr::Lit(lit) = arg else { return };
    if matches!(lit.lit, Lit::Str(_)) {
        return;
    }
    let (name, written) = (word.name, text(arg));
    errors.push_at(
        arg,
        format_args!("`{name}` takes a text; write `{name}(\"{written}\")`"),
    );
}

/// The list of `schedule(..)`.
fn a_list(list: &Expr, errors: &mut Errors) {
    match list {
        Expr::Array(list) if list.elems.is_empty() => errors.push_at(
            list,
            "a schedule of no pauses; write at least one: `schedule([1s])`",
        ),
        Expr::Array(list) => {
            let numbers = list.elems.iter().filter_map(plain_number);
            let numbers: Vec<String> = numbers.collect();
            if numbers.len() > 1 && numbers.len() == list.elems.len() {
                let (seconds, millis) = (numbers.join("s, "), numbers.join("ms, "));
                errors.push_at(
                    list,
                    format_args!("durations have a unit; write `[{seconds}s]` or `[{millis}ms]`"),
                );
                return;
            }
            list.elems
                .iter()
                .for_each(|pause| a_duration(pause, errors));
        }
        Expr::Lit(lit) if duration::nanos(&lit.lit).is_some() => {
            let written = text(lit);
            errors.push_at(
                lit,
                format_args!("a schedule is a list; write `schedule([{written}])`"),
            );
        }
        _ => {}
    }
}
