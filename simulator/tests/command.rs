//! The command line.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use persevere_simulator::Scenario;

fn simulator(arguments: &[&str]) -> Output {
    let binary = env!("CARGO_BIN_EXE_persevere-simulator");
    Command::new(binary).args(arguments).output().unwrap()
}

fn scenario(name: &str) -> String {
    format!("{}/scenarios/{name}.toml", env!("CARGO_MANIFEST_DIR"))
}

fn drawing(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn compare_puts_policies_side_by_side_and_into_one_drawing() {
    let file = drawing("compare.svg");
    let [fixed, guarded] = ["fixed", "guarded"].map(scenario);
    let output = simulator(&["compare", &fixed, &guarded, "--svg", file.to_str().unwrap()]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    assert!(
        said.contains("fixed pause   breaker and budget\n"),
        "{said}"
    );
    let svg = std::fs::read_to_string(file).unwrap();
    for text in [
        "fixed pause",
        "breaker and budget",
        "outage: down, 20 s",
        "requests",
        "good answers",
        "capacity",
        "time, seconds",
    ] {
        assert!(svg.contains(&format!(">{text}")), "{text}");
    }
}

#[test]
fn herd_prints_the_published_figures_beside_its_own() {
    let output = simulator(&["herd", "10", "50", "--runs", "2"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.lines().count(), 11);
    assert!(
        said.contains("36426 ± 3205") && said.contains(" σ\n"),
        "{said}"
    );
}

#[test]
fn a_mistake_is_one_line_and_exit_code_two() {
    let fixed = scenario("fixed");
    let cases: [(&[&str], &str); 12] = [
        (
            &["recover"],
            "no command `recover`; write run, compare, herd, fleet or serve, or --help to read more\n",
        ),
        (
            &["compare", &fixed],
            "compare takes two scenarios or more; run takes one\n",
        ),
        (&["run"], "run takes one scenario; compare takes several\n"),
        (&["run", &fixed, "--svg"], "--svg wants a value behind it\n"),
        (
            &["run", &fixed, "--fast"],
            "no option `--fast`; there are --svg FILE, --runs N, --processes N and --port N\n",
        ),
        (
            &["herd", "many"],
            "`many` is no number of clients or runs; write one such as 50\n",
        ),
        (
            &["herd", "--runs", "0"],
            "`0` is no number of clients or runs; write one such as 50\n",
        ),
        (
            &["fleet", "--processes", "9"],
            "`9` is no number of processes; write one from 10 to 100000\n",
        ),
        (
            &["fleet", "--processes"],
            "--processes wants a value behind it\n",
        ),
        (
            &["fleet", "500"],
            "fleet takes no `500`; write --processes 500 for its size\n",
        ),
        (
            &["serve", "--port", "http"],
            "`http` is no port; write one such as 7373, or 0 for any that is free\n",
        ),
        (
            &["serve", "8000"],
            "serve takes no `8000`; write the scenario on the page, or --port 8000 for another port\n",
        ),
    ];
    for (arguments, expected) in cases {
        let output = simulator(arguments);
        assert_eq!(
            (
                output.status.code(),
                &*String::from_utf8_lossy(&output.stderr)
            ),
            (Some(2), expected)
        );
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn serve_prints_the_address_of_the_page_and_listens_there() {
    let mut simulator = Command::new(env!("CARGO_BIN_EXE_persevere-simulator"));
    let simulator = simulator.args(["serve", "--port", "0"]);
    let mut child = simulator.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    let address = line.trim_end().strip_prefix("workbench: http://").unwrap();
    let address: SocketAddr = address.trim_end_matches('/').parse().unwrap();
    let answered = get(address);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(address.ip().is_loopback());
    assert!(answered.unwrap().starts_with("HTTP/1.1 200 OK\r\n"));
}

/// Returns the answer to a request for the page.
fn get(address: SocketAddr) -> io::Result<String> {
    let mut connection = TcpStream::connect(address)?;
    write!(connection, "GET / HTTP/1.1\r\nHost: {address}\r\n\r\n")?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn every_scenario_that_is_shipped_is_sound() {
    let package = env!("CARGO_MANIFEST_DIR");
    for entry in std::fs::read_dir(format!("{package}/scenarios")).unwrap() {
        Scenario::read(&entry.unwrap().path()).unwrap();
    }
    let manual = std::fs::read_to_string(format!("{package}/../docs/src/simulator.md")).unwrap();
    let example = manual.split("```toml\n").nth(1).unwrap();
    let example = example.split("```").next().unwrap();
    Scenario::parse("simulator.md", example).unwrap();
}
