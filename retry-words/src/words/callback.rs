//! Words of callbacks.

use crate::key::Key;
use crate::vocabulary::Vocabulary;
use crate::word::Word;

/// Callbacks that write a line.
pub static CALLBACK: Vocabulary = Vocabulary {
    key: Key::BeforeSleep,
    noun: "a callback",
    plural: "callbacks",
    example: "log_warn()",
    combined: "",
    words: &[
        Word::new("log_error", &[], "log_error()").in_program(),
        Word::new("log_warn", &[], "log_warn()")
            .peers(&["before_log", "after_log", "before_sleep_log", "log_warning"])
            .in_program(),
        Word::new("log_info", &[], "log_info()").in_program(),
        Word::new("log_debug", &[], "log_debug()").in_program(),
        Word::new("log_trace", &[], "log_trace()").in_program(),
    ],
    phrases: &[],
};
