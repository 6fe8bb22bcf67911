//! The report of a run.

use persevere_core::StopReason;

use crate::histogram::Histogram;
use crate::scenario::{Outage, Scenario};
use crate::span::Span;
use crate::tally::{Tally, Tick};

/// Ticks of a window: a sixtieth of the duration.
pub(crate) const WINDOW: usize = 10;

/// The share of calls that the server must answer at their first request.
const WELL: f64 = 0.99;

/// The result of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// Calls that began.
    pub calls: u64,
    /// Calls that ended with a good answer.
    pub succeeded: u64,
    /// Calls that gave up, by reason, in the order of [`StopReason::ALL`]; reasons of none are left out.
    pub gave_up: Vec<(StopReason, u64)>,
    /// Calls without an end at ten times the duration.
    pub unfinished: u64,
    /// Requests that were sent, first ones and retries.
    pub requests: u64,
    /// Those of them that were retries.
    pub retries: u64,
    /// Those of them during the outage.
    pub in_outage: u64,
    /// Those of them that were beyond the quota of the server.
    pub throttled: u64,
    /// Those of them that were probes of breakers.
    pub probes: u64,
    /// Probes of the first second after the outage.
    pub probes_after: u64,
    /// The questions of a fleet to its store.
    pub questions: u64,
    /// The most requests a second, over a window.
    pub peak: f64,
    /// Calls begun a second, in the mean.
    pub offered: f64,
    /// The time from the end of the outage until the service has recovered.
    pub recovery: Recovery,
    /// The time of a call that succeeded: half are done by the first, 99 % by the second.
    pub took: Option<(Span, Span)>,
    /// The same of the calls that succeeded in each window; `None` where none did.
    pub took_by_window: Vec<Option<(Span, Span)>>,
    /// The end of the last call.
    pub last: Span,
    /// The events of the run over time.
    pub ticks: Vec<Tick>,
    /// The length of a tick.
    pub tick: Span,
}

/// The time of recovery: from then on, in every window, 99 % of the calls that begin are
/// answered well at their first request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// So long after the outage.
    After(Span),
    /// Not before calls ceased to begin.
    Never,
    /// There is no outage, or no call after it.
    Unknown,
}

impl Report {
    pub(crate) fn new(scenario: &Scenario, tally: Tally) -> Self {
        let gave_up = StopReason::ALL.into_iter().zip(tally.gave_up);
        let gave_up: Vec<_> = gave_up.filter(|(_, calls)| *calls > 0).collect();
        let ended = tally.succeeded + gave_up.iter().map(|(_, calls)| calls).sum::<u64>();
        let took = |times: &Histogram| {
            let quantile = |share| times.quantile(share).map(Span);
            quantile(0.5).zip(quantile(0.99))
        };
        Report {
            calls: tally.calls,
            succeeded: tally.succeeded,
            gave_up,
            unfinished: tally.calls - ended,
            requests: tally.requests,
            retries: tally.retries,
            in_outage: tally.in_outage,
            throttled: tally.throttled,
            probes: tally.probes,
            probes_after: tally.probes_after,
            questions: tally.questions,
            peak: peak(&tally.ticks, tally.tick),
            offered: scenario.offered(),
            recovery: recovery(scenario, &tally),
            took: took(&tally.took),
            took_by_window: tally.took_by_window.iter().map(took).collect(),
            last: Span(tally.last),
            ticks: padded(tally.ticks, scenario.duration.0.div_ceil(tally.tick)),
            tick: Span(tally.tick),
        }
    }

    /// Requests for each call.
    pub fn amplification(&self) -> f64 {
        self.requests as f64 / self.calls.max(1) as f64
    }

    /// Calls that gave up, for whatever reason.
    pub fn given_up(&self) -> u64 {
        self.gave_up.iter().map(|(_, calls)| calls).sum()
    }

    /// Returns the requests beyond a limit of so many a second, and so many at once, in the window with most of them.
    pub fn over(&self, (rate, burst): (u32, u32)) -> u64 {
        let seconds = self.window().seconds();
        let most = f64::from(burst) + f64::from(rate) * seconds;
        // `as` saturates: none where there are fewer.
        (self.peak * seconds - most).round() as u64
    }

    /// The length of a window.
    pub fn window(&self) -> Span {
        Span(self.tick.0 * WINDOW as u64)
    }
}

/// Nothing happens after the last call, which is to be seen as well.
fn padded(mut ticks: Vec<Tick>, count: u64) -> Vec<Tick> {
    if ticks.len() < count as usize {
        ticks.resize(count as usize, Tick::default());
    }
    ticks
}

/// The most requests a second.
fn peak(ticks: &[Tick], tick: u64) -> f64 {
    let window = WINDOW.min(ticks.len().max(1));
    let sums = ticks
        .windows(window)
        .map(|ticks| ticks.iter().map(|tick| tick.requests).sum::<u64>());
    sums.max().unwrap_or_default() as f64 / (window as f64 * tick as f64 / 1e9)
}

fn recovery(scenario: &Scenario, tally: &Tally) -> Recovery {
    let end = scenario.outage.as_ref().map_or(u64::MAX, Outage::end);
    if end >= scenario.duration.0 {
        return Recovery::Unknown;
    }
    let first = end.div_ceil(tally.tick) as usize;
    let last = (scenario.duration.0 / tally.tick) as usize;
    let after = tally
        .ticks
        .get(first..last.min(tally.ticks.len()))
        .unwrap_or_default();
    if after.iter().all(|tick| tick.begun == 0) {
        return Recovery::Unknown;
    }
    let window = WINDOW.min(after.len());
    let is_well = |ticks: &[Tick]| {
        let sum = |count: fn(&Tick) -> u64| ticks.iter().map(count).sum::<u64>() as f64;
        sum(|tick| tick.prompt) >= WELL * sum(|tick| tick.begun)
    };
    let windows: Vec<bool> = after.windows(window).map(is_well).collect();
    match windows.iter().rposition(|well| !well) {
        None => Recovery::After(Span(0)),
        Some(ill) if ill + 1 == windows.len() => Recovery::Never,
        Some(ill) => Recovery::After(Span((first + ill + 1) as u64 * tally.tick - end)),
    }
}
