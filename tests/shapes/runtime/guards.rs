//! What guards a call: deadlines, breakers, budgets, the call around it.

use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use persevere::{
    CircuitBreaker, GiveUp, Interrupt, RetryBudget, RetryError, StopReason, nested, retry,
};

use crate::common::{Refused, Tries};

const SECOND: Duration = Duration::from_secs(1);

fn refused() -> io::Error {
    ErrorKind::ConnectionRefused.into()
}

fn interrupt_of(error: &io::Error) -> Option<Interrupt> {
    error.get_ref()?.downcast_ref().copied()
}

mod deadlines {
    use super::*;

    #[retry(stop = never(), wait = 1s, deadline = 10s)]
    async fn ten_seconds(tries: &Tries, attempt: Duration) -> io::Result<u32> {
        tries.next();
        tokio::time::sleep(attempt).await;
        Err(refused())
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_holds_for_attempts_of_any_length() {
        for millis in [0, 1, 333, 999, 1000, 4000, 8999, 9000, 9001, 100_000] {
            let paused = tokio::time::Instant::now();
            let error = ten_seconds(&Tries::new(), Duration::from_millis(millis)).await;
            let elapsed = paused.elapsed();
            assert!(elapsed <= 10 * SECOND, "{millis}: {elapsed:?}");
            // What an earlier attempt returned is the outcome; only without one is it the interrupt.
            let cut = interrupt_of(&error.unwrap_err());
            let first_was_cut = millis > 10_000;
            assert_eq!(
                cut,
                first_was_cut.then_some(Interrupt::Deadline),
                "{millis}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_cannot_fit_ends_the_call_at_once() {
        let (paused, tries) = (tokio::time::Instant::now(), Tries::new());
        assert!(
            ten_seconds(&tries, Duration::from_millis(8999))
                .await
                .is_err()
        );
        assert_eq!(tries.made(), 2);
        // The second attempt is in flight when the time is over.
        assert_eq!(paused.elapsed().as_secs(), 10);
        let (paused, tries) = (tokio::time::Instant::now(), Tries::new());
        assert!(
            ten_seconds(&tries, Duration::from_millis(9000))
                .await
                .is_err()
        );
        assert_eq!(tries.made(), 1);
        assert_eq!(paused.elapsed().as_secs(), 9);
    }

    #[retry(deadline = end)]
    async fn by(end: Option<Instant>, tries: &Tries) -> io::Result<u32> {
        Ok(tries.next())
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_in_the_past_makes_no_attempt() {
        let now = tokio::time::Instant::now().into_std();
        let tries = Tries::new();
        let error = by(Some(now), &tries).await.unwrap_err();
        assert_eq!(interrupt_of(&error), Some(Interrupt::Deadline));
        assert_eq!(tries.made(), 0);
        assert_eq!(by(Some(now + SECOND), &tries).await.unwrap(), 1);
        assert_eq!(by(None, &tries).await.unwrap(), 2);
    }

    #[retry(stop = never(), wait = 4s, deadline = 10s, attempt = at)]
    async fn told(seen: &std::cell::RefCell<Vec<u64>>) -> io::Result<u32> {
        tokio::time::sleep(SECOND).await;
        let left = at.remaining().expect("there is a deadline");
        seen.borrow_mut().push(left.as_secs());
        Err(refused())
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_is_told_the_time_that_is_left() {
        let seen = std::cell::RefCell::default();
        assert!(told(&seen).await.is_err());
        assert_eq!(*seen.borrow(), [9, 4]);
    }

    #[retry(deadline = 1h, attempt_timeout = 5s, attempt = at)]
    async fn told_the_nearer() -> io::Result<Option<Duration>> {
        Ok(at.remaining())
    }

    #[tokio::test(start_paused = true)]
    async fn the_nearer_of_two_limits_is_told() {
        assert_eq!(told_the_nearer().await.unwrap(), Some(5 * SECOND));
    }

    #[retry(stop = never(), wait = none(), deadline = limit)]
    fn blocking(limit: Duration, tries: &Tries) -> io::Result<u32> {
        tries.next();
        Err(refused())
    }

    #[test]
    fn a_blocking_call_has_a_deadline() {
        let tries = Tries::new();
        assert!(blocking(Duration::from_millis(1), &tries).is_err());
        assert!(tries.made() >= 1);
        let error = blocking(Duration::ZERO, &Tries::new()).unwrap_err();
        assert_eq!(interrupt_of(&error), Some(Interrupt::Deadline));
    }

    #[retry(deadline = 1s, wrap_err = true)]
    async fn wrapped(slow: Duration) -> Result<(), RetryError<io::Error>> {
        tokio::time::sleep(slow).await;
        Err(refused())
    }

    #[tokio::test(start_paused = true)]
    async fn the_reason_is_told() {
        let error = wrapped(5 * SECOND).await.unwrap_err();
        assert_eq!(
            (error.reason(), error.attempts()),
            (StopReason::Deadline, 1)
        );
        assert_eq!(error.elapsed(), SECOND);
    }
}

mod timeouts {
    use super::*;

    #[retry(attempt_timeout = 2s, wait = 1s)]
    async fn stalls(tries: &Tries) -> io::Result<u32> {
        let n = tries.next();
        if n < 3 {
            std::future::pending::<()>().await;
        }
        Ok(n)
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_that_stalls_is_cut_and_tried_again() {
        let paused = tokio::time::Instant::now();
        assert_eq!(stalls(&Tries::new()).await.unwrap(), 3);
        assert_eq!(paused.elapsed().as_secs(), 2 + 1 + 2 + 1);
    }

    #[retry(
        attempt_timeout = 2s,
        wait = none(),
        on = Err(Refused(7)),
        interrupt = |interrupt| {
            assert_eq!(interrupt, Interrupt::AttemptTimeout);
            Err(Refused(code))
        },
    )]
    async fn judged(code: u32, tries: &Tries) -> Result<u32, Refused> {
        tries.next();
        std::future::pending().await
    }

    #[tokio::test(start_paused = true)]
    async fn an_interrupt_is_judged_as_any_other_outcome() {
        let tries = Tries::new();
        assert_eq!(judged(7, &tries).await, Err(Refused(7)));
        assert_eq!(tries.made(), 3);
        let tries = Tries::new();
        assert_eq!(judged(8, &tries).await, Err(Refused(8)));
        assert_eq!(tries.made(), 1);
    }

    #[retry(attempt_timeout = 2s, wait = 1s, sleep = async |pause| { told.next(); tokio::time::sleep(pause).await })]
    async fn own_sleeper(told: &Tries) -> Option<u32> {
        std::future::pending().await
    }

    #[tokio::test(start_paused = true)]
    async fn timers_are_made_by_the_own_sleeper() {
        let told = Tries::new();
        assert_eq!(own_sleeper(&told).await, None);
        assert_eq!(told.made(), 3 + 2);
    }
}

mod breakers {
    use super::*;

    #[retry(stop = never(), wait = 1s, breaker = breaker)]
    async fn through(breaker: &CircuitBreaker, tries: &Tries) -> io::Result<u32> {
        tries.next();
        Err(refused())
    }

    #[tokio::test(start_paused = true)]
    async fn an_open_breaker_ends_the_call_with_the_outcome_it_has() {
        let breaker = CircuitBreaker::new("test")
            .consecutive(3)
            .open_for(30 * SECOND);
        let tries = Tries::new();
        let error = through(&breaker, &tries).await.unwrap_err();
        assert_eq!(tries.made(), 3);
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        let error = through(&breaker, &tries).await.unwrap_err();
        assert_eq!(tries.made(), 3);
        let left = Interrupt::CircuitOpen {
            retry_after: Some(30 * SECOND),
        };
        assert_eq!(interrupt_of(&error), Some(left));
    }

    #[retry(stop = after_attempt(5), wait = none(), breaker = wait_for(breaker), deadline = 1min)]
    async fn patient(breaker: &CircuitBreaker, tries: &Tries) -> io::Result<u32> {
        match tries.next() {
            n @ 4.. => Ok(n),
            _ => Err(refused()),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_open_breaker_can_be_waited_for() {
        let breaker = CircuitBreaker::new("test")
            .consecutive(3)
            .open_for(30 * SECOND);
        let paused = tokio::time::Instant::now();
        assert_eq!(patient(&breaker, &Tries::new()).await.unwrap(), 4);
        assert_eq!(paused.elapsed().as_secs(), 30);
        let breaker = CircuitBreaker::new("test")
            .consecutive(3)
            .open_for(90 * SECOND);
        let (paused, tries) = (tokio::time::Instant::now(), Tries::new());
        assert!(patient(&breaker, &tries).await.is_err());
        assert_eq!((paused.elapsed().as_secs(), tries.made()), (0, 3));
    }

    #[retry(
        wait = none(),
        breaker = breaker.failures(err(|e| e.0 == 2)),
        interrupt = |_| Err(Refused(99)),
    )]
    fn viewed(breaker: &CircuitBreaker, code: u32) -> Result<(), Refused> {
        Err(Refused(code))
    }

    #[test]
    fn what_counts_as_a_failure_is_the_callers() {
        let breaker = CircuitBreaker::new("test").consecutive(3);
        assert_eq!(viewed(&breaker, 1), Err(Refused(1)));
        assert_eq!(viewed(&breaker, 1), Err(Refused(1)));
        assert_eq!(viewed(&breaker, 2), Err(Refused(2)));
        assert_eq!(viewed(&breaker, 2), Err(Refused(99)));
    }

    static OPENED: CircuitBreaker = CircuitBreaker::new("opened");

    #[retry(breaker = &OPENED, fallback = |give_up: GiveUp<Option<u32>>| Some(match give_up.reason() {
        StopReason::CircuitOpen => give_up.attempts(),
        _ => 9,
    }))]
    async fn fallen_back() -> Option<u32> {
        Some(7)
    }

    #[tokio::test]
    async fn a_fallback_knows_the_reason() {
        assert_eq!(fallen_back().await, Some(7));
        OPENED.force_open();
        assert_eq!(fallen_back().await, Some(0));
    }

    /// The future of an attempt that panics or is dropped gives its permit back.
    #[tokio::test(start_paused = true)]
    async fn a_dropped_call_leaves_its_breaker_as_it_was() {
        let breaker = CircuitBreaker::new("test")
            .consecutive(1)
            .open_for(9 * SECOND);
        assert!(through(&breaker, &Tries::new()).await.is_err());
        tokio::time::advance(9 * SECOND).await;
        #[retry(breaker = breaker)]
        async fn stuck(breaker: &CircuitBreaker) -> io::Result<()> {
            std::future::pending().await
        }
        let probe = tokio::time::timeout(SECOND, stuck(&breaker)).await;
        assert!(probe.is_err());
        #[retry(breaker = breaker)]
        async fn fine(breaker: &CircuitBreaker) -> io::Result<u8> {
            Ok(1)
        }
        assert_eq!(fine(&breaker).await.unwrap(), 1);
    }
}

mod policies {
    use super::*;
    use persevere::{Policy, RetryPolicy, wait};

    /// Its breaker is hidden.
    fn shared<T>(breaker: &CircuitBreaker) -> impl Policy<io::Result<T>> {
        RetryPolicy::new().wait(wait::none()).breaker(breaker)
    }

    #[retry(policy = shared(breaker), deadline = 1min)]
    async fn limited(breaker: &CircuitBreaker, tries: &Tries) -> io::Result<u32> {
        tries.next();
        Err(refused())
    }

    #[tokio::test]
    async fn the_guards_of_a_policy_that_hides_its_type_can_be_added_to() {
        let breaker = CircuitBreaker::new("test").consecutive(2);
        let tries = Tries::new();
        assert!(limited(&breaker, &tries).await.is_err());
        assert_eq!(tries.made(), 2);
        assert_eq!(breaker.counts().failures, 2);
    }
}

mod budgets {
    use super::*;

    #[retry(stop = never(), wait = none(), budget = budget, wrap_err = true)]
    fn drawing(budget: &RetryBudget, tries: &Tries) -> Result<u32, RetryError<Refused>> {
        Err(Refused(tries.next()))
    }

    #[test]
    fn a_budget_bounds_the_retries_of_all_calls() {
        let budget = RetryBudget::total(5);
        let error = drawing(&budget, &Tries::new()).unwrap_err();
        assert_eq!((error.attempts(), error.reason()), (6, StopReason::Budget));
        let error = drawing(&budget, &Tries::new()).unwrap_err();
        assert_eq!((error.attempts(), error.reason()), (1, StopReason::Budget));
    }

    #[retry(budget = &budget, wait = 1h)]
    async fn paused(budget: &RetryBudget) -> Result<u32, Refused> {
        Err(Refused(1))
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_dropped_in_its_pause_gives_back_what_it_drew() {
        let budget = RetryBudget::total(5);
        assert!(tokio::time::timeout(SECOND, paused(&budget)).await.is_err());
        assert_eq!(budget.available(), 5);
        assert!(
            tokio::time::timeout(3601 * SECOND, paused(&budget))
                .await
                .is_err()
        );
        assert_eq!(budget.available(), 4);
    }

    #[retry(
        case(Err(Refused(1..=2)), budget = budget, stop = never(), wait = none()),
        on = Err(_), stop = never(), wait = none(),
    )]
    fn of_a_case(budget: &RetryBudget, tries: &Tries) -> Result<u32, Refused> {
        match tries.next() {
            n @ 1..=9 => Err(Refused(n)),
            n => Ok(n),
        }
    }

    #[test]
    fn a_case_has_a_budget_of_its_own() {
        let budget = RetryBudget::total(2);
        assert_eq!(of_a_case(&budget, &Tries::new()), Ok(10));
        assert_eq!(budget.available(), 0);
        assert_eq!(of_a_case(&budget, &Tries::new()), Err(Refused(1)));
    }
}

mod nests {
    use super::*;

    #[retry(wait = none(), nested = single())]
    fn inner_single(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(tries.next()))
    }

    #[retry(wait = none(), nested = independent())]
    fn outer_single(tries: &Tries) -> Result<u32, Refused> {
        inner_single(tries)
    }

    #[test]
    fn three_by_three_attempts_become_three() {
        let tries = Tries::new();
        assert!(outer_single(&tries).is_err());
        assert_eq!(tries.made(), 3);
        let tries = Tries::new();
        assert!(inner_single(&tries).is_err());
        assert_eq!(tries.made(), 3);
    }

    #[retry(stop = never(), wait = 1s, nested = share())]
    async fn inner_share(tries: &Tries) -> io::Result<u32> {
        tries.next();
        Err(refused())
    }

    #[retry(deadline = 3500ms, wait = 100ms)]
    async fn outer_deadline(tries: &Tries) -> io::Result<u32> {
        inner_share(tries).await
    }

    #[retry(budget = budget, wait = none(), stop = after_attempt(2))]
    async fn outer_budget(budget: &RetryBudget, tries: &Tries) -> io::Result<u32> {
        inner_share(tries).await
    }

    #[tokio::test(start_paused = true)]
    async fn an_inner_call_shares_deadline_and_budget() {
        let (paused, tries) = (tokio::time::Instant::now(), Tries::new());
        assert!(outer_deadline(&tries).await.is_err());
        assert!(paused.elapsed() <= Duration::from_millis(3500));
        assert_eq!(tries.made(), 4 + 1 + 1);
        let (budget, tries) = (RetryBudget::total(4), Tries::new());
        assert!(outer_budget(&budget, &tries).await.is_err());
        // Four retries of the inner call, then none for the outer one.
        assert_eq!(tries.made(), 5);
    }

    #[test]
    fn the_words_are_values_too() {
        #[retry(nested = if quiet { persevere::Nested::Single } else { persevere::Nested::Independent })]
        fn chosen(quiet: bool) -> Option<u8> {
            Some(u8::from(quiet))
        }
        assert_eq!(chosen(true), Some(1));
        let _ = nested::single();
    }
}

mod tokens {
    use super::*;
    use persevere::CancelToken;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[retry(stop = after_attempt(5) | cancelled(token), wait = 1h, wrap_err = true)]
    async fn paused(token: &CancelToken, tries: &Tries) -> Result<u32, RetryError<Refused>> {
        Err(Refused(tries.next()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_ends_a_pause_at_once() {
        let token = Arc::new(CancelToken::new());
        let cancels = Arc::clone(&token);
        tokio::spawn(async move {
            tokio::time::sleep(90 * SECOND).await;
            cancels.cancel();
        });
        let paused_clock = tokio::time::Instant::now();
        let error = paused(&token, &Tries::new()).await.unwrap_err();
        assert_eq!(paused_clock.elapsed(), 90 * SECOND);
        assert_eq!(
            (error.reason(), error.attempts()),
            (StopReason::Cancelled, 1)
        );
        assert_eq!(error.into_last(), Some(Refused(1)));
    }

    #[retry(stop = cancelled(token).cut())]
    async fn cut(token: &CancelToken) -> io::Result<u32> {
        std::future::pending().await
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_cuts_ends_the_attempt() {
        let token = CancelToken::new();
        let (outcome, ()) = tokio::join!(cut(&token), async {
            tokio::time::sleep(SECOND).await;
            token.cancel();
        });
        assert_eq!(
            interrupt_of(&outcome.unwrap_err()),
            Some(Interrupt::Cancelled)
        );
    }

    fn limits<'a>(flag: &'a AtomicBool) -> impl persevere::Stop + 'a {
        persevere::stop::after_attempt(3) | persevere::stop::cancelled(flag)
    }

    #[retry(stop = limits(flag), wait = 1h)]
    async fn flagged(flag: &AtomicBool, tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(tries.next()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_flag_is_asked_while_a_call_pauses() {
        let (flag, tries) = (AtomicBool::new(false), Tries::new());
        let (outcome, ()) = tokio::join!(flagged(&flag, &tries), async {
            tokio::time::sleep(SECOND).await;
            flag.store(true, Ordering::Release);
        });
        assert_eq!(outcome, Err(Refused(1)));
    }

    #[retry(stop = cancelled(&*token), wait = 1h)]
    fn blocking(token: Arc<CancelToken>, tries: &Tries) -> Result<u32, Refused> {
        let n = tries.next();
        let cancels = Arc::clone(&token);
        std::thread::spawn(move || cancels.cancel());
        Err(Refused(n))
    }

    #[test]
    fn a_token_wakes_a_blocking_call() {
        assert_eq!(
            blocking(Arc::new(CancelToken::new()), &Tries::new()),
            Err(Refused(1))
        );
    }
}

mod hedges {
    use super::*;
    use persevere::hedge::{self, Latency};
    use persevere::{Policy, RetryPolicy, RetryState, stop, when};
    use std::cell::RefCell;

    /// The first copy of each attempt is slow.
    async fn replica(tries: &Tries) -> Result<u32, Refused> {
        let n = tries.next();
        let slow = if n % 2 == 1 { 60 } else { 1 };
        tokio::time::sleep(slow * SECOND).await;
        Ok(n)
    }

    #[retry(hedge = delay(50ms).copies(2))]
    async fn hedged(tries: &Tries) -> Result<u32, Refused> {
        replica(tries).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_further_copy_of_a_slow_attempt_wins() {
        let paused = tokio::time::Instant::now();
        assert_eq!(hedged(&Tries::new()).await, Ok(2));
        assert_eq!(paused.elapsed(), Duration::from_millis(1050));
    }

    #[retry(
        hedge = delay(1s).copies(3),
        attempt_timeout = 5s,
        deadline = 1min,
        wait = 1s,
        on = Err(e) if e.kind() == ErrorKind::TimedOut,
        attempt = at,
        clone(name),
    )]
    async fn timed(name: String, tries: &Tries) -> io::Result<(u32, usize)> {
        let n = tries.next();
        if n <= 3 {
            std::future::pending::<()>().await;
        }
        let consumed = name.into_bytes();
        Ok((at.number(), consumed.len()))
    }

    #[tokio::test(start_paused = true)]
    async fn each_copy_has_its_own_timeout_and_its_own_arguments() {
        let (paused, tries) = (tokio::time::Instant::now(), Tries::new());
        assert_eq!(timed("abc".to_owned(), &tries).await.unwrap(), (2, 3));
        // The copies begin at 0, 1 and 2 s; the last one times out at 7 s.
        assert_eq!(paused.elapsed().as_secs(), 8);
        assert_eq!(tries.made(), 4);
    }

    #[retry(hedge = delay(1s), budget = budget)]
    async fn budgeted(budget: &RetryBudget, tries: &Tries) -> Result<u32, Refused> {
        replica(tries).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_copy_draws_from_the_budget() {
        let (budget, tries) = (RetryBudget::total(1), Tries::new());
        assert_eq!(budgeted(&budget, &tries).await, Ok(2));
        assert_eq!(budget.available(), 0);
        assert_eq!(budgeted(&budget, &tries).await, Ok(3));
    }

    static LATENCY: Latency = Latency::new();

    #[retry(hedge = quantile(&LATENCY, 0.9))]
    async fn measured(millis: u64) -> Option<u64> {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        Some(millis)
    }

    #[tokio::test(start_paused = true)]
    async fn hedged_attempts_are_measured() {
        for _ in 0..100 {
            assert_eq!(measured(10).await, Some(10));
        }
        assert!(LATENCY.quantile(0.5).unwrap() >= Duration::from_millis(10));
    }

    /// What happened to the copies of a call, and when in milliseconds.
    struct Trace(RefCell<Vec<(u128, String)>>, tokio::time::Instant);

    impl Trace {
        fn push(&self, event: String) {
            let at = self.1.elapsed().as_millis();
            self.0.borrow_mut().push((at, event));
        }

        /// The next copy of the script: how long it takes, and the kind of its error.
        async fn copy(&self, script: &[(u64, Option<ErrorKind>)]) -> io::Result<u64> {
            struct Ends<'a>(&'a Trace, usize);
            impl Drop for Ends<'_> {
                fn drop(&mut self) {
                    self.0.push(format!("ends {}", self.1));
                }
            }
            let begun = |(_, event): &&(u128, String)| event.starts_with("begins");
            let n = self.0.borrow().iter().filter(begun).count();
            self.push(format!("begins {n}"));
            let _ends = Ends(self, n);
            let (time, kind) = script[n];
            tokio::time::sleep(Duration::from_millis(time)).await;
            kind.map_or(Ok(time), |kind| Err(kind.into()))
        }

        fn retries(&self, error: &io::Error) -> bool {
            self.push(format!("verdict? {error}"));
            error.kind() == ErrorKind::TimedOut
        }

        fn state(&self, event: &str, s: &RetryState<'_, io::Result<u64>>) {
            self.push(format!("{event} {} {:?}", s.attempt(), s.reason()));
        }
    }

    #[retry(
        stop = after_attempt(2),
        wait = 1s,
        when = err(|error| trace.retries(error)),
        before = |s| trace.state("before", s),
        after = |s| trace.state("after", s),
        on_failure = |s| trace.state("on_failure", s),
        hedge = delay(10ms).copies(3),
        attempt_timeout = 50ms,
        deadline = 1100ms,
        budget = budget,
        breaker = breaker,
    )]
    async fn traced(
        script: &[(u64, Option<ErrorKind>)],
        trace: &Trace,
        budget: &RetryBudget,
        breaker: &CircuitBreaker,
    ) -> io::Result<u64> {
        trace.copy(script).await
    }

    async fn ran(
        script: &[(u64, Option<ErrorKind>)],
        trace: &Trace,
        budget: &RetryBudget,
        breaker: &CircuitBreaker,
    ) -> io::Result<u64> {
        let policy = RetryPolicy::new()
            .stop(stop::after_attempt(2))
            .wait(SECOND)
            .when(when::err(|error: &io::Error| trace.retries(error)))
            .before(|s: &RetryState<'_, io::Result<u64>>| trace.state("before", s))
            .after(|s: &RetryState<'_, io::Result<u64>>| trace.state("after", s))
            .on_failure(|s: &RetryState<'_, io::Result<u64>>| trace.state("on_failure", s))
            .hedge(hedge::delay(Duration::from_millis(10)).copies(3))
            .attempt_timeout(Duration::from_millis(50))
            .deadline(Duration::from_millis(1100))
            .budget(budget)
            .breaker(breaker);
        policy.run_async(|| trace.copy(script)).await
    }

    #[tokio::test(start_paused = true)]
    async fn the_attribute_and_a_policy_make_the_same_trace() {
        const SLOW: (u64, Option<ErrorKind>) = (60_000, None);
        const BUSY: (u64, Option<ErrorKind>) = (3, Some(ErrorKind::TimedOut));
        const BROKEN: (u64, Option<ErrorKind>) = (3, Some(ErrorKind::NotFound));
        let scripts: [&[_]; 7] = [
            &[(1, None)],
            &[SLOW, (5, None)],
            &[SLOW, SLOW, BROKEN],
            &[BUSY, SLOW, BUSY, (1, None)],
            &[BUSY, BUSY, BUSY, BUSY, BUSY, BUSY],
            &[SLOW, SLOW, SLOW, SLOW, (5, None)],
            // The deadline comes before the second attempt's copies have timed out.
            &[SLOW, SLOW, SLOW, SLOW, SLOW, SLOW],
        ];
        for script in scripts {
            let (first, second) = (CircuitBreaker::new("first"), CircuitBreaker::new("second"));
            for copies in [1, 99] {
                let budgets = [RetryBudget::total(copies), RetryBudget::total(copies)];
                let new = || Trace(RefCell::default(), tokio::time::Instant::now());
                let trace = new();
                let outcome = traced(script, &trace, &budgets[0], &first).await;
                let expected = (trace.0.into_inner(), outcome.map_err(|e| e.to_string()));
                let trace = new();
                let outcome = ran(script, &trace, &budgets[1], &second).await;
                let found = (trace.0.into_inner(), outcome.map_err(|e| e.to_string()));
                assert_eq!(found, expected, "{script:?}");
                assert_eq!(budgets[1].available(), budgets[0].available(), "{script:?}");
                assert_eq!(second.counts(), first.counts(), "{script:?}");
            }
        }
    }
}

mod alone {
    use super::*;
    use persevere::circuit_breaker;

    struct Client {
        breaker: CircuitBreaker,
    }

    impl Client {
        #[circuit_breaker(&self.breaker)]
        async fn get(&self, tries: &Tries) -> io::Result<u32> {
            tries.next();
            Err(refused())
        }

        #[circuit_breaker(self.breaker.failures(err(|e| e.0 > 1)), interrupt = |_| Err(Refused(0)))]
        fn put(&self, code: u32) -> Result<(), Refused> {
            Err(Refused(code))
        }

        #[circuit_breaker(&USED_UP)]
        fn close(self) -> Option<CircuitBreaker> {
            Some(self.breaker)
        }

        #[circuit_breaker(&USED_UP, interrupt = |_| Err(Refused(0)))]
        async fn lend(&mut self) -> Result<&mut CircuitBreaker, Refused> {
            Ok(&mut self.breaker)
        }
    }

    static USED_UP: CircuitBreaker = CircuitBreaker::new("used up");

    #[circuit_breaker(&USED_UP)]
    fn own(mut body: Vec<u32>, log: &mut Vec<u32>) -> io::Result<Vec<u32>> {
        body.push(3);
        log.push(3);
        Ok(body)
    }

    #[circuit_breaker(&USED_UP)]
    async fn own_later(mut body: Vec<u32>, log: &mut Vec<u32>) -> io::Result<Vec<u32>> {
        body.push(3);
        log.push(3);
        Ok(body)
    }

    /// There is no second attempt that could need it.
    #[tokio::test(start_paused = true)]
    async fn the_only_attempt_uses_up_what_it_is_given() {
        let mut log = Vec::new();
        assert_eq!(own(vec![1], &mut log).unwrap(), [1, 3]);
        assert_eq!(own_later(vec![2], &mut log).await.unwrap(), [2, 3]);
        assert_eq!(log, [3, 3]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_only_attempt_lends_what_it_borrows() {
        let breaker = CircuitBreaker::new("lent");
        let mut client = Client { breaker };
        assert_eq!(client.lend().await.unwrap().name(), "lent");
        assert_eq!(client.close().unwrap().name(), "lent");
    }

    #[tokio::test(start_paused = true)]
    async fn a_breaker_alone_tries_once() {
        let breaker = CircuitBreaker::new("client")
            .consecutive(2)
            .open_for(SECOND);
        let (client, tries) = (Client { breaker }, Tries::new());
        for _ in 0..4 {
            assert!(client.get(&tries).await.is_err());
        }
        assert_eq!(tries.made(), 2);
        assert_eq!(client.put(7), Err(Refused(0)));
        client.breaker.reset();
        for code in [1, 1, 1, 2, 1, 2, 2] {
            assert_eq!(client.put(code), Err(Refused(code)));
        }
        assert_eq!(client.put(1), Err(Refused(0)));
    }
}

mod views {
    use super::*;
    use persevere::Registry;

    static HOSTS: Registry<String, CircuitBreaker> =
        Registry::new(8, |_| CircuitBreaker::new("host").consecutive(1));

    #[retry(wait = none(), breaker = HOSTS.get(host).failures(err(|e| e.0 == 7)), interrupt = |_| Err(Refused(0)))]
    fn by_host(host: &str, code: u32) -> Result<(), Refused> {
        Err(Refused(code))
    }

    #[test]
    fn a_breaker_of_a_registry_can_be_viewed() {
        assert_eq!(by_host("a", 1), Err(Refused(1)));
        assert_eq!(by_host("a", 7), Err(Refused(7)));
        assert_eq!(by_host("a", 1), Err(Refused(0)));
        assert_eq!(by_host("b", 1), Err(Refused(1)));
    }

    #[retry(
        attempt_timeout = 1s,
        stop = after_attempt(1),
        breaker = breaker.ignoring(err(|e| e.kind() == ErrorKind::TimedOut)),
    )]
    async fn ignored(breaker: &CircuitBreaker) -> io::Result<()> {
        std::future::pending().await
    }

    #[retry(attempt_timeout = 1s, on = Err(e) if e.kind() == ErrorKind::NotFound, breaker = breaker)]
    async fn counted(breaker: &CircuitBreaker) -> io::Result<()> {
        std::future::pending().await
    }

    /// A view says what a timed-out attempt counts; without one it is a failure, final or not.
    #[tokio::test(start_paused = true)]
    async fn a_timed_out_attempt_is_seen_by_a_view() {
        let breaker = CircuitBreaker::new("test").consecutive(2);
        assert!(ignored(&breaker).await.is_err());
        assert_eq!(
            (breaker.counts().failures, breaker.counts().ignored),
            (0, 1)
        );
        assert!(counted(&breaker).await.is_err());
        assert_eq!(breaker.counts().failures, 1);
    }
}

mod hedges_inside {
    use super::*;

    #[retry(hedge = delay(1s), budget = own, nested = share())]
    async fn inner(own: &RetryBudget) -> io::Result<u8> {
        tokio::time::sleep(5 * SECOND).await;
        Ok(1)
    }

    #[retry(budget = outer)]
    async fn outer(outer: &RetryBudget, own: &RetryBudget) -> io::Result<u8> {
        inner(own).await
    }

    #[tokio::test(start_paused = true)]
    async fn what_one_budget_paid_for_a_copy_that_the_other_refuses_goes_back() {
        let (spent, own) = (RetryBudget::total(0), RetryBudget::total(3));
        assert_eq!(outer(&spent, &own).await.unwrap(), 1);
        assert_eq!(own.available(), 3);
    }
}

/// Each found by somebody who had the documentation alone.
mod found {
    use super::*;
    use persevere::CancelToken;

    #[retry(stop = after_attempt(1), breaker = breaker)]
    async fn after(slow: u32, fails: bool, breaker: &CircuitBreaker) -> io::Result<()> {
        tokio::time::sleep(slow * SECOND).await;
        if fails { Err(refused()) } else { Ok(()) }
    }

    fn paused(test: impl Future<Output = ()>) {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build();
        runtime.unwrap().block_on(test);
    }

    /// A clock that was paused earlier is behind that of the runtime which first asked.
    #[test]
    fn breakers_of_several_paused_runtimes_open_and_close() {
        let breakers = [(); 3].map(|()| {
            CircuitBreaker::new("test")
                .consecutive(1)
                .open_for(5 * SECOND)
        });
        for breaker in &breakers {
            paused(async {
                assert!(after(60, true, breaker).await.is_err());
                assert!(after(0, false, breaker).await.is_err());
                tokio::time::advance(6 * SECOND).await;
                assert!(after(0, false, breaker).await.is_ok());
            });
        }
    }

    #[retry(
        stop = after_attempt(1), hedge = delay(500ms), attempt_timeout = 2s, deadline = limit,
        attempt = at,
    )]
    async fn told(limit: Option<Duration>) -> io::Result<Option<Duration>> {
        Ok(at.remaining())
    }

    #[tokio::test(start_paused = true)]
    async fn a_copy_is_told_its_own_limit() {
        assert_eq!(told(None).await.unwrap(), Some(2 * SECOND));
        assert_eq!(told(Some(10 * SECOND)).await.unwrap(), Some(2 * SECOND));
        assert_eq!(told(Some(SECOND)).await.unwrap(), Some(SECOND));
    }

    #[retry(stop = cancelled(token).cut())]
    async fn shut_down(token: &CancelToken, tries: &Tries) -> io::Result<u32> {
        Ok(tries.next())
    }

    #[tokio::test]
    async fn a_call_that_begins_after_its_token_makes_no_attempt() {
        let (token, tries) = (CancelToken::new(), Tries::new());
        assert_eq!(shut_down(&token, &tries).await.unwrap(), 1);
        token.cancel();
        let error = shut_down(&token, &tries).await.unwrap_err();
        assert_eq!(interrupt_of(&error), Some(Interrupt::Cancelled));
        assert_eq!(tries.made(), 1);
    }

    #[retry(wait = 20s, breaker = breaker)]
    async fn opens(breaker: &CircuitBreaker) -> io::Result<()> {
        Err(refused())
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_pauses_for_a_refusal_that_is_known() {
        let breaker = CircuitBreaker::new("test")
            .consecutive(1)
            .open_for(60 * SECOND);
        let start = tokio::time::Instant::now();
        assert_eq!(
            opens(&breaker).await.unwrap_err().kind(),
            ErrorKind::ConnectionRefused
        );
        assert_eq!(start.elapsed(), Duration::ZERO);
        // A breaker that may be closed again by then is asked again.
        let breaker = CircuitBreaker::new("test")
            .consecutive(1)
            .open_for(10 * SECOND);
        assert!(opens(&breaker).await.is_err());
        assert_eq!(start.elapsed(), 40 * SECOND);
    }
}
