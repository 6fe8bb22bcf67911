//! Models of a token that is cancelled while others come and go.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

use loom::thread;

use super::token::Shared;

/// A waker that counts its wake-ups.
#[derive(Default)]
struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Counter {
    fn wakes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

fn counter() -> (Arc<Counter>, Waker) {
    let counter = Arc::new(Counter::default());
    let waker = Waker::from(Arc::clone(&counter));
    (counter, waker)
}

/// Returns a token, and a thread that cancels it.
fn cancelled() -> (Arc<Shared>, thread::JoinHandle<()>) {
    let shared = Arc::new(Shared::new());
    let other = Arc::clone(&shared);
    (shared, thread::spawn(move || other.cancel()))
}

#[test]
fn who_waits_is_woken() {
    loom::model(|| {
        let (shared, cancels) = cancelled();
        let (counter, waker) = counter();
        let waits = shared.wait(&mut None, &waker);
        cancels.join().unwrap();
        assert_eq!(counter.wakes(), usize::from(waits));
        assert!(!shared.wait(&mut None, &waker), "it is cancelled");
    });
}

#[test]
fn another_waker_at_the_same_place_is_woken() {
    loom::model(|| {
        let (shared, cancels) = cancelled();
        let (first, second) = (counter(), counter());
        let mut place = None;
        let _ = shared.wait(&mut place, &first.1);
        let waits = shared.wait(&mut place, &second.1);
        cancels.join().unwrap();
        assert_eq!(second.0.wakes(), usize::from(waits));
        assert!(first.0.wakes() <= 1);
    });
}

#[test]
fn who_leaves_leaves_nothing() {
    loom::model(|| {
        let (shared, cancels) = cancelled();
        let (counter, waker) = counter();
        let mut place = None;
        let waits = shared.wait(&mut place, &waker);
        if let Some(place) = place {
            shared.leave(place);
        }
        cancels.join().unwrap();
        drop(waker);
        assert_eq!(Arc::strong_count(&counter), 1);
        assert!(counter.wakes() <= usize::from(waits));
    });
}

#[test]
fn two_that_wait_are_both_woken() {
    loom::model(|| {
        let (shared, cancels) = cancelled();
        let other = Arc::clone(&shared);
        let other = thread::spawn(move || {
            let (counter, waker) = counter();
            (other.wait(&mut None, &waker), counter)
        });
        let (counter, waker) = counter();
        let waits = shared.wait(&mut None, &waker);
        cancels.join().unwrap();
        let (other_waits, other) = other.join().unwrap();
        assert_eq!(counter.wakes(), usize::from(waits));
        assert_eq!(other.wakes(), usize::from(other_waits));
    });
}
