//! Breakers of a fleet.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use persevere::breaker::{State, Transition, count, wait_for};
use persevere::fleet::{Fleet, FleetBuilder, FleetError, MemoryStore, quorum};
use persevere::{CircuitBreaker, CircuitOpen, Policy, RetryPolicy};
use support::Redis;
use tokio::time::{Instant, sleep, sleep_until};

const SECOND: Duration = Duration::from_secs(1);
const OPEN: Duration = Duration::from_secs(30);
/// Longer than two exchanges take.
const SOON: Duration = Duration::from_millis(600);
/// Longer than a new store learns.
const LEARNT: Duration = Duration::from_secs(4);

fn breaker() -> CircuitBreaker {
    CircuitBreaker::new("payments")
        .consecutive(3)
        .open_for(OPEN)
}

/// A process: its breaker and its membership, and the service that it calls.
struct Process {
    breaker: Arc<CircuitBreaker>,
    fleet: Option<Fleet>,
}

impl Process {
    async fn start(store: &MemoryStore, breaker: CircuitBreaker, members: f64) -> Process {
        let breaker = Arc::new(breaker);
        let fleet = Fleet::in_memory(store).namespace("shop");
        let fleet = fleet.join(quorum(members, Arc::clone(&breaker)));
        Process {
            breaker,
            fleet: Some(fleet.start().await.unwrap()),
        }
    }

    /// Fails until the breaker opens.
    fn fails(&self) {
        while let Ok(permit) = self.breaker.try_enter() {
            permit.failure();
        }
    }

    fn state(&self) -> State {
        self.breaker.state()
    }
}

/// Starts as many processes with a breaker each, and lets them meet.
async fn started(
    store: &MemoryStore,
    processes: usize,
    members: f64,
    breaker: fn() -> CircuitBreaker,
) -> Vec<Process> {
    let mut all = Vec::new();
    for _ in 0..processes {
        all.push(Process::start(store, breaker(), members).await);
    }
    sleep(LEARNT).await;
    all
}

fn states(processes: &[Process]) -> Vec<State> {
    processes.iter().map(Process::state).collect()
}

/// A service, and the calls that reached it.
#[derive(Default)]
struct Service {
    well: std::sync::atomic::AtomicBool,
    calls: AtomicU32,
}

impl Service {
    fn heal(&self) {
        self.well.store(true, Ordering::Relaxed);
    }

    fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Calls it once through a breaker.
    async fn call(&self, breaker: &CircuitBreaker) -> Result<(), CircuitOpen> {
        let permit = breaker.try_enter()?;
        self.calls.fetch_add(1, Ordering::Relaxed);
        sleep(Duration::from_millis(40)).await;
        match self.well.load(Ordering::Relaxed) {
            true => permit.success(),
            false => permit.failure(),
        }
        Ok(())
    }

    /// Calls it all the time, from a process.
    fn loaded(self: &Arc<Self>, process: &Process) -> tokio::task::JoinHandle<()> {
        let (service, breaker) = (Arc::clone(self), Arc::clone(&process.breaker));
        tokio::spawn(async move {
            loop {
                let _ = service.call(&breaker).await;
                sleep(Duration::from_millis(7)).await;
            }
        })
    }
}

#[tokio::test(start_paused = true)]
async fn others_follow_the_first_that_opens() {
    let store = MemoryStore::new();
    let all = started(&store, 3, 0.1, breaker).await;
    all[0].fails();
    sleep(SOON).await;
    assert_eq!(states(&all), [State::Open; 3]);
    let counts = all[1].breaker.counts();
    assert_eq!((counts.failures, counts.opened), (0, 1));
    let refused = all[1].breaker.try_enter().unwrap_err();
    assert!(refused.retry_after > Some(28 * SECOND), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn a_quorum_of_many_opens_all_and_a_broken_host_alone_does_not() {
    let store = MemoryStore::new();
    let all = started(&store, 10, 0.25, breaker).await;
    all[0].fails();
    all[1].fails();
    sleep(2 * SECOND).await;
    let open = |all: &[Process]| states(all).iter().filter(|it| **it == State::Open).count();
    assert_eq!(open(&all), 2);
    all[2].fails();
    sleep(SOON).await;
    assert_eq!(open(&all), 10);
}

#[tokio::test(start_paused = true)]
async fn the_failures_of_all_open_where_no_member_has_the_minimum() {
    let store = MemoryStore::new();
    let rated = || {
        let rated = CircuitBreaker::new("payments").failure_rate(0.5, count(100));
        rated.minimum(20).open_for(OPEN)
    };
    let all = started(&store, 6, 0.5, rated).await;
    let call = |process: &Process, fails: bool| {
        let permit = process.breaker.try_enter().unwrap();
        if fails {
            permit.failure()
        } else {
            permit.success()
        }
    };
    // 20 calls of two members: not those of a quorum.
    for _ in 0..10 {
        call(&all[0], true);
        call(&all[1], true);
    }
    sleep(2 * SECOND).await;
    assert_eq!(states(&all), [State::Closed; 6]);
    call(&all[2], true);
    sleep(SOON).await;
    assert_eq!(states(&all), [State::Open; 6]);
    assert_eq!(all[5].breaker.counts().failures, 0);
}

#[tokio::test(start_paused = true)]
async fn the_fleet_sends_the_probes_of_one_breaker() {
    for probes in [1, 3] {
        let store = MemoryStore::new();
        let probed = if probes == 1 {
            breaker
        } else {
            || breaker().probes(3).successes(1)
        };
        let all = started(&store, 20, 0.05, probed).await;
        let service = Arc::new(Service::default());
        all[7].fails();
        sleep(SOON).await;
        let load: Vec<_> = all.iter().map(|process| service.loaded(process)).collect();
        let opened = Instant::now();
        sleep(OPEN - 2 * SECOND).await;
        assert_eq!(service.calls(), 0);

        // They fail, and all stay open.
        sleep_until(opened + OPEN + 2 * SECOND).await;
        assert_eq!(service.calls(), probes);
        assert_eq!(states(&all), [State::Open; 20]);

        service.heal();
        sleep_until(opened + OPEN + 20 * SECOND).await;
        assert_eq!(service.calls(), probes);
        // Members that have refused for some open times by orders probe by themselves.
        sleep_until(opened + 2 * OPEN + 2 * SECOND).await;
        assert_eq!(states(&all), [State::Closed; 20]);
        load.into_iter().for_each(|calls| calls.abort());
    }
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_succeeds_closes_all() {
    let store = MemoryStore::new();
    let all = started(&store, 20, 0.05, breaker).await;
    let service = Arc::new(Service::default());
    service.heal();
    all[0].fails();
    sleep(SOON).await;
    let load: Vec<_> = all.iter().map(|process| service.loaded(process)).collect();
    while service.calls() == 0 {
        sleep(Duration::from_millis(10)).await;
    }
    // The probe takes 40 ms; until the exchange after it nobody else calls, but for the one that probed.
    sleep(Duration::from_millis(35)).await;
    assert_eq!(service.calls(), 1);
    sleep(SOON).await;
    assert_eq!(states(&all), [State::Closed; 20]);
    let half_opened: u64 = all.iter().map(|it| it.breaker.counts().half_opened).sum();
    assert_eq!(half_opened, 1);
    load.into_iter().for_each(|calls| calls.abort());
}

#[tokio::test(start_paused = true)]
async fn another_probes_in_place_of_one_that_is_killed() {
    let store = MemoryStore::new();
    let mut all = started(&store, 3, 0.1, breaker).await;
    let service = Arc::new(Service::default());
    service.heal();
    all[0].fails();
    sleep(OPEN + SOON).await;
    // It refuses a call, is given the probe, and is killed before it calls again.
    assert!(all[1].breaker.try_enter().is_err());
    sleep(SOON).await;
    all[1].fleet = None;
    let load = [service.loaded(&all[0]), service.loaded(&all[2])];
    sleep(SECOND).await;
    assert_eq!(service.calls(), 0);
    sleep(3 * SECOND + SOON).await;
    assert_eq!(
        (all[0].state(), all[2].state()),
        (State::Closed, State::Closed)
    );
    let half_opened = [0, 2].map(|at| all[at].breaker.counts().half_opened);
    assert_eq!(half_opened.iter().sum::<u64>(), 1);
    load.into_iter().for_each(|calls| calls.abort());
}

#[tokio::test(start_paused = true)]
async fn each_goes_on_alone_while_the_store_is_away() {
    let store = MemoryStore::new();
    let all = started(&store, 3, 0.1, breaker).await;
    all[0].fails();
    sleep(SOON).await;
    store.stop();
    sleep(OPEN + SECOND).await;
    for process in &all {
        process
            .breaker
            .try_enter()
            .expect("its own probe")
            .success();
        assert_eq!(process.state(), State::Closed);
    }
    all[1].fails();
    sleep(SECOND).await;
    assert_eq!(states(&all), [State::Closed, State::Open, State::Closed]);
    store.resume();
    sleep(5 * SECOND).await;
    assert_eq!(all[2].state(), State::Open, "it follows again");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_emptied_hears_from_its_members() {
    let store = MemoryStore::new();
    let all = started(&store, 3, 0.1, breaker).await;
    let service = Arc::new(Service::default());
    all[0].fails();
    sleep(OPEN / 2).await;
    store.empty();
    let newcomer = Process::start(&store, breaker(), 0.1).await;
    sleep(SOON).await;
    assert_eq!(newcomer.state(), State::Open);
    let load: Vec<_> = all.iter().map(|process| service.loaded(process)).collect();
    sleep(OPEN / 2 + 2 * SECOND).await;
    assert_eq!(service.calls(), 1, "they share the probe");
    load.into_iter().for_each(|calls| calls.abort());
}

#[tokio::test(start_paused = true)]
async fn what_an_operator_forced_is_left_alone() {
    let store = MemoryStore::new();
    let all = started(&store, 4, 0.1, breaker).await;
    all[1].breaker.disable();
    all[2].breaker.force_close();
    all[3].breaker.force_open();
    sleep(2 * SECOND).await;
    assert_eq!(
        all[0].state(),
        State::Closed,
        "a forced state is no evidence"
    );
    all[0].fails();
    sleep(2 * SECOND).await;
    let forced = [
        State::Open,
        State::Disabled,
        State::ForcedClosed,
        State::ForcedOpen,
    ];
    assert_eq!(states(&all), forced);
    // A reset is for all.
    all[0].breaker.reset();
    all[1].breaker.reset();
    sleep(SOON).await;
    assert_eq!(
        (all[0].state(), all[1].state()),
        (State::Closed, State::Closed)
    );
}

static HEARD: Mutex<Vec<(State, State)>> = Mutex::new(Vec::new());

#[tokio::test(start_paused = true)]
async fn a_listener_hears_each_change_once() {
    fn hear(change: &Transition) {
        HEARD.lock().unwrap().push((change.from, change.to));
    }
    let store = MemoryStore::new();
    let one = Process::start(&store, breaker(), 0.1).await;
    let other = Process::start(&store, breaker().listener(hear), 0.1).await;
    sleep(LEARNT).await;
    one.fails();
    sleep(OPEN + SOON).await;
    assert!(one.breaker.try_enter().is_err());
    sleep(SOON).await;
    one.breaker.try_enter().expect("the probe").success();
    sleep(SOON).await;
    assert_eq!(other.state(), State::Closed);
    let heard = HEARD.lock().unwrap().clone();
    assert_eq!(
        heard,
        [(State::Closed, State::Open), (State::Open, State::Closed)]
    );
    let counts = other.breaker.counts();
    assert_eq!(
        (counts.opened, counts.half_opened, counts.closed),
        (1, 0, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn a_member_that_leaves_is_no_member() {
    let store = MemoryStore::new();
    let mut all = started(&store, 3, 0.5, breaker).await;
    for process in &mut all[1..] {
        process.fleet.take().unwrap().leave().await;
    }
    sleep(SOON).await;
    assert_eq!(all[0].fleet.as_ref().unwrap().status().members, 1);
}

#[tokio::test(start_paused = true)]
async fn mistakes_are_errors_at_the_start() {
    let store = MemoryStore::new();
    let start = |breaker: CircuitBreaker, members: f64| {
        let fleet: FleetBuilder = Fleet::in_memory(&store).namespace("shop");
        fleet.join(quorum(members, Arc::new(breaker))).start()
    };
    let name = || "payments".to_owned();
    let short = breaker().open_for(Duration::from_millis(999));
    let error = start(short, 0.1).await.unwrap_err();
    assert_eq!(error, FleetError::OpenTime { name: name() });
    for members in [-0.1, 1.1, f64::NAN] {
        let error = start(breaker(), members).await.unwrap_err();
        assert_eq!(error, FleetError::Quorum { name: name() });
    }
    assert!(start(breaker().open_for(SECOND), 1.0).await.is_ok());
}

#[tokio::test]
async fn members_follow_and_close_over_a_real_server() {
    let Some(redis) = Redis::start() else { return };
    let start = || async {
        let breaker = Arc::new(breaker().open_for(2 * SECOND));
        let fleet = Fleet::connect(redis.url()).namespace("shop");
        let fleet = fleet.every(Duration::from_millis(50)).lease(SECOND);
        let fleet = fleet.join(Arc::clone(&breaker)).start().await.unwrap();
        let fleet = Some(fleet);
        Process { breaker, fleet }
    };
    let all = [start().await, start().await, start().await];
    let until = |state: State| {
        let all = &all;
        async move {
            while all.iter().any(|process| process.state() != state) {
                sleep(Duration::from_millis(10)).await;
                // The one that may probe does.
                if let Some(Ok(permit)) =
                    (state == State::Closed).then(|| all[1].breaker.try_enter())
                {
                    permit.success();
                }
            }
        }
    };
    sleep(SECOND).await;
    all[0].fails();
    until(State::Open).await;
    assert_eq!(all[2].breaker.counts().failures, 0);
    until(State::Closed).await;
    assert_eq!(all[2].breaker.counts().half_opened, 0);
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_rare_probe_too() {
    let store = MemoryStore::new();
    let all = started(&store, 3, 0.1, breaker).await;
    all[0].fails();
    sleep(OPEN + SOON).await;
    // One is refused, and the next is the probe, however late.
    assert!(all[1].breaker.try_enter().is_err());
    sleep(10 * SECOND).await;
    all[1].breaker.try_enter().expect("the probe").success();
    sleep(SOON).await;
    assert_eq!(states(&all), [State::Closed; 3]);
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_are_let_through_soon_after_the_probe() {
    let store = MemoryStore::new();
    let all = started(&store, 3, 0.1, breaker).await;
    all[0].fails();
    sleep(SOON).await;
    let opened = Instant::now();
    let calls = all.iter().map(|process| {
        let policy = RetryPolicy::new().breaker(wait_for(Arc::clone(&process.breaker)));
        tokio::spawn(async move { policy.run_async(async || Ok::<_, std::io::Error>(1)).await })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap().unwrap(), 1);
    }
    assert!(
        opened.elapsed() < OPEN + 3 * SECOND,
        "{:?}",
        opened.elapsed()
    );
    let half_opened: u64 = all.iter().map(|it| it.breaker.counts().half_opened).sum();
    assert_eq!(half_opened, 1);
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_the_fleet_closes_begins_with_its_ramp() {
    let store = MemoryStore::new();
    let all = started(&store, 2, 0.1, || breaker().ramp(10 * SECOND)).await;
    all[0].fails();
    sleep(OPEN + SOON).await;
    assert!(all[0].breaker.try_enter().is_err());
    sleep(SOON).await;
    all[0].breaker.try_enter().expect("the probe").success();
    sleep(SOON).await;
    assert_eq!(all[1].state(), State::Closed);
    let admitted = (0..100)
        .filter(|_| all[1].breaker.try_enter().is_ok())
        .count();
    assert!(admitted < 10, "{admitted}");
}
