//! Limits of time that can only be a mistake.

use syn::Expr;

use super::guard::is_strategy;
use super::number::{a_duration, literal_nanos, not_a_duration};
use crate::diagnostics::text;

/// Returns the message for a wrong literal that limits a call or an attempt. It needs a unit, and is not zero.
pub(crate) fn limit(key: &str, value: &Expr) -> Option<String> {
    if literal_nanos(value) == Some(0) {
        let message = match key {
            "deadline" => {
                "a deadline of zero would never run the function; write the longest that the call may take"
            }
            "within" => {
                "a reserve of no time has no effect; write the longest that the fallback may take, or leave `within` out"
            }
            "idle_timeout" => {
                "a stream would be idle at once; write the longest time that it may give nothing"
            }
            _ => "every attempt takes longer than nothing; write the longest that one may take",
        };
        return Some(message.to_owned());
    }
    no_duration(key, value).or_else(|| a_duration(value))
}

/// Returns the message for a value that cannot be a duration, literals apart.
pub(super) fn no_duration(key: &str, value: &Expr) -> Option<String> {
    match value {
        Expr::Call(call) if is_strategy(value) => Some(match call.args.first() {
            Some(given) if literal_nanos(given).is_some() && call.args.len() == 1 => {
                let given = text(given);
                let instead = usage(key, &given);
                format!("`{key}` takes the duration itself: `{instead}`")
            }
            _ => format!("`{key}` takes a duration: `{}`", usage(key, "5s")),
        }),
        Expr::Range(_) | Expr::Closure(_) | Expr::Array(_) | Expr::Tuple(_) => {
            Some(not_a_duration(value))
        }
        _ => None,
    }
}

fn usage(key: &str, time: &str) -> String {
    match key {
        "within" => format!("within({time}, |give_up| ..)"),
        _ => format!("{key} = {time}"),
    }
}
