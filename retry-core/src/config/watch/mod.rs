//! Watches of a configuration file.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

mod bell;
#[cfg(all(unix, feature = "signal-hook"))]
mod sighup;
mod watching;

pub use self::watching::{WatchStatus, Watching};

use self::watching::{Listener, Shared};
use super::error::ConfigError;
use super::set::RetryConfigs;

impl RetryConfigs {
    /// Watches the file of the last [`load_file`](RetryConfigs::load_file), from [`start`](Watch::start) on.
    ///
    /// A thread of its own reads the file every five seconds, or as [`every`](Watch::every) says, and compares the
    /// text. So it also sees what sends no event: a ConfigMap of Kubernetes, which swaps a symbolic link, a file
    /// system in a network, and an editor that writes another file in its place.
    ///
    /// A new text is taken once two looks, some tenths of a second apart, find the same. An empty file is refused,
    /// since one that is written in place is empty for a moment. After a mistake, and while the file is gone, the
    /// previous policies stay in effect; the [listener](Watch::listener), the [status](Watching::status) and, after
    /// [`telemetry::install`](crate::telemetry::install), a line of the log say so, once for each change.
    ///
    /// ```no_run
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// fn main() -> Result<(), persevere::config::ConfigError> {
    ///     CONFIG.load_file("retry.toml")?;
    ///     let _watching = CONFIG.watch().start()?; // until it is dropped
    ///     // serve ..
    ///     Ok(())
    /// }
    /// ```
    pub fn watch(&'static self) -> Watch {
        Watch {
            set: self,
            every: Duration::from_secs(5),
            listener: None,
            #[cfg(all(unix, feature = "signal-hook"))]
            sighup: false,
        }
    }
}

/// The settings of a watch: see [`RetryConfigs::watch`].
#[must_use = "a watch begins with `start`"]
pub struct Watch {
    set: &'static RetryConfigs,
    every: Duration,
    listener: Option<Listener>,
    #[cfg(all(unix, feature = "signal-hook"))]
    sighup: bool,
}

impl Watch {
    /// Sets the time between looks, 5 s by default.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// let rarely = CONFIG.watch().every(Duration::from_secs(60));
    /// # let _ = rarely;
    /// ```
    pub fn every(mut self, pause: Duration) -> Self {
        self.every = pause;
        self
    }

    /// Sets a function that is called in the watch's thread after each load, and with each mistake.
    ///
    /// Its panics are caught.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// let watch = CONFIG.watch().listener(|news| match news {
    ///     Ok(()) => println!("the retry policies were loaded again"),
    ///     Err(mistake) => eprintln!("the previous policies stay in effect: {mistake}"),
    /// });
    /// # let _ = watch;
    /// ```
    pub fn listener(
        mut self,
        listener: impl Fn(Result<(), &ConfigError>) + Send + Sync + 'static,
    ) -> Self {
        self.listener = Some(Box::new(listener));
        self
    }

    /// Also looks whenever the process receives a SIGHUP, and takes a new text at once.
    ///
    /// SIGHUP no longer ends the process then, not even once the watch is dropped. Other handlers of the signal are
    /// called as before.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// let watch = CONFIG.watch().on_sighup();
    /// # let _ = watch;
    /// ```
    #[cfg(all(unix, feature = "signal-hook"))]
    pub fn on_sighup(mut self) -> Self {
        self.sighup = true;
        self
    }

    /// Begins to watch, until the returned handle is dropped.
    ///
    /// # Errors
    ///
    /// If no file was loaded before, even in vain; if the time between looks is zero; and if the system gives no thread
    /// or no signal.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// // A file that is not there yet is taken when it comes.
    /// let _ = CONFIG.load_file("no/such/retry.toml");
    /// let watching = CONFIG.watch().start()?;
    /// assert_eq!(watching.status().loads, 0);
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    pub fn start(self) -> Result<Watching, ConfigError> {
        if self.every.is_zero() {
            let reason = "a watch that never pauses; write the time between two looks, such as `every(Duration::from_secs(5))`";
            return Err(ConfigError::new(reason));
        }
        if !self.set.has_file() {
            return Err(ConfigError::new(
                "no file was loaded; use `load_file` before `watch`",
            ));
        }
        let shared = Arc::new(Shared::new(self.set, self.every, self.listener));
        // The handle first: dropped after a failure, it ends what has begun.
        let watching = Watching::new(Arc::clone(&shared));
        #[cfg(all(unix, feature = "signal-hook"))]
        let watching = match self.sighup {
            true => watching.on_sighup()?,
            false => watching,
        };
        watching::spawn("retry-config", move || shared.run())?;
        Ok(watching)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("set", self.set)
            .field("every", &self.every)
            .finish_non_exhaustive()
    }
}
