//! The adaptation of a bulkhead to how attempts end.

use super::place::Ended;
use super::shared_bulkhead::Bulkhead;

impl Bulkhead {
    /// Learns how an attempt ended, which has its place still; `nanos` reads how long it took.
    #[inline]
    pub(super) fn learn(&self, ended: Ended, nanos: impl FnOnce() -> u64) {
        if self.gradient.is_some() {
            self.adapt(ended, nanos);
        }
    }

    fn adapt(&self, ended: Ended, nanos: impl FnOnce() -> u64) {
        let Some(gradient) = &self.gradient else {
            return;
        };
        match ended {
            Ended::Success => gradient.succeeded(nanos(), self.in_use()),
            Ended::Overload => gradient.overloaded(),
            Ended::Ignored => return,
        }
        loop {
            let limit = gradient.limit();
            self.change(|seen| (seen.limit() != limit).then(|| seen.limited(limit)));
            // Another thread may have published a newer limit before. The exchange has acquired what it released, so
            // that the newer limit is seen here.
            if gradient.limit() == limit {
                break;
            }
        }
        self.serve();
    }
}
