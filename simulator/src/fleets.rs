//! Processes with and without a fleet, side by side.

use std::time::Duration;

use crate::axis::grouped;
use crate::refusal::Refusal;
use crate::report::{Recovery, Report};
use crate::scenario::Scenario;
use crate::summary::{aligned, share};

/// Processes that share one kind of part, with and without a fleet.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The runs to compare.
    pub scenarios: Vec<Scenario>,
    /// The limit of all processes together: permits a second, and at once.
    pub limit: Option<(u32, u32)>,
}

/// The processes of a comparison, if nothing else is said.
pub const PROCESSES: u32 = 10_000;

/// The fewest and the most processes of a comparison: one alone is no fleet, and a run has room for so many.
pub const BOUNDS: (u32, u32) = (10, 100_000);

/// Returns what is compared: a rate limiter, a breaker and a budget.
///
/// ```
/// let comparisons = persevere_simulator::fleets::comparisons(100)?;
/// let limiter = &comparisons[0];
/// assert_eq!(limiter.scenarios[2].name, "limiter: fleet");
/// let reports: Vec<_> = limiter.scenarios.iter().map(|run| run.run()).collect::<Result<_, _>>()?;
/// let (rate, _) = limiter.limit.unwrap();
/// assert!(reports[0].peak > 1.5 * f64::from(rate));
/// # Ok::<(), persevere_simulator::Refusal>(())
/// ```
///
/// # Errors
///
/// [`Refusal`], where a run has no room for so many processes.
pub fn comparisons(processes: u32) -> Result<Vec<Comparison>, Refusal> {
    Ok(vec![
        limiter(processes)?,
        breaker(processes)?,
        budget(processes)?,
    ])
}

/// A limit of one request a second for each process, and a tenth of the processes that make twice as many calls.
fn limiter(processes: u32) -> Result<Comparison, Refusal> {
    let (busy, capacity, burst) = (processes / 10, 4 * processes, processes / 10);
    let run = |name: &str, rate: u32, burst: u32, fleet: &str| {
        let text = format!(
            "name = \"limiter: {name}\"\n\
             server.capacity = {capacity}\n\
             clients = {{ count = {busy}, rate = 20, processes = {processes} }}\n\
             rate_limiter = {{ rate = {rate}, every = \"1s\", burst = {burst} }}\n\
             policy = {{ stop = \"after_attempt(1)\", deadline = \"2s\" }}\n\
             {fleet}"
        );
        Scenario::parse("fleet", &text)
    };
    Ok(Comparison {
        scenarios: vec![
            run("whole in each", processes, burst, "")?,
            run("divided", 1, 1, "")?,
            run("fleet", processes, burst, FLEET)?,
        ],
        limit: Some((processes, burst)),
    })
}

/// One call a second in each process, and an outage of 20 s.
fn breaker(processes: u32) -> Result<Comparison, Refusal> {
    outage(
        processes,
        "breaker",
        3,
        "breaker = \"consecutive(5).open_for(5s)\"",
    )
}

/// The same calls and outage, and four retries of each call.
fn budget(processes: u32) -> Result<Comparison, Refusal> {
    outage(processes, "budget", 5, "budget = \"ratio(0.1, 10s)\"")
}

/// An outage for processes that have a part each, alone and in a fleet.
fn outage(processes: u32, part: &str, attempts: u32, key: &str) -> Result<Comparison, Refusal> {
    let run = |name: &str, fleet: &str| {
        let text = format!(
            "name = \"{part}: {name}\"\n\
             server.capacity = {}\n\
             outage = {{ start = \"15s\", duration = \"20s\" }}\n\
             clients = {{ count = {processes}, rate = 1, processes = {processes} }}\n\
             {fleet}\
             [policy]\n\
             stop = \"after_attempt({attempts})\"\n\
             wait = \"exponential(200ms).full_jitter()\"\n\
             {key}\n",
            2 * processes
        );
        Scenario::parse("fleet", &text)
    };
    Ok(Comparison {
        scenarios: vec![run("each alone", "")?, run("fleet", FLEET)?],
        limit: None,
    })
}

const FLEET: &str = "[fleet]\n";

/// Returns the figures of a comparison, with the time that each run took.
pub fn table(comparison: &Comparison, runs: &[(Report, Duration)]) -> String {
    let names = comparison.scenarios.iter().map(|run| run.name.clone());
    let mut rows = vec![std::iter::once(String::new()).chain(names).collect()];
    let mut row = |name: &str, figure: &dyn Fn(&Report) -> String| {
        let cells: Vec<_> = runs.iter().map(|(report, _)| figure(report)).collect();
        if cells.iter().any(|cell| cell != "0" && cell != "–") {
            rows.push(std::iter::once(name.to_owned()).chain(cells).collect());
        }
    };
    let count = |number: u64| grouped(number as f64);
    row("calls", &|report| count(report.calls));
    row("requests", &|report| count(report.requests));
    row("  retries", &|report| count(report.retries));
    row("  in the outage", &|report| count(report.in_outage));
    row("  probes", &|report| count(report.probes));
    row("    1 s after the outage", &|report| {
        count(report.probes_after)
    });
    row("peak load", &|report| format!("{}/s", grouped(report.peak)));
    if let Some(limit) = comparison.limit {
        row("  over the limit", &|report| count(report.over(limit)));
    }
    row("recovery after", &|report| match report.recovery {
        Recovery::After(span) => span.to_string(),
        Recovery::Never => "never".to_owned(),
        Recovery::Unknown => "–".to_owned(),
    });
    row("refused or given up", &|report| {
        share(report.given_up(), report.calls)
    });
    row("questions to the store", &|report| count(report.questions));
    let times = runs
        .iter()
        .map(|(_, time)| format!("{:.1} s", time.as_secs_f64()));
    rows.push(
        std::iter::once("time of the simulation".to_owned())
            .chain(times)
            .collect(),
    );
    aligned(&rows)
}
