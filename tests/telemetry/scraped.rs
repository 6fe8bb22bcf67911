//! `metrics = true`, `.metrics()`, breakers and budgets, as a Prometheus server reads them.

mod common;

use common::scrape::{exporter, scrape};
use persevere::breaker::State;
use persevere::{
    Bulkhead, CancelToken, CircuitBreaker, Policy, RateLimiter, RetryBudget, RetryPolicy, guard,
    retry, stop, telemetry, wait, when,
};
use std::cell::Cell;
use std::future::Future;
use std::io;
use std::task::{Context, Waker};
use std::time::Duration;

/// The error is transient unless it is `"broken"`.
type Reply = Result<u32, &'static str>;

fn fails(calls: &Cell<u32>, times: u32) -> Reply {
    calls.set(calls.get() + 1);
    if calls.get() <= times {
        Err("busy")
    } else {
        Ok(calls.get())
    }
}

fn attempts(function: &str) -> Vec<(String, f64)> {
    let label = format!("function=\"{function}\"");
    let found = scrape().of("retry_attempts_total", &label);
    let outcome = |label: String| label.replace("outcome=", "").replace('"', "");
    found
        .into_iter()
        .map(|(label, count)| (outcome(label), count))
        .collect()
}

fn give_ups(function: &str) -> Vec<(String, f64)> {
    let label = format!("function=\"{function}\"");
    let found = scrape().of("retry_give_ups_total", &label);
    let reason = |label: String| label.replace("reason=", "").replace('"', "");
    found
        .into_iter()
        .map(|(label, count)| (reason(label), count))
        .collect()
}

/// The number of calls and their total time.
fn durations(function: &str) -> Option<(f64, f64)> {
    let read = |part| {
        let sample = format!("retry_duration_seconds_{part}{{function=\"{function}\"}}");
        scrape().get(&sample)
    };
    Some((read("count")?, read("sum")?))
}

fn counts<const N: usize>(expected: [(&str, u32); N]) -> Vec<(String, f64)> {
    expected
        .map(|(label, count)| (label.to_owned(), f64::from(count)))
        .into()
}

fn paused<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(future)
}

#[retry(metrics = true, name = "blocking", unless = Err("broken"), wait = none())]
fn blocking(reply: impl Fn() -> Reply) -> Reply {
    reply()
}

#[test]
fn every_attempt_is_counted_by_what_followed() {
    let _alone = exporter();
    assert!(blocking(|| Ok(1)).is_ok());
    let calls = Cell::new(0);
    assert!(blocking(|| fails(&calls, 2)).is_ok());
    assert!(blocking(|| Err("busy")).is_err());
    assert!(blocking(|| Err("broken")).is_err());
    let expected = [("final", 1), ("give_up", 1), ("retry", 4), ("success", 2)];
    assert_eq!(attempts("blocking"), counts(expected));
    assert_eq!(give_ups("blocking"), counts([("attempts", 1)]));
    assert_eq!(durations("blocking").unwrap().0, 4.0);
}

#[guard(
    metrics = true,
    name = "guarded",
    breaker = breaker,
    unless = Err("broken"),
    interrupt = |_| Err("refused"),
    fallback = |give_up| give_up.into_outcome(),
)]
fn guarded(breaker: &CircuitBreaker, reply: Reply) -> Reply {
    reply
}

/// A call that is tried once counts as one that gives up, or as refused, and never as retried.
#[test]
fn what_is_tried_once_is_counted_once() {
    let _alone = exporter();
    let policy = |breaker| {
        let when = when::err(|error: &&str| *error != "broken");
        let policy = RetryPolicy::new().name("once").metrics().breaker(breaker);
        policy.when(when).interrupt(|_| Err("refused")).once()
    };
    let breakers = [(); 2].map(|()| CircuitBreaker::new("once").consecutive(1));
    for reply in [Ok(1), Err("broken"), Err("busy"), Ok(1)] {
        let _ = guarded(&breakers[0], reply);
        let _ = policy(&breakers[1]).run(|| reply);
    }
    for function in ["guarded", "once"] {
        let expected = [("final", 1), ("give_up", 1), ("success", 1)];
        assert_eq!(attempts(function), counts(expected), "{function}");
        let expected = [("attempts", 1), ("circuit_open", 1)];
        assert_eq!(give_ups(function), counts(expected), "{function}");
        assert_eq!(durations(function).unwrap().0, 4.0, "{function}");
    }
}

#[retry(metrics = true, name = "tasks", wait = 1ms)]
async fn task(calls: &mut u32) -> Reply {
    tokio::task::yield_now().await;
    *calls += 1;
    if *calls <= 2 { Err("busy") } else { Ok(*calls) }
}

#[test]
fn counts_of_many_tasks_are_exact() {
    let _alone = exporter();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let calls = (0..200).map(|_| tokio::spawn(async { task(&mut 0).await }));
        for call in calls.collect::<Vec<_>>() {
            assert_eq!(call.await.unwrap(), Ok(3));
        }
    });
    assert_eq!(
        attempts("tasks"),
        counts([("retry", 400), ("success", 200)])
    );
    assert_eq!(durations("tasks").unwrap().0, 200.0);
}

#[test]
fn a_duration_has_its_pauses_inside() {
    let _alone = exporter();
    #[retry(metrics = true, name = "slow", wait = 1s)]
    async fn slow(calls: &Cell<u32>) -> Reply {
        tokio::time::sleep(Duration::from_millis(100)).await;
        fails(calls, 1)
    }
    assert_eq!(paused(slow(&Cell::new(0))), Ok(2));
    let (count, sum) = durations("slow").unwrap();
    assert_eq!(count, 1.0);
    assert!((sum - 1.2).abs() < 0.01, "{sum}");
    let scrape = scrape();
    let bucket = |le: &str| {
        scrape.get(&format!(
            "retry_duration_seconds_bucket{{function=\"slow\",le=\"{le}\"}}"
        ))
    };
    assert_eq!((bucket("0.5"), bucket("1.5")), (Some(0.0), Some(1.0)));
}

#[test]
fn a_policy_counts_under_its_name() {
    let _alone = exporter();
    let policy = RetryPolicy::new()
        .name("policy")
        .wait(wait::none())
        .when(when::err(|e: &&str| *e == "busy"))
        .metrics();
    let calls = Cell::new(0);
    assert!(policy.run(|| fails(&calls, 1)).is_ok());
    assert!(paused(policy.run_async(|| async { Reply::Err("busy") })).is_err());
    assert!(policy.run(|| Reply::Err("broken")).is_err());
    let expected = [("final", 1), ("give_up", 1), ("retry", 3), ("success", 1)];
    assert_eq!(attempts("policy"), counts(expected));
    assert_eq!(durations("policy").unwrap().0, 3.0);
}

#[test]
fn a_function_with_a_policy_is_counted_once() {
    let _alone = exporter();
    fn counting() -> impl Policy<Reply> {
        RetryPolicy::new().wait(wait::none()).metrics()
    }
    #[retry(metrics = true, name = "both", policy = counting())]
    fn both(calls: &Cell<u32>) -> Reply {
        fails(calls, 2)
    }
    #[retry(metrics = true, name = "both, callback", policy = counting(), on_success = |_| ())]
    fn with_a_callback(calls: &Cell<u32>) -> Reply {
        fails(calls, 2)
    }
    #[retry(name = "of the policy", policy = counting())]
    fn of_the_policy(calls: &Cell<u32>) -> Reply {
        fails(calls, 2)
    }
    assert!(both(&Cell::new(0)).is_ok());
    assert!(with_a_callback(&Cell::new(0)).is_ok());
    assert!(of_the_policy(&Cell::new(0)).is_ok());
    for function in ["both", "both, callback", "of the policy"] {
        let expected = counts([("retry", 2), ("success", 1)]);
        assert_eq!(attempts(function), expected, "{function}");
        assert_eq!(durations(function).unwrap().0, 1.0, "{function}");
    }
}

#[test]
fn a_call_that_is_halted_makes_no_attempt() {
    let _alone = exporter();
    static SHUT: CircuitBreaker = CircuitBreaker::new("shut");
    SHUT.force_open();
    #[retry(metrics = true, name = "refused", breaker = &SHUT)]
    fn refused() -> io::Result<()> {
        Ok(())
    }
    #[retry(metrics = true, name = "late", deadline = 1500ms, wait = 1s)]
    async fn late() -> io::Result<()> {
        Err(io::Error::other("busy"))
    }
    let refusing = RetryPolicy::new().name("refusing").breaker(&SHUT).metrics();
    assert!(refused().is_err());
    assert!(refusing.run(refused).is_err());
    assert!(paused(late()).is_err());
    for function in ["refused", "refusing"] {
        assert_eq!(attempts(function), []);
        assert_eq!(give_ups(function), counts([("circuit_open", 1)]));
    }
    // The second pause would pass the deadline.
    assert_eq!(attempts("late"), counts([("give_up", 1), ("retry", 1)]));
    assert_eq!(give_ups("late"), counts([("deadline", 1)]));
}

#[test]
fn a_call_that_ends_in_its_pause_makes_no_further_attempt() {
    let _alone = exporter();
    #[retry(metrics = true, name = "paused", stop = cancelled(token), wait = 1h)]
    async fn paused_by(token: &CancelToken) -> Reply {
        Err("busy")
    }
    let token = CancelToken::new();
    let policy = RetryPolicy::new()
        .name("paused policy")
        .stop(stop::cancelled(&token))
        .wait(wait::fixed(Duration::from_secs(3600)))
        .metrics();
    paused(async {
        let cancel = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            token.cancel();
        };
        let run = policy.run_async(|| async { Reply::Err("busy") });
        let (of_function, of_policy, ()) = tokio::join!(paused_by(&token), run, cancel);
        assert!(of_function.is_err() && of_policy.is_err());
    });
    for function in ["paused", "paused policy"] {
        assert_eq!(attempts(function), counts([("retry", 1)]), "{function}");
        assert_eq!(give_ups(function), counts([("cancelled", 1)]));
        let (count, sum) = durations(function).unwrap();
        assert_eq!((count, sum.round()), (1.0, 1.0));
    }
}

#[test]
fn a_body_and_a_callback_can_give_up() {
    let _alone = exporter();
    #[retry(metrics = true, name = "body", attempt = at, wait = none())]
    fn body() -> Reply {
        at.give_up();
        Err("busy")
    }
    #[retry(metrics = true, name = "before", before = |_| Err("not now"))]
    fn before() -> Reply {
        Ok(1)
    }
    #[retry(metrics = true, name = "after", before_sleep = |_| Err("closed"))]
    fn after() -> Reply {
        Err("busy")
    }
    #[retry(metrics = true, name = "end", on_success = |_| Err("too late"))]
    fn end() -> Reply {
        Ok(1)
    }
    assert!(body().is_err() && before().is_err() && after().is_err() && end().is_err());
    assert_eq!(attempts("body"), counts([("give_up", 1)]));
    assert_eq!(attempts("before"), []);
    assert_eq!(attempts("after"), counts([("give_up", 1)]));
    for function in ["body", "before", "after"] {
        assert_eq!(give_ups(function), counts([("given_up", 1)]));
    }
    assert_eq!(attempts("end"), counts([("success", 1)]));
    for function in ["body", "before", "after", "end"] {
        assert_eq!(durations(function).unwrap().0, 1.0, "{function}");
    }
}

#[test]
fn a_call_that_is_dropped_has_no_end() {
    let _alone = exporter();
    #[retry(metrics = true, name = "dropped", wait = 1h)]
    async fn dropped() -> Reply {
        Err("busy")
    }
    paused(async {
        let mut call = Box::pin(dropped());
        let mut context = Context::from_waker(Waker::noop());
        assert!(call.as_mut().poll(&mut context).is_pending());
    });
    assert_eq!(attempts("dropped"), counts([("retry", 1)]));
    assert_eq!(durations("dropped"), None);
    assert_eq!(drops("dropped"), Some(1.0));
}

#[test]
fn methods_of_one_name_have_series_of_their_own() {
    struct Stock;
    struct Price<T>(T);
    impl Stock {
        #[retry(metrics = true, wait = none(), span = true)]
        fn get(&self) -> Reply {
            Err("busy")
        }
    }
    impl<T> Price<T> {
        #[retry(metrics = true, wait = none())]
        fn get(&self) -> Reply {
            Err("busy")
        }

        #[retry(metrics = true, wait = none())]
        async fn later(&self) -> Reply {
            std::future::pending().await
        }
    }
    let _alone = exporter();
    assert!(Stock.get().is_err() && Price(1u8).get().is_err());
    let mut call = Box::pin(Price(1u8).later());
    let mut context = Context::from_waker(Waker::noop());
    assert!(call.as_mut().poll(&mut context).is_pending());
    drop(call);
    let of = "scraped::methods_of_one_name_have_series_of_their_own";
    let expected = counts([("give_up", 1), ("retry", 2)]);
    assert_eq!(attempts(&format!("{of}::Stock::get")), expected);
    assert_eq!(attempts(&format!("{of}::Price<u8>::get")), expected);
    assert_eq!(drops(&format!("{of}::Price<u8>::later")), Some(1.0));
    assert_eq!(attempts("scraped::get"), []);
}

fn drops(function: &str) -> Option<f64> {
    scrape().get(&format!("retry_dropped_total{{function=\"{function}\"}}"))
}

#[test]
fn what_is_dropped_or_panics_in_an_attempt_is_an_attempt() {
    let _alone = exporter();
    #[retry(metrics = true, name = "in attempt", wait = none())]
    async fn plain() -> Reply {
        std::future::pending().await
    }
    #[retry(metrics = true, span = true, name = "in attempt", deadline = 1min, wait = none())]
    async fn guarded() -> io::Result<()> {
        std::future::pending().await
    }
    #[retry(metrics = true, name = "in attempt", wait = none())]
    fn panics() -> Reply {
        panic!("a bug")
    }
    fn sends<F: Future + Send>(call: F) -> F {
        call
    }
    paused(async {
        let mut context = Context::from_waker(Waker::noop());
        // A future that is never polled is no call.
        drop(plain());
        assert!(
            Box::pin(sends(plain()))
                .as_mut()
                .poll(&mut context)
                .is_pending()
        );
        assert!(
            Box::pin(sends(guarded()))
                .as_mut()
                .poll(&mut context)
                .is_pending()
        );
    });
    assert!(std::panic::catch_unwind(panics).is_err());
    assert_eq!(attempts("in attempt"), counts([("dropped", 3)]));
    assert_eq!(drops("in attempt"), Some(3.0));
}

/// Every way to end, in every shape: nothing that ended counts as dropped.
#[test]
fn what_ends_is_not_dropped() {
    let _alone = exporter();
    static SHUT: CircuitBreaker = CircuitBreaker::new("shut for drops");
    SHUT.force_open();
    #[retry(metrics = true, name = "ends", unless = Err("broken"), wait = none())]
    async fn plain(reply: Reply) -> Reply {
        reply
    }
    #[retry(metrics = true, name = "ends", deadline = 1s, wait = 2s)]
    async fn late() -> io::Result<()> {
        Err(io::ErrorKind::TimedOut.into())
    }
    #[retry(metrics = true, name = "ends", breaker = &SHUT)]
    fn refused() -> io::Result<()> {
        Ok(())
    }
    #[retry(metrics = true, name = "ends", wait = none(), fallback = |_| Ok(0))]
    fn falls_back() -> Reply {
        Err("busy")
    }
    #[retry(metrics = true, name = "ends", wait = none(), before_sleep = |_| Err("ended"))]
    fn ended() -> Reply {
        Err("busy")
    }
    #[retry(metrics = true, name = "ends", policy = RetryPolicy::new().wait(wait::none()))]
    fn by_policy() -> Reply {
        Err("busy")
    }
    #[retry(metrics = true, name = "ends", wait = none(), attempt = at)]
    fn given_up() -> Reply {
        at.give_up();
        Err("busy")
    }
    #[guard(metrics = true, name = "ends", deadline = 1s)]
    fn once() -> io::Result<()> {
        Err(io::ErrorKind::TimedOut.into())
    }
    paused(async {
        assert!(plain(Ok(1)).await.is_ok() && plain(Err("busy")).await.is_err());
        assert!(plain(Err("broken")).await.is_err() && late().await.is_err());
    });
    assert!(refused().is_err() && falls_back().is_ok() && ended().is_err());
    assert!(by_policy().is_err() && given_up().is_err() && once().is_err());
    assert_eq!(drops("ends"), None);
    let of = |outcome| {
        attempts("ends")
            .into_iter()
            .find(|(label, _)| label == outcome)
    };
    let number = |outcome| of(outcome).map_or(0.0, |(_, number)| number);
    let given_up: f64 = give_ups("ends").iter().map(|(_, number)| number).sum();
    // Ten calls, of which one fell back.
    assert_eq!(number("success") + number("final") + given_up, 10.0);
}

#[test]
fn nobody_else_is_counted() {
    let _alone = exporter();
    #[retry(name = "unseen", wait = none())]
    fn unseen() -> Reply {
        Err("busy")
    }
    #[retry(name = "not seen", metrics = false, wait = none())]
    fn not_seen() -> Reply {
        Err("busy")
    }
    assert!(unseen().is_err() && not_seen().is_err());
    assert_eq!((attempts("unseen"), attempts("not seen")), (vec![], vec![]));
}

#[test]
fn a_breaker_shows_its_state_and_its_changes() {
    let _alone = exporter();
    static DISK: CircuitBreaker = CircuitBreaker::new("disk")
        .consecutive(2)
        .listener(telemetry::breaker_metrics);
    let state = || scrape().get("circuit_breaker_state{breaker=\"disk\"}");
    let changes = || scrape().of("circuit_breaker_transitions_total", "breaker=\"disk\"");

    assert_eq!(state(), None);
    telemetry::observe_breaker(&DISK);
    assert_eq!((state(), changes()), (Some(0.0), vec![]));
    for _ in 0..2 {
        assert!(
            DISK.call(|| Err::<(), _>(io::Error::other("busy")))
                .is_err()
        );
    }
    assert_eq!((DISK.state(), state()), (State::Open, Some(2.0)));
    DISK.force_open();
    assert_eq!(state(), Some(3.0));
    DISK.disable();
    assert_eq!(state(), Some(5.0));
    DISK.reset();
    assert_eq!(state(), Some(0.0));
    let labels: Vec<_> = changes().into_iter().map(|(label, _)| label).collect();
    assert_eq!(
        labels,
        [
            r#"from="closed",to="open",reason="failures_in_a_row""#,
            r#"from="disabled",to="closed",reason="reset""#,
            r#"from="forced_open",to="disabled",reason="forced""#,
            r#"from="open",to="forced_open",reason="forced""#,
        ]
    );
}

#[test]
fn a_budget_shows_what_is_left() {
    let _alone = exporter();
    static TOTAL: RetryBudget = RetryBudget::total(3);
    let left = || scrape().get("retry_budget_available{budget=\"total\"}");
    telemetry::observe_budget("total", &TOTAL);
    assert_eq!(left(), Some(3.0));
    let policy = RetryPolicy::new().wait(wait::none()).budget(&TOTAL);
    assert!(policy.run(|| Reply::Err("busy")).is_err());
    telemetry::observe_budget("total", &TOTAL);
    assert_eq!(left(), Some(1.0));
}

#[test]
fn a_rate_limiter_shows_its_hold_and_its_permits() {
    let _alone = exporter();
    static API: RateLimiter = RateLimiter::new("api").rate(1, Duration::from_secs(3600));
    let shown = |name: &str| scrape().get(&format!("{name}{{rate_limiter=\"api\"}}"));
    telemetry::observe_rate_limiter(&API);
    assert_eq!(shown("rate_limiter_held"), Some(0.0));
    assert!(API.try_acquire().is_ok() && API.try_acquire().is_err());
    API.hold(Duration::from_secs(60));
    telemetry::observe_rate_limiter(&API);
    assert!(shown("rate_limiter_held").is_some_and(|held| held > 50.0 && held <= 60.0));
    assert_eq!(shown("rate_limiter_queue"), Some(0.0));
    assert_eq!(shown("rate_limiter_permits_total"), Some(1.0));
    assert_eq!(shown("rate_limiter_refused_total"), Some(1.0));
}

#[test]
fn a_bulkhead_shows_its_places() {
    let _alone = exporter();
    static REPORTS: Bulkhead = Bulkhead::new("reports", 2).queue(0);
    let shown = |name: &str| scrape().get(&format!("{name}{{bulkhead=\"reports\"}}"));
    let places = [REPORTS.try_enter().unwrap(), REPORTS.try_enter().unwrap()];
    assert!(REPORTS.try_enter().is_err());
    telemetry::observe_bulkhead(&REPORTS);
    assert_eq!(shown("bulkhead_in_use"), Some(2.0));
    assert_eq!(shown("bulkhead_limit"), Some(2.0));
    assert_eq!(shown("bulkhead_queue"), Some(0.0));
    assert_eq!(shown("bulkhead_refused_total"), Some(1.0));
    drop(places);
    telemetry::observe_bulkhead(&REPORTS);
    assert_eq!(shown("bulkhead_in_use"), Some(0.0));
}

#[test]
fn an_attempt_that_the_end_of_its_call_cuts_is_counted() {
    let _alone = exporter();
    #[retry(metrics = true, name = "cut", deadline = 1s)]
    async fn late() -> io::Result<()> {
        std::future::pending().await
    }
    #[guard(metrics = true, name = "cut", deadline = 1s)]
    async fn once() -> io::Result<()> {
        std::future::pending().await
    }
    static TOKEN: CancelToken = CancelToken::new();
    #[retry(metrics = true, name = "cut", stop = cancelled(&TOKEN).abort_attempt())]
    async fn aborted() -> io::Result<()> {
        std::future::pending().await
    }
    // Past its deadline once its pause is over: no attempt is cut.
    #[retry(metrics = true, name = "cut in pause", deadline = 1s, sleep = |_| tokio::time::sleep(Duration::from_secs(2)))]
    async fn slept() -> io::Result<()> {
        Err(io::ErrorKind::TimedOut.into())
    }
    paused(async {
        assert!(late().await.is_err() && once().await.is_err());
        let cancel = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            TOKEN.cancel();
        };
        assert!(tokio::join!(aborted(), cancel).0.is_err());
        assert!(slept().await.is_err());
    });
    assert_eq!(attempts("cut"), counts([("give_up", 3)]));
    assert_eq!(give_ups("cut"), counts([("cancelled", 1), ("deadline", 2)]));
    assert_eq!(attempts("cut in pause"), counts([("retry", 1)]));
}
