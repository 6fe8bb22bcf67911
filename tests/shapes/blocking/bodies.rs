//! Forms of bodies.

use crate::common::{Refused, Tries};
use persevere::retry;

#[retry(wait = none())]
fn early_return(tries: &Tries) -> Result<u32, Refused> {
    if let Err(refused) = tries.third() {
        return Err(refused);
    }
    return Ok(3);
}

macro_rules! ask {
    ($tries:expr) => {
        $tries.third()?
    };
}

macro_rules! leave {
    ($with:expr) => {
        return $with
    };
}

#[retry(wait = none())]
fn question_mark_in_a_macro(tries: &Tries) -> Result<u32, Refused> {
    Ok(ask!(tries))
}

#[retry(wait = none())]
fn question_mark_in_macro_arguments(tries: &Tries) -> Result<String, Refused> {
    let all = vec![tries.third()?];
    Ok(format!("{} {:?}", all[0], Some(tries.third()?)))
}

#[retry(wait = none())]
fn return_in_a_macro(tries: &Tries) -> Result<u32, Refused> {
    match tries.third() {
        Ok(n) => leave!(Ok(n)),
        Err(refused) => leave!(Err(refused)),
    }
}

#[retry(wait = none())]
fn question_mark_in_a_closure(tries: &Tries) -> Result<u32, Refused> {
    let ask = || -> Result<u32, Refused> { Ok(tries.third()?) };
    ask()
}

#[test]
fn ways_out() {
    let tries = Tries::new();
    assert_eq!(early_return(&tries), Ok(3));
    assert_eq!(tries.made(), 3);
    assert_eq!(question_mark_in_a_macro(&Tries::new()), Ok(3));
    assert_eq!(
        question_mark_in_macro_arguments(&Tries::new()).unwrap(),
        "3 Some(4)"
    );
    assert_eq!(return_in_a_macro(&Tries::new()), Ok(3));
    assert_eq!(question_mark_in_a_closure(&Tries::new()), Ok(3));
}

#[retry(wait = none())]
fn labelled_loops(tries: &Tries) -> Result<u32, Refused> {
    let mut rounds = 0;
    let n = 'outer: loop {
        rounds += 1;
        for n in 0.. {
            if n > 10 {
                continue 'outer;
            }
            if rounds == 2 {
                break 'outer n;
            }
        }
    };
    let m = 'block: {
        if n == 0 {
            break 'block 1;
        }
        2
    };
    tries.third().map(|three| three * 10 + m)
}

#[retry(wait = none())]
fn while_let(tries: &Tries) -> Result<u32, Refused> {
    let mut stack = vec![1, 2];
    while let Some(n) = stack.pop() {
        if n == 1 {
            break;
        }
    }
    tries.third()
}

#[retry(wait = none())]
fn let_else(tries: &Tries) -> Result<u32, Refused> {
    let Ok(n) = tries.third() else {
        return Err(Refused(0));
    };
    Ok(n)
}

#[retry(wait = none())]
fn match_tail(tries: &Tries) -> Result<&'static str, Refused> {
    match tries.third()? {
        3 => Ok("three"),
        _ => Ok("later"),
    }
}

#[retry(wait = none())]
fn if_tail(tries: &Tries) -> Result<u32, Refused> {
    if tries.next() < 3 {
        Err(Refused(1))
    } else {
        Ok(3)
    }
}

#[retry(wait = none())]
fn loop_tail(tries: &Tries) -> Result<u32, Refused> {
    loop {
        break tries.third();
    }
}

#[retry(wait = none())]
fn block_tail(tries: &Tries) -> Result<u32, Refused> {
    {
        let outcome = tries.third();
        outcome
    }
}

#[retry(wait = none())]
fn macro_tail(tries: &Tries) -> Option<u32> {
    if tries.next() < 3 {
        Option::None
    } else {
        panic_free!(3)
    }
}

macro_rules! panic_free {
    ($n:expr) => {
        Some($n)
    };
}
use panic_free;

#[retry(wait = none())]
fn borrowing_tail(tries: &Tries) -> Result<usize, Refused> {
    let text = tries.third()?.to_string();
    Ok(text.chars().rev().collect::<String>().trim().len())
}

#[test]
fn control_flow() {
    let tries = Tries::new();
    assert_eq!(labelled_loops(&tries), Ok(31));
    assert_eq!(tries.made(), 3);
    assert_eq!(while_let(&Tries::new()), Ok(3));
    let tries = Tries::new();
    assert_eq!(let_else(&tries), Ok(3));
    assert_eq!(tries.made(), 3);
    assert_eq!(match_tail(&Tries::new()), Ok("three"));
    assert_eq!(if_tail(&Tries::new()), Ok(3));
    assert_eq!(loop_tail(&Tries::new()), Ok(3));
    assert_eq!(block_tail(&Tries::new()), Ok(3));
    assert_eq!(macro_tail(&Tries::new()), Some(3));
    assert_eq!(borrowing_tail(&Tries::new()), Ok(1));
}

#[retry(wait = none())]
fn diverging_branch(tries: &Tries) -> Result<u32, Refused> {
    match tries.next() {
        1 | 2 => Err(Refused(1)),
        3 => Ok(3),
        _ => unreachable!("a fourth attempt"),
    }
}

#[retry(wait = none(), stop = never())]
fn only_panics(tries: &Tries) -> Result<u32, Refused> {
    panic!("attempt {}", tries.next())
}

#[test]
fn diverging() {
    assert_eq!(diverging_branch(&Tries::new()), Ok(3));
    let tries = Tries::new();
    let run = std::panic::AssertUnwindSafe(|| only_panics(&tries));
    assert!(std::panic::catch_unwind(run).is_err());
    assert_eq!(tries.made(), 1);
}

struct Guard<'a>(&'a Tries);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.next();
    }
}

#[retry(wait = none())]
fn drops(tries: &Tries, dropped: &Tries) -> Result<u32, Refused> {
    let _guard = Guard(dropped);
    tries.third()
}

#[retry(wait = none(), before_sleep = |_| assert_eq!(dropped.made(), 0))]
fn keeps(tries: &Tries, dropped: &Tries, _guard: Guard<'_>) -> Result<u32, Refused> {
    tries.third()
}

#[test]
fn values_are_dropped_when_they_were() {
    let dropped = Tries::new();
    assert_eq!(drops(&Tries::new(), &dropped), Ok(3));
    assert_eq!(dropped.made(), 3);
    let dropped = Tries::new();
    assert_eq!(keeps(&Tries::new(), &dropped, Guard(&dropped)), Ok(3));
    assert_eq!(dropped.made(), 1);
}
