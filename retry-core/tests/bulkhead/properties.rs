//! Bulkheads compared with a simple model: the same steps, the same answers, the same wake-ups.

use std::task::Poll;
use std::time::Duration;

use persevere_core::bulkhead::{Ended, Place, Settings};
use proptest::prelude::*;
use tokio::time::advance;

use crate::wakes::Call;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A call begins to wait.
    Enter,
    TryEnter,
    /// The call at this place of the list is polled once more, or dropped.
    Poll(usize),
    Leave(usize),
    /// The place of this number in the list is given back.
    End(usize, Ended),
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let ended = prop_oneof![
        3 => Just(Ended::Success),
        1 => Just(Ended::Overload),
        1 => Just(Ended::Ignored),
    ];
    prop_oneof![
        4 => Just(Step::Enter),
        2 => Just(Step::TryEnter),
        2 => (0usize..8).prop_map(Step::Poll),
        2 => (0usize..8).prop_map(Step::Leave),
        4 => ((0usize..8), ended).prop_map(|(at, ended)| Step::End(at, ended)),
        1 => (1u64..100).prop_map(Step::Pass),
    ]
}

#[derive(Clone, Copy, Debug)]
enum Places {
    Fixed(u32),
    Adaptive(u32, u32),
}

fn places() -> impl Strategy<Value = Places> {
    prop_oneof![
        (1u32..5).prop_map(Places::Fixed),
        (1u32..5, 0u32..30).prop_map(|(least, more)| Places::Adaptive(least, least + more)),
    ]
}

/// A call in the model.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Waits {
    InLine,
    /// It was given a place, for which it has not asked since.
    Given,
}

/// A model that keeps everything: the line as a list, latencies as they came.
struct Model {
    places: Places,
    queue: u32,
    now: u64,
    /// The beginning of each attempt that runs.
    running: Vec<u64>,
    /// The calls that have not entered, in their order.
    calls: Vec<Waits>,
    limit: f64,
    samples: u32,
    long: f64,
    /// The latencies since the last step, and the times of it and of the last overload that counted.
    round: Vec<f64>,
    stepped: u64,
    overloaded: u64,
    entered: u64,
    refused: u64,
}

impl Model {
    fn new(places: Places, queue: u32) -> Self {
        let limit = match places {
            Places::Fixed(places) => f64::from(places),
            Places::Adaptive(least, most) => 20.0_f64.clamp(least.into(), most.into()),
        };
        Model {
            places,
            queue,
            now: 0,
            running: Vec::new(),
            calls: Vec::new(),
            limit,
            samples: 0,
            long: 0.0,
            round: Vec::new(),
            stepped: 0,
            overloaded: 0,
            entered: 0,
            refused: 0,
        }
    }

    fn count(&self, waits: Waits) -> u32 {
        self.calls.iter().filter(|call| **call == waits).count() as u32
    }

    fn in_use(&self) -> u32 {
        self.running.len() as u32 + self.count(Waits::Given)
    }

    fn is_free(&self) -> bool {
        self.in_use() < self.limit as u32 && self.count(Waits::InLine) == 0
    }

    fn enter(&mut self) {
        self.running.push(self.now);
        self.entered += 1;
    }

    /// Gives free places to the first in line.
    fn serve(&mut self) {
        while self.in_use() < self.limit as u32 {
            let first = self.calls.iter_mut().find(|call| **call == Waits::InLine);
            match first {
                Some(first) => *first = Waits::Given,
                None => return,
            }
        }
    }

    fn end(&mut self, at: usize, ended: Ended) {
        let in_use = f64::from(self.in_use());
        let began = self.running.remove(at);
        if let Places::Adaptive(least, most) = self.places {
            let learned = match ended {
                Ended::Success => self.succeeded(began, in_use),
                Ended::Overload if began >= self.overloaded => {
                    self.overloaded = self.now;
                    0.9 * self.limit
                }
                _ => self.limit,
            };
            self.limit = learned.clamp(least.into(), most.into());
        }
        self.serve();
    }

    fn succeeded(&mut self, began: u64, in_use: f64) -> f64 {
        let limit = self.limit;
        // A millionth of a millisecond is the least.
        self.round.push(((self.now - began) as f64).max(1e-6));
        if began < self.stepped {
            return limit;
        }
        self.stepped = self.now;
        let short = self.round.iter().sum::<f64>() / self.round.len() as f64;
        self.round.clear();
        if self.samples < 10 {
            let sum = self.long * f64::from(self.samples) + short;
            self.samples += 1;
            self.long = sum / f64::from(self.samples);
        } else {
            self.long = self.long * (1.0 - 2.0 / 601.0) + short * (2.0 / 601.0);
        }
        let gradient = (1.5 * self.long / short).clamp(0.5, 1.0);
        if self.long / short > 2.0 {
            self.long *= 0.95;
        }
        match in_use < limit / 2.0 {
            true => limit,
            false => 0.8 * limit + 0.2 * (limit * gradient + limit.sqrt()),
        }
    }
}

async fn run(places: Places, queue: u32, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let settings = match places {
        Places::Fixed(places) => Settings::new("b", places),
        Places::Adaptive(least, most) => Settings::adaptive("b", least..=most),
    };
    let bulkhead = settings.queue(queue).build().unwrap();
    let mut model = Model::new(places, queue);
    let mut running: Vec<Place<'_>> = Vec::new();
    let mut calls: Vec<Call<'_>> = Vec::new();
    for step in steps {
        match step {
            Step::TryEnter => match (bulkhead.try_enter(), model.is_free()) {
                (Ok(place), true) => {
                    running.push(place);
                    model.enter();
                }
                (Err(_), false) => model.refused += 1,
                (answer, _) => prop_assert!(false, "{answer:?}"),
            },
            Step::Enter => {
                let mut call = Call::to(&bulkhead);
                match call.poll() {
                    Poll::Ready(Ok(place)) => {
                        prop_assert!(model.is_free());
                        running.push(place);
                        model.enter();
                    }
                    Poll::Ready(Err(_)) => {
                        prop_assert!(!model.is_free());
                        prop_assert!(model.count(Waits::InLine) >= model.queue);
                        model.refused += 1;
                    }
                    Poll::Pending => {
                        prop_assert!(!model.is_free());
                        prop_assert!(model.count(Waits::InLine) < model.queue);
                        calls.push(call);
                        model.calls.push(Waits::InLine);
                    }
                }
            }
            Step::Poll(at) if at < calls.len() => match calls[at].poll() {
                Poll::Ready(Ok(place)) => {
                    prop_assert_eq!(model.calls[at], Waits::Given);
                    calls.remove(at);
                    model.calls.remove(at);
                    running.push(place);
                    model.enter();
                }
                Poll::Ready(Err(refused)) => prop_assert!(false, "{refused}"),
                Poll::Pending => prop_assert_eq!(model.calls[at], Waits::InLine),
            },
            Step::Leave(at) if at < calls.len() => {
                calls.remove(at);
                model.calls.remove(at);
                model.serve();
            }
            Step::End(at, ended) if at < running.len() => {
                running.remove(at).end(ended);
                model.end(at, ended);
            }
            Step::Pass(millis) => {
                advance(Duration::from_millis(millis)).await;
                model.now += millis;
            }
            Step::Poll(_) | Step::Leave(_) | Step::End(..) => {}
        }
        prop_assert_eq!(bulkhead.in_use(), model.in_use());
        prop_assert_eq!(bulkhead.in_line(), model.count(Waits::InLine));
        prop_assert_eq!(bulkhead.limit(), model.limit as u32);
        prop_assert_eq!(bulkhead.entered(), model.entered);
        prop_assert_eq!(bulkhead.refused(), model.refused);
        // Those that were given a place, and no others, were woken, and once.
        let woken: Vec<_> = calls.iter().map(Call::woken).collect();
        let given = model
            .calls
            .iter()
            .map(|call| usize::from(*call == Waits::Given));
        prop_assert_eq!(woken, given.collect::<Vec<_>>());
    }
    drop((running, calls));
    prop_assert_eq!((bulkhead.in_use(), bulkhead.in_line()), (0, 0));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_does_what_the_model_does(
        places in places(),
        queue in 0u32..6,
        steps in proptest::collection::vec(step(), 0..200),
    ) {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().unwrap();
        runtime.block_on(run(places, queue, steps))?;
    }
}
