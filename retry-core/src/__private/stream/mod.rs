//! The stream of a function with the attribute.
//!
//! Its policy borrows what the function has, and the stream of the policy borrows the policy. So an `async` block owns
//! both, and [gives](Items) the items to the [stream](Given) that the function returns.

mod given;
mod items;
mod news;
mod opening;
mod policy;
mod shared;

use core::future::Future;

use core::time::Duration;

use futures_core::stream::Stream;

pub use self::given::{Given, opened, opened_or_failed};
pub use self::items::Items;
pub use self::news::informed;
pub use self::policy::{Moved, SameWait, guarded, hook};
use self::shared::Shared;
use super::OutcomeType;
use crate::call::interrupt::Interrupt;
use crate::call::outcome::Outcome;
use crate::guard::CallGuardBase;
use crate::policy::Policy;
use crate::policy::stream::{IdleTimeout, NeverIdle, RunStream};
use crate::time::sleep::AsyncSleep;

/// Returns the stream of the items that a future gives.
pub fn stream<O, F: Future<Output = ()>>(give: impl FnOnce(Items<O>) -> F) -> Given<O, F> {
    let shared = Shared::new();
    Given::new(give(Items(shared.clone())), shared)
}

/// The type of the items of a stream.
pub type ItemOf<S> = <S as Stream>::Item;

/// Runs the stream of a policy.
#[inline]
pub fn run<'p, P, O, K, F, A, S>(
    _: OutcomeType<O>,
    policy: &'p P,
    start: K,
    open: F,
    after: A,
) -> RunStream<'p, P, O, K, F, A, S, NeverIdle>
where
    P: Policy<O, Sleep: AsyncSleep>,
    O: Outcome,
    K: Clone,
    F: FnMut(K) -> S,
    A: FnMut(&O::Value) -> K,
    S: Stream<Item = O>,
{
    RunStream::new(policy, start, open, after)
}

/// Names a stream by its function, in place of its policy.
pub fn named<'p, P, O, K, F, A, S, I, Z, C, G>(
    stream: RunStream<'p, P, O, K, F, A, S, I, Z, C, G>,
    name: &'static &'static str,
) -> RunStream<'p, P, O, K, F, A, S, I, Z, C, G>
where
    P: Policy<O>,
    Z: Future<Output = ()> + Send,
    G: CallGuardBase,
{
    stream.named(name)
}

/// Takes the end of a stream for a failure, of this outcome.
pub fn endless<'p, P, O, K, F, A, S, I, Z, C, G>(
    stream: RunStream<'p, P, O, K, F, A, S, I, Z, C, G>,
    ended: fn(Interrupt) -> O,
) -> RunStream<'p, P, O, K, F, A, S, I, Z, C, G>
where
    P: Policy<O>,
    Z: Future<Output = ()> + Send,
    G: CallGuardBase,
{
    stream.endless_by(ended)
}

/// Cuts a stream that gives nothing for as long as `limit`, with this outcome.
pub fn idle_timeout<'p, P, O, K, F, A, S, Z, C, G>(
    stream: RunStream<'p, P, O, K, F, A, S, NeverIdle, Z, C, G>,
    limit: Duration,
    idle: fn(Interrupt) -> O,
) -> RunStream<'p, P, O, K, F, A, S, IdleTimeout<O, Z>, Z, C, G>
where
    P: Policy<O>,
    Z: Future<Output = ()> + Send,
    G: CallGuardBase,
{
    stream.idle_timeout_by(limit, idle)
}
