//! The other crates, each as its documentation would have it used for this policy.
//!
//! A dash in a table: the crate has no such thing, as a sleeper of one's own.

mod backoff;
mod backon;
mod relentless;
mod retry;
mod tokio_retry;
mod tokio_retry2;
mod tower;
mod tryhard;

use crate::contender::Contender;

pub const PEERS: [Contender; 8] = [
    self::backon::BACKON,
    self::tokio_retry::TOKIO_RETRY,
    self::tokio_retry2::TOKIO_RETRY2,
    self::tryhard::TRYHARD,
    self::retry::RETRY,
    self::backoff::BACKOFF,
    self::relentless::RELENTLESS,
    self::tower::TOWER,
];

/// The pauses of an iterator, made anew for every four.
macro_rules! pauses {
    ($make:expr) => {
        |rounds| {
            for _ in 0..rounds / 4 {
                let mut pauses = std::hint::black_box($make);
                for _ in 0..4 {
                    std::hint::black_box(pauses.next());
                }
            }
        }
    };
}

use pauses;
