//! The counters of a simulation.

use persevere_core::StopReason;

use crate::histogram::Histogram;
use crate::report::WINDOW;
use crate::scenario::Scenario;

/// Ticks of a run: what the plot draws, and what recovery is read from.
const TICKS: u64 = 600;

const SECOND: u64 = 1_000_000_000;

/// One tick of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tick {
    /// Calls that began.
    pub begun: u64,
    /// Those of them whose first request was answered well.
    pub prompt: u64,
    /// Requests sent.
    pub requests: u64,
    /// Good answers received.
    pub answers: u64,
    /// Calls that gave up.
    pub given_up: u64,
}

/// Counts of a run.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    pub(crate) tick: u64,
    pub(crate) ticks: Vec<Tick>,
    outage: (u64, u64),
    pub(crate) calls: u64,
    pub(crate) succeeded: u64,
    pub(crate) gave_up: [u64; StopReason::ALL.len()],
    pub(crate) requests: u64,
    pub(crate) retries: u64,
    pub(crate) in_outage: u64,
    pub(crate) throttled: u64,
    /// Requests of breakers that were half-open: all, and those of the first second after the outage.
    pub(crate) probes: u64,
    pub(crate) probes_after: u64,
    /// The questions of a fleet to its store.
    pub(crate) questions: u64,
    pub(crate) took: Histogram,
    /// The same of the calls that succeed in each window.
    pub(crate) took_by_window: Vec<Histogram>,
    pub(crate) last: u64,
}

impl Tally {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let outage = scenario.outage.as_ref();
        Tally {
            tick: tick(scenario.duration.0),
            ticks: Vec::new(),
            outage: outage.map_or((0, 0), |outage| (outage.start.0, outage.end())),
            calls: 0,
            succeeded: 0,
            gave_up: [0; StopReason::ALL.len()],
            requests: 0,
            retries: 0,
            in_outage: 0,
            throttled: 0,
            probes: 0,
            probes_after: 0,
            questions: 0,
            took: Histogram::default(),
            took_by_window: Vec::new(),
            last: 0,
        }
    }

    fn at(&mut self, now: u64) -> &mut Tick {
        let index = (now / self.tick) as usize;
        if index >= self.ticks.len() {
            self.ticks.resize(index + 1, Tick::default());
        }
        &mut self.ticks[index]
    }

    pub(crate) fn begun(&mut self, now: u64) {
        self.calls += 1;
        self.at(now).begun += 1;
    }

    pub(crate) fn requested(&mut self, now: u64, first: bool) {
        self.requests += 1;
        self.retries += u64::from(!first);
        self.at(now).requests += 1;
        self.in_outage += u64::from((self.outage.0..self.outage.1).contains(&now));
    }

    pub(crate) fn probed(&mut self, now: u64) {
        self.probes += 1;
        let since = now.checked_sub(self.outage.1);
        self.probes_after += u64::from(since.is_some_and(|since| since < SECOND));
    }

    /// A call that began at `begun` has its answer, of its first request or of another.
    pub(crate) fn succeeded(&mut self, begun: u64, now: u64, first: bool) {
        self.succeeded += 1;
        self.at(now).answers += 1;
        self.at(begun).prompt += u64::from(first);
        self.took.record(now - begun);
        let window = (now / self.tick) as usize / WINDOW;
        if window >= self.took_by_window.len() {
            self.took_by_window.resize(window + 1, Histogram::default());
        }
        self.took_by_window[window].record(now - begun);
        self.last = now;
    }

    pub(crate) fn gave_up(&mut self, reason: StopReason, now: u64) {
        let index = StopReason::ALL.iter().position(|known| *known == reason);
        self.gave_up[index.expect("`ALL` has every reason")] += 1;
        self.at(now).given_up += 1;
        self.last = now;
    }
}

/// A six-hundredth of the run, in whole milliseconds where that is no less than one.
pub(crate) fn tick(duration: u64) -> u64 {
    let tick = duration.div_ceil(TICKS).max(1);
    match tick {
        ..1_000_000 => tick,
        _ => tick.next_multiple_of(1_000_000),
    }
}
