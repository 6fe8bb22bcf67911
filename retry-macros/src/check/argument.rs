//! Arguments of a word or a method, each by its kind.

use persevere_words::{Arg, Word};
use syn::Expr;

use super::number::{a_duration, a_range, count_of_attempts, factor, ratio};
use crate::diagnostics::{Errors, text};
use crate::duration;
use crate::parse::inspect::{is_async, is_outcome, last_names, literal, plain_number, string};
use crate::parse::mistake::not_async;
use crate::parse::role::Role;

/// Reports an argument that can only be a mistake.
pub(super) fn check(role: Role, word: &Word, arg: Arg, value: &Expr, errors: &mut Errors) {
    let message = match arg {
        Arg::Attempts => count_of_attempts(value),
        Arg::Duration => a_duration(value),
        Arg::Range => a_range(value, errors),
        Arg::Durations => a_list(value, errors),
        Arg::Ratio => ratio(value),
        Arg::Factor => factor(value),
        Arg::Closure => a_closure(role, value, word),
        Arg::Text => a_text(value, word),
        _ => None,
    };
    errors.report(value, message);
}

/// Checks the argument of `err(..)` and similar words: a closure, or a function's path.
fn a_closure(role: Role, picks: &Expr, word: &Word) -> Option<String> {
    let (name, example) = (word.name, word.example);
    let (inputs, arguments) = match name {
        "attempt" => (2, "two arguments"),
        _ => (1, "one argument"),
    };
    Some(match picks {
        Expr::Closure(picks) if is_async(picks) => not_async(role, example),
        Expr::Closure(picks) if picks.inputs.len() == inputs => return None,
        Expr::Closure(_) => format!("`{name}` takes a closure of {arguments}; write `{example}`"),
        Expr::Call(_) if is_outcome(picks) => {
            let written = text(picks);
            format!("`{name}` takes a closure; did you mean `on = {written}`?")
        }
        Expr::Path(path) if is_type(path) && name == "err" => {
            let class = text(picks);
            format!("`err` takes a closure; did you mean `err_is::<{class}>()`?")
        }
        Expr::Path(path) if is_type(path) && matches!(name, "ok" | "until") => {
            format!("`{name}` takes a closure; write `{example}`")
        }
        Expr::Lit(_) | Expr::Infer(_) | Expr::Tuple(_) | Expr::Array(_) | Expr::Range(_) => {
            format!("`{name}` takes a closure; write `{example}`")
        }
        _ => return None,
    })
}

/// Returns whether a path is a type or a variant, such as `io::Error`, by convention.
fn is_type(path: &syn::ExprPath) -> bool {
    let (_, name) = last_names(&path.path);
    name.is_some_and(|name| {
        name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)
    })
}

fn a_text(arg: &Expr, word: &Word) -> Option<String> {
    let (name, written) = (word.name, text(literal(arg)?));
    let instead = format!("`{name}` takes a text; write `{name}(\"{written}\")`");
    string(arg).is_none().then_some(instead)
}

/// Checks the list of `schedule(..)`.
fn a_list(list: &Expr, errors: &mut Errors) -> Option<String> {
    match list {
        Expr::Array(list) if list.elems.is_empty() => {
            Some("a schedule of no pauses; write at least one: `schedule([1s])`".to_owned())
        }
        Expr::Array(list) => {
            let numbers = list.elems.iter().filter_map(plain_number);
            let numbers: Vec<String> = numbers.collect();
            if numbers.len() > 1 && numbers.len() == list.elems.len() {
                let (seconds, millis) = (numbers.join("s, "), numbers.join("ms, "));
                return Some(format!(
                    "durations have a unit; write `[{seconds}s]` or `[{millis}ms]`"
                ));
            }
            let pauses = list.elems.iter();
            pauses.for_each(|pause| errors.report(pause, a_duration(pause)));
            None
        }
        Expr::Lit(lit) if duration::nanos(&lit.lit).is_some() => {
            let written = text(lit);
            Some(format!(
                "a schedule is a list; write `schedule([{written}])`"
            ))
        }
        _ => None,
    }
}
