//! A shrinker, which makes a program smaller as long as it still fails.

use std::rc::Rc;

use crate::guard_simulation::program::{Act, Call, Nesting, Plan, Program, Step};
use crate::guard_simulation::run::{self, Compared};

/// Returns the smallest program found that still differs.
pub(crate) async fn shrunk(program: &Rc<Program>, blocking: bool) -> Rc<Program> {
    let mut smallest = Rc::clone(program);
    'smaller: loop {
        for smaller in smaller(&smallest) {
            let smaller = Rc::new(smaller);
            if let Compared::Different(_) = run::compare(&smaller, blocking).await {
                smallest = smaller;
                continue 'smaller;
            }
        }
        return smallest;
    }
}

/// Returns the programs that lack one item of this one.
fn smaller(program: &Program) -> Vec<Program> {
    let mut all = without_one(&program.tasks, |tasks| Program {
        tasks,
        ..program.clone()
    });
    for (task, of) in program.tasks.iter().enumerate() {
        let with = |calls| {
            let mut program = program.clone();
            program.tasks[task].calls = calls;
            program
        };
        if of.dropped.is_some() {
            let mut program = program.clone();
            program.tasks[task].dropped = None;
            all.push(program);
        }
        all.extend(calls(&of.calls, &with));
    }
    all
}

fn calls<T>(calls: &[Call], with: &dyn Fn(Vec<Call>) -> T) -> Vec<T> {
    let mut all = without_one(calls, with);
    for (at, call) in calls.iter().enumerate() {
        let with = |call| {
            let mut calls = calls.to_vec();
            calls[at] = call;
            with(calls)
        };
        all.extend(self::call(call).into_iter().map(with));
    }
    all
}

fn call(call: &Call) -> Vec<Call> {
    let with = |script| Call {
        script,
        ..call.clone()
    };
    let plans = plans(&call.plan).into_iter().map(|plan| Call {
        plan,
        ..call.clone()
    });
    // The last step ends every call.
    let last = call.script.len() - 1;
    let steps = &call.script[..last];
    let end = || call.script[last..].iter().cloned();
    let all = without_one(steps, |steps| {
        with(steps.into_iter().chain(end()).collect())
    });
    let mut all: Vec<_> = all.into_iter().chain(plans).collect();
    for (at, step) in steps.iter().enumerate() {
        let with = |acts| {
            let mut script = call.script.clone();
            script[at] = Step {
                acts,
                end: step.end,
            };
            with(script)
        };
        all.extend(without_one(&step.acts, with));
        for (act, of) in step.acts.iter().enumerate() {
            let inner: Vec<Act> = match of {
                Act::Call(inner) => self::call(inner).into_iter().map(called).collect(),
                Act::Both(both) => both.iter().cloned().map(called).collect(),
                Act::Busy(time) => vec![Act::Sleep(*time)],
                Act::Sleep(_) | Act::Mark(_) => Vec::new(),
            };
            all.extend(inner.into_iter().map(|inner| {
                let mut acts = step.acts.clone();
                acts[act] = inner;
                with(acts)
            }));
        }
    }
    all
}

fn called(call: Call) -> Act {
    Act::Call(Box::new(call))
}

fn plans(plan: &Plan) -> Vec<Plan> {
    let lacks: [fn(&mut Plan); 11] = [
        |plan| plan.breaker = None,
        |plan| plan.budget = None,
        |plan| plan.hedge = None,
        |plan| plan.token = None,
        |plan| plan.deadline = None,
        |plan| plan.attempt_timeout = None,
        |plan| plan.reset_after = None,
        |plan| plan.oversleeps = None,
        |plan| plan.after_delay = None,
        |plan| plan.nested = Nesting::Silent,
        |plan| plan.fallback = false,
    ];
    let smaller = lacks.iter().map(|lacks| {
        let mut smaller = plan.clone();
        lacks(&mut smaller);
        smaller
    });
    smaller.filter(|smaller| smaller != plan).collect()
}

fn without_one<I: Clone, T>(items: &[I], with: impl Fn(Vec<I>) -> T) -> Vec<T> {
    let without = |at: usize| {
        let (before, after) = (&items[..at], &items[at + 1..]);
        with([before, after].concat())
    };
    (0..items.len()).map(without).collect()
}
