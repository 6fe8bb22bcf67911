//! Keys of the attribute, and messages for unknown ones.

use persevere_words::{Given, Key, Place, is_like_a_key};
use proc_macro2::Ident;
use syn::{Expr, Lit, Path};

use super::inspect::is_upper_case;
use crate::diagnostics::text;
use crate::duration;

/// The longest value that a message repeats.
const SHOWN: usize = 60;

/// Returns the message for an unknown key.
pub(crate) fn unknown(name: &str, place: Place, value: Option<&Expr>) -> String {
    let shown = |kind| value.and_then(|value| shown(value, kind));
    persevere_words::unknown_key(name, place, &shown)
}

/// Returns the message for a name that stands alone and is no key, in a set or at a function.
pub(crate) fn alone(name: &Ident, place: Place, in_set: bool) -> String {
    let word = name.to_string();
    let guard = place == Place::Guard && is_upper_case(name);
    match advice(name, &word, in_set) {
        Some(advice) if guard => {
            format!("unknown key `{word}`; for a breaker write `breaker = &{word}`, {advice}")
        }
        Some(advice) if !is_like_a_key(&word, place) => {
            format!("unknown key `{word}`; {advice}")
        }
        _ => unknown(&word, place, None),
    }
}

/// Returns the message for a path that stands alone, if it may be that of a set or of a policy.
pub(crate) fn path_alone(path: &Path, in_set: bool) -> Option<String> {
    let (first, last) = (path.segments.first()?, path.segments.last()?);
    let of_a_key = Key::named(&first.ident.to_string()).is_some();
    let advice = advice(&last.ident, &text(path), in_set).filter(|_| !of_a_key)?;
    Some(format!("expected `name = value`; {advice}"))
}

/// Returns the keys that take a path whose last name is `name`, unless it is that of a type.
fn advice(name: &Ident, path: &str, in_set: bool) -> Option<String> {
    let of_a_type = name.to_string().starts_with(char::is_uppercase);
    match (is_upper_case(name), in_set) {
        (true, _) => Some(format!("for a policy write `policy = &{path}`")),
        (false, _) if of_a_type => None,
        (false, true) => Some(format!("for a policy write `policy = {path}`")),
        (false, false) => Some(format!(
            "for a set of keys write `use = {path}`, for a policy `policy = {path}`"
        )),
    }
}

/// Returns a value as text for a message, if it is of this kind.
fn shown(value: &Expr, kind: Given) -> Option<String> {
    let written = text(value);
    if written.len() > SHOWN {
        return None;
    }
    let named = matches!(value, Expr::Path(_) | Expr::Field(_) | Expr::MethodCall(_));
    match (kind, value) {
        (Given::Anything, _) => Some(written),
        (Given::Nothing, _) => None,
        (Given::Count, Expr::Lit(lit)) => {
            let count = matches!(&lit.lit, Lit::Int(count) if count.suffix().is_empty());
            count.then_some(written)
        }
        (Given::Duration, Expr::Lit(lit)) => match &lit.lit {
            lit if duration::nanos(lit).is_some() => Some(written),
            Lit::Int(_) | Lit::Float(_) => Some(format!("{written}s")),
            _ => None,
        },
        (Given::Shared, Expr::Path(_) | Expr::Field(_)) => Some(format!("&{written}")),
        (Given::Shared, Expr::Reference(_) | Expr::MethodCall(_))
        | (Given::Closure, Expr::Closure(_)) => Some(written),
        (Given::Count | Given::Duration | Given::Function, _) => named.then_some(written),
        (Given::Shared | Given::Closure, _) => None,
    }
}
