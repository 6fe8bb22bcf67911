//! A body keeps its lines and columns: for panics, `line!()`, `#[track_caller]`, coverage.

use crate::common::{Refused, Tries, block_on};
use persevere::retry;
use std::panic::{self, AssertUnwindSafe, Location};
use std::sync::Mutex;
use std::thread;

type Place = (String, u32, u32);

/// The location that a panic names.
fn place_of_panic(run: impl FnOnce()) -> Place {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    static PLACE: Mutex<Option<Place>> = Mutex::new(None);
    let _guard = ONE_AT_A_TIME
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    let before = panic::take_hook();
    // Other tests may panic meanwhile.
    let this = thread::current().id();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() != this {
            return;
        }
        let at = info
            .location()
            .map(|at| (at.file().to_owned(), at.line(), at.column()));
        *PLACE.lock().unwrap() = at;
    }));
    let outcome = panic::catch_unwind(AssertUnwindSafe(run));
    panic::set_hook(before);
    assert!(outcome.is_err());
    PLACE.lock().unwrap().take().unwrap()
}

#[track_caller]
fn here() -> &'static Location<'static> {
    Location::caller()
}

#[rustfmt::skip]
mod marked {
    use super::*;

    pub(super) const FIRST: u32 = line!() + 1; // each function below has its panic two lines on
    #[retry(wait = none())]
    pub(super) fn blocking(tries: &Tries) -> Result<u32, Refused> {
        tries.third().map(|_| panic!("blocking"))
    }

    #[retry(wait = none())]
    pub(super) async fn later(tries: &Tries) -> Result<u32, Refused> {
        tries.third_later().await.map(|_| panic!("async"))
    }

    #[retry(wait = none())]
    pub(super) async fn indexed(tries: &Tries) -> Result<u32, Refused> {
        tries.third().map(|n| [0; 3][n as usize])
    }

    #[retry(wait = none())]
    pub(super) fn called(_: &Tries) -> Result<&'static Location<'static>, Refused> {
        Ok(here())
    }

    #[retry(wait = none())]
    pub(super) async fn counted(_: &Tries) -> Result<(u32, u32), Refused> {
        Ok((line!(), column!()))
    }
}

#[test]
fn panics_point_at_the_body() {
    let tries = Tries::new();
    let blocking = place_of_panic(|| {
        let _ = marked::blocking(&tries);
    });
    assert_eq!(blocking, (file!().to_owned(), marked::FIRST + 2, 31));
    let tries = Tries::new();
    let later = place_of_panic(|| {
        let _ = block_on(marked::later(&tries));
    });
    assert_eq!(later, (file!().to_owned(), marked::FIRST + 7, 43));
    let tries = Tries::new();
    let indexed = place_of_panic(|| {
        let _ = block_on(marked::indexed(&tries));
    });
    assert_eq!(indexed, (file!().to_owned(), marked::FIRST + 12, 31));
}

#[test]
fn lines_and_columns_are_the_users() {
    let at = marked::called(&Tries::new()).unwrap();
    assert_eq!(
        (at.file(), at.line(), at.column()),
        (file!(), marked::FIRST + 17, 12)
    );
    let counted = block_on(marked::counted(&Tries::new()));
    assert_eq!(counted, Ok((marked::FIRST + 22, 22)));
}

/// Each names its caller, whichever way it asks.
mod tracked {
    use super::*;

    type At = &'static Location<'static>;

    #[track_caller]
    #[retry(wait = none())]
    pub(super) fn plain(tries: &Tries) -> Result<At, Refused> {
        tries.third()?;
        let at = Location::caller();
        assert_eq!(Location::caller().line(), at.line());
        Ok(at)
    }

    #[retry(wait = none(), deadline = 1min, interrupt = |_| Err(Refused(0)))]
    #[track_caller]
    pub(super) fn guarded(tries: &Tries) -> Result<At, Refused> {
        fn own() -> At {
            Location::caller()
        }
        if tries.third()? == 3 && own().line() > 0 {
            return Ok(panic::Location::caller());
        }
        use std::panic::Location as Place;
        unreachable!("{} {}", ::std::panic::Location::caller(), Place::caller())
    }

    pub(super) struct Client;

    impl Client {
        #[track_caller]
        #[retry(wait = none(), once(at = Location::caller()))]
        pub(super) fn bound(&self, tries: &Tries) -> Result<At, Refused> {
            tries.third().map(|_| at)
        }
    }
}

#[test]
fn a_tracked_caller_is_the_functions() {
    let line = line!() + 2;
    let at = [
        tracked::plain(&Tries::new()),
        tracked::guarded(&Tries::new()),
        tracked::Client.bound(&Tries::new()),
    ];
    assert_eq!(at.map(|at| at.unwrap().line()), [line, line + 1, line + 2]);
}
