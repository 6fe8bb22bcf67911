//! Guards whose value can only be a mistake.

use proc_macro2::Ident;
use syn::{Expr, ExprMethodCall};

use crate::diagnostics::{Errors, text};
use crate::parse::attribute_kind::AttributeKind;
use crate::parse::inspect::{bare_word, is_constant, is_outcome, last_names, within};
use crate::parse::mistake::no_word;
use crate::parse::role::Role;
use crate::parse::strategy::Strategy;
use persevere_words::{BREAKER, BREAKER_VIEW, BUDGET, BULKHEAD, NESTED, RATE_LIMITER, Vocabulary};

/// Returns the message for a wrong value of `breaker`, `budget`, `rate_limiter` or `bulkhead`.
pub(crate) fn shared(kind: AttributeKind, key: &str, value: &Expr) -> Option<String> {
    let (noun, instead, words) = match key {
        "breaker" => ("circuit breaker", kind.breaker("&BREAKER"), &BREAKER),
        "rate_limiter" => (
            "rate limiter",
            "rate_limiter = &LIMITER".to_owned(),
            &RATE_LIMITER,
        ),
        "bulkhead" => ("bulkhead", "bulkhead = &BULKHEAD".to_owned(), &BULKHEAD),
        _ => ("budget", "budget = &BUDGET".to_owned(), &BUDGET),
    };
    if is_made(value) || is_word_of_files(words, value) {
        return Some(format!(
            "a {noun} that is made here is a new one for every call; keep it in a `static` and write `{instead}`"
        ));
    }
    if let Expr::Call(call) = within(value) {
        let word = bare_word(&call.func).map(|(word, _)| word.to_string());
        match (key, word.as_deref()) {
            ("rate_limiter" | "bulkhead", Some("wait_for")) => {
                return Some(format!(
                    "`wait_for` is for a breaker; calls wait for a {noun} as it is: `{instead}`"
                ));
            }
            ("bulkhead", Some("fail_fast")) => {
                return Some(format!(
                    "`fail_fast` is for a rate limiter; a bulkhead without a line refuses at once: give it `.queue(0)` in \
                     its `static`, and write `{instead}`"
                ));
            }
            _ => {}
        }
    }
    let mistaken = matches!(value, Expr::Lit(_) | Expr::Closure(_)) || is_strategy(value);
    mistaken.then(|| {
        let written = text(value);
        format!("`{written}` is not a {noun}; keep one in a `static` and write `{instead}`")
    })
}

/// Returns whether a value is a word of configuration files with its settings. A user's own function of the same name
/// takes something that is not constant.
fn is_word_of_files(words: &Vocabulary, value: &Expr) -> bool {
    match within(value) {
        Expr::MethodCall(call) => is_word_of_files(words, &call.receiver),
        Expr::Call(call) => {
            let word = bare_word(&call.func);
            let is_ours = word.is_some_and(|(word, _)| words.has(&word.to_string()));
            is_ours && !call.args.is_empty() && call.args.iter().all(|arg| is_constant(arg, &[]))
        }
        _ => false,
    }
}

/// Returns the message for a wrong value of `nested`. `own` holds the user's names.
pub(crate) fn nested(value: &Expr, own: &[Ident]) -> Option<String> {
    let (word, call) = match value {
        Expr::Lit(_) => {
            return Some(format!(
                "`nested` is what the call does inside another: `independent()`, `share()` or `single()`, not `{}`",
                text(value)
            ));
        }
        Expr::Call(call) => (bare_word(&call.func)?.0, Some(call)),
        Expr::Path(_) => (bare_word(value)?.0, None),
        _ => return None,
    };
    match call {
        Some(call) if NESTED.has(&word.to_string()) => {
            let message = format!("`{word}` takes nothing; write `nested = {word}()`");
            (!call.args.is_empty()).then_some(message)
        }
        _ if own.contains(word) => None,
        _ => no_word(&NESTED, word, call),
    }
}

/// Returns the message for `wait_for` without parentheses or with another number of arguments than one.
pub(crate) fn wait_for(kind: AttributeKind, value: &Expr, own: &[Ident]) -> Option<String> {
    let word = match value {
        Expr::Call(call) if call.args.len() != 1 => bare_word(&call.func)?.0,
        Expr::Path(_) => bare_word(value)?.0,
        _ => return None,
    };
    let instead = kind.breaker("wait_for(&BREAKER)");
    let bound = match kind {
        AttributeKind::CircuitBreaker => "",
        AttributeKind::Retry | AttributeKind::Guard => {
            "; the `deadline` of the call bounds the wait"
        }
    };
    let mistaken = word == "wait_for" && !own.contains(word);
    mistaken.then(|| format!("`wait_for` takes the breaker alone: `{instead}`{bound}"))
}

/// Returns the message for `fail_fast` without parentheses or with another number of arguments than one.
pub(crate) fn fail_fast(value: &Expr, own: &[Ident]) -> Option<String> {
    let word = match value {
        Expr::Call(call) if call.args.len() != 1 => bare_word(&call.func)?.0,
        Expr::Path(_) => bare_word(value)?.0,
        _ => return None,
    };
    let mistaken = word == "fail_fast" && !own.contains(word);
    mistaken.then(|| {
        "`fail_fast` takes the rate limiter alone: `rate_limiter = fail_fast(&LIMITER)`".to_owned()
    })
}

/// Checks `B.failures(..)`, `B.ignoring(..)` and `B.by_error()`. Returns whether it found a mistake.
pub(crate) fn view(call: &ExprMethodCall, errors: &mut Errors) -> bool {
    let name = call.method.to_string();
    let one = format!("`{name}` takes one predicate: `.{name}(err(|e| ..))`");
    let args: Vec<&Expr> = call.args.iter().collect();
    match (name.as_str(), args.as_slice()) {
        ("by_error", []) => return false,
        ("by_error", [given, ..]) => errors.push_at(
            given,
            "`by_error` asks the error, and takes nothing: `.by_error()`",
        ),
        (_, [predicate]) if !is_view(call) => {
            if !Strategy::parse(Role::When, predicate).is_ours() {
                return false;
            }
            let message = format!(
                "a breaker has no `{name}`; what counts is said by `.failures(..)`, `.ignoring(..)` and `.by_error()`"
            );
            errors.push_at(&call.method, message);
        }
        _ if !is_view(call) => return false,
        (_, [pattern]) if is_outcome(pattern) => {
            let written = text(pattern);
            let message = format!(
                "`{name}` takes a predicate: `.{name}(outcome(|o| matches!(o, {written})))`"
            );
            errors.push_at(pattern, message);
        }
        (_, [only @ Expr::Lit(_)]) => errors.push_at(only, one),
        (_, [_]) => return false,
        _ => errors.push_at(&call.method, one),
    }
    true
}

/// Returns whether a call is `B.failures(..)`, `B.ignoring(..)` or `B.by_error(..)`, with any arguments.
pub(crate) fn is_view(call: &ExprMethodCall) -> bool {
    BREAKER_VIEW.has(&call.method.to_string())
}

/// Returns the message for a wrong value of `interrupt`.
pub(crate) fn interrupt(value: &Expr) -> Option<String> {
    let message = match value {
        Expr::Closure(closure) if closure.asyncness.is_some() => {
            "`interrupt` is not async; write `|interrupt| ..`".to_owned()
        }
        Expr::Closure(closure) if closure.inputs.len() != 1 => {
            "`interrupt` takes what interrupted the attempt: `|interrupt| ..`".to_owned()
        }
        Expr::Lit(_) => "`interrupt` takes a closure: `|interrupt| ..`".to_owned(),
        value if is_outcome(value) => {
            let written = text(value);
            format!("`interrupt` takes a closure; did you mean `interrupt = |_| {written}`?")
        }
        _ => return None,
    };
    Some(message)
}

/// Returns whether a value is a strategy made of words and literals alone, without a call of a user's
/// function.
pub(super) fn is_strategy(value: &Expr) -> bool {
    Role::ALL.into_iter().any(|role| {
        let strategy = Strategy::parse(role, value);
        let word = strategy.base();
        word.is_some_and(|call| call.call.args.iter().all(|arg| is_constant(arg, &[])))
    })
}

/// Returns whether a value makes a shared part here, by itself, through its methods or behind a
/// pointer.
pub(super) fn is_made(value: &Expr) -> bool {
    match within(value) {
        Expr::Reference(reference) => is_made(&reference.expr),
        Expr::MethodCall(call) => is_made(&call.receiver),
        Expr::Call(call) => {
            let Expr::Path(path) = &*call.func else {
                return false;
            };
            let (class, function) = last_names(&path.path);
            match (class.as_deref(), function.as_deref()) {
                (Some("CircuitBreaker" | "RateLimiter"), Some("new")) => true,
                (Some("Bulkhead"), Some("new" | "adaptive")) => true,
                (Some("RetryBudget") | None, Some(made)) => BUDGET.has(made),
                (Some("Latency"), Some("new" | "default")) => true,
                (Some("Arc" | "Rc" | "Box"), Some("new")) => call.args.iter().any(is_made),
                _ => false,
            }
        }
        _ => false,
    }
}
