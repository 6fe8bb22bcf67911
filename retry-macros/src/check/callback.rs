//! Closures of callbacks, fallbacks and sleepers.

use syn::ExprClosure;

/// Returns the message for a closure that does not take one argument.
pub(crate) fn closure(closure: &ExprClosure, expected: &str) -> Option<String> {
    match closure.inputs.len() {
        1 => None,
        _ => Some(expected.to_owned()),
    }
}
