//! Policies with a hedge: every attempt of an async call is a race of its copies.
#![cfg(feature = "tokio")]

use std::cell::RefCell;
use std::future::{Future, pending};
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use crate::common::{HOUR, Outcome, Recorder, SECOND, millis, secs};
use persevere_core::breaker::State;
use persevere_core::hedge::{self, Hedge, Latency};
use persevere_core::{
    Attempt, CancelToken, CircuitBreaker, Interrupt, Policy, RetryBudget, RetryPolicy, RetryState,
    StopReason, stop, wait, when,
};
use tokio::time::{Instant, advance, sleep};

const AFTER: Hedge = hedge::delay(Duration::from_millis(10));

/// A log of the times at which each copy of a call was started and dropped, in milliseconds.
struct Log {
    began: Instant,
    started: RefCell<Vec<u64>>,
    dropped: RefCell<Vec<u64>>,
}

impl Log {
    fn new() -> Self {
        Log {
            began: Instant::now(),
            started: RefCell::default(),
            dropped: RefCell::default(),
        }
    }

    fn elapsed(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }

    /// Starts the next copy, with a number from 0 and a guard that logs its drop.
    fn start(&self) -> Running<'_> {
        let mut started = self.started.borrow_mut();
        started.push(self.elapsed());
        Running(self, started.len() - 1)
    }

    /// Starts the next copy of the script, whose entries are a duration and an outcome.
    fn copy<O: Clone>(&self, script: &[(u64, O)]) -> impl Future<Output = O> {
        let copy = self.start();
        let (time, outcome) = script[copy.number()].clone();
        async move {
            let _copy = copy;
            sleep(millis(time)).await;
            outcome
        }
    }

    fn started(&self) -> Vec<u64> {
        self.started.borrow().clone()
    }

    fn dropped(&self) -> Vec<u64> {
        self.dropped.borrow().clone()
    }
}

/// A live copy.
struct Running<'a>(&'a Log, usize);

impl Running<'_> {
    fn number(&self) -> usize {
        self.1
    }

    /// Returns the time on its log.
    fn elapsed(&self) -> u64 {
        self.0.elapsed()
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.dropped.borrow_mut().push(self.0.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn the_copy_of_a_slow_attempt_wins() {
    let log = Log::new();
    let policy = RetryPolicy::new().hedge(AFTER);
    let script: [(u64, Outcome); 2] = [(60_000, Ok(1)), (5, Ok(2))];
    let report = policy.report_async(|| log.copy(&script)).await;
    assert_eq!(
        (report.attempts(), report.reason(), report.elapsed()),
        (1, None, millis(15))
    );
    assert_eq!(report.into_outcome(), Ok(2));
    assert_eq!(log.started(), [0, 10]);
    assert_eq!(log.dropped(), [15, 15]);
}

#[tokio::test(start_paused = true)]
async fn there_are_as_many_copies_as_asked_for() {
    for copies in 2..=4 {
        let log = Log::new();
        let policy = RetryPolicy::new().hedge(AFTER.copies(copies));
        let script: [(u64, Outcome); 4] = [(99, Ok(1)), (99, Ok(2)), (99, Ok(3)), (99, Ok(4))];
        assert_eq!(policy.run_async(|| log.copy(&script)).await, Ok(1));
        assert_eq!(log.started(), [0, 10, 20, 30][..copies as usize]);
        assert_eq!(log.elapsed(), 99);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_final_ends_the_race_failed_or_not() {
    let log = Log::new();
    let policy = RetryPolicy::new()
        .when(when::err(|error: &&str| *error == "busy"))
        .hedge(AFTER);
    let script: [(u64, Outcome); 2] = [(60_000, Ok(1)), (5, Err("broken"))];
    let report = policy.report_async(|| log.copy(&script)).await;
    assert_eq!(report.reason(), Some(StopReason::Final));
    assert_eq!(report.into_outcome(), Err("broken"));
    assert_eq!(log.dropped(), [15, 15]);
}

#[tokio::test(start_paused = true)]
async fn a_case_says_what_is_retried_too() {
    let log = Log::new();
    let policy = RetryPolicy::new()
        .when(when::never())
        .case(
            when::err(|error: &&str| *error == "limited"),
            stop::after_attempt(2),
            wait::fixed(SECOND),
        )
        .hedge(AFTER);
    let script: [(u64, Outcome); 3] = [(3, Err("limited")), (4, Err("limited")), (5, Err("busy"))];
    assert_eq!(
        policy.run_async(|| log.copy(&script)).await,
        Err("busy"),
        "final for a policy that retries what is limited alone"
    );
    // The first two are copies of one attempt: the case counts one outcome.
    assert_eq!(log.started(), [0, 3, 1007]);
}

#[tokio::test(start_paused = true)]
async fn a_retryable_failure_starts_the_next_copy_at_once() {
    let log = Log::new();
    let policy = RetryPolicy::new().hedge(AFTER.copies(3));
    let script: [(u64, Outcome); 3] = [(3, Err("busy")), (4, Err("busy")), (5, Ok(3))];
    let report = policy.report_async(|| log.copy(&script)).await;
    assert_eq!(report.attempts(), 1);
    assert_eq!(report.into_outcome(), Ok(3));
    assert_eq!(log.started(), [0, 3, 7]);
}

#[tokio::test(start_paused = true)]
async fn the_next_attempt_is_a_race_of_its_own() {
    let log = Log::new();
    let policy = RetryPolicy::new().wait(wait::fixed(SECOND)).hedge(AFTER);
    let script: [(u64, Outcome); 4] = [
        (3, Err("busy")),
        (4, Err("busy")),
        (60_000, Ok(3)),
        (5, Ok(4)),
    ];
    let report = policy.report_async(|| log.copy(&script)).await;
    assert_eq!((report.attempts(), report.idle()), (2, SECOND));
    assert_eq!(report.into_outcome(), Ok(4));
    assert_eq!(log.started(), [0, 3, 1007, 1017]);
}

#[tokio::test(start_paused = true)]
async fn a_copy_draws_from_the_budget() {
    let budget = RetryBudget::total(1);
    let policy = RetryPolicy::new().hedge(AFTER.copies(4)).budget(&budget);
    let script: [(u64, Outcome); 4] = [(99, Ok(1)), (99, Ok(2)), (99, Ok(3)), (99, Ok(4))];
    let log = Log::new();
    assert_eq!(policy.run_async(|| log.copy(&script)).await, Ok(1));
    assert_eq!(log.started(), [0, 10]);
    assert_eq!(
        (budget.available(), budget.granted(), budget.refused()),
        (0, 1, 1)
    );
}

fn refused() -> io::Error {
    ErrorKind::ConnectionRefused.into()
}

fn interrupt_of(error: &io::Error) -> Option<Interrupt> {
    error.get_ref()?.downcast_ref().copied()
}

#[tokio::test(start_paused = true)]
async fn each_copy_has_the_timeout_to_itself() {
    let log = Log::new();
    let policy = RetryPolicy::new()
        .wait(wait::fixed(SECOND))
        .attempt_timeout(millis(50))
        .hedge(AFTER.copies(3));
    let copy = || {
        let copy = log.start();
        async move {
            match copy.number() {
                3 => io::Result::Ok(copy.elapsed()),
                _ => pending().await,
            }
        }
    };
    let report = policy.report_async(copy).await;
    // The last copy, of 20 ms, times out at 70 ms.
    assert_eq!(report.attempts(), 2);
    assert_eq!(report.into_outcome().unwrap(), 1070);
    assert_eq!(log.started(), [0, 10, 20, 1070]);
    assert_eq!(log.dropped(), [50, 60, 70, 1070]);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_is_judged_as_what_it_becomes_and_made_once_a_copy() {
    for (code, attempts, copies) in [("busy", 3, 6), ("broken", 1, 2)] {
        let (made, log) = (AtomicU32::new(0), Log::new());
        let policy = RetryPolicy::new()
            .wait(wait::none())
            .when(when::err(|error: &&str| *error == "busy"))
            .hedge(AFTER)
            .attempt_timeout(millis(50))
            .interrupt(|interrupt| {
                made.fetch_add(1, Ordering::Relaxed);
                assert_eq!(interrupt, Interrupt::AttemptTimeout);
                Err(code)
            });
        let report = policy
            .report_async(|| {
                log.start();
                pending::<Outcome>()
            })
            .await;
        assert_eq!(report.attempts(), attempts, "{code}");
        assert_eq!(log.started().len(), copies);
        // A final outcome ends its race while the other copy still runs.
        let once_each = if code == "busy" { copies } else { 1 };
        assert_eq!(made.into_inner() as usize, once_each);
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_all_copies() {
    for (when_none, outcome) in [(true, Some(Interrupt::Deadline)), (false, None)] {
        let log = Log::new();
        let policy = RetryPolicy::new()
            .wait(wait::none())
            .hedge(AFTER.copies(3))
            .deadline(millis(100))
            .attempt_timeout(SECOND);
        let report = policy
            .report_async(|| {
                let copy = log.start();
                async move {
                    // If an outcome came before, the call ends with that.
                    if copy.number() < 3 && !when_none {
                        sleep(millis(1)).await;
                        return io::Result::<()>::Err(refused());
                    }
                    pending().await
                }
            })
            .await;
        assert_eq!(report.reason(), Some(StopReason::Deadline));
        assert_eq!(log.elapsed(), 100);
        assert_eq!(log.started().len(), log.dropped().len());
        assert_eq!(log.dropped().last(), Some(&100));
        assert_eq!(interrupt_of(&report.into_outcome().unwrap_err()), outcome);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cuts_ends_all_copies() {
    let (token, log) = (CancelToken::new(), Log::new());
    let policy = RetryPolicy::new()
        .stop(stop::cancelled(&token).abort_attempt())
        .hedge(AFTER.copies(3))
        .attempt_timeout(HOUR);
    let call = policy.report_async(|| {
        let copy = log.start();
        async move {
            let _copy = copy;
            pending::<io::Result<()>>().await
        }
    });
    let (report, ()) = tokio::join!(call, async {
        sleep(millis(25)).await;
        token.cancel();
    });
    assert_eq!(report.reason(), Some(StopReason::Cancelled));
    assert_eq!(log.dropped(), [25, 25, 25]);
}

#[tokio::test(start_paused = true)]
async fn a_breaker_counts_attempts_and_not_copies() {
    let breaker = CircuitBreaker::new("replicas").consecutive(3);
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(2))
        .wait(wait::none())
        .hedge(AFTER.copies(4))
        .breaker(&breaker);
    let log = Log::new();
    let report = policy
        .report_async(|| {
            log.start();
            async { io::Result::<()>::Err(refused()) }
        })
        .await;
    assert_eq!(report.attempts(), 2);
    assert_eq!(log.started().len(), 8);
    assert_eq!(breaker.counts().failures, 2);
    assert_eq!(breaker.state(), State::Closed);
    // The breaker receives the outcome of the winning copy.
    let outcomes = AtomicU32::new(0);
    let call = policy.run_async(|| {
        let n = outcomes.fetch_add(1, Ordering::Relaxed);
        async move { if n < 3 { Err(refused()) } else { Ok(()) } }
    });
    assert!(call.await.is_ok());
    assert_eq!(breaker.counts().failures, 2);
}

/// Dropped after any number of polls, a call gives back everything that it took.
#[tokio::test(start_paused = true)]
async fn a_call_dropped_anywhere_leaves_breaker_and_budget_as_they_were() {
    // Attempts that are probes have no copies.
    dropped_anywhere(1, 1, (2, 1)).await;
    dropped_anywhere(9, 3, (4, 3)).await;
}

/// Drops a call after every possible number of polls. The breaker opens after `failures`, and the copy with
/// the number `last` answers. `in_all` is the number of copies that were started, and that were paid for.
async fn dropped_anywhere(failures: u32, last: usize, in_all: (usize, u64)) {
    for polls in 0.. {
        let breaker = CircuitBreaker::new("replicas")
            .consecutive(failures)
            .open_for(SECOND);
        let through = RetryPolicy::new().breaker(&breaker);
        let broken = through.enabled(false);
        let refused = broken.run_async(async || io::Result::<()>::Err(refused()));
        assert!(refused.await.is_err());
        advance(SECOND).await;
        let (budget, log) = (RetryBudget::in_flight(3, 0.0), Log::new());
        let policy = through
            .wait(wait::fixed(2 * SECOND))
            .hedge(AFTER.copies(2))
            .deadline(HOUR)
            .attempt_timeout(millis(500))
            .budget(&budget);
        // The first attempt times out, and the second one answers.
        let mut call = Box::pin(policy.run_async(|| {
            let copy = log.start();
            async move {
                match copy.number() == last {
                    true => io::Result::Ok(()),
                    false => pending().await,
                }
            }
        }));
        let mut cx = Context::from_waker(Waker::noop());
        let mut over = false;
        for _ in 0..polls {
            over = call.as_mut().poll(&mut cx).is_ready();
            advance(millis(10)).await;
        }
        drop(call);
        assert_eq!(log.started().len(), log.dropped().len(), "{polls} polls");
        assert_eq!(budget.available(), 3, "{polls} polls");
        if breaker.counts().failures == 2 && !over {
            // The first attempt has failed, and opened it.
            advance(SECOND).await;
        }
        // The single probe is available.
        let probe = through.run_async(async || io::Result::Ok(()));
        assert!(probe.await.is_ok(), "{polls} polls");
        if over {
            assert_eq!((log.started().len(), budget.granted()), in_all);
            return;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn each_copy_has_a_handle_of_its_own() {
    let policy = RetryPolicy::new()
        .wait(wait::fixed(HOUR))
        .when(when::never())
        .attempt_timeout(SECOND)
        .deadline(Duration::from_secs(3600))
        .hedge(AFTER.copies(2));
    let seen = Recorder::new();
    let call = policy.run_async(|at: Arc<Attempt>| {
        let n = seen.items().len();
        seen.push((at.number(), at.elapsed(), at.remaining()));
        async move {
            match n {
                // A slow copy, which marks its own outcome and never returns it.
                0 => {
                    at.retry_after(SECOND);
                    pending().await
                }
                _ => io::Result::Ok(n),
            }
        }
    });
    let outcome = tokio::time::timeout(secs(60.0), call).await;
    assert_eq!(outcome.unwrap().unwrap(), 1);
    let all = Some(SECOND);
    assert_eq!(
        seen.items(),
        [(1, Duration::ZERO, all), (1, millis(10), all)]
    );
}

#[tokio::test(start_paused = true)]
async fn a_copy_knows_when_it_is_cut_itself() {
    let policy = RetryPolicy::new()
        .attempt_timeout(SECOND)
        .deadline(millis(1_300))
        .hedge(hedge::delay(millis(500)).copies(2));
    let seen = Recorder::new();
    let call = policy.run_async(|at: Arc<Attempt>| {
        let seen = &seen;
        async move {
            sleep(millis(600)).await;
            seen.push(at.remaining());
            pending::<io::Result<()>>().await
        }
    });
    assert!(call.await.is_err());
    // The first one began at 0 and has a second. The second one has the rest until the deadline.
    assert_eq!(seen.items(), [Some(millis(400)), Some(millis(200))]);
}

/// The behaviour of one of two copies: the time to its outcome, its mark, its outcome.
type Marked = (u64, fn(&Attempt), Outcome);

async fn marked(copies: [Marked; 2]) -> (u32, usize, Option<StopReason>, Outcome) {
    let made = RefCell::new(0);
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(2))
        .wait(wait::none())
        .hedge(AFTER);
    let report = policy.report_async(|at: Arc<Attempt>| {
        let (time, mark, outcome) = copies[*made.borrow() % 2];
        *made.borrow_mut() += 1;
        async move {
            sleep(millis(time)).await;
            mark(&at);
            outcome
        }
    });
    let report = report.await;
    let made = *made.borrow();
    (
        report.attempts(),
        made,
        report.reason(),
        report.into_outcome(),
    )
}

#[tokio::test(start_paused = true)]
async fn only_the_marks_of_the_copy_that_wins_count() {
    let nothing: fn(&Attempt) = |_| ();
    let later: fn(&Attempt) = |at| at.retry_after(SECOND);
    let give_up: fn(&Attempt) = |at| at.give_up();
    let now: fn(&Attempt) = |at| at.retry_now();
    // A copy that asks for a later retry, beside one that succeeds.
    let outcome = marked([(20, later, Err("busy")), (30, nothing, Ok(7))]).await;
    assert_eq!(outcome, (1, 2, None, Ok(7)));
    // A success that asks for a retry does not end the race.
    let outcome = marked([(20, now, Ok(1)), (30, nothing, Ok(7))]).await;
    assert_eq!(outcome, (1, 2, None, Ok(7)));
    // A copy that gives up ends the attempt. A copy beside one that will give up does not.
    let outcome = marked([(15, give_up, Err("gone")), (30, nothing, Ok(7))]).await;
    assert_eq!(outcome, (1, 2, Some(StopReason::GivenUp), Err("gone")));
    let outcome = marked([(15, nothing, Err("busy")), (30, give_up, Err("gone"))]).await;
    assert_eq!(outcome, (1, 2, Some(StopReason::GivenUp), Err("gone")));
    // Both fail: the marks of the last one are those of the attempt.
    let start = Instant::now();
    let outcome = marked([(20, later, Err("busy")), (30, nothing, Err("down"))]).await;
    assert_eq!(outcome, (2, 4, Some(StopReason::Attempts), Err("down")));
    assert_eq!(
        start.elapsed(),
        millis(80),
        "no pause between two races of 40 ms"
    );
    let start = Instant::now();
    let outcome = marked([(20, nothing, Err("down")), (30, later, Err("busy"))]).await;
    assert_eq!(outcome.3, Err("busy"));
    assert!(start.elapsed() >= SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_probe_is_one_call() {
    let breaker = CircuitBreaker::new("slow").consecutive(1).open_for(SECOND);
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(1))
        .breaker(&breaker)
        .hedge(AFTER.copies(4));
    let made = AtomicU32::new(0);
    let down = || async {
        made.fetch_add(1, Ordering::Relaxed);
        sleep(millis(100)).await;
        io::Result::<()>::Err(ErrorKind::TimedOut.into())
    };
    assert!(policy.run_async(down).await.is_err());
    assert_eq!(
        (made.load(Ordering::Relaxed), breaker.state()),
        (4, State::Open)
    );
    advance(SECOND).await;
    assert!(policy.run_async(down).await.is_err());
    assert_eq!(
        (made.load(Ordering::Relaxed), breaker.state()),
        (5, State::Open)
    );
}

/// Returns a policy of one attempt.
fn once() -> RetryPolicy<stop::AfterAttempt, wait::Backoff<wait::Fixed>> {
    RetryPolicy::new()
        .stop(stop::after_attempt(1))
        .wait(wait::none())
}

#[tokio::test(start_paused = true)]
async fn an_outage_makes_the_estimate_longer() {
    let hangs = || pending::<io::Result<()>>();
    let answers = || async {
        sleep(millis(10)).await;
        io::Result::Ok(())
    };
    let within = |latency: &Latency, least: Duration| {
        let slow = latency.quantile(0.9).expect("enough");
        assert!(slow >= least && slow <= least.mul_f64(1.2), "{slow:?}");
    };
    for cold in [true, false] {
        // Cut by its timeout, by the deadline, or by a drop.
        for ended in 0..3 {
            let latency = Latency::new();
            let hedge = hedge::quantile(&latency, 0.9);
            if !cold {
                let policy = once().hedge(hedge);
                for _ in 0..150 {
                    policy.run_async(answers).await.unwrap();
                }
                within(&latency, millis(10));
            }
            for _ in 0..150 {
                let policy = once().hedge(hedge);
                match ended {
                    0 => drop(policy.attempt_timeout(SECOND).run_async(hangs).await),
                    1 => drop(policy.deadline(SECOND).run_async(hangs).await),
                    _ => drop(tokio::time::timeout(SECOND, policy.run_async(hangs)).await),
                }
            }
            within(&latency, SECOND);
        }
    }
}

/// An attempt that is dropped before an answer was possible is not measured.
#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_cut_early_says_nothing() {
    let latency = Latency::new();
    (0..100).for_each(|_| latency.record(SECOND));
    let before = latency.quantile(0.5);
    let policy = once().hedge(hedge::quantile(&latency, 0.5));
    for _ in 0..1000 {
        let call = policy.run_async(pending::<Option<()>>);
        assert!(tokio::time::timeout(millis(10), call).await.is_err());
        let call = policy.run_async(|| async { None::<()> });
        assert_eq!(call.await, None, "a failure is no answer");
    }
    assert_eq!(latency.quantile(0.5), before);
    assert_eq!(latency.weight(), 100.0);
}

#[tokio::test(start_paused = true)]
async fn callbacks_are_told_of_attempts() {
    let seen = Recorder::new();
    let told = |event: &'static str| {
        let seen = &seen;
        move |s: &RetryState<'_, Outcome>| seen.push((event, s.attempt(), s.outcome().copied()))
    };
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .before(told("before"))
        .after(told("after"))
        .hedge(AFTER);
    let log = Log::new();
    let script: [(u64, Outcome); 3] = [(3, Err("busy")), (4, Err("late")), (1, Ok(3))];
    assert_eq!(policy.run_async(|| log.copy(&script)).await, Ok(3));
    assert_eq!(
        seen.items(),
        [
            ("before", 1, None),
            ("after", 1, Some(Err("late"))),
            ("before", 2, None),
            ("after", 2, Some(Ok(3))),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_quantile_measures_the_attempts_of_the_policy() {
    let latency = Latency::new();
    let policy = RetryPolicy::new().hedge(hedge::quantile(&latency, 0.9));
    for _ in 0..100 {
        let call = policy.run_async(|| async {
            sleep(millis(10)).await;
            Outcome::Ok(1)
        });
        assert_eq!(call.await, Ok(1));
    }
    let slow = latency.quantile(0.9).unwrap();
    let log = Log::new();
    let script: [(u64, Outcome); 2] = [(60_000, Ok(1)), (1, Ok(2))];
    assert_eq!(policy.run_async(|| log.copy(&script)).await, Ok(2));
    let second = log.started()[1];
    assert!(
        u128::from(second).abs_diff(slow.as_millis()) <= 1,
        "{second} ms, {slow:?}"
    );
}

/// The order in which a policy is built makes no difference.
#[tokio::test(start_paused = true)]
async fn guards_may_be_added_before_the_hedge_and_after() {
    let breaker = CircuitBreaker::new("replicas");
    let budget = RetryBudget::total(9);
    async fn fastest(
        policy: impl Policy<io::Result<u64>, Sleep = persevere_core::policy::DefaultSleeper>,
    ) -> u64 {
        let log = Log::new();
        let copy = || {
            let copy = log.start();
            async move {
                if copy.number() == 0 {
                    pending::<()>().await;
                }
                Ok(copy.elapsed())
            }
        };
        policy.run_async(copy).await.unwrap()
    }
    let before = RetryPolicy::new()
        .hedge(AFTER)
        .deadline(SECOND)
        .breaker(&breaker)
        .budget(&budget)
        .nested(persevere_core::nested::share());
    let after = RetryPolicy::new()
        .deadline(SECOND)
        .breaker(&breaker)
        .budget(&budget)
        .nested(persevere_core::nested::share())
        .hedge(AFTER);
    assert_eq!(fastest(before).await, 10);
    assert_eq!(fastest(after).await, 10);
    assert_eq!(budget.available(), 7);
}

/// Returns a shared policy. Such policies are functions, and their result keeps the future `Send`.
fn shared<T>() -> impl Policy<io::Result<T>> {
    RetryPolicy::new()
        .attempt_timeout(SECOND)
        .hedge(AFTER.copies(3))
}

static LATENCY: Latency = Latency::new();

fn measured<T>() -> impl Policy<io::Result<T>> {
    RetryPolicy::new().hedge(hedge::quantile(&LATENCY, 0.95))
}

#[tokio::test(start_paused = true)]
async fn the_future_is_send_behind_an_opaque_policy() {
    let call = async {
        let copies = AtomicU32::new(0);
        let policy = shared();
        let outcome = policy.run_async(|| async {
            match copies.fetch_add(1, Ordering::Relaxed) {
                2 => Ok(7),
                _ => pending().await,
            }
        });
        outcome.await
    };
    assert_eq!(tokio::spawn(call).await.unwrap().unwrap(), 7);
    let call = async { measured().run_async(|| async { Ok(8) }).await };
    assert_eq!(tokio::spawn(call).await.unwrap().unwrap(), 8);
}

#[test]
fn a_hedge_makes_no_future_larger() {
    let body = || async {
        sleep(SECOND).await;
        Outcome::Ok(1)
    };
    let plain = RetryPolicy::new();
    let hedged = plain.hedge(AFTER.copies(4));
    // The guards that a hedge needs take room, with or without a hedge.
    let guarded = plain.budget(&BUDGET);
    let (hedged, guarded) = (hedged.run_async(body), guarded.run_async(body));
    assert!(size_of_val(&hedged) <= size_of_val(&guarded) + 16);
}

static BUDGET: RetryBudget = RetryBudget::total(1);
