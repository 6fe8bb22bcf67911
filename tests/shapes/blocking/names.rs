//! Names that meet the expansion's own, and attributes that meet `#[retry]`.

use crate::common::{Refused, Tries};
use persevere::retry;

#[retry(stop = after_attempt(stop + wait), wait = fixed(std::time::Duration::from_nanos(pause)))]
fn locals(
    call: &Tries,
    outcome: u32,
    pause: u64,
    state: u32,
    of: u32,
    stop: u32,
    wait: u32,
    policy: u32,
    verdict: u32,
    edge: u32,
    end: u32,
    reason: u32,
    watch: u32,
    name: u32,
    log: &mut u32,
) -> Result<u32, Refused> {
    call.next();
    *log += 1;
    Err(Refused(
        outcome + state + of + stop + wait + policy + verdict + edge + end + reason + watch + name,
    ))
}

#[test]
fn arguments_named_as_our_locals() {
    let (tries, mut log) = (Tries::new(), 0);
    let outcome = locals(&tries, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, &mut log);
    assert_eq!(outcome, Err(Refused(12)));
    assert_eq!((tries.made(), log), (2, 2));
}

#[retry(wait = none(), before_sleep = |state| outcome(state.attempt()), when = err(|e| verdict(e)))]
fn call(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

fn outcome(n: u32) {
    assert!(n < 3);
}

fn verdict(refused: &Refused) -> bool {
    refused.0 < 3
}

#[test]
fn functions_named_as_our_locals() {
    let tries = Tries::new();
    assert_eq!(call(&tries), Ok(3));
    assert_eq!(tries.made(), 3);
}

mod shadows {
    use crate::common::{Refused, Tries};
    use persevere::retry;
    use std::result::Result as Either;

    pub(super) struct Result;
    pub(super) struct Option;
    pub(super) struct Some;
    use self::{Result as Err, Result as Ok, Result as bool, Result as u32, Result as usize};

    #[retry(
        wait = none(),
        enabled = 1 < 2,
        attempt = at,
        clone(text),
        stats = &persevere::RetryStats::new(),
        case(core::result::Result::Err(Refused(1)), stop = after_attempt(5)),
        on = core::result::Result::Err(_),
        after = |_| (),
    )]
    pub(super) fn shadowed(tries: &Tries, text: String) -> Either<i64, Refused> {
        let _ = (Result, Option, Some, Ok, Err, u32, bool, usize, at.number());
        let _ = text;
        match tries.third() {
            core::result::Result::Err(refused) => core::result::Result::Err(refused),
            core::result::Result::Ok(n) => core::result::Result::Ok(n.into()),
        }
    }
}

mod extended {
    use crate::common::{Refused, Tries};
    use persevere::retry;

    /// Methods for everything, named as the engine's.
    macro_rules! methods {
        ($($name:ident)+) => {
            trait Everything: Sized {
                $(fn $name(self) {})+
            }

            impl<T> Everything for T {}

            pub(super) fn extensions() {
                $(().$name();)+
            }
        };
    }

    methods! {
        amend attempt begin classify decide elapsed finality_if finish hooks into_outcome is
        is_retry is_some judge mark own_stop own_wait paused ran record_attempt record_end
        record_pause reset resets_after restart rule set_aside sleeper state to_sleep unwrap_or_default
    }

    static STATS: persevere::RetryStats = persevere::RetryStats::new();

    #[retry(
    wait = none(),
    case(Err(Refused(1)), stop = after_attempt(2)),
    on = Err(_),
    attempt = at,
    stats = &STATS,
    reset_after = 1h,
    before = |_| (),
    after = |_| (),
    on_success = |_| (),
    on_failure = |_| (),
)]
    pub(super) fn among_extension_methods(tries: &Tries) -> Result<u32, Refused> {
        assert_eq!(persevere::Attempt::number(&at), tries.made() + 1);
        tries.third()
    }
}

#[test]
fn shadowed_preludes() {
    let tries = Tries::new();
    assert_eq!(shadows::shadowed(&tries, String::new()), Ok(3));
    assert_eq!(tries.made(), 3);
    extended::extensions();
    assert_eq!(extended::among_extension_methods(&Tries::new()), Ok(3));
}

/// Documented.
#[inline]
#[must_use]
#[retry(wait = none())]
#[cfg(all())]
/// Documented further.
pub fn attributes_around(tries: &Tries) -> Option<u32> {
    tries.third().ok()
}

#[retry(wait = none())]
#[inline(always)]
#[doc = "Documented."]
#[cold]
#[track_caller]
fn attributes_below(tries: &Tries) -> Option<u32> {
    tries.third().ok()
}

#[cfg(any())]
#[retry(wait = none())]
fn not_there() -> Option<u32> {
    nothing()
}

#[cfg_attr(all(), retry(wait = none()))]
#[cfg_attr(all(), inline)]
fn conditionally(tries: &Tries) -> Option<u32> {
    tries.third().ok()
}

#[persevere::retry(wait = none())]
fn by_its_path(tries: &Tries) -> Option<u32> {
    tries.third().ok()
}

use persevere::retry as again;

#[again(wait = none())]
fn by_another_name(tries: &Tries) -> Option<u32> {
    tries.third().ok()
}

#[test]
fn attributes() {
    let tries = Tries::new();
    assert_eq!(attributes_around(&tries), Some(3));
    assert_eq!(tries.made(), 3);
    assert_eq!(attributes_below(&Tries::new()), Some(3));
    assert_eq!(conditionally(&Tries::new()), Some(3));
    assert_eq!(by_its_path(&Tries::new()), Some(3));
    assert_eq!(by_another_name(&Tries::new()), Some(3));
}

#[test]
#[retry(wait = none())]
fn a_test_above() -> Result<(), Refused> {
    static TRIES: Tries = Tries::new();
    TRIES.third().map(|n| assert_eq!(n, 3))
}

#[retry(wait = none())]
#[test]
fn a_test_below() -> Result<(), Refused> {
    static TRIES: Tries = Tries::new();
    TRIES.third().map(|n| assert_eq!(n, 3))
}
