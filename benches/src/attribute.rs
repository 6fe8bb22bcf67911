//! Cost of the attribute to a build: expansion, check and code generation.

use crate::footprint::OURS;
use crate::project::{Project, median};
use crate::table::Table;

const FUNCTIONS: usize = 200;

/// Writes the function of this number.
type Form = fn(&Functions, usize) -> String;

const PRELUDE: &str = "
#![allow(dead_code)]
use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{Error, ErrorKind};
use std::time::Duration;
pub struct Service;
impl Service { async fn ask(&self, _: u32) -> Result<u64, Error> { Ok(7) } }
fn pause(attempt: u32) -> Duration { Duration::from_millis(100 << attempt) }
fn main() {}

pub trait Store {
    fn get(&self, key: &str) -> impl Future<Output = Result<Vec<u8>, Error>> + Send;
    fn put<T: Display>(&self, key: &str, value: T) -> impl Future<Output = Result<(), Error>> + Send;
}
pub struct Invalid(String);
impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self { Error::new(ErrorKind::InvalidData, invalid.0) }
}
impl From<std::string::FromUtf8Error> for Invalid {
    fn from(error: std::string::FromUtf8Error) -> Self { Invalid(error.to_string()) }
}
impl From<std::num::ParseIntError> for Invalid {
    fn from(error: std::num::ParseIntError) -> Self { Invalid(error.to_string()) }
}
fn number(text: &str) -> Result<u64, Invalid> { Ok(text.trim().parse()?) }
fn text(bytes: Vec<u8>) -> Result<String, Invalid> { Ok(String::from_utf8(bytes)?) }
";

/// The work of every function of a table.
struct Functions {
    title: &'static str,
    /// Behind the name.
    signature: &'static str,
    body: &'static str,
}

/// An attempt that is hardly more than its call.
const SHORT: Functions = Functions {
    title: "short",
    signature: "(service: &Service, id: u32) -> Result<u64, Error>",
    body: "
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
    ",
};

/// An attempt that does some work: generic client code, conversions, collections, texts.
const LONG: Functions = Functions {
    title: "long",
    signature: "<S: Store + Sync>(store: &S, id: u32) -> Result<BTreeMap<String, u64>, Error>",
    body: "
        let index = text(store.get(&format!(\"orders/{id}/index\")).await?)?;
        let mut keys: Vec<(u64, String)> = Vec::new();
        for line in index.lines().filter(|line| !line.is_empty()) {
            let Some((rank, key)) = line.split_once(':') else {
                return Err(Error::new(ErrorKind::InvalidData, format!(\"no rank in {line}\")));
            };
            keys.push((number(rank)?, key.to_owned()));
        }
        keys.sort_by(|(a, _), (b, _)| b.cmp(a));
        let mut totals: BTreeMap<String, u64> = BTreeMap::new();
        for (rank, key) in &keys {
            let order = text(store.get(key).await?)?;
            let amounts = order.lines().map(number).collect::<Result<Vec<_>, _>>()?;
            let total: u64 = amounts.iter().filter(|amount| **amount > 0).sum();
            let name = order.lines().next().unwrap_or(\"unnamed\").trim().to_lowercase();
            *totals.entry(name).or_default() += total * rank;
        }
        if totals.is_empty() {
            store.put(&format!(\"orders/{id}/empty\"), \"true\").await?;
            return Err(Error::from(ErrorKind::NotFound));
        }
        let largest = totals.values().copied().max().unwrap_or_default();
        let names: Vec<_> = totals.keys().map(String::as_str).collect();
        store.put(&format!(\"orders/{id}/names\"), names.join(\",\")).await?;
        store.put(&format!(\"orders/{id}/largest\"), largest).await?;
        Ok(totals)
    ",
};

pub fn print() {
    print_checks(&SHORT);
    print_checks(&LONG);
    print_builds();
}

fn print_checks(functions: &Functions) {
    let title = format!("{FUNCTIONS} {} async functions", functions.title);
    let columns = [
        "expansion, ms a function",
        "check from nothing, CPU seconds",
        "ratio",
        "check again",
        "ratio",
    ];
    let mut table = Table::new(&title, columns);
    let async_trait = "async-trait = \"0.1\"";
    let tokio = "tokio = { version = \"1\", default-features = false, features = [\"time\"] }";
    let tracing = "tracing = \"0.1\"";
    let ours = format!("{OURS} }}");
    let forms: [(&str, &str, Form); 8] = [
        ("plain", "", |f, n| f.write(n, "")),
        ("hand-written loop", tokio, Functions::hand),
        ("#[retry]", &ours, |f, n| f.write(n, "#[persevere::retry]")),
        ("#[retry(…)]", &ours, |f, n| f.write(n, KEYS)),
        ("#[retry(use = net)]", &ours, |f, n| {
            first(n, SET) + &f.write(n, "#[persevere::retry(use = net)]")
        }),
        ("#[retry(policy = net())]", &ours, |f, n| {
            first(n, POLICY) + &f.write(n, "#[persevere::retry(policy = net())]")
        }),
        ("#[instrument]", tracing, |f, n| {
            f.write(n, "#[tracing::instrument(skip_all)]")
        }),
        ("#[async_trait]", async_trait, Functions::boxed),
    ];
    let mut hand = None;
    for (name, dependency, form) in forms {
        let source: String = (0..FUNCTIONS).map(|n| form(functions, n)).collect();
        let word: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let keys = if name.contains('…') { "keys" } else { "" };
        let directory = format!("check {} {word}{keys}", functions.title);
        let project = Project::new(&directory, dependency, &format!("{PRELUDE}{source}"));
        project.cargo(&["check", "--quiet"]);
        let from_nothing = median(5, || {
            project.cargo(&["clean", "--quiet", "--package", &project.package()]);
            project.seconds(&["check", "--quiet"])
        });
        let again = median(7, || {
            project.touch();
            project.seconds(&["check", "--quiet"])
        });
        let expansion = median(7, || expansion(&project)) * 1000.0 / FUNCTIONS as f64;
        if name == "hand-written loop" {
            hand = Some((from_nothing, again));
        }
        let ratio = |of: fn((f64, f64)) -> f64| {
            let ratio = |hand| format!("{:.2}", of((from_nothing, again)) / of(hand));
            hand.map_or("–".to_owned(), ratio)
        };
        table.row(
            name,
            [
                format!("{expansion:.3}"),
                format!("{from_nothing:.2}"),
                ratio(|(from_nothing, _)| from_nothing),
                format!("{again:.2}"),
                ratio(|(_, again)| again),
            ],
        );
    }
    table.print();
}

const KEYS: &str = "#[persevere::retry(
    stop = after_attempt(5),
    wait = exponential(100ms).max(10s).full_jitter(),
    when = err(|error| error.kind() == ErrorKind::TimedOut),
)]";

/// The same keys, as a set.
const SET: &str = "persevere::policy! {
    net:
    stop = after_attempt(5),
    wait = exponential(100ms).max(10s).full_jitter(),
    when = err(|error| error.kind() == ErrorKind::TimedOut),
}
";

/// The same as a function.
const POLICY: &str = "fn net<T>() -> impl persevere::Policy<Result<T, Error>> {
    use persevere::{RetryPolicy, stop, wait, when};
    let wait = wait::exponential(Duration::from_millis(100)).max(Duration::from_secs(10));
    RetryPolicy::new()
        .stop(stop::after_attempt(5))
        .wait(wait.full_jitter())
        .when(when::err(|error: &Error| error.kind() == ErrorKind::TimedOut))
}
";

/// Returns a definition before the first function.
fn first(n: usize, definition: &str) -> String {
    if n == 0 {
        definition.to_owned()
    } else {
        String::new()
    }
}

impl Functions {
    fn write(&self, n: usize, attribute: &str) -> String {
        let Functions {
            signature, body, ..
        } = self;
        format!("{attribute}\npub async fn call{n}{signature} {{ {body} }}\n")
    }

    fn hand(&self, n: usize) -> String {
        let Functions {
            signature, body, ..
        } = self;
        let (_, outcome) = signature.split_once("-> ").expect("an outcome");
        format!(
            "pub async fn call{n}{signature} {{
                let mut attempt = 1;
                loop {{
                    let outcome: {outcome} = async {{ {body} }}.await;
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

    fn boxed(&self, n: usize) -> String {
        let Functions {
            signature, body, ..
        } = self;
        format!(
            "#[async_trait::async_trait]
            pub trait Call{n} {{ async fn call{signature} {{ {body} }} }}\n"
        )
    }
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
            project.build_seconds()
        });
        let alone = median(5, || {
            project.cargo(&["clean", "--quiet", "--package", name]);
            project.build_seconds()
        });
        table.row(name, [format!("{alone:.2}"), format!("{all:.2}")]);
    }
    table.print();
}
