//! The rule of `lua/configs.lua`.
//!
//! - The last text that was published is kept for good: a process that starts after all others were down finds it.
//! - Its version is one more than the one before, and at least the time in milliseconds. So a store that was emptied,
//!   or that is the replica of another one, does not give the same version to another text.
//! - A text that is there already is not published again: a member that had no answer may ask twice.
//! - A text of the last publisher that comes after a later one of it is not published.
//! - A member that has a later version gives its text to the store, which was emptied, or is an older replica.
//! - It travels only to members that have an earlier version of it. Of one that is too long only the length does.

use super::moment::Moment;
use crate::fleet::store::{Answer, LONGEST_TEXT};

/// The text of one configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Configs {
    version: u64,
    text: Option<String>,
    /// The member that published it, and its turn.
    publisher: (u64, u64),
}

impl Configs {
    /// Answers a member: protocol, version, the length of the text, and the text if it is another than the member has.
    pub(super) fn answer(
        &mut self,
        member: u64,
        &[_lease, turn, seen, restores]: &[u64; 4],
        text: Option<&String>,
        now: Moment,
    ) -> Answer {
        let answer = |version, length: usize, text| Answer {
            numbers: vec![1, version, length as u64],
            text,
        };
        match text {
            Some(text) if text.len() > LONGEST_TEXT => {
                return answer(self.version, text.len(), None);
            }
            Some(text) if restores > 0 && seen > self.version => {
                (self.version, self.text) = (seen, Some(text.clone()));
                self.publisher = (member, turn);
            }
            Some(_) if restores > 0 => {}
            Some(_) if member == self.publisher.0 && turn < self.publisher.1 => {}
            Some(text) if self.text.as_ref() != Some(text) => {
                self.publisher = (member, turn);
                self.version = now.max(self.version + 1);
                self.text = Some(text.clone());
            }
            _ => {}
        }
        match &self.text {
            Some(text) if self.version > seen => {
                answer(self.version, text.len(), Some(text.clone()))
            }
            _ => answer(self.version, 0, None),
        }
    }
}
