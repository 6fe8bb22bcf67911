//! What is wrong with a value, and where.

use std::string::String;
use std::string::ToString;

/// A reason to refuse a value, at a byte of its text.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) reason: String,
}

impl Fault {
    pub(super) fn new(at: usize, reason: impl ToString) -> Self {
        Fault {
            at,
            reason: reason.to_string(),
        }
    }
}
