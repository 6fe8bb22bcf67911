//! A hundred tasks on an API with a quota, whose refusals say when to come back.

use std::num::NonZeroU32;
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use governor::{DefaultDirectRateLimiter, Quota};
use persevere::{Interrupt, RateLimiter, Transient, Verdict, retry};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_resilience_ratelimiter::{RateLimiterLayer, RateLimiterServiceError};

use crate::table::Table;

const TASKS: u32 = 100;
const CALLS: u32 = 3;
const QUOTA: u32 = 40;
const WINDOW: Duration = Duration::from_millis(400);

/// Beyond the quota, as of a client that does not know it.
static MODEL: RateLimiter = RateLimiter::new("model")
    .rate(500, Duration::from_secs(1))
    .burst(100);
/// The quota itself.
static KNOWN: RateLimiter = RateLimiter::new("known").rate(QUOTA, WINDOW).burst(QUOTA);

#[retry(stop = never(), wait = exponential(10ms).full_jitter(), when = transient(), rate_limiter = &MODEL)]
async fn shared_holds(api: &Api) -> Result<(), TooMany> {
    api.post().await
}

#[retry(stop = never(), wait = exponential(10ms).full_jitter(), when = transient(), rate_limiter = &KNOWN)]
async fn known_quota(api: &Api) -> Result<(), TooMany> {
    api.post().await
}

/// Each call heeds what it was told itself.
async fn by_hand(api: &Api) {
    while let Err(TooMany(rest)) = api.post().await {
        sleep(rest).await;
    }
}

static GOVERNOR: LazyLock<DefaultDirectRateLimiter> = LazyLock::new(|| {
    let number = |number| NonZeroU32::new(number).expect("not zero");
    DefaultDirectRateLimiter::direct(Quota::per_second(number(500)).allow_burst(number(100)))
});
static GOVERNOR_KNOWN: LazyLock<DefaultDirectRateLimiter> = LazyLock::new(|| {
    let burst = NonZeroU32::new(QUOTA).expect("not zero");
    let quota = Quota::with_period(WINDOW / QUOTA).expect("not zero");
    DefaultDirectRateLimiter::direct(quota.allow_burst(burst))
});

async fn governor(limiter: &DefaultDirectRateLimiter, api: &Api) {
    loop {
        limiter.until_ready().await;
        match api.post().await {
            Ok(()) => return,
            Err(TooMany(rest)) => sleep(rest).await,
        }
    }
}

/// An API that answers so many requests in each window of time.
struct Api(Mutex<Window>);

struct Window {
    began: Instant,
    taken: u32,
    load: Load,
    /// The end of the latest hold of which an answer has told.
    held_until: Instant,
}

#[derive(Clone, Copy, Default)]
struct Load {
    sent: u32,
    refused: u32,
    sent_in_holds: u32,
}

impl Api {
    async fn post(&self) -> Result<(), TooMany> {
        let rest = self.0.lock().expect("no panic").count();
        // The time in which the model thinks.
        sleep(Duration::from_millis(10)).await;
        let Some(rest) = rest else { return Ok(()) };
        let mut window = self.0.lock().expect("no panic");
        window.load.refused += 1;
        window.held_until = window.held_until.max(Instant::now() + rest);
        Err(TooMany(rest))
    }
}

impl Window {
    /// Counts a request; returns the rest of the window if it is beyond the quota.
    fn count(&mut self) -> Option<Duration> {
        let now = Instant::now();
        self.load.sent += 1;
        self.load.sent_in_holds += u32::from(now < self.held_until);
        if now - self.began >= WINDOW {
            (self.began, self.taken) = (now, 0);
        }
        self.taken += 1;
        (self.taken > QUOTA).then(|| WINDOW - (now - self.began) + Duration::from_millis(1))
    }
}

#[derive(Clone, Copy, Debug)]
struct TooMany(Duration);

impl Transient for TooMany {
    fn verdict(&self) -> Verdict {
        Verdict::RetryAfter(self.0)
    }
}

impl From<Interrupt> for TooMany {
    fn from(interrupt: Interrupt) -> Self {
        panic!("{interrupt}")
    }
}

/// Lets all tasks call, each several times in a row.
fn load<F>(call: impl Fn(&'static Api) -> F + Copy + Send + 'static) -> (Load, Duration)
where
    F: Future<Output = ()> + Send + 'static,
{
    let start = Instant::now();
    let window = Window {
        began: start,
        taken: 0,
        load: Load::default(),
        held_until: start,
    };
    let api: &'static Api = Box::leak(Box::new(Api(Mutex::new(window))));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.expect("a runtime").block_on(async {
        let mut tasks = JoinSet::new();
        for _ in 0..TASKS {
            tasks.spawn(async move {
                for _ in 0..CALLS {
                    call(api).await;
                }
            });
        }
        tasks.join_all().await;
    });
    (api.0.lock().expect("no panic").load, start.elapsed())
}

/// Lets all tasks call through tower-resilience's limiter.
fn tower(limit: u32) -> (Load, Duration) {
    let layer = RateLimiterLayer::builder()
        .limit_for_period(limit as usize)
        .refresh_period(WINDOW)
        .timeout_duration(Duration::from_secs(60));
    let layer = layer.build().expect("sensible");
    let limited = layer.layer(service_fn(|api: &'static Api| api.post()));
    let limited: &'static _ = Box::leak(Box::new(Mutex::new(limited)));
    load(move |api| async move {
        let mut service = limited.lock().expect("no panic").clone();
        loop {
            let service = service.ready().await.expect("ready");
            match service.call(api).await {
                Ok(()) => return,
                Err(RateLimiterServiceError::Inner(TooMany(rest))) => sleep(rest).await,
                Err(RateLimiterServiceError::RateLimited) => {}
            }
        }
    })
}

pub fn print() {
    let columns = ["requests", "refused", "sent in a hold", "seconds"];
    let title = format!(
        "{} calls on a quota of {QUOTA} in {WINDOW:?}",
        TASKS * CALLS
    );
    let mut table = Table::new(&title, columns);
    let mut row = |name, (load, took): (Load, Duration)| {
        let counts = [load.sent, load.refused, load.sent_in_holds].map(|count| count.to_string());
        table.row(
            name,
            counts
                .into_iter()
                .chain([format!("{:.2}", took.as_secs_f64())]),
        );
    };
    row("each call heeds its own answer", load(by_hand));
    row(
        "governor, 500 a second",
        load(|api| governor(&GOVERNOR, api)),
    );
    row("tower-resilience, 500 a second", tower(200));
    row(
        "persevere, 500 a second",
        load(|api| async { shared_holds(api).await.expect("it retries") }),
    );
    row(
        "governor, the quota",
        load(|api| governor(&GOVERNOR_KNOWN, api)),
    );
    row("tower-resilience, the quota", tower(QUOTA));
    row(
        "persevere, the quota",
        load(|api| async { known_quota(api).await.expect("it retries") }),
    );
    table.print();
}
