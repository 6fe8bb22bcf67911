//! The keys that guard a call: in every shape of function, and together with every other key.

use crate::common::{Refused, Tries, block_on, no_timer};
use persevere::nested::Nested;
use persevere::{
    CircuitBreaker, GiveUp, Interrupt, Policy, RetryBudget, RetryError, RetryPolicy, RetryState,
    RetryStats, StopReason, retry, stop, wait,
};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The outcome of an interrupt here.
const CUT: Refused = Refused(99);

impl From<Interrupt> for Refused {
    fn from(_: Interrupt) -> Self {
        CUT
    }
}

/// A timer that never fires.
async fn stuck(_: Duration) {
    std::future::pending().await
}

fn open() -> CircuitBreaker {
    let breaker = CircuitBreaker::new("open");
    breaker.force_open();
    breaker
}

static CLOSED: CircuitBreaker = CircuitBreaker::new("closed").consecutive(1_000_000);
static AMPLE: RetryBudget = RetryBudget::tokens(100_000);

mod free {
    use super::*;

    #[retry(wait = none(), deadline = 1h)]
    fn deadline(tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    #[retry(wait = none(), deadline = end, interrupt = |i| { assert_eq!(i, Interrupt::Deadline); Err(Refused(n)) })]
    fn told(tries: &Tries, end: Option<Instant>, n: u32) -> Result<u32, Refused> {
        tries.third()
    }

    #[retry(wait = none(), breaker = &CLOSED)]
    fn breaker(tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    #[retry(wait = none(), breaker = wait_for(&CLOSED), deadline = 1h)]
    fn patient(tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    #[retry(wait = none(), breaker = CLOSED.failures(err(|e| e.0 > 1)).ignoring(err(|e| e.0 > 7)))]
    fn viewed(tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    #[retry(wait = none(), budget = &AMPLE)]
    fn budget(tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    #[retry(wait = none(), nested = independent())]
    fn independent(tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    #[retry(wait = none(), nested = share())]
    fn shared(tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    #[retry(wait = none(), nested = single())]
    fn single(tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    /// A word can be the user's own name.
    #[retry(wait = none(), nested = share, breaker = wait_for)]
    fn own_names(
        tries: &Tries,
        share: Nested,
        wait_for: &Arc<CircuitBreaker>,
    ) -> Result<u32, Refused> {
        tries.third()
    }

    #[retry(case(Err(Refused(1..=2)), stop = never(), wait = none(), budget = &AMPLE))]
    fn case(tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    #[retry(
        wait = none(),
        deadline = 1h,
        breaker = breaker,
        budget = budget,
        nested = share(),
        interrupt = |_| None
    )]
    fn all(tries: &Tries, breaker: &CircuitBreaker, budget: Arc<RetryBudget>) -> Option<u32> {
        tries.third().ok()
    }

    #[test]
    fn each_key() {
        for of in [
            deadline,
            breaker,
            patient,
            viewed,
            budget,
            independent,
            shared,
            single,
            case,
        ] {
            let tries = Tries::new();
            assert_eq!(of(&tries), Ok(3));
            assert_eq!(tries.made(), 3);
        }
        let past = Some(Instant::now());
        assert_eq!(told(&Tries::new(), past, 7), Err(Refused(7)));
        assert_eq!(told(&Tries::new(), None, 7), Ok(3));
        let breaker = Arc::new(open());
        assert_eq!(own_names(&Tries::new(), Nested::Share, &breaker), Err(CUT));
        let budget = Arc::new(RetryBudget::total(2));
        assert_eq!(all(&Tries::new(), &CLOSED, Arc::clone(&budget)), Some(3));
        assert_eq!(budget.available(), 0);
        assert_eq!(all(&Tries::new(), &breaker, budget), None);
    }
}

mod free_async {
    use super::*;

    #[retry(wait = none(), deadline = 1h, sleep = stuck)]
    async fn deadline(tries: &Tries) -> Result<u32, Refused> {
        tries.third_later().await
    }

    #[retry(wait = none(), attempt_timeout = 1h, sleep = stuck)]
    async fn attempt_timeout(tries: &Tries) -> Result<u32, Refused> {
        tries.third_later().await
    }

    /// The timer fires at once, and the attempt is never ready.
    #[retry(wait = none(), attempt_timeout = limit, sleep = no_timer)]
    async fn cut(tries: &Tries, limit: Duration) -> Result<u32, Refused> {
        tries.next();
        std::future::pending().await
    }

    #[retry(wait = none(), breaker = &CLOSED)]
    async fn breaker(tries: &Tries) -> Result<u32, Refused> {
        tries.third_later().await
    }

    #[retry(wait = none(), breaker = wait_for(CLOSED.ignoring(err(|e| e.0 > 7))), sleep = stuck, deadline = 1h)]
    async fn patient(tries: &Tries) -> Result<u32, Refused> {
        tries.third_later().await
    }

    #[retry(wait = none(), budget = &AMPLE)]
    async fn budget(tries: &Tries) -> Result<u32, Refused> {
        tries.third_later().await
    }

    #[retry(wait = none(), nested = independent())]
    async fn independent(tries: &Tries) -> Result<u32, Refused> {
        tries.third_later().await
    }

    #[retry(wait = none(), nested = share(), sleep = stuck)]
    async fn shared(tries: &Tries) -> Result<u32, Refused> {
        tries.third_later().await
    }

    #[retry(wait = none(), nested = single())]
    async fn single(tries: &Tries) -> Result<u32, Refused> {
        tries.third_later().await
    }

    #[retry(case(Err(Refused(1..=2)), stop = never(), wait = none(), budget = &AMPLE))]
    async fn case(tries: &Tries) -> Result<u32, Refused> {
        tries.third_later().await
    }

    #[retry(
        wait = none(),
        deadline = 1h,
        attempt_timeout = 1min,
        breaker = breaker,
        budget = budget,
        nested = share(),
        interrupt = |i| { assert!(matches!(i, Interrupt::CircuitOpen { .. })); None },
        sleep = stuck
    )]
    async fn all(tries: &Tries, breaker: &CircuitBreaker, budget: Arc<RetryBudget>) -> Option<u32> {
        tries.third_later().await.ok()
    }

    #[test]
    fn each_key() {
        macro_rules! each {
            ($($of:ident)+) => {$({
                let tries = Tries::new();
                assert_eq!(block_on($of(&tries)), Ok(3));
                assert_eq!(tries.made(), 3);
            })+};
        }
        each! { deadline attempt_timeout breaker patient budget independent shared single case }
        let tries = Tries::new();
        assert_eq!(block_on(cut(&tries, Duration::from_secs(1))), Err(CUT));
        assert_eq!(tries.made(), 3);
        let budget = Arc::new(RetryBudget::total(2));
        let done = block_on(all(&Tries::new(), &CLOSED, Arc::clone(&budget)));
        assert_eq!((done, budget.available()), (Some(3), 0));
        assert_eq!(block_on(all(&Tries::new(), &open(), budget)), None);
    }

    #[test]
    fn a_guarded_future_can_be_sent() {
        fn sent<F: Future + Send>(future: F) -> F {
            future
        }
        let budget = Arc::new(RetryBudget::total(2));
        let tries = Tries::new();
        assert_eq!(block_on(sent(all(&tries, &CLOSED, budget))), Some(3));
        assert_eq!(block_on(sent(attempt_timeout(&Tries::new()))), Ok(3));
    }
}

mod methods {
    use super::*;

    struct Client {
        tries: Tries,
        seen: u32,
        limit: Duration,
        breaker: CircuitBreaker,
        budget: RetryBudget,
    }

    fn client() -> Client {
        Client {
            tries: Tries::new(),
            seen: 0,
            limit: Duration::from_secs(3600),
            breaker: CircuitBreaker::new("client"),
            budget: RetryBudget::total(2),
        }
    }

    trait Fetch {
        fn fetch(&self) -> Result<u32, Refused>;

        fn tries(&self) -> &Tries;

        #[retry(wait = none(), deadline = 1h, breaker = &CLOSED, budget = &AMPLE)]
        fn provided(&self) -> Result<u32, Refused> {
            self.tries().third()
        }
    }

    impl Fetch for Client {
        #[retry(wait = none(), deadline = self.limit, breaker = &self.breaker, budget = &self.budget)]
        fn fetch(&self) -> Result<u32, Refused> {
            self.tries.third()
        }

        fn tries(&self) -> &Tries {
            &self.tries
        }
    }

    impl Client {
        #[retry(
            wait = none(),
            deadline = self.limit,
            breaker = self.breaker.failures(err(|e| e.0 > self.seen)),
            budget = &self.budget,
            sleep = stuck
        )]
        async fn shared(&self) -> Result<u32, Refused> {
            self.tries.third_later().await
        }

        /// The interrupt is made when it comes, and may borrow what the body borrows.
        #[retry(wait = none(), deadline = end, interrupt = |_| { self.seen += 1; Err(Refused(self.seen)) })]
        fn unique(&mut self, end: Instant) -> Result<u32, Refused> {
            self.seen += 10;
            self.tries.third()
        }

        #[retry(
            wait = none(),
            deadline = self.limit,
            attempt_timeout = self.limit,
            breaker = &CLOSED,
            budget = &AMPLE,
            interrupt = |_| { self.seen += 1; Err(CUT) },
            sleep = stuck
        )]
        async fn unique_later(&mut self, log: &mut Vec<u32>) -> Result<u32, Refused> {
            self.seen += 10;
            log.push(self.seen);
            self.tries.third_later().await
        }

        #[retry(wait = none(), breaker = &self.breaker, budget = &self.budget)]
        fn counted(self: Arc<Self>) -> Result<u32, Refused> {
            self.tries.third()
        }

        #[retry(wait = none(), deadline = 1h, breaker = &CLOSED, sleep = stuck)]
        async fn pinned(self: Pin<&mut Self>) -> Result<u32, Refused> {
            self.tries.third()
        }
    }

    #[test]
    fn with_a_receiver() {
        assert_eq!(client().fetch(), Ok(3));
        assert_eq!(client().provided(), Ok(3));
        assert_eq!(block_on(client().shared()), Ok(3));
        let mut it = client();
        let later = Instant::now() + it.limit;
        assert_eq!(it.unique(later), Ok(3));
        assert_eq!(it.unique(Instant::now()), Err(Refused(31)));
        let (mut it, mut log) = (client(), Vec::new());
        assert_eq!(block_on(it.unique_later(&mut log)), Ok(3));
        assert_eq!(log, [10, 20, 30]);
        assert_eq!(Arc::new(client()).counted(), Ok(3));
        let mut it = client();
        assert_eq!(block_on(Pin::new(&mut it).pinned()), Ok(3));
    }
}

mod types {
    use super::*;

    #[retry(wait = none(), deadline = 1h, breaker = breaker, budget = budget)]
    fn generic<T: From<u32>, E: From<Refused> + From<Interrupt>, const N: usize>(
        tries: &Tries,
        breaker: &Arc<CircuitBreaker>,
        budget: &Box<RetryBudget>,
    ) -> Result<[T; N], E> {
        let n = tries.third()?;
        Ok([(); N].map(|()| n.into()))
    }

    #[retry(wait = none(), deadline = 1h, breaker = &CLOSED, budget = &AMPLE)]
    fn impl_trait(tries: impl AsRef<Tries>) -> Result<impl Iterator<Item = u32>, Refused> {
        let n = tries.as_ref().third()?;
        Ok(0..n)
    }

    #[retry(wait = none(), deadline = 1h, breaker = &CLOSED, budget = &AMPLE, sleep = stuck)]
    async fn impl_trait_later(tries: &Tries) -> Result<impl Iterator<Item = u32>, Refused> {
        let n = tries.third_later().await?;
        Ok(0..n)
    }

    #[retry(wait = none(), deadline = 1h, attempt_timeout = 1h, breaker = &CLOSED, sleep = stuck)]
    fn future<'a>(tries: &'a Tries) -> impl Future<Output = Result<u32, Refused>> + Send + 'a {
        async move { tries.third_later().await }
    }

    #[retry(wait = none(), deadline = 1h, attempt_timeout = 1h, budget = &AMPLE, sleep = stuck)]
    fn boxed<'a>(
        tries: &'a Tries,
    ) -> Pin<Box<dyn Future<Output = Result<u32, Refused>> + Send + 'a>> {
        Box::pin(async move { tries.third_later().await })
    }

    #[retry(wait = none(), deadline = 1h, breaker = &CLOSED, budget = &AMPLE)]
    unsafe fn not_safe(tries: *const Tries) -> Result<u32, Refused> {
        let tries = unsafe { &*tries };
        tries.third()
    }

    /// A type that is judged whole has an interrupt said for it.
    #[retry(wait = none(), on = 1..=2, breaker = breaker, interrupt = |_| 99)]
    fn whole(tries: &Tries, breaker: &CircuitBreaker) -> u32 {
        tries.next()
    }

    #[retry(wait = none(), deadline = 1h, breaker = &CLOSED)]
    fn boxed_error(tries: &Tries) -> Result<u32, Box<dyn std::error::Error>> {
        Ok(tries.third()?)
    }

    struct Shared(Tries);

    impl AsRef<Tries> for Shared {
        fn as_ref(&self) -> &Tries {
            &self.0
        }
    }

    #[test]
    fn of_any_outcome() {
        let breaker = Arc::new(CircuitBreaker::new("generic"));
        let budget = Box::new(RetryBudget::total(2));
        let made = generic::<u64, Refused, 2>(&Tries::new(), &breaker, &budget);
        assert_eq!(made, Ok([3, 3]));
        assert_eq!(impl_trait(Shared(Tries::new())).unwrap().count(), 3);
        let tries = Tries::new();
        assert_eq!(block_on(impl_trait_later(&tries)).unwrap().count(), 3);
        assert_eq!(block_on(future(&Tries::new())), Ok(3));
        assert_eq!(block_on(boxed(&Tries::new())), Ok(3));
        assert_eq!(unsafe { not_safe(&Tries::new()) }, Ok(3));
        assert_eq!(whole(&Tries::new(), &CLOSED), 3);
        assert_eq!(whole(&Tries::new(), &open()), 99);
        assert_eq!(boxed_error(&Tries::new()).unwrap(), 3);
    }
}

mod together {
    use super::*;

    #[retry(wait = none(), attempt = at, deadline = 1h, breaker = &CLOSED, budget = &AMPLE)]
    fn handle(tries: &Tries) -> Result<u32, Refused> {
        assert!(at.remaining().unwrap() <= Duration::from_secs(3600));
        if at.number() == 2 {
            at.give_up();
        }
        tries.third()
    }

    #[retry(
        wait = none(),
        attempt = at,
        attempt_timeout = 1h,
        breaker = &CLOSED,
        nested = single(),
        sleep = stuck
    )]
    async fn handle_later(tries: &Tries) -> Result<u32, Refused> {
        assert!(at.remaining().is_some());
        let n = tries.third_later().await;
        at.retry_now();
        n
    }

    #[retry(wait = none(), clone(bytes), once(id = tries.next()), breaker = &CLOSED, budget = &AMPLE, deadline = 1h)]
    fn renewed(tries: &Tries, bytes: Vec<u8>) -> Result<(u32, Vec<u8>), Refused> {
        let moved = bytes;
        match tries.next() {
            4 => Ok((id, moved)),
            n => Err(Refused(n)),
        }
    }

    #[retry(wait = none(), wrap_err = true, deadline = 1h, breaker = breaker, budget = &AMPLE)]
    fn wrapped(tries: &Tries, breaker: &CircuitBreaker) -> Result<u32, RetryError<Refused>> {
        Ok(tries.third()?)
    }

    #[retry(wait = none(), wrap_err = true, attempt_timeout = 1h, budget = budget, sleep = no_timer)]
    async fn wrapped_later(budget: &RetryBudget) -> Result<u32, RetryError<Refused>> {
        std::future::pending().await
    }

    #[retry(
        wait = none(),
        deadline = 1h,
        breaker = breaker,
        fallback = |g: GiveUp<Result<u32, Refused>>| match g.reason() {
            StopReason::CircuitOpen => Ok(g.attempts()),
            _ => g.into_outcome(),
        }
    )]
    fn fallen_back(breaker: &CircuitBreaker) -> Result<u32, Refused> {
        Err(Refused(1))
    }

    #[retry(
        wait = none(),
        deadline = 1h,
        breaker = &CLOSED,
        budget = &AMPLE,
        unretried = fetch_once,
        retry_with = fetch_with,
    )]
    fn fetch(tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    #[retry(
        wait = none(),
        deadline = 1h,
        attempt_timeout = 1h,
        breaker = breaker,
        nested = share(),
        sleep = stuck,
        unretried = fetch_later_once,
        retry_with = fetch_later_with
    )]
    async fn fetch_later(tries: &Tries, breaker: &CircuitBreaker) -> Result<u32, Refused> {
        let _ = breaker;
        tries.third_later().await
    }

    #[retry(enabled = on, wait = none(), breaker = &CLOSED, budget = &AMPLE)]
    fn enabled(tries: &Tries, on: bool) -> Result<u32, Refused> {
        tries.third()
    }

    #[retry(reset_after = 1h, wait = none(), breaker = &CLOSED, budget = &AMPLE, name = "guarded")]
    fn reset(tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    #[test]
    fn bindings() {
        assert_eq!(handle(&Tries::new()), Err(Refused(2)));
        assert_eq!(block_on(handle_later(&Tries::new())), Ok(3));
        assert_eq!(renewed(&Tries::new(), vec![7]), Ok((1, vec![7])));
        assert!(matches!(wrapped(&Tries::new(), &CLOSED), Ok(3)));
        let error = wrapped(&Tries::new(), &open()).unwrap_err();
        assert_eq!(
            (error.reason(), error.attempts(), error.into_last()),
            (StopReason::CircuitOpen, 0, Some(CUT))
        );
        let error = block_on(wrapped_later(&RetryBudget::total(1))).unwrap_err();
        assert_eq!((error.reason(), error.attempts()), (StopReason::Budget, 2));
        assert_eq!(fallen_back(&CLOSED), Err(Refused(1)));
        assert_eq!(fallen_back(&open()), Ok(0));
        assert_eq!(enabled(&Tries::new(), false), Err(Refused(1)));
        assert_eq!(enabled(&Tries::new(), true), Ok(3));
        assert_eq!(reset(&Tries::new()), Ok(3));
    }

    #[test]
    fn the_functions_beside() {
        let twice = RetryPolicy::new()
            .stop(stop::after_attempt(2))
            .wait(wait::none());
        let tries = Tries::new();
        assert_eq!(fetch(&tries), Ok(3));
        assert_eq!(fetch_once(&Tries::new()), Err(Refused(1)));
        assert_eq!(fetch_with(&twice, &Tries::new()), Err(Refused(2)));
        assert_eq!(block_on(fetch_later(&tries, &CLOSED)), Ok(4));
        let once = fetch_later_once(&tries, &CLOSED);
        assert_eq!(block_on(once), Ok(5));
        let guarded = fetch_later_with(&twice, &tries, &CLOSED);
        assert_eq!(block_on(guarded), Ok(6));
        // The other keys stay.
        assert_eq!(
            block_on(fetch_later_with(&twice, &tries, &open())),
            Err(CUT)
        );
    }
}

mod policies {
    use super::*;

    fn plain<T, E>() -> impl Policy<Result<T, E>> {
        RetryPolicy::new().wait(wait::none())
    }

    fn guarded(budget: &RetryBudget) -> impl Policy<Result<u32, Refused>> + '_ {
        RetryPolicy::new()
            .wait(wait::none())
            .deadline(Duration::from_secs(3600))
            .breaker(&CLOSED)
            .budget(budget)
    }

    macro_rules! beside_a_policy {
        ($($name:ident $policy:expr; [$($key:tt)*])+) => {$(
            #[retry(policy = $policy, $($key)*)]
            fn $name(tries: &Tries) -> Result<u32, Refused> {
                tries.third()
            }
        )+
            #[test]
            fn each_key_beside_a_policy() {
                $(
                    let tries = Tries::new();
                    assert_eq!($name(&tries), Ok(3), stringify!($name));
                    assert_eq!(tries.made(), 3);
                )+
            }
        };
    }

    beside_a_policy! {
        deadline plain(); [deadline = 1h]
        breaker plain(); [breaker = &CLOSED]
        budget plain(); [budget = &AMPLE]
        nested plain(); [nested = single()]
        interrupt plain(); [deadline = 1h, interrupt = |_| Err(Refused(7))]
        all plain(); [deadline = 1h, breaker = &CLOSED, budget = &AMPLE, nested = share()]
        deadline_again guarded(&AMPLE); [deadline = 1h]
        breaker_again guarded(&AMPLE); [breaker = wait_for(&CLOSED)]
        budget_again guarded(&AMPLE); [budget = &AMPLE]
        nested_again guarded(&AMPLE); [nested = share()]
        interrupt_again guarded(&AMPLE); [interrupt = |_| Err(Refused(7))]
        no_guard_again guarded(&AMPLE); [stop = after_attempt(3)]
    }

    #[retry(policy = plain(), attempt_timeout = 1h, deadline = 1h, sleep = stuck)]
    async fn later(tries: &Tries) -> Result<u32, Refused> {
        tries.third_later().await
    }

    #[retry(policy = guarded(&AMPLE), breaker = breaker, sleep = stuck)]
    async fn later_again(tries: &Tries, breaker: &CircuitBreaker) -> Result<u32, Refused> {
        tries.third_later().await
    }

    #[retry(policy = guarded(budget), breaker = breaker)]
    fn own_breaker(budget: &RetryBudget, breaker: &CircuitBreaker) -> Result<u32, Refused> {
        Err(Refused(1))
    }

    #[test]
    fn a_key_overrides_its_part_and_no_other() {
        assert_eq!(block_on(later(&Tries::new())), Ok(3));
        assert_eq!(block_on(later_again(&Tries::new(), &CLOSED)), Ok(3));
        assert_eq!(block_on(later_again(&Tries::new(), &open())), Err(CUT));
        let budget = RetryBudget::total(1);
        assert_eq!(own_breaker(&budget, &CLOSED), Err(Refused(1)));
        assert_eq!(budget.available(), 0);
        assert_eq!(own_breaker(&budget, &open()), Err(CUT));
    }
}

mod events {
    use super::*;

    type Log = RefCell<Vec<String>>;

    fn note(log: &Log, what: &str, state: &RetryState<'_, Result<u32, Refused>>) {
        let line = match (state.reason(), state.err()) {
            (Some(reason), _) => format!("{} {}: {:?}", what, state.attempt(), reason),
            (None, Some(error)) => format!("{} {}: {}", what, state.attempt(), error.0),
            (None, None) => format!("{} {}", what, state.attempt()),
        };
        log.borrow_mut().push(line);
    }

    static STATS: RetryStats = RetryStats::new();

    #[retry(
        stop = after_attempt(2),
        wait = none(),
        deadline = limit,
        breaker = breaker,
        budget = budget,
        before = |s| note(log, "before", s),
        after = |s| note(log, "after", s),
        before_sleep = |s| note(log, "sleep", s),
        on_success = |s| note(log, "success", s),
        on_failure = |s| note(log, "failure", s),
        stats = &STATS,
    )]
    fn heard(
        limit: Duration,
        breaker: &CircuitBreaker,
        budget: &RetryBudget,
        log: &Log,
        succeeds: u32,
        tries: &Tries,
    ) -> Result<u32, Refused> {
        match tries.next() {
            n if n == succeeds => Ok(n),
            n => Err(Refused(n)),
        }
    }

    #[retry(
        stop = after_attempt(2),
        wait = none(),
        attempt_timeout = 1h,
        sleep = no_timer,
        before = |s| note(log, "before", s),
        after = |s| note(log, "after", s),
        before_sleep = async |s| note(log, "sleep", s),
        on_failure = async |s| note(log, "failure", s),
    )]
    async fn heard_later(log: &Log) -> Result<u32, Refused> {
        std::future::pending().await
    }

    const HOUR: Duration = Duration::from_secs(3600);

    fn events(
        limit: Duration,
        breaker: &CircuitBreaker,
        budget: &RetryBudget,
        succeeds: u32,
    ) -> Vec<String> {
        let log = Log::default();
        let _ = heard(limit, breaker, budget, &log, succeeds, &Tries::new());
        log.into_inner()
    }

    #[test]
    fn a_refused_attempt_has_no_events_of_an_attempt() {
        let calls = STATS.calls();
        assert_eq!(
            events(HOUR, &CLOSED, &AMPLE, 2),
            [
                "before 1",
                "after 1: 1",
                "sleep 1: 1",
                "before 2",
                "after 2",
                "success 2"
            ]
        );
        assert_eq!((STATS.calls() - calls, STATS.attempts()), (1, 2));
        // A call without attempts is a call, and a failure with its reason.
        assert_eq!(events(HOUR, &open(), &AMPLE, 1), ["failure 0: CircuitOpen"]);
        assert_eq!(
            events(Duration::ZERO, &CLOSED, &AMPLE, 1),
            ["failure 0: Deadline"]
        );
        assert_eq!((STATS.calls() - calls, STATS.attempts()), (3, 2));
        assert_eq!(STATS.failures(StopReason::CircuitOpen), 1);
        assert_eq!(STATS.failures(StopReason::Deadline), 1);
        // A retry that is not paid for has no `before_sleep`.
        assert_eq!(
            events(HOUR, &CLOSED, &RetryBudget::total(0), 2),
            ["before 1", "after 1: 1", "failure 1: Budget"]
        );
        // Nobody pauses for a refusal that is known: the breaker has just opened.
        let breaker = CircuitBreaker::new("opens").consecutive(1);
        assert_eq!(
            events(HOUR, &breaker, &AMPLE, 2),
            ["before 1", "after 1: 1", "failure 1: CircuitOpen"]
        );
    }

    #[test]
    fn an_attempt_that_is_cut_has_the_events_of_any_other() {
        let log = Log::default();
        assert_eq!(block_on(heard_later(&log)), Err(CUT));
        assert_eq!(
            log.into_inner(),
            [
                "before 1",
                "after 1: 99",
                "sleep 1: 99",
                "before 2",
                "after 2: 99",
                "failure 2: Attempts"
            ]
        );
    }
}

/// An argument that only the attribute uses is used in the copy without retries too.
#[retry(stop = after_attempt(limit), wait = none(), unretried = named_by_the_attribute_once)]
fn named_by_the_attribute(limit: u32, tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[test]
fn the_copy_without_retries_uses_what_the_attribute_names() {
    assert_eq!(named_by_the_attribute(2, &Tries::new()), Err(Refused(2)));
    assert_eq!(
        named_by_the_attribute_once(2, &Tries::new()),
        Err(Refused(1))
    );
}
