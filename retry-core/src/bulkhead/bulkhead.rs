//! The bulkhead.

use std::fmt;
use std::mem;
use std::ops::RangeInclusive;

use super::bulkhead_state::BulkheadState;
use super::occupancy::Occupancy;
use super::settings::Settings;
use crate::invalid::InvalidValue;
use crate::util::key::{Key, Named};
use crate::util::listed::Listed;

/// A limit on the attempts that run at a time, shared by the calls to one dependency: as a `static`, or in an
/// `Arc`.
///
/// An attempt holds a place while it runs, and not during a pause. Attempts that find no place wait in line, in the
/// order in which they came. An attempt that finds the line full is refused: it was not made, and
/// [`BulkheadFull`](crate::BulkheadFull) says so.
///
/// A value that can only be a mistake does not compile in a `static` or `const`; for values known only at run time,
/// call the same methods on [`Settings`] and end with [`build`](Settings::build).
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::Bulkhead;
///
/// static REPORTS: Bulkhead = Bulkhead::new("reports", 20).queue(100);
///
/// let place = REPORTS.try_enter()?;
/// assert_eq!(REPORTS.to_string(), "1 of 20 places in use, 0 calls in line, 1 entered, 0 refused");
/// # drop(place);
/// # Ok::<_, persevere::BulkheadFull>(())
/// ```
pub struct Bulkhead {
    pub(super) settings: Settings,
    state: Listed<BulkheadState>,
}

impl Bulkhead {
    /// Creates a bulkhead with this number of places: at least 1, and less than 2²¹. The name is for people, in
    /// errors and events.
    ///
    /// As many calls as it has places may wait in line, so that the last of them waits about as long as one attempt
    /// takes; see [`queue`](Bulkhead::queue).
    ///
    /// # Panics
    ///
    /// On another number, which a `static` reports when it is compiled.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::Bulkhead;
    ///
    /// static REPORTS: Bulkhead = Bulkhead::new("reports", 20);
    /// assert_eq!((REPORTS.name(), REPORTS.limit()), ("reports", 20));
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::Bulkhead;
    /// static REPORTS: Bulkhead = Bulkhead::new("reports", 0);
    /// ```
    pub const fn new(name: &'static str, places: u32) -> Self {
        Bulkhead::of(Settings::new(name, places).validated())
    }

    /// Creates a bulkhead whose number of places follows the latency and the overloads of the attempts, between
    /// these two; it begins with 20, or with the nearest end.
    ///
    /// After a success that took `short`, where at least half of the places were in use:
    /// `limit ← 0.8 · limit + 0.2 · (limit · g + √limit)`, with `g = 1.5 · long / short` within `0.5..=1`. `long` is
    /// an exponential average of `short` over 600, of the first 10 the plain mean. While it is above twice `short` it
    /// shrinks by a twentieth each time, so that a long overload is soon forgotten.
    ///
    /// After a timeout, or an answer that says that the service is overloaded: `limit ← 0.9 · limit`. How long it
    /// took does not count. Attempts that say nothing of the load change nothing.
    ///
    /// Attempts that run at a time say the same of the service, and so it makes one step of each kind in a round of
    /// them. The first to end that also began since the last step makes the next one: `short` is the mean of those
    /// that ended meanwhile. An overload counts if the attempt began since the last that counted.
    ///
    /// As many attempts run as the limit has whole places. If it sinks below the places in use, none is given until
    /// enough of them came back.
    ///
    /// The rule is Gradient2 of Netflix's [concurrency-limits](https://github.com/Netflix/concurrency-limits), with
    /// the decrease of its AIMD. `long` follows a service that is kept busier than it can bear for minutes: choose the
    /// upper end as the number that the service must never see.
    ///
    /// # Panics
    ///
    /// On a range that is empty, or reaches below 1 or above 2²¹ − 1, which a `static` reports when it is compiled.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::Bulkhead;
    ///
    /// static SEARCH: Bulkhead = Bulkhead::adaptive("search", 1..=200);
    /// assert_eq!(SEARCH.limit(), 20);
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::Bulkhead;
    /// static SEARCH: Bulkhead = Bulkhead::adaptive("search", 200..=1);
    /// ```
    pub const fn adaptive(name: &'static str, places: RangeInclusive<u32>) -> Self {
        Bulkhead::of(Settings::adaptive(name, places).validated())
    }

    const fn of(settings: Settings) -> Self {
        Bulkhead {
            settings,
            state: Listed::new(),
        }
    }

    /// Returns the state, which a bulkhead has from its first use on.
    #[inline]
    pub(crate) fn state(&self) -> &BulkheadState {
        self.state.get_or_list(|| BulkheadState::new(self.settings))
    }

    /// Sets the number of calls that may wait in line: less than 2²¹, and 0 to refuse at once. By default it is the
    /// number of places, of an adaptive bulkhead the largest.
    ///
    /// With equal attempts the last of a full line waits `queue / places` times as long as one attempt takes. A call
    /// waits within its deadline, whatever its place in line.
    ///
    /// # Panics
    ///
    /// On 2²¹ or more, which a `static` reports when it is compiled.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::Bulkhead;
    ///
    /// static REPORTS: Bulkhead = Bulkhead::new("reports", 20).queue(100);
    /// # let _ = &REPORTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::Bulkhead;
    /// static REPORTS: Bulkhead = Bulkhead::new("reports", 20).queue(u32::MAX);
    /// ```
    #[must_use]
    pub const fn queue(self, calls: u32) -> Self {
        let settings = self.settings.queue(calls).validated();
        // No constant can drop a value. One that was used before it was complete begins with these.
        mem::forget(self);
        Bulkhead::of(settings)
    }

    /// Returns its name.
    pub const fn name(&self) -> &'static str {
        self.settings.name()
    }

    /// Sets the key that distinguishes it from other bulkheads of its name, in errors and metrics: see [`Key`].
    ///
    /// A bulkhead from a [`Registry`](crate::Registry) with text keys has that text as its key already.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Bulkhead, Registry};
    ///
    /// static HOSTS: Registry<(String, u16), Bulkhead> = Registry::new(1024, |(host, port)| {
    ///     Bulkhead::new("reports", 20).keyed(&format!("{host}:{port}"))
    /// });
    /// let bulkhead = HOSTS.get(&("eu.example".to_owned(), 443));
    /// assert_eq!(bulkhead.key(), Some("eu.example:443"));
    /// ```
    #[must_use]
    pub fn keyed(mut self, key: &str) -> Self {
        self.set_key(key);
        self
    }

    /// Returns the key that distinguishes it from other bulkheads of its name.
    pub fn key(&self) -> Option<&str> {
        self.settings.key().map(Key::as_str)
    }

    /// Sets the key under which a registry holds it, unless it has a key already.
    pub(crate) fn kept_by(&mut self, key: &str) {
        if self.settings.key().is_none() {
            self.set_key(key);
        }
    }

    fn set_key(&mut self, key: &str) {
        self.settings.set_key(key);
        self.state.change(|state| state.settings.set_key(key));
    }

    /// Returns whether it knows what a new one would not: that the service bears less than that.
    pub(crate) fn is_engaged(&self) -> bool {
        let first = self.settings.first_limit();
        self.state
            .get()
            .is_some_and(|state| state.load().limit() < first)
    }

    #[inline]
    pub(super) fn load(&self) -> Occupancy {
        self.state().load()
    }
}

/// Shows the name, and the places in use.
impl fmt::Debug for Bulkhead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Named(self.name(), self.settings.key().copied());
        let occupancy = self.load();
        f.debug_struct("Bulkhead")
            .field("name", &name.to_string())
            .field("in_use", &occupancy.in_use())
            .field("limit", &occupancy.limit())
            .field("in_line", &occupancy.in_line())
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// Builds the bulkhead.
    ///
    /// # Errors
    ///
    /// The first value that can only be a mistake.
    pub const fn build(self) -> Result<Bulkhead, InvalidValue> {
        match self.checked() {
            Ok(settings) => Ok(Bulkhead::of(settings)),
            Err(invalid) => Err(invalid),
        }
    }

    /// Builds a bulkhead of checked settings, under another name.
    #[cfg(feature = "config")]
    pub(crate) const fn named(self, name: &'static str) -> Bulkhead {
        Bulkhead::of(self.renamed(name))
    }
}
