//! The workbench, asked without a browser.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;
use std::{fs, thread};

use persevere_simulator::serve::Workbench;
use serde_json::Value;

/// Ten seconds, of which the service is down for two.
const SMALL: &str = "duration=10s&server.capacity=100&clients.count=50&clients.rate=1&clients.arrival=even\
    &outage.start=3s&outage.duration=2s&a.name=eager&a.policy=wait+%3D+fixed(100ms)\
    &b.policy=stop+%3D+after_attempt(5)%0Await+%3D+fixed(500ms)%2C+budget+%3D+ratio(0.2%2C+10s)";

/// A server for all tests of this process, by its address.
static ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let workbench = Workbench::bind(0).unwrap();
    let url = workbench.url();
    thread::spawn(move || workbench.run());
    let address = url
        .strip_prefix("http://")
        .and_then(|url| url.strip_suffix('/'));
    address.unwrap().to_owned()
});

/// Sends bytes, and returns the response with its head.
fn send(bytes: &[u8]) -> String {
    let mut connection = TcpStream::connect(&*ADDRESS).unwrap();
    connection.write_all(bytes).unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).unwrap();
    response
}

/// Returns status and body of a target, asked as a browser on this machine does.
fn get(target: &str) -> (u16, String) {
    let response = send(format!("GET {target} HTTP/1.1\r\nHost: {}\r\n\r\n", *ADDRESS).as_bytes());
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap();
    (status.parse().unwrap(), body.to_owned())
}

fn run(query: &str) -> Value {
    let (status, body) = get(&format!("/run?{query}"));
    assert_eq!(status, 200, "{body:.300}");
    serde_json::from_str(&body).unwrap()
}

/// Returns the settings that are refused, each with its message.
fn mistakes(query: &str) -> Vec<(String, String)> {
    let (status, body) = get(&format!("/run?{query}"));
    assert_eq!(status, 400, "{body:.300}");
    let mistakes: Vec<Value> = serde_json::from_str(&body).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let each = mistakes.iter();
    each.map(|mistake| (text(&mistake["field"]), text(&mistake["message"])))
        .collect()
}

/// Returns the text that the command line prints of the files of an answer.
fn printed(answer: &Value, directory: &str) -> String {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(directory);
    fs::create_dir_all(&directory).unwrap();
    for side in answer["sides"].as_array().unwrap() {
        let file = side["file"].as_str().unwrap();
        fs::write(directory.join(file), side["toml"].as_str().unwrap()).unwrap();
    }
    let command = answer["command"].as_str().unwrap();
    let (_, arguments) = command.split_once(" -- ").unwrap();
    let mut simulator = Command::new(env!("CARGO_BIN_EXE_persevere-simulator"));
    let simulator = simulator.args(arguments.split(' ')).current_dir(&directory);
    String::from_utf8(simulator.output().unwrap().stdout).unwrap()
}

/// The table that was printed, by its cells.
fn cells(printed: &str) -> Vec<Vec<String>> {
    let table = printed.split("\n\n").nth(1).unwrap();
    let row = |line: &str| {
        let cells = line.split("   ").map(str::trim);
        cells
            .filter(|cell| !cell.is_empty())
            .map(str::to_owned)
            .collect()
    };
    table.lines().map(row).collect()
}

#[test]
fn figures_are_those_that_the_command_line_prints() {
    let answer = run(SMALL);
    let printed = printed(&answer, "small");
    let mut figures: Vec<Vec<String>> = serde_json::from_value(answer["figures"].clone()).unwrap();
    figures[0].remove(0);
    for row in &mut figures {
        row.iter_mut()
            .for_each(|cell| *cell = cell.trim().to_owned());
    }
    assert_eq!(figures[0], ["eager", "b"]);
    assert_eq!(figures, cells(&printed));
    for side in answer["sides"].as_array().unwrap() {
        let [name, sentence] = ["name", "sentence"].map(|key| side[key].as_str().unwrap());
        assert!(
            printed.contains(&format!("{name}: {sentence}.\n")),
            "{printed}"
        );
    }
    assert_eq!(run(SMALL), answer);
}

#[test]
fn presets_are_the_scenarios_that_are_shipped() {
    let presets: Vec<Value> = serde_json::from_str(&get("/presets").1).unwrap();
    let storm = presets.iter().find(|preset| {
        let name = preset["name"].as_str().unwrap();
        name.starts_with("retry storm")
    });
    let answer = run(storm.unwrap()["state"].as_str().unwrap());
    let files = ["storm", "storm-budget"].map(|name| {
        let package = env!("CARGO_MANIFEST_DIR");
        format!("{package}/scenarios/{name}.toml")
    });
    let mut simulator = Command::new(env!("CARGO_BIN_EXE_persevere-simulator"));
    let simulator = simulator
        .arg("compare")
        .args(files)
        .current_dir(env!("CARGO_TARGET_TMPDIR"));
    let shipped = String::from_utf8(simulator.output().unwrap().stdout).unwrap();
    assert_eq!(cells(&printed(&answer, "storm")), cells(&shipped));
}

#[test]
fn charts_and_schedules_stand_beside_the_figures() {
    let answer = run(&format!("{SMALL}&width=300&a.name=").replacen("&a.name=eager", "", 1));
    let side = &answer["sides"][1];
    for chart in ["load", "success", "times", "pauses"] {
        let svg = side["charts"][chart].as_str().unwrap();
        assert!(
            svg.starts_with("<svg ") && svg.contains("width=\"300\""),
            "{svg}"
        );
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
    let rows = side["schedule"]["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[3][4], "2 s");
    assert_eq!(
        side["schedule"]["end"],
        "then the call gives up: attempt limit"
    );
}

#[test]
fn names_cannot_write_into_the_page() {
    let answer = run(&SMALL.replace("eager", "%3Cscript%3E%22%26"));
    let svg = answer["sides"][0]["charts"]["load"].as_str().unwrap();
    assert!(svg.contains("&lt;script&gt;\"&amp;") && !svg.contains("<script"));
}

#[test]
fn a_wrong_word_is_named_at_its_setting() {
    let with = |part: &str, instead: &str| {
        assert!(SMALL.contains(part), "{part}");
        mistakes(&SMALL.replace(part, instead))
    };
    let one = |found: Vec<(String, String)>, field: &str, message: &str| {
        let [(name, said)] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(name, field);
        assert!(said.contains(message), "{said}");
    };
    one(
        with("after_attempt", "after_atempt"),
        "b.policy",
        "stop: `after_atempt(5)`: unknown stop condition `after_atempt`; did you mean `after_attempt`?",
    );
    one(
        with("wait+%3D+fixed(100ms)", "fixed(100ms)"),
        "a.policy",
        "`fixed(100ms)` is no key with its value; write `wait = exponential(100ms)`",
    );
    one(
        with("wait+%3D+fixed(100ms)", "when+%3D+transient()"),
        "a.policy",
        "when: it stays in the program",
    );
    one(
        with(
            "wait+%3D+fixed(100ms)",
            "stop+%3D+never()%2Cdeadline%3D1s%2Cattempt_timeout%3D2s",
        ),
        "a.policy",
        "attempt_timeout",
    );
    one(
        with("server.capacity=100", "server.capacity=0"),
        "server.capacity",
        "server.capacity = 0: no request is ever served",
    );
    one(
        with("outage.duration=2s", "outage.duration=2"),
        "outage.duration",
        "a duration has a unit: `2s`",
    );
    one(
        with("outage.duration=2s", "outage.kind=slow"),
        "outage",
        "write factor = 10 beside kind = \"slow\"",
    );
    one(
        with("arrival=even", "arrival=odd"),
        "clients.arrival",
        "unknown variant `odd`",
    );
    one(
        with("duration=10s", "duraton=10s"),
        "duraton",
        "is no setting",
    );
    let both = with("server.capacity=100", "server.capacity=x&server.latency=y");
    assert_eq!(both.len(), 2);
}

#[test]
fn a_run_that_would_take_long_is_refused() {
    let said = |query: &str| mistakes(query).remove(0);
    let (field, message) = said(&SMALL.replace("count=50", "count=1000000"));
    assert_eq!(field, "clients.count");
    assert!(
        message.contains("10000000 calls in the duration are more than the 300000 of this page")
    );
    let (field, message) = said(&format!("{SMALL}&clients.processes=100000"));
    assert_eq!(field, "clients.processes");
    assert!(message.contains("more than the 200 processes"), "{message}");
}

#[test]
fn what_is_no_request_of_this_machine_is_refused() {
    let status = |request: &str| {
        let response = send(request.as_bytes());
        response.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    let host = &*ADDRESS;
    for (request, expected) in [
        (format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"), "200"),
        (
            "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
            "200",
        ),
        (
            "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n".to_owned(),
            "421",
        ),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), "400"),
        (
            format!("GET / HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n"),
            "400",
        ),
        (
            format!("GET http://example.com/ HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            "400",
        ),
        ("\r\n\r\n".to_owned(), "400"),
        ("\u{16}\u{3}\u{1}\r\n\r\n".to_owned(), "400"),
        (
            format!("POST /run HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n"),
            "405",
        ),
        (
            format!("GET /../Cargo.toml HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            "404",
        ),
        (
            format!("GET /run?a=%zz HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            "400",
        ),
        (
            format!(
                "GET /{} HTTP/1.1\r\nHost: {host}\r\n\r\n",
                "x".repeat(40_000)
            ),
            "431",
        ),
        (
            format!(
                "GET /run?{SMALL} HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: cross-site\r\n\r\n"
            ),
            "403",
        ),
    ] {
        assert_eq!(status(&request), expected, "{request}");
    }
    let bytes = [b"GET / HTTP/1.1\r\nHost: ".as_slice(), &[0xff], b"\r\n\r\n"].concat();
    assert!(send(&bytes).starts_with("HTTP/1.1 400 "));
}

#[test]
fn a_connection_that_says_nothing_keeps_nobody_waiting() {
    let silent: Vec<TcpStream> = (0..20)
        .map(|_| TcpStream::connect(&*ADDRESS).unwrap())
        .collect();
    assert_eq!(get("/").0, 200);
    drop(silent);
}

#[test]
fn the_page_loads_nothing_from_elsewhere() {
    let head = send(format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", *ADDRESS).as_bytes());
    assert!(head.contains("Content-Security-Policy: default-src 'none'; script-src 'self'; "));
    for path in ["/", "/page.css", "/page.js"] {
        let (status, body) = get(path);
        assert_eq!(status, 200);
        assert!(
            !body.contains("https://") && !body.contains("http://"),
            "{path}"
        );
    }
}
