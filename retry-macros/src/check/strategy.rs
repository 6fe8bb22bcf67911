//! Strategies whose value can only be a mistake.

use persevere_words::{Arg, Meaning, PREDICATE_MODIFIER, WAIT_MODIFIER, Word};
use proc_macro2::Ident;
use syn::{Expr, Lit};

use super::number::{
    a_duration, a_range, cap, count_of_attempts, factor, literal_nanos, plain_number, ratio,
};
use super::{branches, redirects, types};
use crate::diagnostics::{Errors, text};
use crate::duration;
use crate::parse::inspect::{is_async, is_outcome};
use crate::parse::mistake::not_async;
use crate::parse::role::Role;
use crate::parse::strategy::{Call, List, Modifier, Node, Strategy, waits_by_outcome};

/// Reports the mistakes in a strategy. `own` holds the user's names.
pub(crate) fn check(strategy: &Strategy, own: &[Ident], errors: &mut Errors) {
    if let Node::Word(call) = &strategy.node {
        if waits_by_outcome(strategy.role, call.word) {
            without_or(call, errors);
        }
    }
    check_node(strategy, own, errors);
}

/// Checks a strategy without the demand for an `or`, which the following method may be.
fn check_node(strategy: &Strategy, own: &[Ident], errors: &mut Errors) {
    let role = strategy.role;
    match &strategy.node {
        Node::Mistake(mistake) => errors.push_at(&mistake.at, &mistake.message),
        Node::Word(call) => word(role, call, errors),
        Node::List(call, List::Tuple(parts) | List::Array(parts)) if parts.is_empty() => {
            empty(role, call, errors);
        }
        Node::List(..) => {}
        Node::Modified(base, modifier) => {
            if method(strategy, base, modifier, errors) {
                return;
            }
            check_node(base, own, errors);
            let parts = modifier.parts.iter();
            return parts.for_each(|part| check(part, own, errors));
        }
        Node::Own => bare(strategy, own, errors),
        Node::If(..) | Node::Match(..) => branches::check(strategy, errors),
        _ => {}
    }
    let parts = strategy.parts().into_iter();
    parts.for_each(|part| check(part, own, errors));
}

/// Reports a word without parentheses, unless it is the name of a variable.
fn bare(strategy: &Strategy, own: &[Ident], errors: &mut Errors) {
    let Expr::Path(path) = &strategy.written else {
        return;
    };
    let Some(name) = path.path.get_ident().filter(|name| !own.contains(name)) else {
        return;
    };
    if let Some(word) = strategy.role.word(&name.to_string()) {
        let example = word.example;
        errors.push(
            name.span(),
            format_args!(
                "`{name}` without parentheses is a name in your own scope; write `{example}`, or `self::{name}` for your own"
            ),
        );
    }
}

/// Reports `from_err(..)` without `or`, which has no pause for errors that contain none.
fn without_or(call: &Call, errors: &mut Errors) {
    let name = call.word.name;
    let whose = if name == "from_err" {
        "errors"
    } else {
        "outcomes"
    };
    errors.push_at(
        &call.call,
        format_args!(
            "`{name}` needs a wait for {whose} that tell none; write `{name}(..).or(fixed(1s))`"
        ),
    );
}

fn empty(role: Role, call: &Call, errors: &mut Errors) {
    let (name, kind, example) = (call.word.name, role.words().kind(), call.word.example);
    errors.push_at(
        &call.call,
        format_args!("`{name}` needs at least one {kind}: `{example}`"),
    );
}

fn word(role: Role, call: &Call, errors: &mut Errors) {
    let (word, name, example) = (call.word, call.word.name, call.word.example);
    let args: Vec<&Expr> = call.call.args.iter().collect();
    if let Some(Expr::Assign(_)) = args.first() {
        errors.push_at(
            &call.call,
            format_args!("arguments have no names here; write `{example}`"),
        );
        return;
    }
    if types::unexpected(call, errors) {
        return;
    }
    let types = call.types.as_ref();
    match (word.args, args.as_slice()) {
        ([Arg::Attempts], [count]) => count_of_attempts(count, errors),
        ([Arg::Duration], [pause]) => a_duration(pause, errors),
        ([Arg::Duration, Arg::Duration], [start, step]) => {
            a_duration(start, errors);
            a_duration(step, errors);
        }
        ([Arg::Range], [range]) => a_range(range, errors),
        ([Arg::Durations], [list]) => a_list(list, errors),
        ([Arg::Closure], [picks]) => a_closure(role, picks, word, errors),
        ([Arg::Type], []) if types.is_some_and(|types| types.args.len() == 1) => {}
        ([Arg::Type], [arg]) if types.is_none() => {
            let class = text(arg);
            errors.push_at(
                &call.call,
                format_args!("`{name}` takes a type; did you mean `{name}::<{class}>()`?"),
            );
        }
        ([Arg::Types, ..], _) => types::expected(call, errors),
        ([Arg::Text], [arg]) => a_text(arg, word, errors),
        ([], []) | ([Arg::Flag | Arg::Token | Arg::Signal], [_]) => {}
        (_, args) => wrong_count(call, args, errors),
    }
}

/// Reports a word with too many or too few arguments.
fn wrong_count(call: &Call, args: &[&Expr], errors: &mut Errors) {
    let word = call.word;
    let (name, takes, example) = (word.name, word.takes(), word.example);
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
    errors.push_at(
        &call.call,
        format_args!("`{name}` takes {takes}; {instead}"),
    );
}

/// Reports a method that is a mistake. Returns whether it found one.
fn method(strategy: &Strategy, base: &Strategy, modifier: &Modifier, errors: &mut Errors) -> bool {
    let (role, call) = (strategy.role, &modifier.call);
    if role == Role::When && redirects::mistaken(base, call, errors) {
        return true;
    }
    let name = call.method.to_string();
    let known = WAIT_MODIFIER.word(&name).filter(|_| role == Role::Wait);
    let Some(known) = known else {
        let message = unknown_method(role, &name);
        let mistaken = message.is_some();
        if let Some(message) = message {
            errors.push(call.method.span(), message);
        }
        return mistaken;
    };
    if call.args.len() != known.args.len() {
        let (takes, example) = (known.takes(), known.example);
        errors.push(
            call.method.span(),
            format_args!("`{name}` takes {takes}; write `{example}`"),
        );
        return true;
    }
    match (known.args, call.args.first()) {
        ([Arg::Duration], Some(arg)) => {
            a_duration(arg, errors);
            if name == "max" {
                cap(base, arg, errors);
            }
        }
        ([Arg::Ratio], Some(arg)) => ratio(arg, errors),
        ([Arg::Factor], Some(arg)) => {
            factor(arg, errors);
            let fixed = base.base().map(|call| call.word.name);
            if let Some(word) = fixed.filter(|word| !["exponential", "adaptive"].contains(word)) {
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

/// Returns the message for a method that strategies of this role do not have.
fn unknown_method(role: Role, name: &str) -> Option<String> {
    let noun = role.words().noun;
    if name == branches::ERASED {
        return None;
    }
    if role != Role::When && PREDICATE_MODIFIER.has(name) {
        let example = PREDICATE_MODIFIER.example;
        return Some(format!(
            "{noun} has no `{name}`, which is for a predicate: `when = {example}`"
        ));
    }
    if role == Role::Wait {
        let slip = || WAIT_MODIFIER.slip(name).map(Meaning::Word);
        let meant = WAIT_MODIFIER.peer(name).or_else(slip)?.write(None);
        return Some(format!("{noun} has no `{name}`; did you mean `{meant}`?"));
    }
    match name {
        "or" | "and" if role == Role::Stop => None,
        "or" => Some(format!("{noun} has no `or`; {}", role.words().combined)),
        _ if WAIT_MODIFIER.has(name) => Some(format!(
            "{noun} has no `{name}`, which is for a wait: `wait = ..`"
        )),
        _ => None,
    }
}

/// Checks the argument of `err(..)` and similar words: a closure, or a function's path.
fn a_closure(role: Role, picks: &Expr, word: &Word, errors: &mut Errors) {
    let (name, example) = (word.name, word.example);
    let (inputs, arguments) = match name {
        "attempt" => (2, "two arguments"),
        _ => (1, "one argument"),
    };
    let message = match picks {
        Expr::Closure(picks) if is_async(picks) => not_async(role, example),
        Expr::Closure(picks) if picks.inputs.len() == inputs => return,
        Expr::Closure(_) => format!("`{name}` takes a closure of {arguments}; write `{example}`"),
        Expr::Call(_) if is_outcome(picks) => {
            let written = text(picks);
            format!("`{name}` takes a closure; did you mean `on = {written}`?")
        }
        Expr::Path(path) if is_type(path) && name == "err" => {
            let class = text(picks);
            format!("`err` takes a closure; did you mean `err_is::<{class}>()`?")
        }
        Expr::Path(path) if is_type(path) && name == "ok" => {
            format!("`ok` takes a closure; write `{example}`")
        }
        Expr::Lit(_) | Expr::Infer(_) | Expr::Tuple(_) | Expr::Array(_) | Expr::Range(_) => {
            format!("`{name}` takes a closure; write `{example}`")
        }
        _ => return,
    };
    errors.push_at(picks, message);
}

/// Returns whether a path is a type or a variant, such as `io::Error`, by convention.
fn is_type(path: &syn::ExprPath) -> bool {
    path.path.segments.last().is_some_and(|last| {
        let name = last.ident.to_string();
        name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)
    })
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

/// Checks the list of `schedule(..)`.
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
