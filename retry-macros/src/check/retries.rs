//! Arms that leave nothing to retry.

use syn::{Expr, Lit, Pat, parse_quote};

use crate::check::retried::Retries;
use crate::diagnostics::{Errors, text};
use crate::parse::attribute::Args;
use crate::parse::inspect::{literal, within};
use crate::parse::pattern::{Arm, any_in, covers, is_irrefutable};
use crate::parse::role::Role;
use persevere_words::Key;

/// Reports guards that are never true, and an `unless` that takes every outcome, every failure, or all that
/// another arm would retry.
pub(crate) fn check(args: &Args, errors: &mut Errors) {
    let (mut finals, mut wanted, mut all_unless) = (Vec::new(), Vec::new(), true);
    for arm in &args.arms {
        let unless = arm.key == Key::Unless;
        all_unless &= unless;
        if is_never(arm) {
            errors.push_at(
                &arm.guard,
                "a guard that is never true: nothing matches this arm; leave it out",
            );
        } else if is_final(arm) {
            finals.push(arm);
        } else if !unless {
            wanted.push(arm);
        }
    }
    let Some(last) = finals.last() else { return };
    let retried = args.kind.pick("retried", "a failure");
    let to_retry = args.kind.pick("to retry", "a failure is");
    let covering = |pattern: &Pat| finals.iter().find(|arm| covers(&arm.pattern, pattern));
    let is_covered = |pattern: &Pat| covering(pattern).is_some();
    let none: Pat = parse_quote!(None);
    let everything = finals.iter().find(|arm| is_irrefutable(&arm.pattern));
    if everything.is_some()
        || is_covered(&any_in("Ok")) && is_covered(&any_in("Err"))
        || is_covered(&any_in("Some")) && is_covered(&none)
    {
        let arm = everything.unwrap_or(last);
        let written = text(&arm.pattern);
        errors.push_at(
            &arm.pattern,
            format_args!(
                "`unless = {written}` makes every outcome final, and nothing is ever {retried}; \
                 match what is final: `unless = Err(..) if ..`"
            ),
        );
        return;
    }
    if all_unless {
        let failures = covering(&any_in("Err")).or_else(|| covering(&none));
        let of_failures = args
            .values
            .strategy(Role::When)
            .is_none_or(|when| Retries::by_predicate(when) == Retries::Errors);
        if let (Some(arm), true) = (failures, of_failures) {
            let written = text(&arm.pattern);
            errors.push_at(
                &arm.pattern,
                format_args!(
                    "`unless = {written}` makes every failure final, and nothing is ever {retried}; \
                     match the failures that are final, or say with `on` what {to_retry}"
                ),
            );
        }
    }
    for arm in wanted {
        if !is_covered(&arm.pattern) {
            continue;
        }
        let written = text(&arm.pattern);
        errors.push_at(
            &arm.pattern,
            format_args!(
                "`{written}` is never {retried}: an `unless` matches all of it, and outranks this; narrow one of both"
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
