//! News of a service: holds, long ones, and announced numbers.

use super::*;
use crate::rate_limiter::{HOUR, MINUTE};

fn minutes(minutes: u64) -> u64 {
    minutes * 60_000
}

#[test]
fn after_a_hold_calls_resume_at_the_rate() {
    let limiter = ten_a_second(3);
    limiter.hold_at(at(0), millis(500));
    let mut tickets = [(); 3].map(|()| limiter.ticket());
    let waits = tickets.each_mut().map(|ticket| ask(ticket, 0));
    assert_eq!(waits, [500, 600, 700].map(|wait| Turn::Wait(millis(wait))));
    let [first, second, third] = &mut tickets;
    assert!(!take(first, 499));
    assert!(take(first, 500) && !take(second, 500));
    assert!(take(second, 600) && take(third, 700));
}

#[test]
fn a_hold_moves_the_line() {
    let limiter = ten_a_second(1);
    assert!(limiter.try_take(at(0)));
    let mut tickets = [(); 3].map(|()| limiter.ticket());
    tickets.iter_mut().for_each(|ticket| {
        ask(ticket, 0);
    });
    limiter.hold_at(at(10), millis(240));
    let waits = tickets.each_mut().map(|ticket| ask(ticket, 10));
    assert_eq!(waits, [240, 340, 440].map(|wait| Turn::Wait(millis(wait))));
    limiter.hold_at(at(10), millis(100));
    assert_eq!(
        ask(&mut tickets[0], 10),
        Turn::Wait(millis(240)),
        "no hold shortens one"
    );
}

#[test]
fn whoever_does_not_want_to_wait_for_a_hold_is_refused_early() {
    let limiter = ten_a_second(1);
    assert!(limiter.try_take(at(0)));
    let mut tickets = [(); 2].map(|()| limiter.ticket());
    tickets.iter_mut().for_each(|ticket| {
        ask(ticket, 0);
    });
    let woken = tickets.each_mut().map(listen);
    limiter.hold_at(at(10), 2 * MINUTE);
    for (ticket, woken) in tickets.iter_mut().zip(woken) {
        assert_eq!(woken.count(), 1);
        assert!(matches!(ask(ticket, 10), Turn::Refused { .. }));
    }
    assert_eq!(limiter.waiting(), 0);
}

#[test]
fn a_limiter_without_a_rate_only_holds() {
    let limiter = RateLimiter::new("free");
    assert!((0..1000).all(|_| limiter.try_take(at(0))));
    limiter.hold_at(at(0), millis(50));
    assert!(!limiter.try_take(at(49)));
    assert!((0..1000).all(|_| limiter.try_take(at(50))));
}

#[test]
fn a_hold_is_seen_until_it_is_over() {
    let limiter = RateLimiter::new("free").max_hold(MINUTE);
    assert_eq!(limiter.held_for(), None);
    limiter.hold(HOUR);
    let held = limiter.held_for().expect("it is held");
    assert!(held <= MINUTE && held > MINUTE / 2);
}

/// Holds for a day at the most for an hour, and lets one call go that asks.
fn asked() -> RateLimiter {
    let limiter = ten_a_second(3);
    limiter.hold_at(at(0), 24 * HOUR);
    assert!(!limiter.try_take(at(minutes(60) - 1)));
    assert!(limiter.try_take(at(minutes(60))));
    assert!(
        !limiter.try_take(at(minutes(60) + 59_999)),
        "one goes and asks"
    );
    limiter
}

#[test]
fn after_a_long_hold_one_call_asks_and_its_success_lets_the_others_go() {
    let limiter = asked();
    let mut tickets = [(); 2].map(|()| limiter.ticket());
    let now = minutes(60) + 10;
    let ask_in_a_minute = Turn::Wait(millis(60_000 - 10));
    let turns = tickets.each_mut().map(|ticket| ask(ticket, now));
    assert_eq!(turns, [ask_in_a_minute; 2]);
    let woken = tickets.each_mut().map(listen);
    limiter.succeeded(|| at(now + 100));
    assert_eq!(woken.each_ref().map(|calls| calls.count()), [1, 0]);
    let [first, second] = &mut tickets;
    assert!(take(first, now + 100));
    assert_eq!(woken[1].count(), 1);
    // At the rate since the end of the hold.
    assert_eq!(ask(second, now + 100), Turn::Wait(millis(90)));
    assert!(take(second, now + 190));
    assert!(!limiter.state().word.load().is_marked());
}

#[test]
fn another_hold_is_an_answer_too() {
    let limiter = asked();
    let mut ticket = limiter.ticket();
    ask(&mut ticket, minutes(60));
    limiter.hold_at(at(minutes(60) + 5), millis(1000));
    assert!(is_woken(&mut ticket));
    assert_eq!(ask(&mut ticket, minutes(60) + 5), Turn::Wait(millis(1000)));
    assert!(take(&mut ticket, minutes(60) + 1005));
    assert!(
        limiter.try_take(at(minutes(60) + 1105)),
        "nobody asks any more"
    );
}

#[test]
fn a_service_that_says_so_again_is_asked_again_an_hour_later() {
    let limiter = asked();
    limiter.hold_at(at(minutes(60)), 23 * HOUR);
    assert!(!limiter.try_take(at(minutes(120) - 1)));
    assert!(limiter.try_take(at(minutes(120))));
    assert!(!limiter.try_take(at(minutes(120) + 1000)));
}

#[test]
fn another_call_asks_where_one_brings_no_answer() {
    let limiter = asked();
    let mut ticket = limiter.ticket();
    ask(&mut ticket, minutes(60) + 30_000);
    assert!(take(&mut ticket, minutes(61)));
    assert!(!limiter.try_take(at(minutes(61) + 1000)));
    // Who waits for an answer does so for its longest wait.
    let now = minutes(61) + 1000;
    let turn = ticket.ask(at(now), Some(millis(2000)), true);
    assert!(matches!(turn, Turn::Wait(wait) if wait < millis(2000)));
    let refused = Turn::Refused {
        retry_after: millis(57_001),
    };
    assert_eq!(
        ticket.ask(at(now + 1999), Some(Duration::from_nanos(1)), true),
        refused
    );
}

#[test]
fn a_long_hold_ends_when_the_service_said() {
    let limiter = ten_a_second(1).max_hold(HOUR);
    limiter.hold_at(at(0), HOUR + millis(1000));
    assert!(limiter.try_take(at(minutes(60))));
    assert!(!limiter.try_take(at(minutes(60) + 999)));
    assert!(limiter.try_take(at(minutes(60) + 1000)));
    assert!(!limiter.state().word.load().is_marked());
}

#[test]
fn a_success_during_a_long_hold_does_not_end_it() {
    let limiter = ten_a_second(1);
    limiter.hold_at(at(0), 24 * HOUR);
    limiter.succeeded(|| at(10));
    assert!(!limiter.try_take(at(minutes(59))));
}

#[test]
fn an_announced_number_passes_at_the_rate_and_then_nobody() {
    let limiter = ten_a_second(2);
    limiter.observe_at(at(0), 3, millis(10_000));
    let waits = [(0, 0), (0, 0), (0, 100), (100, 0), (100, 9900), (9999, 1)];
    for (now, wait) in waits {
        assert_eq!(wait_of(&limiter, now), wait, "at {now}");
    }
    // As after a hold: without a burst.
    assert_eq!(
        [wait_of(&limiter, 10_000), wait_of(&limiter, 10_000)],
        [0, 100]
    );
}

#[test]
fn calls_in_line_know_of_the_number() {
    let limiter = ten_a_second(1);
    assert!(limiter.try_take(at(0)));
    limiter.observe_at(at(0), 2, millis(10_000));
    let mut tickets = [(); 4].map(|()| limiter.ticket());
    let waits = tickets.each_mut().map(|ticket| ask(ticket, 0));
    let expected = [100, 200, 10_000, 10_100].map(|wait| Turn::Wait(millis(wait)));
    assert_eq!(waits, expected);
    let [first, second, third, fourth] = &mut tickets;
    assert!(take(first, 100) && take(second, 200) && !take(third, 9_999));
    assert!(take(third, 10_000) && take(fourth, 10_100));
}

#[test]
fn a_number_that_the_rate_never_reaches_changes_nothing() {
    let limiter = ten_a_second(2);
    limiter.observe_at(at(0), 102, millis(10_000));
    assert!(!limiter.state().word.load().is_marked());
    limiter.observe_at(at(0), 101, millis(10_000));
    assert!(limiter.state().word.load().is_marked());
    limiter.observe_at(at(0), 5, Duration::ZERO);
    assert!(limiter.try_take(at(10_000)));
    assert!(
        !limiter.state().word.load().is_marked(),
        "the window is over"
    );
}

#[test]
fn the_lowest_number_of_a_window_holds() {
    let limiter = RateLimiter::new("free");
    for (now, left) in [(0, 5), (0, 3), (400, 4)] {
        limiter.observe_at(at(now), left, millis(10_000));
    }
    assert_eq!((0..9).filter(|_| limiter.try_take(at(500))).count(), 3);
    assert!(!limiter.try_take(at(10_399)));
    // Another window replaces it.
    limiter.observe_at(at(10_400), 1, millis(10_000));
    limiter.observe_at(at(15_000), 4, millis(10_000));
    assert_eq!((0..9).filter(|_| limiter.try_take(at(15_000))).count(), 4);
}

#[test]
fn none_left_is_a_hold() {
    let limiter = ten_a_second(5);
    limiter.observe_at(at(0), 0, millis(3000));
    assert_eq!(wait_of(&limiter, 0), 3000);
}
