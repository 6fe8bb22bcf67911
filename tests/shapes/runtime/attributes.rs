//! `#[retry]` beside the attributes of tokio and tracing.

use crate::common::{Refused, Tries, block_on};
use persevere::retry;

#[tokio::test]
#[retry(wait = none())]
async fn below_a_tokio_test() -> Result<(), Refused> {
    static TRIES: Tries = Tries::new();
    TRIES.third_later().await.map(|n| assert_eq!(n, 3))
}

#[retry(wait = none())]
#[tokio::test]
async fn above_a_tokio_test() -> Result<(), Refused> {
    static TRIES: Tries = Tries::new();
    TRIES.third_later().await.map(|n| assert_eq!(n, 3))
}

#[retry(wait = 1h)]
#[tokio::test(start_paused = true)]
async fn above_a_paused_tokio_test() -> Result<(), Refused> {
    static TRIES: Tries = Tries::new();
    TRIES.third_later().await.map(|n| assert_eq!(n, 3))
}

#[retry(wait = none())]
#[test]
fn above_a_test() -> Result<(), Refused> {
    static TRIES: Tries = Tries::new();
    TRIES.third().map(|n| assert_eq!(n, 3))
}

#[test]
#[retry(wait = none())]
fn below_a_test() -> Result<(), Refused> {
    static TRIES: Tries = Tries::new();
    TRIES.third().map(|n| assert_eq!(n, 3))
}

#[retry(wait = 1ns)]
#[tokio::main(flavor = "current_thread")]
async fn main_of_tokio() -> Result<u32, Refused> {
    static TRIES: Tries = Tries::new();
    TRIES.third_later().await
}

#[test]
fn above_tokio_main() {
    assert_eq!(main_of_tokio(), Ok(3));
}

#[allow(clippy::all, unused)]
#[retry(wait = none())]
#[expect(unused_variables)]
fn lint_levels(tries: &Tries) -> Result<u32, Refused> {
    let unused = ();
    tries.third()
}

#[test]
fn among_lint_levels() {
    assert_eq!(lint_levels(&Tries::new()), Ok(3));
}

#[retry(wait = none())]
#[tracing::instrument(skip_all)]
fn instrumented(tries: &Tries, n: u32) -> Result<u32, Refused> {
    tries.third().map(|m| n + m)
}

#[retry(wait = none(), before_sleep = |_| { seen.next(); })]
#[tracing::instrument(skip(tries), fields(limit = 3))]
async fn instrumented_later(tries: &Tries, seen: &Tries, mut_free: u32) -> Result<u32, Refused> {
    let n = tries.third_later().await?;
    Ok(n + mut_free)
}

#[tracing::instrument]
async fn inner(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

struct Client {
    tries: Tries,
    seen: u32,
}

impl Client {
    #[retry(wait = none(), when = err(|e| e.0 < self.seen + 3))]
    #[tracing::instrument(skip(self), err)]
    async fn unique(&mut self, log: &mut Vec<u32>) -> Result<u32, Refused> {
        self.seen += 1;
        log.push(self.seen);
        inner(&self.tries).await
    }

    #[tracing::instrument(skip(self))]
    async fn calls_retried(&mut self) -> Result<u32, Refused> {
        self.unique(&mut Vec::new()).await
    }
}

#[test]
fn above_instrument() {
    let tries = Tries::new();
    assert_eq!(instrumented(&tries, 1), Ok(4));
    assert_eq!(tries.made(), 3);
    let seen = Tries::new();
    assert_eq!(block_on(instrumented_later(&Tries::new(), &seen, 1)), Ok(4));
    assert_eq!(seen.made(), 2);
    let mut log = Vec::new();
    let mut it = Client {
        tries: Tries::new(),
        seen: 0,
    };
    assert_eq!(block_on(it.unique(&mut log)), Ok(3));
    assert_eq!(log, [1, 2, 3]);
    assert_eq!(block_on(it.calls_retried()), Ok(4));
}
