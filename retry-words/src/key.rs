//! Keys of the attribute and of a configuration file.

/// Defines [`Key`] with one row per key: its name, its use in the attribute, and its value in a file if it has one.
macro_rules! keys {
    ($($key:ident $name:literal, $example:literal, $in_file:expr;)+) => {
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
        }
    };
}

keys! {
    Stop "stop", "stop = after_attempt(3)", Some("after_attempt(3)");
    Wait "wait", "wait = exponential(100ms).max(10s).full_jitter()", Some("exponential(100ms).max(10s).full_jitter()");
    When "when", "when = transient()", None;
    On "on", "on = Err(Error::Timeout)", None;
    Unless "unless", "unless = Err(Error::Unauthorized)", None;
    Case "case", "case(Err(Error::Busy), stop = after_attempt(8), wait = fixed(1s))", None;
    Before "before", "before = |state| ..", None;
    After "after", "after = |state| ..", None;
    BeforeSleep "before_sleep", "before_sleep = log_warn()", None;
    OnSuccess "on_success", "on_success = |state| ..", None;
    OnFailure "on_failure", "on_failure = log_error()", None;
    Deadline "deadline", "deadline = 10s", Some("10s");
    AttemptTimeout "attempt_timeout", "attempt_timeout = 2s", Some("2s");
    Breaker "breaker", "breaker = &PAYMENTS", Some("consecutive(5).open_for(30s)");
    RateLimiter "rate_limiter", "rate_limiter = &GITHUB", Some("rate(5000, 1h).burst(50)");
    Bulkhead "bulkhead", "bulkhead = &REPORTS", Some("places(20).queue(100)");
    Budget "budget", "budget = &BUDGET", Some("ratio(0.2, 10s)");
    Hedge "hedge", "hedge = delay(50ms).copies(2)", None;
    Nested "nested", "nested = single()", Some("share()");
    Interrupt "interrupt", "interrupt = |interrupt| ..", None;
    Fallback "fallback", "fallback = |give_up| ..", None;
    ResetAfter "reset_after", "reset_after = 1min", Some("10min");
    Stats "stats", "stats = &STATS", None;
    Name "name", "name = \"payments\"", None;
    Span "span", "span = true", None;
    Metrics "metrics", "metrics = true", None;
    Policy "policy", "policy = database(3)", None;
    Use "use", "use = net", None;
    Enabled "enabled", "enabled = self.retries", Some("true");
    Sleep "sleep", "sleep = my_timer::sleep", None;
    Clone "clone", "clone(body)", None;
    Once "once", "once(id = Uuid::new_v4())", None;
    Attempt "attempt", "attempt = at", None;
    Resume "resume", "resume(after = |event| event.id)", None;
    Endless "endless", "endless = true", None;
    IdleTimeout "idle_timeout", "idle_timeout = 30s", None;
    Progress "progress", "progress = never()", None;
    WrapErr "wrap_err", "wrap_err = true", None;
    Unretried "unretried", "unretried = fetch_once", None;
    RetryWith "retry_with", "retry_with = fetch_with", None;
    Crate "crate", "crate = my_crate::persevere", None;
}

impl Key {
    /// Returns the key of this name.
    pub fn named(name: &str) -> Option<Key> {
        Key::ALL.iter().copied().find(|key| key.name() == name)
    }

    /// Returns the key of this name, if a configuration file can have it.
    pub fn in_a_file(name: &str) -> Option<Key> {
        Key::named(name).filter(|key| key.in_file().is_some())
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

    /// Returns the names of the keys that a configuration file can have.
    pub fn names_in_file() -> impl Iterator<Item = &'static str> {
        let in_file = Key::ALL.iter().filter(|key| key.in_file().is_some());
        in_file.map(|key| key.name())
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use super::Key;

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
