//! The order of events in a call, which is the same in every way to run it.
#![cfg(feature = "std")]

use crate::common::{Outcome, Recorder, SECOND, script};
use persevere_core::policy::Hooks;
use persevere_core::{
    GiveUp, Next, Predicate, Progress, RetryPolicy, RetryState, Stop, Wait, when,
};

type Trace = Recorder<String>;

/// Returns a policy of two attempts that records every event.
fn traced(
    trace: &Trace,
) -> RetryPolicy<impl Stop, impl Wait<Outcome>, impl Predicate<Outcome>, (), impl Hooks<Outcome>> {
    let note = |event: &'static str| {
        move |state: &RetryState<'_, Outcome>| {
            let reason = state.reason().map_or(String::new(), |r| format!(": {r}"));
            let pause = state.pause().map_or(String::new(), |p| format!(" {p:?}"));
            trace.push(format!("{event} {}{pause}{reason}", state.attempt()));
        }
    };
    RetryPolicy::new()
        .stop(|p: &Progress<'_>| {
            trace.push(format!("stop? {} {:?}", p.attempt(), p.pause().unwrap()));
            p.attempt() >= 2
        })
        .wait(|s: &RetryState<'_, Outcome>| {
            trace.push(format!("wait? {}", s.attempt()));
            SECOND * s.attempt()
        })
        .when(when::outcome(|outcome: &Outcome| {
            trace.push(format!("verdict? {outcome:?}"));
            *outcome == Err("busy")
        }))
        .before(note("before"))
        .after(note("after"))
        .before_sleep(note("before_sleep"))
        .on_success(note("on_success"))
        .on_failure(note("on_failure"))
        .fallback(|give_up: GiveUp<Outcome>| {
            trace.push(format!("fallback: {}", give_up.reason()));
            give_up.into_outcome()
        })
}

fn attempt(trace: &Trace, outcomes: &[Outcome]) -> impl FnMut() -> Outcome {
    let mut next = script(outcomes.to_vec());
    move || {
        trace.push("attempt".into());
        next()
    }
}

fn trace_blocking(outcomes: &[Outcome]) -> Vec<String> {
    let trace = Trace::new();
    let policy = traced(&trace).sleep(|pause| trace.push(format!("sleep {pause:?}")));
    let _ = policy.run(attempt(&trace, outcomes));
    trace.items()
}

/// Traces the step API, which applies no fallback, because its caller has the outcome.
fn trace_steps(outcomes: &[Outcome]) -> Vec<String> {
    let trace = Trace::new();
    let policy = traced(&trace);
    let mut operation = attempt(&trace, outcomes);
    let mut call = policy.start();
    loop {
        let at = call.attempt();
        let outcome = operation();
        match call.next_marked(&outcome, &at) {
            Next::Return => break,
            Next::Sleep(pause) => trace.push(format!("sleep {pause:?}")),
        }
    }
    trace.items()
}

#[cfg(feature = "tokio")]
fn trace_async(outcomes: &[Outcome]) -> Vec<String> {
    let trace = Trace::new();
    let policy = traced(&trace).sleep_async(|pause| {
        trace.push(format!("sleep {pause:?}"));
        std::future::ready(())
    });
    let mut operation = attempt(&trace, outcomes);
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let _ = runtime.unwrap().block_on(policy.run_async(|| {
        let outcome = operation();
        async move { outcome }
    }));
    trace.items()
}

#[track_caller]
fn expect(outcomes: &[Outcome], expected: &[&str]) {
    assert_eq!(trace_blocking(outcomes), expected, "blocking");
    #[cfg(feature = "tokio")]
    assert_eq!(trace_async(outcomes), expected, "async");
    let without_fallback: Vec<_> = expected
        .iter()
        .filter(|event| !event.starts_with("fallback"))
        .copied()
        .collect();
    assert_eq!(trace_steps(outcomes), without_fallback, "step by step");
}

#[test]
fn a_call_that_succeeds_at_once() {
    expect(
        &[Ok(1)],
        &[
            "before 1",
            "attempt",
            "verdict? Ok(1)",
            "after 1",
            "on_success 1",
        ],
    );
}

#[test]
fn a_call_that_succeeds_after_a_pause() {
    expect(
        &[Err("busy"), Ok(2)],
        &[
            "before 1",
            "attempt",
            "verdict? Err(\"busy\")",
            "after 1",
            "wait? 1",
            "stop? 1 1s",
            "before_sleep 1 1s",
            "sleep 1s",
            "before 2",
            "attempt",
            "verdict? Ok(2)",
            "after 2",
            "on_success 2",
        ],
    );
}

#[test]
fn a_call_whose_failure_is_final() {
    expect(
        &[Err("denied")],
        &[
            "before 1",
            "attempt",
            "verdict? Err(\"denied\")",
            "after 1",
            "on_failure 1: not retryable",
        ],
    );
}

#[test]
fn a_call_that_gives_up() {
    expect(
        &[Err("busy"), Err("busy")],
        &[
            "before 1",
            "attempt",
            "verdict? Err(\"busy\")",
            "after 1",
            "wait? 1",
            "stop? 1 1s",
            "before_sleep 1 1s",
            "sleep 1s",
            "before 2",
            "attempt",
            "verdict? Err(\"busy\")",
            "after 2",
            "wait? 2",
            "stop? 2 2s",
            "on_failure 2: given up",
            "fallback: given up",
        ],
    );
}

#[test]
fn callbacks_of_one_event_are_called_in_the_order_written() {
    let trace = Recorder::new();
    let policy = RetryPolicy::new()
        .before(|_: &RetryState<'_, Outcome>| trace.push("first"))
        .before(|_: &RetryState<'_, Outcome>| trace.push("second"));
    let _ = policy.run(script::<Outcome>([Ok(1)]));
    assert_eq!(trace.items(), ["first", "second"]);
}

#[test]
fn callbacks_see_what_is_known_by_then() {
    let trace = Recorder::new();
    let note = |state: &RetryState<'_, Outcome>| {
        trace.push((
            state.outcome().copied(),
            state.err().copied(),
            state.verdict(),
            state.idle_for(),
        ));
    };
    use persevere_core::Verdict::{Final, Retry};
    let policy = RetryPolicy::new()
        .wait(SECOND)
        .sleep(|_| ())
        .before(note)
        .after(note)
        .before_sleep(note)
        .on_success(note);
    let _ = policy.run(script::<Outcome>([Err("busy"), Ok(2)]));
    let nothing = std::time::Duration::ZERO;
    assert_eq!(
        trace.items(),
        [
            (None, None, None, nothing),
            (Some(Err("busy")), Some("busy"), Some(Retry), nothing),
            (Some(Err("busy")), Some("busy"), Some(Retry), nothing),
            (None, None, None, SECOND),
            (Some(Ok(2)), None, Some(Final), SECOND),
            (Some(Ok(2)), None, Some(Final), SECOND),
        ]
    );
}

#[test]
fn a_call_that_is_halted_gives_up_on_what_it_would_have_retried() {
    let seen = Recorder::new();
    let policy = RetryPolicy::new()
        .deadline(std::time::Duration::ZERO)
        .on_failure(|state: &RetryState<'_, Option<u8>>| {
            seen.push((state.verdict(), state.reason(), state.outcome().copied()));
        });
    assert_eq!(policy.run(|| Some(7)), None);
    use persevere_core::{StopReason::Deadline, Verdict::Retry};
    assert_eq!(seen.items(), [(Some(Retry), Some(Deadline), Some(None))]);
}

#[test]
fn a_step_that_was_not_begun_begins_by_itself() {
    let trace = Trace::new();
    let policy = traced(&trace);
    let mut call = policy.start();
    assert_eq!(call.next(&Err("busy")), Next::Sleep(SECOND));
    assert_eq!(call.next(&Ok(1)), Next::Return);
    let befores = trace.items();
    let befores = befores.iter().filter(|event| event.starts_with("before "));
    assert_eq!(befores.count(), 2);
}
