//! A search of all that can happen to a few processes that share a limit, by the rule of the store and that of a member.

mod process;
mod search;
mod world;

use self::search::search;
use self::world::{Act, Menu};

/// The limits of a search.
#[derive(Clone, Copy, Debug)]
struct Scenario {
    processes: usize,
    /// Those that start during the search.
    joining: usize,
    /// Whether calls go on for a while when a share has shrunk.
    lasting: bool,
    /// Milliseconds of its length; a member asks in each.
    ticks: u64,
    /// Faults in all.
    faults: u32,
    /// Changes of demand in all.
    changes: u32,
    menu: Menu,
}

const CALM: Scenario = Scenario {
    processes: 2,
    joining: 0,
    lasting: false,
    ticks: 8,
    faults: 0,
    changes: 3,
    menu: |_| false,
};

const LOST: Scenario = Scenario {
    faults: 3,
    changes: 1,
    ticks: 7,
    menu: |act| matches!(act, Act::Lose(_)),
    ..CALM
};

const KILLED: Scenario = Scenario {
    processes: 3,
    faults: 1,
    changes: 0,
    ticks: 7,
    menu: |act| matches!(act, Act::Kill(_) | Act::Leave(_)),
    ..CALM
};

const SLOW: Scenario = Scenario {
    faults: 1,
    changes: 0,
    ticks: 9,
    menu: |act| matches!(act, Act::Slow(_)),
    ..CALM
};

const JOINING: Scenario = Scenario {
    processes: 3,
    joining: 1,
    faults: 1,
    changes: 0,
    ticks: 8,
    menu: |act| matches!(act, Act::Start(_)),
    ..CALM
};

const STORE: Scenario = Scenario {
    faults: 1,
    changes: 1,
    ticks: 10,
    menu: |act| matches!(act, Act::Stop | Act::Empty),
    ..CALM
};

const FAILOVER: Scenario = Scenario {
    faults: 1,
    changes: 2,
    ticks: 6,
    menu: |act| matches!(act, Act::FailOver(_)),
    ..CALM
};

#[test]
fn shares_are_never_more_than_the_limit() {
    let most = search("calm", CALM);
    assert_eq!(most, 1_200);
    search(
        "calls that go on",
        Scenario {
            lasting: true,
            ..CALM
        },
    );
}

#[test]
fn lost_questions_and_answers_change_nothing() {
    assert_eq!(search("lost", LOST), 1_200);
}

#[test]
fn the_share_of_a_process_that_is_gone_is_free_after_its_lease() {
    assert_eq!(search("killed", KILLED), 1_200);
}

#[test]
fn a_silent_process_has_what_it_had_beside_the_limit() {
    assert!(search("slow", SLOW) > 1_200);
}

#[test]
fn a_process_that_starts_has_its_first_share_beside_the_limit() {
    assert_eq!(search("joining", JOINING), 1_600);
}

#[test]
fn a_store_that_stops_or_forgets_gives_nothing_twice() {
    assert_eq!(search("store", STORE), 1_200);
}

#[test]
fn an_older_copy_of_the_store_gives_twice_what_it_did_not_know_of() {
    assert!(search("failover", FAILOVER) > 1_200);
}

/// Minutes, and gigabytes: for a change of the rule.
#[test]
#[ignore = "takes minutes"]
fn deeper() {
    let longer = |scenario: Scenario, ticks| Scenario {
        ticks: scenario.ticks + ticks,
        ..scenario
    };
    let all = Scenario {
        faults: 2,
        changes: 0,
        menu: |_| true,
        ..CALM
    };
    search("all, two faults", all);
    search(
        "calm",
        longer(
            Scenario {
                processes: 3,
                ..CALM
            },
            0,
        ),
    );
    for (name, scenario) in [
        ("lost", LOST),
        ("killed", KILLED),
        ("slow", SLOW),
        ("joining", JOINING),
        ("store", STORE),
        ("failover", FAILOVER),
    ] {
        search(
            name,
            longer(
                Scenario {
                    changes: 1,
                    ..scenario
                },
                2,
            ),
        );
    }
}
