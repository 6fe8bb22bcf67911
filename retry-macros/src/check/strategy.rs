//! Strategies whose value can only be a mistake.

use persevere_words::{Arg, Meaning, PREDICATE_MODIFIER, WAIT_MODIFIER};
use proc_macro2::Ident;
use syn::Expr;

use super::number::{cap, literal_nanos};
use super::{argument, branches, redirects, types};
use crate::diagnostics::{Errors, text};
use crate::parse::mistake::without_parentheses;
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
        errors.push_at(name, without_parentheses(word));
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
    let word = call.word;
    let args: Vec<&Expr> = call.call.args.iter().collect();
    if let Some(Expr::Assign(_)) = args.first() {
        let example = word.example;
        errors.push_at(
            &call.call,
            format_args!("arguments have no names here; write `{example}`"),
        );
        return;
    }
    if types::unexpected(call, errors) {
        return;
    }
    match word.args {
        // Types stand in the turbofish.
        [Arg::Type | Arg::Types, ..] => types::expected(call, errors),
        expected if expected.len() == args.len() => {
            for (arg, value) in expected.iter().zip(args) {
                argument::check(role, word, *arg, value, errors);
            }
        }
        _ => wrong_count(call, &args, errors),
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
    for (arg, value) in known.args.iter().zip(&call.args) {
        argument::check(role, known, *arg, value, errors);
        if name == "max" {
            cap(base, value, errors);
        }
    }
    let grows = ["exponential", "adaptive"];
    let word = base.base().map(|call| call.word.name);
    if let Some(word) = word.filter(|word| name == "factor" && !grows.contains(word)) {
        errors.push(
            call.method.span(),
            format_args!(
                "`{word}` does not grow by a factor; `.factor(..)` is for `exponential(..)`"
            ),
        );
        return true;
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
