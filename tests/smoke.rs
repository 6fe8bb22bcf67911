//! smoke
#![forbid(warnings, unused)]
use persevere::{RetryError, RetryStats, StopReason, retry};
use std::io;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

#[derive(Debug, PartialEq, Clone)]
enum ApiError {
    Timeout,
    Status(u16),
    RateLimited { after: std::time::Duration },
    Unauthorized,
    Server(u8),
}
impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}
impl std::error::Error for ApiError {}

static N: AtomicU32 = AtomicU32::new(0);

#[retry]
fn plain() -> Result<u32, ApiError> {
    let n = N.fetch_add(1, Relaxed);
    if n < 2 {
        Err(ApiError::Timeout)?
    }
    Ok(n)
}

#[test]
fn blocking() {
    assert_eq!(plain(), Ok(2));
}

#[retry(stop = after_attempt(5) | after_delay(30s), wait = exponential(100ms).max(10s).full_jitter(),
    on = Err(ApiError::Timeout | ApiError::Status(500..=599)) | Ok(None), before_sleep = |s| assert!(s.pause().is_some()))]
async fn charge(calls: &mut u32) -> Result<Option<u32>, ApiError> {
    *calls += 1;
    match *calls {
        1 => Err(ApiError::Timeout),
        2 => Ok(None),
        3 => Err(ApiError::Status(503)),
        n => Ok(Some(n)),
    }
}

#[tokio::test(start_paused = true)]
async fn asynchronous() {
    let mut n = 0;
    assert_eq!(charge(&mut n).await, Ok(Some(4)));
    assert_eq!(n, 4);
}

struct Client {
    attempts: u32,
    refreshed: u32,
}
impl Client {
    #[retry(stop = after_attempt(self.attempts), when = transient(), wait = none())]
    fn read(&self, path: &std::path::Path, n: &mut u32) -> io::Result<Vec<u8>> {
        *n += 1;
        let _ = path;
        Err(io::ErrorKind::TimedOut.into())
    }
    async fn refresh(&mut self) {
        self.refreshed += 1;
    }

    #[retry(
        case(Err(ApiError::RateLimited { after }), stop = after_attempt(8), wait = fixed(*after)),
        case(Err(ApiError::Unauthorized), stop = after_attempt(2), wait = none(), before_sleep = async |_| self.refresh().await),
        on = Err(ApiError::Server(_)),
    )]
    async fn page(&mut self, n: &mut Vec<ApiError>) -> Result<u32, ApiError> {
        match n.pop() {
            Some(e) => Err(e),
            None => Ok(7),
        }
    }
}

#[test]
fn method() {
    let mut n = 0;
    let c = Client {
        attempts: 4,
        refreshed: 0,
    };
    assert!(c.read("x".as_ref(), &mut n).is_err());
    assert_eq!(n, 4);
}

#[tokio::test(start_paused = true)]
async fn cases() {
    let mut c = Client {
        attempts: 4,
        refreshed: 0,
    };
    let l = ApiError::RateLimited {
        after: std::time::Duration::from_secs(3),
    };
    let mut script = vec![
        ApiError::Server(1),
        l.clone(),
        ApiError::Unauthorized,
        l.clone(),
        ApiError::Server(2),
        l.clone(),
        l,
    ];
    let start = tokio::time::Instant::now();
    assert_eq!(c.page(&mut script).await, Ok(7));
    assert_eq!(c.refreshed, 1);
    assert!(start.elapsed().as_secs() >= 12);
}

static STATS: RetryStats = RetryStats::new();

#[retry(wrap_err = true, wait = 1s, stats = &STATS, attempt = at, name = "w", clone(v), once(k = 3),
  before = |s| assert!(s.attempt() <= 2), when = err(|e| matches!(e, ApiError::Status(_))) | cause_is::<ApiError>(),
  stop = stop_when(|p| p.attempt() >= 2), on_failure = |s| assert_eq!(s.reason(), Some(StopReason::GivenUp)))]
async fn wrapped(mut v: Vec<u8>, e: &str) -> Result<(), RetryError<ApiError>> {
    v.push(k);
    assert_eq!(v.len(), 1);
    let _ = (at.number(), e);
    Err(ApiError::Timeout)
}

#[tokio::test(start_paused = true)]
async fn wraps() {
    let e = wrapped(vec![], "").await.unwrap_err();
    assert_eq!(e.attempts(), 2);
    assert_eq!(e.reason(), StopReason::GivenUp);
    assert_eq!(STATS.attempts(), 2);
}

fn pol<T>(n: u32) -> impl persevere::Policy<Result<T, ApiError>> {
    persevere::RetryPolicy::new()
        .stop(persevere::stop::after_attempt(n))
        .wait(persevere::wait::none())
}

#[retry(policy = pol(4), unretried = pol_once, retry_with = pol_with)]
async fn polled(n: &mut u32) -> Result<(), ApiError> {
    *n += 1;
    Err(ApiError::Timeout)
}

#[tokio::test]
async fn policies() {
    let mut n = 0;
    assert!(polled(&mut n).await.is_err());
    assert_eq!(n, 4);
    assert!(pol_once(&mut n).await.is_err());
    assert_eq!(n, 5);
    assert!(pol_with(&pol(2), &mut n).await.is_err());
    assert_eq!(n, 7);
    fn send<T: Send>(t: T) -> T {
        t
    }
    let mut n = 0;
    let _ = send(polled(&mut n)).await;
    let mut n = 0;
    let _ = send(charge(&mut n));
}

#[retry(on = 0..=2, wait = none(), fallback = |g| g.attempts() * 100)]
fn whole(n: &mut u32) -> u32 {
    *n += 1;
    *n - 1
}

#[test]
fn wholes() {
    let mut n = 0;
    assert_eq!(whole(&mut n), 300);
}
