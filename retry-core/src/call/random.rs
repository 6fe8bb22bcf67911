//! Random numbers, from one small generator for each thread.

use core::time::Duration;

use crate::test_hooks;
use crate::time::ticks::nanos;

/// A source of random numbers, for strategies.
///
/// A call draws from the thread's own generator. [`Schedule`](crate::Schedule) asks the same
/// strategies with fixed draws instead, so that the table can never disagree with the pauses.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::RandomSource;
///
/// let (low, high) = (Duration::from_secs(1), Duration::from_secs(3));
/// assert_eq!(RandomSource::Fixed(0).between(low, high), low);
/// assert_eq!(RandomSource::Fixed(u64::MAX).between(low, high), high);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RandomSource {
    /// The small generator of this thread, seeded once from the operating system.
    ///
    /// Two platforms have nothing to seed it from: `no_std`, and `wasm32-unknown-unknown`. Devices that run
    /// the same program draw the same numbers there, and come back together, until they are
    /// [seeded](RandomSource::seed).
    Thread,
    /// Always this number: `0` gives every range's low end, `u64::MAX` its high end.
    Fixed(u64),
}

impl RandomSource {
    /// Seeds the generators of this process with a number that no other device has: from a hardware
    /// generator, or a serial number mixed with a count of starts.
    ///
    /// Call it once, before the first call: the same number again repeats the draws. It is for platforms
    /// without an operating system's randomness, `no_std` and `wasm32-unknown-unknown`. Elsewhere the number
    /// is mixed with randomness of the operating system, and makes no draws repeat. For draws that repeat, see
    /// `testing::Scope::seed`.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RandomSource;
    ///
    /// # fn unique_number() -> u64 { 7 }
    /// RandomSource::seed(unique_number());
    /// ```
    pub fn seed(seed: u64) {
        source::seed(seed);
    }

    /// Returns a uniform number over the whole range of `u64`.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RandomSource;
    ///
    /// assert_eq!(RandomSource::Fixed(7).next_u64(), 7);
    /// ```
    #[inline(always)]
    pub fn next_u64(self) -> u64 {
        match self {
            RandomSource::Thread => test_hooks::random().unwrap_or_else(source::random),
            RandomSource::Fixed(number) => number,
        }
    }

    /// Returns a uniform duration between `low` and `high`, both ends included; the ends may be swapped.
    #[inline]
    pub fn between(self, low: Duration, high: Duration) -> Duration {
        Duration::from_nanos(self.uniform(nanos(low), nanos(high)))
    }

    /// Computes `U(low, high)` in nanoseconds: one multiplication, no division, no rejection.
    #[inline(always)]
    pub(crate) fn uniform(self, low: u64, high: u64) -> u64 {
        let (low, high) = if low <= high {
            (low, high)
        } else {
            (high, low)
        };
        let span = u128::from((high - low).saturating_add(1));
        // The top 64 bits of a 64 × 64 multiplication: below `span` by construction.
        low + ((span * u128::from(self.next_u64())) >> 64) as u64
    }
}

#[cfg(feature = "std")]
mod source {
    use core::sync::atomic::Ordering;
    use std::cell::Cell;
    use std::hash::{BuildHasher, RandomState};

    use crate::call::generator::Generator;
    use crate::util::sync::AtomicU64;

    /// The seed that the user gave. Relaxed: it is one number, and no other memory depends on it.
    static SEED: AtomicU64 = AtomicU64::new(0);

    thread_local! {
        /// The generator of this thread. A constant, because a value that is made on first use is asked for
        /// its state at every draw.
        static GENERATOR: Cell<Generator> = const { Cell::new(Generator::UNSEEDED) };
    }

    /// Creates a generator, seeded by std's hash keys. They are random for every process and differ for every
    /// `RandomState`, where an operating system provides them.
    #[cold]
    #[inline(never)]
    fn fresh() -> Generator {
        Generator::new(RandomState::new().hash_one(SEED.load(Ordering::Relaxed)))
    }

    pub(super) fn seed(seed: u64) {
        SEED.store(seed, Ordering::Relaxed);
        GENERATOR.set(fresh());
    }

    // Not inlined: the path of success would save the registers that hold the generator's constants.
    #[inline(never)]
    pub(super) fn random() -> u64 {
        let mut generator = GENERATOR.get();
        if generator == Generator::UNSEEDED {
            generator = fresh();
        }
        let number = generator.next_u64();
        GENERATOR.set(generator);
        number
    }
}

#[cfg(not(feature = "std"))]
mod source {
    use core::sync::atomic::Ordering;

    use crate::call::generator::Generator;
    use crate::util::sync::AtomicU64;

    /// The golden ratio of 2⁶⁴: its steps stay apart for longer than any program draws, whatever the seeds.
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

    /// The state of all draws. Relaxed: each draw takes a number of its own, and no other memory depends on
    /// it.
    static STATE: AtomicU64 = AtomicU64::new(0);

    pub(super) fn seed(seed: u64) {
        STATE.store(seed, Ordering::Relaxed);
    }

    /// Draws a number without threads or an operating system: the seed distinguishes devices, the address of
    /// a local distinguishes tasks, a step distinguishes draws, and the generator's own seeding mixes them.
    pub(super) fn random() -> u64 {
        let state = STATE.fetch_add(STEP, Ordering::Relaxed);
        let here = core::ptr::from_ref(&state).addr() as u64;
        Generator::new(here.rotate_left(32) ^ state).next_u64()
    }
}
