//! Closures of callbacks, fallbacks and sleepers.

use syn::ExprClosure;

/// The keys that take a closure, by kind.
pub(crate) enum Kind {
    Callback,
    Fallback,
    Sleeper,
}

impl Kind {
    /// Returns the message for a closure that does not take one argument, or is async where something
    /// `cannot_wait`.
    pub(crate) fn check(
        self,
        closure: &ExprClosure,
        cannot_wait: Option<&'static str>,
    ) -> Option<String> {
        let (noun, takes, name) = match self {
            Kind::Callback => ("callback", "the state", "state"),
            Kind::Fallback => ("fallback", "the call that gave up", "give_up"),
            Kind::Sleeper => ("sleeper", "the pause", "pause"),
        };
        let is_async = closure.asyncness.is_some();
        if let (true, Some(what)) = (is_async, cannot_wait) {
            return Some(format!(
                "{what} cannot wait for an async {noun}; write `|{name}| ..`"
            ));
        }
        let word = if is_async { "async " } else { "" };
        (closure.inputs.len() != 1).then(|| format!("a {noun} takes {takes}: `{word}|{name}| ..`"))
    }
}
