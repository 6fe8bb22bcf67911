//! Free functions.

use crate::common::{Refused, Tries};
use persevere::retry;

#[retry(wait = none())]
fn free(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[test]
fn a_free_function() {
    let tries = Tries::new();
    assert_eq!(free(&tries), Ok(3));
    assert_eq!(tries.made(), 3);
}

#[retry(stop = after_attempt(4), wait = none())]
fn gives_up(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[test]
fn a_function_that_always_fails() {
    let tries = Tries::new();
    assert_eq!(gives_up(&tries), Err(Refused(4)));
    assert_eq!(tries.made(), 4);
}

static TRIES: Tries = Tries::new();

#[retry]
fn without_arguments() -> Result<u32, Refused> {
    TRIES.next();
    Ok(7)
}

#[test]
fn the_bare_attribute() {
    assert_eq!(without_arguments(), Ok(7));
    assert_eq!(TRIES.made(), 1);
}

#[retry(wait = none())]
unsafe fn unsafe_fn(tries: *const Tries) -> Result<u32, Refused> {
    // SAFETY: the caller's pointer is valid.
    unsafe { (*tries).third() }
}

#[test]
fn an_unsafe_function() {
    let tries = Tries::new();
    // SAFETY: the reference is valid.
    assert_eq!(unsafe { unsafe_fn(&tries) }, Ok(3));
    assert_eq!(tries.made(), 3);
}

#[retry(on = 1..=2, wait = none())]
extern "C" fn extern_fn(tries: &Tries) -> u32 {
    tries.next()
}

#[test]
fn an_extern_function() {
    let tries = Tries::new();
    let pointer: extern "C" fn(&Tries) -> u32 = extern_fn;
    assert_eq!(pointer(&tries), 3);
    assert_eq!(tries.made(), 3);
}

#[test]
fn a_nested_function() {
    #[retry(wait = none())]
    fn nested(tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }

    let tries = Tries::new();
    assert_eq!(nested(&tries), Ok(3));
    assert_eq!(tries.made(), 3);
}

#[retry(wait = none())]
fn with_items_inside(tries: &Tries) -> Result<u32, Refused> {
    const LAST: u32 = 3;
    struct Reached(u32);
    fn judge(n: u32) -> Result<Reached, Refused> {
        match n {
            LAST => Ok(Reached(n)),
            n => Err(Refused(n)),
        }
    }
    Ok(judge(tries.next())?.0)
}

#[test]
fn a_body_with_items_of_its_own() {
    let tries = Tries::new();
    assert_eq!(with_items_inside(&tries), Ok(3));
    assert_eq!(tries.made(), 3);
}

#[retry(stop = after_attempt(2), wait = none())]
fn recursive(tries: &Tries, depth: u32) -> Result<u32, Refused> {
    tries.next();
    match depth {
        0 => Err(Refused(0)),
        _ => recursive(tries, depth - 1),
    }
}

#[test]
fn a_recursive_function() {
    let tries = Tries::new();
    assert_eq!(recursive(&tries, 2), Err(Refused(0)));
    assert_eq!(tries.made(), 2 + 4 + 8);
}

macro_rules! fetchers {
    ($($(#[$meta:meta])* $vis:vis fn $name:ident($tries:ident: $arg:ty) -> $ret:ty $body:block)+) => {$(
        $(#[$meta])*
        #[retry(wait = none())]
        $vis fn $name($tries: $arg) -> $ret $body
    )+};
}

fetchers! {
    /// Its types and its block are fragments.
    pub fn of_fragments(tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }
    #[inline]
    fn of_more_fragments(tries: &Tries) -> Option<u32> { tries.third().ok() }
}

#[test]
fn functions_made_of_fragments() {
    let tries = Tries::new();
    assert_eq!(of_fragments(&tries), Ok(3));
    assert_eq!(of_more_fragments(&Tries::new()), Some(3));
    assert_eq!(tries.made(), 3);
}

macro_rules! hidden_argument {
    ($name:ident, $attempts:expr) => {
        #[retry(stop = after_attempt($attempts), wait = none())]
        fn $name(tries: &Tries) -> Result<u32, Refused> {
            let n = tries.next();
            Err(Refused(n))
        }
    };
}

hidden_argument!(with_expression_fragment, 1 + 1);

#[test]
fn a_macro_that_writes_argument_and_key() {
    let tries = Tries::new();
    assert_eq!(with_expression_fragment(&tries), Err(Refused(2)));
    assert_eq!(tries.made(), 2);
}

macro_rules! whole_attribute {
    ($($key:tt)*) => {
        #[retry($($key)*)]
        fn given_keys(tries: &Tries) -> Result<u32, Refused> {
            tries.third()
        }
    };
}

whole_attribute!(stop = after_attempt(2) | after_delay(1h), wait = fixed(1ns));

#[test]
fn a_macro_that_passes_keys_on() {
    let tries = Tries::new();
    assert_eq!(given_keys(&tries), Err(Refused(2)));
    assert_eq!(tries.made(), 2);
}

#[test]
fn a_function_is_a_value() {
    let pointer: fn(&Tries) -> Result<u32, Refused> = free;
    let all: Result<Vec<_>, _> = [Tries::new(), Tries::new()].iter().map(pointer).collect();
    assert_eq!(all, Ok(vec![3, 3]));
}

#[retry(wait = none())]
pub(crate) fn r#try(r#in: &Tries) -> Result<u32, Refused> {
    r#in.third()
}

#[test]
fn raw_identifiers() {
    let tries = Tries::new();
    assert_eq!(r#try(&tries), Ok(3));
    assert_eq!(tries.made(), 3);
}
