//! Keys of streams, and keys that a stream does not have.

use persevere_words::{Key, Word};

use crate::check::retried::Retries;
use crate::diagnostics::Errors;
use crate::lower::shape::Shape;
use crate::parse::attribute::Args;
use crate::parse::role::Role;

/// Keys that need `resume` beside them.
const OF_STREAMS: [Key; 3] = [Key::Endless, Key::IdleTimeout, Key::Progress];

/// Keys that stand beside the `policy` of a stream.
pub(crate) const BESIDE_POLICY: [Key; 7] = [
    Key::Policy,
    Key::Doc,
    Key::Interrupt,
    Key::Endless,
    Key::IdleTimeout,
    Key::Progress,
    Key::Span,
];

/// Reports keys that have no meaning for the function, which returns a stream or not.
pub(crate) fn check(args: &Args, shape: &Shape, errors: &mut Errors) {
    if shape.stream().is_none() {
        refuse_without_stream(args, errors);
        return;
    }
    if let Some(handle) = &args.attempt {
        let message =
            "an opening of a stream has no handle; its number is `state.attempt()` in a callback";
        errors.push(handle.span(), message);
    }
    if let Some(name) = args.values.name(Key::WrapErr) {
        let message = "a stream gives the last error itself, so it has no `wrap_err`; `on_failure` sees the attempts \
                       and the reason";
        errors.push(name.span(), message);
    }
    if args.values.has(Key::Policy) {
        refuse_beside_policy(args, errors);
    }
    refuse_values(args, errors);
    for arm in &args.arms {
        for key in [Key::Budget, Key::BeforeSleep] {
            if let Some(name) = arm.own.name(key) {
                let message = format!(
                    "a case of a stream has a `stop` and a `wait` of its own, and no `{name}`; write it at the function"
                );
                errors.push(name.span(), message);
            }
        }
    }
}

fn refuse_without_stream(args: &Args, errors: &mut Errors) {
    // A set is for streams and calls alike.
    if args.is_set || args.resume.is_some() {
        return;
    }
    for key in OF_STREAMS {
        if let Some(name) = args.values.name(key) {
            let message = format!(
                "`{name}` is for a function that returns a stream, with `resume(PARAM = |item| ..)` beside it"
            );
            errors.push(name.span(), message);
        }
    }
}

/// Reports what retries values: those of a stream are given as they are.
fn refuse_values(args: &Args, errors: &mut Errors) {
    let message = "the values of a stream are given as they are, and its errors are judged; write `transient()` or \
                   `err(|e| ..)`, and end the stream where a value says so";
    let when = args.values.strategy(Role::When);
    let judges_values = |word: &Word| matches!(word.name, "ok" | "until");
    if let Some(when) = when.filter(|when| when.find(&judges_values).is_some()) {
        errors.push_at(&when.written, message);
    }
    for arm in &args.arms {
        if Retries::by_pattern(&arm.pattern) == Retries::Values {
            errors.push_at(&arm.pattern, message);
        }
    }
}

fn refuse_beside_policy(args: &Args, errors: &mut Errors) {
    let message = |name: &str| {
        format!(
            "the policy of a stream decides all that `{name}` does; set it there, or leave `policy` out"
        )
    };
    for strategy in args.values.strategies() {
        let name = strategy.role.key();
        errors.push_at(&strategy.written, message(name));
    }
    for (key, name, _) in &args.values.others {
        if !BESIDE_POLICY.contains(key) {
            errors.push(name.span(), message(&name.to_string()));
        }
    }
    for arm in &args.arms {
        errors.push_at(&arm.pattern, message(arm.key.name()));
    }
}
