//! Keys of the attribute and of a configuration file.

/// Defines [`Key`] with one row per key: its name, its use in the attribute, its value in a file if it has one, and the
/// template of the sentence that describes it.
macro_rules! keys {
    ($($key:ident $name:literal, $example:literal, $in_file:expr, $sentence:expr;)+) => {
        /// A key of the attribute.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Key {
            $(#[doc = concat!("`", $example, "`")] $key,)+
        }

        impl Key {
            /// Every key.
            pub const ALL: &'static [Key] = &[$(Key::$key,)+];

            /// Returns its name, such as `stop`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Key::$key => $name,)+
                }
            }

            /// Returns a use of it in the attribute: `stop = after_attempt(3)`.
            pub const fn example(self) -> &'static str {
                match self {
                    $(Key::$key => $example,)+
                }
            }

            /// Returns a value of it in a configuration file, or `None` for a key that belongs in the
            /// program.
            pub const fn in_file(self) -> Option<&'static str> {
                match self {
                    $(Key::$key => $in_file,)+
                }
            }

            /// Returns the template of the sentence that describes it, in which `{0}` stands for its value.
            pub const fn sentence(self) -> &'static str {
                match self {
                    $(Key::$key => $sentence,)+
                }
            }
        }
    };
}

keys! {
    Stop "stop", "stop = after_attempt(3)", Some("after_attempt(3)"),
        "Gives up {0}.";
    Wait "wait", "wait = exponential(100ms).max(10s).full_jitter()", Some("exponential(100ms).max(10s).full_jitter()"),
        "Pauses between attempts: {0}.";
    When "when", "when = transient()", Some("transient()"),
        "Retries {0}; what is not retried is final.";
    On "on", "on = Err(Error::Timeout)", None,
        "Takes {0} for failures.";
    Unless "unless", "unless = Err(Error::Unauthorized)", None,
        "Never retries {0}.";
    Case "case", "case(Err(Error::Busy), stop = after_attempt(8), wait = fixed(1s))", None,
        "Retries {0} by a count of its own{1}.";
    Before "before", "before = |state| ..", None,
        "Calls back at {0}.";
    After "after", "after = |state| ..", None, "";
    BeforeSleep "before_sleep", "before_sleep = log_warn()", None, "";
    OnSuccess "on_success", "on_success = |state| ..", None, "";
    OnFailure "on_failure", "on_failure = log_error()", None, "";
    Deadline "deadline", "deadline = 10s", Some("10s"),
        "Ends within a deadline of {0}, pauses included.";
    AttemptTimeout "attempt_timeout", "attempt_timeout = 2s", Some("2s"),
        "Cuts an attempt that takes longer than {0}.";
    Breaker "breaker", "breaker = &PAYMENTS", Some("consecutive(5).open_for(30s)"),
        "Asks the circuit breaker {0} before each attempt, and ends while it is open.";
    RateLimiter "rate_limiter", "rate_limiter = &GITHUB", Some("rate(5000, 1h).burst(50)"),
        "Waits before each attempt for a permit of the rate limiter {0}.";
    Bulkhead "bulkhead", "bulkhead = &REPORTS", Some("places(20).queue(100)"),
        "Holds a place of the bulkhead {0} during each attempt.";
    Budget "budget", "budget = &BUDGET", Some("ratio(0.2, 10s)"),
        "Pays for each retry from {0}, and gives up when that is spent.";
    Hedge "hedge", "hedge = delay(50ms).copies(2)", Some("delay(50ms).copies(2)"),
        "Starts a further copy of an attempt that takes longer than {0}, up to {1} at a time.";
    Nested "nested", "nested = single()", Some("share()"),
        "Inside another retried call, {0}.";
    Interrupt "interrupt", "interrupt = |interrupt| ..", None,
        "Makes the outcome of an attempt that was cut or refused by {0}.";
    Fallback "fallback", "fallback = |give_up| ..", None,
        "When it gives up, returns the result of {0}.";
    ResetAfter "reset_after", "reset_after = 1min", Some("10min"),
        "Starts counts and pauses again after a failed attempt that ran for {0} or longer.";
    Stats "stats", "stats = &STATS", None,
        "Counts attempts and outcomes in {0}.";
    Name "name", "name = \"payments\"", None,
        "Has the name {0} in logs and metrics.";
    Span "span", "span = true", None,
        "Runs in a span of `tracing`.";
    Metrics "metrics", "metrics = true", None,
        "Reports to the crate `metrics`.";
    Policy "policy", "policy = database(3)", None,
        "Follows the policy {0}, but for what is said here.";
    Use "use", "use = net", None, "";
    Enabled "enabled", "enabled = self.retries", Some("true"),
        "Makes a single attempt unless {0} is true.";
    Sleep "sleep", "sleep = my_timer::sleep", None,
        "Sleeps by {0}.";
    Clone "clone", "clone(body)", None,
        "Gives each attempt a clone of {0}.";
    Once "once", "once(id = Uuid::new_v4())", None,
        "Makes {0} once for all attempts.";
    Attempt "attempt", "attempt = at", None,
        "Lets an attempt itself ask for a retry, a pause or the end of the call.";
    Resume "resume", "resume(after = |event| event.id)", None,
        "Opens the stream again where it broke{0}.";
    Endless "endless", "endless = true", None,
        "Takes the end of the stream for a failure.";
    IdleTimeout "idle_timeout", "idle_timeout = 30s", None,
        "Takes {0} without an item for a failure.";
    Progress "progress", "progress = never()", None,
        "Starts counts and pauses again after each item.";
    WrapErr "wrap_err", "wrap_err = true", None,
        "Returns an error as a `RetryError`, with the number of attempts and the reason.";
    Unretried "unretried", "unretried = fetch_once", None,
        "The same function without retries is {0}.";
    RetryWith "retry_with", "retry_with = fetch_with", None,
        "The same function with a policy as its first argument is {0}.";
    Doc "doc", "doc = true", None, "";
    Crate "crate", "crate = my_crate::persevere", None, "";
}

impl Key {
    /// Returns the key of this name.
    pub fn named(name: &str) -> Option<Key> {
        Key::ALL.iter().copied().find(|key| key.name() == name)
    }

    /// Returns whether `#[guard]` has it, whose functions are tried once. It has every key that is not about retries.
    pub const fn in_guard(self) -> bool {
        !matches!(
            self,
            Key::Stop
                | Key::Wait
                | Key::Case
                | Key::BeforeSleep
                | Key::Nested
                | Key::ResetAfter
                | Key::Enabled
                | Key::Resume
                | Key::Endless
                | Key::IdleTimeout
                | Key::Progress
                | Key::WrapErr
                | Key::Unretried
                | Key::RetryWith
        )
    }

    /// Returns the names of all keys.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Key::ALL.iter().map(|key| key.name())
    }

    /// Returns the names of the keys of `#[guard]`.
    pub fn names_in_guard() -> impl Iterator<Item = &'static str> {
        let in_guard = Key::ALL.iter().filter(|key| key.in_guard());
        in_guard.map(|key| key.name())
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;
    use alloc::vec::Vec;

    use super::Key;

    /// The others are about the program, are shown beside another key, or have a sentence in `describe`.
    #[test]
    fn a_key_without_a_sentence_is_known() {
        let silent = Key::ALL.iter().filter(|key| key.sentence().is_empty());
        let silent: Vec<&str> = silent.map(|key| key.name()).collect();
        assert_eq!(
            silent,
            [
                "after",
                "before_sleep",
                "on_success",
                "on_failure",
                "use",
                "doc",
                "crate"
            ]
        );
    }

    #[test]
    fn no_key_stands_twice() {
        let names: BTreeSet<&str> = Key::names().collect();
        assert_eq!(names.len(), Key::ALL.len());
    }

    #[test]
    fn each_key_is_found_by_its_name_and_shown_by_its_example() {
        for &key in Key::ALL {
            assert_eq!(Key::named(key.name()), Some(key));
            let rest = key.example().strip_prefix(key.name()).unwrap();
            assert!(
                rest.starts_with(" = ") || rest.starts_with('('),
                "`{}`",
                key.example()
            );
        }
    }
}
