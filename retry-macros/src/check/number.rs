//! Counts, durations and ranges that are written as literals.

use std::cmp::Ordering;

use persevere_words::Arg;
use quote::ToTokens;
use syn::{Expr, Lit, UnOp};

use crate::diagnostics::{Errors, text};
use crate::duration;
use crate::parse::inspect::{literal, plain_number, within};
use crate::parse::strategy::Strategy;

pub(super) fn count_of_attempts(count: &Expr) -> Option<String> {
    if number(count).is_some_and(|count| count < 0.0) {
        return Some("a number of attempts is at least 1".to_owned());
    }
    let lit = literal(count)?;
    let written = text(lit);
    Some(match lit {
        lit if duration::nanos(lit).is_some() => format!(
            "`{written}` is not a number of attempts; did you mean `after_delay({written})`?"
        ),
        lit if duration::unknown_unit(lit).is_some() => return None,
        Lit::Int(lit) => match lit.base10_parse::<u64>() {
            Ok(0) => {
                "`after_attempt(0)` would never run the function; write at least `after_attempt(1)`"
                    .to_owned()
            }
            Ok(count) if u32::try_from(count).is_ok() => return None,
            _ => format!("`{written}` attempts are too many; write `never()` for no limit"),
        },
        Lit::Str(lit) if lit.value().parse::<u32>().is_ok() => {
            let count = lit.value();
            format!("a number of attempts is written without quotes: `after_attempt({count})`")
        }
        _ => format!(
            "`{written}` is not a number of attempts; write a whole number: `after_attempt(3)`"
        ),
    })
}

/// Returns the message for a plain number or a text in place of a duration.
pub(super) fn a_duration(value: &Expr) -> Option<String> {
    if let Some(number) = plain_number(value) {
        return Some(format!(
            "a duration has a unit: `{number}s` or `{number}ms`"
        ));
    }
    let lit = match value {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            let negative = |_| "a duration cannot be negative".to_owned();
            return literal(&unary.expr).map(negative);
        }
        value => literal(value)?,
    };
    match (lit, duration::unquoted(lit)) {
        (Lit::Int(_) | Lit::Float(_), _) => None,
        (_, Some(duration)) => Some(format!(
            "a duration is written without quotes: `{duration}`"
        )),
        (other, None) => Some(not_a_duration(other)),
    }
}

pub(super) fn not_a_duration(value: &dyn ToTokens) -> String {
    let written = text(value);
    format!("`{written}` is not a duration; write one such as `5s`")
}

/// Checks both ends. Returns the message for a value that is no range, or an empty one.
pub(super) fn a_range(value: &Expr, errors: &mut Errors) -> Option<String> {
    if literal_nanos(value).is_some() {
        let pause = text(value);
        return Some(format!(
            "`random` takes a range; write `random(0s..{pause})`"
        ));
    }
    let Expr::Range(range) = value else {
        return a_duration(value);
    };
    let (Some(start), Some(end)) = (range.start.as_deref(), range.end.as_deref()) else {
        return Some("`random` takes a range with both ends: `random(1s..3s)`".to_owned());
    };
    let (low, high) = (text(start), text(end));
    if plain_number(start).and(plain_number(end)).is_some() {
        return Some(format!(
            "durations have a unit: `{low}s..{high}s` or `{low}ms..{high}ms`"
        ));
    }
    if matches!(range.limits, syn::RangeLimits::Closed(_)) {
        return Some(format!(
            "`random` includes both ends already; write `{low}..{high}`"
        ));
    }
    errors.report(start, a_duration(start));
    errors.report(end, a_duration(end));
    match literal_nanos(end)?.cmp(&literal_nanos(start)?) {
        Ordering::Less => Some(format!("the range is empty; write `{high}..{low}`")),
        Ordering::Equal => Some(format!("the range is empty; write `fixed({low})`")),
        Ordering::Greater => None,
    }
}

/// Reports a cap below the first pause, as in `exponential(10s).max(1s)`.
pub(super) fn cap(base: &Strategy, cap: &Expr, errors: &mut Errors) {
    let Some(most) = literal_nanos(cap) else {
        return;
    };
    let above = |least: &Expr| literal_nanos(least).is_some_and(|least| least > most);
    let mut floors = base.modifiers().filter(|call| call.method == "min");
    if floors.any(|floor| floor.args.first().is_some_and(above)) {
        errors.push_at(cap, "`max` is below `min`; swap them");
    }
    let first = base
        .base()
        .filter(|call| matches!(call.word.args, [Arg::Duration, ..]));
    let Some(start) = first.and_then(|call| call.call.args.first()) else {
        return;
    };
    if above(start) {
        let (start, written) = (text(start), text(cap));
        let message = format!(
            "the cap `{written}` is below the first pause `{start}`; raise the cap or start lower"
        );
        errors.push_at(cap, message);
    }
}

/// Checks the argument of `jitter_ratio`.
pub(super) fn ratio(ratio: &Expr) -> Option<String> {
    let wrong = number(ratio).is_some_and(|ratio| !(0.0..=1.0).contains(&ratio));
    (wrong || literal_nanos(ratio).is_some())
        .then(|| "a jitter ratio is between 0 and 1, such as `0.25`".to_owned())
}

/// Checks the argument of `factor`.
pub(super) fn factor(factor: &Expr) -> Option<String> {
    let message = match number(factor) {
        _ if literal_nanos(factor).is_some() => "a factor is a number, such as `1.5`",
        Some(factor) if factor.is_nan() || factor.is_infinite() || factor < 0.0 => {
            "a factor is a finite number of at least 1, such as `1.5`"
        }
        Some(factor) if factor < 1.0 => {
            "a factor below 1 would shorten the pauses; write at least `1.0`"
        }
        _ => return None,
    };
    Some(message.to_owned())
}

pub(super) fn literal_nanos(value: &Expr) -> Option<u128> {
    // Reported where the literal is replaced.
    let lit = literal(within(value)).filter(|lit| !duration::is_too_short(lit))?;
    duration::nanos(lit)
}

/// Returns the value of a number, its sign and the constants of `f64` included.
pub(super) fn number(value: &Expr) -> Option<f64> {
    match within(value) {
        Expr::Lit(lit) => duration::digits(&lit.lit)?.0.parse().ok(),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => number(&unary.expr).map(|n| -n),
        Expr::Path(path) => match path.path.segments.last()?.ident.to_string().as_str() {
            "NAN" => Some(f64::NAN),
            "INFINITY" => Some(f64::INFINITY),
            "NEG_INFINITY" => Some(f64::NEG_INFINITY),
            _ => None,
        },
        _ => None,
    }
}
