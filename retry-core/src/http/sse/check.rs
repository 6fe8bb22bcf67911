//! Responses that are no event stream.

use core::error::Error;
use core::fmt;

use ::http::header::CONTENT_TYPE;
use ::http::{HeaderMap, StatusCode};

use crate::call::outcome::{Health, Verdict};
use crate::http::error::HttpError;
use crate::http::response;
use crate::transient::Transient;

/// The media type of an event stream.
pub(super) const EVENT_STREAM: &str = "text/event-stream";

/// Checks that a response is an event stream: a 200 whose media type is `text/event-stream`.
///
/// # Errors
///
/// [`HttpError::Status`] with any other status. A 4xx and a 5xx are as
/// [`or_http_error`](crate::http::OrHttpError::or_http_error) has them: a 503 is transient, not before its
/// `Retry-After`. Any other is final, among them 204 No Content, by which a server tells its clients not to
/// come back. [`HttpError::Transport`] with a [`NotEventStream`], which is final, if the media type is
/// another one.
///
/// ```
/// # use persevere_core as persevere;
/// use http::{Response, StatusCode};
/// use persevere::{Transient, Verdict, http::sse};
///
/// let response = Response::builder().header("Content-Type", "text/event-stream; charset=utf-8").body(())?;
/// assert!(sse::check(response.status(), response.headers()).is_ok());
///
/// let response = Response::builder().header("Content-Type", "text/html").body(())?;
/// let error = sse::check(response.status(), response.headers()).unwrap_err();
/// assert_eq!(error.to_string(), "the response is `text/html`, not `text/event-stream`");
///
/// let gone = sse::check(StatusCode::NO_CONTENT, response.headers()).unwrap_err();
/// assert_eq!((gone.status(), gone.verdict()), (Some(StatusCode::NO_CONTENT), Verdict::Final));
/// # Ok::<(), http::Error>(())
/// ```
pub fn check(status: StatusCode, headers: &HeaderMap) -> Result<(), HttpError> {
    response::check(status, headers, || None)?;
    if status != StatusCode::OK {
        return Err(HttpError::Status {
            status,
            retry_after: None,
            should_retry: None,
            url: None,
        });
    }
    let content_type = headers
        .get(CONTENT_TYPE)
        .map(|value| String::from_utf8_lossy(value.as_bytes()));
    let essence = content_type
        .as_deref()
        .map(|value| value.split(';').next().unwrap_or_default().trim());
    match essence {
        Some(essence) if essence.eq_ignore_ascii_case(EVENT_STREAM) => Ok(()),
        essence => Err(HttpError::transport(NotEventStream {
            media_type: essence.map(str::to_owned),
        })),
    }
}

/// The error of a response with status 200 whose media type is not `text/event-stream`.
///
/// It often comes from a proxy or a login page before the server.
///
/// ```
/// # use persevere_core as persevere;
/// use http::{HeaderMap, StatusCode};
/// use persevere::http::{HttpError, sse};
///
/// let error = sse::check(StatusCode::OK, &HeaderMap::new()).unwrap_err();
/// let HttpError::Transport { error, .. } = error else { panic!("{error}") };
/// let error: &sse::NotEventStream = error.downcast_ref().unwrap();
/// assert_eq!(error.media_type(), None);
/// assert_eq!(error.to_string(), "the response has no media type; it must be `text/event-stream`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotEventStream {
    media_type: Option<String>,
}

impl NotEventStream {
    /// Returns the media type of the response, without parameters.
    pub fn media_type(&self) -> Option<&str> {
        self.media_type.as_deref()
    }
}

impl fmt::Display for NotEventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.media_type {
            Some(media_type) => write!(f, "the response is `{media_type}`, not `{EVENT_STREAM}`"),
            None => write!(
                f,
                "the response has no media type; it must be `{EVENT_STREAM}`"
            ),
        }
    }
}

impl Error for NotEventStream {}

/// # `http::sse::NotEventStream`
///
/// It is final, as in browsers. The health of the service is unknown, since another server may have answered.
#[diagnostic::do_not_recommend]
impl Transient for NotEventStream {
    fn verdict(&self) -> Verdict {
        Verdict::Final
    }

    fn health(&self) -> Health {
        Health::Unknown
    }
}
