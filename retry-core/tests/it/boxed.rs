//! Strategies whose types are erased answer as the strategies themselves.

use std::any::type_name;
use std::io;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use persevere_core::stop::{
    BoxStop, DefaultStop, after_attempt, after_delay, all, any, before_delay, cancelled, never,
    stop_when,
};
use persevere_core::wait::{
    BoxWait, adaptive, chain, exponential, fixed, from_err, none, random, schedule,
};
use persevere_core::when::BoxPredicate;
use persevere_core::{
    CancelToken, Health, InvalidValue, Predicate, Progress, RetryPolicy, RetryState, Stop,
    StopReason, Verdict, Wait, stop, when,
};

type Outcome = Result<u8, io::Error>;

const SECOND: Duration = Duration::from_secs(1);
const LIMITS: [Duration; 2] = [Duration::from_millis(1), Duration::from_secs(3600)];

fn assert_shareable<T: Clone + Send + Sync + 'static>() {}

/// Makes calls by a policy, and returns its schedule and the reasons of its ends.
fn calls(stop: impl Stop, wait: impl Wait<()>) -> String {
    let policy = RetryPolicy::new().stop(stop).wait(wait);
    let seen = |attempt| {
        let elapsed = SECOND * attempt;
        format!("{:?}", policy.resume(attempt, elapsed))
    };
    format!(
        "{:?} {}",
        policy.schedule(),
        (1..9).map(seen).collect::<String>()
    )
}

fn same_stop<S: Stop + Clone + Send + Sync + 'static>(token: &CancelToken, stop: S) {
    let name = type_name::<S>();
    let boxed = Stop::boxed(stop.clone());
    for cancel in [false, true] {
        if cancel {
            token.cancel();
        }
        let cancellations = |stop: &dyn Stop| {
            [stop.cancellation(), stop.abort_signal()].map(|mut it| {
                let has_come = it.poll(&mut Context::from_waker(Waker::noop())).is_ready();
                (it.is_never(), has_come)
            })
        };
        assert_eq!(cancellations(&boxed), cancellations(&stop), "{name}");
    }
    assert_eq!(boxed.reads_clock(), stop.reads_clock(), "{name}");
    assert_eq!(boxed.reads_pause(), stop.reads_pause(), "{name}");
    assert_eq!(boxed.check(), stop.check(), "{name}");
    assert_eq!(boxed.aborts_attempt(), stop.aborts_attempt(), "{name}");
    assert_eq!(
        calls(boxed, fixed(SECOND)),
        calls(stop, fixed(SECOND)),
        "{name}"
    );
}

#[test]
fn a_boxed_stop_answers_as_the_stop() {
    let token = || Arc::new(CancelToken::new());
    macro_rules! same {
        ($($stop:expr),+ $(,)?) => {$( same_stop(&token(), $stop); )+};
    }
    same!(
        DefaultStop,
        never(),
        after_attempt(0),
        after_attempt(4),
        after_delay(3 * SECOND),
        before_delay(3 * SECOND),
        stop_when(|progress| progress.attempt() > 2),
        after_attempt(7) | after_delay(5 * SECOND),
        all((after_attempt(7), before_delay(2 * SECOND))),
        any(Vec::<BoxStop>::new()),
    );
    let held = token();
    same_stop(&held, cancelled(held.clone()));
    let held = token();
    same_stop(&held, cancelled(held.clone()).abort_attempt());
    let held = token();
    same_stop(&held, never().or(cancelled(held.clone()).abort_attempt()));
    assert_shareable::<BoxStop>();
}

/// A stop and a wait whose every answer differs from that of a method that is not implemented.
#[derive(Clone)]
struct Own;

impl Stop for Own {
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
        (progress.attempt() > 3).then_some(StopReason::Hint)
    }

    fn reads_clock(&self) -> bool {
        false
    }

    fn reads_pause(&self) -> bool {
        false
    }

    fn check(&self) -> Result<(), InvalidValue> {
        Err(InvalidValue::Empty)
    }

    fn aborts_attempt(&self) -> bool {
        true
    }
}

impl<O> Wait<O> for Own {
    fn pause(&self, state: &RetryState<'_, O>) -> Duration {
        SECOND * state.attempt()
    }

    fn pause_within(&self, state: &RetryState<'_, O>, longest: Duration) -> Option<Duration> {
        (longest > SECOND).then(|| 2 * Wait::<O>::pause(self, state))
    }

    fn hint_max(&self) -> Duration {
        7 * SECOND
    }

    fn reads_clock(&self) -> bool {
        false
    }

    fn lasts(&self) -> bool {
        true
    }

    fn check(&self) -> Result<(), InvalidValue> {
        Err(InvalidValue::Empty)
    }
}

/// Retries as a number that its state has, and judges health by itself.
#[derive(Clone)]
struct ByNumber;

impl Predicate<Outcome> for ByNumber {
    fn verdict(&self, _: &Outcome) -> Verdict {
        Verdict::RetryIn(SECOND)
    }

    fn verdict_at(&self, _: &Outcome, attempt: u32) -> Verdict {
        Verdict::RetryIn(SECOND * attempt)
    }

    fn health(&self, _: &Outcome, _: Verdict) -> Health {
        Health::Unknown
    }
}

fn same_wait<W: Wait<Outcome> + Clone + Send + Sync + 'static>(wait: W) {
    let name = type_name::<W>();
    let boxed: BoxWait<Outcome> = Wait::boxed(wait.clone());
    assert_eq!(boxed.reads_clock(), wait.reads_clock(), "{name}");
    assert_eq!(boxed.lasts(), wait.lasts(), "{name}");
    assert_eq!(boxed.check(), wait.check(), "{name}");
    assert_eq!(boxed.hint_max(), wait.hint_max(), "{name}");
    for kind in [io::ErrorKind::TimedOut, io::ErrorKind::NotFound] {
        let asked = |wait: &dyn Wait<Outcome>| {
            let seen = std::cell::RefCell::new(Vec::new());
            let probe = |state: &RetryState<'_, Outcome>| {
                let within = LIMITS.map(|longest| wait.pause_within(state, longest));
                seen.borrow_mut().push((wait.pause(state), within));
                Duration::ZERO
            };
            let policy = RetryPolicy::new().stop(after_attempt(5)).wait(probe);
            let _ = policy.run(|| Outcome::Err(kind.into()));
            seen.into_inner()
        };
        assert_eq!(asked(&boxed), asked(&wait), "{name}");
    }
}

#[test]
fn a_boxed_wait_answers_as_the_wait() {
    fn asks(error: &io::Error) -> Option<Duration> {
        (error.kind() == io::ErrorKind::TimedOut).then_some(9 * SECOND)
    }
    same_wait(Own);
    same_wait(SECOND);
    same_wait(none());
    same_wait(fixed(SECOND).hint_max(3 * SECOND));
    same_wait(exponential(SECOND).max(SECOND / 2));
    same_wait(schedule([SECOND, 3 * SECOND]));
    same_wait(chain((none(), fixed(SECOND))));
    same_wait(adaptive(0.5).over(fixed(SECOND)));
    same_wait(from_err(asks).or(fixed(SECOND)).hint_max(5 * SECOND));
    same_wait(fixed(SECOND) + Own);
    same_wait(|state: &RetryState<'_, Outcome>| SECOND * state.attempt());
    assert!(random(SECOND..3 * SECOND).boxed::<Outcome>().lasts());
    assert_shareable::<BoxWait<std::rc::Rc<u8>>>();
}

#[test]
fn a_boxed_stop_and_wait_of_ones_own_answer_as_they_do() {
    let boxed = Stop::boxed(Own);
    assert!(boxed.check().is_err() && boxed.aborts_attempt());
    assert!(!boxed.reads_clock() && !boxed.reads_pause());
    assert_eq!(calls(boxed, SECOND), calls(Own, SECOND));
}

#[test]
fn a_boxed_predicate_answers_as_the_predicate() {
    let outcomes = || {
        [
            Ok(1),
            Err(io::ErrorKind::TimedOut.into()),
            Err(io::ErrorKind::NotFound.into()),
        ]
    };
    let same = |boxed: BoxPredicate<Outcome>, bare: &dyn Predicate<Outcome>| {
        for outcome in &outcomes() {
            for attempt in 1..4 {
                let verdict = bare.verdict_at(outcome, attempt);
                assert_eq!(boxed.verdict_at(outcome, attempt), verdict);
                assert_eq!(boxed.verdict(outcome), bare.verdict(outcome));
                assert_eq!(
                    boxed.health(outcome, verdict),
                    bare.health(outcome, verdict)
                );
            }
        }
    };
    same(Predicate::boxed(ByNumber), &ByNumber);
    same(when::transient().boxed(), &when::transient());
    same(when::unsent().boxed(), &when::unsent());
    let first = |_: &Outcome, n| n < 2;
    same(when::attempt(first).boxed(), &when::attempt(first));
    let either = || when::transient() | when::ok(|value: &u8| *value == 1);
    same(either().boxed(), &either());
    same((!either()).boxed(), &!either());
    assert_shareable::<BoxPredicate<std::rc::Rc<u8>>>();
}

#[test]
fn boxed_strategies_combine() {
    let stop = stop::after_attempt(9).boxed() | stop::after_attempt(2).boxed();
    let wait = fixed(SECOND).boxed::<()>() + fixed(SECOND).boxed::<()>();
    let policy = RetryPolicy::new().stop(stop).wait(wait);
    assert_eq!(policy.resume(1, Duration::ZERO), Ok(2 * SECOND));
    assert_eq!(policy.resume(2, Duration::ZERO), Err(StopReason::Attempts));
    let when = when::never().boxed::<Option<u8>>() | when::any_failure();
    assert_eq!(when.verdict(&None), Verdict::Retry);
    let shown = format!("{:?}", RetryPolicy::new().stop(never().boxed()));
    assert!(shown.contains("BoxStop"), "{shown}");
}
