//! Seeds of the jitter, with and without `std`. A process has one seed, and so this file has one test.

use persevere_core::RandomSource;

fn rolls_of(seed: u64) -> [u64; 8] {
    RandomSource::seed(seed);
    std::array::from_fn(|_| RandomSource::Thread.next_u64())
}

/// Devices with consecutive numbers share no draw, at any position of their sequences.
#[test]
fn devices_with_seeds_of_their_own_do_not_share_their_jitter() {
    let mut drawn: Vec<u64> = (1..=100).flat_map(rolls_of).collect();
    drawn.sort_unstable();
    drawn.dedup();
    assert_eq!(drawn.len(), 800);

    let again = rolls_of(1) == rolls_of(1);
    // Without an operating system the seed is the only source. With one, the seed takes nothing from the
    // system's randomness.
    assert_eq!(again, cfg!(not(feature = "std")));
}
