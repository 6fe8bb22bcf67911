//! Outcomes that are retried: predicates, their algebra, and the errors that they inspect.
#![cfg(feature = "std")]

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use crate::common::{SECOND, script, secs};
use persevere_core::when::{
    always, any_failure, cause_is, err, err_is, idempotent, message, never, ok, outcome, transient,
    unsent,
};
use persevere_core::{
    Interrupt, Missing, Opaque, Outcome, Predicate, RetryPolicy, Transient, Verdict, wait,
};

const FINAL: Verdict = Verdict::Final;
const RETRY: Verdict = Verdict::Retry;

type Reply = Result<u32, u16>;

fn verdict<O>(predicate: impl Predicate<O>, outcome: O) -> Verdict {
    predicate.verdict(&outcome)
}

#[test]
fn any_failure_retries_errors_and_absence() {
    assert_eq!(verdict(any_failure(), Err::<u32, _>(503)), RETRY);
    assert_eq!(verdict(any_failure(), Ok::<_, u16>(1)), FINAL);
    assert_eq!(verdict(any_failure(), None::<u32>), RETRY);
    assert_eq!(verdict(any_failure(), Some(1)), FINAL);
    assert_eq!(verdict(any_failure(), Opaque(1)), FINAL, "judged whole");
}

#[test]
fn closures_pick_errors_values_and_outcomes() {
    let busy = err(|status: &u16| *status == 503);
    assert_eq!(verdict(busy, Reply::Err(503)), RETRY);
    assert_eq!(verdict(busy, Reply::Err(404)), FINAL);
    assert_eq!(verdict(busy, Reply::Ok(503)), FINAL);
    let empty = ok(|rows: &u32| *rows == 0);
    assert_eq!(verdict(empty, Reply::Ok(0)), RETRY);
    assert_eq!(verdict(empty, Reply::Ok(1)), FINAL);
    assert_eq!(verdict(empty, Reply::Err(0)), FINAL);
    let odd = outcome(|reply: &Reply| matches!(reply, Ok(1) | Err(1)));
    assert_eq!(verdict(odd, Reply::Ok(1)), RETRY);
    assert_eq!(verdict(odd, Reply::Err(2)), FINAL);
    assert_eq!(verdict(|reply: &Reply| reply.is_ok(), Ok(1)), RETRY, "bare");
}

#[test]
fn always_and_never_do_not_look() {
    for reply in [Ok(1), Err(503)] {
        assert_eq!(verdict::<Reply>(always(), reply), RETRY);
        assert_eq!(verdict::<Reply>(never(), reply), FINAL);
    }
}

#[test]
fn message_looks_into_the_text() {
    let locked = message("is locked");
    let reply = |text| Err::<(), &str>(text);
    assert_eq!(verdict(locked, reply("database is locked")), RETRY);
    assert_eq!(verdict(locked, reply("disk is full")), FINAL);
    assert_eq!(verdict(locked, Ok::<(), &str>(())), FINAL);
    assert_eq!(verdict(message(String::from("lock")), reply("lock")), RETRY);
}

#[test]
fn operators_follow_the_truth_table() {
    for (a, b) in [(false, false), (false, true), (true, false), (true, true)] {
        let (x, y) = (outcome(move |_: &Reply| a), outcome(move |_: &Reply| b));
        let retry = |wanted| if wanted { RETRY } else { FINAL };
        assert_eq!(verdict(x | y, Ok(1)), retry(a || b), "{a} | {b}");
        assert_eq!(verdict(x & y, Ok(1)), retry(a && b), "{a} & {b}");
        assert_eq!(verdict(!x, Ok(1)), retry(!a), "!{a}");
        assert_eq!(verdict(!(x | y), Ok(1)), retry(!a && !b), "neither");
        assert_eq!(verdict((x & y) | !x, Ok(1)), retry(b || !a), "implies");
    }
}

#[test]
fn every_predicate_of_ours_has_the_operators() {
    let io = || Err::<(), _>(io::Error::other("busy"));
    let one = any_failure() | always() & never() | err(|_: &io::Error| true) & !ok(|(): &()| true);
    assert_eq!(verdict(one, io()), RETRY);
    let two = transient() | unsent() & idempotent(true) & message("busy") | err_is::<io::Error>();
    assert_eq!(verdict(two, io()), RETRY);
    let three = !cause_is::<io::Error>() & |_: &io::Result<()>| true;
    assert_eq!(verdict(three, io()), FINAL);
}

#[test]
fn the_longer_of_two_hints_holds() {
    struct Hint(u64);
    impl<O> Predicate<O> for Hint {
        fn verdict(&self, _: &O) -> Verdict {
            Verdict::RetryAfter(SECOND * self.0 as u32)
        }
    }
    let after = |seconds| Verdict::RetryAfter(secs(seconds));
    assert_eq!(verdict(never() | Hint(2), ()), after(2.0));
    assert_eq!(verdict(always() | Hint(2), ()), after(2.0));
    assert_eq!(verdict((always() & Hint(2)) | Hint(5), ()), after(5.0));
    assert_eq!(verdict((always() | Hint(5)) & Hint(2), ()), after(5.0));
    assert_eq!(verdict(never() & Hint(2), ()), FINAL);
    assert_eq!(verdict(!(always() & Hint(2)), ()), FINAL);
}

#[test]
fn predicates_behind_pointers_are_predicates() {
    let busy = err(|status: &u16| *status == 503);
    let reply = || Reply::Err(503);
    assert_eq!(verdict(&busy as &dyn Predicate<Reply>, reply()), RETRY);
    assert_eq!(
        verdict(&busy as &(dyn Predicate<Reply> + Sync), reply()),
        RETRY
    );
    let boxed: Box<dyn Predicate<Reply>> = Box::new(busy);
    assert_eq!(verdict(never() | boxed, reply()), RETRY);
    let shared: Arc<dyn Predicate<Reply> + Send + Sync> = Arc::new(busy);
    assert_eq!(verdict(any_failure() & shared, reply()), RETRY);
}

#[test]
fn an_outcome_of_the_users_own_is_judged() {
    #[derive(Clone)]
    struct Response(u16);
    impl Outcome for Response {
        type Value = Self;
        type Error = u16;
        fn value(&self) -> Option<&Self> {
            (self.0 < 400).then_some(self)
        }
        fn error(&self) -> Option<&u16> {
            (self.0 >= 400).then_some(&self.0)
        }
    }
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .when(err(|status: &u16| *status >= 500) | ok(|r: &Response| r.0 == 202));
    let ends_with = |statuses: &[u16]| {
        let replies: Vec<_> = statuses.iter().map(|status| Response(*status)).collect();
        policy.run(script::<Response>(replies)).0
    };
    assert_eq!(ends_with(&[500, 202, 200]), 200);
    assert_eq!(ends_with(&[404]), 404);
    assert_eq!(ends_with(&[503, 503, 503]), 503);
}

#[test]
fn a_predicate_of_the_users_own_is_asked() {
    struct Odd;
    impl Predicate<Reply> for Odd {
        fn verdict(&self, outcome: &Reply) -> Verdict {
            Verdict::retry_if(outcome.is_ok_and(|n| n % 2 == 1))
        }
    }
    let policy = RetryPolicy::new().wait(wait::none()).when(Odd);
    assert_eq!(policy.run(script::<Reply>([Ok(1), Ok(2)])), Ok(2));
    assert_eq!(policy.run(script::<Reply>([Err(1)])), Err(1));
}

#[test]
fn option_and_whole_are_run() {
    let policy = RetryPolicy::new().wait(wait::none());
    assert_eq!(policy.run(script([None, Some(5)])), Some(5));
    let policy = policy.when(outcome(|level: &Opaque<u32>| level.0 < 2));
    assert_eq!(policy.run(script([Opaque(1), Opaque(2)])), Opaque(2));
    assert_eq!(verdict(transient(), None::<u32>), RETRY);
    assert_eq!(None::<u32>.error(), Some(&Missing));
}

#[test]
fn io_errors_know_whether_they_pass() {
    use ErrorKind::*;
    // (kind, transient, unsent)
    let table = [
        (ConnectionRefused, true, true),
        (ConnectionReset, true, false),
        (ConnectionAborted, true, false),
        (NotConnected, true, false),
        (BrokenPipe, true, false),
        (UnexpectedEof, true, false),
        (HostUnreachable, true, false),
        (NetworkUnreachable, true, false),
        (NetworkDown, true, false),
        (TimedOut, true, false),
        (Interrupted, true, false),
        (WouldBlock, true, false),
        (ResourceBusy, true, false),
        (StaleNetworkFileHandle, true, false),
        (Deadlock, true, false),
        (NotFound, false, false),
        (PermissionDenied, false, false),
        (AlreadyExists, false, false),
        (AddrInUse, false, false),
        (AddrNotAvailable, true, true),
        (InvalidInput, false, false),
        (InvalidData, false, false),
        (WriteZero, false, false),
        (StorageFull, false, false),
        (Unsupported, false, false),
        (OutOfMemory, false, false),
        (Other, false, false),
    ];
    for (kind, passes, no_effect) in table {
        let reply = || Err::<(), _>(io::Error::from(kind));
        let retry = |wanted| if wanted { RETRY } else { FINAL };
        assert_eq!(verdict(transient(), reply()), retry(passes), "{kind:?}");
        assert_eq!(verdict(unsent(), reply()), retry(no_effect), "{kind:?}");
        assert_eq!(verdict(idempotent(true), reply()), retry(passes));
        assert_eq!(verdict(idempotent(false), reply()), retry(no_effect));
    }
    assert_eq!(verdict(transient(), io::Result::Ok(())), FINAL);
    assert_eq!(verdict(unsent(), io::Result::Ok(())), FINAL);
}

#[test]
fn an_error_of_the_users_own_says_itself_whether_it_passes() {
    struct Busy;
    impl Transient for Busy {
        fn verdict(&self) -> Verdict {
            Verdict::RetryAfter(SECOND)
        }
    }
    assert_eq!(
        verdict(transient(), Err::<(), _>(Busy)),
        Verdict::RetryAfter(SECOND)
    );
    assert_eq!(
        verdict(transient(), Err::<(), _>(Box::new(Busy))),
        Verdict::RetryAfter(SECOND)
    );
    assert_eq!(
        verdict(transient(), Err::<(), _>(&Busy)),
        Verdict::RetryAfter(SECOND)
    );
    assert_eq!(verdict(unsent(), Err::<(), _>(Arc::new(Busy))), FINAL);
    let dynamic: Box<dyn Transient> = Box::new(Busy);
    assert_eq!(
        verdict(transient(), Err::<(), _>(dynamic)),
        Verdict::RetryAfter(SECOND)
    );
}

/// An error with a cause.
#[derive(Debug)]
struct Load(io::Error);

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot load")
    }
}

impl Error for Load {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

fn load() -> Load {
    Load(io::Error::other("disk"))
}

/// Its `source` is that of the inner error.
#[test]
fn an_io_error_was_caused_by_what_it_was_made_of() {
    let loaded = || Err::<(), _>(io::Error::other(load()));
    assert_eq!(verdict(cause_is::<Load>(), loaded()), RETRY);
    assert_eq!(verdict(cause_is::<fmt::Error>(), loaded()), FINAL);
    let cut = || Err::<(), _>(io::Error::from(Interrupt::AttemptTimeout));
    assert_eq!(verdict(cause_is::<Interrupt>(), cut()), RETRY);
}

#[test]
fn err_is_looks_at_the_error_and_cause_is_along_its_chain() {
    let plain = || Err::<(), _>(load());
    assert_eq!(verdict(err_is::<Load>(), plain()), RETRY);
    assert_eq!(verdict(err_is::<io::Error>(), plain()), FINAL);
    assert_eq!(verdict(cause_is::<Load>(), plain()), RETRY);
    assert_eq!(verdict(cause_is::<io::Error>(), plain()), RETRY);
    assert_eq!(verdict(cause_is::<fmt::Error>(), plain()), FINAL);
    assert_eq!(verdict(cause_is::<Load>(), Ok::<(), Load>(())), FINAL);
}

#[test]
fn boxed_errors_are_opened() {
    let boxed = || Err::<(), Box<dyn Error>>(load().into());
    assert_eq!(verdict(err_is::<Load>().in_dyn_error(), boxed()), RETRY);
    assert_eq!(
        verdict(err_is::<io::Error>().in_dyn_error(), boxed()),
        FINAL
    );
    assert_eq!(
        verdict(cause_is::<io::Error>().in_dyn_error(), boxed()),
        RETRY
    );
    assert_eq!(
        verdict(cause_is::<fmt::Error>().in_dyn_error(), boxed()),
        FINAL
    );
    let shared = Err::<(), Box<dyn Error + Send + Sync>>(load().into());
    assert_eq!(
        verdict(cause_is::<io::Error>().in_dyn_error(), shared),
        RETRY
    );
    let sent = Err::<(), Box<dyn Error + Send>>(Box::new(load()));
    assert_eq!(
        verdict(err_is::<Load>().in_dyn_error() | never(), sent),
        RETRY
    );
}

#[cfg(feature = "anyhow")]
#[test]
fn anyhow_errors_are_opened() {
    let with_context = || Err::<(), _>(anyhow::Error::new(load()).context("at startup"));
    let bare = || Err::<(), _>(anyhow::Error::new(load()));
    assert_eq!(verdict(err_is::<Load>().in_dyn_error(), bare()), RETRY);
    assert_eq!(
        verdict(cause_is::<Load>().in_dyn_error(), with_context()),
        RETRY
    );
    assert_eq!(
        verdict(cause_is::<io::Error>().in_dyn_error(), with_context()),
        RETRY
    );
    assert_eq!(
        verdict(cause_is::<fmt::Error>().in_dyn_error(), with_context()),
        FINAL
    );
}

#[test]
fn a_foreign_error_goes_with_what_its_user_knows() {
    use persevere_core::Classified;
    let disk = || io::Error::other("disk");
    for (judged, verdict, is_unsent) in [
        (Classified::retry(disk()), RETRY, false),
        (Classified::retry(disk()).sent_nothing(), RETRY, true),
        (
            Classified::retry_after(disk(), SECOND),
            Verdict::RetryAfter(SECOND),
            false,
        ),
        (Classified::fatal(disk()), FINAL, false),
        (Classified::from(Interrupt::AttemptTimeout), RETRY, false),
        (Classified::from(Interrupt::Deadline), FINAL, false),
    ] {
        assert_eq!(judged.verdict(), verdict, "{judged:?}");
        assert_eq!(judged.unsent(), is_unsent, "{judged:?}");
        let text = judged.to_string();
        assert_eq!(judged.into_inner().to_string(), text);
    }
    let wrapped = Classified::fatal(load());
    assert!(
        wrapped
            .source()
            .is_some_and(|source| source.is::<io::Error>())
    );
    assert_eq!(wrapped.inner().0.to_string(), "disk");
}
