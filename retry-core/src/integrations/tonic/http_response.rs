//! Responses that are HTTP but not gRPC, such as a proxy's error page, as far as tonic keeps them in a
//! status.

use ::http::header::CONTENT_TYPE;
use ::http::{HeaderMap, StatusCode};
use tonic::{Code, Status};

use crate::call::outcome::{Health, Verdict};
use crate::http::verdict_in;
use crate::transient::Transient;

/// A response that is not gRPC: its status, and its headers, which are empty for a stream of answers.
pub(super) struct HttpResponse<'a> {
    status: StatusCode,
    headers: &'a HeaderMap,
}

impl<'a> HttpResponse<'a> {
    /// Returns the page that a status was made from, if it was made from one.
    ///
    /// The metadata of such a status is the headers of the response. A status sent by a gRPC server has
    /// gRPC's content type among them, whatever its text is.
    pub(super) fn of(status: &'a Status) -> Option<Self> {
        let headers: &HeaderMap = status.metadata().as_ref();
        if headers.get(CONTENT_TYPE).is_some_and(is_grpc) {
            return None;
        }
        let status = status_in(status.code(), status.message())?;
        Some(HttpResponse { status, headers })
    }

    pub(super) fn verdict(&self) -> Verdict {
        verdict_in(self.headers, self.status)
    }

    /// Returns the health by the HTTP status. If that is not an error, the service has not answered, and has
    /// failed.
    pub(super) fn health(&self) -> Health {
        match self.status.as_u16() {
            400.. => self.status.health(),
            _ => Health::Failed,
        }
    }
}

/// Returns whether a content type is one of gRPC's: `application/grpc`, `application/grpc+proto` and the
/// like.
pub(crate) fn is_grpc(content_type: impl AsRef<[u8]>) -> bool {
    let grpc = b"application/grpc";
    let start = content_type.as_ref().get(..grpc.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(grpc))
}

/// Returns the code of a response that is not gRPC, by gRPC's
/// [mapping](https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md).
pub(crate) fn code(status: StatusCode) -> Code {
    match status.as_u16() {
        400 => Code::Internal,
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        404 => Code::Unimplemented,
        429 | 502 | 503 | 504 => Code::Unavailable,
        _ => Code::Unknown,
    }
}

/// Returns the HTTP status of the response, by the code and text of tonic 0.14.0 to 0.14.9 for a response
/// without a `grpc-status`.
///
/// Nothing else carries it. A page that is read as messages (`src/codec/decode.rs`) is `INTERNAL`. An empty
/// one (`src/status.rs`) has the code of the mapping. With any other code the text is a server's own.
///
/// ```text
/// protocol error: received message with invalid compression flag: 60 (..) while receiving response with status: 503 ..
/// Error decompressing: .., while receiving response with status: 503 Service Unavailable
/// grpc-status header missing, mapped from HTTP status code 503
/// ```
fn status_in(made: Code, text: &str) -> Option<StatusCode> {
    let number = |text: &str| StatusCode::from_bytes(text.get(..3)?.as_bytes()).ok();
    if let Some((_, status)) = text.split_once(" while receiving response with status: ") {
        return number(status).filter(|_| made == Code::Internal);
    }
    let status = text.strip_prefix("grpc-status header missing, mapped from HTTP status code ")?;
    number(status).filter(|status| code(*status) == made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types_of_grpc() {
        for (value, expected) in [
            ("application/grpc", true),
            ("application/grpc+proto", true),
            ("Application/GRPC;charset=utf-8", true),
            ("text/html", false),
            ("application/json", false),
            ("application/grp", false),
            ("", false),
        ] {
            assert_eq!(is_grpc(value), expected, "{value}");
        }
    }

    #[test]
    fn the_status_in_a_text() {
        for (text, status) in [
            (
                "x while receiving response with status: 503 Service Unavailable",
                Some(503),
            ),
            (
                "Error decompressing: x, while receiving response with status: 599 <unknown status code>",
                Some(599),
            ),
            (
                "grpc-status header missing, mapped from HTTP status code 502",
                Some(502),
            ),
            ("x while receiving response with status: ", None),
            ("x while receiving response with status: 5", None),
            ("x while receiving response with status: abc", None),
            ("x while receiving response with status: 50é", None),
            ("503 Service Unavailable", None),
        ] {
            let made = if text.starts_with("grpc-status") {
                Code::Unavailable
            } else {
                Code::Internal
            };
            let found = status_in(made, text).map(|status| status.as_u16());
            assert_eq!(found, status, "{text}");
        }
    }
}
