//! The model of an attempt: its body, its limits, and the race of its copies.

use std::cell::Cell;
use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use persevere_core::{Interrupt, Verdict};

use super::call::Calling;
use super::verdict::verdict;
use super::{Marks, Model, Place, all};
use crate::guard_simulation::program::{Act, Call, End, Fault, Mark};
use crate::guard_simulation::tasks::{Boom, Boxed};
use crate::guard_simulation::trace::{Event, Outcome, Running};

/// The result of an attempt.
pub(super) enum Made {
    Own(Outcome),
    Cut(Interrupt),
}

/// A body before its start.
pub(super) struct Body<'m> {
    pub(super) run: usize,
    pub(super) nth: usize,
    pub(super) attempt: u32,
    pub(super) remaining: Option<Duration>,
    pub(super) marks: Rc<Cell<Marks>>,
    pub(super) call: &'m Call,
    pub(super) place: Place,
}

impl Model {
    pub(super) fn body<'m>(&'m self, body: Body<'m>) -> Boxed<'m, Result<Outcome, Boom>> {
        Box::pin(async move {
            let Body {
                run,
                nth,
                attempt,
                remaining,
                ..
            } = body;
            self.write(
                run,
                Event::Body {
                    nth,
                    attempt,
                    remaining,
                },
            );
            let running = Running {
                log: Rc::clone(&self.log),
                run,
                nth,
            };
            let step = body.call.step(nth);
            for act in &step.acts {
                match act {
                    Act::Sleep(time) | Act::Busy(time) => self.log.clock.sleep(*time).await,
                    Act::Call(inner) => {
                        if let Err(fault) = self.call(body.place.clone(), inner).await? {
                            return Ok(Err(fault));
                        }
                    }
                    Act::Both(both) => {
                        let both = both.iter().map(|call| self.call(body.place.clone(), call));
                        all(both.collect()).await?;
                    }
                    Act::Mark(mark) => {
                        let marks = body.marks.get();
                        body.marks.set(match mark {
                            Mark::Reset => Marks {
                                reset: true,
                                ..marks
                            },
                            wish => Marks {
                                wish: Some(*wish),
                                ..marks
                            },
                        });
                    }
                }
            }
            match step.end {
                End::Outcome(outcome) => Ok(running.outcome(outcome)),
                End::Panic => Err(Boom),
            }
        })
    }

    /// Runs a future until a time or a token ends it. A future that is ready at that moment wins.
    pub(super) async fn cut<T>(
        &self,
        future: impl Future<Output = T>,
        limit: Option<(Duration, Interrupt)>,
        token: Option<usize>,
    ) -> Result<T, Interrupt> {
        let mut future = pin!(future);
        let mut timer = pin!(async {
            match limit {
                Some((at, interrupt)) => {
                    self.until(at).await;
                    interrupt
                }
                None => pending().await,
            }
        });
        let mut cancelled = pin!(self.cancelled(token));
        let blocking = self.log.clock.is_virtual();
        poll_fn(|cx| {
            if let Poll::Ready(output) = future.as_mut().poll(cx) {
                return Poll::Ready(Ok(output));
            }
            assert!(!blocking, "a blocking call cannot be cut");
            if let Poll::Ready(interrupt) = timer.as_mut().poll(cx) {
                return Poll::Ready(Err(interrupt));
            }
            cancelled
                .as_mut()
                .poll(cx)
                .map(|()| Err(Interrupt::Cancelled))
        })
        .await
    }

    async fn until(&self, at: Duration) {
        let left = at.saturating_sub(self.now());
        if !left.is_zero() {
            self.log.clock.sleep(left).await;
        }
    }

    async fn cancelled(&self, token: Option<usize>) {
        match token {
            Some(token) => self.until(self.program.tokens[token]).await,
            None => pending().await,
        }
    }
}

impl<'m> Calling<'m> {
    /// Returns the time at which an attempt that begins now is cut, and the interrupt.
    fn limit(&self, each: bool) -> Option<(Duration, Interrupt)> {
        let timeout = self.plan().attempt_timeout.filter(|_| each);
        let timeout = timeout.map(|it| (self.now() + it, Interrupt::AttemptTimeout));
        let deadline = self.limit.map(|it| (it, Interrupt::Deadline));
        let nearest = deadline.into_iter().chain(timeout);
        nearest.min_by_key(|(at, _)| *at)
    }

    fn begin(&self, marks: &Rc<Cell<Marks>>) -> Body<'m> {
        Body {
            run: self.run,
            nth: self.made.replace(self.made.get() + 1),
            attempt: self.attempts,
            remaining: self.limit(true).map(|(at, _)| at - self.now()),
            marks: Rc::clone(marks),
            call: self.call,
            place: self.inside.clone(),
        }
    }

    /// Runs an attempt without copies.
    pub(super) async fn one(&self) -> Result<(Made, Marks), Boom> {
        let marks = Rc::new(Cell::new(Marks::default()));
        let model = self.model;
        let body = async { model.body(self.begin(&marks)).await };
        if model.log.clock.is_virtual() {
            return Ok((Made::Own(body.await?), marks.get()));
        }
        let made = match model.cut(body, self.limit(true), self.cutting()).await {
            Ok(outcome) => Made::Own(outcome?),
            Err(interrupt) => Made::Cut(interrupt),
        };
        Ok((made, marks.get()))
    }

    /// Runs an attempt with copies: the first final outcome of one of them, or the last of all.
    pub(super) async fn race(&self, delay: Duration, most: u32) -> Result<(Made, Marks), Boom> {
        let model = self.model;
        let (limit, token) = (self.limit(false), self.cutting());
        // The order of two copies that are ready at one time is unspecified. Here the place decides.
        let mut places: [Option<Copy<'m>>; 4] = [const { None }; 4];
        let (mut begun, mut refused) = (0, false);
        let mut timer: Option<Boxed<'m, ()>> = None;
        let racing = poll_fn(|cx| {
            loop {
                let (mut failed, mut last) = (0, None);
                for place in &mut places {
                    let Some(ended) = Copy::poll(place, cx) else {
                        continue;
                    };
                    let (made, marks) = ended?;
                    if self.wins(&made, marks) {
                        places = [const { None }; 4];
                        return Poll::Ready(Ok((made, marks)));
                    }
                    failed += 1;
                    last = Some((made, marks));
                }
                let mut due = if begun == 0 { 1 } else { failed };
                if due == 0 && begun < most && !refused {
                    let timer = timer.get_or_insert_with(|| Box::pin(model.log.clock.sleep(delay)));
                    due = u32::from(timer.as_mut().poll(cx).is_ready());
                }
                let before = begun;
                while due > 0 && begun < most && !refused {
                    refused = begun > 0 && !self.pays_copy();
                    if !refused {
                        let free = places.iter_mut().find(|place| place.is_none());
                        *free.expect("four at the most") = Some(self.copy());
                        begun += 1;
                        due -= 1;
                    }
                }
                if begun > before {
                    timer = None;
                } else if places.iter().any(Option::is_some) {
                    return Poll::Pending;
                } else {
                    return Poll::Ready(Ok(last.expect("one has just ended")));
                }
            }
        });
        Ok(match model.cut(racing, limit, token).await {
            Ok(won) => won?,
            Err(interrupt) => (Made::Cut(interrupt), Marks::default()),
        })
    }

    /// Starts a copy with a timeout of its own.
    fn copy(&self) -> Copy<'m> {
        let marks = Rc::new(Cell::new(Marks::default()));
        let (model, body) = (self.model, self.begin(&marks));
        let timeout = self.plan().attempt_timeout;
        let each = timeout.map(|it| (self.now() + it, Interrupt::AttemptTimeout));
        let running = Box::pin(async move { model.cut(model.body(body), each, None).await });
        Copy { marks, running }
    }

    fn wins(&self, made: &Made, marks: Marks) -> bool {
        let verdict = match made {
            Made::Own(outcome) => verdict(self.plan().when, outcome, marks),
            Made::Cut(cut) => verdict(self.plan().when, &Err(Fault::Cut(*cut)), marks),
        };
        verdict == Verdict::Final
    }
}

/// A running copy, with its marks.
struct Copy<'m> {
    marks: Rc<Cell<Marks>>,
    running: Boxed<'m, Result<Result<Outcome, Boom>, Interrupt>>,
}

impl Copy<'_> {
    /// Polls the copy in a place, which becomes free when the copy has ended.
    fn poll(place: &mut Option<Self>, cx: &mut Context<'_>) -> Option<Result<(Made, Marks), Boom>> {
        let copy = place.as_mut()?;
        let Poll::Ready(ended) = copy.running.as_mut().poll(cx) else {
            return None;
        };
        let marks = copy.marks.get();
        *place = None;
        Some(match ended {
            Ok(Ok(outcome)) => Ok((Made::Own(outcome), marks)),
            Ok(Err(boom)) => Err(boom),
            Err(interrupt) => Ok((Made::Cut(interrupt), marks)),
        })
    }
}
