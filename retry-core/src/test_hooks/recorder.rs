//! Writes down what the calls in a scope do.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::call::error::StopReason;

/// Something that a call did.
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
        /// Of which function, as its [`name`](crate::RetryState) says.
        name: String,
        /// Its number, from 1.
        attempt: u32,
    },
    /// A pause began.
    Pause {
        /// Of which function.
        name: String,
        /// After the attempt with this number.
        attempt: u32,
        /// How long it is.
        pause: Duration,
    },
    /// A call gave up: its last outcome was one to retry.
    GaveUp {
        /// Of which function.
        name: String,
        /// After the attempt with this number.
        attempt: u32,
        /// Why.
        reason: StopReason,
    },
}

impl Event {
    /// The function's name.
    pub(crate) fn name(&self) -> &str {
        match self {
            Event::Attempt { name, .. }
            | Event::Pause { name, .. }
            | Event::GaveUp { name, .. } => name,
        }
    }
}

/// Writes down what the calls in its scopes do: [`Scope::record`](crate::testing::Scope::record). Clones write
/// in the same record.
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
#[derive(Clone, Debug, Default)]
pub struct Recorder(Arc<Mutex<Vec<Event>>>);

impl Recorder {
    /// Nothing was done yet.
    pub fn new() -> Self {
        Recorder::default()
    }

    /// Forgets what was done.
    pub fn clear(&self) {
        self.events().clear();
    }

    pub(super) fn write(&self, event: Event) {
        self.events().push(event);
    }

    pub(crate) fn events(&self) -> MutexGuard<'_, Vec<Event>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
