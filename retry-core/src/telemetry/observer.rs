//! The metrics of every shared part.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;
use std::{panic, thread};

use super::gauges::{count_transition, show_breaker, show_budget, show_state};
use super::limits::{show_bulkhead, show_rate_limiter};
use crate::breaker::{State, Transition};
use crate::inventory::{BreakerStatus, BulkheadStatus, RateLimiterStatus, inventory};

/// The most keys of one name that are series of their own.
const MOST: usize = 100;

/// The key of the parts of a name that are no series of their own.
const OTHERS: &str = "…";

/// The keys that are series of their own, by kind and name: those that came first.
static SERIES: Mutex<Series> = Mutex::new(Series(BTreeMap::new()));

struct Series(BTreeMap<(&'static str, &'static str), BTreeSet<String>>);

/// A part that is shown by its name and key.
trait Keyed: Sized {
    const KIND: &'static str;

    fn name(&self) -> &'static str;
    fn key(&self) -> Option<&String>;
    /// Returns a part of this name that has just been made.
    fn unused(name: &'static str) -> Self;
    /// Adds the numbers of another.
    fn add(&mut self, other: &Self);
    fn show(&self, key: Option<&str>);
}

/// Sets the metrics of every part of the [inventory](crate::inventory()), before a scrape:
/// [`parts`](crate::telemetry::Installed::parts) does so once a second.
///
/// A budget is shown if it has a [name](crate::RetryBudget::named).
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::telemetry;
///
/// telemetry::observe_parts();
/// ```
pub fn observe_parts() {
    let all = inventory();
    // One scrape at a time.
    let mut series = SERIES.lock().unwrap_or_else(PoisonError::into_inner);
    series.show(&all.breakers);
    series.show(&all.rate_limiters);
    series.show(&all.bulkheads);
    for budget in &all.budgets {
        show_budget(budget);
    }
}

/// Starts the thread that sets them once a second, unless it runs already.
pub(super) fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let thread = thread::Builder::new().name("persevere-telemetry".into());
        // Without a thread the program calls `observe_parts`.
        let _ = thread.spawn(|| {
            loop {
                // A panic of the recorder must not end the thread.
                let _ = panic::catch_unwind(observe_parts);
                thread::sleep(Duration::from_secs(1));
            }
        });
    });
}

impl Series {
    /// Returns whether a key is a series of its own, as it is from then on if it is among the first.
    fn has_own(&mut self, kind: &'static str, name: &'static str, key: &String) -> bool {
        let own = self.0.entry((kind, name)).or_default();
        own.contains(key) || own.len() < MOST && own.insert(key.clone())
    }

    /// Shows the parts of one kind, and the keys that are gone as parts that were just made.
    fn show<T: Keyed>(&mut self, parts: &[T]) {
        let mut others = BTreeMap::<&str, T>::new();
        let mut seen = BTreeSet::new();
        for part in parts {
            let Some(key) = part.key() else {
                part.show(None);
                continue;
            };
            if self.has_own(T::KIND, part.name(), key) {
                part.show(Some(key));
                seen.insert((part.name(), key));
            } else {
                let sum = others.entry(part.name());
                sum.or_insert_with(|| T::unused(part.name())).add(part);
            }
        }
        for (_, sum) in others {
            sum.show(Some(OTHERS));
        }
        for ((_, name), keys) in self.0.iter().filter(|((kind, _), _)| *kind == T::KIND) {
            for key in keys.iter().filter(|key| !seen.contains(&(*name, *key))) {
                T::unused(name).show(Some(key));
            }
        }
    }
}

/// Returns the state that refuses more calls, or that somebody has set.
fn worse(one: State, other: State) -> State {
    let rank = |state| match state {
        State::Closed => 0,
        State::MetricsOnly | State::Disabled | State::ForcedClosed => 1,
        State::HalfOpen => 2,
        State::Open => 3,
        State::ForcedOpen => 4,
    };
    if rank(other) > rank(one) { other } else { one }
}

/// Counts a change of a breaker, and shows its state at once.
pub(super) fn changed(transition: &Transition) {
    let (name, key) = (transition.name, transition.key.map(|key| key.to_string()));
    let mut series = SERIES.lock().unwrap_or_else(PoisonError::into_inner);
    match key {
        Some(key) if !series.has_own(BreakerStatus::KIND, name, &key) => {
            count_transition(transition, Some(OTHERS));
        }
        key => {
            count_transition(transition, key.as_deref());
            show_state(name, key.as_deref(), transition.to);
        }
    }
}

impl Keyed for BreakerStatus {
    const KIND: &'static str = "breaker";

    fn name(&self) -> &'static str {
        self.name
    }

    fn key(&self) -> Option<&String> {
        self.key.as_ref()
    }

    fn unused(name: &'static str) -> Self {
        BreakerStatus::unused(name)
    }

    fn add(&mut self, other: &Self) {
        self.state = worse(self.state, other.state);
        self.counts.failures += other.counts.failures;
        self.counts.refused += other.counts.refused;
    }

    fn show(&self, key: Option<&str>) {
        show_breaker(self, key);
    }
}

impl Keyed for RateLimiterStatus {
    const KIND: &'static str = "rate_limiter";

    fn name(&self) -> &'static str {
        self.name
    }

    fn key(&self) -> Option<&String> {
        self.key.as_ref()
    }

    fn unused(name: &'static str) -> Self {
        RateLimiterStatus {
            name,
            ..RateLimiterStatus::default()
        }
    }

    fn add(&mut self, other: &Self) {
        self.held_for = self.held_for.max(other.held_for);
        self.in_line += other.in_line;
        self.taken += other.taken;
        self.refused += other.refused;
    }

    fn show(&self, key: Option<&str>) {
        show_rate_limiter(self, key);
    }
}

impl Keyed for BulkheadStatus {
    const KIND: &'static str = "bulkhead";

    fn name(&self) -> &'static str {
        self.name
    }

    fn key(&self) -> Option<&String> {
        self.key.as_ref()
    }

    fn unused(name: &'static str) -> Self {
        BulkheadStatus {
            name,
            ..BulkheadStatus::default()
        }
    }

    fn add(&mut self, other: &Self) {
        self.in_use += other.in_use;
        self.limit += other.limit;
        self.in_line += other.in_line;
        self.entered += other.entered;
        self.refused += other.refused;
    }

    fn show(&self, key: Option<&str>) {
        show_bulkhead(self, key);
    }
}
