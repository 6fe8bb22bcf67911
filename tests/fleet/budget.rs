//! Budgets of a fleet.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use persevere::budget::Settings;
use persevere::fleet::{Fleet, FleetBuilder, FleetError, MemoryStore};
use persevere::{Policy, RetryBudget, RetryPolicy, stop, wait};
use support::Redis;
use tokio::time::{Instant, sleep};

const MILLISECOND: Duration = Duration::from_millis(1);
const WINDOW: Duration = Duration::from_secs(10);

/// Makes a call that fails as long as it may be made again once, or that succeeds at first.
async fn call(budget: &RetryBudget, fails: bool) {
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .stop(stop::after_attempt(2));
    let policy = policy.budget(budget);
    let _ = policy
        .run_async(|| async move { (!fails).then_some(()) })
        .await;
}

/// Processes with a budget each.
struct Members {
    store: MemoryStore,
    settings: Settings,
    expected: u32,
    fleets: Vec<Option<Fleet>>,
    budgets: Vec<Arc<RetryBudget>>,
}

impl Members {
    async fn start(settings: Settings, members: u32) -> Self {
        let mut all = Members {
            store: MemoryStore::new(),
            settings,
            expected: members,
            fleets: Vec::new(),
            budgets: Vec::new(),
        };
        for _ in 0..members {
            all.one_more().await;
        }
        all
    }

    async fn one_more(&mut self) {
        let budget = Arc::new(self.settings.build().unwrap());
        let fleet = Fleet::in_memory(&self.store)
            .namespace("shop")
            .members(self.expected);
        let fleet = fleet.join_as("checkout", Arc::clone(&budget)).start();
        self.fleets.push(Some(fleet.await.unwrap()));
        self.budgets.push(budget);
    }

    fn granted(&self) -> u64 {
        self.budgets.iter().map(|budget| budget.granted()).sum()
    }

    fn share(&self, member: usize) -> f64 {
        let fleet = self.fleets[member].as_ref().unwrap();
        fleet.status().parts[0].share.unwrap()
    }

    /// Lets these members fail for a time, each of them as often.
    async fn fail(&self, members: &[usize], time: Duration, every: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            for &member in members {
                call(&self.budgets[member], true).await;
            }
            sleep(every).await;
        }
    }
}

fn tokens(capacity: u32) -> Settings {
    Settings::tokens(capacity).costs(1, 1)
}

#[tokio::test(start_paused = true)]
async fn all_tokens_go_to_the_one_that_fails() {
    let all = Members::start(tokens(200), 4).await;
    all.fail(&[0], 3 * WINDOW, 10 * MILLISECOND).await;
    let granted = all.granted();
    assert!((180..=200).contains(&granted), "{granted}");
    all.fail(&[0, 1, 2, 3], 3 * WINDOW, 10 * MILLISECOND).await;
    assert_eq!(all.granted(), 200);
}

/// Tokens that were spent and not earned since, and the fewest before.
#[derive(Default)]
struct Balance {
    earned: i64,
    fewest: i64,
}

impl Balance {
    /// Returns the most that was spent in any time that ends now, beyond what was earned in it.
    fn spent(&mut self, all: &Members) -> i64 {
        let now = all.granted() as i64 - self.earned;
        self.fewest = self.fewest.min(now);
        now - self.fewest
    }
}

#[tokio::test(start_paused = true)]
async fn no_more_tokens_than_one_bucket_in_a_store_that_stops_and_forgets() {
    let mut all = Members::start(tokens(60), 3).await;
    let mut balance = Balance::default();
    let mut most = 0;
    for step in 0..12_000_u32 {
        match step % 4_000 {
            1_000 => all.store.empty(),
            2_000 => all.store.stop(),
            3_000 => all.store.resume(),
            _ => {}
        }
        if step == 6_000 {
            all.expected = 4;
            all.one_more().await;
        }
        for (at, budget) in all.budgets.iter().enumerate() {
            // Most calls fail for a while, then they succeed; one process is worse off than the others.
            let worse = 2 * u32::from(step / 700 % 3 == at as u32);
            let often = [8, 6, 0, 1, 3][step as usize / 500 % 5] + worse;
            let fails = (step * 7 + at as u32) % 10 < often;
            call(budget, fails).await;
            balance.earned += i64::from(!fails);
        }
        most = most.max(balance.spent(&all));
        sleep(5 * MILLISECOND).await;
    }
    assert!((50..=60).contains(&most), "{most}");
}

#[tokio::test(start_paused = true)]
async fn a_killed_process_has_spent_one_lease_at_most() {
    let mut all = Members::start(tokens(90), 3).await;
    all.fail(&[0], WINDOW, 10 * MILLISECOND).await;
    let lease = (all.share(0) * 90.0).round() as u64;
    all.fleets[0] = None;
    all.fail(&[1, 2], 3 * WINDOW, 10 * MILLISECOND).await;
    let granted = all.granted();
    assert!(
        granted > 90 && granted <= 90 + lease,
        "{granted} of {lease}"
    );
}

/// The retries that were granted in the last window.
#[derive(Default)]
struct Retries(VecDeque<(Instant, u64)>);

impl Retries {
    fn count(&mut self, granted: u64) -> u64 {
        let now = Instant::now();
        self.0.push_back((now, granted));
        while self
            .0
            .front()
            .is_some_and(|(time, _)| now - *time >= WINDOW)
        {
            self.0.pop_front();
        }
        granted - self.0[0].1
    }
}

fn reserve(per_second: u32) -> Settings {
    Settings::ratio(0.0, WINDOW).reserve(per_second)
}

#[tokio::test(start_paused = true)]
async fn the_reserve_goes_to_the_one_that_fails() {
    let all = Members::start(reserve(10), 4).await;
    all.fail(&[0], 3 * WINDOW, 20 * MILLISECOND).await;
    let before = all.granted();
    all.fail(&[0], 10 * WINDOW, 20 * MILLISECOND).await;
    let granted = all.granted() - before;
    assert!((800..=1_000).contains(&granted), "{granted}");
}

#[tokio::test(start_paused = true)]
async fn no_window_has_more_than_the_reserve_of_one() {
    let mut all = Members::start(reserve(10), 3).await;
    let mut retries = Retries::default();
    let mut most = 0;
    for step in 0..40_000_u32 {
        match step % 8_000 {
            2_000 => all.store.empty(),
            4_000 => all.store.stop(),
            5_000 => all.store.resume(),
            _ => {}
        }
        if step == 20_000 {
            all.expected = 4;
            all.one_more().await;
        }
        for (at, budget) in all.budgets.iter().enumerate() {
            // Each for a while, so that shares move; at times all, or nobody.
            let turn = step / 4_000 % 5;
            if turn == at as u32 || turn == 4 {
                call(budget, true).await;
            }
        }
        most = most.max(retries.count(all.granted()));
        sleep(5 * MILLISECOND).await;
    }
    assert!((60..=100).contains(&most), "{most}");
}

#[tokio::test(start_paused = true)]
async fn a_burst_is_not_spent_again_by_who_has_the_share_next() {
    let all = Members::start(reserve(10), 2).await;
    all.fail(&[0], 3 * WINDOW, 20 * MILLISECOND).await;
    sleep(WINDOW).await;
    // The one that was given most spends it at once, and the other fails for longer.
    let before = all.granted();
    all.fail(&[0], 100 * MILLISECOND, MILLISECOND).await;
    all.fail(&[1], WINDOW * 8 / 10, MILLISECOND).await;
    let granted = all.granted() - before;
    assert!(granted <= 100, "{granted}");
}

#[tokio::test(start_paused = true)]
async fn the_retries_of_a_ratio_need_no_exchange() {
    let settings = Settings::ratio(0.5, WINDOW).reserve(0);
    let all = Members::start(settings, 2).await;
    all.store.stop();
    all.fail(&[0, 1], 3 * WINDOW, 20 * MILLISECOND).await;
    let calls = 2 * 3 * 500;
    let granted = all.granted();
    assert!((calls * 4 / 10..=calls / 2).contains(&granted), "{granted}");
    assert_eq!(
        all.fleets[0].as_ref().unwrap().status().parts[0].share,
        None
    );
}

/// Returns the error of a fleet that a budget cannot join.
async fn refused(budget: RetryBudget) -> String {
    let fleet: FleetBuilder = Fleet::in_memory(&MemoryStore::new()).namespace("shop");
    let error = fleet
        .join_as("checkout", Arc::new(budget))
        .start()
        .await
        .unwrap_err();
    assert!(matches!(
        error,
        FleetError::Indivisible { kind: "budget", .. }
    ));
    error.to_string()
}

#[tokio::test]
async fn budgets_that_cannot_be_divided_are_refused() {
    let throttle = refused(RetryBudget::throttle(10, 0.1)).await;
    assert!(throttle.starts_with("the budget `checkout` cannot be shared: each process throttles"));
    assert!(
        refused(RetryBudget::total(3))
            .await
            .ends_with("take `RetryBudget::tokens(capacity)`")
    );
    assert!(
        refused(RetryBudget::in_flight(3, 0.2))
            .await
            .contains("`RetryBudget::ratio(ratio, window)`")
    );
}

#[tokio::test]
async fn processes_share_tokens_over_a_real_server() {
    let Some(redis) = Redis::start() else { return };
    let budgets = [(); 3].map(|()| Arc::new(tokens(90).build().unwrap()));
    let mut fleets = Vec::new();
    for budget in &budgets {
        let fleet = Fleet::connect(redis.url()).namespace("shop").members(3);
        let fleet = fleet.every(20 * MILLISECOND).lease(400 * MILLISECOND);
        fleets.push(
            fleet
                .join_as("checkout", Arc::clone(budget))
                .start()
                .await
                .unwrap(),
        );
    }
    let end = Instant::now() + Duration::from_secs(30);
    while budgets[0].granted() < 60 && Instant::now() < end {
        call(&budgets[0], true).await;
        sleep(MILLISECOND).await;
    }
    for _ in 0..100 {
        call(&budgets[1], true).await;
        call(&budgets[2], true).await;
    }
    let granted = budgets.each_ref().map(|budget| budget.granted());
    assert!(
        granted[0] >= 60 && granted.iter().sum::<u64>() <= 90,
        "{granted:?}"
    );
}
