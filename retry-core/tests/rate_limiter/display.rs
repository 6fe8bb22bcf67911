//! A limiter in one line.

use persevere_core::RateLimiter;
use persevere_core::rate_limiter::{HOUR, MINUTE};

#[test]
fn it_says_who_went_and_who_did_not() {
    let limiter = RateLimiter::new("github").rate(5000, HOUR);
    assert!(limiter.try_acquire().is_ok() && limiter.try_acquire().is_err());
    let line = "1 taken, 1 refused, 0 in line";
    assert_eq!(limiter.to_string(), line);
    limiter.hold(MINUTE);
    let held = limiter.to_string();
    assert!(
        held.starts_with(&format!("{line}, held for another ")),
        "{held}"
    );
    assert_eq!(
        format!("{limiter:?}"),
        r#"RateLimiter { name: "github", .. }"#
    );
}
