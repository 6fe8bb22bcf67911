//! States that a configuration forces on breakers, beside those that operators force by hand.
#![cfg(feature = "config")]

use persevere_core::breaker::State;
use persevere_core::config::ForcedState;
use persevere_core::{CircuitBreaker, Policy, RetryConfig, RetryConfigs, StopReason};

fn set() -> RetryConfigs {
    RetryConfigs::new(&["payments", "search"])
}

const BREAKER: &str = "default.breaker = 'consecutive(2)'\n";

fn load(set: &RetryConfigs, more: &str) {
    let text = format!("{BREAKER}{more}");
    set.load_toml(&text)
        .unwrap_or_else(|error| panic!("{error}"));
}

fn state(set: &RetryConfigs, name: &str) -> State {
    set.get(name).circuit_breaker().unwrap().state()
}

fn by_hand(set: &RetryConfigs, change: fn(&CircuitBreaker)) {
    change(set.get("payments").circuit_breaker().unwrap());
}

#[test]
fn each_state_is_forced_and_taken_back() {
    let table = [
        ("forced_open", State::ForcedOpen),
        ("forced_closed", State::ForcedClosed),
        ("metrics_only", State::MetricsOnly),
        ("disabled", State::Disabled),
    ];
    let set = set();
    for (text, forced) in table {
        load(&set, &format!("payments.breaker_state = '{text}'"));
        assert_eq!(state(&set, "payments"), forced);
        assert_eq!(state(&set, "search"), State::Closed);
        assert_eq!(
            set.get("payments").to_string(),
            format!("breaker = consecutive(2), breaker_state = {text}")
        );
    }
    load(&set, "");
    assert_eq!(state(&set, "payments"), State::Closed);
}

#[test]
fn calls_are_refused_while_the_file_forces_it_open() {
    let set = set();
    load(&set, "payments.breaker_state = 'forced_open'");
    let report = set.get("payments").report(|| std::io::Result::Ok(1));
    assert_eq!(report.reason(), Some(StopReason::CircuitOpen));
    load(&set, "");
    assert_eq!(set.get("payments").run(|| Some(1)), Some(1));
}

#[test]
fn a_load_of_the_same_state_leaves_a_change_by_hand_alone() {
    let set = set();
    let forced = "payments.breaker_state = 'forced_open'\n";
    load(&set, forced);
    by_hand(&set, CircuitBreaker::reset);
    load(&set, forced);
    assert_eq!(state(&set, "payments"), State::Closed);
    load(&set, &format!("{forced}payments.wait = '1s'"));
    assert_eq!(state(&set, "payments"), State::Closed);
    // Another state is a new order.
    load(&set, "payments.breaker_state = 'disabled'");
    assert_eq!(state(&set, "payments"), State::Disabled);
}

#[test]
fn a_state_forced_by_hand_stays_without_the_key_and_once_the_key_is_gone() {
    let set = set();
    load(&set, "");
    by_hand(&set, CircuitBreaker::force_open);
    load(&set, "");
    load(&set, "payments.wait = '1s'");
    assert_eq!(state(&set, "payments"), State::ForcedOpen);
    load(&set, "payments.breaker_state = 'forced_open'");
    // The same state, this time by hand.
    by_hand(&set, CircuitBreaker::force_open);
    load(&set, "");
    assert_eq!(state(&set, "payments"), State::ForcedOpen);
}

#[test]
fn a_breaker_that_had_opened_is_closed_once_the_key_is_gone() {
    let set = set();
    load(&set, "default.wait = 'none()'");
    let _ = set.get("payments").run(|| None::<u8>);
    assert_eq!(state(&set, "payments"), State::Open);
    load(&set, "payments.breaker_state = 'forced_closed'");
    assert_eq!(state(&set, "payments"), State::ForcedClosed);
    load(&set, "");
    assert_eq!(state(&set, "payments"), State::Closed);
}

#[test]
fn a_new_breaker_is_forced_as_the_one_before() {
    let set = set();
    let forced = "payments.breaker_state = 'disabled'";
    load(&set, forced);
    let text = format!("default.breaker = 'consecutive(9)'\n{forced}");
    set.load_toml(&text).unwrap();
    assert_eq!(state(&set, "payments"), State::Disabled);
}

#[test]
fn the_default_and_variables_say_it_too() {
    let set = set();
    load(
        &set,
        "default.breaker_state = 'disabled'\nsearch.breaker_state = 'none()'",
    );
    assert_eq!(state(&set, "payments"), State::Disabled);
    assert_eq!(state(&set, "search"), State::Closed);
    let variable = |name: &str| [(name.to_owned(), "forced_open".to_owned())];
    set.load_vars("R", variable("R_PAYMENTS_BREAKER_STATE"))
        .unwrap();
    assert_eq!(state(&set, "payments"), State::ForcedOpen);
    set.load_vars("R", []).unwrap();
    assert_eq!(state(&set, "payments"), State::Disabled);
}

#[test]
fn a_refused_load_forces_nothing() {
    let set = set();
    load(&set, "");
    let text = format!("{BREAKER}payments.breaker_state = 'forced_open'\nsearch.wait = '1'");
    set.load_toml(&text).unwrap_err();
    assert_eq!(state(&set, "payments"), State::Closed);
}

#[test]
fn a_state_without_a_breaker_is_refused_where_it_is_written() {
    let set = set();
    let table = [
        (
            "payments.breaker_state = 'disabled'",
            "payments.breaker_state: `disabled`: no breaker is set; write",
        ),
        (
            "default.breaker_state = 'disabled'",
            "payments.breaker_state: `disabled`: no breaker is set; write",
        ),
        (
            "default.breaker = 'consecutive(2)'\ndefault.breaker_state = 'disabled'\nsearch.breaker = 'none()'",
            "search.breaker_state: `disabled`: no breaker is set; write",
        ),
    ];
    for (text, message) in table {
        let error = set.load_toml(text).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
    let variable = ("R_PAYMENTS_BREAKER_STATE".to_owned(), "disabled".to_owned());
    let error = set.load_vars("R", [variable]).unwrap_err();
    assert_eq!(error.variable(), Some("R_PAYMENTS_BREAKER_STATE"));
    let alone = serde_json::from_str::<RetryConfig>(r#"{ "breaker_state": "disabled" }"#);
    assert!(alone.unwrap_err().to_string().contains("no breaker is set"));
    let alone = RetryConfig::new().breaker_state(ForcedState::Disabled);
    assert_eq!(alone.validate().unwrap_err().path(), Some("breaker_state"));
}

#[test]
fn states_that_no_operator_forces_say_what_to_write() {
    let table = [
        ("forced_opne", "did you mean `forced_open`?"),
        ("forced_open()", "did you mean `forced_open`?"),
        ("FORCED_OPEN", "did you mean `forced_open`?"),
        (
            "half_open",
            "the states are `forced_open`, `forced_closed`, `disabled` and `metrics_only`",
        ),
        (
            "",
            "the states are `forced_open`, `forced_closed`, `disabled` and `metrics_only`",
        ),
    ];
    for (text, advice) in table {
        let error = text.parse::<ForcedState>().unwrap_err();
        let expected = format!("unknown state of a breaker; {advice}");
        assert_eq!(error.reason(), expected, "`{text}`");
    }
    let slip = set().load_toml("payments.breaker_sate = 'disabled'");
    let slip = slip.unwrap_err().to_string();
    assert!(
        slip.ends_with("unknown key; did you mean `breaker_state`?"),
        "{slip}"
    );
}
