//! A call does not allocate, whether it succeeds at once or is retried.

use persevere::{
    CancelToken, CircuitBreaker, Interrupt, Policy, RetryBudget, RetryPolicy, retry, stop,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::future::{Pending, Ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: it is the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The number of allocations of `run` on this thread.
fn allocations<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let before = ALLOCATIONS.get();
    let value = run();
    (value, ALLOCATIONS.get() - before)
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

fn no_sleep(_: Duration) {}

fn no_timer(_: Duration) -> Ready<()> {
    std::future::ready(())
}

fn at(attempt: u32, calls: &Cell<u32>) -> Result<u32, u32> {
    calls.set(calls.get() + 1);
    if calls.get() < attempt {
        Err(calls.get())
    } else {
        Ok(attempt)
    }
}

#[retry(sleep = no_sleep)]
fn bare(succeeds: u32, calls: &Cell<u32>) -> Result<u32, u32> {
    at(succeeds, calls)
}

#[retry(sleep = no_timer)]
async fn bare_later(succeeds: u32, calls: &Cell<u32>) -> Result<u32, u32> {
    at(succeeds, calls)
}

#[retry(
    stop = after_attempt(5) | after_delay(1h),
    wait = exponential(100ms).max(10s).full_jitter() + from_err(|_| None).or(decorrelated(1s)),
    when = err(|e| *e < 9) & !err_is_ten(),
    before = |_| (),
    after = |_| (),
    before_sleep = |_| (),
    attempt = at,
    reset_after = 1h,
    sleep = no_sleep,
)]
fn laden(succeeds: u32, calls: &Cell<u32>) -> Result<u32, u32> {
    let _ = at.number();
    self::at(succeeds, calls)
}

fn err_is_ten() -> impl Fn(&Result<u32, u32>) -> bool {
    |outcome| *outcome == Err(10)
}

#[retry(
    case(Err(1), stop = after_attempt(5), wait = fixed(1s)),
    on = Err(_),
    wait = exponential(100ms).max(10s).full_jitter(),
    before_sleep = async |_| (),
    sleep = no_timer,
)]
async fn laden_later(succeeds: u32, calls: &Cell<u32>) -> Result<u32, u32> {
    at(succeeds, calls)
}

/// A timer that never fires.
fn stuck(_: Duration) -> Pending<()> {
    std::future::pending()
}

static BREAKER: CircuitBreaker = CircuitBreaker::new("breaker");
static TOKEN: CancelToken = CancelToken::new();

fn cut(_: Interrupt) -> Result<u32, u32> {
    Err(0)
}

#[retry(deadline = 1h, breaker = &BREAKER, budget = budget, interrupt = cut, sleep = no_sleep)]
fn guarded(succeeds: u32, calls: &Cell<u32>, budget: &RetryBudget) -> Result<u32, u32> {
    at(succeeds, calls)
}

#[retry(
    wait = none(),
    deadline = 1h,
    attempt_timeout = 1min,
    breaker = BREAKER.failures(err(|e| *e > 9)),
    budget = budget,
    nested = share(),
    interrupt = cut,
    sleep = stuck,
)]
async fn guarded_later(succeeds: u32, calls: &Cell<u32>, budget: &RetryBudget) -> Result<u32, u32> {
    at(succeeds, calls)
}

#[test]
fn guards_allocate_nothing_but_a_budget_once() {
    let _ = bare(2, &Cell::new(0));
    let budget = RetryBudget::tokens(500);
    let first = allocations(|| guarded(1, &Cell::new(0), &budget));
    assert_eq!((first.0, first.1 > 0), (Ok(1), true));
    for succeeds in [1, 3] {
        let calls = Cell::new(0);
        assert_eq!(
            allocations(|| guarded(succeeds, &calls, &budget)),
            (Ok(succeeds), 0)
        );
        let calls = Cell::new(0);
        assert_eq!(
            allocations(|| block_on(guarded_later(succeeds, &calls, &budget))),
            (Ok(succeeds), 0)
        );
    }
}

#[test]
fn nothing_is_allocated() {
    // The thread's generator is seeded at its first draw.
    let _ = bare(2, &Cell::new(0));
    for succeeds in [1, 3] {
        let calls = Cell::new(0);
        assert_eq!(allocations(|| bare(succeeds, &calls)), (Ok(succeeds), 0));
        let calls = Cell::new(0);
        assert_eq!(
            allocations(|| block_on(bare_later(succeeds, &calls))),
            (Ok(succeeds), 0)
        );
        let calls = Cell::new(0);
        assert_eq!(allocations(|| laden(succeeds, &calls)), (Ok(succeeds), 0));
        let calls = Cell::new(0);
        assert_eq!(
            allocations(|| block_on(laden_later(succeeds, &calls))),
            (Ok(succeeds), 0)
        );
    }
    assert_eq!(allocations(|| Box::new(1)).1, 1);
}

#[test]
fn a_policy_allocates_nothing() {
    // The thread's generator is seeded at its first draw.
    let _ = bare(2, &Cell::new(0));
    for succeeds in [1, 3] {
        let policy = RetryPolicy::new().sleep(no_sleep);
        let calls = Cell::new(0);
        let run = || policy.run(|| at(succeeds, &calls));
        assert_eq!(allocations(run), (Ok(succeeds), 0));
        let policy = RetryPolicy::new().sleep_async(no_timer);
        let calls = Cell::new(0);
        let run = || block_on(policy.run_async(|| async { at(succeeds, &calls) }));
        assert_eq!(allocations(run), (Ok(succeeds), 0));
        let policy = RetryPolicy::new()
            .stop(stop::after_attempt(5) | stop::cancelled(&TOKEN).abort_attempt())
            .interrupt(cut)
            .sleep_async(no_timer);
        let calls = Cell::new(0);
        let run = || block_on(policy.run_async(|| async { at(succeeds, &calls) }));
        assert_eq!(allocations(run), (Ok(succeeds), 0));
        let calls = Cell::new(0);
        let run = || {
            block_on(Policy::run_async(&policy, || async {
                at(succeeds, &calls)
            }))
        };
        // Of a policy of any type no more is known than that its call may have to end with its last error.
        assert_eq!(allocations(run), (Ok(succeeds), usize::from(succeeds > 1)));
    }
}
