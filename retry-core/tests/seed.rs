//! Seeds of the jitter, with and without `std`: one process, one seed, so one test.

use persevere_core::RandomSource;

fn rolls_of(seed: u64) -> [u64; 8] {
    RandomSource::seed(seed);
    std::array::from_fn(|_| RandomSource::Thread.next_u64())
}

/// Devices that are numbered in turn share no draw, whichever each of them has come to.
#[test]
fn devices_with_seeds_of_their_own_do_not_share_their_jitter() {
    let mut drawn: Vec<u64> = (1..=100).flat_map(rolls_of).collect();
    drawn.sort_unstable();
    drawn.dedup();
    assert_eq!(drawn.len(), 800);

    let again = rolls_of(1) == rolls_of(1);
    // Without an operating system the seed is all there is; with one it takes nothing from its randomness.
    assert_eq!(again, cfg!(not(feature = "std")));
}
