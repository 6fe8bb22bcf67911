//! Concurrent calls in one task. The compiler erases the lifetimes of their types, and checks their outputs.
#![cfg(feature = "tokio")]

use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use crate::common::{HOUR, SECOND};
use persevere_core::hedge::{self, Latency};
use persevere_core::{
    Attempt, CancelToken, CircuitBreaker, GiveUp, Policy, RetryBudget, RetryPolicy, RetryState,
    nested, stop, when,
};

/// A client to borrow from.
struct Client {
    host: String,
}

impl Client {
    async fn get(&self, n: usize) -> io::Result<usize> {
        tokio::task::yield_now().await;
        Ok(n + self.host.len())
    }

    async fn refuse(&self) -> Result<usize, &'static str> {
        tokio::task::yield_now().await;
        Err("refused")
    }
}

fn client() -> Client {
    Client {
        host: "a".to_owned(),
    }
}

/// An entry of combinators such as `join_all`: a future, or its output.
enum Joined<F: Future> {
    Running(Pin<Box<F>>),
    Done(F::Output),
}

async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let running = |future| Joined::Running(Box::pin(future));
    let mut all: Vec<_> = futures.into_iter().map(running).collect();
    poll_fn(|cx| {
        for one in &mut all {
            if let Joined::Running(future) = one {
                if let Poll::Ready(output) = future.as_mut().poll(cx) {
                    *one = Joined::Done(output);
                }
            }
        }
        match all.iter().all(|one| matches!(one, Joined::Done(_))) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
    let done = |one| match one {
        Joined::Done(output) => output,
        Joined::Running(_) => unreachable!("all are done"),
    };
    all.into_iter().map(done).collect()
}

static BREAKER: CircuitBreaker = CircuitBreaker::new("joined");
static BUDGET: RetryBudget = RetryBudget::tokens(100);
static LATENCY: Latency = Latency::new();
static TOKEN: CancelToken = CancelToken::new();

/// Input: tests, each with a policy. Output: its calls, run concurrently in a task, in every way.
macro_rules! joins {
    ($($name:ident: $policy:expr;)+) => {$(
        #[tokio::test(start_paused = true)]
        async fn $name() {
            let task = tokio::spawn(async {
                let (policy, own) = ($policy, client());
                let client = &own;
                let (plain, handled, reported) = tokio::join!(
                    policy.run_async(|| client.get(1)),
                    policy.run_async(|at: Arc<Attempt>| async move { client.get(at.number() as usize).await }),
                    policy.report_async(|| async { client.get(2).await }),
                );
                let all = join_all((0..4).map(|n| policy.run_async(move || client.get(n)))).await;
                let sum: io::Result<usize> = all.into_iter().sum();
                (plain.unwrap(), handled.unwrap(), reported.into_outcome().unwrap(), sum.unwrap())
            });
            assert_eq!(task.await.unwrap(), (2, 2, 3, 10));
        }
    )+};
}

joins! {
    unguarded: RetryPolicy::new();
    with_a_deadline: RetryPolicy::new().deadline(HOUR);
    with_an_attempt_timeout: RetryPolicy::new().attempt_timeout(SECOND);
    with_a_breaker: RetryPolicy::new().breaker(&BREAKER);
    with_the_view_of_a_breaker: RetryPolicy::new()
        .breaker(BREAKER.failures(when::err(|_: &io::Error| true)));
    with_a_breaker_of_its_own: RetryPolicy::new()
        .breaker(Arc::new(CircuitBreaker::new("own").consecutive(9)));
    with_a_budget: RetryPolicy::new().budget(&BUDGET);
    nested_in_another: RetryPolicy::new().nested(nested::share());
    with_a_hedge: RetryPolicy::new().hedge(hedge::delay(SECOND)).attempt_timeout(HOUR);
    with_a_hedge_of_a_quantile: RetryPolicy::new().hedge(hedge::quantile(&LATENCY, 0.9));
    with_a_token: RetryPolicy::new().stop(stop::cancelled(&TOKEN).abort_attempt()).deadline(HOUR);
    with_a_case: RetryPolicy::new()
        .case(when::err(|_: &io::Error| true), stop::never(), persevere_core::wait::none())
        .deadline(HOUR);
    with_callbacks: RetryPolicy::new()
        .before(|_: &RetryState<'_, io::Result<usize>>| ())
        .fallback(GiveUp::<io::Result<usize>>::into_outcome)
        .deadline(HOUR);
    in_a_box: Box::new(RetryPolicy::new().breaker(&BREAKER));
    behind_a_function: hidden();
}

fn hidden<T>() -> impl Policy<io::Result<T>> {
    let policy = RetryPolicy::new().breaker(&BREAKER).budget(&BUDGET);
    policy.deadline(HOUR).hedge(hedge::delay(SECOND))
}

#[cfg(feature = "config")]
joins! {
    from_data: persevere_core::RetryConfig::new();
}

#[tokio::test(start_paused = true)]
async fn a_guard_that_is_borrowed() {
    let task = tokio::spawn(async {
        let (breaker, latency, client) = (CircuitBreaker::new("own"), Latency::new(), client());
        let policy = RetryPolicy::new().breaker(&breaker).deadline(HOUR);
        let policy = policy.hedge(hedge::quantile(&latency, 0.9));
        let call = || policy.run_async(|| client.get(1));
        let (one, two) = tokio::join!(call(), call());
        one.unwrap() + two.unwrap()
    });
    assert_eq!(task.await.unwrap(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_borrows() {
    let task = tokio::spawn(async {
        let client = client();
        let policy = RetryPolicy::new()
            .stop(stop::after_attempt(2))
            .budget(&BUDGET);
        let (one, two) = tokio::join!(
            policy.run_async(|| client.refuse()),
            policy.run_async(|| async { client.refuse().await }),
        );
        (one, two)
    });
    assert_eq!(task.await.unwrap(), (Err("refused"), Err("refused")));
}
