//! The share of the places that one process of a fleet holds.

use super::bulkhead::Bulkhead;
#[cfg(feature = "redis-fleet")]
use super::settings::Places;

impl Bulkhead {
    /// Returns the number of places that was configured; `None` if it is learned.
    #[cfg(feature = "redis-fleet")]
    pub(crate) const fn fixed_places(&self) -> Option<u32> {
        match self.settings.places() {
            Places::Fixed(places) => Some(places),
            Places::Adaptive(..) => None,
        }
    }

    /// Limits it to this many places, and returns how many it may use from now on: those above the limit that are in
    /// use are held until they are given back.
    ///
    /// One thread at a time calls it.
    pub(crate) fn set_share(&self, places: u32) -> u32 {
        let state = self.state();
        state.change(|seen| (seen.limit() != places).then(|| seen.limited(places)));
        // Where the limit has risen, calls in line have what was added.
        state.serve();
        // Relaxed: not before the change above, since both are of one word. From that moment on the places in use
        // rise no higher than the limit.
        let seen = state.load();
        seen.limit().max(seen.in_use())
    }
}
