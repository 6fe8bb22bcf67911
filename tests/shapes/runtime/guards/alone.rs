//! Functions behind a breaker, tried once.

use super::*;
use persevere::circuit_breaker;

struct Client {
    breaker: CircuitBreaker,
}

impl Client {
    #[circuit_breaker(&self.breaker)]
    async fn get(&self, tries: &Tries) -> io::Result<u32> {
        tries.next();
        Err(refused())
    }

    #[circuit_breaker(self.breaker.failures(err(|e| e.0 > 1)), interrupt = |_| Err(Refused(0)))]
    fn put(&self, code: u32) -> Result<(), Refused> {
        Err(Refused(code))
    }

    #[circuit_breaker(&USED_UP)]
    fn close(self) -> Option<CircuitBreaker> {
        Some(self.breaker)
    }

    #[circuit_breaker(&USED_UP, interrupt = |_| Err(Refused(0)))]
    async fn lend(&mut self) -> Result<&mut CircuitBreaker, Refused> {
        Ok(&mut self.breaker)
    }
}

static USED_UP: CircuitBreaker = CircuitBreaker::new("used up");

#[circuit_breaker(&USED_UP)]
fn own(mut body: Vec<u32>, log: &mut Vec<u32>) -> io::Result<Vec<u32>> {
    body.push(3);
    log.push(3);
    Ok(body)
}

#[circuit_breaker(&USED_UP)]
async fn own_later(mut body: Vec<u32>, log: &mut Vec<u32>) -> io::Result<Vec<u32>> {
    body.push(3);
    log.push(3);
    Ok(body)
}

/// There is no second attempt that could need it.
#[tokio::test(start_paused = true)]
async fn the_only_attempt_uses_up_what_it_is_given() {
    let mut log = Vec::new();
    assert_eq!(own(vec![1], &mut log).unwrap(), [1, 3]);
    assert_eq!(own_later(vec![2], &mut log).await.unwrap(), [2, 3]);
    assert_eq!(log, [3, 3]);
}

#[tokio::test(start_paused = true)]
async fn the_only_attempt_lends_what_it_borrows() {
    let breaker = CircuitBreaker::new("lent");
    let mut client = Client { breaker };
    assert_eq!(client.lend().await.unwrap().name(), "lent");
    assert_eq!(client.close().unwrap().name(), "lent");
}

#[tokio::test(start_paused = true)]
async fn a_breaker_alone_tries_once() {
    let breaker = CircuitBreaker::new("client")
        .consecutive(2)
        .open_for(SECOND);
    let (client, tries) = (Client { breaker }, Tries::new());
    for _ in 0..4 {
        assert!(client.get(&tries).await.is_err());
    }
    assert_eq!(tries.made(), 2);
    assert_eq!(client.put(7), Err(Refused(0)));
    client.breaker.reset();
    for code in [1, 1, 1, 2, 1, 2, 2] {
        assert_eq!(client.put(code), Err(Refused(code)));
    }
    assert_eq!(client.put(1), Err(Refused(0)));
}
