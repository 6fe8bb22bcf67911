//! Policies in words, where the words of their parts are not the whole truth.

use core::time::Duration;
use std::io;

use persevere_core::{CircuitBreaker, RetryPolicy, Wait, stop, wait, when};

use crate::common::SECOND;

/// The sentence that begins so, of a policy with this wait.
fn pauses(wait: impl Wait<io::Result<()>>) -> String {
    let text = RetryPolicy::new()
        .wait(wait)
        .describe::<io::Result<()>>()
        .to_string();
    sentence(&text, "- Pauses between attempts: ").to_owned()
}

fn sentence<'t>(text: &'t str, begins: &str) -> &'t str {
    let found = text.lines().find_map(|line| line.strip_prefix(begins));
    found.unwrap_or_else(|| panic!("no `{begins}` in\n{text}"))
}

#[test]
fn values_out_of_range_are_described_as_they_act() {
    let falling = wait::exponential(SECOND).factor(0.5);
    assert_eq!(pauses(falling), "1s, multiplied by 1 each time.");
    let empty = wait::schedule(Vec::<Duration>::new());
    assert_eq!(pauses(empty), "none.");
}

#[test]
fn bounds_hold_after_jitter() {
    let floor = wait::fixed(2 * SECOND).min(SECOND).full_jitter();
    assert!(pauses(floor).ends_with("(full jitter), at least 1s."));
    let cap = wait::fixed(2 * SECOND).max(SECOND).jitter_add(SECOND);
    assert!(pauses(cap).ends_with("by up to 1s (jitter), at most 1s."));
    let both = wait::fixed(2 * SECOND).max(SECOND).equal_jitter();
    assert!(pauses(both).starts_with("2s, at most 1s, shortened"));
}

#[test]
fn a_case_says_which_hints_it_takes() {
    let wait = wait::fixed(SECOND).hint_max(5 * SECOND);
    let policy = RetryPolicy::new().when(when::never());
    let hinted = policy.case(when::transient(), stop::after_attempt(4), wait);
    let text = hinted.describe::<io::Result<()>>().to_string();
    let own =
        "; waits longer where the failure asks for it, and gives up where that is longer than 5s.";
    assert!(
        sentence(&text, "- Retries transient errors").ends_with(own),
        "{text}"
    );
    let plain = policy.case(when::any_failure(), stop::after_attempt(4), wait);
    let text = plain.describe::<io::Result<()>>().to_string();
    assert!(!text.contains("asks for it"), "{text}");
}

#[test]
fn a_breaker_that_only_counts_lets_attempts_through() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("watched").consecutive(3).metrics_only();
    let text = RetryPolicy::new()
        .breaker(&BREAKER)
        .describe::<io::Result<()>>()
        .to_string();
    let counts = sentence(
        &text,
        "- Counts attempts in the circuit breaker `watched`, ",
    );
    assert_eq!(counts, "which lets all of them through.");
}

#[cfg(feature = "config")]
#[test]
fn what_a_file_says_of_when_and_hedge_is_described() {
    use persevere_core::RetryConfigs;

    let set = RetryConfigs::new(&["p"])
        .with_when(&["p"])
        .with_hedge(&["p"]);
    let described = |toml: &str| {
        set.load_toml(toml).unwrap();
        set.get("p").describe().to_string()
    };
    let text = described("p.when = 'never()'\np.hedge = 'delay(50ms).copies(3)'");
    assert_eq!(
        sentence(&text, "- Retries "),
        "nothing; what is not retried is final."
    );
    let hedged = sentence(&text, "- Starts ");
    assert!(hedged.contains("50ms") && hedged.contains('3'), "{text}");
    let text = described("p.when = 'transient()'\np.wait = 'fixed(1s).hint_max(5s)'");
    let hint = sentence(&text, "- Waits longer where the failure asks for it");
    assert!(hint.ends_with("longer than 5s."), "{text}");
    let text = described("");
    assert!(text.contains("- Retries `Err` and `None`"), "{text}");
}
