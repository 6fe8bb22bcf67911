//! Names that other libraries have for words.

use persevere_words::{Arg, Meaning, Word};
use syn::{Expr, ExprCall, Lit};

use super::inspect::{is_duration, literal, plain_number};
use super::role::Role;
use crate::diagnostics::text;

/// Returns the role of a name, and its meaning.
pub(crate) fn role(name: &str) -> Option<(Role, Meaning)> {
    let find = |role: Role| Some((role, role.words().peer(name)?));
    Role::ALL.into_iter().find_map(find)
}

/// Returns the text to write for a call of such a name. Its arguments are kept where they fit.
pub(crate) fn write(meaning: Meaning, call: &ExprCall) -> String {
    let args: Vec<&Expr> = call.args.iter().collect();
    match (meaning, args.as_slice()) {
        (Meaning::Word(word), args) if !args.is_empty() && fit(word, args) => {
            format!("{}({})", word.name, text(&call.args))
        }
        (meaning, [number]) if matches!(literal(number), Some(Lit::Int(_))) => {
            meaning.write(plain_number(number).as_deref())
        }
        (meaning, _) => meaning.write(None),
    }
}

/// Returns whether a word takes these arguments as they are.
fn fit(word: &Word, args: &[&Expr]) -> bool {
    let fits = |(arg, value): (&Arg, &&Expr)| match (arg, value) {
        (Arg::Duration, value) => is_duration(value),
        (Arg::Range, Expr::Range(range)) => range.start.as_deref().is_some_and(is_duration),
        (Arg::Durations, Expr::Array(_))
        | (Arg::Closure, Expr::Closure(_))
        | (Arg::Latency, Expr::Reference(_)) => true,
        (Arg::Ratio, Expr::Lit(lit)) => matches!(&lit.lit, Lit::Float(_)),
        _ => false,
    };
    word.args.len() == args.len() && word.args.iter().zip(args).all(fits)
}
