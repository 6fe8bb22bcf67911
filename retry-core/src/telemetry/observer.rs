//! The metrics of every shared part.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, Once, PoisonError};
use std::thread;
use std::time::Duration;

use super::gauges::{count_transition, show_breaker, show_budget, show_state};
use super::limits::{show_bulkhead, show_rate_limiter};
use crate::breaker::{State, Transition};
use crate::inventory::{
    BreakerStatus, BudgetStatus, BulkheadStatus, Inventory, RateLimiterStatus, inventory,
};
use crate::util::caught::caught;
use crate::util::key::Key;

/// The most keys of one name that are series of their own.
const MOST: usize = 100;

/// The key of the parts of a name that are no series of their own.
const OTHERS: &str = "…";

static SERIES: Mutex<Series> = Mutex::new(Series {
    keys: BTreeMap::new(),
    seen: BTreeMap::new(),
    totals: BTreeMap::new(),
});

/// The series of the parts with a kind, a name and a key.
struct Series {
    /// The keys that are series of their own: those that came first.
    keys: BTreeMap<(&'static str, &'static str), BTreeSet<Key>>,
    /// The counts of the parts at the last scrape.
    seen: BTreeMap<Id, Counted>,
    /// The counts of the series, which go on when a part is gone, or is made once more.
    totals: BTreeMap<Id, Counted>,
}

type Id = (&'static str, &'static str, Option<Key>);

/// The counts of a part that are shown as counters.
type Counted = [u64; 2];

/// A part that is shown by its name and key.
trait Keyed: Clone + 'static {
    const KIND: &'static str;

    fn name(&self) -> &'static str;
    fn key(&self) -> Option<Key>;
    /// Returns a part of this name that has just been made.
    fn unused(name: &'static str) -> Self;
    /// Adds the numbers of another.
    fn add(&mut self, other: &Self);
    /// Returns the counts that are shown as counters.
    fn counted(&mut self) -> [&mut u64; 2];
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
    loop {
        let (all, shown) = look();
        shown.into_iter().for_each(|show| show());
        // Another thread may have shown a later state of a breaker meanwhile.
        let states = |all: &Inventory| -> Vec<State> {
            all.breakers.iter().map(|breaker| breaker.state).collect()
        };
        if states(&all) == states(&inventory()) {
            return;
        }
    }
}

/// The metrics of a part, to be set.
type Show = Box<dyn FnOnce()>;

/// Looks at all parts, and counts what is new: one scrape at a time. A recorder is the user's code, so nothing is shown
/// under the lock.
fn look() -> (Inventory, Vec<Show>) {
    let mut series = SERIES.lock().unwrap_or_else(PoisonError::into_inner);
    let all = inventory();
    let mut shown = series.add(&all.breakers);
    shown.extend(series.add(&all.rate_limiters));
    shown.extend(series.add(&all.bulkheads));
    shown.extend(series.add(&all.budgets));
    (all, shown)
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
                caught(observe_parts);
                thread::sleep(Duration::from_secs(1));
            }
        });
    });
}

impl Series {
    /// Returns whether a key is a series of its own, as it is from then on if it is among the first.
    fn has_own(&mut self, kind: &'static str, name: &'static str, key: Key) -> bool {
        let own = self.keys.entry((kind, name)).or_default();
        own.contains(&key) || own.len() < MOST && own.insert(key)
    }

    /// Adds what the parts of one kind have counted, and returns what is to be shown: the keys that are gone as parts
    /// that were just made.
    fn add<T: Keyed>(&mut self, parts: &[T]) -> Vec<Show> {
        let mut shown = BTreeMap::<Id, T>::new();
        for ((kind, name), keys) in self.keys.iter().filter(|((kind, _), _)| *kind == T::KIND) {
            for key in keys {
                shown.insert((kind, name, Some(*key)), T::unused(name));
            }
        }
        for id in self.totals.keys().filter(|(kind, ..)| *kind == T::KIND) {
            shown.insert(*id, T::unused(id.1));
        }
        let mut seen = BTreeMap::new();
        for (id, mut part) in by_key(parts) {
            let now = part.counted().map(|count| *count);
            let before = self.seen.get(&id).copied().unwrap_or_default();
            let series = self.series_of(id);
            let total = self.totals.entry(series).or_default();
            for (total, (now, before)) in total.iter_mut().zip(now.into_iter().zip(before)) {
                *total += now.saturating_sub(before);
            }
            add(&mut shown, series, &part);
            seen.insert(id, now);
        }
        // Those that are gone are forgotten: one of the same key begins at zero.
        self.seen.retain(|(kind, ..), _| *kind != T::KIND);
        self.seen.append(&mut seen);
        let show = |(series, mut part): (Id, T)| -> Show {
            let total = self.totals.get(&series).copied().unwrap_or_default();
            for (count, total) in part.counted().into_iter().zip(total) {
                *count = total;
            }
            let (_, _, key) = series;
            Box::new(move || part.show(key.as_ref().map(Key::as_str)))
        };
        shown.into_iter().map(show).collect()
    }

    /// Returns the series of a part.
    fn series_of(&mut self, (kind, name, key): Id) -> Id {
        let key = key.map(|key| match self.has_own(kind, name, key) {
            true => key,
            false => Key::new(OTHERS),
        });
        (kind, name, key)
    }
}

/// Returns the sum of the parts of each name and key.
fn by_key<T: Keyed>(parts: &[T]) -> BTreeMap<Id, T> {
    let mut sums = BTreeMap::new();
    for part in parts {
        let id = (T::KIND, part.name(), part.key());
        add(&mut sums, id, part);
    }
    sums
}

fn add<T: Keyed>(sums: &mut BTreeMap<Id, T>, id: Id, part: &T) {
    let name = id.1;
    sums.entry(id).or_insert_with(|| T::unused(name)).add(part);
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
    let id = (BreakerStatus::KIND, transition.name, transition.key);
    let (_, name, key) = {
        let mut series = SERIES.lock().unwrap_or_else(PoisonError::into_inner);
        series.series_of(id)
    };
    count_transition(transition, key.as_ref().map(Key::as_str));
    if key == transition.key {
        show_state(name, key.as_ref().map(Key::as_str), transition.to);
    }
}

impl Keyed for BreakerStatus {
    const KIND: &'static str = "breaker";

    fn name(&self) -> &'static str {
        self.name
    }

    fn key(&self) -> Option<Key> {
        self.key
    }

    fn unused(name: &'static str) -> Self {
        BreakerStatus::unused(name)
    }

    fn add(&mut self, other: &Self) {
        self.state = worse(self.state, other.state);
        self.counts.failures += other.counts.failures;
        self.counts.refused += other.counts.refused;
    }

    fn counted(&mut self) -> [&mut u64; 2] {
        [&mut self.counts.failures, &mut self.counts.refused]
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

    fn key(&self) -> Option<Key> {
        self.key
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

    fn counted(&mut self) -> [&mut u64; 2] {
        [&mut self.taken, &mut self.refused]
    }

    fn show(&self, key: Option<&str>) {
        show_rate_limiter(self, key);
    }
}

/// A budget has no key: those of one name are one series, and those without a name none.
impl Keyed for BudgetStatus {
    const KIND: &'static str = "budget";

    fn name(&self) -> &'static str {
        self.name.unwrap_or_default()
    }

    fn key(&self) -> Option<Key> {
        None
    }

    fn unused(name: &'static str) -> Self {
        BudgetStatus {
            name: (!name.is_empty()).then_some(name),
            ..BudgetStatus::default()
        }
    }

    fn add(&mut self, other: &Self) {
        self.available = self.available.saturating_add(other.available);
        self.granted += other.granted;
        self.refused += other.refused;
    }

    fn counted(&mut self) -> [&mut u64; 2] {
        [&mut self.granted, &mut self.refused]
    }

    fn show(&self, _key: Option<&str>) {
        show_budget(self);
    }
}

impl Keyed for BulkheadStatus {
    const KIND: &'static str = "bulkhead";

    fn name(&self) -> &'static str {
        self.name
    }

    fn key(&self) -> Option<Key> {
        self.key
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

    fn counted(&mut self) -> [&mut u64; 2] {
        [&mut self.entered, &mut self.refused]
    }

    fn show(&self, key: Option<&str>) {
        show_bulkhead(self, key);
    }
}
