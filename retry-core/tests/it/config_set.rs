//! Policies by name: files, environment variables, and reloads.
#![cfg(feature = "config")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::{fs, io, process, thread};

use persevere_core::breaker::State;
use persevere_core::config::{ConfigError, Named};
use persevere_core::{Policy, RetryConfigs, StopReason};

const NAMES: &[&str] = &["payments", "search-eu"];

fn set() -> RetryConfigs {
    RetryConfigs::new(NAMES)
}

fn shown(set: &RetryConfigs) -> [String; 2] {
    ["payments", "search-eu"].map(|name| set.get(name).to_string())
}

fn variables<'a>(all: &'a [(&str, &str)]) -> impl Iterator<Item = (String, String)> + 'a {
    let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
    all.iter().map(owned)
}

fn failing() -> io::Result<()> {
    Err(io::ErrorKind::TimedOut.into())
}

/// A file of one test, removed at its end.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let unique = format!("persevere-{}-{number}-{name}", process::id());
        let file = File(std::env::temp_dir().join(unique));
        file.write(text);
        file
    }

    fn write(&self, text: &str) {
        fs::write(&self.0, text).unwrap();
    }

    fn name(&self) -> String {
        self.0.display().to_string()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn tables_inherit_from_the_default() {
    let toml = r#"
        [default]
        stop = "after_attempt(4)"
        breaker = "consecutive(5)"

        [payments]
        wait = "1s"
        stop = "after_attempt(9)"

        [search-eu]
        breaker = "none()"
        enabled = false
    "#;
    let json = r#"{
        "default": { "stop": "after_attempt(4)", "breaker": "consecutive(5)" },
        "payments": { "wait": "1s", "stop": "after_attempt(9)" },
        "search-eu": { "breaker": "none()", "enabled": false }
    }"#;
    let expected = [
        "stop = after_attempt(9), wait = 1s, breaker = consecutive(5)",
        "stop = after_attempt(4), enabled = false",
    ];
    let (one, other) = (set(), set());
    one.load_toml(toml).unwrap();
    other.load_json(json).unwrap();
    assert_eq!(shown(&one), expected);
    assert_eq!(shown(&other), expected);
    let circuit = one.get("payments").circuit_breaker().cloned();
    assert_eq!(circuit.unwrap().name(), "payments");
}

#[test]
fn a_load_takes_the_place_of_the_one_before() {
    let set = set();
    assert_eq!(shown(&set), ["", ""]);
    set.load_toml(r#"payments.wait = "1s""#).unwrap();
    set.load_json(r#"{ "search-eu": { "wait": "2s" } }"#)
        .unwrap();
    assert_eq!(shown(&set), ["", "wait = 2s"]);
    set.load_toml("").unwrap();
    assert_eq!(shown(&set), ["", ""]);
}

#[test]
fn variables_lie_over_the_file_whatever_is_loaded_first() {
    let toml = r#"
        default.stop = "after_attempt(4)"
        payments.wait = "1s"
    "#;
    let vars = [
        ("APP_RETRY_PAYMENTS_WAIT", "2s"),
        ("APP_RETRY_SEARCH_EU_ATTEMPT_TIMEOUT", "3s"),
        ("APP_RETRY_DEFAULT_STOP", "after_attempt(2)"),
        ("APP_RETRYING", "not ours"),
        ("PATH", "not ours"),
    ];
    let expected = [
        "stop = after_attempt(2), wait = 2s",
        "stop = after_attempt(2), attempt_timeout = 3s",
    ];
    let (first, last) = (set(), set());
    first.load_vars("APP_RETRY", variables(&vars)).unwrap();
    first.load_toml(toml).unwrap();
    last.load_toml(toml).unwrap();
    last.load_vars("APP_RETRY", variables(&vars)).unwrap();
    assert_eq!(shown(&first), expected);
    assert_eq!(shown(&last), expected);
    last.load_vars("APP_RETRY", variables(&[])).unwrap();
    assert_eq!(shown(&last)[0], "stop = after_attempt(4), wait = 1s");
}

#[test]
fn a_name_may_begin_with_another() {
    let set = RetryConfigs::new(&["a", "a_b", "a_stop"]);
    let vars = [
        ("R_A_B_STOP", "after_attempt(2)"),
        ("R_A_STOP", "after_attempt(3)"),
        ("R_A_STOP_WAIT", "1s"),
    ];
    set.load_vars("R", variables(&vars)).unwrap();
    assert_eq!(set.get("a").to_string(), "stop = after_attempt(3)");
    assert_eq!(set.get("a_b").to_string(), "stop = after_attempt(2)");
    assert_eq!(set.get("a_stop").to_string(), "wait = 1s");
}

#[test]
fn the_environment_of_the_process_is_read() {
    // Set by cargo for every test, and not a key of ours.
    let error = set().load_env("CARGO").unwrap_err();
    assert!(error.variable().unwrap().starts_with("CARGO_"), "{error}");
    set().load_env("PERSEVERE_TEST_NOTHING").unwrap();
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let table = [
        (
            r#"payments.wait = "exponental(100ms)""#,
            "payments.wait: `exponental(100ms)`: unknown wait `exponental`; did you mean `exponential`?",
        ),
        (
            r#"default.stop = "never() | after_attempt(0)""#,
            "default.stop: `never() | after_attempt(0)`, character 11: `after_attempt(0)` would never run the function; use at least 1",
        ),
        (
            r#"payments.wiat = "1s""#,
            "payments.wiat: unknown key; did you mean `wait`?",
        ),
        (
            r#"paymnets.wait = "1s""#,
            "paymnets: no policy `paymnets` is declared; did you mean `payments`?",
        ),
        (
            "[orders]",
            "orders: no policy `orders` is declared; the program declares `payments` and `search-eu`",
        ),
        (
            "[defaults]",
            "defaults: no policy `defaults` is declared; did you mean `default`?",
        ),
        (
            r#"wait = "1s""#,
            "wait: write it in the table of a policy, or in `[default]`",
        ),
        ("payments = 5", "payments: expected the table of a policy"),
        ("payments = [5]", "payments: expected the table of a policy"),
        (
            "[payments]\n  wait = 5s",
            "unexpected", // in toml's words
        ),
    ];
    for (toml, expected) in table {
        let set = set();
        let error = set.load_toml(toml).unwrap_err();
        let text = error.to_string();
        if expected == "unexpected" {
            assert!(text.ends_with(", at line 2, column 10"), "{text}");
            assert_eq!(text.lines().count(), 1, "{text}");
        } else {
            assert_eq!(text, expected);
        }
    }
    let error = set().load_json("{ \"payments\": }").unwrap_err();
    assert!(error.to_string().contains("line 1 column 15"), "{error}");
}

#[test]
fn a_variable_is_named_where_it_is_wrong() {
    let table = [
        (
            "R_PAYMENTS_STOP",
            "after_atempt(2)",
            "R_PAYMENTS_STOP: `after_atempt(2)`: unknown stop condition `after_atempt`; did you mean `after_attempt`?",
        ),
        (
            "R_PAYMENTS_WIAT",
            "1s",
            "R_PAYMENTS_WIAT: unknown key; did you mean `wait`?",
        ),
        (
            "R_PAYMNETS_ATTEMPT_TIMEOUT",
            "1s",
            "R_PAYMNETS_ATTEMPT_TIMEOUT: no policy `paymnets` is declared; did you mean `payments`?",
        ),
        (
            "R_DEADLINE",
            "1s",
            "R_DEADLINE: no policy `deadline` is declared; the program declares `payments` and `search-eu`",
        ),
    ];
    for (variable, value, expected) in table {
        let error = set()
            .load_vars("R", variables(&[(variable, value)]))
            .unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.variable(), Some(variable));
    }
    let wrong = variables(&[("R_DEFAULT_WAIT", "1")]).collect::<Vec<_>>();
    let error = set().load_vars("R", wrong).unwrap_err();
    assert_eq!(error.path(), Some("default.wait"));
    assert_eq!(error.value(), Some("1"));
    assert_eq!(error.file(), None);
}

#[test]
fn a_bad_load_changes_nothing() {
    let set = set();
    set.load_toml("payments.wait = '1s'\nsearch-eu.wait = '1s'")
        .unwrap();
    let before = shown(&set);
    let bad = [
        "payments.wait = '2s'\nsearch-eu.wait = '2'",
        "payments.wait = '2s'\norders.wait = '2s'",
        "payments.wait = '2s'\n[",
    ];
    for toml in bad {
        set.load_toml(toml).unwrap_err();
        assert_eq!(shown(&set), before);
    }
    set.load_vars(
        "R",
        variables(&[("R_PAYMENTS_WAIT", "2s"), ("R_DEFAULT_STOP", "0")]),
    )
    .unwrap_err();
    assert_eq!(shown(&set), before);
    // A later load does not bring it back.
    set.load_toml("payments.stop = 'never()'").unwrap();
    assert_eq!(shown(&set), ["stop = never()", ""]);
}

#[test]
fn files_are_read_by_their_format() {
    let toml = File::new("retry.toml", "payments.wait = '1s'");
    let json = File::new("retry.json", r#"{ "payments": { "wait": "2s" } }"#);
    let yaml = File::new("retry.yaml", "");
    let set = set();
    set.load_file(&toml.0).unwrap();
    assert_eq!(shown(&set)[0], "wait = 1s");
    set.load_file(&json.0).unwrap();
    assert_eq!(shown(&set)[0], "wait = 2s");
    let error = set.load_file(&yaml.0).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{}: unknown format; the name must end in `.toml` or `.json`",
            yaml.name()
        )
    );
    toml.write("payments.wait = '1'");
    let error = set.load_file(&toml.0).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{}: payments.wait: `1`: a duration has a unit: `1s` or `1ms`",
            toml.name()
        )
    );
    assert_eq!(error.file(), Some(toml.name().as_str()));
    assert_eq!(shown(&set)[0], "wait = 2s");
}

#[test]
fn a_file_is_loaded_again_when_it_says_something_else() {
    let file = File::new("retry.toml", "payments.wait = '1s'");
    let set = set();
    assert_eq!(set.reload_if_changed(), Ok(false));
    set.reload().unwrap_err();
    set.load_file(&file.0).unwrap();
    assert_eq!(set.reload_if_changed(), Ok(false));

    file.write("payments.wait = '2s'");
    assert_eq!(set.reload_if_changed(), Ok(true));
    assert_eq!(shown(&set)[0], "wait = 2s");
    assert_eq!(set.reload_if_changed(), Ok(false));

    // One error per change of the file.
    file.write("payments.wait = '3'");
    let error = set.reload_if_changed().unwrap_err();
    assert_eq!(error.value(), Some("3"));
    assert_eq!(set.reload_if_changed(), Ok(false));
    set.reload().unwrap_err();
    assert_eq!(shown(&set)[0], "wait = 2s");

    fs::remove_file(&file.0).unwrap();
    for _ in 0..2 {
        let error = set.reload_if_changed().unwrap_err();
        assert!(
            error.reason().starts_with("the file cannot be read: "),
            "{error}"
        );
    }
    file.write("payments.wait = '4s'");
    assert_eq!(set.reload_if_changed(), Ok(true));
    assert_eq!(shown(&set)[0], "wait = 4s");

    // A file that was refused at first is read again, too.
    file.write("payments.wait = '5'");
    set.load_file(&file.0).unwrap_err();
    assert_eq!(set.reload_if_changed(), Ok(false));
    file.write("payments.wait = '5s'");
    assert_eq!(set.reload_if_changed(), Ok(true));
    assert_eq!(shown(&set)[0], "wait = 5s");

    // A text is not a file to reload.
    set.load_toml("").unwrap();
    file.write("payments.wait = '6s'");
    assert_eq!(set.reload_if_changed(), Ok(false));
}

#[test]
fn breaker_and_budget_go_on_unless_their_text_changes() {
    let set = set();
    let load = |stop: &str, breaker: &str, budget: &str| {
        let toml = format!(
            "default.wait = 'none()'\ndefault.stop = '{stop}'\ndefault.breaker = '{breaker}'\ndefault.budget = '{budget}'"
        );
        set.load_toml(&toml).unwrap();
    };
    let state = |name| set.get(name).circuit_breaker().unwrap().state();
    let left = |name| set.get(name).retry_budget().unwrap().available();

    load("never()", "consecutive(3)", "total(10)");
    let report = set.get("payments").report(failing);
    assert_eq!(report.reason(), Some(StopReason::CircuitOpen));
    assert_eq!((state("payments"), left("payments")), (State::Open, 8));
    // Each name has its own state.
    assert_eq!((state("search-eu"), left("search-eu")), (State::Closed, 10));

    load("after_attempt(9)", " consecutive( 3 )", "total(10)");
    assert_eq!((state("payments"), left("payments")), (State::Open, 8));

    load("after_attempt(9)", "consecutive(4)", "total(10)");
    assert_eq!((state("payments"), left("payments")), (State::Closed, 8));

    load("after_attempt(9)", "consecutive(4)", "total(11)");
    assert_eq!((state("payments"), left("payments")), (State::Closed, 11));
}

#[test]
fn calls_go_on_by_the_policy_that_they_began_with() {
    let set = set();
    set.load_toml("default.wait = 'none()'\ndefault.stop = 'after_attempt(4)'")
        .unwrap();
    let mut attempts = 0;
    let _ = set.get("payments").run(|| {
        attempts += 1;
        set.load_toml("payments.enabled = false").unwrap();
        failing()
    });
    assert_eq!(attempts, 4);
    assert_eq!(set.get("payments").report(failing).attempts(), 1);
}

#[test]
fn names_are_those_that_are_declared() {
    static SET: RetryConfigs = RetryConfigs::new(NAMES);
    static SEARCH: Named = SET.named("search-eu");
    SET.load_toml("search-eu.wait = '7s'").unwrap();
    assert_eq!(SEARCH.get().to_string(), "wait = 7s");
    assert_eq!(SET.names(), NAMES);
    assert!(SET.try_get("search").is_none());
    assert_eq!(
        format!("{SET:?} {SEARCH:?}"),
        r#"{"payments": RetryConfig(), "search-eu": RetryConfig(wait = 7s)} Named("search-eu")"#
    );
}

#[test]
#[should_panic(expected = "no policy `paymnets` is declared; did you mean `payments`?")]
fn a_slip_in_the_program_is_no_default_policy() {
    set().get("paymnets");
}

/// A reader during a load sees one load or the other, never a mix of both.
#[test]
fn readers_see_whole_loads() -> Result<(), ConfigError> {
    static SET: RetryConfigs = RetryConfigs::new(NAMES);
    let text = |n: u32| format!("default.stop = 'after_attempt({n})'\ndefault.wait = '{n}s'");
    SET.load_toml(&text(1))?;
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let done = Arc::clone(&done);
            thread::spawn(move || {
                let mut seen = 0u32;
                while !done.load(Ordering::Relaxed) {
                    let shown = SET.get("search-eu").to_string();
                    let number = |start: &str| {
                        let (_, rest) = shown.split_once(start).unwrap();
                        let digits = rest.find(|c: char| !c.is_ascii_digit());
                        rest[..digits.unwrap()].parse::<u32>().unwrap()
                    };
                    let n = number("after_attempt(");
                    assert_eq!(n, number("wait = "), "{shown}");
                    assert!(n >= seen, "from {seen} back to {n}");
                    seen = n;
                }
                seen
            })
        })
        .collect();
    for n in 1..=500 {
        SET.load_toml(&text(n))?;
        SET.load_toml("default.stop = '0'").unwrap_err();
    }
    done.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.join().unwrap();
    }
    assert_eq!(
        SET.get("payments").to_string(),
        "stop = after_attempt(500), wait = 500s"
    );
    Ok(())
}

#[test]
fn a_prefix_may_end_with_its_underscore() {
    let vars = [
        ("APP_RETRY_PAYMENTS_WAIT", "2s"),
        ("APP_RETRY_", "not ours"),
    ];
    let set = set();
    set.load_vars("APP_RETRY_", variables(&vars[..1])).unwrap();
    assert_eq!(shown(&set)[0], "wait = 2s");
    let error = set.load_vars("APP_RETRY_", variables(&vars)).unwrap_err();
    assert!(error.to_string().starts_with("APP_RETRY_: "), "{error}");
}

#[test]
fn json_with_a_key_twice_is_refused_and_a_byte_order_mark_is_passed_over() {
    let set = set();
    for (json, key) in [
        (
            r#"{ "payments": {}, "payments": { "wait": "1s" } }"#,
            "payments",
        ),
        (r#"{ "payments": { "wait": "1s", "wait": "2s" } }"#, "wait"),
    ] {
        let error = set.load_json(json).unwrap_err().to_string();
        let reason = format!("`{key}` is written twice; remove one at line 1 column ");
        assert!(error.contains(&reason), "{error}");
    }
    set.load_json("\u{feff}{ \"payments\": { \"wait\": \"2s\" } }")
        .unwrap();
    assert_eq!(shown(&set)[0], "wait = 2s");
}
