//! One engine: the attribute, the runners and the step API make the same trace of the same failures.

use persevere::{GiveUp, Next, Outcome, Policy, RetryPolicy, RetryState, retry, stop, when};
use std::cell::RefCell;
use std::time::Duration;

type Reply = Result<u32, &'static str>;

/// Events in the order in which they happened.
#[derive(Default)]
struct Trace(RefCell<Vec<String>>);

impl Trace {
    fn push(&self, event: impl Into<String>) {
        self.0.borrow_mut().push(event.into());
    }

    fn state<O: Outcome>(&self, event: &str, state: &RetryState<'_, O>) {
        let (attempt, pause, reason) = (state.attempt(), state.pause(), state.reason());
        self.push(format!("{event} {attempt} {pause:?} {reason:?}"));
    }

    fn reply(&self, script: &[Reply]) -> Reply {
        let made = self
            .0
            .borrow()
            .iter()
            .filter(|event| *event == "attempt")
            .count();
        self.push("attempt");
        script[made.min(script.len() - 1)]
    }

    fn retries(&self, reply: &Reply) -> bool {
        self.push(format!("verdict? {reply:?}"));
        matches!(reply, Err("busy"))
    }

    fn pause<O>(&self, state: &RetryState<'_, O>) -> Duration {
        self.push(format!("pause? {}", state.attempt()));
        Duration::from_secs(u64::from(state.attempt()))
    }

    fn ends(&self, attempt: u32, pause: Option<Duration>) -> bool {
        self.push(format!("stop? {attempt} {pause:?}"));
        attempt >= 3
    }

    fn slept(&self, pause: Duration) {
        self.push(format!("sleep {pause:?}"));
    }

    fn instead(&self, give_up: GiveUp<Reply>) -> Reply {
        self.push(format!("fallback {:?}", give_up.reason()));
        give_up.into_outcome()
    }
}

macro_rules! traced {
    ($(#[$kind:ident])? fn $name:ident($trace:ident, $script:ident) $sleep:expr) => {
        #[retry(
            before = |s| $trace.state("before", s),
            after = |s| $trace.state("after", s),
            before_sleep = |s| $trace.state("before_sleep", s),
            on_success = |s| $trace.state("on_success", s),
            on_failure = |s| $trace.state("on_failure", s),
            when = outcome(|reply| $trace.retries(reply)),
            wait = |s| $trace.pause(s),
            stop = |p| $trace.ends(p.attempt(), p.pause()),
            fallback = |give_up| $trace.instead(give_up),
            sleep = $sleep,
        )]
        $($kind)? fn $name($trace: &Trace, $script: &[Reply]) -> Reply {
            $trace.reply($script)
        }
    };
}

traced!(fn blocking(trace, script) |pause| trace.slept(pause));
traced!(#[async] fn asynchronous(trace, script) async |pause| trace.slept(pause));

fn policy(trace: &Trace) -> impl Policy<Reply> + '_ {
    RetryPolicy::new()
        .before(|s: &RetryState<'_, Reply>| trace.state("before", s))
        .after(|s: &RetryState<'_, Reply>| trace.state("after", s))
        .before_sleep(|s: &RetryState<'_, Reply>| trace.state("before_sleep", s))
        .on_success(|s: &RetryState<'_, Reply>| trace.state("on_success", s))
        .on_failure(|s: &RetryState<'_, Reply>| trace.state("on_failure", s))
        .when(when::outcome(|reply: &Reply| trace.retries(reply)))
        .wait(|s: &RetryState<'_, Reply>| trace.pause(s))
        .stop(stop::stop_when(|p| trace.ends(p.attempt(), p.pause())))
        .fallback(|give_up: GiveUp<Reply>| trace.instead(give_up))
        .sleep(|pause| trace.slept(pause))
}

fn steps(trace: &Trace, script: &[Reply]) -> Reply {
    let policy = policy(trace);
    let mut call = policy.start();
    loop {
        let attempt = call.attempt();
        let reply = trace.reply(script);
        match call.next_marked(&reply, &attempt) {
            Next::Return => return reply,
            Next::Sleep(pause) => trace.slept(pause),
        }
    }
}

fn of(run: impl FnOnce(&Trace) -> Reply) -> (Reply, Vec<String>) {
    let trace = Trace::default();
    let reply = run(&trace);
    (reply, trace.0.into_inner())
}

#[test]
fn every_front_makes_the_same_trace() {
    let scripts: [&[Reply]; 5] = [
        &[Ok(1)],
        &[Err("busy"), Ok(2)],
        &[Err("busy"), Err("broken")],
        &[Err("busy")],
        &[Err("broken")],
    ];
    for script in scripts {
        let first = of(|trace| blocking(trace, script));
        assert!(first.1.len() >= 5, "{first:?}");
        assert_eq!(
            first,
            of(|trace| crate::common::block_on(asynchronous(trace, script)))
        );
        assert_eq!(first, of(|trace| policy(trace).run(|| trace.reply(script))));
        // The caller of the step API falls back, and sleeps, as it likes.
        let fallback = |event: &&String| !event.starts_with("fallback");
        let (reply, events) = of(|trace| steps(trace, script));
        assert_eq!(reply, first.0);
        assert!(
            events.iter().eq(first.1.iter().filter(fallback)),
            "{events:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_async_runner_makes_the_same_trace() {
    let script: &[Reply] = &[Err("busy"), Err("busy"), Ok(3)];
    let first = of(|trace| blocking(trace, script));
    let trace = Trace::default();
    let reply = policy(&trace)
        .run_async(|| async { trace.reply(script) })
        .await;
    let slept = |event: &&String| !event.starts_with("sleep");
    assert_eq!(reply, first.0);
    assert!(trace.0.into_inner().iter().eq(first.1.iter().filter(slept)));
}
