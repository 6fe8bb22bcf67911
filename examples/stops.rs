//! Every stop, alone and combined. Each function fails for ever, or nearly; its stop ends the call.
//!
//! ```text
//! cargo run --example stops
//! ```

use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use persevere::{Progress, RetryError, Stop, StopReason, retry};

type Call<T = ()> = Result<T, RetryError<&'static str>>;

/// A number of attempts, the first included.
#[retry(stop = after_attempt(4), wait = 10ms, wrap_err = true)]
fn attempts() -> Call {
    Err("refused")
}

/// Once 50 ms have passed: the last pause may end later.
#[retry(stop = after_delay(50ms), wait = 20ms, wrap_err = true)]
fn after() -> Call {
    Err("refused")
}

/// Before 50 ms have passed: no pause begins that would end later.
#[retry(stop = before_delay(50ms), wait = 20ms, wrap_err = true)]
fn before() -> Call {
    Err("refused")
}

/// Whichever comes first.
#[retry(stop = after_attempt(100) | before_delay(50ms), wait = 10ms, wrap_err = true)]
fn either() -> Call {
    Err("refused")
}

/// Both: at least three attempts, and at least 50 ms.
#[retry(stop = after_attempt(3) & after_delay(50ms), wait = 10ms, wrap_err = true)]
fn both() -> Call {
    Err("refused")
}

/// The same as `|` and `&`, for lists.
#[retry(
    stop = any((before_delay(1s), all((after_attempt(2), after_delay(30ms))))),
    wait = 10ms,
    wrap_err = true,
)]
fn lists() -> Call {
    Err("refused")
}

static SHUTDOWN: AtomicBool = AtomicBool::new(false);

/// Until somebody sets the flag.
#[retry(stop = cancelled(&SHUTDOWN), wait = 10ms, wrap_err = true)]
fn until_shutdown() -> Call {
    Err("refused")
}

/// A condition of one's own.
#[retry(stop = stop_when(|p| p.idle_for() >= 30ms), wait = 10ms, wrap_err = true)]
fn condition() -> Call {
    Err("refused")
}

/// A stop of one's own, with its own reason.
struct Battery {
    percent: u32,
}

impl Stop for Battery {
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
        (progress.attempt() * 20 > self.percent).then_some(StopReason::GivenUp)
    }
}

#[retry(stop = battery | after_attempt(100), wait = 10ms, wrap_err = true)]
fn own(battery: Battery) -> Call {
    Err("refused")
}

/// No limit at all: until it succeeds.
#[retry(stop = never(), wait = 1ms, wrap_err = true)]
fn never_ending(attempts: &mut u32) -> Call<u32> {
    *attempts += 1;
    if *attempts < 20 {
        Err("refused")
    } else {
        Ok(*attempts)
    }
}

fn main() {
    show("after_attempt(4)", attempts());
    show("after_delay(50ms)", after());
    show("before_delay(50ms)", before());
    show("after_attempt(100) | before_delay(50ms)", either());
    show("after_attempt(3) & after_delay(50ms)", both());
    show("any((.., all((..))))", lists());

    thread::spawn(|| {
        thread::sleep(Duration::from_millis(45));
        SHUTDOWN.store(true, Ordering::Release);
    });
    show("cancelled(&SHUTDOWN)", until_shutdown());

    show("stop_when(|p| ..)", condition());
    show("battery | after_attempt(100)", own(Battery { percent: 70 }));
    show("never()", never_ending(&mut 0));
}

fn show<T: Debug>(stop: &str, call: Call<T>) {
    match call {
        Ok(value) => println!("{stop:<40} returned {value:?}"),
        Err(error) => println!("{stop:<40} {error}"),
    }
}
