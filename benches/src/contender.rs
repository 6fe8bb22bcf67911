//! One row of the tables: a way to retry, in every situation that is measured.

use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::service::{Outcome, Service};

/// Makes this many calls.
pub type Calls = fn(u64);

pub struct Contender {
    pub name: &'static str,
    /// First-try success, blocking.
    pub success: Option<Calls>,
    /// The same by a function of its own, retried for every error, whose caller looks at the outcome by `match`.
    pub matched: Option<Calls>,
    /// One retry with full jitter, blocking, with a no-op sleeper.
    pub retry: Option<Calls>,
    /// First-try success, async, polled by hand.
    pub polled: Option<Calls>,
    /// One retry with full jitter, polled by hand, with a no-op sleeper.
    pub polled_retry: Option<Calls>,
    /// First-try success under tokio.
    pub tokio: Option<Calls>,
    /// One retry with full jitter on tokio's timer, its clock paused.
    pub timer: Option<Calls>,
    /// One pause alone.
    pub pause: Option<Calls>,
    /// Bytes of the future of a small and of a large callee.
    pub small: Option<fn() -> usize>,
    pub large: Option<fn() -> usize>,
    /// A task that waits for its first retry.
    pub waiting: Option<fn(&'static Service) -> JoinHandle<Outcome>>,
}

impl Contender {
    pub const fn named(name: &'static str) -> Self {
        Contender {
            name,
            success: None,
            matched: None,
            retry: None,
            polled: None,
            polled_retry: None,
            tokio: None,
            timer: None,
            pause: None,
            small: None,
            large: None,
            waiting: None,
        }
    }
}

/// A kind of call that is measured, and its name.
pub struct Metric {
    pub key: &'static str,
    pub title: &'static str,
    pub calls: fn(&Contender) -> Option<Calls>,
    /// Whether tokio's runtime takes part.
    pub runtime: bool,
}

#[rustfmt::skip]
pub const METRICS: [Metric; 8] = [
    Metric { key: "success", title: "success, blocking", calls: |c| c.success, runtime: false },
    Metric { key: "matched", title: "success, matched", calls: |c| c.matched, runtime: false },
    Metric { key: "polled", title: "success, polled", calls: |c| c.polled, runtime: false },
    Metric { key: "tokio", title: "success, tokio", calls: |c| c.tokio, runtime: true },
    Metric { key: "retry", title: "1 retry, blocking", calls: |c| c.retry, runtime: false },
    Metric { key: "polled-retry", title: "1 retry, polled", calls: |c| c.polled_retry, runtime: false },
    Metric { key: "timer", title: "1 retry, tokio's timer", calls: |c| c.timer, runtime: true },
    Metric { key: "pause", title: "1 pause", calls: |c| c.pause, runtime: false },
];

/// All rows, the hand-written loop first.
pub fn all() -> Vec<Contender> {
    let own = [
        crate::hand::HAND,
        crate::ours::ATTRIBUTE,
        crate::ours::RUN,
        crate::ours::SHARED,
    ];
    #[cfg(feature = "peers")]
    return own.into_iter().chain(crate::peers::PEERS).collect();
    #[cfg(not(feature = "peers"))]
    return own.into();
}

/// Polls until ready, without a runtime.
#[inline(always)]
pub fn poll<F: Future>(mut future: Pin<&mut F>) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// A runtime whose clock jumps from timer to timer.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        let mut builder = Builder::new_current_thread();
        builder.enable_time().start_paused(true);
        builder.build().expect("a runtime")
    });
    &RUNTIME
}

macro_rules! blocking {
    ($failures:expr, |$service:ident| $call:expr) => {{
        #[inline(never)]
        fn one() {
            let $service = &Service::failing(std::hint::black_box($failures));
            let _ = std::hint::black_box($call);
        }
        |rounds| (0..rounds).for_each(|_| one())
    }};
}

macro_rules! matched {
    ($call:ident) => {{
        #[inline(never)]
        fn one() {
            let service = &Service::failing(std::hint::black_box(0));
            match $call(service) {
                Ok(value) => drop(std::hint::black_box(value)),
                Err(error) => drop(std::hint::black_box(error)),
            }
        }
        |rounds| (0..rounds).for_each(|_| one())
    }};
}

macro_rules! polled {
    ($failures:expr, |$service:ident| $call:expr) => {{
        #[inline(never)]
        fn one() {
            let $service = &Service::failing(std::hint::black_box($failures));
            let _ = std::hint::black_box(crate::contender::poll(std::pin::pin!($call)));
        }
        |rounds| (0..rounds).for_each(|_| one())
    }};
}

macro_rules! tokio {
    ($failures:expr, |$service:ident| $call:expr) => {
        |rounds| {
            crate::contender::runtime().block_on(async {
                for _ in 0..rounds {
                    let $service = &Service::failing(std::hint::black_box($failures));
                    let _ = std::hint::black_box($call.await);
                }
            })
        }
    };
}

pub(crate) use {blocking, matched, polled, tokio};
