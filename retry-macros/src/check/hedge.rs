//! Values of `hedge` that can only be a mistake.

use proc_macro2::Ident;
use quote::quote;
use syn::{Expr, ExprCall, ExprMethodCall, Lit};

use super::guard::is_made;
use super::limit::no_duration;
use super::number::{a_duration, literal_nanos, number};
use crate::diagnostics::{Errors, text};
use crate::duration;
use crate::parse::inspect::{bare_word, calls_a_word, is_duration, literal};
use crate::parse::mistake::no_word;
use crate::parse::peers;
use persevere_words::{HEDGE, Meaning, WAIT};

/// Checks a value of `hedge`. `own` holds the user's names.
pub(crate) fn hedge(value: &Expr, own: &[Ident], errors: &mut Errors) {
    let mut base = value;
    let mut told = false;
    while let Expr::MethodCall(method) = base {
        let counts = method.method == "copies";
        if counts && told {
            let message = "`copies` is given twice; remove one";
            errors.push(method.method.span(), message);
        } else if counts || starts_with_a_word(&method.receiver) {
            copies(method, errors);
        }
        told |= counts;
        base = &method.receiver;
    }
    match base {
        Expr::Call(call) => paces(call, own, errors),
        Expr::Path(_) => {
            let word = bare_word(base).map(|(word, _)| word);
            let word = word.filter(|word| !own.contains(word));
            errors.report(base, word.and_then(|word| no_word(&HEDGE, word, None)));
        }
        _ => errors.report(base, no_hedge(base)),
    }
}

/// Returns the number of copies of an attempt, if it is a literal from 2 to 4.
pub(crate) fn count(method: &ExprMethodCall) -> Option<u32> {
    let Some(Lit::Int(told)) = method.args.first().and_then(literal) else {
        return None;
    };
    let told = told.base10_parse().ok()?;
    (2..=4).contains(&told).then_some(told)
}

/// Checks `.copies(2)`.
fn copies(method: &ExprMethodCall, errors: &mut Errors) {
    let name = &method.method;
    let count = count(method).filter(|_| method.args.len() == 1);
    if name != "copies" {
        let count = count.unwrap_or(2);
        let message = format!("a hedge has no `{name}`; did you mean `.copies({count})`?");
        errors.push(name.span(), message);
        return;
    }
    let message = "`copies` takes how many copies of an attempt there are in all, the first \
                   included: 2, 3 or 4, as a literal";
    match (count, method.args.len()) {
        (Some(_), _) => {}
        (None, 1) => errors.push_at(&method.args, message),
        _ => errors.push(name.span(), message),
    }
}

/// Checks `delay(50ms)` and `quantile(&LATENCY, 0.95)`, and reports words that name no function.
fn paces(call: &ExprCall, own: &[Ident], errors: &mut Errors) {
    let Some((word, None)) = bare_word(&call.func) else {
        return;
    };
    let name = word.to_string();
    let args: Vec<_> = call.args.iter().collect();
    let message = match (name.as_str(), args.as_slice()) {
        ("delay", [after]) => return errors.report(after, delay(after)),
        ("delay", [after, copies]) if is_duration(after) && number(copies).is_some() => {
            let (after, copies) = (text(after), text(copies));
            format!("did you mean `delay({after}).copies({copies})`?")
        }
        ("delay", _) => {
            "`delay` takes the time after which an attempt is slow: `delay(50ms)`".to_owned()
        }
        ("quantile", [latency, share]) => return quantile(latency, share, errors),
        ("quantile", _) => {
            "`quantile` takes what measures, and a quantile: `quantile(&LATENCY, 0.95)`".to_owned()
        }
        _ if own.contains(word) => return,
        _ if WAIT.has(&name) => {
            let [delay, ..] = HEDGE.words else { return };
            let meant = peers::write(Meaning::Word(delay), call);
            format!("`{name}` is a wait, not a hedge; did you mean `{meant}`?")
        }
        _ => return errors.report(word, no_word(&HEDGE, word, Some(call))),
    };
    errors.push_at(call, message);
}

/// Checks the time after which an attempt is slow.
fn delay(after: &Expr) -> Option<String> {
    Some(match after {
        _ if literal_nanos(after) == Some(0) => {
            "a delay of zero would copy every attempt; write the time after which one is slow"
                .to_owned()
        }
        Expr::Call(call) if calls_a_word(call, &WAIT) => match call.args.first() {
            Some(pause) if is_duration(pause) && call.args.len() == 1 => {
                format!(
                    "`delay` takes the duration itself: `delay({})`",
                    text(pause)
                )
            }
            _ => "`delay` takes a duration: `delay(50ms)`".to_owned(),
        },
        _ => return no_duration("delay", after).or_else(|| a_duration(after)),
    })
}

/// Checks the `Latency`, and the share of the attempts that are not copied.
fn quantile(latency: &Expr, share: &Expr, errors: &mut Errors) {
    if number(latency).is_some() && number(share).is_none() {
        let swapped = format!("quantile({}, {})", text(share), text(latency));
        let message = format!("what measures comes first: `{swapped}`");
        errors.push_at(quote!(#latency, #share), message);
        return;
    }
    if is_made(latency) {
        let message = "a `Latency` that is made here has measured nothing yet; keep it in a `static` \
                       and write `quantile(&LATENCY, 0.95)`";
        errors.push_at(latency, message);
    }
    let message = match number(share) {
        Some(told) if is_share(told) => return,
        Some(percent) if percent > 1.0 && percent < 100.0 && percent.fract() == 0.0 => {
            let share = percent / 100.0;
            format!("a quantile is between 0 and 1; did you mean `{share}`?")
        }
        None if literal(share).is_none() => return,
        _ => "a quantile is between 0 and 1: `0.95` copies the slowest 5 %".to_owned(),
    };
    errors.push_at(share, message);
}

fn is_share(told: f64) -> bool {
    told > 0.0 && told < 1.0
}

/// Reports literals and other values that cannot be a hedge.
fn no_hedge(value: &Expr) -> Option<String> {
    let written = text(value);
    if let Some(pause) = literal(value).and_then(duration::unquoted) {
        return Some(format!(
            "a duration is written without quotes: `hedge = delay({pause})`"
        ));
    }
    Some(match value {
        _ if is_duration(value) => format!("did you mean `hedge = delay({written})`?"),
        Expr::Lit(_) if matches!(written.as_str(), "2" | "3" | "4") => format!(
            "`{written}` does not say when an attempt is slow; write `hedge = delay(50ms).copies({written})`"
        ),
        Expr::Lit(_) if number(value).is_some_and(is_share) => format!(
            "`{written}` alone does not say when an attempt is slow; write `hedge = quantile(&LATENCY, {written})`"
        ),
        Expr::Lit(_)
        | Expr::Closure(_)
        | Expr::Range(_)
        | Expr::Array(_)
        | Expr::Tuple(_)
        | Expr::Unary(_) => {
            format!("`{written}` does not say when an attempt is slow; write `hedge = delay(50ms)`")
        }
        _ => return None,
    })
}

/// Returns whether a value is a hedge made of words, or looks like one.
fn starts_with_a_word(value: &Expr) -> bool {
    match value {
        Expr::MethodCall(method) => starts_with_a_word(&method.receiver),
        Expr::Call(call) => calls_a_word(call, &HEDGE),
        _ => false,
    }
}
