//! Fleets: processes that share breakers, budgets, limits and configurations over Redis.
//!
//! # Breakers
//!
//! A breaker of a fleet opens in every process on the evidence of some of them, and one process probes for all.
//!
//! - It opens once a quorum of the members has opened it by calls of their own: by default a tenth of the members, and
//!   at least one; see [`quorum`]. It also opens once the failures among the calls of all members reach its
//!   [`failure_rate`](crate::CircuitBreaker::failure_rate) and its minimum, if a quorum of the members has some.
//!   Failures in a row, and slow calls, open the breaker of their process, which is evidence then.
//! - The others follow within two exchanges: about half a second. They refuse calls for the open time of the member
//!   whose evidence was last.
//! - After the open time one member that has refused a call makes the probes, as many as one breaker would. Their
//!   result closes the breaker of all, or opens it again. A member that does not probe within three quarters of a
//!   lease, 3.75 s, loses the right to another one.
//! - [`reset`](crate::CircuitBreaker::reset) on an open breaker closes it in every process. A breaker that is forced
//!   or disabled is left as it is, and is no evidence.
//! - A process that cannot reach Redis goes on alone, with the state that its breaker has.
//!
//! A store that has just been started, or was silent, does not know its members. For three quarters of a lease it opens
//! no breaker; one that was open stays so, since the members say it.
//!
//! A wrong value in Redis can refuse calls, and each process bounds that by itself: orders refuse calls for at most two
//! thirds of all time, and for two to three open times at a stretch, which each process draws for itself. Then it
//! probes by itself. A probe of its own that fails says that the orders were right, and doubles the stretch, up to four
//! times; one that succeeds makes it what it was. A wrong value can also close a breaker, at most once in an open
//! time, after which its own calls open it again.
//!
//! A [`listener`](crate::CircuitBreaker::listener) hears what the fleet changes, in the task of the fleet. It must not
//! wait.
//!
//! ```
//! # use persevere_core as persevere;
//! # #[cfg(feature = "testing")]
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), persevere::fleet::FleetError> {
//! use std::sync::Arc;
//! use std::time::Duration;
//! use persevere::{CircuitBreaker, Fleet};
//! use persevere::breaker::State;
//! use persevere::fleet::MemoryStore;
//! use tokio::time::sleep;
//!
//! // Two processes, and a store in memory in place of Redis.
//! let store = MemoryStore::new();
//! let [one, other] = [(); 2].map(|()| Arc::new(CircuitBreaker::new("payments").consecutive(3)));
//! let join = |breaker: &Arc<CircuitBreaker>| {
//!     Fleet::in_memory(&store).namespace("shop").join(Arc::clone(breaker)).start()
//! };
//! let _fleets = (join(&one).await?, join(&other).await?);
//! sleep(Duration::from_secs(4)).await;
//!
//! for _ in 0..3 {
//!     one.call(|| None::<u8>);
//! }
//! sleep(Duration::from_secs(1)).await;
//! assert_eq!(other.state(), State::Open);
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "testing"))]
//! # fn main() {}
//! ```
//!
//! # Bulkheads
//!
//! The places of a bulkhead that joins are those of all members together: at most so many are in use at a time, also
//! while Redis is away or was emptied. Each member holds as many as its calls want. A member that shall have fewer
//! keeps those in use until they are given back. With more members than places each has one.
//!
//! ```
//! # use persevere_core as persevere;
//! # #[cfg(feature = "testing")] {
//! use persevere::Bulkhead;
//! use persevere::fleet::{Fleet, MemoryStore};
//!
//! static HERE: Bulkhead = Bulkhead::new("reports", 20);
//! static THERE: Bulkhead = Bulkhead::new("reports", 20); // in another process
//!
//! # let mut runtime = tokio::runtime::Builder::new_current_thread();
//! # runtime.enable_time().build().unwrap().block_on(async {
//! let store = MemoryStore::new();
//! let fleet = || Fleet::in_memory(&store).namespace("shop").members(2);
//! let _here = fleet().join(&HERE).start().await?;
//! let _there = fleet().join(&THERE).start().await?;
//! assert_eq!((HERE.limit(), THERE.limit()), (10, 10));
//! # Ok::<_, persevere::fleet::FleetError>(()) }).unwrap();
//! # }
//! ```
//!
//! # Budgets
//!
//! A budget has no name of its own, and joins with one.
//!
//! - Of [`tokens`](crate::RetryBudget::tokens) the capacity is divided, and goes where retries are spent. All members
//!   together spend what one bucket has and gets back. What a member had spent when it was killed or left is lent
//!   again: once its share.
//! - Of a [`ratio`](crate::RetryBudget::ratio) the reserve is divided; the ratio is of each member's own calls. A
//!   share that grows counts after it was held for a whole window. The retries of all members in any window are at
//!   most those of one budget.
//! - Others are refused, and [`FleetError::Indivisible`] says which to take instead.
//!
//! ```
//! # use persevere_core as persevere;
//! # #[cfg(feature = "testing")] {
//! use persevere::RetryBudget;
//! use persevere::fleet::{Fleet, MemoryStore};
//!
//! static HERE: RetryBudget = RetryBudget::tokens(500);
//! static THERE: RetryBudget = RetryBudget::tokens(500); // in another process
//!
//! # let mut runtime = tokio::runtime::Builder::new_current_thread();
//! # runtime.enable_time().build().unwrap().block_on(async {
//! let store = MemoryStore::new();
//! let fleet = || Fleet::in_memory(&store).namespace("shop").members(2);
//! let _here = fleet().join_as("checkout", &HERE).start().await?;
//! let _there = fleet().join_as("checkout", &THERE).start().await?;
//! assert_eq!((HERE.available(), THERE.available()), (50, 50)); // at 5 tokens each
//! # Ok::<_, persevere::fleet::FleetError>(()) }).unwrap();
//! # }
//! ```
//!
//! ```compile_fail,E0277
//! # use persevere_core as persevere;
//! # use persevere::{Fleet, RetryBudget};
//! static BUDGET: RetryBudget = RetryBudget::tokens(500);
//! let fleet = Fleet::connect("redis://127.0.0.1/").join(&BUDGET); // no name
//! ```
//!
//! # Configuration
//!
//! With the feature `config` a member joins with a set of policies, `FleetBuilder::configs`. What one member publishes
//! by `Fleet::publish`, all take over within an exchange: above their file, below their environment variables.

mod builder;
mod change;
mod clock;
mod error;
mod exchange;
mod handle;
mod join;
mod link;
mod member;
#[cfg(feature = "testing")]
mod memory;
mod part;
mod parts;
#[cfg(feature = "config")]
mod publish;
#[cfg(feature = "config")]
mod publisher;
mod quorum;
mod redis_error;
mod share;
mod status;
mod store;

pub use self::builder::FleetBuilder;
pub use self::change::Change;
pub use self::error::FleetError;
pub use self::handle::Fleet;
pub use self::join::{Join, JoinAs};
#[cfg(feature = "testing")]
pub use self::memory::MemoryStore;
#[cfg(feature = "config")]
pub use self::publisher::PublishError;
pub use self::quorum::{Quorum, quorum};
pub use self::status::{Failure, PartStatus, Status};

/// The parts of a fleet without a connection, for models and simulations. They may change in any release.
#[doc(hidden)]
pub mod engine {
    pub use super::clock::now;
    pub use super::join::JoinAs;
    pub use super::member::Member;
    #[cfg(feature = "testing")]
    pub use super::memory::Store;
    pub use super::part::{Asked, Part, Terms};
    pub use super::share::{Divisible, Share};
    pub use super::store::{Answer, Question, Script, Unreadable};
}
