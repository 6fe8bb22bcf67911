//! A watch that has begun.

use core::fmt;
use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::bell::{Bell, Ring};
use crate::config::error::ConfigError;
use crate::config::set::{Look, RetryConfigs};
use crate::telemetry;
use crate::util::caught::caught;

/// The time between the two looks that have to agree.
const SETTLED: Duration = Duration::from_millis(300);

pub(super) type Listener = Box<dyn Fn(Result<(), &ConfigError>) + Send + Sync>;

/// The handle of a watch, which ends when this is dropped.
///
/// A look that is under way then may still load the file.
#[must_use = "the watch ends when this is dropped"]
pub struct Watching {
    pub(super) shared: Arc<Shared>,
    #[cfg(all(unix, feature = "signal-hook"))]
    pub(super) signals: Option<signal_hook::iterator::Handle>,
}

/// The state of a watch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WatchStatus {
    /// The texts that were loaded since the watch began.
    pub loads: u64,
    /// The mistake of the file as it is now: while there is one, the policies of the text before it are in effect.
    pub mistake: Option<ConfigError>,
}

/// The watch, as its thread and its handle see it.
pub(super) struct Shared {
    set: &'static RetryConfigs,
    every: Duration,
    listener: Option<Listener>,
    pub(super) bell: Bell,
    seen: Mutex<Seen>,
}

/// The findings so far.
#[derive(Default)]
struct Seen {
    loads: u64,
    /// The mistake in the text.
    refused: Option<ConfigError>,
    /// The error of a file that cannot be read.
    unreadable: Option<ConfigError>,
}

impl Watching {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Watching {
            shared,
            #[cfg(all(unix, feature = "signal-hook"))]
            signals: None,
        }
    }

    /// Returns the state of the watch, for a page that says how the process is.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// let _ = CONFIG.load_file("no/such/retry.toml");
    /// let watching = CONFIG.watch().start()?;
    /// if let Some(mistake) = watching.status().mistake {
    ///     eprintln!("the previous policies stay in effect: {mistake}");
    /// }
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    pub fn status(&self) -> WatchStatus {
        let seen = self.shared.seen();
        WatchStatus {
            loads: seen.loads,
            mistake: seen.unreadable.clone().or_else(|| seen.refused.clone()),
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.shared.bell.ring(Ring::End);
        #[cfg(all(unix, feature = "signal-hook"))]
        if let Some(signals) = &self.signals {
            signals.close();
        }
    }
}

impl fmt::Debug for Watching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watching")
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

impl Shared {
    pub(super) fn new(
        set: &'static RetryConfigs,
        every: Duration,
        listener: Option<Listener>,
    ) -> Self {
        Shared {
            set,
            every,
            listener,
            bell: Bell::default(),
            seen: Mutex::default(),
        }
    }

    /// Looks at the file until the bell ends it.
    pub(super) fn run(&self) {
        let mut pending = None;
        let mut at_once = false;
        loop {
            let look = self.set.look(pending.as_deref(), at_once);
            pending = self.found(look);
            let pause = match &pending {
                Some(_) => self.every.min(SETTLED),
                None => self.every,
            };
            at_once = match self.bell.sleep(pause) {
                Some(Ring::End) => return,
                Some(Ring::Reload) => true,
                None => false,
            };
        }
    }

    /// Remembers a look, and tells what is new. Returns a text that the next look has to find again.
    fn found(&self, look: Look) -> Option<String> {
        let mut seen = self.seen();
        let unreadable = seen.unreadable.take();
        let news = match look {
            Look::Changing(text) => return Some(text),
            Look::Same => return None,
            Look::Loaded => {
                seen.loads += 1;
                seen.refused = None;
                Ok(())
            }
            Look::Refused(mistake) => {
                seen.refused = Some(mistake.clone());
                Err(mistake)
            }
            Look::Unreadable(error) => {
                seen.unreadable = Some(error.clone());
                if unreadable.as_ref() == Some(&error) {
                    return None;
                }
                Err(error)
            }
        };
        drop(seen);
        self.tell(news.as_ref().map(drop));
        None
    }

    fn tell(&self, news: Result<(), &ConfigError>) {
        telemetry::config::watched(news);
        if let Some(listener) = &self.listener {
            // A panic of the user's must not end the watch.
            caught(|| listener(news));
        }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts a thread.
pub(super) fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), ConfigError> {
    let thread = thread::Builder::new().name(name.into()).spawn(run);
    let refused = |error| ConfigError::new(format!("the watch cannot have a thread: {error}"));
    thread.map(drop).map_err(refused)
}
