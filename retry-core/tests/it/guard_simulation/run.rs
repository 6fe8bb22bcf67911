//! A comparison of the real run of a program with its run in the model.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::rc::Rc;
use std::time::Duration;

use persevere_core::testing::{Scope, VirtualClock};
use tokio::task::{JoinError, JoinHandle, LocalSet};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::guard_simulation::clock::Clock;
use crate::guard_simulation::model::Model;
use crate::guard_simulation::program::Program;
use crate::guard_simulation::tasks::{self, Boom, Boxed};
use crate::guard_simulation::trace::{Entry, Event};
use crate::guard_simulation::world::World;

/// The result of a comparison.
pub(crate) enum Compared {
    /// Equal traces, with this number of steps.
    Same(usize),
    /// Two tasks act in one millisecond, in an unspecified order.
    Unordered,
    Different(Difference),
}

pub(crate) struct Difference {
    pub(crate) real: Vec<Entry>,
    pub(crate) model: Vec<Entry>,
}

/// Counts classified attempts, and advances of the clock.
fn steps(entries: &[Entry]) -> usize {
    let judged = entries
        .iter()
        .filter(|it| matches!(it.event, Event::Callback("after", _)));
    let advances = entries.windows(2).filter(|two| two[0].at != two[1].at);
    judged.count() + advances.count()
}

pub(crate) async fn compare(program: &Rc<Program>, blocking: bool) -> Compared {
    let (real, model) = match blocking {
        true => blocking_both(program),
        false => async_both(program).await,
    };
    if real == model {
        return Compared::Same(steps(&real));
    }
    let parted = real.iter().zip(&model).find(|(real, model)| real != model);
    // Up to that point the order was the same.
    let late = parted.is_some_and(|(_, model)| matches!(model.event, Event::Late { .. }));
    let meet = parted.is_some_and(|(real, model)| meet(real, model));
    let unordered = |entries| is_unordered(program, entries);
    match !blocking && !late && (meet || unordered(&real) || unordered(&model)) {
        true => Compared::Unordered,
        false => Compared::Different(Difference { real, model }),
    }
}

/// Returns whether two waiting calls of a task return in one millisecond, in another order.
fn meet(real: &Entry, model: &Entry) -> bool {
    let begins = |it: &Entry| matches!(it.event, Event::Callback("before", _));
    begins(real) && begins(model) && real.at == model.at && real.run != model.run
}

/// Returns whether two tasks act at the same time. A token and a drop count as tasks.
fn is_unordered(program: &Program, entries: &[Entry]) -> bool {
    let mut at: BTreeMap<Duration, usize> = BTreeMap::new();
    let others = program.tokens.iter().enumerate();
    for (number, time) in others {
        if !time.is_zero() && at.insert(*time, 1000 + number).is_some() {
            return true;
        }
    }
    for (number, task) in program.tasks.iter().enumerate() {
        if let Some(dropped) = task.dropped {
            if at.insert(task.begins + dropped, 2000 + number).is_some() {
                return true;
            }
        }
    }
    let entries = entries
        .iter()
        .filter(|it| !matches!(it.event, Event::End { .. }));
    entries.into_iter().any(|entry| {
        let task = *at.entry(entry.at).or_insert(entry.task());
        task != entry.task() && task != 2000 + entry.task()
    })
}

fn blocking_both(program: &Rc<Program>) -> (Vec<Entry>, Vec<Entry>) {
    let clock = VirtualClock::new();
    let world = World::new(program, Clock::Virtual(clock.clone()));
    let scope = Scope::new().clock(&clock).seed(program.seed);
    scope.run(|| {
        in_turn(program, &clock, |number| Box::pin(world.task(number)));
        world.end();
    });
    let real = world.log.take();
    let clock = VirtualClock::new();
    let model = Model::new(program, Clock::Virtual(clock.clone()), &real);
    in_turn(program, &clock, |number| Box::pin(model.task(number)));
    model.end();
    (real, model.log.take())
}

fn in_turn<'a>(program: &Program, clock: &VirtualClock, run: impl Fn(usize) -> Boxed<'a, ()>) {
    for (number, task) in program.tasks.iter().enumerate() {
        clock.advance_to(task.begins);
        let _: Result<(), Boom> = tasks::at_once(tasks::caught(run(number)));
    }
}

async fn async_both(program: &Rc<Program>) -> (Vec<Entry>, Vec<Entry>) {
    let world = Rc::new(World::new(program, Clock::Tokio(Instant::now())));
    let run = |number| -> Boxed<'static, ()> {
        let world = Rc::clone(&world);
        Box::pin(async move { world.task(number).await })
    };
    let beside = beside(program, run, |token| world.cancel(token));
    Scope::new().seed(program.seed).run_async(beside).await;
    world.end();
    let real = world.log.take();
    let model = Rc::new(Model::new(program, Clock::Tokio(Instant::now()), &real));
    let run = |number| -> Boxed<'static, ()> {
        let model = Rc::clone(&model);
        Box::pin(async move { model.task(number).await })
    };
    self::beside(program, run, |_| ()).await;
    model.end();
    (real, model.log.take())
}

/// Runs the tasks concurrently, each with its own waker, and cancels the tokens in time.
async fn beside(
    program: &Program,
    run: impl Fn(usize) -> Boxed<'static, ()>,
    cancel: impl Fn(usize),
) {
    let began = Instant::now();
    let set = LocalSet::new();
    let mut handles: Vec<JoinHandle<()>> = Vec::new();
    for (number, task) in program.tasks.iter().enumerate() {
        let (begins, run) = (began + task.begins, run(number));
        let ends = task.dropped.map(|it| begins + it);
        handles.push(set.spawn_local(async move {
            sleep_until(begins).await;
            match ends {
                Some(ends) => drop(timeout_at(ends, run).await),
                None => run.await,
            }
        }));
    }
    let cancelling = async {
        let mut tokens: Vec<_> = program.tokens.iter().enumerate().collect();
        tokens.sort_by_key(|(_, at)| **at);
        for (token, at) in tokens {
            if !at.is_zero() {
                sleep_until(began + *at).await;
            }
            cancel(token);
        }
    };
    let all = async {
        for handle in handles {
            match handle.await.map_err(JoinError::try_into_panic) {
                Err(Ok(payload)) if !payload.is::<Boom>() => resume_unwind(payload),
                _ => {}
            }
        }
    };
    set.run_until(async { tokio::join!(cancelling, all) }).await;
}
