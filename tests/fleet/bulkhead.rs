//! Bulkheads of a fleet.

use std::sync::Arc;
use std::time::Duration;

use persevere::Bulkhead;
use persevere::fleet::{Fleet, FleetError, MemoryStore};
use support::Redis;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

fn reports(places: u32) -> Arc<Bulkhead> {
    Arc::new(Bulkhead::new("reports", places).queue(1_000))
}

/// Processes with a bulkhead each.
struct Members {
    store: MemoryStore,
    places: u32,
    expected: u32,
    fleets: Vec<Option<Fleet>>,
    bulkheads: Vec<Arc<Bulkhead>>,
    calls: Vec<JoinSet<()>>,
}

impl Members {
    async fn start(places: u32, members: u32) -> Self {
        let mut all = Members {
            store: MemoryStore::new(),
            places,
            expected: members,
            fleets: Vec::new(),
            bulkheads: Vec::new(),
            calls: Vec::new(),
        };
        for _ in 0..members {
            all.one_more().await;
        }
        all
    }

    async fn one_more(&mut self) {
        let bulkhead = reports(self.places);
        let fleet = Fleet::in_memory(&self.store)
            .namespace("shop")
            .members(self.expected)
            .join(Arc::clone(&bulkhead));
        self.fleets.push(Some(fleet.start().await.unwrap()));
        self.bulkheads.push(bulkhead);
        self.calls.push(JoinSet::new());
    }

    /// Begins this many loops of calls that hold a place for a time each.
    fn busy(&mut self, member: usize, loops: u64) {
        for at in 0..loops {
            let bulkhead = Arc::clone(&self.bulkheads[member]);
            self.calls[member].spawn(async move {
                loop {
                    let place = bulkhead.enter().await.unwrap();
                    sleep(Duration::from_millis(20 + 7 * at)).await;
                    drop(place);
                }
            });
        }
    }

    /// Ends a process and its calls.
    fn kill(&mut self, member: usize) {
        self.calls[member] = JoinSet::new();
        self.fleets[member] = None;
    }

    fn in_use(&self) -> u32 {
        self.bulkheads
            .iter()
            .map(|bulkhead| bulkhead.in_use())
            .sum()
    }

    fn entered(&self) -> u64 {
        self.bulkheads
            .iter()
            .map(|bulkhead| bulkhead.entered())
            .sum()
    }

    /// Lets time pass, and returns the most and the mean of the places that were in use.
    async fn watch(&self, time: Duration) -> (u32, f64) {
        let end = Instant::now() + time;
        let (mut most, mut sum, mut times) = (0, 0, 0);
        while Instant::now() < end {
            let in_use = self.in_use();
            most = most.max(in_use);
            sum += in_use;
            times += 1;
            sleep(Duration::from_millis(1)).await;
        }
        (most, f64::from(sum) / f64::from(times))
    }
}

const SECONDS: Duration = Duration::from_secs(10);

#[tokio::test(start_paused = true)]
async fn places_go_where_the_calls_are() {
    let mut all = Members::start(10, 2).await;
    all.busy(0, 30);
    let (most, _) = all.watch(SECONDS).await;
    assert!(most <= 10, "{most}");
    let (most, mean) = all.watch(SECONDS).await;
    assert!(most <= 10 && mean > 8.5, "{most}, {mean}");
    // The other one has a place for its first call.
    assert!(all.bulkheads[1].try_enter().is_ok());
    all.busy(1, 30);
    let (most, _) = all.watch(SECONDS).await;
    assert!(most <= 10, "{most}");
    let limits = all.bulkheads.iter().map(|bulkhead| bulkhead.limit());
    assert_eq!(limits.collect::<Vec<_>>(), [5, 5]);
}

#[tokio::test(start_paused = true)]
async fn never_more_than_the_places_in_a_store_that_stops_and_forgets() {
    let mut all = Members::start(12, 3).await;
    for member in 0..3 {
        all.busy(member, 1 + 8 * member as u64);
    }
    let mut most = 0;
    for step in 0..6 {
        match step % 3 {
            0 => all.store.empty(),
            1 => all.store.stop(),
            _ => all.store.resume(),
        }
        most = most.max(all.watch(SECONDS).await.0);
    }
    let before = all.entered();
    most = most.max(all.watch(SECONDS).await.0);
    assert!((11..=12).contains(&most), "{most}");
    assert!(all.entered() > before);
}

#[tokio::test(start_paused = true)]
async fn the_places_of_a_killed_process_go_to_the_others() {
    let mut all = Members::start(6, 3).await;
    for member in 0..3 {
        all.busy(member, 10);
    }
    assert_eq!(all.watch(SECONDS).await.0, 6);
    all.kill(2);
    assert!(all.watch(SECONDS).await.0 <= 6);
    let (most, mean) = all.watch(SECONDS).await;
    assert!(most == 6 && mean > 5.5, "{most}, {mean}");
}

#[tokio::test(start_paused = true)]
async fn a_late_process_has_what_the_others_give_back() {
    let mut all = Members::start(6, 2).await;
    all.expected = 3;
    for member in 0..2 {
        all.busy(member, 10);
    }
    assert_eq!(all.watch(SECONDS).await.0, 6);
    all.one_more().await;
    all.busy(2, 10);
    let (most, mean) = all.watch(SECONDS).await;
    assert!(most <= 6 && mean > 5.5, "{most}, {mean}");
    assert_eq!(all.bulkheads[2].limit(), 2);
}

#[tokio::test(start_paused = true)]
async fn long_calls_keep_their_places_until_they_end() {
    let mut all = Members::start(4, 2).await;
    all.watch(SECONDS).await;
    let bulkhead = Arc::clone(&all.bulkheads[0]);
    let held = [(); 2].map(|()| bulkhead.try_enter().unwrap());
    all.busy(1, 20);
    let (most, _) = all.watch(SECONDS).await;
    assert_eq!(most, 4);
    drop(held);
    all.watch(SECONDS).await;
    assert_eq!(all.bulkheads[1].limit(), 3);
}

#[tokio::test(start_paused = true)]
async fn each_of_more_processes_than_places_has_one() {
    let mut all = Members::start(2, 4).await;
    let limits = |all: &Members| all.bulkheads.iter().map(|b| b.limit()).collect::<Vec<_>>();
    for member in 0..4 {
        all.busy(member, 3);
    }
    let (most, _) = all.watch(SECONDS).await;
    assert_eq!((most, limits(&all)), (4, vec![1; 4]));
    all.kill(0);
    all.kill(1);
    all.watch(2 * SECONDS).await;
    assert_eq!(all.in_use(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_leaves_gives_its_places_back_at_once() {
    let mut all = Members::start(8, 2).await;
    all.watch(SECONDS).await;
    all.fleets[0].take().unwrap().leave().await;
    all.busy(1, 20);
    all.watch(Duration::from_secs(1)).await;
    assert!(all.bulkheads[1].limit() >= 7);
}

#[tokio::test]
async fn an_adaptive_one_is_refused() {
    let search = Arc::new(Bulkhead::adaptive("search", 1..=200));
    let fleet = Fleet::in_memory(&MemoryStore::new()).namespace("shop");
    let error = fleet.join(search).start().await.unwrap_err();
    assert!(
        matches!(&error, FleetError::Indivisible { kind: "bulkhead", name, .. } if name == "search")
    );
    let advice = "the bulkhead `search` cannot be shared: each process learns the places of an adaptive one; share \
                  one of `Bulkhead::new(name, places)`, or let each process learn its own";
    assert_eq!(error.to_string(), advice);
}

#[tokio::test]
async fn processes_share_places_over_a_real_server() {
    let Some(redis) = Redis::start() else { return };
    let bulkheads = [reports(6), reports(6), reports(6)];
    let mut fleets = Vec::new();
    for bulkhead in &bulkheads {
        let fleet = Fleet::connect(redis.url()).namespace("shop").members(3);
        let fleet = fleet.join(Arc::clone(bulkhead));
        fleets.push(
            fleet
                .every(Duration::from_millis(20))
                .lease(Duration::from_millis(400)),
        );
    }
    let mut started = Vec::new();
    for fleet in fleets {
        started.push(fleet.start().await.unwrap());
    }
    let mut held = Vec::new();
    let end = Instant::now() + Duration::from_secs(30);
    // All of them go to the one that asks.
    while held.len() < 4 && Instant::now() < end {
        held.extend(bulkheads[0].try_enter().ok());
        let in_use: u32 = bulkheads.iter().map(|bulkhead| bulkhead.in_use()).sum();
        assert!(in_use <= 6, "{in_use}");
        sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(held.len(), 4);
}
