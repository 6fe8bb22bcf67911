//! The stream of a function with the attribute.
//!
//! Its policy borrows what the function has, and the stream of the policy borrows the policy. So an `async` block owns
//! both, and [gives](Items) the items to the [stream](Given) that the function returns.

mod awaited;
mod cursor;
mod given;
mod items;
mod news;
mod policy;
mod shared;

use core::future::Future;

use futures_core::stream::Stream;

use self::cursor::Cursor;
pub use self::cursor::start;
pub use self::given::{Given, opened, opened_or_failed};
pub use self::items::Items;
pub use self::news::informed;
pub use self::policy::{Moved, SameWait, guarded, hook};
use self::shared::Shared;
use super::OutcomeType;
use crate::call::outcome::Outcome;
use crate::policy::Policy;
use crate::policy::stream::{NeverIdle, RunStream};
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
