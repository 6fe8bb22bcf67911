//! A store that lies, and the breaker of a member that bounds what it believes.

use std::sync::Arc;
use std::time::Duration;

use persevere::{CircuitBreaker, Fleet};
use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisFuture, Value};
use tokio::time::{Instant, sleep};

const OPEN: Duration = Duration::from_secs(30);
const LONG: Duration = Duration::from_secs(1_200);

/// A server that answers the nth question so: last change, state, time left.
struct Liar(i64, fn(i64) -> [i64; 3]);

impl ConnectionLike for Liar {
    fn req_packed_command<'a>(&'a mut self, _: &'a Cmd) -> RedisFuture<'a, Value> {
        self.0 += 1;
        let [change, state, left] = (self.1)(self.0);
        let numbers = [1, change, state, left, 1];
        let answer = Value::Array(numbers.map(Value::Int).to_vec());
        Box::pin(async move { Ok(answer) })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a Pipeline,
        _: usize,
        _: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn get_db(&self) -> i64 {
        0
    }
}

/// The results of calls that were made every 50 ms.
#[derive(Debug, Default)]
struct Calls {
    made: u32,
    refused: u32,
    /// The longest time for which every call was refused.
    stretch: Duration,
}

/// Makes calls for long under a store that lies.
async fn lied_to(well: bool, lie: fn(i64) -> [i64; 3]) -> Calls {
    let breaker = CircuitBreaker::new("payments")
        .consecutive(3)
        .open_for(OPEN);
    let breaker = Arc::new(breaker);
    let fleet = Fleet::over(move || async move { Ok(Liar(0, lie)) });
    let fleet = fleet.namespace("shop").join(Arc::clone(&breaker));
    let _fleet = fleet.start().await.unwrap();
    let mut calls = Calls::default();
    let (start, mut since) = (Instant::now(), Instant::now());
    while start.elapsed() < LONG {
        match breaker.try_enter() {
            Ok(permit) => {
                calls.made += 1;
                since = Instant::now();
                if well {
                    permit.success()
                } else {
                    permit.failure()
                }
            }
            Err(_) => {
                calls.refused += 1;
                calls.stretch = calls.stretch.max(since.elapsed());
            }
        }
        sleep(Duration::from_millis(50)).await;
    }
    calls
}

#[tokio::test(start_paused = true)]
async fn a_lie_refuses_three_open_times_at_a_stretch_and_two_thirds_of_all_calls() {
    let lies: [fn(i64) -> [i64; 3]; 6] = [
        |_| [1, 1, i64::MAX],
        |_| [1, 1, 0],
        |at| [2 * at + 1, 1, 1_000],
        // It opens and closes.
        |at| [at, at % 2, 40_000],
        |at| [at / 100, at / 100 % 2, 40_000],
        |at| [i64::MAX - at % 7, 1, at % 3],
    ];
    for lie in lies {
        let calls = lied_to(true, lie).await;
        assert!(calls.stretch <= 3 * OPEN + OPEN / 100, "{calls:?}");
        let all = f64::from(calls.made + calls.refused);
        // The allowance that it begins with is a fortieth and more.
        let share = f64::from(calls.refused) / all;
        assert!(share <= 2.0 / 3.0 + 1.0 / 36.0, "{calls:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lie_does_not_let_the_calls_of_a_broken_service_through() {
    let lies: [fn(i64) -> [i64; 3]; 4] = [
        |at| [2 * at, 0, 0],
        |at| [at, at % 2, 1_000],
        |at| [at, at % 3, 0],
        |_| [1, 2, 0],
    ];
    for lie in lies {
        let calls = lied_to(false, lie).await;
        println!("{calls:?}");
        // In each open time: a probe, or the calls that open it, before and after one closing.
        let open_times = (LONG.as_secs() / OPEN.as_secs()) as u32;
        assert!(calls.made <= 7 * open_times + 7, "{calls:?}");
    }
}
