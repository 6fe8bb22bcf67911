//! States of shared parts, made at their first use and listed for people who ask for all of them.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::thread;

/// The state of a part, which its kind lists from its first use until the part is dropped.
///
/// The list holds no part alive, and is behind a lock that the first use of a part takes, and nobody else but who
/// asks for the list.
#[derive(Debug)]
pub(crate) struct Listed<T>(OnceLock<Arc<T>>);

/// A state whose kind has a list.
pub(crate) trait Kind: Sized + 'static {
    /// Returns the list of this kind.
    fn list() -> &'static List<Self>;
}

/// The states of one kind that are in use, in the order of their first use.
#[derive(Debug)]
pub(crate) struct List<T>(OnceLock<Mutex<Vec<Weak<T>>>>);

impl<T: Kind> Listed<T> {
    pub(crate) const fn new() -> Self {
        Listed(OnceLock::new())
    }

    /// Returns the state, made and listed if this is the first use.
    #[inline]
    pub(crate) fn get_or_list(&self, make: impl FnOnce() -> T) -> &Arc<T> {
        self.0.get_or_init(|| {
            let state = Arc::new(make());
            // The states of a model end with it, and its steps are not those of the list.
            #[cfg(not(all(test, persevere_loom)))]
            T::list().add(&state);
            state
        })
    }

    /// Changes the state, if it is in use, and lists it again: of a part that nobody else has.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut T)) {
        let Some(mut listed) = self.0.take() else {
            return;
        };
        let mut state = loop {
            match Arc::try_unwrap(listed) {
                Ok(state) => break state,
                // Who reads the list has it for a moment.
                Err(read) => listed = read,
            }
            thread::yield_now();
        };
        change(&mut state);
        let state = Arc::new(state);
        #[cfg(not(all(test, persevere_loom)))]
        T::list().add(&state);
        self.0 = OnceLock::from(state);
    }

    /// Returns the state, if it is in use.
    #[inline]
    pub(crate) fn get(&self) -> Option<&Arc<T>> {
        self.0.get()
    }
}

impl<T> List<T> {
    pub(crate) const fn new() -> Self {
        List(OnceLock::new())
    }

    /// Adds a state. Before the list grows, what was dropped leaves it, so that it is at most twice as long as it was
    /// ever used.
    pub(crate) fn add(&self, state: &Arc<T>) {
        self.with(|states| {
            if states.len() == states.capacity() {
                states.retain(|state| state.strong_count() > 0);
                states.reserve(states.len().max(4));
            }
            states.push(Arc::downgrade(state));
        });
    }

    /// Returns all states that are in use.
    pub(crate) fn all(&self) -> Vec<Arc<T>> {
        self.with(|states| states.iter().filter_map(Weak::upgrade).collect())
    }

    fn with<R>(&self, change: impl FnOnce(&mut Vec<Weak<T>>) -> R) -> R {
        let states = self.0.get_or_init(Mutex::default);
        // Nothing that can panic happens under the lock, and no state is dropped.
        change(&mut states.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use super::*;

    struct State(usize);

    static STATES: List<State> = List::new();

    impl Kind for State {
        fn list() -> &'static List<Self> {
            &STATES
        }
    }

    #[test]
    fn dropped_ones_leave_and_the_list_stays_short() {
        let kept = Listed::new();
        kept.get_or_list(|| State(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for number in 1..1000 {
                        let listed = Listed::new();
                        assert_eq!(listed.get_or_list(|| State(number)).0, number);
                    }
                });
            }
        });
        let all = STATES.all();
        assert_eq!(all.iter().map(|state| state.0).collect::<Vec<_>>(), [0]);
        assert!(STATES.with(|states| states.capacity()) < 100);
    }
}
