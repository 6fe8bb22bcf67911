//! Fallbacks: their list, and the time that is reserved for each.

use proc_macro2::Ident;
use syn::{Expr, ExprCall};

use super::callback::Kind;
use super::limit;
use crate::diagnostics::{Errors, text};
use crate::parse::inspect::{bare_word, is_outcome, within};

/// Returns the fallbacks of a value, in the order in which they are tried: those of a list, or the value itself.
pub(crate) fn list(value: &Expr) -> Vec<&Expr> {
    match within(value) {
        Expr::Array(array) => array.elems.iter().collect(),
        _ => vec![value],
    }
}

/// Splits `within(200ms, |give_up| ..)` into the time and the fallback. `own` holds the user's names.
pub(crate) fn reserving<'f>(fallback: &'f Expr, own: &[Ident]) -> Option<(&'f Expr, &'f Expr)> {
    let call = within_call(fallback, own)?;
    match call.args.len() {
        2 => Some((&call.args[0], &call.args[1])),
        _ => None,
    }
}

fn within_call<'f>(fallback: &'f Expr, own: &[Ident]) -> Option<&'f ExprCall> {
    let Expr::Call(call) = within(fallback) else {
        return None;
    };
    let (word, _) = bare_word(&call.func)?;
    (word == "within" && !own.contains(word)).then_some(call)
}

/// Reports an empty list, and a list inside a list.
pub(crate) fn check_list(value: &Expr, own: &[Ident], errors: &mut Errors) {
    let listed = list(value);
    if listed.is_empty() {
        let message = "a list of fallbacks needs one: `fallback = [|give_up| ..]`";
        errors.push_at(value, message);
    }
    if let Expr::Tuple(_) = within(value) {
        let message = "fallbacks are listed in brackets: `fallback = [replica, |_| default()]`";
        errors.push_at(value, message);
    }
    for fallback in listed {
        let (place, message) = match reserving(fallback, own) {
            Some((_, inner)) => (
                inner,
                "`within` takes one fallback; write it at each of a list: `[within(200ms, replica), cache]`",
            ),
            None => (
                fallback,
                "fallbacks are one list, in the order in which they are tried; write them side by side",
            ),
        };
        if let Expr::Array(_) = within(place) {
            errors.push_at(place, message);
        }
    }
}

/// Returns the message for a value that is not a fallback.
pub(crate) fn fallback(
    value: &Expr,
    cannot_wait: Option<&'static str>,
    own: &[Ident],
) -> Option<String> {
    match value {
        Expr::Closure(closure) => Kind::Fallback.check(closure, cannot_wait),
        value if matches!(value, Expr::Lit(_)) || is_outcome(value) => {
            let written = text(value);
            Some(format!("a fallback is a closure; write `|_| {written}`"))
        }
        // With another number of arguments than two.
        value => within_call(value, own).map(|_| {
            "`within` takes a time and a fallback: `within(200ms, |give_up| ..)`".to_owned()
        }),
    }
}

/// Returns the message for a wrong literal of a time that is reserved.
pub(crate) fn time(value: &Expr) -> Option<String> {
    limit::limit("within", value)
}
