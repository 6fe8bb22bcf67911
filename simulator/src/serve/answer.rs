//! The answer to a page: both scenarios run, and what the command line prints of them.

use std::sync::{Mutex, PoisonError};

use persevere_core::Policy;
use serde::Serialize;

use super::charts::{Charts, charts};
use super::fields::{Mistake, SIDES, Settings};
use super::query;
use crate::call::Answer as Outcome;
use crate::refusal::Refusal;
use crate::report::Report;
use crate::run::Bounds;
use crate::scenario::Scenario;
use crate::span::Span;
use crate::summary::{figures, sentence};

/// A few seconds of work.
const BOUNDS: Bounds = Bounds {
    requests: 3_000_000,
    in_flight: 300_000,
};

const MOST_CALLS: f64 = 300_000.0;

const MOST_PROCESSES: u32 = 200;

/// The runs under way: pages wait for each other.
static RUNNING: Mutex<()> = Mutex::new(());

/// The runs of both policies.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    sides: Vec<Side>,
    /// The table of the command line: a name, and a cell for each policy.
    figures: Vec<Vec<String>>,
    command: String,
}

/// The run of a policy.
#[derive(Debug, Serialize)]
pub(crate) struct Side {
    name: String,
    sentence: String,
    file: String,
    toml: String,
    schedule: Schedule,
    charts: Charts,
}

/// The pauses of a call whose every attempt fails at once.
#[derive(Debug, Serialize)]
pub(crate) struct Schedule {
    /// Attempt, earliest, median and latest pause, and the sum of the latest.
    rows: Vec<[String; 5]>,
    end: String,
}

/// Answers a query.
///
/// # Errors
///
/// All settings that are refused.
pub(crate) fn answer(text: &str) -> Result<Answer, Vec<Mistake>> {
    answer_within(&BOUNDS, text)
}

fn answer_within(bounds: &Bounds, text: &str) -> Result<Answer, Vec<Mistake>> {
    let pairs = query::read(text).map_err(|message| vec![Mistake::new("", message)])?;
    let settings = Settings::read(&pairs)?;
    let scenarios = both(|side| scenario(&settings, side))?;
    let _running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    let reports = both(|side| {
        let report = scenarios[side].run_within(bounds);
        report.map_err(|refusal| mistake(side, &refusal))
    })?;
    let policies = both(|side| {
        let policy = scenarios[side].policy();
        policy.map_err(|refusal| mistake(side, &refusal))
    })?;
    let runs: Vec<(&Scenario, &Report)> = scenarios.iter().zip(&reports).collect();
    let schedules: Vec<_> = policies.iter().map(Policy::<Outcome>::schedule).collect();
    let charts = charts(&runs, &schedules, settings.width);
    let sides = charts.into_iter().enumerate().map(|(side, charts)| Side {
        name: scenarios[side].name.clone(),
        sentence: sentence(&reports[side]),
        file: scenarios[side].file.clone(),
        toml: settings.toml(side),
        schedule: Schedule::new(&schedules[side]),
        charts,
    });
    let files: Vec<&str> = scenarios.iter().map(|scenario| &*scenario.file).collect();
    Ok(Answer {
        sides: sides.collect(),
        figures: figures(&runs),
        command: format!(
            "cargo run --release -p persevere-simulator -- compare {}",
            files.join(" ")
        ),
    })
}

/// Returns what both sides have, or the mistakes of both; one that both make is named once.
fn both<T>(of: impl Fn(usize) -> Result<T, Mistake>) -> Result<Vec<T>, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let mut all = Vec::new();
    for side in 0..SIDES.len() {
        match of(side) {
            Ok(one) => all.push(one),
            Err(mistake) if mistakes.contains(&mistake) => {}
            Err(mistake) => mistakes.push(mistake),
        }
    }
    match mistakes.is_empty() {
        true => Ok(all),
        false => Err(mistakes),
    }
}

/// Returns the scenario of a side, unless it is too large for a page.
fn scenario(settings: &Settings, side: usize) -> Result<Scenario, Mistake> {
    let file = format!("{}.toml", SIDES[side]);
    let read = Scenario::parse(&file, &settings.toml(side)).and_then(|scenario| {
        let clients = &scenario.clients;
        let calls = scenario.offered() * scenario.duration.seconds();
        let refused = |key, value, much: String| {
            let advice =
                format!("{much} of this page; lower it, or run the file by the command line");
            Refusal::value(&file, key, value, &advice)
        };
        if calls > MOST_CALLS {
            let much = format!("{calls:.0} calls in the duration are more than the {MOST_CALLS}");
            return Err(refused("clients.count", clients.count, much));
        }
        if clients.processes > MOST_PROCESSES {
            let much = format!("that is more than the {MOST_PROCESSES} processes");
            return Err(refused("clients.processes", clients.processes, much));
        }
        Ok(scenario)
    });
    read.map_err(|refusal| mistake(side, &refusal))
}

/// Names the setting that is refused: that of both, or the policy of this side.
fn mistake(side: usize, refusal: &Refusal) -> Mistake {
    let field = match refusal.key() {
        Some(key) if key.split('.').next() != Some("policy") => key.to_owned(),
        _ => format!("{}.policy", SIDES[side]),
    };
    let reason = refusal.reason();
    Mistake::new(field, reason.strip_prefix("policy.").unwrap_or(reason))
}

impl Schedule {
    fn new(schedule: &persevere_core::Schedule) -> Self {
        let time = |time: std::time::Duration| {
            Span(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)).to_string()
        };
        let rows = schedule.rows().iter().map(|row| {
            let [earliest, median, latest, sum] =
                [row.earliest, row.median, row.latest, row.cumulative].map(time);
            [row.attempt.to_string(), earliest, median, latest, sum]
        });
        let text = schedule.to_string();
        Schedule {
            rows: rows.collect(),
            end: text.lines().last().unwrap_or_default().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BOUNDS, Bounds, answer_within};

    #[test]
    fn a_run_ends_at_its_bound_and_says_what_to_write() {
        let bounds = Bounds {
            requests: 100,
            ..BOUNDS
        };
        let text = "server.capacity=9&clients.count=20&outage.start=0s&outage.duration=9s\
                    &b.policy=stop%3Dafter_attempt(99)%2Cwait%3Dfixed(1ms)";
        let mistakes = answer_within(&bounds, text).unwrap_err();
        let [mistake] = mistakes.as_slice() else {
            panic!("{mistakes:?}");
        };
        assert_eq!(mistake.field, "b.policy");
        let message = &mistake.message;
        assert!(
            message.starts_with("100 requests were sent after "),
            "{message}"
        );
        assert!(message.ends_with("lower clients.count, or write a longer policy.wait"));
    }
}
