//! Tokens as a user would write them.

use crate::diagnostics::text;

#[test]
fn text_is_as_written() {
    for written in [
        "after_attempt(3) | after_delay(30s)",
        "exponential(100ms).max(10s).full_jitter()",
        "err_is::<io::Error>()",
        "<u64 as Into<u128>>::into(7) < 3",
        "impl Future<Output = Result<(), Vec<u8>>> + Send",
        "[u8; 4]",
        "(u16, Option<&'a str>)",
        "attempts < 3",
        "cause_is::<Vec<u8>>() & !unsent()",
        "Err(ApiError::Timeout | ApiError::Status(500..=599)) | Ok(None)",
        "fixed(*after) + random(0s..1s)",
        "schedule([1s, 5s, 30s])",
        "cancelled(&SHUTDOWN)",
        "chain((fixed(1s), self.wait()))",
        "-3",
        "_",
        "wait = 1.5s, clone(body)",
        "Some(x) if x > 3",
        "|state| println!(\"{}\", state.attempt())",
    ] {
        let tokens: proc_macro2::TokenStream = written.parse().expect("tokens");
        assert_eq!(text(tokens), written);
    }
}
