//! The refusal to repeat a request, made by tower layers and contained in errors of clients.

use core::error::Error;
use core::fmt;

/// The error of a request that cannot be sent a second time, and so was not sent at all.
///
/// Its body is a stream, for example. A service with this refusal has errors that can be made from it:
/// `Box<dyn Error + Send + Sync>`, which is tower's `BoxError`, `io::Error` (of the kind `InvalidInput`),
/// `HttpError`, or one of your own.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::tower::NotReplayable;
///
/// let error: Box<dyn std::error::Error + Send + Sync> = NotReplayable.into();
/// assert!(error.is::<NotReplayable>());
/// assert!(error.to_string().starts_with("the request cannot be repeated"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotReplayable;

/// The text is one line, with the fix.
impl fmt::Display for NotReplayable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the request cannot be repeated, and was not sent: keep its body in memory, or send it past the retries",
        )
    }
}

impl Error for NotReplayable {}

impl From<NotReplayable> for std::io::Error {
    fn from(refused: NotReplayable) -> Self {
        std::io::Error::new(std::io::ErrorKind::InvalidInput, refused)
    }
}
