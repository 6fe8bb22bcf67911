//! The types that a policy, its guards and an operation give a call.

use core::future::Future;

use super::operation::Begins;
use crate::engine::cases::Counting;
use crate::guard::{CallGuardBase, Guard, Hedging};
use crate::policy::Policy;
use crate::time::sleep::AsyncSleep;

/// The future of a policy's pauses.
pub(in crate::policy) type SleepOf<P, O> = <<P as Policy<O>>::Sleep as AsyncSleep>::Sleeping;

/// The counters of a policy's cases.
pub(in crate::policy) type CountersOf<P, O> = <<P as Policy<O>>::Cases as Counting>::Counters;

/// The guard of one call of a policy.
pub(in crate::policy) type WatchOf<'p, P, O> = <<P as Policy<O>>::Guards as Guard<O>>::Active<'p>;

/// The outcome of an operation.
pub(super) type OutcomeOf<F, M> = <<F as Begins<M>>::Future as Future>::Output;

/// The limit of a call's attempts.
pub(in crate::policy) type LimitOf<G, Z> = <G as CallGuardBase>::Limit<Z>;

/// The measure of a call's attempts.
pub(in crate::policy) type RecorderOf<G> = <<G as CallGuardBase>::Hedge as Hedging>::Recorder;
