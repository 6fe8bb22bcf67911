//! Vocabulary of `persevere`: words, keys, durations, and suggestions for unknown ones.
//!
//! The attribute, the configuration files and the descriptions of policies read the same tables, so that a word,
//! its arguments, its names in other libraries and its phrase are written down once. An internal package: its API may
//! change in any release.
//!
//! ```
//! use persevere_words::{STOP, WAIT, duration};
//!
//! assert_eq!(STOP.word("after_attempt").unwrap().takes(), "a number of attempts");
//! assert_eq!(STOP.slip("after_atempt").unwrap().example, "after_attempt(3)");
//! assert_eq!(WAIT.peer("constant").unwrap().write(None), "fixed(1s)");
//! assert_eq!(duration::spelled("5 seconds"), Some(5_000_000_000));
//! ```
#![no_std]

extern crate alloc;

pub mod describe;
pub mod duration;
mod file_key;
mod key;
mod suggest;
mod unknown_key;
mod vocabulary;
mod word;
mod words;

pub use self::file_key::FileKey;
pub use self::key::Key;
pub use self::suggest::{closest, list};
pub use self::unknown_key::{Given, Place, is_like_a_key, unknown_key};
pub use self::vocabulary::{Meaning, Phrase, Vocabulary};
pub use self::word::{Arg, Needs, Word};
pub use self::words::{
    BREAKER, BREAKER_VIEW, BUDGET, BUDGET_SETTING, BULKHEAD, BULKHEAD_SETTING, CALLBACK,
    FILE_HEDGE, HEDGE, HEDGE_SETTING, NESTED, PREDICATE_MODIFIER, RATE_LIMITER,
    RATE_LIMITER_SETTING, STOP, STRATEGIES, WAIT, WAIT_MODIFIER, WHEN, WINDOW,
};
