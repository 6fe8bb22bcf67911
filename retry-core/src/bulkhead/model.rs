//! Models of bulkheads that two or three threads use at once: every interleaving that matters.

use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::task::{Context, Wake, Waker};
use std::time::Instant;

use loom::sync::Arc;
use loom::thread;

use super::bulkhead::Bulkhead;
use super::place::{Ended, Place};
use super::round::Attempt;
use super::seeker::{Seeker, Turn};
use crate::util::sync::atomic::Ordering;

/// Panics, since no model reads the time.
fn clock() -> Instant {
    unreachable!("nothing here asks for the time")
}

/// Returns a bulkhead whose atomics are loom's, made on this thread.
fn shared(bulkhead: Bulkhead) -> Arc<Bulkhead> {
    let _ = (bulkhead.in_use(), bulkhead.entered(), bulkhead.refused());
    bulkhead.state().line.with(|_| ());
    if let Some(gradient) = &bulkhead.state().gradient {
        gradient.make();
    }
    Arc::new(bulkhead)
}

fn one() -> Arc<Bulkhead> {
    shared(Bulkhead::new("b", 1))
}

#[derive(Default)]
struct Bell(AtomicBool);

impl Wake for Bell {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Asks until there is a place, which a call that waits may only do once it is woken.
fn wait<'b>(seeker: &mut Seeker<'b>) -> Place<'b> {
    loop {
        let bell = std::sync::Arc::new(Bell::default());
        let waker = Waker::from(std::sync::Arc::clone(&bell));
        match seeker.ask() {
            Turn::Enter(place) => return place,
            Turn::Refused => panic!("the line has room"),
            Turn::Wait => {}
        }
        if seeker
            .poll_woken(&mut Context::from_waker(&waker))
            .is_pending()
        {
            while !bell.0.load(Ordering::Relaxed) {
                thread::yield_now();
            }
        }
    }
}

fn assert_empty(bulkhead: &Bulkhead) {
    assert_eq!((bulkhead.in_use(), bulkhead.in_line()), (0, 0));
    assert!(bulkhead.try_enter().is_ok());
}

#[test]
fn never_more_than_the_places_and_everybody_gets_one() {
    loom::model(|| {
        let bulkhead = one();
        let inside = std::sync::Arc::new(AtomicUsize::new(0));
        let run = |bulkhead: &Bulkhead, inside: &AtomicUsize| {
            let place = wait(&mut bulkhead.seeker(clock));
            assert_eq!(inside.fetch_add(1, Ordering::Relaxed), 0);
            thread::yield_now();
            inside.fetch_sub(1, Ordering::Relaxed);
            drop(place);
        };
        let (other, there) = (Arc::clone(&bulkhead), std::sync::Arc::clone(&inside));
        let other = thread::spawn(move || run(&other, &there));
        run(&bulkhead, &inside);
        other.join().unwrap();
        assert_empty(&bulkhead);
        assert_eq!(bulkhead.refused(), 0);
    });
}

#[test]
fn a_place_that_is_given_back_wakes_the_call_that_waits() {
    loom::model(|| {
        let bulkhead = one();
        let other = Arc::clone(&bulkhead);
        let place = bulkhead.try_enter().unwrap();
        let waits = thread::spawn(move || drop(wait(&mut other.seeker(clock))));
        drop(place);
        waits.join().unwrap();
        assert_empty(&bulkhead);
    });
}

#[test]
fn a_call_that_leaves_with_a_place_passes_it_on() {
    loom::model(|| {
        let bulkhead = shared(Bulkhead::new("b", 1).queue(2));
        let (back, leaves) = (Arc::clone(&bulkhead), Arc::clone(&bulkhead));
        std::mem::forget(back.try_enter());
        let mut last = bulkhead.seeker(clock);
        let leaves = {
            let mut first = leaves.seeker(clock);
            assert!(matches!(first.ask(), Turn::Wait));
            // The seeker moves to its thread by its number, since it borrows the bulkhead.
            let number = first.number();
            std::mem::forget(first);
            thread::spawn(move || leaves.state().leave(number))
        };
        assert!(matches!(last.ask(), Turn::Wait));
        let back = thread::spawn(move || back.state().give_back());
        drop(wait(&mut last));
        back.join().unwrap();
        leaves.join().unwrap();
        drop(last);
        assert_empty(&bulkhead);
    });
}

#[test]
fn the_line_holds_no_more_than_its_calls() {
    loom::model(|| {
        let bulkhead = shared(Bulkhead::new("b", 1).queue(1));
        std::mem::forget(bulkhead.try_enter());
        let ask = |bulkhead: &Bulkhead| {
            let mut seeker = bulkhead.seeker(clock);
            let waits = matches!(seeker.ask(), Turn::Wait);
            std::mem::forget(seeker);
            waits
        };
        let other = Arc::clone(&bulkhead);
        let other = thread::spawn(move || ask(&other));
        let waits = [ask(&bulkhead), other.join().unwrap()];
        assert_eq!(waits.into_iter().filter(|waits| *waits).count(), 1);
        assert_eq!(bulkhead.in_line(), 1);
    });
}

#[test]
fn a_limit_that_rises_lets_one_more_in() {
    loom::model(|| {
        let bulkhead = shared(Bulkhead::new("b", 1).queue(2));
        std::mem::forget(bulkhead.try_enter());
        let other = Arc::clone(&bulkhead);
        let rises = thread::spawn(move || {
            other.state().change(|seen| Some(seen.limited(2)));
            other.state().give_back();
        });
        let places = [(); 2].map(|()| wait(&mut bulkhead.seeker(clock)));
        rises.join().unwrap();
        assert_eq!((bulkhead.in_use(), bulkhead.in_line()), (2, 0));
        drop(places);
        assert_empty(&bulkhead);
    });
}

#[test]
fn the_limit_that_is_learned_last_holds() {
    loom::model(|| {
        let bulkhead = shared(Bulkhead::adaptive("b", 1..=20));
        let other = Arc::clone(&bulkhead);
        let learn = |bulkhead: &Bulkhead| {
            let (began, ended) = (0, 0);
            let gradient = bulkhead.state().gradient.as_ref().unwrap();
            bulkhead
                .state()
                .adapt(gradient, Ended::Overload, Attempt { began, ended });
        };
        let other = thread::spawn(move || learn(&other));
        learn(&bulkhead);
        other.join().unwrap();
        // 20 · 0.9 · 0.9
        assert_eq!(bulkhead.limit(), 16);
    });
}

#[test]
fn a_share_that_grows_lets_in_who_waits() {
    loom::model(|| {
        let bulkhead = shared(Bulkhead::new("b", 2).queue(2));
        bulkhead.set_share(1);
        let other = Arc::clone(&bulkhead);
        std::mem::forget(bulkhead.try_enter());
        let grows = thread::spawn(move || assert_eq!(other.set_share(2), 2));
        let place = wait(&mut bulkhead.seeker(clock));
        grows.join().unwrap();
        assert_eq!((bulkhead.in_use(), bulkhead.in_line()), (2, 0));
        drop(place);
    });
}

#[test]
fn a_share_that_shrinks_holds_what_is_in_use_and_no_more() {
    loom::model(|| {
        let bulkhead = shared(Bulkhead::new("b", 2));
        let (other, enters) = (Arc::clone(&bulkhead), Arc::clone(&bulkhead));
        let shrinks = thread::spawn(move || {
            let held = other.set_share(1);
            for _ in 0..2 {
                thread::yield_now();
                assert!(other.in_use() <= held, "{} of {held}", other.in_use());
            }
        });
        let enters = thread::spawn(move || std::mem::forget(enters.try_enter()));
        let place = bulkhead.try_enter();
        drop(place);
        std::mem::forget(bulkhead.try_enter());
        shrinks.join().unwrap();
        enters.join().unwrap();
        assert!(bulkhead.set_share(1) <= 2);
    });
}
