//! Footprint of a dependency: crates and CPU seconds to build, bytes in the program.

use crate::project::{Project, median};
use crate::table::Table;

pub const OURS: &str = concat!(
    "persevere = { path = \"",
    env!("CARGO_MANIFEST_DIR"),
    "/..\""
);
const TOKIO: &str =
    r#"tokio = { version = "1", default-features = false, features = ["rt", "time"] }"#;

/// A program that makes one call, async.
const PROGRAM: &str = r#"
#![allow(unused)]
use std::time::Duration;

#[derive(Debug)]
pub struct Error(u32);

impl Error {
    fn is_transient(&self) -> bool {
        self.0 > 1
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("error")
    }
}

impl std::error::Error for Error {}

async fn ask() -> Result<u64, Error> {
    match std::env::args().count() as u32 {
        1 => Ok(7),
        many => Err(Error(many)),
    }
}

fn main() {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().build().unwrap();
    // So that every program has the timer.
    runtime.block_on(tokio::time::sleep(Duration::from_millis(1)));
    std::process::exit(runtime.block_on(call()).is_ok() as i32);
}
"#;

struct User {
    name: &'static str,
    dependency: String,
    /// `async fn call() -> Result<u64, Error>`; a crate without async has none.
    call: &'static str,
}

fn users() -> Vec<User> {
    let user = |name, dependency: &str, call| User {
        name,
        dependency: dependency.to_owned(),
        call,
    };
    vec![
        user(
            "bare call",
            "",
            "async fn call() -> Result<u64, Error> { ask().await }",
        ),
        user(
            "hand",
            "",
            r"
            async fn call() -> Result<u64, Error> {
                let mut pause = Duration::from_millis(100);
                for _ in 1..5 {
                    match ask().await {
                        Err(error) if error.is_transient() => tokio::time::sleep(pause).await,
                        outcome => return outcome,
                    }
                    pause *= 2;
                }
                ask().await
            }",
        ),
        user(
            "persevere",
            &format!("{OURS} }}"),
            r"
            #[persevere::retry(
                stop = after_attempt(5),
                wait = exponential(100ms).max(10s).full_jitter(),
                when = err(|error| error.is_transient()),
            )]
            async fn call() -> Result<u64, Error> { ask().await }",
        ),
        user(
            "persevere, run",
            &format!("{OURS}, default-features = false, features = [\"std\", \"tokio\"] }}"),
            r"
            use persevere::{Policy, RetryPolicy, stop, wait, when};
            async fn call() -> Result<u64, Error> {
                let wait = wait::exponential(Duration::from_millis(100));
                let policy = RetryPolicy::new()
                    .stop(stop::after_attempt(5))
                    .wait(wait.max(Duration::from_secs(10)).full_jitter())
                    .when(when::err(Error::is_transient));
                policy.run_async(ask).await
            }",
        ),
        user(
            "persevere, blocking",
            &format!("{OURS}, default-features = false, features = [\"std\"] }}"),
            "",
        ),
        user(
            "backon",
            "backon = \"1.6\"",
            r"
            use backon::{ExponentialBuilder, Retryable};
            async fn call() -> Result<u64, Error> {
                let policy = ExponentialBuilder::new()
                    .with_min_delay(Duration::from_millis(100))
                    .with_max_delay(Duration::from_secs(10))
                    .with_max_times(4)
                    .with_jitter();
                ask.retry(policy).when(Error::is_transient).await
            }",
        ),
        user(
            "tokio-retry",
            "tokio-retry = \"0.3\"",
            r"
            use tokio_retry::{RetryIf, strategy::{ExponentialBackoff, jitter}};
            async fn call() -> Result<u64, Error> {
                let policy = ExponentialBackoff::from_millis(2)
                    .factor(50)
                    .max_delay(Duration::from_secs(10))
                    .map(jitter)
                    .take(4);
                RetryIf::start(policy, ask, Error::is_transient).await
            }",
        ),
        user(
            "tokio-retry2",
            "tokio-retry2 = { version = \"0.9\", features = [\"jitter\"] }",
            r"
            use tokio_retry2::{Retry, RetryError};
            use tokio_retry2::strategy::{ExponentialFactorBackoff, jitter_with_bounds};
            async fn call() -> Result<u64, Error> {
                let policy = ExponentialFactorBackoff::from_millis(100, 2.0)
                    .max_delay(Duration::from_secs(10))
                    .map(jitter_with_bounds(0.0, 1.0))
                    .take(4);
                let call = || async {
                    ask().await.map_err(|error| match error.is_transient() {
                        true => RetryError::transient(error),
                        false => RetryError::permanent(error),
                    })
                };
                Retry::spawn(policy, call).await
            }",
        ),
        user(
            "tryhard",
            "tryhard = \"0.5\"",
            r"
            async fn call() -> Result<u64, Error> {
                tryhard::retry_fn(ask)
                    .retries(4)
                    .exponential_backoff(Duration::from_millis(100))
                    .max_delay(Duration::from_secs(10))
                    .await
            }",
        ),
        user("retry", "retry = \"2.2\"", ""),
        user(
            "backoff",
            "backoff = { version = \"0.4\", features = [\"tokio\"] }",
            r"
            async fn call() -> Result<u64, Error> {
                let policy = backoff::ExponentialBackoffBuilder::new()
                    .with_initial_interval(Duration::from_millis(50))
                    .with_max_interval(Duration::from_secs(5))
                    .with_multiplier(2.0)
                    .with_randomization_factor(1.0)
                    .build();
                let call = || async {
                    ask().await.map_err(|error| match error.is_transient() {
                        true => backoff::Error::transient(error),
                        false => backoff::Error::permanent(error),
                    })
                };
                backoff::future::retry(policy, call).await
            }",
        ),
        user(
            "relentless",
            "relentless = { version = \"0.18\", features = [\"tokio-clock\"] }",
            r"
            use relentless::{Wait, clock::TokioClock, predicate, retry_async, stop, wait};
            async fn call() -> Result<u64, Error> {
                let wait = wait::exponential(Duration::from_millis(100)).full_jitter();
                let outcome = retry_async(|_| ask())
                    .when(predicate::error(Error::is_transient))
                    .wait(wait.cap(Duration::from_secs(10)))
                    .stop(stop::attempts(5))
                    .clock(TokioClock::default())
                    .call()
                    .await;
                outcome.map_err(|_| Error(0))
            }",
        ),
        user(
            "tower",
            "tower = { version = \"0.5\", features = [\"retry\", \"util\"] }",
            r"
            use tower::retry::backoff::{Backoff, ExponentialBackoff, ExponentialBackoffMaker, MakeBackoff};
            use tower::{ServiceExt, retry::{Policy, Retry}, service_fn, util::rng::HasherRng};
            #[derive(Clone)]
            struct Transient(u32, ExponentialBackoff);
            impl Policy<(), u64, Error> for Transient {
                type Future = <ExponentialBackoff as Backoff>::Future;
                fn retry(&mut self, _: &mut (), outcome: &mut Result<u64, Error>) -> Option<Self::Future> {
                    match outcome {
                        Err(error) if error.is_transient() => {
                            self.0 = self.0.checked_sub(1)?;
                            Some(self.1.next_backoff())
                        }
                        _ => None,
                    }
                }
                fn clone_request(&mut self, _: &()) -> Option<()> { Some(()) }
            }
            async fn call() -> Result<u64, Error> {
                let (first, longest) = (Duration::from_millis(100), Duration::from_secs(10));
                let maker = ExponentialBackoffMaker::new(first, longest, 1.0, HasherRng::default());
                let policy = Transient(4, maker.unwrap().make_backoff());
                Retry::new(policy, service_fn(|()| ask())).oneshot(()).await
            }",
        ),
    ]
}

pub fn print() {
    let title = "For a user who takes only this crate";
    let columns = ["crates", "CPU seconds to build", "bytes added to a program"];
    let mut table = Table::new(title, columns);
    let mut bare = None;
    for user in users() {
        let alone = Project::new(user.name, &user.dependency, "fn main() {}");
        let (crates, seconds) = if user.dependency.is_empty() {
            (0, 0.0)
        } else {
            let seconds = median(3, || {
                alone.cargo(&["clean", "--quiet"]);
                alone.build_seconds()
            });
            (alone.crates(), seconds)
        };
        let bytes = (!user.call.is_empty()).then(|| {
            let dependencies = format!("{TOKIO}\n{}", user.dependency);
            let source = format!("{PROGRAM}\n{}", user.call);
            Project::new(&format!("{} program", user.name), &dependencies, &source).bytes()
        });
        let floor = *bare.get_or_insert(bytes.unwrap_or(0));
        let added = bytes.map(|bytes| (bytes as i64 - floor as i64).to_string());
        let cells = [
            crates.to_string(),
            format!("{seconds:.2}"),
            added.unwrap_or_else(|| "–".to_owned()),
        ];
        table.row(user.name, cells);
    }
    table.print();
}
