//! `#[derive(Transient)]` on every shape of a type.

use persevere::{Health, Transient, Verdict};
use std::io;
use std::marker::PhantomData;
use std::time::Duration;

const AFTER: Duration = Duration::from_secs(3);

#[derive(Transient)]
enum Mixed {
    #[transient]
    Unit,
    #[transient(unsent)]
    Tuple(u8, String),
    #[transient(retry_after = after)]
    Named {
        after: Duration,
        status: u16,
    },
    #[transient(retry_after = 1, unsent)]
    Numbered(u16, Option<Duration>),
    #[transient(source)]
    Only(io::Error),
    #[transient(source = 1)]
    Second(u8, Box<Mixed>),
    #[transient(source)]
    ByName {
        source: io::Error,
        status: u16,
    },
    #[transient]
    r#Raw {
        r#type: u8,
    },
    Final,
    FinalToo(u8),
}

fn all(error: &dyn Transient) -> (Verdict, bool) {
    (error.verdict(), error.unsent())
}

#[derive(Transient)]
enum Redirected {
    #[transient(source)]
    Http(Followed),
    #[transient(unsent)]
    Refused,
    #[transient]
    Lost,
    Marked(#[transient] Followed),
}

/// The error of a client that may follow redirects.
struct Followed;

impl Transient for Followed {
    fn verdict(&self) -> Verdict {
        Verdict::Retry
    }

    fn unsent_without_redirects(&self) -> bool {
        true
    }
}

#[test]
fn a_source_is_asked_about_redirects_too() {
    let proofs = |error: Redirected| (error.unsent(), error.unsent_without_redirects());
    assert_eq!(proofs(Redirected::Http(Followed)), (false, true));
    assert_eq!(proofs(Redirected::Marked(Followed)), (false, true));
    assert_eq!(proofs(Redirected::Refused), (true, true));
    assert_eq!(proofs(Redirected::Lost), (false, false));
}

#[test]
fn each_variant_says_its_own() {
    let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
    let missing = || io::Error::from(io::ErrorKind::NotFound);
    let after = Verdict::RetryAfter(AFTER);
    for (error, expected) in [
        (Mixed::Unit, (Verdict::Retry, false)),
        (Mixed::Tuple(1, String::new()), (Verdict::Retry, true)),
        (
            Mixed::Named {
                after: AFTER,
                status: 429,
            },
            (after, false),
        ),
        (Mixed::Numbered(429, Some(AFTER)), (after, true)),
        (Mixed::Numbered(429, None), (Verdict::Retry, true)),
        (Mixed::Only(refused()), (Verdict::Retry, true)),
        (Mixed::Only(missing()), (Verdict::Final, false)),
        (
            Mixed::Second(1, Box::new(Mixed::Only(refused()))),
            (Verdict::Retry, true),
        ),
        (
            Mixed::ByName {
                source: refused(),
                status: 500,
            },
            (Verdict::Retry, true),
        ),
        (Mixed::r#Raw { r#type: 1 }, (Verdict::Retry, false)),
        (Mixed::Final, (Verdict::Final, false)),
        (Mixed::FinalToo(1), (Verdict::Final, false)),
    ] {
        assert_eq!(all(&error), expected);
        match error {
            Mixed::Tuple(number, text) => assert_eq!((number, text.len()), (1, 0)),
            Mixed::Named { status, .. } | Mixed::Numbered(status, _) => assert_eq!(status, 429),
            Mixed::ByName { status, .. } => assert_eq!(status, 500),
            Mixed::Second(number, _) | Mixed::FinalToo(number) => assert_eq!(number, 1),
            Mixed::r#Raw { r#type } => assert_eq!(r#type, 1),
            _ => {}
        }
    }
}

/// All of it is marked: there is no rest.
#[derive(Transient)]
enum Whole {
    #[transient(unsent)]
    Refused,
    #[transient(source)]
    Io(io::Error),
}

#[derive(Transient)]
#[transient]
struct Unit;

#[derive(Transient)]
#[transient(retry_after = 0)]
struct Tuple(Duration);

#[derive(Transient)]
#[transient(source)]
struct Wrapper {
    source: io::Error,
    status: u16,
}

#[derive(Transient)]
#[transient(source = 0, crate = persevere)]
struct Generic<'a, E: Clone, const N: usize>(E, PhantomData<&'a [u8; N]>)
where
    E: 'a;

#[derive(Transient)]
enum Nested<E> {
    #[transient(source)]
    Boxed(Box<E>),
    #[transient]
    Other,
}

#[test]
fn structs_and_generics() {
    let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
    assert_eq!(all(&Whole::Refused), (Verdict::Retry, true));
    assert_eq!(all(&Whole::Io(refused())), (Verdict::Retry, true));
    assert_eq!(all(&Unit), (Verdict::Retry, false));
    assert_eq!(all(&Tuple(AFTER)), (Verdict::RetryAfter(AFTER), false));
    let wrapper = Wrapper {
        source: refused(),
        status: 500,
    };
    assert_eq!(all(&wrapper), (Verdict::Retry, true));
    assert_eq!(wrapper.status, 500);
    assert_eq!(
        all(&Nested::Boxed(Box::new(refused()))),
        (Verdict::Retry, true)
    );
    assert_eq!(all(&Nested::<io::Error>::Other), (Verdict::Retry, false));
}

/// A source that can be cloned.
#[derive(Clone, Transient)]
#[transient(unsent)]
struct Refused;

#[test]
fn a_generic_source_is_asked() {
    let generic = Generic::<'_, Refused, 3>(Refused, PhantomData);
    assert_eq!(all(&generic), (Verdict::Retry, true));
}

#[derive(Transient)]
enum Shown {
    #[transient]
    Busy,
    #[transient(health = well)]
    Conflict(u8),
    #[transient(retry_after = after, health = unknown)]
    Own {
        after: Duration,
    },
    #[transient(final, health = failed)]
    Untrusted,
    #[transient(source)]
    Io(io::Error),
    Rejected,
}

#[derive(Transient)]
#[transient(health = well, unsent)]
struct Conflict;

#[derive(Transient)]
#[transient(final, health = unknown)]
struct Own;

#[derive(Transient)]
#[transient(source)]
struct Around<E>(E);

#[test]
fn each_variant_says_what_it_shows_of_the_service() {
    let io = |kind: io::ErrorKind| Shown::Io(kind.into());
    for (error, verdict, health) in [
        (Shown::Busy, Verdict::Retry, Health::Failed),
        (Shown::Conflict(1), Verdict::Retry, Health::Well),
        (
            Shown::Own { after: AFTER },
            Verdict::RetryAfter(AFTER),
            Health::Unknown,
        ),
        (Shown::Untrusted, Verdict::Final, Health::Failed),
        (io(io::ErrorKind::TimedOut), Verdict::Retry, Health::Failed),
        (
            io(io::ErrorKind::AddrInUse),
            Verdict::Final,
            Health::Unknown,
        ),
        (Shown::Rejected, Verdict::Final, Health::Well),
    ] {
        assert_eq!((error.verdict(), error.health()), (verdict, health));
        if let Shown::Conflict(number) = error {
            assert_eq!(number, 1);
        }
    }
    assert_eq!((Conflict.health(), Conflict.unsent()), (Health::Well, true));
    assert_eq!(
        (Own.verdict(), Own.health()),
        (Verdict::Final, Health::Unknown)
    );
    assert_eq!(Around(Shown::Untrusted).health(), Health::Failed);
}

/// The field itself is marked, whatever else stands there.
#[derive(Transient)]
enum Marked<E> {
    Tuple(#[transient] io::Error),
    Second(u8, #[transient(source)] Box<io::Error>),
    Named {
        #[transient]
        cause: io::Error,
        status: u16,
    },
    Generic(#[transient] E),
    Shared(#[transient] std::sync::Arc<Box<Marked<E>>>),
    /// Which of the two is the source, the field says.
    #[transient(source)]
    Twofold(io::Error, #[transient] io::Error),
    #[transient]
    Busy,
    Final(io::Error),
}

#[derive(Transient)]
struct Newtype(#[transient] io::Error);

#[derive(Transient)]
#[transient(crate = persevere)]
struct Load<'a, E> {
    path: &'a str,
    #[transient]
    r#type: E,
}

#[test]
fn a_marked_field_is_asked_everything() {
    let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
    let conflict = || Marked::Generic(Conflict);
    for error in [
        Marked::<Unit>::Tuple(refused()),
        Marked::Second(1, Box::new(refused())),
        Marked::Named {
            cause: refused(),
            status: 500,
        },
        Marked::Twofold(io::ErrorKind::NotFound.into(), refused()),
    ] {
        assert_eq!(all(&error), (Verdict::Retry, true));
        assert_eq!(error.health(), Health::Failed);
        match &error {
            Marked::Second(number, _) => assert_eq!(*number, 1),
            Marked::Named { status, .. } => assert_eq!(*status, 500),
            Marked::Twofold(first, _) => assert_eq!(first.kind(), io::ErrorKind::NotFound),
            _ => {}
        }
    }
    for error in [
        conflict(),
        Marked::Shared(std::sync::Arc::new(Box::new(conflict()))),
    ] {
        assert_eq!(all(&error), (Verdict::Retry, true));
        assert_eq!(error.health(), Health::Well);
    }
    assert_eq!(all(&Marked::<Unit>::Busy), (Verdict::Retry, false));
    let last = Marked::<Unit>::Final(refused());
    assert_eq!(all(&last), (Verdict::Final, false));
    if let Marked::Final(inner) = last {
        assert_eq!(inner.kind(), io::ErrorKind::ConnectionRefused);
    }
    assert_eq!(all(&Newtype(refused())), (Verdict::Retry, true));
    let load = Load {
        path: "/",
        r#type: refused(),
    };
    assert_eq!((all(&load), load.path), ((Verdict::Retry, true), "/"));
}
