//! Precedence of two keys that decide the same.

use crate::common::{Refused, Tries};
use persevere::{RetryStats, StopReason, retry};

#[retry(wait = none(), on = Err(_), unless = Err(Refused(1)))]
fn unless_written_last(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[retry(wait = none(), unless = Err(Refused(1)), on = Err(_))]
fn unless_written_first(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[retry(case(Err(_), stop = after_attempt(9), wait = none()), unless = Err(Refused(1)))]
fn unless_beside_a_case(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[test]
fn nothing_outranks_unless() {
    for call in [
        unless_written_last,
        unless_written_first,
        unless_beside_a_case,
    ] {
        let tries = Tries::new();
        assert_eq!(call(&tries), Err(Refused(1)));
    }
}

#[retry(once(id = 5), attempt = at, unretried = made_once)]
fn made(tries: &Tries) -> Result<u32, Refused> {
    match at.number() {
        1 => Ok(id + tries.next()),
        _ => Err(Refused(0)),
    }
}

#[test]
fn the_copy_without_retries_has_what_the_keys_bring() {
    assert_eq!(made(&Tries::new()), made_once(&Tries::new()));
}

#[retry(stats = stats, before = |_| Err(Refused(7)))]
fn refused(stats: &RetryStats) -> Result<u32, Refused> {
    Ok(1)
}

#[test]
fn a_callback_that_ends_a_call_counts_as_its_failure() {
    let stats = RetryStats::new();
    assert_eq!(refused(&stats), Err(Refused(7)));
    assert_eq!(stats.calls(), 1);
    assert_eq!(stats.failures(StopReason::GivenUp), 1);
}
