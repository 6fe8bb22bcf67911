//! `no_redirects()`, the word behind `unsent()` and `idempotent(..)`.

use syn::{Expr, ExprMethodCall};

use super::strategy::first_word;
use crate::diagnostics::Errors;
use crate::parse::inspect::{is_ours, within};
use crate::parse::role::Role;
use persevere_words::PREDICATE_MODIFIER;

/// Its name.
pub(crate) const NAME: &str = "no_redirects";

/// The predicates that it is for.
const PREDICATES: [&str; 4] = ["unsent", "idempotent", "unsent_cause", "idempotent_cause"];

/// Whether a method of a predicate is this one, and a mistake.
pub(super) fn mistaken(call: &ExprMethodCall, errors: &mut Errors) -> bool {
    if !is_ours(Role::When, &call.receiver) {
        return false;
    }
    let name = call.method.to_string();
    let word = first_word(&call.receiver);
    let fits = word
        .as_deref()
        .is_some_and(|word| PREDICATES.contains(&word));
    let slip = || {
        let slip = PREDICATE_MODIFIER.slip(&name);
        slip.is_some() || PREDICATE_MODIFIER.peer(&name).is_some()
    };
    let message = match (name == NAME, fits) {
        (true, true) if call.args.is_empty() => return false,
        (true, true) => format!("`{NAME}` takes nothing; write `.{NAME}()`"),
        (true, false) => match (word, within(&call.receiver)) {
            (Some(word), Expr::Call(_)) => format!(
                "`{word}` does not ask whether anything was sent; `.{NAME}()` is for `unsent()` and `idempotent(..)`"
            ),
            _ => format!(
                "`.{NAME}()` is called on `unsent()` or `idempotent(..)` itself: `{}`",
                PREDICATE_MODIFIER.example
            ),
        },
        (false, true) if slip() => {
            format!("a predicate has no `{name}`; did you mean `.{NAME}()`?")
        }
        (false, _) => return false,
    };
    errors.push(call.method.span(), message);
    true
}
