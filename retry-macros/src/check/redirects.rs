//! `no_redirects()`, the method of `unsent()` and `idempotent(..)`.

use persevere_words::PREDICATE_MODIFIER;
use syn::ExprMethodCall;

use crate::parse::strategy::{Node, Strategy};

/// The name of the method.
const NAME: &str = "no_redirects";

/// Predicates that have the method.
const PREDICATES: [&str; 4] = ["unsent", "idempotent", "unsent_cause", "idempotent_cause"];

/// Reports a misspelling or a wrong use of this method. Returns whether it found one.
pub(super) fn mistake(base: &Strategy, call: &ExprMethodCall) -> Option<String> {
    if !base.is_ours() {
        return None;
    }
    let name = call.method.to_string();
    let word = base.base().map(|call| call.word.name);
    let fits = word.is_some_and(|word| PREDICATES.contains(&word));
    let slip = || {
        let slip = PREDICATE_MODIFIER.slip(&name);
        slip.is_some() || PREDICATE_MODIFIER.peer(&name).is_some()
    };
    Some(match (name == NAME, fits) {
        (true, true) if call.args.is_empty() => return None,
        (true, true) => format!("`{NAME}` takes nothing; write `.{NAME}()`"),
        (true, false) => match (word, &base.node) {
            (Some(word), Node::Word(_)) => format!(
                "`{word}` does not ask whether anything was sent; `.{NAME}()` is for `unsent()`, `idempotent(..)`, \
                 `unsent_cause::<T>()` and `idempotent_cause::<T>(..)`"
            ),
            _ => format!(
                "`.{NAME}()` is called on `unsent()` or `idempotent(..)` itself: `{}`",
                PREDICATE_MODIFIER.example
            ),
        },
        (false, true) if slip() => {
            format!("a predicate has no `{name}`; did you mean `.{NAME}()`?")
        }
        (false, _) => return None,
    })
}
