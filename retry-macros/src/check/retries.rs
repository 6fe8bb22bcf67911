//! Arms that leave nothing to retry.

use syn::{Expr, Lit, Pat, parse_quote};

use crate::check::retried::Retries;
use crate::diagnostics::{Errors, text};
use crate::parse::attribute::Args;
use crate::parse::inspect::{literal, within};
use crate::parse::pattern::{Arm, covers, is_irrefutable};
use crate::parse::role::Role;
use persevere_words::Key;

/// Reports guards that are never true, and an `unless` that takes every outcome, every failure, or all that
/// another arm would retry.
pub(crate) fn check(args: &Args, errors: &mut Errors) {
    let (dead, arms): (Vec<&Arm>, Vec<&Arm>) = args.arms.iter().partition(|arm| is_never(arm));
    for arm in &dead {
        errors.push_at(
            &arm.guard,
            "a guard that is never true: nothing matches this arm; leave it out",
        );
    }
    let finals: Vec<&Arm> = arms.iter().copied().filter(|arm| is_final(arm)).collect();
    let Some(last) = finals.last() else { return };
    let is_covered = |wanted: &Pat| finals.iter().any(|arm| covers(&arm.pattern, wanted));
    let all = |variants: [Pat; 2]| variants.iter().all(&is_covered);
    let everything = finals.iter().find(|arm| is_irrefutable(&arm.pattern));
    if everything.is_some()
        || all([parse_quote!(Ok(_)), parse_quote!(Err(_))])
        || all([parse_quote!(Some(_)), parse_quote!(None)])
    {
        let arm = everything.unwrap_or(last);
        let written = text(&arm.pattern);
        errors.push_at(
            &arm.pattern,
            format_args!(
                "`unless = {written}` makes every outcome final, and nothing is ever retried; \
                 match what is final: `unless = Err(..) if ..`"
            ),
        );
        return;
    }
    let mut wanted = arms.iter().filter(|arm| arm.key != Key::Unless).peekable();
    if wanted.peek().is_none() && dead.iter().all(|arm| arm.key == Key::Unless) {
        let failure = [parse_quote!(Err(_)), parse_quote!(None)];
        let failures = finals
            .iter()
            .find(|arm| failure.iter().any(|failure| covers(&arm.pattern, failure)));
        let of_failures = args
            .values
            .strategy(Role::When)
            .is_none_or(|when| Retries::by_predicate(when) == Retries::Errors);
        if let (Some(arm), true) = (failures, of_failures) {
            let written = text(&arm.pattern);
            errors.push_at(
                &arm.pattern,
                format_args!(
                    "`unless = {written}` makes every failure final, and nothing is ever retried; \
                     match the failures that are final, or say with `on` what to retry"
                ),
            );
        }
    }
    for arm in wanted.filter(|arm| is_covered(&arm.pattern)) {
        let written = text(&arm.pattern);
        errors.push_at(
            &arm.pattern,
            format_args!(
                "`{written}` is never retried: an `unless` matches all of it, and outranks this; narrow one of both"
            ),
        );
    }
}

/// Returns whether the arm is an `unless` whose guard is always true.
fn is_final(arm: &Arm) -> bool {
    arm.key == Key::Unless && arm.guard.as_ref().is_none_or(|guard| is(guard, true))
}

fn is_never(arm: &Arm) -> bool {
    arm.guard.as_ref().is_some_and(|guard| is(guard, false))
}

/// Returns whether a guard is the literal `true`, or `false`.
fn is(guard: &Expr, wanted: bool) -> bool {
    matches!(literal(within(guard)), Some(Lit::Bool(lit)) if lit.value == wanted)
}
