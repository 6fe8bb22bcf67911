//! Fleets: processes that share breakers, budgets, limits and configurations over Redis.

mod builder;
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
mod quorum;
mod share;
mod status;
mod store;

pub use self::builder::FleetBuilder;
pub use self::error::FleetError;
pub use self::handle::Fleet;
pub use self::join::{Join, JoinAs};
#[cfg(feature = "testing")]
pub use self::memory::MemoryStore;
pub use self::quorum::{Quorum, quorum};
pub use self::status::{Failure, PartStatus, Status};

/// The parts of a fleet without a connection, for models and simulations. They may change in any release.
#[doc(hidden)]
pub mod engine {
    pub use super::join::JoinAs;
    pub use super::member::Member;
    #[cfg(feature = "testing")]
    pub use super::memory::Store;
    pub use super::part::{Asked, Part, Terms};
    pub use super::store::{Answer, Question, Script, Unreadable};
}
