//! `case`: classes of outcomes with strategies and counters of their own.

use crate::common::{Refused, Tries, block_on, no_timer};
use persevere::retry;
use std::cell::RefCell;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq)]
enum ApiError {
    Limited { after: Duration },
    Unauthorized(String),
    Server(u16),
    Gone,
}
use ApiError::{Gone, Limited, Server, Unauthorized};

/// Fails with each error in turn.
struct Script(Vec<ApiError>);

impl Script {
    fn of(errors: &[ApiError]) -> Self {
        Script(errors.iter().rev().cloned().collect())
    }

    fn play(&mut self) -> Result<u32, ApiError> {
        self.0.pop().map_or(Ok(7), Err)
    }
}

const MOMENT: Duration = Duration::from_nanos(1);

fn limited() -> ApiError {
    Limited { after: MOMENT }
}

#[retry(
    case(Err(Limited { after }), stop = after_attempt(3), wait = fixed(*after)),
    case(Err(Unauthorized(who)) if who == user, stop = after_attempt(2), wait = none()),
    on = Err(Server(500..=599)),
    wait = none(),
    stop = after_attempt(6),
)]
fn several(script: &mut Script, user: &str) -> Result<u32, ApiError> {
    script.play()
}

#[test]
fn cases_count_by_themselves() {
    let all = [
        Server(500),
        limited(),
        Unauthorized("me".into()),
        limited(),
        Server(599),
    ];
    assert_eq!(several(&mut Script::of(&all), "me"), Ok(7));
    assert_eq!(several(&mut Script::of(&all), "you"), Err(all[2].clone()));
    let mut script = Script::of(&[limited(), limited(), Server(503), limited(), Gone]);
    assert_eq!(several(&mut script, "me"), Err(limited()));
    assert_eq!(script.0, [Gone]);
    assert_eq!(
        several(&mut Script::of(&[Server(404)]), "me"),
        Err(Server(404))
    );
}

struct Client {
    script: Script,
    refreshed: u32,
    limit: u32,
    pauses: RefCell<Vec<Duration>>,
}

fn client(errors: &[ApiError]) -> Client {
    Client {
        script: Script::of(errors),
        refreshed: 0,
        limit: 2,
        pauses: RefCell::default(),
    }
}

impl Client {
    fn refresh(&mut self, who: &str) {
        assert_eq!(who, "me");
        self.refreshed += 1;
    }

    async fn refresh_later(&mut self) {
        self.refreshed += 1;
    }

    #[retry(
        case(Err(Unauthorized(who)), stop = after_attempt(self.limit), before_sleep = |_| self.refresh(who)),
        case(Err(Limited { .. }), wait = |s| { self.pauses.borrow_mut().push(MOMENT); MOMENT * s.attempt() }),
        case(Ok(n) if *n > 100, stop = after_attempt(self.limit + 1), wait = none()),
        wait = none(),
    )]
    fn page(&mut self) -> Result<u32, ApiError> {
        self.script.play()
    }

    #[retry(
        case(
            Err(Unauthorized(who)),
            stop = stop_when(|p| p.attempt() as usize >= who.len()),
            wait = from_err(|_| Some(MOMENT)).or(none()),
            before_sleep = async |s| {
                assert_eq!(s.class(), Some(0));
                self.refresh_later().await;
            },
        ),
        case(Err(Limited { after }), stop = after_attempt(8), wait = fixed(*after) + exponential(MOMENT).max(MOMENT)),
        unless = Err(Gone),
        on = Err(_),
        sleep = no_timer,
    )]
    async fn page_later(&mut self) -> Result<u32, ApiError> {
        self.script.play()
    }
}

#[test]
fn cases_of_a_blocking_method() {
    let me = || Unauthorized("me".to_owned());
    let mut it = client(&[me(), limited(), limited()]);
    assert_eq!(it.page(), Ok(7));
    assert_eq!((it.refreshed, it.pauses.borrow().len()), (1, 2));
    let mut it = client(&[me(), me(), Gone]);
    assert_eq!(it.page(), Err(me()));
    assert_eq!(it.refreshed, 1);
    assert_eq!(client(&[Gone]).page(), Err(Gone));
}

#[test]
fn cases_of_an_async_method() {
    let me = || Unauthorized("me".to_owned());
    let mut it = client(&[me(), limited(), limited(), limited(), limited()]);
    assert_eq!(block_on(it.page_later()), Ok(7));
    assert_eq!(it.refreshed, 1);
    let mut it = client(&[me(), me(), me()]);
    assert_eq!(block_on(it.page_later()), Err(me()));
    assert_eq!(it.refreshed, 1);
    assert_eq!(block_on(client(&[Gone]).page_later()), Err(Gone));
    let servers = [Server(1), Server(2), Server(3), Server(4)];
    assert_eq!(block_on(client(&servers).page_later()), Err(Server(3)));
}

#[retry(case(Some(n) if *n > 1, wait = none(), stop = after_attempt(*n)), case(None, wait = none()))]
fn of_an_option(tries: &Tries) -> Option<u32> {
    match tries.next() {
        1 => None,
        _ => Some(2),
    }
}

#[retry(case(n @ 0..=4, stop = after_attempt(n + 10), wait = none()))]
fn of_a_whole(tries: &Tries) -> u32 {
    tries.next()
}

#[retry(case(Err(e) if e.0 < 3, wait = schedule([MOMENT, MOMENT * 2])), unless = Err(Refused(2)))]
fn generic<T: From<u32>>(tries: &Tries) -> Result<T, Refused> {
    tries.third().map(T::from)
}

#[test]
fn other_outcomes() {
    let tries = Tries::new();
    assert_eq!(of_an_option(&tries), Some(2));
    assert_eq!(tries.made(), 3);
    assert_eq!(of_a_whole(&Tries::new()), 5);
    assert_eq!(generic::<u64>(&Tries::new()), Err(Refused(2)));
}
