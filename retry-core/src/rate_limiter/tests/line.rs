//! The line: order, departures, limits of waits.

use super::*;

/// The vector of GCRA: ten a second, a burst of three.
#[test]
fn a_burst_passes_and_then_one_each_interval() {
    let limiter = ten_a_second(3);
    let waits = |now| [(); 4].map(|()| wait_of(&limiter, now));
    assert_eq!(waits(0), [0, 0, 0, 100]);
    assert_eq!(waits(1000), [0, 0, 0, 100]);
}

#[test]
fn an_interval_that_is_no_whole_number_is_rounded_up() {
    let limiter = RateLimiter::new("three").rate(3, SECOND);
    assert!(limiter.try_take(at(0)));
    let third = Duration::from_nanos(333_333_333);
    assert!(!limiter.try_take(at(0) + third));
    assert!(limiter.try_take(at(0) + third + Duration::from_nanos(1)));
}

#[test]
fn calls_go_in_the_order_in_which_they_came() {
    let limiter = ten_a_second(1);
    assert!(limiter.try_take(at(0)));
    let mut tickets = [(); 3].map(|()| limiter.ticket());
    for (ticket, wait) in tickets.iter_mut().zip([100, 200, 300]) {
        assert_eq!(ask(ticket, 0), Turn::Wait(millis(wait)));
    }
    assert_eq!(limiter.waiting(), 3);
    let [first, second, third] = &mut tickets;
    // The permit is there, and not for them.
    assert!(!take(third, 100) && !take(second, 100) && !limiter.try_take(at(100)));
    assert!(take(first, 100) && take(second, 200) && take(third, 300));
    assert_eq!(limiter.waiting(), 0);
    let counts = limiter.counts();
    assert_eq!((counts.taken, counts.waited), (4, 3));
    assert_eq!(counts.waiting_time, millis(600));
}

#[test]
fn a_call_that_leaves_moves_up_those_behind_it() {
    let limiter = ten_a_second(1);
    assert!(limiter.try_take(at(0)));
    let mut tickets = [(); 4].map(|()| limiter.ticket());
    tickets.iter_mut().for_each(|ticket| {
        ask(ticket, 0);
    });
    let [first, second, third, fourth] = &mut tickets;
    let woken = [&mut *second, third, fourth].map(listen);
    second.leave();
    assert!(!second.waits());
    assert_eq!(woken.each_ref().map(|calls| calls.count()), [0, 0, 0]);
    assert_eq!(ask(fourth, 50), Turn::Wait(millis(150 + 100)));
    first.leave();
    assert_eq!(woken.map(|calls| calls.count()), [0, 1, 0]);
    assert!(is_woken(third));
    assert_eq!(ask(third, 50), Turn::Wait(millis(50)));
    assert!(take(third, 100) && take(fourth, 200));
    assert_eq!(limiter.counts().taken, 3, "who leaves has taken nothing");
}

#[test]
fn a_call_that_passes_and_does_not_go_is_followed_by_the_next() {
    let limiter = ten_a_second(1);
    assert!(limiter.try_take(at(0)));
    let (mut first, mut second) = (limiter.ticket(), limiter.ticket());
    ask(&mut first, 0);
    ask(&mut second, 0);
    let woken = listen(&mut second);
    assert_eq!(ask(&mut first, 100), Turn::Pass);
    drop(first);
    assert_eq!(woken.count(), 1);
    assert!(take(&mut second, 100));
}

#[test]
fn a_call_that_was_woken_before_it_listens_does_not_sleep() {
    let limiter = ten_a_second(1);
    assert!(limiter.try_take(at(0)));
    let (mut first, mut second) = (limiter.ticket(), limiter.ticket());
    ask(&mut first, 0);
    ask(&mut second, 0);
    first.leave();
    assert!(is_woken(&mut second));
    assert!(!is_woken(&mut second), "once");
}

#[test]
fn whoever_takes_a_permit_wakes_the_next() {
    let limiter = ten_a_second(1);
    assert!(limiter.try_take(at(0)));
    let (mut first, mut second) = (limiter.ticket(), limiter.ticket());
    ask(&mut first, 0);
    ask(&mut second, 0);
    let woken = listen(&mut second);
    assert!(take(&mut first, 130));
    assert_eq!(woken.count(), 1);
    // The first was late, and a burst of one makes no up for it.
    assert_eq!(ask(&mut second, 130), Turn::Wait(millis(100)));
}

#[test]
fn a_call_whose_wait_exceeds_its_time_gets_no_place() {
    let limiter = ten_a_second(1);
    assert!(limiter.try_take(at(0)));
    let refused = Turn::Refused {
        retry_after: millis(100),
    };
    let mut ticket = limiter.ticket();
    assert_eq!(ticket.ask(at(0), Some(millis(100)), true), refused);
    assert_eq!(ticket.ask(at(0), None, false), refused);
    assert_eq!((limiter.waiting(), limiter.counts().refused), (0, 2));
    let left = Some(millis(101));
    assert_eq!(ticket.ask(at(0), left, true), Turn::Wait(millis(100)));
    // A place is no claim: a hold comes, and it does not wait any more.
    limiter.hold_at(at(0), millis(150));
    assert!(is_woken(&mut ticket));
    let refused = Turn::Refused {
        retry_after: millis(140),
    };
    assert_eq!(ticket.ask(at(10), Some(millis(91)), true), refused);
    assert_eq!(limiter.waiting(), 0);
}

#[test]
fn the_longest_wait_counts_those_ahead() {
    let limiter = ten_a_second(1).max_wait(millis(250));
    assert!(limiter.try_take(at(0)));
    let mut tickets = [(); 3].map(|()| limiter.ticket());
    let turns = tickets.each_mut().map(|ticket| ask(ticket, 0));
    let refused = Turn::Refused {
        retry_after: millis(300),
    };
    let [first, second] = [100, 200].map(|wait| Turn::Wait(millis(wait)));
    assert_eq!(turns, [first, second, refused]);
    // It is measured from the beginning of the wait.
    limiter.hold_at(at(150), millis(100));
    assert_eq!(ask(&mut tickets[0], 150), Turn::Wait(millis(100)));
    let refused = Turn::Refused {
        retry_after: millis(200),
    };
    assert_eq!(ask(&mut tickets[1], 150), refused);
}

#[test]
fn a_wait_of_zero_is_none() {
    let limiter = ten_a_second(1).max_wait(Duration::ZERO);
    assert!(take(&mut limiter.ticket(), 0));
    assert!(matches!(
        ask(&mut limiter.ticket(), 0),
        Turn::Refused { .. }
    ));
    assert!(take(&mut limiter.ticket(), 100));
}

#[test]
fn calls_in_line_leave_in_any_order() {
    let limiter = ten_a_second(1);
    assert!(limiter.try_take(at(0)));
    for leaves in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let mut tickets = [(); 3].map(|()| limiter.ticket());
        tickets.iter_mut().for_each(|ticket| {
            ask(ticket, 0);
        });
        for (left, leaver) in leaves.into_iter().enumerate() {
            assert_eq!(limiter.waiting(), 3 - left);
            tickets[leaver].leave();
        }
        assert!(!limiter.state().word.load().is_marked());
    }
    assert!(limiter.try_take(at(100)));
}

#[test]
fn a_limiter_outlives_all_times_that_fit() {
    let years = Duration::from_secs(36 * 365 * 24 * 3600);
    let limiter = RateLimiter::new("rare")
        .rate(1, years)
        .max_hold(years)
        .max_wait(Duration::MAX);
    limiter.hold_at(at(0), Duration::MAX);
    let mut tickets = [(); 3].map(|()| limiter.ticket());
    let waits = tickets.each_mut().map(|ticket| ask(ticket, 0));
    let wait = |years| Turn::Wait(years);
    assert_eq!(waits, [wait(years), wait(2 * years), wait(3 * years)]);
}

#[test]
fn a_call_that_nobody_polls_loses_its_place() {
    let limiter = ten_a_second(1);
    assert!(limiter.try_take(at(0)));
    let mut tickets = [(); 3].map(|()| limiter.ticket());
    tickets.iter_mut().for_each(|ticket| {
        ask(ticket, 0);
    });
    let [first, second, third] = &mut tickets;
    // Those behind it look after it once they wake.
    assert_eq!(ask(second, 200), Turn::Wait(millis(100)));
    assert_eq!(ask(third, 1199), Turn::Wait(millis(200)));
    assert_eq!(limiter.waiting(), 3);
    assert_eq!(ask(third, 1200), Turn::Wait(millis(200)));
    assert_eq!(limiter.waiting(), 2);
    assert!(is_woken(second));
    assert!(take(second, 1200) && take(third, 1300));
    // It is behind now, and takes no permit that is another's.
    assert!(!first.take(at(1300)));
    assert!(is_woken(first), "it is to ask again");
    assert_eq!(ask(first, 1300), Turn::Wait(millis(100)));
    assert!(take(first, 1400));
    assert_eq!(limiter.waiting(), 0);
}

#[test]
fn a_call_that_lost_its_place_may_find_a_permit() {
    let limiter = ten_a_second(1);
    assert!(limiter.try_take(at(0)));
    let mut lost = limiter.ticket();
    ask(&mut lost, 0);
    for now in [200, 1200] {
        let refused = limiter.ticket().ask(at(now), None, false);
        assert!(matches!(refused, Turn::Refused { .. }));
    }
    assert!(!limiter.state().word.load().is_marked());
    assert!(take(&mut lost, 1200) && !lost.waits());
}

#[test]
fn the_turn_of_a_rare_permit_is_looked_after_each_second() {
    let limiter = RateLimiter::new("rare")
        .rate(1, 30 * SECOND)
        .max_wait(90 * SECOND);
    assert!(limiter.try_take(at(0)));
    let mut tickets = [(); 2].map(|()| limiter.ticket());
    tickets.iter_mut().for_each(|ticket| {
        ask(ticket, 0);
    });
    let second = &mut tickets[1];
    assert_eq!(ask(second, 30_000), Turn::Wait(millis(1000)));
    assert_eq!(ask(second, 31_000), Turn::Wait(millis(1000)));
    assert!(is_woken(second) && take(second, 31_000));
}
