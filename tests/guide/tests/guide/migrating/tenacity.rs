//! From tenacity.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use persevere::testing::Scope;
use persevere::{CancelToken, GiveUp, Outcome, Policy, RetryError, RetryPolicy, RetryState, RetryStats, retry, switch};

static TOKEN: CancelToken = CancelToken::new();
static STATS: RetryStats = RetryStats::new();

#[derive(Debug)]
enum Error {
    #[expect(dead_code, reason = "matched by its variant alone")]
    Io(io::Error),
    Denied,
}

type Call = Result<u32, Error>;
type Boxed = Result<u32, Box<dyn StdError>>;

mod stops {
    use super::*;

    #[retry(stop = never(), wait = none())]
    fn forever() -> Call {
        Ok(1)
    }

    #[retry(stop = after_attempt(3), wait = 2s)]
    fn attempts() -> Call {
        Ok(1)
    }

    #[retry(stop = after_delay(30s), wait = fixed(2s))]
    fn after() -> Call {
        Ok(1)
    }

    #[retry(stop = before_delay(30s), wait = random(1s..3s))]
    fn before() -> Call {
        Ok(1)
    }

    #[retry(stop = after_attempt(5) | after_delay(30s), wait = incrementing(1s, 1s))]
    fn either() -> Call {
        Ok(1)
    }

    #[retry(stop = cancelled(&TOKEN), wait = exponential(1s).max(1min))]
    fn event() -> Call {
        Ok(1)
    }

    #[test]
    fn calls_run() {
        for call in [forever, attempts, after, before, either, event] {
            assert_eq!(call().unwrap(), 1);
        }
    }
}

mod waits {
    use super::*;

    #[retry(wait = exponential(1s).max(1min).full_jitter())]
    fn jittered() -> Call {
        Ok(1)
    }

    #[retry(wait = exponential(1s).min(4s).max(10s))]
    fn bounded() -> Call {
        Ok(1)
    }

    #[retry(wait = exponential(1s).factor(3.0))]
    fn tripled() -> Call {
        Ok(1)
    }

    #[retry(wait = exponential(1s).max(1min).jitter_add(1s))]
    fn added() -> Call {
        Ok(1)
    }

    #[retry(wait = fixed(3s) + random(0s..2s))]
    fn sum() -> Call {
        Ok(1)
    }

    #[retry(wait = chain((fixed(1s), fixed(5s))))]
    fn chained() -> Call {
        Ok(1)
    }

    #[test]
    fn calls_run() {
        for call in [jittered, bounded, tripled, added, sum, chained] {
            assert_eq!(call().unwrap(), 1);
        }
    }
}

mod predicates {
    use super::*;

    fn f(error: &Error) -> bool {
        matches!(error, Error::Io(_))
    }

    #[retry(on = Err(Error::Io(_)), wait = none())]
    fn by_pattern(errors: &mut Vec<Error>) -> Call {
        errors.pop().map_or(Ok(1), Err)
    }

    #[retry(when = err(f))]
    fn by_error() -> Call {
        Ok(1)
    }

    #[retry(when = always(), unless = Err(Error::Denied), stop = after_attempt(1))]
    fn unless() -> Call {
        Ok(1)
    }

    #[retry(when = attempt(|outcome, n| outcome.is_err() && n < 3))]
    fn by_attempt() -> Call {
        Ok(1)
    }

    #[retry(when = err_is::<io::Error>())]
    fn by_type() -> Boxed {
        Ok(1)
    }

    #[retry(when = cause_is::<io::Error>())]
    fn by_cause() -> Boxed {
        Ok(1)
    }

    #[retry(when = message("busy"))]
    fn by_message() -> Boxed {
        Ok(1)
    }

    mod results {
        use super::*;

        fn f(value: &u32) -> bool {
            *value == 0
        }

        #[retry(when = ok(f))]
        pub(super) fn by_result() -> Call {
            Ok(1)
        }
    }

    #[test]
    fn calls_run() {
        for call in [by_error, unless, by_attempt, results::by_result] {
            assert_eq!(call().unwrap(), 1);
        }
        let mut errors = vec![Error::Denied, Error::Io(io::ErrorKind::TimedOut.into())];
        assert!(matches!(by_pattern(&mut errors), Err(Error::Denied)));
        for call in [by_type, by_cause, by_message] {
            assert_eq!(call().unwrap(), 1);
        }
    }
}

mod events {
    use super::*;

    fn f<O: Outcome>(state: &RetryState<'_, O>) {
        println!("attempt {}", state.attempt());
    }

    #[retry(before = f, after = f, before_sleep = log_warn())]
    fn heard() -> Result<u32, String> {
        Ok(1)
    }

    #[retry(before = log_debug(), after = log_debug())]
    fn logged() -> Result<u32, String> {
        Ok(1)
    }

    mod instead {
        use super::*;

        fn f(_: GiveUp<Result<u32, String>>) -> Result<u32, String> {
            Ok(0)
        }

        #[retry(wait = none(), fallback = f)]
        pub(super) fn fallback() -> Result<u32, String> {
            Err("busy".to_owned())
        }
    }

    mod sleeping {
        use super::*;

        fn f(_: Duration) {}

        #[retry(sleep = f, stats = &STATS, wrap_err = true)]
        pub(super) fn slept() -> Result<u32, RetryError<String>> {
            Err("busy".to_owned())
        }
    }

    #[retry(wait = none(), attempt = at)]
    fn again(d: Duration) -> Result<u32, String> {
        match at.number() {
            1 => at.retry(),
            2 => at.retry_now(),
            _ => at.retry_after(d),
        }
        Ok(at.number())
    }

    #[test]
    fn calls_run() {
        assert_eq!(heard(), Ok(1));
        assert_eq!(logged(), Ok(1));
        assert_eq!(instead::fallback(), Ok(0));
        assert_eq!(sleeping::slept().unwrap_err().attempts(), 3);
        assert_eq!(STATS.attempts(), 3);
        assert_eq!(again(Duration::ZERO), Ok(3));
    }
}

mod control {
    use super::*;

    #[retry(retry_with = fetch_with)]
    fn fetch(x: u32) -> Result<u32, String> {
        Ok(x)
    }

    #[retry(enabled = false)]
    fn once() -> Result<u32, String> {
        Err("busy".to_owned())
    }

    fn step(policy: &impl Policy<Result<u32, String>>) -> bool {
        let outcome = Err("busy".to_owned());
        let mut call = policy.start();
        matches!(call.next(&outcome), persevere::Next::Sleep(_))
    }

    #[test]
    fn calls_run() {
        let (policy, x) = (RetryPolicy::new(), 7);
        assert_eq!(fetch(x), fetch_with(&policy, x));
        assert!(once().is_err());
        assert!(step(&policy));
        assert!(Scope::off().run(once).is_err());
        assert!(Scope::capped(2).run(once).is_err());
        if !switch::is_enabled() {
            switch::set_enabled(false);
        }
    }
}
