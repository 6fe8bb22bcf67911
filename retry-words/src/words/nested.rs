//! Words of `nested`.

use crate::key::Key;
use crate::vocabulary::Vocabulary;
use crate::word::Word;

/// Nestings: the behaviour of a call inside another.
pub static NESTED: Vocabulary = Vocabulary {
    key: Key::Nested,
    noun: "a nesting",
    plural: "nestings",
    example: "single()",
    combined: "",
    words: &[
        Word::new("independent", &[], "independent()").says("retries all the same"),
        Word::new("share", &[], "share()")
            .says("keeps to the deadline and the budget of that call"),
        Word::new("single", &[], "single()").says("makes a single attempt"),
    ],
    phrases: &[],
};
