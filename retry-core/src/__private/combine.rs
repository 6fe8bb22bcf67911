//! The operators `a + b`, `a | b`, `a & b` and `!a`, whatever operators the operands have themselves.

use crate::{wait, when};

#[inline(always)]
pub const fn sum<A, B>(a: A, b: B) -> wait::Backoff<wait::Sum<A, B>> {
    wait::Backoff::new(wait::Sum(a, b))
}

#[inline(always)]
pub const fn or<A, B>(a: A, b: B) -> when::Or<A, B> {
    when::Or(a, b)
}

#[inline(always)]
pub const fn and<A, B>(a: A, b: B) -> when::And<A, B> {
    when::And(a, b)
}

#[inline(always)]
pub const fn not<P>(p: P) -> when::Not<P> {
    when::Not(p)
}
