//! A bell: what a thread sleeps on until its time is over, it is asked to look, or it is to end.

use core::time::Duration;
use std::sync::{Condvar, Mutex, PoisonError};

#[derive(Debug, Default)]
pub(super) struct Bell {
    rung: Mutex<Option<Ring>>,
    rings: Condvar,
}

/// The reason why a sleep ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ring {
    /// Look at the file now, and take it.
    #[cfg_attr(not(all(unix, feature = "signal-hook")), allow(dead_code))]
    Reload,
    End,
}

impl Bell {
    /// Ends the sleep. An end is not replaced.
    pub(super) fn ring(&self, ring: Ring) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        if *rung != Some(Ring::End) {
            *rung = Some(ring);
        }
        drop(rung);
        self.rings.notify_all();
    }

    /// Sleeps, and returns the ring that ended it.
    pub(super) fn sleep(&self, pause: Duration) -> Option<Ring> {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let slept = self
            .rings
            .wait_timeout_while(rung, pause, |rung| rung.is_none());
        let (mut rung, _) = slept.unwrap_or_else(PoisonError::into_inner);
        match *rung {
            Some(Ring::End) => Some(Ring::End),
            _ => rung.take(),
        }
    }
}
