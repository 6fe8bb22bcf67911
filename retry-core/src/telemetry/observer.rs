//! The metrics of every shared part.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, Once, PoisonError};
use std::thread;
use std::time::Duration;

use metrics::{counter, gauge};

use super::limits::{show_bulkhead, show_rate_limiter};
use crate::inventory::{BudgetStatus, BulkheadStatus, RateLimiterStatus, inventory};

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
                observe_parts();
                thread::sleep(Duration::from_secs(1));
            }
        });
    });
}

impl Series {
    /// Shows the parts of one kind, and the keys that are gone as parts that were just made.
    fn show<T: Keyed>(&mut self, parts: &[T]) {
        let mut others = BTreeMap::<&str, T>::new();
        let mut seen = BTreeSet::new();
        for part in parts {
            let Some(key) = part.key() else {
                part.show(None);
                continue;
            };
            let own = self.0.entry((T::KIND, part.name())).or_default();
            if own.contains(key) || own.len() < MOST && own.insert(key.clone()) {
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

fn show_budget(status: &BudgetStatus) {
    let Some(name) = status.name else { return };
    // More than 2^53 retries need not be exact.
    gauge!("retry_budget_available", "budget" => name).set(status.available as f64);
    counter!("retry_budget_granted_total", "budget" => name).absolute(status.granted);
    counter!("retry_budget_refused_total", "budget" => name).absolute(status.refused);
}
