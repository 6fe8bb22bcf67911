//! The histogram under every interleaving of its threads.

use loom::sync::Arc;
use loom::thread;

use crate::hedge::decaying_histogram::{DecayingHistogram, SAMPLE};
use crate::util::sync::atomic::{AtomicU32, AtomicU64};

/// Two threads add three samples, the second of which halves the buckets.
#[test]
fn halving_loses_no_sample() {
    loom::model(|| {
        let buckets = [AtomicU32::new(0), AtomicU32::new(0)];
        let histogram = Arc::new(DecayingHistogram::<2, 2>::new(buckets, AtomicU64::new(0)));
        let other = Arc::clone(&histogram);
        let thread = thread::spawn(move || {
            other.add(0);
            other.add(1);
        });
        histogram.add(0);
        thread.join().unwrap();
        assert_eq!(histogram.seen(), 3);
        let [twice, once] = histogram.weights();
        // Each sample was in its bucket when that was halved, or was not.
        assert!(
            [SAMPLE, SAMPLE + SAMPLE / 2, 2 * SAMPLE].contains(&twice),
            "{twice}"
        );
        assert!([SAMPLE / 2, SAMPLE].contains(&once), "{once}");
    });
}
