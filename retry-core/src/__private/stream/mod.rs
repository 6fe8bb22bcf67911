//! The stream of a function with the attribute.
//!
//! Its policy borrows what the function has, and the stream of the policy borrows the policy. So an `async` block owns
//! both, and [gives](Items) the items to the [stream](Given) that the function returns.

mod awaited;
mod cursor;
mod given;
mod items;
mod news;
mod opening;
mod policy;
mod shared;

use core::future::Future;

use core::time::Duration;

use futures_core::stream::Stream;

use self::cursor::Cursor;
pub use self::cursor::start;
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
pub fn run<'p, P, O, K, S>(
    _: OutcomeType<O>,
    policy: &'p P,
    start: K,
    mut open: impl FnMut(K::Parameter) -> S,
    mut after: impl FnMut(&O::Value) -> K::Parameter,
) -> RunStream<'p, P, O, K, impl FnMut(K) -> S, impl FnMut(&O::Value) -> K, S, NeverIdle>
where
    P: Policy<O, Sleep: AsyncSleep>,
    O: Outcome,
    K: Cursor,
    S: Stream<Item = O>,
{
    let open = move |cursor: K| open(cursor.parameter());
    let after = move |value: &O::Value| K::of(after(value));
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
