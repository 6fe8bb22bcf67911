//! Places: so many at a time, refused beyond, given back by a drop, an end and a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use persevere_core::bulkhead::{AsBulkhead, Ended, Place, Settings};
use persevere_core::wait::Signal;
use persevere_core::{Bulkhead, BulkheadFull, Health, InvalidValue, Registry, Transient, Verdict};

const MOST: u32 = (1 << 21) - 1;

#[test]
fn so_many_enter_and_no_more() {
    let bulkhead = Bulkhead::new("b", 3);
    let places: Vec<_> = (0..3).map(|_| bulkhead.try_enter().unwrap()).collect();
    for _ in 0..2 {
        assert!(bulkhead.try_enter().is_err());
    }
    assert_eq!(
        (bulkhead.in_use(), bulkhead.entered(), bulkhead.refused()),
        (3, 3, 2)
    );
    drop(places);
    assert_eq!(bulkhead.in_use(), 0);
    assert!(bulkhead.try_enter().is_ok());
}

#[test]
fn every_end_gives_the_place_back() {
    for bulkhead in [Bulkhead::new("b", 1), Bulkhead::adaptive("b", 1..=1)] {
        for ended in [Ended::Success, Ended::Overload, Ended::Ignored] {
            bulkhead.try_enter().unwrap().end(ended);
            assert_eq!(bulkhead.in_use(), 0);
        }
        let panics = || {
            let _place = bulkhead.try_enter().unwrap();
            panic!("in the attempt");
        };
        assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
        assert_eq!(bulkhead.in_use(), 0);
        assert_eq!(bulkhead.limit(), 1);
    }
}

#[test]
fn a_fixed_bulkhead_learns_nothing() {
    let bulkhead = Bulkhead::new("b", 7);
    for ended in [Ended::Success, Ended::Overload, Ended::Ignored] {
        let all: Vec<_> = (0..7).map(|_| bulkhead.try_enter().unwrap()).collect();
        all.into_iter().for_each(|place| place.end(ended));
        assert_eq!(bulkhead.limit(), 7);
    }
}

#[test]
fn a_refusal_was_not_sent_and_may_be_tried_again() {
    let bulkhead = Bulkhead::new("b", 1).keyed("eu");
    let place = bulkhead.try_enter().unwrap();
    let refused = bulkhead.try_enter().unwrap_err();
    assert_eq!((refused.name, refused.key.unwrap().as_str()), ("b", "eu"));
    assert_eq!(refused.to_string(), "the bulkhead `b[eu]` is full");
    assert_eq!(refused.verdict(), Verdict::Retry);
    assert!(refused.unsent());
    assert_eq!(refused.health(), Health::Unknown);
    drop(place);
}

#[test]
fn a_place_moves_to_another_thread() {
    static BULKHEAD: Bulkhead = Bulkhead::new("b", 1);
    let place: Place<'static> = BULKHEAD.try_enter().unwrap();
    thread::spawn(move || drop(place)).join().unwrap();
    assert_eq!(BULKHEAD.in_use(), 0);
}

#[test]
fn the_pressure_is_the_share_in_use() {
    let bulkhead = Bulkhead::new("b", 4);
    let mut places = Vec::new();
    for expected in [0.0, 0.25, 0.5, 0.75, 1.0] {
        assert_eq!(bulkhead.pressure(), expected);
        places.extend(bulkhead.try_enter());
    }
}

#[test]
fn a_pressure_above_the_limit_is_one() {
    let bulkhead = Bulkhead::adaptive("b", 1..=2);
    let places = [bulkhead.try_enter().unwrap(), bulkhead.try_enter().unwrap()];
    let [one, two] = places;
    one.end(Ended::Overload);
    assert_eq!((bulkhead.limit(), bulkhead.pressure()), (1, 1.0));
    drop(two);
}

#[test]
fn it_shows_its_numbers() {
    let bulkhead = Bulkhead::new("b", 1);
    let place = bulkhead.try_enter().unwrap();
    let text = "1 of 1 place in use, 0 calls in line, 1 entered, 0 refused";
    assert_eq!(bulkhead.to_string(), text);
    let debug = r#"Bulkhead { name: "b", in_use: 1, limit: 1, in_line: 0, .. }"#;
    assert_eq!(format!("{bulkhead:?}"), debug);
    assert_eq!(format!("{place:?}"), r#"Place("b")"#);
    drop(place);
}

#[test]
fn every_pointer_is_a_bulkhead() {
    fn limit(bulkhead: impl AsBulkhead) -> u32 {
        bulkhead.bulkhead().limit()
    }
    let bulkhead = Arc::new(Bulkhead::new("b", 3));
    assert_eq!(limit(&*bulkhead), 3);
    assert_eq!(limit(&bulkhead), 3);
    assert_eq!(limit(bulkhead), 3);
    assert_eq!(limit(Box::new(Bulkhead::new("b", 4))), 4);
}

#[test]
fn entries_of_a_registry_have_its_keys() {
    static HOSTS: Registry<String, Bulkhead> = Registry::new(16, |_| Bulkhead::new("b", 1));
    let refused = |host: &str| -> BulkheadFull {
        let bulkhead = HOSTS.get(host);
        let _place = bulkhead.try_enter().unwrap();
        bulkhead.try_enter().unwrap_err()
    };
    assert_eq!(refused("eu").key.unwrap().as_str(), "eu");
    assert_eq!(refused("us").key.unwrap().as_str(), "us");
    assert_eq!(HOSTS.get("us").refused(), 1);
    let own: Registry<String, Bulkhead> = Registry::new(1, |_| Bulkhead::new("b", 1).keyed("own"));
    assert_eq!(own.get("eu").key(), Some("own"));
}

#[test]
fn a_registry_evicts_one_whose_limit_has_sunk_last() {
    let hosts: Registry<String, Bulkhead> = Registry::new(2, |_| Bulkhead::adaptive("b", 1..=20));
    hosts.get("busy").try_enter().unwrap().end(Ended::Overload);
    for host in ["one", "two", "three"] {
        hosts.get(host);
    }
    assert_eq!(hosts.get("busy").limit(), 18);
}

#[test]
fn values_that_can_only_be_mistakes_are_typed_errors() {
    let refused = |settings: Settings| settings.build().unwrap_err();
    assert_eq!(
        refused(Settings::new("b", 0)),
        InvalidValue::BulkheadPlaces(0)
    );
    let large = Settings::new("b", MOST + 1);
    assert_eq!(refused(large), InvalidValue::BulkheadPlaces(MOST + 1));
    assert!(Settings::new("b", MOST).build().is_ok());
    let zero = Settings::adaptive("b", 0..=20);
    assert_eq!(refused(zero), InvalidValue::BulkheadPlaces(0));
    #[allow(clippy::reversed_empty_ranges)]
    let reversed = Settings::adaptive("b", 20..=1);
    assert_eq!(refused(reversed), InvalidValue::ReversedPlaces(20, 1));
    let large = Settings::adaptive("b", 1..=MOST + 1);
    assert_eq!(refused(large), InvalidValue::BulkheadPlaces(MOST + 1));
    assert!(Settings::adaptive("b", 1..=MOST).build().is_ok());
    let queue = Settings::new("b", 1).queue(MOST + 1);
    assert_eq!(refused(queue), InvalidValue::BulkheadQueue(MOST + 1));
    assert!(Settings::new("b", 1).queue(MOST).build().is_ok());
    let places = InvalidValue::BulkheadPlaces(0).to_string();
    assert!(
        places.starts_with("a bulkhead") && places.ends_with("; 0 is given"),
        "{places}"
    );
}

#[test]
fn an_adaptive_one_begins_with_twenty_or_the_nearest_end() {
    let first = |places| Bulkhead::adaptive("b", places).limit();
    assert_eq!(
        [first(1..=200), first(1..=7), first(50..=200), first(5..=5)],
        [20, 7, 50, 5]
    );
}
