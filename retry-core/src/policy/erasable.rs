//! Parts of a policy whose type can be named.

use crate::time::sleep::DefaultSleeper;
use crate::wait::Wait;

/// A wait for every outcome.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a wait for every outcome",
    label = "this policy has a wait that reads the outcome",
    note = "write `.boxed::<Result<T, E>>()` for one type of outcome, or set the wait after `.shared()`, of a clone: `policy.clone().wait(..)`"
)]
pub trait WaitForEveryOutcome: Wait<()> {}

#[diagnostic::do_not_recommend]
impl<W: Wait<()>> WaitForEveryOutcome for W {}

/// The absence of cases.
#[diagnostic::on_unimplemented(
    message = "a policy whose type can be named has no cases",
    label = "this policy has a `case`",
    note = "add it after `.shared()` or `.boxed()`, to a clone: `policy.clone().case(..)`"
)]
pub trait WithoutCases {}

#[diagnostic::do_not_recommend]
impl WithoutCases for () {}

/// The absence of callbacks.
#[diagnostic::on_unimplemented(
    message = "a policy whose type can be named has no callbacks",
    label = "this policy has a callback, a `fallback`, `stats` or `metrics`",
    note = "add it after `.shared()` or `.boxed()`, to a clone: `policy.clone().on_failure(..)`"
)]
pub trait WithoutCallbacks {}

#[diagnostic::do_not_recommend]
impl WithoutCallbacks for () {}

/// The absence of a sleeper of the user's own.
#[diagnostic::on_unimplemented(
    message = "a policy whose type can be named has no sleeper of its own",
    label = "this policy has a `sleep` or a `sleep_async`",
    note = "add it after `.shared()` or `.boxed()`, to a clone: `policy.clone().sleep(..)`"
)]
pub trait WithoutSleeper {}

#[diagnostic::do_not_recommend]
impl WithoutSleeper for DefaultSleeper {}
