//! Names in keys: arguments that the body consumes, and names that only a format string captures.

use crate::common::{Refused, Tries, block_on};
use persevere::{GiveUp, retry};
use std::cell::RefCell;
use std::time::Duration;

type Log = RefCell<Vec<String>>;

fn refused(name: String) -> Result<u32, String> {
    Err(name)
}

#[retry(
    wait = none(), clone(name),
    before = |s| log.borrow_mut().push(format!("{name} {}", s.attempt())),
    after = |s| log.borrow_mut().push(format!("{name} {}", s.attempt())),
    before_sleep = |s| log.borrow_mut().push(format!("{name}: {:?}", s.err())),
    on_failure = |_| log.borrow_mut().push(format!("{name}")),
    fallback = |g| g.into_outcome().or_else(|_| Err(name)),
)]
fn heard(name: String, log: &Log) -> Result<u32, String> {
    refused(name)
}

#[retry(
    on = Err(_) if !name.is_empty(),
    wait = from_err(|e| (*e == name).then_some(Duration::ZERO)).or(none()),
    clone(name),
)]
fn guarded(name: String) -> Result<u32, String> {
    refused(name)
}

#[retry(
    when = err(|e| *e == name), wait = none(), clone(name), deadline = 1min,
    interrupt = |_| Err(name.clone()), stop = after_attempt(2) | stop_when(|_| name.is_empty()),
)]
async fn judged(name: String) -> Result<u32, String> {
    refused(name)
}

#[retry(
    case(Err(e) if *e == name, stop = after_attempt(name.len() as u32), wait = none(),
        before_sleep = async |_| log.borrow_mut().push(name.clone())),
    clone(name), fallback = async |_| Ok(name.len() as u32),
)]
async fn classed(name: String, log: &Log) -> Result<u32, String> {
    refused(name)
}

#[retry(wait = none(), clone(name), before_sleep = |_| log.borrow_mut().push(name.to_owned()))]
fn unnamed_in_the_body(name: String, log: &Log) -> Result<u32, String> {
    Err(String::new())
}

#[retry(wait = none(), clone(name), once(length = name.len()), before_sleep = |_| assert_eq!(length, name.len()))]
fn named_once(mut name: String) -> Result<u32, String> {
    name.push('!');
    refused(name)
}

#[retry(wait = none(), before_sleep = |_| list.push(0))]
fn lent(list: &mut Vec<u32>) -> Result<u32, Refused> {
    list.push(1);
    Err(Refused(1))
}

#[test]
fn a_cloned_argument_can_be_named_in_every_key() {
    let log = Log::default();
    assert_eq!(heard("a".to_owned(), &log), Err("a".to_owned()));
    assert_eq!(
        log.take().concat(),
        "a 1a 1a: Some(\"a\")a 2a 2a: Some(\"a\")a 3a 3a"
    );
    assert_eq!(guarded("b".to_owned()), Err("b".to_owned()));
    assert_eq!(block_on(judged("c".to_owned())), Err("c".to_owned()));
    assert_eq!(block_on(classed("dd".to_owned(), &log)), Ok(2));
    assert_eq!(log.take(), ["dd"]);
    assert!(unnamed_in_the_body("e".to_owned(), &log).is_err());
    assert_eq!(log.take(), ["e", "e"]);
    assert_eq!(named_once("f".to_owned()), Err("f!".to_owned()));
    let mut list = Vec::new();
    assert!(lent(&mut list).is_err());
    assert_eq!(list, [1, 0, 1, 0, 1]);
}

#[retry(
    case(Err(Refused(times)), stop = after_attempt(3), wait = none(),
        before_sleep = |_| log.borrow_mut().push(format!("{times:?} of {{times}}"))),
)]
fn captured(tries: &Tries, log: &Log) -> Result<u32, Refused> {
    tries.third()
}

#[retry(
    case(Err(Refused(times)) if *times > 0, wait = from_outcome(|_| {
        log.borrow_mut().push(format!("{:>1$}{0}", '-', 2));
        log.borrow_mut().push(format!("{:times$}", 7, times = *times as usize));
        Some(Duration::ZERO)
    }).or(none())),
)]
async fn counted(tries: &Tries, log: &Log) -> Result<u32, Refused> {
    tries.third_later().await
}

#[test]
fn a_format_string_captures_what_a_case_binds() {
    let log = Log::default();
    assert_eq!(captured(&Tries::new(), &log), Ok(3));
    assert_eq!(log.take(), ["1 of {times}", "2 of {times}"]);
    assert_eq!(block_on(counted(&Tries::new(), &log)), Ok(3));
    assert_eq!(log.take().len(), 4);
}

#[retry(wait = none(), clone(name), unretried = once_only)]
fn written(name: String) -> Result<u32, String> {
    Err(format!("{name}"))
}

#[retry(wait = none(), before_sleep = |_| log.borrow_mut().push(format!("{name}")), unretried = silent)]
fn spoken(name: &str, log: &Log) -> Result<u32, Refused> {
    Err(Refused(1))
}

#[test]
fn a_body_and_a_key_may_name_an_argument_in_a_format_string_alone() {
    let log = Log::default();
    assert_eq!(written("a".to_owned()), once_only("a".to_owned()));
    assert_eq!(spoken("b", &log), silent("b", &log));
    assert_eq!(log.take(), ["b", "b"]);
}

#[retry(stop = after_attempt(2), wait = none(), fallback = |g| fall(g, &name), clone(name))]
fn given(name: String) -> Result<u32, String> {
    refused(name)
}

fn fall(give_up: GiveUp<Result<u32, String>>, name: &str) -> Result<u32, String> {
    Err(format!("{name} after {}", give_up.attempts()))
}

#[test]
fn a_fallback_borrows_a_cloned_argument() {
    assert_eq!(given("a".to_owned()), Err("a after 2".to_owned()));
}
