//! Reports of the changes of every breaker.

use crate::breaker::Transition;

/// Reports a change of a breaker to those who have asked for it.
#[cfg_attr(not(feature = "reports"), allow(unused_variables))]
pub(crate) fn changed(transition: &Transition) {
    #[cfg(feature = "reports")]
    {
        use super::installed::{PARTS, wanted};

        let wanted = wanted();
        if wanted & PARTS != 0 {
            #[cfg(any(feature = "log", feature = "tracing"))]
            super::sinks::say(warns(transition), format_args!("{transition}"));
            #[cfg(feature = "metrics")]
            super::observer::changed(transition);
        }
        #[cfg(feature = "events")]
        if wanted & super::installed::HOOKS != 0 {
            super::hooks::call(&super::Event::Breaker(*transition));
        }
    }
}

/// Returns whether a change is one to look at: calls are refused from now on, or would be.
#[cfg(any(feature = "log", feature = "tracing"))]
fn warns(transition: &Transition) -> bool {
    use crate::breaker::State;

    matches!(transition.to, State::Open | State::ForcedOpen) || transition.would_open()
}
