//! Values that can only be mistakes.

use std::time::Duration;

use persevere_core::InvalidValue::{Burst, LimiterDuration, Permits};
use persevere_core::rate_limiter::{DAY, HOUR, SECOND, Settings};

fn settings() -> Settings {
    Settings::new("github")
}

#[test]
fn a_mistake_of_run_time_is_an_error() {
    let years = |years: u32| years * 365 * DAY;
    for (settings, invalid) in [
        (settings().rate(0, HOUR), Permits),
        (settings().rate(1, Duration::ZERO), LimiterDuration),
        (settings().rate(1, years(37)), LimiterDuration),
        (settings().rate(1, Duration::MAX), LimiterDuration),
        (settings().burst(0), Burst),
        (settings().rate(1, DAY).burst(37 * 365), Burst),
        (settings().adaptive().burst(u32::MAX), Burst),
        (settings().max_hold(Duration::ZERO), LimiterDuration),
        (settings().max_hold(years(37)), LimiterDuration),
    ] {
        assert_eq!(settings.build().unwrap_err(), invalid, "{settings:?}");
    }
    for settings in [
        settings(),
        settings().rate(1, years(36)),
        settings().rate(37, years(37)),
        settings().rate(u32::MAX, Duration::from_nanos(1)),
        settings().rate(u32::MAX, SECOND).burst(u32::MAX),
        settings().rate(1, DAY).burst(36 * 365),
        settings().burst(u32::MAX),
        settings().max_hold(years(36)).max_wait(Duration::MAX),
        settings().max_wait(Duration::ZERO),
    ] {
        assert!(settings.build().is_ok(), "{settings:?}");
    }
}

#[test]
fn a_mistake_says_what_to_write() {
    for invalid in [Permits, Burst, LimiterDuration] {
        let text = invalid.to_string();
        assert!(
            text.contains("at least 1") || text.contains("longer than zero"),
            "{text}"
        );
    }
}

#[test]
#[should_panic = "`burst` takes the permits that may be taken at once"]
fn a_limiter_panics_on_a_mistake_outside_of_a_constant() {
    let _ = persevere_core::RateLimiter::new("github").burst(0);
}
