//! The keys of limits that calls share, in blocking and in async functions, alone and with other guards.

use crate::common::{Refused, Tries, block_on, no_timer};
use persevere::rate_limiter::FailFast;
use persevere::{
    Bulkhead, CancelToken, CircuitBreaker, Interrupt, RateLimiter, RetryBudget, RetryPolicy, retry,
};
use std::sync::Arc;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

static AMPLE: RateLimiter = RateLimiter::new("ample")
    .rate(1_000_000, HOUR)
    .burst(1_000_000);
static ROOMY: Bulkhead = Bulkhead::new("roomy", 1000);
static CLOSED: CircuitBreaker = CircuitBreaker::new("closed").consecutive(1_000_000);
static BUDGET: RetryBudget = RetryBudget::tokens(100_000);
static TOKEN: CancelToken = CancelToken::new();

fn spent() -> RateLimiter {
    let limiter = RateLimiter::new("spent").rate(1, HOUR).burst(1);
    assert!(limiter.try_acquire().is_ok());
    limiter
}

fn limited(i: Interrupt) -> Result<u32, Refused> {
    Err(Refused(match i {
        Interrupt::RateLimited { .. } => 90,
        Interrupt::BulkheadFull => 91,
        _ => 92,
    }))
}

mod blocking {
    use super::*;

    #[retry(wait = none(), rate_limiter = &AMPLE, interrupt = limited)]
    fn permit(tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    #[retry(wait = none(), bulkhead = &ROOMY, interrupt = limited)]
    fn place(tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    #[retry(
        stop = after_attempt(5) | cancelled(&TOKEN),
        wait = none(),
        deadline = 1h,
        rate_limiter = fail_fast(&AMPLE),
        breaker = wait_for(&CLOSED),
        bulkhead = &ROOMY,
        budget = &BUDGET,
        nested = share(),
        interrupt = limited
    )]
    fn all(tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    #[retry(policy = RetryPolicy::new().rate_limiter(&AMPLE), wait = none(), bulkhead = &ROOMY, interrupt = limited)]
    fn beside_a_policy(tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    #[retry(wait = none(), rate_limiter = fail_fast(limiter), interrupt = limited)]
    fn refused(limiter: &RateLimiter, tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    /// A word can be the user's own name.
    #[retry(wait = none(), rate_limiter = fail_fast, interrupt = limited)]
    fn own_name(fail_fast: &FailFast<Arc<RateLimiter>>, tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    #[retry(wait = none(), bulkhead = Arc::clone(&bulkhead), interrupt = limited)]
    fn full(bulkhead: Arc<Bulkhead>, tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    /// So can the name of a user's function.
    mod of_a_function {
        use super::*;

        fn rate(_host: &str) -> &'static RateLimiter {
            &AMPLE
        }

        fn places(_host: &str) -> &'static Bulkhead {
            &ROOMY
        }

        #[retry(wait = none(), rate_limiter = rate(host), bulkhead = places(host), interrupt = limited)]
        pub(super) fn call(host: &str, tries: &Tries) -> Result<u32, Refused> {
            tries.third()
        }
    }

    #[test]
    fn each_key() {
        assert_eq!(of_a_function::call("a", &Tries::new()), Ok(3));
        for of in [permit, place, all, beside_a_policy] {
            let tries = Tries::new();
            assert_eq!(of(&tries), Ok(3));
            assert_eq!(tries.made(), 3);
        }
        let tries = Tries::new();
        assert_eq!(refused(&spent(), &tries), Err(Refused(90)));
        let fails_fast = persevere::rate_limiter::fail_fast(Arc::new(spent()));
        assert_eq!(own_name(&fails_fast, &tries), Err(Refused(90)));
        let bulkhead = Arc::new(Bulkhead::new("full", 1).queue(0));
        let place = bulkhead.try_enter().unwrap();
        assert_eq!(full(Arc::clone(&bulkhead), &tries), Err(Refused(91)));
        drop(place);
        assert_eq!(tries.made(), 0);
        assert_eq!(full(bulkhead, &tries), Ok(3));
    }
}

/// A place is kept during an attempt alone.
mod pauses {
    use super::*;

    static LAST: Bulkhead = Bulkhead::new("last", 1).queue(0);

    fn is_free(_: Duration) {
        assert_eq!(LAST.in_use(), 0);
    }

    #[retry(bulkhead = &LAST, sleep = is_free, interrupt = limited)]
    fn blocking(tries: &Tries) -> Result<u32, Refused> {
        assert_eq!(LAST.in_use(), 1);
        tries.third()
    }

    #[retry(bulkhead = &LAST, sleep = |pause| async move { is_free(pause) }, interrupt = limited)]
    async fn later(tries: &Tries) -> Result<u32, Refused> {
        assert_eq!(LAST.in_use(), 1);
        tries.third_later().await
    }

    #[test]
    fn no_place_is_kept_in_a_pause() {
        assert_eq!(blocking(&Tries::new()), Ok(3));
        assert_eq!(block_on(later(&Tries::new())), Ok(3));
        assert_eq!((LAST.in_use(), LAST.entered()), (0, 6));
    }
}

/// A call that ends in line leaves it before its fallback runs.
mod lines {
    use super::*;
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    static ONLY: Bulkhead = Bulkhead::new("only", 1);
    static GOES: CancelToken = CancelToken::new();

    fn is_free() -> Result<u32, Refused> {
        assert_eq!((ONLY.in_use(), ONLY.in_line()), (0, 0));
        Ok(7)
    }

    #[retry(
        stop = after_attempt(3) | cancelled(&GOES),
        bulkhead = &ONLY,
        sleep = no_timer,
        interrupt = limited,
        fallback = |_| is_free()
    )]
    async fn cancelled(tries: &Tries) -> Result<u32, Refused> {
        tries.third_later().await
    }

    #[retry(bulkhead = &ONLY, deadline = 20ms, sleep = no_timer, interrupt = limited, fallback = |_| is_free())]
    async fn late(tries: &Tries) -> Result<u32, Refused> {
        tries.third_later().await
    }

    fn ends(call: impl Future<Output = Result<u32, Refused>>, end: impl FnOnce()) {
        let place = ONLY.try_enter().unwrap();
        let mut call = pin!(call);
        let mut cx = Context::from_waker(Waker::noop());
        assert!(call.as_mut().poll(&mut cx).is_pending());
        assert_eq!(ONLY.in_line(), 1);
        end();
        // The call in line is given the place.
        drop(place);
        assert_eq!(call.as_mut().poll(&mut cx), Poll::Ready(Ok(7)));
    }

    #[test]
    fn a_call_that_ends_in_line_leaves_it_before_its_fallback() {
        ends(cancelled(&Tries::new()), || GOES.cancel());
        ends(late(&Tries::new()), || {
            std::thread::sleep(Duration::from_millis(30))
        });
    }
}

mod asynchronous {
    use super::*;

    struct Client {
        limiter: Arc<RateLimiter>,
        bulkhead: Bulkhead,
    }

    impl Client {
        #[retry(
            wait = none(),
            rate_limiter = &self.limiter,
            bulkhead = &self.bulkhead,
            sleep = no_timer,
            interrupt = limited
        )]
        async fn get(&self, tries: &Tries) -> Result<u32, Refused> {
            tries.third_later().await
        }

        #[retry(
            stop = after_attempt(5) | cancelled(&TOKEN).abort_attempt(),
            wait = none(),
            deadline = 1h,
            attempt_timeout = 1min,
            rate_limiter = fail_fast(&self.limiter),
            breaker = &CLOSED,
            bulkhead = &self.bulkhead,
            budget = &BUDGET,
            hedge = delay(1h).copies(2),
            sleep = |_: Duration| std::future::pending(),
            interrupt = limited
        )]
        async fn all(&self, tries: &Tries) -> Result<u32, Refused> {
            tries.third_later().await
        }
    }

    #[test]
    fn each_key() {
        let client = Client {
            limiter: Arc::new(RateLimiter::new("api").rate(1, HOUR).burst(7)),
            bulkhead: Bulkhead::new("api", 1).queue(0),
        };
        assert_eq!(block_on(client.get(&Tries::new())), Ok(3));
        assert_eq!(block_on(client.all(&Tries::new())), Ok(3));
        let place = client.bulkhead.try_enter().unwrap();
        assert_eq!(block_on(client.all(&Tries::new())), Err(Refused(91)));
        drop(place);
        // The seventh permit goes to its first attempt, and none is left for the second.
        assert_eq!(block_on(client.all(&Tries::new())), Err(Refused(1)));
        assert_eq!(block_on(client.all(&Tries::new())), Err(Refused(90)));
    }
}
