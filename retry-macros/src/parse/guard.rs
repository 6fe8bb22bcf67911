//! `#[guard]`: a function behind guards, tried once. It has the keys of `#[retry]` that are not about retries.

use persevere_words::Key;
use syn::parse::ParseStream;
use syn::{Expr, Lit};

use super::inspect::{is_duration, is_outcome, within};
use super::recovery::next_value;
use super::role::Role;
use super::strategy::Strategy;
use crate::diagnostics::text;

/// The message for an attribute without keys.
pub(super) const NO_KEYS: &str =
    "which guards? write one such as `#[guard(deadline = 10s)]` or `#[guard(breaker = &BREAKER)]`";

/// Returns the message for a key that is about retries.
pub(super) fn no_key(name: &str) -> Option<String> {
    let key = Key::named(name).filter(|key| !key.in_guard())?;
    let example = key.example();
    let message = match key {
        Key::Case => {
            "`case` gives a class of outcomes its own retries, and `#[guard]` makes one attempt; say what a failure is \
             with `on = PATTERN`, and match on `give_up.outcome()` in the `fallback`"
                .to_owned()
        }
        Key::BeforeSleep => {
            "no pause follows the one attempt of `#[guard]`, so nothing calls `before_sleep`; write `on_failure = ..`"
                .to_owned()
        }
        Key::Nested => format!(
            "`nested` is for retries inside other retried calls, and `#[guard]` makes one attempt; leave it out, or \
             write `#[retry(stop = after_attempt(1), {example})]`"
        ),
        Key::WrapErr => {
            "a function that is not retried returns its own error, so `#[guard]` has no `wrap_err`; leave it out, and \
             make an error of a refused call with `interrupt = |interrupt| ..`"
                .to_owned()
        }
        Key::Unretried => {
            "`#[guard]` has no `unretried`; write the function without guards by hand, and call it in this one"
                .to_owned()
        }
        Key::RetryWith => {
            "`#[guard]` has no `retry_with`; take the policy as an argument: `policy = policy`".to_owned()
        }
        _ => format!(
            "`{name}` is for retries, and `#[guard]` makes one attempt; leave it out, or write `#[retry({example})]`"
        ),
    };
    Some(message)
}

/// Returns the error for `#[guard(10s)]`, `#[guard(&BREAKER)]` or `#[guard(|_| None)]`.
pub(super) fn not_a_key(input: ParseStream<'_>) -> syn::Error {
    let found = next_value(input);
    let Ok(value) = input.fork().parse::<Expr>() else {
        let message = "expected `name = value`, such as `deadline = 10s`";
        return syn::Error::new_spanned(found, message);
    };
    let written = text(&value);
    let is_of_retries = |role| Strategy::parse(role, &value).is_ours();
    if let Some(role) = [Role::Stop, Role::Wait]
        .into_iter()
        .find(|role| is_of_retries(*role))
    {
        let (key, value) = (role.key(), text(&value));
        let message =
            format!("`#[guard]` makes one attempt; with retries write `#[retry({key} = {value})]`");
        return syn::Error::new_spanned(found, message);
    }
    let instead = match within(&value) {
        value if is_duration(value) => format!("deadline = {written}"),
        Expr::Lit(lit) if matches!(lit.lit, Lit::Str(_)) => format!("name = {written}"),
        Expr::Closure(_) | Expr::Array(_) => format!("fallback = {written}"),
        Expr::Reference(_) => format!("breaker = {written}"),
        value if is_outcome(value) => format!("on = {written}"),
        value if Strategy::parse(Role::When, value).is_ours() => format!("when = {written}"),
        _ => "deadline = 10s".to_owned(),
    };
    let message = format!("expected `name = value`; did you mean `{instead}`?");
    syn::Error::new_spanned(found, message)
}
