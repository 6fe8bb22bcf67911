//! Calls ended from outside: tokens, their wake-ups, and the waits that end with them.
#![cfg(feature = "std")]

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use crate::common::{HOUR, Recorder, millis};
use persevere_core::__private::{Cancellation, sleep_blocking};
use persevere_core::policy::DefaultSleeper;
use persevere_core::stop::{Cancel, WhenCancelled};
use persevere_core::stop::{after_attempt, all, any, cancelled, never};
use persevere_core::{CancelToken, Stop};

/// A waker that counts its wake-ups.
#[derive(Default)]
struct Bell(AtomicUsize);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Bell {
    fn rung(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Polls once with this waker.
fn poll(future: Pin<&mut impl Future<Output = ()>>, bell: &Arc<Bell>) -> Poll<()> {
    let waker = Waker::from(Arc::clone(bell));
    future.poll(&mut Context::from_waker(&waker))
}

/// Returns whether the cancellation has come.
fn has_come(cancellation: &mut Cancellation<'_>) -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    cancellation.poll(&mut cx).is_ready()
}

fn is_send<T: Send>(_: &T) {}

mod token {
    use super::*;

    #[test]
    fn it_is_cancelled_once_and_for_all() {
        static TOKEN: CancelToken = CancelToken::new();
        assert!(!TOKEN.is_cancelled());
        TOKEN.cancel();
        TOKEN.cancel();
        assert!(TOKEN.is_cancelled());
    }

    #[test]
    fn who_waits_is_woken_by_another_thread() {
        let token = CancelToken::new();
        let bell = Arc::new(Bell::default());
        let mut waits = pin!(token.cancelled());
        is_send(&waits);
        assert!(poll(waits.as_mut(), &bell).is_pending());
        thread::scope(|scope| scope.spawn(|| token.cancel()).join()).unwrap();
        assert_eq!(bell.rung(), 1);
        assert!(poll(waits.as_mut(), &bell).is_ready());
        assert!(poll(waits, &bell).is_ready(), "from then on");
    }

    #[test]
    fn a_cancelled_one_is_not_waited_for() {
        let token = CancelToken::new();
        let mut waits = pin!(token.cancelled());
        token.cancel();
        assert!(poll(waits.as_mut(), &Arc::default()).is_ready());
        assert!(poll(pin!(token.cancelled()), &Arc::default()).is_ready());
    }

    #[test]
    fn a_dropped_waiter_leaves_nothing_behind() {
        let token = CancelToken::new();
        let (gone, stays) = (Arc::new(Bell::default()), Arc::new(Bell::default()));
        let mut waits = pin!(token.cancelled());
        assert!(poll(waits.as_mut(), &stays).is_pending());
        {
            let mut waits = pin!(token.cancelled());
            assert!(poll(waits.as_mut(), &gone).is_pending());
            assert!(poll(waits.as_mut(), &gone).is_pending());
            assert_eq!(Arc::strong_count(&gone), 2, "one waker");
        }
        assert_eq!(Arc::strong_count(&gone), 1);
        token.cancel();
        assert_eq!((gone.rung(), stays.rung()), (0, 1));
        assert_eq!(Arc::strong_count(&stays), 1);
    }

    #[test]
    fn a_waiter_that_was_not_polled_leaves_others_alone() {
        let token = CancelToken::new();
        let bell = Arc::new(Bell::default());
        let mut waits = pin!(token.cancelled());
        assert!(poll(waits.as_mut(), &bell).is_pending());
        drop(token.cancelled());
        token.cancel();
        assert_eq!(bell.rung(), 1);
    }

    #[test]
    fn the_latest_waker_is_woken() {
        let token = CancelToken::new();
        let (first, second) = (Arc::new(Bell::default()), Arc::new(Bell::default()));
        let mut waits = pin!(token.cancelled());
        assert!(poll(waits.as_mut(), &first).is_pending());
        assert!(poll(waits.as_mut(), &second).is_pending());
        assert_eq!(Arc::strong_count(&first), 1);
        token.cancel();
        assert_eq!((first.rung(), second.rung()), (0, 1));
    }

    #[test]
    fn many_waiters_are_all_woken() {
        let token = CancelToken::new();
        let mut waiters: Vec<_> = (0..1000)
            .map(|_| (Box::pin(token.cancelled()), Arc::new(Bell::default())))
            .collect();
        for (waits, bell) in &mut waiters {
            assert!(poll(waits.as_mut(), bell).is_pending());
        }
        // Every third waiter leaves.
        let mut place = 0;
        waiters.retain(|_| {
            place += 1;
            place % 3 > 0
        });
        token.cancel();
        assert!(waiters.iter().all(|(_, bell)| bell.rung() == 1));
    }

    /// The last waker of a task drops the task, and the futures that it waits for, as in a runtime.
    #[test]
    fn a_waker_may_come_back_to_the_token() {
        static TOKEN: CancelToken = CancelToken::new();

        struct Task(Mutex<Option<Pin<Box<WhenCancelled<'static>>>>>);

        impl Task {
            fn end(&self) {
                drop(self.0.lock().unwrap().take());
                assert!(poll(pin!(TOKEN.cancelled()), &Arc::default()).is_ready());
            }
        }

        impl Wake for Task {
            fn wake(self: Arc<Self>) {
                self.end();
            }
        }

        let task = Arc::new(Task(Mutex::new(None)));
        let waker = Waker::from(Arc::clone(&task));
        let mut cx = Context::from_waker(&waker);
        let mut waits = Box::pin(TOKEN.cancelled());
        assert!(waits.as_mut().poll(&mut cx).is_pending());
        *task.0.lock().unwrap() = Some(waits);
        let mut also = pin!(TOKEN.cancelled());
        assert!(also.as_mut().poll(&mut cx).is_pending());
        TOKEN.cancel();
        assert!(task.0.lock().unwrap().is_none());
    }

    #[test]
    fn a_dropped_waker_may_come_back_to_the_token() {
        static TOKEN: CancelToken = CancelToken::new();

        struct Task {
            _waits: Pin<Box<WhenCancelled<'static>>>,
        }

        impl Wake for Task {
            fn wake(self: Arc<Self>) {}
        }

        // The task waits twice. Its outer future has the only waker.
        let mut inner = Box::pin(TOKEN.cancelled());
        assert!(poll(inner.as_mut(), &Arc::default()).is_pending());
        let waker = Waker::from(Arc::new(Task { _waits: inner }));
        let mut outer = Box::pin(TOKEN.cancelled());
        let polled = outer.as_mut().poll(&mut Context::from_waker(&waker));
        assert!(polled.is_pending());
        drop(waker);
        drop(outer);
    }
}

/// A signal that is cancelled at a given question, counted from 1.
struct Asked(AtomicUsize);

impl Cancel for Asked {
    fn is_cancelled(&self) -> bool {
        self.0.fetch_sub(1, Ordering::SeqCst) == 1
    }
}

mod combined {
    use super::*;

    #[test]
    fn limits_do_not_cancel() {
        assert!(never().cancellation().is_never());
        assert!((after_attempt(3) | never()).cancellation().is_never());
        assert!(any(Vec::<Box<dyn Stop>>::new()).cancellation().is_never());
        assert!(all(Vec::<Box<dyn Stop>>::new()).cancellation().is_never());
    }

    #[test]
    fn either_of_two_tokens_is_enough() {
        for which in 0..2 {
            let tokens = [CancelToken::new(), CancelToken::new()];
            let stop = after_attempt(3) | cancelled(&tokens[0]) | cancelled(&tokens[1]);
            let mut cancellation = stop.cancellation();
            is_send(&cancellation);
            let bell = Arc::new(Bell::default());
            let waker = Waker::from(Arc::clone(&bell));
            let mut cx = Context::from_waker(&waker);
            assert!(cancellation.poll(&mut cx).is_pending());
            tokens[which].cancel();
            assert_eq!(bell.rung(), 1, "token {which} wakes");
            assert!(cancellation.poll(&mut cx).is_ready());
            assert!(cancellation.poll(&mut cx).is_ready(), "from then on");
        }
    }

    #[test]
    fn both_of_two_tokens_are_needed() {
        for which in 0..2 {
            let tokens = [CancelToken::new(), CancelToken::new()];
            let stop = cancelled(&tokens[0]) & cancelled(&tokens[1]);
            let mut cancellation = stop.cancellation();
            assert!(!has_come(&mut cancellation));
            tokens[which].cancel();
            assert!(!has_come(&mut cancellation));
            tokens[1 - which].cancel();
            assert!(has_come(&mut cancellation));
        }
    }

    #[test]
    fn a_token_beside_a_limit_that_must_hold_too_ends_no_pause() {
        let token = CancelToken::new();
        let stop = cancelled(&token) & after_attempt(3);
        assert!(stop.cancellation().is_never());
    }

    #[test]
    fn flags_are_polled_and_tokens_are_not() {
        let (token, flag) = (CancelToken::new(), AtomicBool::new(false));
        assert!(!cancelled(&token).cancellation().is_polled());
        assert!(cancelled(&flag).cancellation().is_polled());
        assert!(
            (cancelled(&token) | cancelled(&flag))
                .cancellation()
                .is_polled()
        );
        let both = cancelled(&token) & cancelled(&flag);
        let mut cancellation = both.cancellation();
        assert!(cancellation.is_polled());
        flag.store(true, Ordering::Release);
        assert!(!has_come(&mut cancellation));
        token.cancel();
        assert!(has_come(&mut cancellation));
    }

    #[test]
    fn every_list_and_reference_passes_it_on() {
        let token = CancelToken::new();
        let stop = || cancelled(&token).abort_attempt();
        let one = stop();
        let stops: Vec<Box<dyn Stop + '_>> = vec![
            Box::new(stop()),
            Box::new(&one as &dyn Stop),
            Box::new(Arc::new(stop()) as Arc<dyn Stop + '_>),
            Box::new(any((never(), stop()))),
            Box::new(any([stop(), stop()])),
            Box::new(all([stop(), stop()])),
            Box::new(any(vec![Box::new(stop()) as Box<dyn Stop + '_>])),
            Box::new(any((cancelled(AtomicBool::new(false)), all((stop(),))))),
        ];
        for stop in &stops {
            assert!(stop.aborts_attempt());
            assert!(!has_come(&mut stop.cancellation()));
            assert!(!has_come(&mut stop.abort_signal()));
        }
        token.cancel();
        for stop in &stops {
            assert!(has_come(&mut stop.cancellation()));
            assert!(has_come(&mut stop.abort_signal()));
        }
    }

    #[test]
    fn only_the_part_that_cuts_cuts() {
        let (gentle, sharp) = (CancelToken::new(), CancelToken::new());
        let either = cancelled(&gentle) | cancelled(&sharp).abort_attempt();
        assert!(either.aborts_attempt());
        gentle.cancel();
        assert!(has_come(&mut either.cancellation()));
        assert!(!has_come(&mut either.abort_signal()));
        let both = cancelled(&gentle) & cancelled(&sharp).abort_attempt();
        assert!(!both.aborts_attempt());
        sharp.cancel();
        assert!(has_come(&mut either.abort_signal()));
        assert!(both.abort_signal().is_never());
        assert!(!cancelled(&sharp).aborts_attempt());
    }

    #[test]
    fn tokens_are_taken_in_every_form() {
        fn cancels(token: impl Cancel) {
            assert!(has_come(&mut cancelled(token).cancellation()));
        }
        let token = Arc::new(CancelToken::new());
        token.cancel();
        cancels(&*token);
        cancels(&token);
        cancels(&*token as &dyn Cancel);
        cancels(Box::new(Arc::clone(&token)));
        cancels(Arc::clone(&token) as Arc<dyn Cancel + Send>);
        cancels(token);
        cancels(AtomicBool::new(true));
        cancels(Arc::new(AtomicBool::new(true)));
        cancels(Asked(AtomicUsize::new(1)));
    }

    #[cfg(feature = "tokio-util")]
    #[test]
    fn tokens_of_tokio_util_wake() {
        let token = tokio_util::sync::CancellationToken::new();
        let stop = cancelled(&token);
        let mut cancellation = stop.cancellation();
        assert!(!cancellation.is_polled());
        let bell = Arc::new(Bell::default());
        let waker = Waker::from(Arc::clone(&bell));
        let mut cx = Context::from_waker(&waker);
        assert!(cancellation.poll(&mut cx).is_pending());
        token.cancel();
        assert_eq!(bell.rung(), 1);
        assert!(cancellation.poll(&mut cx).is_ready());
    }
}

mod blocking {
    use super::*;

    /// Runs a pause with a user's sleeper. Returns whether it was cancelled, and its slices.
    fn slept(stop: impl Stop, pause: Duration) -> (bool, Vec<Duration>) {
        let slices = Recorder::new();
        let sleeper = |slice| slices.push(slice);
        let ended = sleep_blocking(stop.cancellation(), pause, &sleeper);
        (ended, slices.items())
    }

    #[test]
    fn without_a_cancellation_it_is_the_sleeper() {
        assert_eq!(slept(after_attempt(3), HOUR), (false, vec![HOUR]));
        let zero = Duration::ZERO;
        assert_eq!(slept(never(), zero), (false, vec![zero]));
    }

    #[test]
    fn a_sleeper_of_ones_own_sleeps_in_slices() {
        let slices = vec![millis(50), millis(50), millis(20)];
        let flag = cancelled(AtomicBool::new(false));
        assert_eq!(slept(flag, millis(120)), (false, slices.clone()));
        let token = cancelled(Arc::new(CancelToken::new()));
        assert_eq!(slept(token, millis(120)), (false, slices));
    }

    #[test]
    fn the_slice_in_which_it_is_cancelled_is_the_last() {
        let asked = cancelled(Asked(AtomicUsize::new(3)));
        assert_eq!(slept(asked, HOUR), (true, vec![millis(50); 2]));
        let at_the_end = cancelled(Asked(AtomicUsize::new(2)));
        assert_eq!(slept(at_the_end, millis(10)), (true, vec![millis(10)]));
    }

    #[test]
    fn what_is_cancelled_does_not_sleep() {
        let token = CancelToken::new();
        token.cancel();
        assert_eq!(slept(cancelled(&token), HOUR), (true, vec![]));
        assert!(sleep_blocking(
            cancelled(&token).cancellation(),
            HOUR,
            &DefaultSleeper
        ));
        assert!(sleep_blocking(
            cancelled(&token).cancellation(),
            Duration::ZERO,
            &DefaultSleeper
        ));
    }

    #[test]
    fn a_pause_that_nobody_cancels_ends() {
        let token = CancelToken::new();
        for pause in [Duration::ZERO, millis(1)] {
            assert!(!sleep_blocking(
                cancelled(&token).cancellation(),
                pause,
                &DefaultSleeper
            ));
        }
    }

    /// A thread that sleeps for longer than the test can take is woken: at once by a token, and at the next
    /// check by a flag.
    #[test]
    fn a_sleeping_thread_is_woken() {
        let (token, flag) = (CancelToken::new(), AtomicBool::new(false));
        let other = CancelToken::new();
        let either = cancelled(AtomicBool::new(false)) | cancelled(&other);
        let stops: [(&(dyn Stop + Sync), &dyn Fn()); 3] = [
            (&cancelled(&token), &|| token.cancel()),
            (&cancelled(&flag), &|| flag.store(true, Ordering::Release)),
            (&either, &|| other.cancel()),
        ];
        for (stop, cancel) in stops {
            let (sleeps, asleep) = channel();
            let ended = thread::scope(|scope| {
                let sleeper = scope.spawn(move || {
                    let cancellation = stop.cancellation();
                    sleeps.send(()).unwrap();
                    sleep_blocking(cancellation, Duration::MAX, &DefaultSleeper)
                });
                asleep.recv().unwrap();
                cancel();
                sleeper.join().unwrap()
            });
            assert!(ended);
        }
    }

    /// The thread's own `park` keeps the wake-up that was meant for it.
    #[test]
    fn no_unpark_of_the_callers_is_swallowed() {
        let token = CancelToken::new();
        thread::current().unpark();
        assert!(!sleep_blocking(
            cancelled(&token).cancellation(),
            millis(1),
            &DefaultSleeper
        ));
        thread::park();
    }
}

#[cfg(feature = "tokio")]
mod asynchronous {
    use std::future::{pending, ready};

    use persevere_core::__private::{Cancelled, Interruptible};
    use persevere_core::AsyncSleep;
    use persevere_core::policy::DefaultSleeper;
    use tokio::time::{Instant, sleep};

    use super::*;

    /// Pauses for an hour. Returns the result and its time.
    async fn pause(stop: impl Stop) -> (Result<(), Cancelled>, Duration) {
        let start = Instant::now();
        let sleeping = AsyncSleep::sleep(&DefaultSleeper, HOUR);
        let paused = Interruptible::pause(sleeping, stop.cancellation())
            .ticking(sleep)
            .await;
        (paused, start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_cancellation_a_pause_is_a_pause() {
        assert_eq!(pause(never()).await, (Ok(()), HOUR));
        let token = CancelToken::new();
        assert_eq!(pause(cancelled(&token)).await, (Ok(()), HOUR));
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_ends_a_pause_at_once() {
        let token = Arc::new(CancelToken::new());
        let cancels = Arc::clone(&token);
        tokio::spawn(async move {
            sleep(millis(1234)).await;
            cancels.cancel();
        });
        let ended = pause(after_attempt(3) | cancelled(&*token)).await;
        assert_eq!(ended, (Err(Cancelled), millis(1234)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_flag_ends_a_pause_when_it_is_asked() {
        let flag = Arc::new(AtomicBool::new(false));
        let sets = Arc::clone(&flag);
        tokio::spawn(async move {
            sleep(millis(1234)).await;
            sets.store(true, Ordering::Release);
        });
        let (ended, after) = pause(cancelled(flag)).await;
        assert_eq!(ended, Err(Cancelled));
        // 25 slices, plus the rounding of tokio's timer.
        assert!((millis(1234)..millis(1300)).contains(&after), "{after:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_is_over_is_cancelled_all_the_same() {
        let token = CancelToken::new();
        token.cancel();
        let stop = cancelled(&token);
        let paused = Interruptible::pause(ready(()), stop.cancellation())
            .ticking(sleep)
            .await;
        assert_eq!(paused, Err(Cancelled));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_cancelled_already_does_not_begin() {
        let token = CancelToken::new();
        token.cancel();
        let stop = cancelled(&token).abort_attempt();
        let made = Interruptible::attempt(ready(7), stop.abort_signal());
        assert_eq!(made.ticking(sleep).await, Err(Cancelled));
    }

    #[tokio::test(start_paused = true)]
    async fn an_outcome_that_is_there_is_taken() {
        let token = CancelToken::new();
        let stop = cancelled(&token).abort_attempt();
        let cancels_itself = async {
            token.cancel();
            7
        };
        let made = Interruptible::attempt(cancels_itself, stop.abort_signal());
        assert_eq!(made.ticking(sleep).await, Ok(7));
        let cut = Interruptible::attempt(pending::<u8>(), stop.abort_signal());
        assert_eq!(cut.ticking(sleep).await, Err(Cancelled));
    }

    #[tokio::test(start_paused = true)]
    async fn a_cut_attempt_is_dropped_with_it() {
        let (token, witness) = (CancelToken::new(), Arc::new(()));
        let held = Arc::clone(&witness);
        let attempt = async move {
            pending::<()>().await;
            drop(held);
        };
        let stop = cancelled(&token).abort_attempt();
        let mut attempt =
            Box::pin(Interruptible::attempt(attempt, stop.abort_signal()).ticking(sleep));
        is_send(&attempt);
        let mut cx = Context::from_waker(Waker::noop());
        assert!(attempt.as_mut().poll(&mut cx).is_pending());
        token.cancel();
        assert_eq!(attempt.as_mut().poll(&mut cx), Poll::Ready(Err(Cancelled)));
        drop(attempt);
        assert_eq!(Arc::strong_count(&witness), 1);
    }

    /// A sleeper that does not sleep must not block the thread.
    #[tokio::test(start_paused = true)]
    async fn a_flag_is_asked_without_a_timer_too() {
        let instant = |_: Duration| ready(());
        let stop = cancelled(Asked(AtomicUsize::new(5))).abort_attempt();
        let attempt = Interruptible::attempt(pending::<u8>(), stop.abort_signal()).ticking(instant);
        assert_eq!(attempt.await, Err(Cancelled));
    }
}
