//! Interrupts: the outcome of an attempt that was cut or refused, and its description.
#![cfg(feature = "std")]

use std::io;
use std::time::Duration;

use persevere_core::{FromInterrupt, Interrupt, Missing, Opaque, Outcome, Transient, Verdict};

const SECOND: Duration = Duration::from_secs(1);

/// Returns rows of an interrupt, its line, its verdict, whether nothing was sent, and its kind among the
/// errors of I/O.
fn table() -> [(Interrupt, &'static str, Verdict, bool, io::ErrorKind); 5] {
    use io::ErrorKind::{Other, ResourceBusy, TimedOut};
    let open = |retry_after| Interrupt::CircuitOpen { retry_after };
    [
        (
            Interrupt::AttemptTimeout,
            "the attempt timed out",
            Verdict::Retry,
            false,
            TimedOut,
        ),
        (
            Interrupt::Deadline,
            "the deadline has passed",
            Verdict::Final,
            false,
            TimedOut,
        ),
        (
            open(None),
            "the circuit is open",
            Verdict::Retry,
            true,
            ResourceBusy,
        ),
        (
            open(Some(SECOND)),
            "the circuit is open",
            Verdict::RetryAfter(SECOND),
            true,
            ResourceBusy,
        ),
        (
            Interrupt::Cancelled,
            "the call was cancelled",
            Verdict::Final,
            false,
            Other,
        ),
    ]
}

#[test]
fn each_says_what_it_is_and_whether_to_go_on() {
    for (interrupt, line, verdict, unsent, kind) in table() {
        assert_eq!(interrupt.to_string(), line);
        assert_eq!(
            (interrupt.verdict(), interrupt.unsent()),
            (verdict, unsent),
            "{line}"
        );
        let error = io::Error::from(interrupt);
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, line));
        assert_eq!(
            (error.verdict(), error.unsent()),
            (verdict, unsent),
            "{line}, inside"
        );
    }
}

#[test]
fn outcomes_stand_for_an_attempt_without_one() {
    for (interrupt, line, ..) in table() {
        let outcome = io::Result::<u8>::from_interrupt(interrupt);
        assert_eq!(outcome.unwrap_err().to_string(), line);
        assert_eq!(Option::<u8>::from_interrupt(interrupt), None);
    }
}

#[test]
fn outcomes_have_a_value_or_an_error() {
    assert_eq!((Some(7).value(), Some(7).error()), (Some(&7), None));
    assert_eq!(
        (None::<u8>.value(), None::<u8>.error()),
        (None, Some(&Missing))
    );
    assert_eq!(Missing.to_string(), "no value");
    let (good, bad) = (Ok::<_, u8>(7), Err::<u8, _>(8));
    assert_eq!((good.value(), good.error()), (Some(&7), None));
    assert_eq!((bad.value(), bad.error()), (None, Some(&8)));
    assert_eq!(Opaque(7).value(), Some(&7));
    assert!(Opaque(7).error().is_none());
}
