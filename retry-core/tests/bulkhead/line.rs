//! The line: in order, bounded, and nothing is lost by those that leave it.

use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use persevere_core::Bulkhead;
use tokio::time::{sleep, timeout};

use crate::wakes::Call;

const SECOND: Duration = Duration::from_secs(1);

/// Returns calls that wait in this order.
fn in_line(bulkhead: &Bulkhead, calls: usize) -> Vec<Call<'_>> {
    let mut waiting: Vec<_> = (0..calls).map(|_| Call::to(bulkhead)).collect();
    for call in &mut waiting {
        assert!(call.poll().is_pending());
    }
    waiting
}

#[test]
fn a_place_goes_to_the_head_of_the_line_and_to_nobody_else() {
    let bulkhead = Bulkhead::new("b", 1).queue(3);
    let mut place = bulkhead.try_enter().unwrap();
    let mut line = in_line(&bulkhead, 3);
    for next in 0..3 {
        drop(place);
        let woken: Vec<_> = line.iter().map(Call::woken).collect();
        assert_eq!(woken, [1, usize::from(next > 0), usize::from(next > 1)]);
        // It is kept for the call that was woken, though others ask.
        assert!(bulkhead.try_enter().is_err());
        for behind in &mut line[next + 1..] {
            assert!(behind.poll().is_pending());
        }
        place = line[next].place();
        assert_eq!(
            (bulkhead.in_use(), bulkhead.in_line()),
            (1, 2 - next as u32)
        );
    }
}

#[test]
fn the_line_holds_so_many_and_refuses_the_next_at_once() {
    let bulkhead = Bulkhead::new("b", 1).queue(2);
    let place = bulkhead.try_enter().unwrap();
    let mut line = in_line(&bulkhead, 2);
    assert!(matches!(Call::to(&bulkhead).poll(), Poll::Ready(Err(_))));
    assert_eq!(bulkhead.refused(), 1);
    // Who leaves makes room.
    line.pop();
    assert!(Call::to(&bulkhead).poll().is_pending());
    drop(place);
    drop(line.remove(0).place());
}

#[test]
fn by_default_as_many_wait_as_there_are_places() {
    for bulkhead in [Bulkhead::new("b", 3), Bulkhead::adaptive("b", 3..=3)] {
        let _places: Vec<_> = (0..3).map(|_| bulkhead.try_enter().unwrap()).collect();
        let _line = in_line(&bulkhead, 3);
        assert!(matches!(Call::to(&bulkhead).poll(), Poll::Ready(Err(_))));
    }
}

#[test]
fn without_a_line_nobody_waits() {
    let bulkhead = Bulkhead::new("b", 1).queue(0);
    let place = Call::to(&bulkhead).place();
    assert!(matches!(Call::to(&bulkhead).poll(), Poll::Ready(Err(_))));
    assert!(bulkhead.enter_blocking().is_err());
    drop(place);
    assert!(bulkhead.enter_blocking().is_ok());
}

#[test]
fn a_call_that_was_not_polled_stands_nowhere() {
    let bulkhead = Bulkhead::new("b", 1).queue(1);
    let _unpolled = Call::to(&bulkhead);
    assert_eq!((bulkhead.in_use(), bulkhead.in_line()), (0, 0));
}

#[test]
fn who_leaves_the_line_lets_those_behind_move_up() {
    let bulkhead = Bulkhead::new("b", 1).queue(3);
    let place = bulkhead.try_enter().unwrap();
    let mut line = in_line(&bulkhead, 3);
    // From the middle, then from the head.
    drop(line.remove(1));
    drop(line.remove(0));
    assert_eq!(bulkhead.in_line(), 1);
    drop(place);
    assert_eq!(line[0].woken(), 1);
    drop(line[0].place());
    assert_eq!(bulkhead.in_use(), 0);
}

#[test]
fn who_is_dropped_after_it_was_given_a_place_passes_it_on() {
    let bulkhead = Bulkhead::new("b", 1).queue(3);
    let place = bulkhead.try_enter().unwrap();
    let mut line = in_line(&bulkhead, 3);
    drop(place);
    drop(line.remove(0));
    assert_eq!(line[0].woken(), 1);
    drop(line.remove(0));
    assert_eq!(line[0].woken(), 1);
    drop(line.remove(0));
    assert_eq!((bulkhead.in_use(), bulkhead.in_line()), (0, 0));
    assert!(bulkhead.try_enter().is_ok());
}

/// A bulkhead of failsafe loses a place with each call that times out in line, and refuses all in the end.
#[tokio::test(start_paused = true)]
async fn calls_that_time_out_in_line_lose_no_place() {
    let bulkhead = Bulkhead::new("b", 2).queue(100);
    for _ in 0..50 {
        let places = [
            bulkhead.enter().await.unwrap(),
            bulkhead.enter().await.unwrap(),
        ];
        for _ in 0..3 {
            assert!(timeout(SECOND, bulkhead.enter()).await.is_err());
        }
        drop(places);
    }
    assert_eq!((bulkhead.in_use(), bulkhead.in_line()), (0, 0));
}

#[test]
fn a_waker_is_replaced_by_that_of_the_last_poll_and_kept_no_longer() {
    let bulkhead = Bulkhead::new("b", 1).queue(2);
    let place = bulkhead.try_enter().unwrap();
    let mut line = in_line(&bulkhead, 2);
    for _ in 0..3 {
        assert!(line[0].poll().is_pending());
    }
    assert_eq!(line[0].wakers(), 1);
    drop(place);
    assert_eq!((line[0].woken(), line[0].wakers()), (1, 0));
    // A poll that finds the place keeps no waker, and a call that leaves takes its own along.
    drop(line[0].place());
    assert_eq!(line[0].wakers(), 0);
    let left = line.pop().unwrap();
    assert_eq!(left.woken(), 1);
}

#[tokio::test(start_paused = true)]
async fn five_hundred_tasks_go_in_twenties_and_in_order() {
    let bulkhead = Arc::new(Bulkhead::new("b", 20).queue(480));
    let order = Arc::new(Mutex::new(Vec::new()));
    let tasks: Vec<_> = (0..500)
        .map(|task| {
            let (bulkhead, order) = (Arc::clone(&bulkhead), Arc::clone(&order));
            tokio::spawn(async move {
                let place = bulkhead.enter().await.unwrap();
                order.lock().unwrap().push(task);
                assert!(bulkhead.in_use() <= 20);
                sleep(SECOND).await;
                drop(place);
            })
        })
        .collect();
    let start = tokio::time::Instant::now();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(start.elapsed(), 25 * SECOND);
    assert_eq!(*order.lock().unwrap(), (0..500).collect::<Vec<_>>());
    assert_eq!((bulkhead.entered(), bulkhead.refused()), (500, 0));
}

#[test]
fn a_blocking_call_waits_with_its_thread() {
    let bulkhead = Bulkhead::new("b", 1);
    let place = bulkhead.try_enter().unwrap();
    thread::scope(|scope| {
        let waits = scope.spawn(|| bulkhead.enter_blocking().map(drop));
        while bulkhead.in_line() == 0 {
            thread::yield_now();
        }
        drop(place);
        waits.join().unwrap().unwrap();
    });
    assert_eq!((bulkhead.entered(), bulkhead.in_use()), (2, 0));
}

/// A waker may do whatever it likes, such as giving back a place of the same bulkhead.
#[test]
fn a_waker_that_comes_back_finds_no_lock_held() {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Wake, Waker};

    use persevere_core::bulkhead::Place;

    struct GivesBack(Mutex<Option<Place<'static>>>);
    impl Wake for GivesBack {
        fn wake(self: Arc<Self>) {
            drop(self.0.lock().unwrap().take());
        }
    }
    static BULKHEAD: Bulkhead = Bulkhead::new("b", 2);
    let [one, two] = [BULKHEAD.try_enter().unwrap(), BULKHEAD.try_enter().unwrap()];
    let gives = Arc::new(GivesBack(Mutex::new(Some(two))));
    let waker = Waker::from(Arc::clone(&gives));
    let mut waits = pin!(BULKHEAD.enter());
    let mut behind = Call::to(&BULKHEAD);
    assert!(
        waits
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    assert!(behind.poll().is_pending());
    drop(one);
    assert_eq!(behind.woken(), 1);
    drop(behind.place());
}
