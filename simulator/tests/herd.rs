//! The published figures of the herd.

use persevere_simulator::Moments;
use persevere_simulator::herd::{CLIENTS, Strategy, herds, published};

#[test]
fn fifty_clients_take_what_was_published_within_its_standard_deviations() {
    for strategy in Strategy::ALL {
        let (cell, published) = (herds(CLIENTS, strategy, 100, 7), published(strategy));
        let near = |measured: &Moments, (mean, deviation): (f64, f64), what: &str| {
            let off = (measured.mean() - mean) / deviation;
            assert!(
                off.abs() < 1.0,
                "{strategy}: {what} is off by {off:.2} standard deviations"
            );
        };
        near(&cell.time, published.time, "time");
        near(&cell.writes, published.writes, "writes");
    }
}

#[test]
fn a_herd_of_one_writes_once_and_the_same_seed_gives_the_same_herd() {
    let alone = herds(1, Strategy::None, 10, 7);
    assert_eq!((alone.writes.mean(), alone.writes.deviation()), (1.0, 0.0));
    let time = |seed| herds(10, Strategy::Full, 5, seed).time.mean();
    assert_eq!(time(7), time(7));
    assert_ne!(time(7), time(8));
}
