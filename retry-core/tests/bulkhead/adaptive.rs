//! Adaptive bulkheads: the vectors of the formulas by the paused clock, and the limit beside the places in use.

use std::time::Duration;

use persevere_core::Bulkhead;
use persevere_core::bulkhead::{Ended, Place};
use tokio::time::advance;

use crate::wakes::Call;

const MILLI: Duration = Duration::from_millis(1);

fn enter(bulkhead: &Bulkhead, places: u32) -> Vec<Place<'_>> {
    (0..places).map(|_| bulkhead.try_enter().unwrap()).collect()
}

/// Fills the bulkhead, and ends all attempts but one after this time, whose end is the only one to count.
async fn full(bulkhead: &Bulkhead, latency: Duration, ended: Ended) -> u32 {
    let mut places = enter(bulkhead, bulkhead.limit());
    let last = places.pop().unwrap();
    advance(latency).await;
    last.end(ended);
    bulkhead.limit()
}

#[tokio::test(start_paused = true)]
async fn a_full_bulkhead_of_steady_latency_grows_by_a_fifth_of_the_root() {
    let bulkhead = Bulkhead::adaptive("b", 1..=200);
    let mut exact: f64 = 20.0;
    for _ in 0..150 {
        let limit = full(&bulkhead, 100 * MILLI, Ended::Success).await;
        exact = (exact + 0.2 * exact.sqrt()).min(200.0);
        assert_eq!(limit, exact as u32);
    }
    assert_eq!(bulkhead.limit(), 200);
}

#[tokio::test(start_paused = true)]
async fn latency_of_three_times_the_average_halves_the_aim() {
    let bulkhead = Bulkhead::adaptive("b", 1..=200);
    let mut exact: f64 = 20.0;
    for _ in 0..98 {
        full(&bulkhead, 100 * MILLI, Ended::Success).await;
        exact = (exact + 0.2 * exact.sqrt()).min(200.0);
    }
    let mut long = 100.0;
    for _ in 0..10 {
        long += (2.0 / 601.0) * (400.0 - long);
        let gradient: f64 = (1.5 * long / 400.0_f64).clamp(0.5, 1.0);
        exact = 0.8 * exact + 0.2 * (exact * gradient + exact.sqrt());
        let limit = full(&bulkhead, 400 * MILLI, Ended::Success).await;
        assert_eq!(limit, exact as u32);
    }
    assert!(
        (80..100).contains(&bulkhead.limit()),
        "{}",
        bulkhead.limit()
    );
}

#[tokio::test(start_paused = true)]
async fn an_overload_takes_a_tenth_and_what_is_ignored_nothing() {
    let bulkhead = Bulkhead::adaptive("b", 1..=200);
    for expected in [18, 16, 14, 13, 11] {
        assert_eq!(
            full(&bulkhead, MILLI, Ended::Ignored).await,
            bulkhead.limit()
        );
        assert_eq!(full(&bulkhead, MILLI, Ended::Overload).await, expected);
    }
    for _ in 0..100 {
        full(&bulkhead, MILLI, Ended::Overload).await;
    }
    assert_eq!(bulkhead.limit(), 1);
}

#[tokio::test(start_paused = true)]
async fn less_than_half_in_use_shows_nothing() {
    let bulkhead = Bulkhead::adaptive("b", 20..=200);
    for (places, expected) in [(9, 20), (10, 20), (20, 21)] {
        let mut places = enter(&bulkhead, places);
        advance(MILLI).await;
        places.pop().unwrap().end(Ended::Success);
        drop(places);
        assert_eq!(bulkhead.limit(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_below_the_places_in_use_is_honoured_as_they_come_back() {
    let bulkhead = Bulkhead::adaptive("b", 1..=20);
    let mut places = enter(&bulkhead, 20);
    for _ in 0..5 {
        places.pop().unwrap().end(Ended::Overload);
    }
    // 20 · 0.9⁵
    assert_eq!((bulkhead.limit(), bulkhead.in_use()), (11, 15));
    let mut waits = Call::to(&bulkhead);
    assert!(waits.poll().is_pending());
    for in_use in [14, 13, 12, 11] {
        places.pop();
        assert_eq!((bulkhead.in_use(), waits.woken()), (in_use, 0));
    }
    places.pop();
    assert_eq!((bulkhead.in_use(), waits.woken()), (11, 1));
    drop(waits.place());
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_rises_lets_those_in_line_in() {
    let bulkhead = Bulkhead::adaptive("b", 4..=20).queue(20);
    let mut places = enter(&bulkhead, 20);
    (0..10).for_each(|_| places.pop().unwrap().end(Ended::Overload));
    let limit = bulkhead.limit();
    assert_eq!(limit, 6);
    drop(places);
    let mut places = enter(&bulkhead, limit);
    let mut line: Vec<_> = (0..20).map(|_| Call::to(&bulkhead)).collect();
    line.iter_mut()
        .for_each(|call| assert!(call.poll().is_pending()));
    let mut entered = 0;
    while bulkhead.limit() == limit {
        advance(MILLI).await;
        places.remove(0).end(Ended::Success);
        places.push(line[entered].place());
        entered += 1;
    }
    // The place that came back, and one more.
    assert_eq!(
        (bulkhead.limit(), bulkhead.in_use()),
        (limit + 1, limit + 1)
    );
    assert_eq!(line[entered].woken(), 1);
    drop(line[entered].place());
}

/// Throughput that a server gives for so many calls at a time: each takes a second up to its capacity, and as much
/// longer as it is above.
async fn served(bulkhead: &Bulkhead, capacity: u32, rounds: u32) -> u32 {
    for _ in 0..rounds {
        let places = enter(bulkhead, bulkhead.limit());
        let load = f64::from(places.len() as u32) / f64::from(capacity);
        advance(Duration::from_secs(1).mul_f64(load.max(1.0))).await;
        places
            .into_iter()
            .for_each(|place| place.end(Ended::Success));
    }
    bulkhead.limit()
}

#[tokio::test(start_paused = true)]
async fn a_server_whose_capacity_halves_is_noticed_and_so_is_its_return() {
    let bulkhead = Bulkhead::adaptive("b", 1..=200);
    let full = served(&bulkhead, 40, 100).await;
    assert!((40..=80).contains(&full), "{full}");
    let halved = served(&bulkhead, 20, 10).await;
    assert!((20..=50).contains(&halved), "{halved}");
    let back = served(&bulkhead, 40, 40).await;
    assert!((80..=100).contains(&back), "{back}");
}

/// A bulkhead that counted each of them would be at its least by now.
#[tokio::test(start_paused = true)]
async fn a_hundred_timeouts_of_one_moment_count_once() {
    let bulkhead = Bulkhead::adaptive("b", 1..=100);
    while bulkhead.limit() < 100 {
        full(&bulkhead, MILLI, Ended::Success).await;
    }
    let places = enter(&bulkhead, 100);
    for place in places {
        advance(MILLI).await;
        place.end(Ended::Overload);
    }
    assert_eq!(bulkhead.limit(), 90);
    advance(MILLI).await;
    bulkhead.try_enter().unwrap().end(Ended::Overload);
    assert_eq!(bulkhead.limit(), 81);
}
