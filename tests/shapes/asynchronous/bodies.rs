//! Forms of bodies.

use crate::common::{Refused, Tries, block_on};
use persevere::retry;
use std::rc::Rc;

#[retry(wait = none())]
async fn early_return(tries: &Tries) -> Result<u32, Refused> {
    if let Err(refused) = tries.third_later().await {
        return Err(refused);
    }
    return Ok(3);
}

macro_rules! ask {
    ($tries:expr) => {
        $tries.third_later().await?
    };
}

macro_rules! leave {
    ($with:expr) => {
        return $with
    };
}

#[retry(wait = none())]
async fn question_mark_in_a_macro(tries: &Tries) -> Result<String, Refused> {
    let all = vec![ask!(tries)];
    Ok(format!("{} {:?}", all[0], Some(tries.third_later().await?)))
}

#[retry(wait = none())]
async fn return_in_a_macro(tries: &Tries) -> Result<u32, Refused> {
    match tries.third_later().await {
        Ok(n) => leave!(Ok(n)),
        Err(refused) => leave!(Err(refused)),
    }
}

#[retry(wait = none())]
async fn question_mark_in_a_block(tries: &Tries) -> Result<u32, Refused> {
    let ask = async { Ok(tries.third_later().await?) };
    ask.await
}

#[test]
fn ways_out() {
    let tries = Tries::new();
    assert_eq!(block_on(early_return(&tries)), Ok(3));
    assert_eq!(tries.made(), 3);
    assert_eq!(
        block_on(question_mark_in_a_macro(&Tries::new())).unwrap(),
        "3 Some(4)"
    );
    assert_eq!(block_on(return_in_a_macro(&Tries::new())), Ok(3));
    assert_eq!(block_on(question_mark_in_a_block(&Tries::new())), Ok(3));
}

#[retry(wait = none())]
async fn labelled_loops(tries: &Tries) -> Result<u32, Refused> {
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
    tries.third_later().await.map(|three| three * 10 + n)
}

#[retry(wait = none())]
async fn let_else(tries: &Tries) -> Result<u32, Refused> {
    let Ok(n) = tries.third_later().await else {
        return Err(Refused(0));
    };
    Ok(n)
}

#[retry(wait = none())]
async fn match_tail(tries: &Tries) -> Result<&'static str, Refused> {
    match tries.third_later().await? {
        3 => Ok("three"),
        _ => Ok("later"),
    }
}

#[retry(wait = none())]
async fn loop_tail(tries: &Tries) -> Result<u32, Refused> {
    loop {
        break tries.third_later().await;
    }
}

#[retry(wait = none())]
async fn block_tail(tries: &Tries) -> Result<u32, Refused> {
    {
        let outcome = tries.third();
        outcome
    }
}

#[retry(wait = none())]
async fn held_across_an_await(tries: &Tries) -> Result<usize, Refused> {
    let text = Rc::new(String::from("abc"));
    let n = tries.third_later().await?;
    Ok(text.len() + n as usize)
}

#[retry(wait = none())]
async fn block_of_its_own(tries: &Tries) -> Result<u32, Refused> {
    let one = async { 1 };
    let two = async move { tries.third_later().await };
    Ok(one.await + two.await?)
}

#[retry(wait = none(), stop = never())]
async fn only_panics(tries: &Tries) -> Result<u32, Refused> {
    panic!("attempt {}", tries.next())
}

#[test]
fn control_flow() {
    let tries = Tries::new();
    assert_eq!(block_on(labelled_loops(&tries)), Ok(30));
    assert_eq!(tries.made(), 3);
    assert_eq!(block_on(let_else(&Tries::new())), Ok(3));
    assert_eq!(block_on(match_tail(&Tries::new())), Ok("three"));
    assert_eq!(block_on(loop_tail(&Tries::new())), Ok(3));
    assert_eq!(block_on(block_tail(&Tries::new())), Ok(3));
    assert_eq!(block_on(held_across_an_await(&Tries::new())), Ok(6));
    assert_eq!(block_on(block_of_its_own(&Tries::new())), Ok(4));
    let tries = Tries::new();
    let run = std::panic::AssertUnwindSafe(|| block_on(only_panics(&tries)));
    assert!(std::panic::catch_unwind(run).is_err());
    assert_eq!(tries.made(), 1);
}
