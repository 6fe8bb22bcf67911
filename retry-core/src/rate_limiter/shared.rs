//! The part of a limiter behind a lock.

use super::line::Line;
use super::news::News;

/// The calls that wait, and the news; made by the first of either.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) line: Line,
    pub(super) news: News,
}
