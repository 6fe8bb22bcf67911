//! The type of an error, from that of an outcome.

/// Returns the error's type of a `Result`, in rustc's spelling; nothing of another type, which has none.
pub(super) fn error_type(outcome: &'static str) -> Option<&'static str> {
    let arguments = outcome
        .strip_prefix("core::result::Result<")?
        .strip_suffix('>')?;
    let mut depth = 0_u32;
    let mut bytes = arguments.bytes().enumerate();
    let comma = bytes.find(|(at, byte)| {
        match byte {
            b'<' | b'(' | b'[' => depth += 1,
            // The arrow of a function's type closes nothing.
            b'>' if arguments[..*at].ends_with('-') => {}
            b'>' | b')' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        *byte == b',' && depth == 0
    });
    comma.map(|(at, _)| arguments[at + 1..].trim_start())
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use core::any::type_name;

    use super::error_type;

    #[test]
    fn it_is_the_last_argument_of_a_result() {
        type Nested = Result<(Result<u8, fn(u8) -> u16>, [u8; 2]), Option<Result<u8, u32>>>;
        assert_eq!(
            error_type(type_name::<Result<(), std::io::Error>>()),
            Some("std::io::error::Error")
        );
        let nested = "core::option::Option<core::result::Result<u8, u32>>";
        assert_eq!(error_type(type_name::<Nested>()), Some(nested));
        assert_eq!(error_type(type_name::<Option<u8>>()), None);
        assert_eq!(error_type("core::result::Result<"), None);
    }
}
