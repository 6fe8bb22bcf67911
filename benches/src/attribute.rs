//! What the attribute costs a build: to expand it, to check what it expands to, to build it.

use crate::footprint::OURS;
use crate::project::{Project, median};
use crate::table::Table;

const FUNCTIONS: usize = 200;

/// Writes the function of this number.
type Form = fn(usize) -> String;

const PRELUDE: &str = "
#![allow(dead_code)]
use std::io::{Error, ErrorKind};
use std::time::Duration;
pub struct Service;
impl Service { async fn ask(&self, _: u32) -> Result<u64, Error> { Ok(7) } }
fn pause(attempt: u32) -> Duration { Duration::from_millis(100 << attempt) }
fn main() {}
";

/// What every function does.
const BODY: &str = "
    let mut total = 0;
    for part in 0..3 {
        let answer = service.ask(id + part).await?;
        if answer == 0 {
            return Err(Error::from(ErrorKind::NotFound));
        }
        total += answer;
    }
    let name = format!(\"{id}: {total}\");
    match name.len() {
        0 => Err(Error::new(ErrorKind::Other, name)),
        long => Ok(total + long as u64),
    }
";

pub fn print() {
    let title = format!("{FUNCTIONS} async functions");
    let columns = [
        "expansion, ms a function",
        "cargo check, CPU seconds",
        "ratio",
    ];
    let mut table = Table::new(&title, columns);
    let async_trait = "async-trait = \"0.1\"";
    let tokio = "tokio = { version = \"1\", default-features = false, features = [\"time\"] }";
    let tracing = "tracing = \"0.1\"";
    let ours = format!("{OURS} }}");
    let forms: [(&str, &str, Form); 6] = [
        ("plain", "", |n| plain(n, "")),
        ("hand-written loop", tokio, hand),
        ("#[retry]", &ours, |n| plain(n, "#[persevere::retry]")),
        ("#[retry(…)]", &ours, |n| plain(n, KEYS)),
        ("#[instrument]", tracing, |n| {
            plain(n, "#[tracing::instrument(skip_all)]")
        }),
        ("#[async_trait]", async_trait, boxed),
    ];
    let mut hand = None;
    for (name, dependency, form) in forms {
        let functions: String = (0..FUNCTIONS).map(form).collect();
        let directory: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let directory = format!(
            "check {directory}{}",
            if name.contains('…') { "keys" } else { "" }
        );
        let project = Project::new(&directory, dependency, &format!("{PRELUDE}{functions}"));
        project.cargo(&["check", "--quiet"]);
        let check = median(7, || {
            project.touch();
            project.seconds(&["check", "--quiet"])
        });
        let expansion = median(7, || expansion(&project)) * 1000.0 / FUNCTIONS as f64;
        if name == "hand-written loop" {
            hand = Some(check);
        }
        let ratio = hand.map_or("–".to_owned(), |hand| format!("{:.2}", check / hand));
        table.row(
            name,
            [format!("{expansion:.3}"), format!("{check:.2}"), ratio],
        );
    }
    table.print();
    print_builds();
}

const KEYS: &str = "#[persevere::retry(
    stop = after_attempt(5),
    wait = exponential(100ms).max(10s).full_jitter(),
    when = err(|error| error.kind() == ErrorKind::TimedOut),
)]";

fn plain(n: usize, attribute: &str) -> String {
    format!(
        "{attribute}
        pub async fn call{n}(service: &Service, id: u32) -> Result<u64, Error> {{ {BODY} }}\n"
    )
}

fn hand(n: usize) -> String {
    format!(
        "pub async fn call{n}(service: &Service, id: u32) -> Result<u64, Error> {{
            let mut attempt = 1;
            loop {{
                let outcome: Result<u64, Error> = async {{ {BODY} }}.await;
                match outcome {{
                    Err(error) if error.kind() == ErrorKind::TimedOut && attempt < 5 => {{}}
                    outcome => return outcome,
                }}
                tokio::time::sleep(pause(attempt)).await;
                attempt += 1;
            }}
        }}\n"
    )
}

fn boxed(n: usize) -> String {
    format!(
        "#[async_trait::async_trait]
        pub trait Call{n} {{
            async fn call(service: &Service, id: u32) -> Result<u64, Error> {{ {BODY} }}
        }}\n"
    )
}

/// Seconds that the compiler spends on expanding macros.
fn expansion(project: &Project) -> f64 {
    project.touch();
    let passes = project.cargo(&["rustc", "--quiet", "--profile=check", "--", "-Ztime-passes"]);
    let mut lines = passes.lines();
    let line = lines.find(|line| line.contains("macro_expand_crate"));
    let seconds = line.and_then(|line| line.split_once("time:")?.1.split(';').next());
    seconds
        .and_then(|s| s.trim().parse().ok())
        .expect("seconds")
}

/// The macro crates themselves.
fn print_builds() {
    let title = "Macro crates, alone and with what they need";
    let mut table = Table::new(title, ["CPU seconds", "with dependencies"]);
    for (name, dependency) in [
        (
            "persevere-macros",
            OURS.replacen("persevere = ", "persevere-macros = ", 1) + " }",
        ),
        ("thiserror-impl", "thiserror-impl = \"2\"".to_owned()),
        ("tokio-macros", "tokio-macros = \"2\"".to_owned()),
    ] {
        let dependency = dependency.replace("/..\"", "/../retry-macros\"");
        let project = Project::new(&format!("build {name}"), &dependency, "fn main() {}");
        let all = median(3, || {
            project.cargo(&["clean", "--quiet"]);
            project.seconds(&["build", "--quiet"])
        });
        let alone = median(5, || {
            project.cargo(&["clean", "--quiet", "--package", name]);
            project.seconds(&["build", "--quiet"])
        });
        table.row(name, [format!("{alone:.2}"), format!("{all:.2}")]);
    }
    table.print();
}
