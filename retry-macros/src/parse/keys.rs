//! Keys of the attribute, and messages for unknown ones.

use persevere_words::{Given, Place};
use syn::{Expr, Lit};

use crate::diagnostics::text;
use crate::duration;

/// The longest value that a message repeats.
const SHOWN: usize = 60;

/// Returns the message for an unknown key.
pub(crate) fn unknown(name: &str, value: Option<&Expr>) -> String {
    let shown = |kind| value.and_then(|value| shown(value, kind));
    persevere_words::unknown_key(name, Place::Attribute, shown)
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
