//! A store in memory that members of one process share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Store;
use crate::fleet::clock::now;
use crate::fleet::status::Failure;
use crate::fleet::store::{Answer, Question};

/// A store in memory in place of Redis, for tests: several members of one process are a fleet.
///
/// Its time is that of the tokio runtime, so that a paused clock drives leases too.
///
/// ```
/// # use persevere_core as persevere;
/// # #[cfg(feature = "testing")]
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), persevere::fleet::FleetError> {
/// use persevere::{Bulkhead, Fleet};
/// use persevere::fleet::MemoryStore;
///
/// static HERE: Bulkhead = Bulkhead::new("reports", 20);
/// static THERE: Bulkhead = Bulkhead::new("reports", 20); // in another process
///
/// let store = MemoryStore::new();
/// let fleet = || Fleet::in_memory(&store).namespace("shop").members(2);
/// let (_here, _there) = (fleet().join(&HERE).start().await?, fleet().join(&THERE).start().await?);
/// assert_eq!(HERE.limit() + THERE.limit(), 20);
///
/// store.stop(); // as a server that is killed
/// assert_eq!(HERE.limit() + THERE.limit(), 20);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "testing"))]
/// # fn main() {}
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    store: Store,
    stopped: bool,
}

impl MemoryStore {
    /// Creates an empty store.
    pub fn new() -> Self {
        MemoryStore::default()
    }

    /// Stops it: members find it unreachable.
    pub fn stop(&self) {
        self.state().stopped = true;
    }

    /// Lets it go on with what it holds.
    pub fn resume(&self) {
        self.state().stopped = false;
    }

    /// Empties it, as a server that is restarted without its data.
    pub fn empty(&self) {
        self.state().store.empty();
    }

    pub(in crate::fleet) fn ask(&self, question: &Question) -> Result<Answer, Failure> {
        let mut state = self.state();
        if state.stopped {
            return Err(Failure::Unreachable);
        }
        // From 1: a store that was asked at 0 has not been asked.
        let now = 1 + now() / 1_000_000;
        state.store.answer(question, now).ok_or(Failure::Malformed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
