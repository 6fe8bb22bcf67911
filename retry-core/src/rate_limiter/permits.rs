//! Permits for calls that do not wait, and for the one in front of the line.

use super::rate_limiter::RateLimiter;
use super::shared::Shared;
use crate::time::clock::Instant;
use crate::time::ticks::ticks;
use crate::util::sync::atomic::Ordering;

impl RateLimiter {
    /// Takes a permit if one is there and nobody waits.
    #[inline]
    pub(crate) fn try_take(&self, now: Instant) -> bool {
        let (now, state, pace) = (ticks(now), self.state(), self.pace());
        let taken = state.word.update(|word| {
            let free = !word.is_marked() && pace.slot(word.arrival()) <= now;
            free.then(|| pace.taken(word.arrival(), now))
        });
        if taken {
            state.counters.took();
        }
        taken || state.word.load().is_marked() && self.try_take_in_line(now)
    }

    #[cold]
    fn try_take_in_line(&self, now: u64) -> bool {
        self.state()
            .locked(|shared| shared.line.len() == 0 && self.take_locked(shared, now))
    }

    /// Takes a permit for the call in front.
    pub(super) fn take_locked(&self, shared: &mut Shared, now: u64) -> bool {
        shared.news.expire(now);
        let pace = self.pace();
        let taken = shared.news.asking_until(now).is_none()
            && self.state().word.update(|word| {
                (pace.slot(word.arrival()) <= now).then(|| pace.taken(word.arrival(), now))
            });
        if !taken {
            return false;
        }
        if let Some(spent_until) = shared.news.took(now) {
            self.state().word.raise(pace.held(spent_until));
            self.state()
                .held_until
                .fetch_max(spent_until, Ordering::Relaxed);
        }
        self.state().counters.took();
        true
    }
}
