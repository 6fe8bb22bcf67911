//! Values that can only be a mistake, seen in the literals of a strategy.

use quote::ToTokens;
use syn::{Expr, ExprCall, ExprMethodCall, Lit, UnOp};

use crate::duration;
use crate::error::Errors;
use crate::value::bare_word;

/// Checks every call in a strategy whose arguments are literals.
pub(crate) fn strategy(value: &Expr, errors: &mut Errors) {
    match value {
        Expr::Call(word) => call(word, errors),
        Expr::MethodCall(modifier) => {
            method(modifier, errors);
            strategy(&modifier.receiver, errors);
            modifier.args.iter().for_each(|arg| strategy(arg, errors));
        }
        Expr::Paren(paren) => strategy(&paren.expr, errors),
        Expr::Binary(binary) => {
            strategy(&binary.left, errors);
            strategy(&binary.right, errors);
        }
        Expr::Tuple(tuple) => tuple.elems.iter().for_each(|elem| strategy(elem, errors)),
        Expr::If(branch) => {
            block(&branch.then_branch, errors);
            if let Some((_, otherwise)) = &branch.else_branch {
                strategy(otherwise, errors);
            }
        }
        Expr::Block(inner) => block(&inner.block, errors),
        Expr::Match(arms) => arms.arms.iter().for_each(|arm| strategy(&arm.body, errors)),
        _ => {}
    }
}

fn block(block: &syn::Block, errors: &mut Errors) {
    if let Some(syn::Stmt::Expr(tail, None)) = block.stmts.last() {
        strategy(tail, errors);
    }
}

fn call(call: &ExprCall, errors: &mut Errors) {
    let Some((word, _)) = bare_word(&call.func) else {
        return;
    };
    let args: Vec<&Expr> = call.args.iter().collect();
    match (word.to_string().as_str(), args.as_slice()) {
        ("after_attempt", [count]) => count_of_attempts(count, errors),
        (
            "after_delay" | "before_delay" | "fixed" | "exponential" | "fibonacci" | "decorrelated",
            [pause],
        ) => a_duration(pause, errors),
        ("incrementing", [start, step]) => {
            a_duration(start, errors);
            a_duration(step, errors);
        }
        ("random", [range]) => a_range(range, errors),
        ("schedule", [Expr::Array(list)]) => {
            list.elems
                .iter()
                .for_each(|pause| a_duration(pause, errors));
            if list.elems.is_empty() {
                errors.push_at(
                    list,
                    "a schedule of no pauses; write at least one: `schedule([1s])`",
                );
            }
        }
        ("any" | "all" | "chain", []) => {
            errors.push_at(
                call,
                format_args!("`{word}` of nothing; write at least one part"),
            );
        }
        ("any" | "all" | "chain", parts) => parts.iter().for_each(|part| strategy(part, errors)),
        _ => {}
    }
}

fn method(call: &ExprMethodCall, errors: &mut Errors) {
    let Some(arg) = call.args.first() else { return };
    match call.method.to_string().as_str() {
        "max" => {
            a_duration(arg, errors);
            cap(call, arg, errors);
        }
        "min" | "jitter_add" | "hint_max" => a_duration(arg, errors),
        "jitter_ratio" => match number(arg) {
            Some(ratio) if !(0.0..=1.0).contains(&ratio) => {
                errors.push_at(arg, "a jitter ratio is between 0 and 1, such as `0.25`");
            }
            _ => {}
        },
        "factor" => match number(arg) {
            Some(factor) if factor.is_nan() || factor.is_infinite() => {
                errors.push_at(
                    arg,
                    "a factor is a finite number of at least 1, such as `1.5`",
                );
            }
            Some(factor) if factor < 1.0 => {
                errors.push_at(
                    arg,
                    "a factor below 1 would shorten the pauses; write at least `1.0`",
                );
            }
            _ => {}
        },
        _ => {}
    }
}

fn count_of_attempts(count: &Expr, errors: &mut Errors) {
    let Expr::Lit(lit) = count else {
        if number(count).is_some_and(|count| count < 0.0) {
            errors.push_at(count, "a number of attempts is at least 1");
        }
        return;
    };
    if duration::nanos(&lit.lit).is_some() {
        let text = lit.lit.to_token_stream();
        let message =
            format!("a number of attempts, not a duration; did you mean `after_delay({text})`?");
        errors.push_at(count, message);
    }
    if let Lit::Int(lit) = &lit.lit {
        if lit.base10_digits() == "0" && duration::nanos(&Lit::Int(lit.clone())).is_none() {
            let message = "`after_attempt(0)` would never run the function; write at least `after_attempt(1)`";
            errors.push_at(count, message);
        }
    }
}

/// A plain number where a duration stands.
fn a_duration(value: &Expr, errors: &mut Errors) {
    if let Expr::Unary(unary) = value {
        if matches!(unary.op, UnOp::Neg(_)) && matches!(&*unary.expr, Expr::Lit(_)) {
            errors.push_at(value, "a duration cannot be negative");
        }
        return;
    }
    let Expr::Lit(lit) = value else { return };
    let plain = match &lit.lit {
        Lit::Int(lit) => lit.suffix().is_empty(),
        Lit::Float(lit) => lit.suffix().is_empty(),
        _ => false,
    };
    if plain {
        let text = lit.lit.to_token_stream();
        errors.push_at(
            value,
            format_args!("a duration has a unit: `{text}s` or `{text}ms`"),
        );
    }
}

fn a_range(range: &Expr, errors: &mut Errors) {
    let Expr::Range(range) = range else { return };
    let ends = (range.start.as_deref(), range.end.as_deref());
    if let (Some(start), Some(end)) = ends {
        a_duration(start, errors);
        a_duration(end, errors);
        if let (Some(low), Some(high)) = (literal_nanos(start), literal_nanos(end)) {
            if high < low {
                let (start, end) = (start.to_token_stream(), end.to_token_stream());
                errors.push_at(
                    range,
                    format_args!("the range is empty; write `{end}..{start}`"),
                );
            } else if high == low {
                let start = start.to_token_stream();
                errors.push_at(
                    range,
                    format_args!("the range is empty; write `fixed({start})`"),
                );
            }
        }
    }
    if matches!(range.limits, syn::RangeLimits::Closed(_)) || ends.0.is_none() || ends.1.is_none() {
        errors.push_at(
            range,
            "`random` takes a range with both ends: `random(1s..3s)`",
        );
    }
}

/// `exponential(10s).max(1s)`: the cap is below the first pause.
fn cap(call: &ExprMethodCall, cap: &Expr, errors: &mut Errors) {
    let Some(cap_nanos) = literal_nanos(cap) else {
        return;
    };
    let mut receiver = &*call.receiver;
    while let Expr::MethodCall(inner) = receiver {
        if inner.method == "min" {
            if let Some(floor) = inner.args.first() {
                if literal_nanos(floor).is_some_and(|floor| floor > cap_nanos) {
                    errors.push_at(cap, "`max` is below `min`; swap them");
                }
            }
        }
        receiver = &inner.receiver;
    }
    let Expr::Call(first) = receiver else { return };
    let Some((word, _)) = bare_word(&first.func) else {
        return;
    };
    let grows = [
        "exponential",
        "fibonacci",
        "incrementing",
        "decorrelated",
        "fixed",
    ];
    if !grows.iter().any(|grows| word == grows) {
        return;
    }
    let Some(start) = first.args.first() else {
        return;
    };
    if literal_nanos(start).is_some_and(|start| start > cap_nanos) {
        let (start, cap_text) = (start.to_token_stream(), cap.to_token_stream());
        let message = format!(
            "the cap {cap_text} is below the first pause {start}; raise the cap or start lower"
        );
        errors.push_at(cap, message);
    }
}

fn literal_nanos(value: &Expr) -> Option<u128> {
    match value {
        Expr::Lit(lit) => duration::nanos(&lit.lit),
        Expr::Paren(paren) => literal_nanos(&paren.expr),
        _ => None,
    }
}

/// The value of a number, its sign and the constants of `f64` included.
fn number(value: &Expr) -> Option<f64> {
    match value {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Int(lit) => lit.base10_digits().parse().ok(),
            Lit::Float(lit) => lit.base10_digits().parse().ok(),
            _ => None,
        },
        Expr::Paren(paren) => number(&paren.expr),
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
