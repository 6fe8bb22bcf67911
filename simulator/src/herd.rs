//! The herd: clients that all want to update the same row at once.
//!
//! The model of AWS's article on backoff and jitter. Each client reads the version of a row and writes it
//! back; the write succeeds if the version is still the same, and increments it. After a conflict the client
//! pauses as its wait strategy says, and reads again. Every leg of a message takes |N(10 ms, 2 ms)|.

use std::fmt;
use std::time::Duration;

use persevere_core::Wait;
use persevere_core::testing::Scope;
use persevere_core::{Next, Policy, RetryPolicy, Steps, stop, wait};

use crate::moments::Moments;
use crate::queue::Queue;
use crate::random::Random;
use crate::summary::aligned;

type Outcome = Result<(), Conflict>;

/// The version was not the server's any more.
struct Conflict;

/// A wait strategy of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// No pause at all.
    None,
    /// `exponential(10ms).max(2s)`.
    Exponential,
    /// The same with equal jitter.
    Equal,
    /// The same with full jitter.
    Full,
    /// `decorrelated(5ms).max(2s)`.
    Decorrelated,
}

impl Strategy {
    /// All, in the order of the published table.
    pub const ALL: [Strategy; 5] = [
        Strategy::None,
        Strategy::Exponential,
        Strategy::Equal,
        Strategy::Full,
        Strategy::Decorrelated,
    ];

    /// The product's own strategy. The model's first pause is `5 ms · 2¹`.
    fn wait(self) -> Box<dyn Wait<Outcome>> {
        let (base, cap) = (Duration::from_millis(5), Duration::from_secs(2));
        let exponential = wait::exponential(2 * base).max(cap);
        match self {
            Strategy::None => Box::new(wait::none()),
            Strategy::Exponential => Box::new(exponential),
            Strategy::Equal => Box::new(exponential.equal_jitter()),
            Strategy::Full => Box::new(exponential.full_jitter()),
            Strategy::Decorrelated => Box::new(wait::decorrelated(base).max(cap)),
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Strategy::None => "none",
            Strategy::Exponential => "exponential",
            Strategy::Equal => "equal jitter",
            Strategy::Full => "full jitter",
            Strategy::Decorrelated => "decorrelated",
        })
    }
}

/// Totals of many runs: the time until the last client was done, and the writes of all.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// In milliseconds.
    pub time: Moments,
    /// Writes, with those that failed.
    pub writes: Moments,
}

/// `runs` herds of that number of clients, all with the same strategy.
///
/// ```
/// use persevere_simulator::herd::{Strategy, herds};
///
/// let (none, full) = (herds(20, Strategy::None, 5, 7), herds(20, Strategy::Full, 5, 7));
/// assert!(full.writes.mean() < none.writes.mean());
/// ```
pub fn herds(clients: u32, strategy: Strategy, runs: u32, seed: u64) -> Cell {
    let policy = RetryPolicy::new().stop(stop::never()).wait(strategy.wait());
    let mut random = Random::new(seed);
    let scope = Scope::new().virtual_time().seed(seed);
    let runs: Vec<_> = scope.run(|| {
        (0..runs)
            .map(|_| run(clients, &policy, &mut random))
            .collect()
    });
    Cell {
        time: runs.iter().map(|run| run.0).collect(),
        writes: runs.iter().map(|run| run.1).collect(),
    }
}

/// The content of a message between client and server.
#[derive(Clone, Copy)]
enum Message {
    Read,
    Version(u32),
    Write(u32),
    Written(bool),
}

/// One herd: milliseconds until the last event, and writes.
fn run<P: Policy<Outcome>>(clients: u32, policy: &P, random: &mut Random) -> (f64, f64) {
    let mut calls: Vec<(Steps<'_, P, Outcome>, Message)> = (0..clients)
        .map(|_| (policy.start(), Message::Read))
        .collect();
    let mut queue = Queue::default();
    let mut leg = || (random.normal(10.0, 2.0).abs() * 1e6) as u64;
    for client in 0..clients {
        queue.push(leg(), client);
    }
    let (mut version, mut writes, mut last) = (0, 0, 0);
    while let Some((now, client)) = queue.pop() {
        last = now;
        let (steps, message) = &mut calls[client as usize];
        let mut pause = Duration::ZERO;
        *message = match *message {
            Message::Read => Message::Version(version),
            Message::Version(read) => Message::Write(read),
            Message::Write(read) => {
                writes += 1;
                let current = read == version;
                version += u32::from(current);
                Message::Written(current)
            }
            Message::Written(succeeded) => {
                let outcome = if succeeded { Ok(()) } else { Err(Conflict) };
                match steps.next(&outcome) {
                    Next::Return => continue,
                    Next::Sleep(asked) => pause = asked,
                }
                Message::Read
            }
        };
        queue.push(now + pause.as_nanos() as u64 + leg(), client);
    }
    (last as f64 / 1e6, f64::from(writes))
}

/// The published figures for 50 clients: the mean and the standard deviation of 500 runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Published {
    /// In milliseconds.
    pub time: (f64, f64),
    /// Writes, with those that failed.
    pub writes: (f64, f64),
}

/// The number of clients of the [`published`] figures.
pub const CLIENTS: u32 = 50;

/// The figures to reproduce.
pub fn published(strategy: Strategy) -> Published {
    let (time, writes) = match strategy {
        Strategy::None => ((1143.0, 43.0), (690.8, 17.0)),
        Strategy::Exponential => ((36426.0, 3205.0), (622.5, 29.0)),
        Strategy::Equal => ((4265.0, 579.0), (347.0, 6.0)),
        Strategy::Full => ((2877.0, 518.0), (332.4, 4.7)),
        Strategy::Decorrelated => ((2177.0, 467.0), (375.5, 13.1)),
    };
    Published { time, writes }
}

/// The figures as a table, with those that were published beside them.
pub fn table(herds: &[(u32, Strategy, Cell)]) -> String {
    let head = [
        "clients",
        "wait",
        "time, ms",
        "published",
        "off",
        "writes",
        "published",
        "off",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for (clients, strategy, cell) in herds {
        let published = (*clients == CLIENTS).then(|| published(*strategy));
        let mut row = vec![clients.to_string(), strategy.to_string()];
        row.extend(beside(&cell.time, published.map(|figures| figures.time), 0));
        row.extend(beside(
            &cell.writes,
            published.map(|figures| figures.writes),
            1,
        ));
        rows.push(row);
    }
    aligned(&rows)
}

/// Measured, published, and how many of the published standard deviations lie between.
fn beside(measured: &Moments, published: Option<(f64, f64)>, places: usize) -> [String; 3] {
    let (mean, deviation) = (measured.mean(), measured.deviation());
    let own = format!("{mean:.places$} ± {deviation:.places$}");
    match published {
        None => [own, String::new(), String::new()],
        Some((theirs, spread)) => [
            own,
            format!("{theirs:.places$} ± {spread:.places$}"),
            format!("{:+.2} σ", (mean - theirs) / spread),
        ],
    }
}
