//! `install()` and its options.

use super::installed::{ENDS, ERRORS, INSTALLED, want};
#[cfg(feature = "metrics")]
use super::{describe_metrics, observer};

/// Reports every later call of the process to every sink whose feature is enabled: what is retried, what gives up,
/// and how many succeed or fail for good; see [the list of reports](crate::telemetry#every-call-of-the-process).
///
/// Call it once, after the logger, the subscriber and the recorder of metrics are set. The options of what it returns
/// take effect at once; the call itself cannot be undone.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::telemetry;
///
/// telemetry::install().parts();
/// ```
pub fn install() -> Installed {
    #[cfg(feature = "metrics")]
    describe_metrics();
    want(INSTALLED | ENDS | ERRORS, true);
    Installed(())
}

/// The options of the reports that [`install`] has begun.
#[derive(Clone, Copy, Debug)]
pub struct Installed(());

impl Installed {
    /// Sets whether successes and final failures are counted, the denominator of an error rate; they are by default.
    ///
    /// Without them a call that succeeds at first reads one flag, and no more.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::telemetry;
    ///
    /// telemetry::install().successes(false);
    /// ```
    pub fn successes(self, counted: bool) -> Self {
        want(ENDS, counted);
        self
    }

    /// Sets whether lines and events name the type of an error; they do by default. Its text is shown by keys alone,
    /// such as `on_failure = log_error()`, since a type has one that says so.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::telemetry;
    ///
    /// telemetry::install().error_types(false);
    /// ```
    pub fn error_types(self, shown: bool) -> Self {
        want(ERRORS, shown);
        self
    }

    /// Reports the shared parts too: a line for each change of a breaker, and the metrics of every part of the
    /// [inventory](crate::inventory()), once a second, from a thread of its own.
    ///
    /// Of each name, 100 keys are series of their own; the parts of the others are one more, whose `key` is `…`, with
    /// the sums of their numbers, and of breakers with the state that is worst. Parts of one name and key are summed
    /// too. The counters of a part that is dropped stay, but for what it has counted since the last second, and those
    /// of a later one with its key go on from there.
    ///
    /// Where no thread can be started, as in a browser, call [`observe_parts`](crate::telemetry::observe_parts)
    /// before each scrape.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::telemetry;
    ///
    /// telemetry::install().parts();
    /// ```
    #[cfg(feature = "std")]
    pub fn parts(self) -> Self {
        want(super::installed::PARTS, true);
        #[cfg(feature = "metrics")]
        observer::start();
        self
    }
}
