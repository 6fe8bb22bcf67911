//! The recorder of the calls in a scope.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::mistakes;
use crate::call::error::StopReason;

/// An event of a call.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::testing::{self, Event};
/// use persevere::{Policy, RetryPolicy};
///
/// let (_, recorded) = testing::record(|| RetryPolicy::new().name("fetch").run(|| Some(7)));
/// let name = "fetch".to_owned();
/// assert_eq!(recorded.events(), [Event::Attempt { name, attempt: 1 }]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// An attempt began.
    Attempt {
        /// The [`name`](crate::RetryState) of the function.
        name: String,
        /// The number of the attempt, from 1.
        attempt: u32,
    },
    /// A pause began.
    Pause {
        /// The name of the function.
        name: String,
        /// The number of the attempt before it.
        attempt: u32,
        /// Its length.
        pause: Duration,
    },
    /// A call gave up: its last outcome was one to retry.
    GaveUp {
        /// The name of the function.
        name: String,
        /// The number of the last attempt.
        attempt: u32,
        /// The reason.
        reason: StopReason,
    },
}

impl Event {
    /// Returns the name of the function.
    pub(crate) fn name(&self) -> &str {
        match self {
            Event::Attempt { name, .. }
            | Event::Pause { name, .. }
            | Event::GaveUp { name, .. } => name,
        }
    }
}

/// A recorder of the calls in its scopes: [`Scope::record`](crate::testing::Scope::record). Clones write to
/// the same record.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::testing::{Recorder, Scope};
/// use persevere::{Policy, RetryPolicy};
///
/// let recorder = Recorder::new();
/// let scope = Scope::new().virtual_time().record(&recorder);
/// scope.run(|| RetryPolicy::new().run(|| None::<u8>));
/// recorder.recorded().attempts(3);
/// ```
#[derive(Clone, Debug)]
pub struct Recorder(Arc<Record>);

#[derive(Debug)]
struct Record {
    events: Mutex<Vec<Event>>,
    /// The number of attempts in no scope before this record began.
    outside: u64,
    /// Whether a pause was slept in real time.
    in_real_time: AtomicBool,
}

impl Recorder {
    /// Creates a recorder with an empty record.
    pub fn new() -> Self {
        Recorder(Arc::new(Record {
            events: Mutex::default(),
            outside: mistakes::outside(),
            in_real_time: AtomicBool::new(false),
        }))
    }

    /// Clears the record.
    pub fn clear(&self) {
        self.events().clear();
    }

    pub(super) fn write(&self, event: Event) {
        self.events().push(event);
    }

    /// Notes a pause in real time; reports the first one, since the test may take long to fail.
    pub(super) fn note_real_time(&self) {
        // Relaxed: it is one flag, and no other memory depends on it.
        if !self.0.in_real_time.swap(true, Ordering::Relaxed) {
            eprintln!("{IN_REAL_TIME}");
        }
    }

    pub(crate) fn events(&self) -> MutexGuard<'_, Vec<Event>> {
        self.0.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the mistakes of the test that explain why the record differs from the expected one.
    pub(crate) fn mistakes(&self) -> Vec<String> {
        let attempts = mistakes::outside() - self.0.outside;
        let in_real_time = self.0.in_real_time.load(Ordering::Relaxed);
        let outside = (attempts > 0).then(|| {
            format!(
                "{attempts} attempts ran in no scope meanwhile: a thread or a task that is spawned inside a scope is \
                 outside of it; take the scope along: \
                 `let scope = Scope::current(); tokio::spawn(scope.run_async(task))`, \
                 for a thread `move || scope.run(work)`"
            )
        });
        let in_real_time = in_real_time.then(|| IN_REAL_TIME.to_owned());
        outside.into_iter().chain(in_real_time).collect()
    }
}

impl Default for Recorder {
    fn default() -> Self {
        Recorder::new()
    }
}

/// The message for a clock that was not paused.
const IN_REAL_TIME: &str = "pauses are slept in real time, since tokio's clock is not paused: write \
    `#[tokio::test(start_paused = true)]`, or leave them out with `Scope::new().no_pauses()`";
