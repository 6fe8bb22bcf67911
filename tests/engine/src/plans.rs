//! Policies and scripts of all kinds. Durations are few, so that they coincide.

use std::time::Duration;

use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;

use crate::plan::{Case, Curve, Fault, Jitter, Mark, Outcome, Plan, Step, Stop, Wait, When};

fn short() -> impl Strategy<Value = Duration> {
    prop::sample::select(vec![0, 10, 20, 50, 100, 200]).prop_map(Duration::from_millis)
}

fn long() -> impl Strategy<Value = Duration> {
    prop::sample::select(vec![0, 50, 100, 150, 200, 400, 1000, 61_000])
        .prop_map(Duration::from_millis)
}

fn stop() -> impl Strategy<Value = Stop> {
    let leaf = prop_oneof![
        4 => (0_u32..6).prop_map(Stop::Attempts),
        2 => long().prop_map(Stop::After),
        2 => long().prop_map(Stop::Before),
        1 => long().prop_map(Stop::Asleep),
        1 => Just(Stop::Never),
        3 => any::<bool>().prop_map(|cut| Stop::Cancelled { cut }),
    ];
    let several = leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Stop::Any),
            vec(inner, 0..4).prop_map(Stop::All),
        ]
    });
    prop_oneof![1 => Just(Stop::Default), 4 => several]
}

fn jitter() -> impl Strategy<Value = Jitter> {
    prop_oneof![
        6 => Just(Jitter::None),
        1 => Just(Jitter::Full),
        1 => Just(Jitter::Equal),
        1 => prop::sample::select(vec![0.0, 0.25, 1.0]).prop_map(Jitter::Ratio),
        1 => short().prop_map(Jitter::Add),
    ]
}

fn framed(curve: impl Strategy<Value = Curve>) -> impl Strategy<Value = Wait> {
    let frame = (
        weighted(0.2, short()),
        weighted(0.3, long()),
        jitter(),
        weighted(0.2, long()),
    );
    (curve, frame).prop_map(|(curve, (min, max, jitter, hint_max))| Wait {
        curve,
        min,
        max,
        jitter,
        hint_max,
    })
}

fn wait() -> impl Strategy<Value = Wait> {
    let leaf = framed(prop_oneof![
        3 => short().prop_map(Curve::Fixed),
        1 => (short(), short()).prop_map(|(low, high)| Curve::Random(low, high)),
        1 => (short(), short()).prop_map(|(start, step)| Curve::Incrementing(start, step)),
        2 => (short(), 2_u32..7).prop_map(|(initial, halves)| Curve::Exponential(initial, halves)),
        1 => short().prop_map(Curve::Fibonacci),
        1 => short().prop_map(Curve::Decorrelated),
        1 => vec(short(), 0..4).prop_map(Curve::Schedule),
        1 => short().prop_map(Curve::Each),
    ]);
    leaf.prop_recursive(2, 4, 3, |inner| {
        framed(prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Curve::Chain),
            (inner.clone(), inner).prop_map(|(a, b)| Curve::Sum(Box::new(a), Box::new(b))),
        ])
    })
}

fn when() -> impl Strategy<Value = When> {
    let leaf = prop_oneof![
        3 => Just(When::AnyFailure),
        4 => Just(When::Transient),
        1 => Just(When::Always),
        1 => Just(When::Never),
        2 => (0_u8..2).prop_map(When::Ok),
        2 => (0_u8..2).prop_map(When::Busy),
        1 => short().prop_map(When::After),
    ];
    leaf.prop_recursive(2, 4, 2, |inner| {
        let two = (inner.clone(), inner.clone());
        let two = two.prop_map(|(a, b)| (Box::new(a), Box::new(b)));
        prop_oneof![
            1 => inner.prop_map(|it| When::Not(Box::new(it))),
            3 => two.clone().prop_map(|(a, b)| When::Or(a, b)),
            1 => two.prop_map(|(a, b)| When::And(a, b)),
        ]
    })
}

fn case() -> impl Strategy<Value = Case> {
    let when = prop_oneof![1 => Just(When::Never), 2 => when()];
    (when, stop(), wait()).prop_map(|(when, stop, wait)| Case { when, stop, wait })
}

pub fn plan() -> impl Strategy<Value = Plan> {
    let breaker = (1_u32..4, prop::sample::select(vec![20, 100, 500]))
        .prop_map(|(threshold, open)| (threshold, Duration::from_millis(open)));
    // Between all other times.
    let cancel = prop_oneof![1 => Just(0), 6 => (0_u64..60).prop_map(|at| at * 10 + 5)];
    let guards = (
        weighted(0.3, long()),
        weighted(0.3, short()),
        weighted(0.2, short()),
        prop_oneof![2 => Just(u32::MAX), 1 => 0_u32..4],
        weighted(0.3, breaker),
    );
    (
        (stop(), wait(), when(), [case(), case()]),
        guards,
        of(cancel.prop_map(Duration::from_millis)),
        prop::bool::weighted(0.95),
    )
        .prop_map(|((stop, wait, when, cases), guards, cancel, enabled)| {
            let (deadline, attempt_timeout, reset_after, budget, breaker) = guards;
            Plan {
                stop,
                wait,
                when,
                cases: cases.into(),
                deadline,
                attempt_timeout,
                reset_after,
                enabled,
                budget,
                breaker,
                cancel,
                fallback: true,
                interrupts: true,
            }
        })
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        2 => (0_u8..3).prop_map(Ok),
        5 => (0_u8..3).prop_map(|kind| Err(Fault::Busy(kind))),
        2 => long().prop_map(|pause| Err(Fault::Asks(pause))),
        1 => Just(Err(Fault::Broken)),
    ]
}

fn mark() -> impl Strategy<Value = Mark> {
    prop_oneof![
        1 => Just(Mark::Retry),
        1 => Just(Mark::RetryNow),
        2 => long().prop_map(Mark::RetryAfter),
        1 => Just(Mark::GiveUp),
    ]
}

/// Generates steps of all kinds, and a last one that ends every call. The last one is repeated if it does
/// not.
pub fn script() -> impl Strategy<Value = Vec<Step>> {
    let step = (
        short(),
        outcome(),
        weighted(0.1, mark()),
        prop::bool::weighted(0.1),
    );
    let step = step.prop_map(|(takes, outcome, mark, reset)| Step {
        takes,
        outcome,
        mark,
        reset,
    });
    vec(step, 1..9).prop_map(|mut steps| {
        steps.push(Step {
            takes: Duration::ZERO,
            outcome: Ok(9),
            mark: Some(Mark::GiveUp),
            reset: false,
        });
        steps
    })
}
