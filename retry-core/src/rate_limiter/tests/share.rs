//! The share of a limiter that a process of a fleet holds.

use super::*;
use crate::time::ticks::ticks;

const WHOLE: u64 = 1_000_000;

fn share(limiter: &RateLimiter, share: u64, now: u64) {
    limiter.set_share(share, ticks(at(now)));
}

/// Takes all permits that are there.
fn taken(limiter: &RateLimiter, now: u64) -> usize {
    let take = || limiter.try_take(at(now)).then_some(());
    std::iter::from_fn(take).count()
}

#[test]
fn a_share_has_its_part_of_the_burst_and_of_the_rate() {
    let limiter = ten_a_second(8);
    share(&limiter, WHOLE / 4, 0);
    assert_eq!((taken(&limiter, 0), taken(&limiter, 399)), (2, 0));
    assert_eq!(taken(&limiter, 400), 1);
}

#[test]
fn a_share_that_grows_begins_without_a_burst() {
    let limiter = ten_a_second(8);
    share(&limiter, WHOLE / 4, 0);
    assert_eq!(taken(&limiter, 0), 2);
    share(&limiter, WHOLE, 0);
    assert_eq!((taken(&limiter, 0), taken(&limiter, 100)), (0, 1));
    share(&limiter, WHOLE / 4, 500);
    assert_eq!(taken(&limiter, 500), 2);
}

#[test]
fn a_hold_keeps_its_end_while_the_share_changes() {
    let second = 1000;
    for shares in [[WHOLE / 100, WHOLE], [WHOLE, WHOLE / 100], [0, WHOLE]] {
        let limiter = ten_a_second(8);
        share(&limiter, shares[0], 0);
        limiter.hold_at(at(0), millis(60 * second));
        share(&limiter, shares[1], second);
        assert_eq!(taken(&limiter, 59 * second), 0, "{shares:?}");
        share(&limiter, WHOLE / 2, 59 * second);
        assert_eq!(taken(&limiter, 60 * second - 1), 0, "{shares:?}");
        assert_eq!(taken(&limiter, 60 * second), 1, "{shares:?}");
    }
}
