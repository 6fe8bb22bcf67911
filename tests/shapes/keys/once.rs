//! `#[guard]`: functions that are tried once, in every shape, with every key that the attribute has.

use crate::common::{Refused, Tries, block_on, no_timer};
use persevere::{
    Bulkhead, CircuitBreaker, GiveUp, Interrupt, Policy, RateLimiter, RetryBudget, RetryPolicy,
    RetryState, RetryStats, StopReason, guard, retry, stop, wait,
};
use std::cell::Cell;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

static CLOSED: CircuitBreaker = CircuitBreaker::new("closed").consecutive(1_000_000);
static AMPLE_LIMIT: RateLimiter = RateLimiter::new("ample")
    .rate(1000, Duration::from_secs(1))
    .burst(1000);
static ROOM: Bulkhead = Bulkhead::new("room", 1000);
static AMPLE: RetryBudget = RetryBudget::tokens(100_000);

const CUT: Refused = Refused(98);

/// A timer that never fires.
async fn stuck(_: Duration) {
    std::future::pending().await
}

fn open() -> CircuitBreaker {
    let breaker = CircuitBreaker::new("open");
    breaker.force_open();
    breaker
}

fn cached<E>(give_up: GiveUp<Result<u32, E>>) -> Result<u32, E> {
    assert_eq!(give_up.attempts(), 1);
    Ok(7)
}

mod free {
    use super::*;

    #[guard(deadline = 1h)]
    fn deadline(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(tries.next()))
    }

    #[guard(breaker = &CLOSED)]
    fn breaker(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(tries.next()))
    }

    #[guard(breaker = wait_for(CLOSED.failures(err(|e| e.0 > 1))), deadline = 1h)]
    fn patient(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(tries.next()))
    }

    #[guard(rate_limiter = &AMPLE_LIMIT, bulkhead = &ROOM)]
    fn limited(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(tries.next()))
    }

    #[guard(name = "nothing else")]
    fn plain(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(tries.next()))
    }

    #[guard(when = never(), fallback = cached)]
    fn never(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(tries.next()))
    }

    #[guard(unless = Err(Refused(1)), fallback = cached)]
    fn unless(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(tries.next()))
    }

    #[guard(on = Err(e) if e.0 > 1, attempt = at, fallback = cached)]
    fn on(tries: &Tries) -> Result<u32, Refused> {
        assert_eq!((at.number(), at.remaining()), (1, None));
        Err(Refused(tries.next()))
    }

    #[test]
    fn each_key_makes_one_attempt_and_leaves_its_error_as_it_is() {
        for of in [
            deadline, breaker, patient, limited, plain, never, unless, on,
        ] {
            let tries = Tries::new();
            assert_eq!(of(&tries), Err(Refused(1)));
            assert_eq!(tries.made(), 1);
        }
    }

    #[guard(
        deadline = end,
        breaker = breaker,
        interrupt = |i| match i {
            Interrupt::Deadline => Err(Refused(n)),
            _ => Err(CUT),
        },
        before = |_| seen.set(seen.get() + 1),
        after = |state: &RetryState<'_, Result<u32, Refused>>| assert!(state.verdict().is_some()),
        on_failure = |state| reason.set(state.reason()),
        on_success = |_| reason.set(None),
        once(id = 40 + n),
    )]
    fn all(
        tries: &Tries,
        (end, breaker): (Option<Instant>, &CircuitBreaker),
        n: u32,
        seen: &Cell<u32>,
        reason: &Cell<Option<StopReason>>,
    ) -> Result<u32, Refused> {
        if tries.next() == 1 {
            Err(Refused(0))
        } else {
            Ok(id)
        }
    }

    #[test]
    fn all_keys_together() {
        let (tries, seen, reason) = (Tries::new(), Cell::new(0), Cell::new(None));
        let open = open();
        let call = |end, breaker| all(&tries, (end, breaker), 2, &seen, &reason);
        assert_eq!(call(Some(Instant::now()), &CLOSED), Err(Refused(2)));
        assert_eq!((seen.get(), reason.get()), (0, Some(StopReason::Deadline)));
        assert_eq!(call(None, &open), Err(CUT));
        assert_eq!(
            (seen.get(), reason.get()),
            (0, Some(StopReason::CircuitOpen))
        );
        assert_eq!(call(None, &CLOSED), Err(Refused(0)));
        assert_eq!((seen.get(), reason.get()), (1, Some(StopReason::Attempts)));
        assert_eq!(call(None, &CLOSED), Ok(42));
        assert_eq!((seen.get(), reason.get()), (2, None));
    }
}

mod free_async {
    use super::*;

    #[guard(deadline = 1h, sleep = stuck)]
    async fn deadline(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(tries.next()))
    }

    #[guard(attempt_timeout = 1h, sleep = stuck)]
    async fn attempt_timeout(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(tries.next()))
    }

    #[guard(rate_limiter = &AMPLE_LIMIT, bulkhead = &ROOM, breaker = &CLOSED, deadline = 1h, sleep = stuck)]
    async fn limited(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(tries.next()))
    }

    #[guard(breaker = &CLOSED)]
    async fn breaker(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(tries.next()))
    }

    #[guard(hedge = delay(1h).copies(3), when = never(), budget = &AMPLE, sleep = stuck)]
    async fn hedge(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(tries.next()))
    }

    #[guard(
        deadline = 1h,
        breaker = wait_for(&CLOSED),
        hedge = delay(1h),
        attempt_timeout = 1min,
        attempt = at,
        when = err(|e| e.0 > 1),
        sleep = stuck,
        fallback = cached
    )]
    async fn all(tries: &Tries) -> Result<u32, Refused> {
        assert_eq!(at.number(), 1);
        Err(Refused(tries.next()))
    }

    /// The timer fires at once, and the attempt is never ready.
    #[guard(attempt_timeout = 1s, sleep = no_timer, interrupt = |_| Err(CUT))]
    async fn cut(tries: &Tries) -> Result<u32, Refused> {
        tries.next();
        std::future::pending().await
    }

    #[test]
    fn each_key_makes_one_attempt_and_leaves_its_error_as_it_is() {
        macro_rules! each {
            ($($of:ident)+) => {$({
                let tries = Tries::new();
                assert_eq!(block_on($of(&tries)), Err(Refused(1)));
                assert_eq!(tries.made(), 1);
            })+};
        }
        each! { deadline attempt_timeout limited breaker hedge all }
        let tries = Tries::new();
        assert_eq!(block_on(cut(&tries)), Err(CUT));
        assert_eq!(tries.made(), 1);
    }

    /// Each copy of a hedge has its own body, and the first success wins.
    #[guard(hedge = delay(1h), sleep = stuck, clone(body))]
    async fn copied(tries: &Tries, body: Vec<u32>) -> Result<usize, Refused> {
        let owned = body.into_boxed_slice();
        match tries.next() {
            1 => Err(Refused(1)),
            _ => Ok(owned.len()),
        }
    }

    #[test]
    fn a_copy_that_fails_starts_the_next() {
        let tries = Tries::new();
        assert_eq!(block_on(copied(&tries, vec![1, 2, 3])), Ok(3));
        assert_eq!(tries.made(), 2);
    }

    #[test]
    fn a_guarded_future_can_be_sent() {
        fn sent<F: Future + Send>(future: F) -> F {
            future
        }
        assert_eq!(block_on(sent(deadline(&Tries::new()))), Err(Refused(1)));
        assert_eq!(block_on(sent(breaker(&Tries::new()))), Err(Refused(1)));
        assert_eq!(block_on(sent(later(1))), Ok(2));
    }

    #[guard(deadline = 1h, sleep = stuck)]
    fn later<'a>(n: u32) -> Pin<Box<dyn Future<Output = Result<u32, Refused>> + Send + 'a>> {
        let n = n + 1;
        Box::pin(async move { Ok(n) })
    }
}

mod methods {
    use super::*;

    struct Client {
        tries: Tries,
        limit: Duration,
        breaker: CircuitBreaker,
        bytes: Vec<u8>,
    }

    trait Fetch {
        fn fetch(&self) -> Result<u32, Refused>;

        fn tries(&self) -> &Tries;

        #[guard(deadline = 1h, breaker = &CLOSED)]
        fn provided(&self) -> Result<u32, Refused> {
            Err(Refused(self.tries().next()))
        }
    }

    impl Fetch for Client {
        #[guard(deadline = self.limit, breaker = &self.breaker)]
        fn fetch(&self) -> Result<u32, Refused> {
            Err(Refused(self.tries.next()))
        }

        fn tries(&self) -> &Tries {
            &self.tries
        }
    }

    impl Client {
        /// The one attempt moves what it is given, and `self` too.
        #[guard(breaker = &CLOSED)]
        fn into_bytes(mut self, mut more: Vec<u8>) -> Result<Vec<u8>, Refused> {
            self.bytes.append(&mut more);
            Ok(self.bytes)
        }

        #[guard(deadline = self.limit, sleep = stuck, interrupt = |_| Err(CUT))]
        async fn lend(&mut self, more: String) -> Result<&mut Vec<u8>, Refused> {
            self.bytes.extend(more.into_bytes());
            Ok(&mut self.bytes)
        }

        /// A fallback may borrow what the body borrows.
        #[guard(deadline = 1h, fallback = |_| { self.bytes.clear(); Ok(0) })]
        fn unique(&mut self) -> Result<usize, Refused> {
            self.bytes.push(9);
            Err(Refused(1))
        }

        #[guard(breaker = &self.breaker)]
        fn counted(self: Arc<Self>) -> Result<usize, Refused> {
            Ok(self.bytes.len())
        }

        #[guard(fallback = [|_| self.tries.third(), |_| self.tries.third(), |_| self.tries.third()])]
        fn chained(&self) -> Result<u32, Refused> {
            Err(Refused(0))
        }
    }

    fn client() -> Client {
        Client {
            tries: Tries::new(),
            limit: Duration::from_secs(3600),
            breaker: CircuitBreaker::new("client"),
            bytes: vec![1],
        }
    }

    #[guard(deadline = 1h)]
    fn generic<T: Debug, const N: usize>(of: Vec<T>) -> Option<impl Debug> {
        of.into_iter().nth(N - 1)
    }

    #[test]
    fn methods_and_generics() {
        let mut of = client();
        assert_eq!(
            (of.fetch(), of.provided()),
            (Err(Refused(1)), Err(Refused(2)))
        );
        assert_eq!(block_on(of.lend("a".to_owned())).unwrap().len(), 2);
        assert_eq!((of.unique(), of.bytes.len()), (Ok(0), 0));
        assert_eq!(of.into_bytes(vec![4]).unwrap(), [4]);
        assert_eq!(Arc::new(client()).counted(), Ok(1));
        assert_eq!(client().chained(), Ok(3));
        assert_eq!(
            format!("{:?}", generic::<_, 2>(vec!["a", "b"])),
            "Some(\"b\")"
        );
    }
}

mod fallbacks {
    use super::*;

    #[guard(fallback = [|_| tries.third(), |_| tries.third(), |_| tries.third(), |_| tries.third()])]
    fn chain(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(0))
    }

    #[guard(fallback = [async |_| tries.third_later().await, |give_up| give_up.into_outcome(), cached, never_asked])]
    async fn mixed(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(0))
    }

    fn never_asked(_: GiveUp<Result<u32, Refused>>) -> Result<u32, Refused> {
        panic!("the one before made a result")
    }

    /// An outcome that is no failure ends the chain as well as the call.
    #[guard(unless = Err(Refused(2)), fallback = [|_| Err(Refused(1)), |_| Err(Refused(2)), never_asked])]
    fn answered() -> Result<u32, Refused> {
        Err(Refused(0))
    }

    #[guard(deadline = 1h, fallback = [|_| Err(Refused(1)), |give_up| give_up.into_outcome()])]
    fn hopeless() -> Result<u32, Refused> {
        Err(Refused(0))
    }

    #[retry(wait = none(), fallback = [within(1s, |_| tries.third()), |_| tries.third()], deadline = 1h)]
    fn retried(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(0))
    }

    /// An outcome that is judged as a whole.
    #[guard(when = outcome(|n| *n < 2), fallback = [|_| 1, |give_up| give_up.into_outcome() + 3, |_| 9])]
    fn whole() -> u32 {
        0
    }

    #[test]
    fn each_is_tried_while_the_outcome_is_a_failure() {
        let tries = Tries::new();
        assert_eq!((chain(&tries), tries.made()), (Ok(3), 3));
        assert_eq!(block_on(mixed(&Tries::new())), Ok(7));
        assert_eq!(answered(), Err(Refused(2)));
        assert_eq!(hopeless(), Err(Refused(1)));
        let tries = Tries::new();
        assert_eq!((retried(&tries), tries.made()), (Err(Refused(2)), 2));
        assert_eq!(whole(), 4);
    }
}

mod clones {
    use super::*;

    /// The attempt moves a clone, and the fallback the argument.
    #[guard(clone(body), fallback = |_| Ok(body))]
    fn kept(mut body: Vec<u8>, more: &mut Vec<u8>) -> Result<Vec<u8>, Vec<u8>> {
        body.append(more);
        Err(body)
    }

    #[guard(clone(body), on_failure = |_| assert_eq!(body, "a"), deadline = 1h, sleep = stuck, interrupt = |_| Err(String::new()))]
    async fn seen(body: String, mut log: Vec<String>) -> Result<Vec<String>, String> {
        log.push(body);
        Err(log.concat())
    }

    #[test]
    fn what_an_attempt_moves_another_key_still_has() {
        let mut more = vec![2];
        assert_eq!(kept(vec![1], &mut more), Ok(vec![1]));
        assert!(more.is_empty());
        let log = vec!["b".to_owned()];
        assert_eq!(block_on(seen("a".to_owned(), log)), Err("ba".to_owned()));
    }
}

mod shared {
    use super::*;

    static STATS: RetryStats = RetryStats::new();

    fn net<T>() -> impl Policy<Result<T, Refused>> {
        RetryPolicy::new()
            .stop(stop::after_attempt(5))
            .wait(wait::none())
            .deadline(Duration::from_secs(3600))
            .interrupt(|_| Err(CUT))
    }

    #[guard(policy = net(), stats = &STATS)]
    fn by_policy(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(tries.next()))
    }

    #[guard(policy = net(), breaker = &CLOSED, fallback = cached, sleep = stuck)]
    async fn by_policy_later(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(tries.next()))
    }

    persevere::policy! {
        set: stop = after_attempt(5), wait = none(), budget = &AMPLE, breaker = &CLOSED, on = Err(Refused(2..)),
            case(Err(Refused(9)), stop = after_attempt(8)), fallback = cached
    }

    #[guard(use = set)]
    fn by_set(n: u32) -> Result<u32, Refused> {
        Err(Refused(n))
    }

    #[guard(use = set, on = Err(Refused(1)))]
    async fn by_set_later(n: u32) -> Result<u32, Refused> {
        Err(Refused(n))
    }

    #[test]
    fn what_they_say_about_retries_does_not_apply() {
        let tries = Tries::new();
        assert_eq!((by_policy(&tries), tries.made()), (Err(Refused(1)), 1));
        assert_eq!((STATS.calls(), STATS.retries()), (1, 0));
        assert_eq!(STATS.failures(StopReason::Attempts), 1);
        assert_eq!(block_on(by_policy_later(&tries)), Ok(7));
        assert_eq!((by_set(1), by_set(2)), (Err(Refused(1)), Ok(7)));
        assert_eq!(block_on(by_set_later(1)), Ok(7));
        assert_eq!(block_on(by_set_later(2)), Err(Refused(2)));
    }
}
