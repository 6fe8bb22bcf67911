//! Errors of a value, with their position.

/// A reason to refuse a value, at a byte of its text.
#[derive(Debug)]
pub(crate) struct ParseError {
    pub(crate) at: usize,
    pub(crate) reason: String,
}

impl ParseError {
    pub(crate) fn new(at: usize, reason: impl ToString) -> Self {
        ParseError {
            at,
            reason: reason.to_string(),
        }
    }
}
