//! The process-wide switch, in a process of its own. Its single test turns it both ways.

use std::process::Command;

use persevere_core::{RetryPolicy, StopReason, switch, wait};

fn attempts() -> (u32, Option<StopReason>) {
    let report = RetryPolicy::new().wait(wait::none()).report(|| None::<u8>);
    (report.attempts(), report.reason())
}

#[test]
fn it_turns_retries_off_and_on() {
    if let Ok(expected) = std::env::var("EXPECTED") {
        // This test again, in an environment with a value.
        let told = switch::from_env("APP_RETRIES").map_err(|error| error.to_string());
        assert_eq!(format!("{told:?} {}", attempts().0), expected);
        return;
    }
    assert!(switch::is_enabled());
    switch::set_enabled(false);
    assert_eq!(attempts(), (1, Some(StopReason::Attempts)));
    switch::set_enabled(true);
    assert_eq!(attempts(), (3, Some(StopReason::Attempts)));

    let unreadable = "Err(\"`APP_RETRIES` is `maybe`; write `true` or `false`\") 3";
    for (value, expected) in [
        ("false", "Ok(false) 1"),
        ("OFF", "Ok(false) 1"),
        ("0", "Ok(false) 1"),
        (" true ", "Ok(true) 3"),
        ("", "Ok(true) 3"),
        ("maybe", unreadable),
    ] {
        let this = std::env::current_exe().expect("this test");
        let status = Command::new(this)
            .env("APP_RETRIES", value)
            .env("EXPECTED", expected)
            .status();
        assert!(status.expect("runs").success(), "{value}");
    }
}
