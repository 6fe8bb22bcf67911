use std::time::Duration;

use persevere::{RetryPolicy, stop};

fn main() {
    let patient = true;
    let stop = if patient {
        stop::after_attempt(10)
    } else {
        stop::after_delay(Duration::from_secs(1))
    };
    let _ = RetryPolicy::new().stop(stop).run(|| Ok::<u8, String>(5));
}
