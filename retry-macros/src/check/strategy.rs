//! Strategies whose value can only be a mistake.

use persevere_words::{Arg, Meaning, PREDICATE_MODIFIER, WAIT_MODIFIER, Word};
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
            errors.push_at(&call.call, without_or(call.word));
        }
    }
    check_node(strategy, own, errors);
}

/// Checks a strategy without the demand for an `or`, which the following method may be.
fn check_node(strategy: &Strategy, own: &[Ident], errors: &mut Errors) {
    let role = strategy.role;
    match &strategy.node {
        Node::Mistake(mistake) => errors.push_at(&mistake.at, &mistake.message),
        Node::Word(call) => {
            let message = word(role, call, errors);
            errors.report(&call.call, message);
        }
        Node::List(call, List::Tuple(parts) | List::Array(parts)) if parts.is_empty() => {
            errors.push_at(&call.call, empty(role, call.word));
        }
        Node::List(call, List::Array(parts)) if role == Role::Stop && differ(parts) => {
            errors.push_at(&call.call, of_several_types(call.word, parts));
        }
        Node::List(..) => {}
        Node::Modified(base, modifier) => {
            if let Some(message) = method(strategy, base, modifier, errors) {
                return errors.push(modifier.call.method.span(), message);
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
fn without_or(word: &Word) -> String {
    let name = word.name;
    let whose = if name == "from_err" {
        "errors"
    } else {
        "outcomes"
    };
    format!("`{name}` needs a wait for {whose} that tell none; write `{name}(..).or(fixed(1s))`")
}

/// Returns whether two of the conditions are certain to be of different types: each word of a stop has its own.
fn differ(parts: &[Strategy]) -> bool {
    let mut names = parts.iter().filter_map(|part| match &part.node {
        Node::Word(call) => Some(call.word.name),
        _ => None,
    });
    let first = names.next();
    names.any(|name| Some(name) != first)
}

fn of_several_types(word: &Word, parts: &[Strategy]) -> String {
    let name = word.name;
    let parts: Vec<_> = parts.iter().map(|part| text(&part.written)).collect();
    format!(
        "an array holds conditions of one type; write a tuple: `{name}(({}))`",
        parts.join(", ")
    )
}

fn empty(role: Role, word: &Word) -> String {
    let (name, kind, example) = (word.name, role.words().kind(), word.example);
    format!("`{name}` needs at least one {kind}: `{example}`")
}

fn word(role: Role, call: &Call, errors: &mut Errors) -> Option<String> {
    let word = call.word;
    let args: Vec<&Expr> = call.call.args.iter().collect();
    if let Some(Expr::Assign(_)) = args.first() {
        let example = word.example;
        return Some(format!("arguments have no names here; write `{example}`"));
    }
    if let Some(types) = types::unexpected(call) {
        return Some(types);
    }
    let instead = match word.args {
        // Types stand in the turbofish.
        [Arg::Type | Arg::Types, ..] => types::instead(call)?,
        expected if expected.len() == args.len() => {
            for (arg, value) in expected.iter().zip(args) {
                argument::check(role, word, *arg, value, errors);
            }
            return None;
        }
        _ => instead(word, &args),
    };
    let (name, takes) = (word.name, word.takes());
    Some(format!("`{name}` takes {takes}; {instead}"))
}

/// Returns what to write instead of a word with too many or too few arguments.
fn instead(word: &Word, args: &[&Expr]) -> String {
    let (name, example) = (word.name, word.example);
    let written: Vec<String> = args.iter().map(text).collect();
    let durations = args.iter().all(|arg| literal_nanos(arg).is_some());
    match (word.args, written.as_slice()) {
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
    }
}

/// Returns the message for a method that is a mistake. Reports mistakes in its arguments.
fn method(
    strategy: &Strategy,
    base: &Strategy,
    modifier: &Modifier,
    errors: &mut Errors,
) -> Option<String> {
    let (role, call) = (strategy.role, &modifier.call);
    let redirects = redirects::mistake(base, call).filter(|_| role == Role::When);
    if redirects.is_some() {
        return redirects;
    }
    let name = call.method.to_string();
    let known = WAIT_MODIFIER.word(&name).filter(|_| role == Role::Wait);
    let Some(known) = known else {
        return unknown_method(role, &name);
    };
    if call.args.len() != known.args.len() {
        let (takes, example) = (known.takes(), known.example);
        return Some(format!("`{name}` takes {takes}; write `{example}`"));
    }
    for (arg, value) in known.args.iter().zip(&call.args) {
        argument::check(role, known, *arg, value, errors);
        if name == "max" {
            cap(base, value, errors);
        }
    }
    let grows = ["exponential", "adaptive"];
    let word = base.base()?.word.name;
    (name == "factor" && !grows.contains(&word)).then(|| {
        format!("`{word}` does not grow by a factor; `.factor(..)` is for `exponential(..)`")
    })
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
