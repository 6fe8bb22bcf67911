//! The command line of the simulator.

use std::io::{Write, stdout};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use persevere_simulator::fleets::{self, comparisons};
use persevere_simulator::herd::{CLIENTS, Cell, Strategy, herds, table};
use persevere_simulator::serve::{PORT, Workbench};
use persevere_simulator::{Refusal, Report, Scenario, herd_plot, plot, summary};

const HELP: &str = "\
What a retry policy does to a service in trouble, in virtual time.

persevere-simulator run SCENARIO.toml [--svg FILE]         how it goes
persevere-simulator compare A.toml B.toml … [--svg FILE]   the same for several, side by side
persevere-simulator herd [CLIENTS …] [--runs N] [--svg FILE]
                                                           clients that all update one row at once
persevere-simulator fleet [--processes N] [--svg FILE]     processes with and without a fleet
persevere-simulator serve [--port N]                       a page on which two policies are tried

The plot is written to FILE: simulation.svg for run and compare, none for herd and fleet, if it
is left out.
docs/src/simulator.md has the keys of a scenario, and examples.";

fn main() -> ExitCode {
    match command() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::from(2)
        }
    }
}

fn command() -> Result<(), String> {
    let mut arguments = Arguments::read()?;
    match arguments.command.as_str() {
        "run" | "compare" => simulate(&arguments),
        "herd" => herd(&mut arguments),
        "fleet" => fleet(&arguments),
        "serve" => serve(&arguments),
        "help" => say(&format!("{HELP}\n")),
        other => Err(format!(
            "no command `{other}`; write run, compare, herd, fleet or serve, or --help to read more"
        )),
    }
}

/// The arguments of the program.
struct Arguments {
    command: String,
    values: Vec<String>,
    svg: Option<String>,
    runs: Option<String>,
    processes: Option<String>,
    port: Option<String>,
}

impl Arguments {
    fn read() -> Result<Self, String> {
        let mut words = env::args().skip(1);
        let mut arguments = Arguments {
            command: words.next().unwrap_or("help".into()),
            values: Vec::new(),
            svg: None,
            runs: None,
            processes: None,
            port: None,
        };
        if matches!(arguments.command.as_str(), "-h" | "--help") {
            arguments.command = "help".into();
        }
        while let Some(word) = words.next() {
            let mut value = || {
                words
                    .next()
                    .ok_or(format!("{word} wants a value behind it"))
            };
            match word.as_str() {
                "--svg" => arguments.svg = Some(value()?),
                "--runs" => arguments.runs = Some(value()?),
                "--processes" => arguments.processes = Some(value()?),
                "--port" => arguments.port = Some(value()?),
                "-h" | "--help" => arguments.command = "help".into(),
                option if option.starts_with('-') => {
                    return Err(format!(
                        "no option `{option}`; there are --svg FILE, --runs N, --processes N and --port N"
                    ));
                }
                _ => arguments.values.push(word),
            }
        }
        Ok(arguments)
    }
}

fn simulate(arguments: &Arguments) -> Result<(), String> {
    let (command, files) = (arguments.command.as_str(), &arguments.values);
    match (command, files.len()) {
        ("run", 1) | ("compare", 2..) => {}
        ("run", _) => return Err("run takes one scenario; compare takes several".into()),
        _ => return Err("compare takes two scenarios or more; run takes one".into()),
    }
    let read = |file: &String| Scenario::read(Path::new(file));
    let scenarios: Vec<Scenario> = files
        .iter()
        .map(read)
        .collect::<Result<_, _>>()
        .map_err(text)?;
    let reports = reports(&scenarios).map_err(text)?;
    let runs: Vec<_> = scenarios.iter().zip(&reports).collect();
    say(&summary(&runs))?;
    write(
        arguments.svg.as_deref().unwrap_or("simulation.svg"),
        &plot(&runs),
    )
}

fn reports(scenarios: &[Scenario]) -> Result<Vec<Report>, Refusal> {
    let timed = timed(scenarios)?;
    Ok(timed.into_iter().map(|(report, _)| report).collect())
}

/// Each on a thread of its own, with the time that it takes.
fn timed(scenarios: &[Scenario]) -> Result<Vec<(Report, Duration)>, Refusal> {
    let run = |scenario: &Scenario| {
        let began = Instant::now();
        Ok((scenario.run()?, began.elapsed()))
    };
    thread::scope(|scope| {
        let runs: Vec<_> = scenarios
            .iter()
            .map(|scenario| scope.spawn(move || run(scenario)))
            .collect();
        runs.into_iter()
            .map(|run| run.join().expect("a run does not panic"))
            .collect()
    })
}

fn herd(arguments: &mut Arguments) -> Result<(), String> {
    let number = |text: &String| match text.parse::<u32>() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(format!(
            "`{text}` is no number of clients or runs; write one such as 50"
        )),
    };
    let runs = arguments.runs.as_ref().map_or(Ok(500), number)?;
    let mut clients: Vec<u32> = arguments
        .values
        .iter()
        .map(number)
        .collect::<Result<_, _>>()?;
    if clients.is_empty() {
        clients.push(CLIENTS);
    }
    let cells: Vec<(u32, Strategy, Cell)> = clients
        .iter()
        .flat_map(|count| {
            Strategy::ALL.map(|strategy| (*count, strategy, herds(*count, strategy, runs, 7)))
        })
        .collect();
    say(&table(&cells))?;
    match &arguments.svg {
        Some(file) => write(file, &herd_plot(&cells)),
        None => Ok(()),
    }
}

fn fleet(arguments: &Arguments) -> Result<(), String> {
    if let Some(value) = arguments.values.first() {
        return Err(format!(
            "fleet takes no `{value}`; write --processes {value} for its size"
        ));
    }
    let (fewest, most) = fleets::BOUNDS;
    let processes = match &arguments.processes {
        None => fleets::PROCESSES,
        Some(text) => match text.parse() {
            Ok(number) if (fewest..=most).contains(&number) => number,
            _ => {
                return Err(format!(
                    "`{text}` is no number of processes; write one from {fewest} to {most}"
                ));
            }
        },
    };
    let comparisons = comparisons(processes).map_err(text)?;
    let mut all = Vec::new();
    for comparison in &comparisons {
        let runs = timed(&comparison.scenarios).map_err(text)?;
        say(&format!("{}\n", fleets::table(comparison, &runs)))?;
        all.extend(comparison.scenarios.iter().zip(runs));
    }
    let all: Vec<_> = all
        .iter()
        .map(|(scenario, (report, _))| (*scenario, report))
        .collect();
    match &arguments.svg {
        Some(file) => write(file, &plot(&all)),
        None => Ok(()),
    }
}

fn serve(arguments: &Arguments) -> Result<(), String> {
    if let Some(value) = arguments.values.first() {
        return Err(format!(
            "serve takes no `{value}`; write the scenario on the page, or --port {value} for another port"
        ));
    }
    let number = |text: &String| {
        text.parse().map_err(|_| {
            format!("`{text}` is no port; write one such as {PORT}, or 0 for any that is free")
        })
    };
    let port = arguments.port.as_ref().map_or(Ok(PORT), number)?;
    let workbench = Workbench::bind(port)
        .map_err(|error| format!("port {port}: {error}; write --port 0 for any that is free"))?;
    say(&format!("workbench: {}\n", workbench.url()))?;
    workbench.run()
}

fn write(file: &str, svg: &str) -> Result<(), String> {
    fs::write(file, svg).map_err(|error| format!("{file}: {error}"))?;
    say(&format!("\nplot: {file}\n"))
}

/// Not by a macro, which panics where nobody reads.
fn say(text: &str) -> Result<(), String> {
    let said = stdout().write_all(text.as_bytes());
    said.map_err(|error| format!("standard output: {error}"))
}

fn text(refusal: Refusal) -> String {
    refusal.to_string()
}
