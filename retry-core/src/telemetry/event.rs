//! The events of a process.

#[cfg(feature = "redis-fleet")]
use std::borrow::Cow;

use super::call_event::CallEvent;
use crate::breaker::Transition;
#[cfg(feature = "redis-fleet")]
use crate::fleet::Change;

/// An event of the process: of a call, or of a part that calls share.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// An event of a call.
    Call(CallEvent<'a>),
    /// The change of a breaker's state.
    Breaker(Transition),
    /// The change of a member of a fleet.
    #[cfg(feature = "redis-fleet")]
    Fleet {
        /// The namespace of the fleet.
        namespace: Cow<'a, str>,
        /// The change.
        change: Change,
    },
}

impl Event<'_> {
    /// Returns the event with names of its own, to be kept.
    pub fn into_owned(self) -> Event<'static> {
        match self {
            Event::Call(event) => Event::Call(event.into_owned()),
            Event::Breaker(transition) => Event::Breaker(transition),
            #[cfg(feature = "redis-fleet")]
            Event::Fleet { namespace, change } => {
                let namespace = Cow::Owned(namespace.into_owned());
                Event::Fleet { namespace, change }
            }
        }
    }
}
