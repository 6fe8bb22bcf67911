//! Closures of callbacks, fallbacks and sleepers.

use syn::ExprClosure;

/// The keys that take a closure, by kind.
pub(crate) enum Kind {
    Callback,
    Fallback,
    Sleeper,
}

impl Kind {
    /// Returns the message for a closure that does not take one argument, or that a blocking function cannot
    /// await.
    pub(crate) fn check(self, closure: &ExprClosure, awaits: bool) -> Option<String> {
        let (noun, takes, name) = match self {
            Kind::Callback => ("callback", "the state", "state"),
            Kind::Fallback => ("fallback", "the call that gave up", "give_up"),
            Kind::Sleeper => ("sleeper", "the pause", "pause"),
        };
        let is_async = closure.asyncness.is_some();
        if is_async && !awaits {
            return Some(format!(
                "a blocking function cannot wait for an async {noun}; write `|{name}| ..`"
            ));
        }
        let word = if is_async { "async " } else { "" };
        (closure.inputs.len() != 1).then(|| format!("a {noun} takes {takes}: `{word}|{name}| ..`"))
    }
}
