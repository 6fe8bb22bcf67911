//! `http::StatusCode`.

use ::http::StatusCode;

use super::Transient;
use crate::outcome::{Health, Verdict};

/// Transient are the statuses of a state that passes:
///
/// | status | what it is | its source |
/// |---|---|---|
/// | 408 Request Timeout | the request did not arrive in time; it may be repeated | [RFC 9110, 15.5.9](https://www.rfc-editor.org/rfc/rfc9110#section-15.5.9) |
/// | 425 Too Early | it came in early data of TLS, and was not processed | [RFC 8470, 5.2](https://www.rfc-editor.org/rfc/rfc8470#section-5.2) |
/// | 429 Too Many Requests | the rate is limited | [RFC 6585, 4](https://www.rfc-editor.org/rfc/rfc6585#section-4) |
/// | 500 Internal Server Error | an unexpected condition, one that may pass | [RFC 9110, 15.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-15.6.1) |
/// | 502 Bad Gateway, 504 Gateway Timeout | the server behind did not answer, or not well | [RFC 9110, 15.6.3](https://www.rfc-editor.org/rfc/rfc9110#section-15.6.3), [15.6.5](https://www.rfc-editor.org/rfc/rfc9110#section-15.6.5) |
/// | 503 Service Unavailable | overload or maintenance | [RFC 9110, 15.6.4](https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4) |
///
/// Unsent is 425 alone, which says that the request was not processed. None of the others says so: 429
/// and 503 can come from what stands behind the part of the service that acted.
///
/// Of the service's [health](Transient::health): it has failed with a 5xx, and is well with any other, as Envoy's outlier
/// detection, Linkerd's circuit breaking and Finagle's response classes have it. So it is with 409 Conflict, and with 429:
/// a rate that is limited is that of the caller, whom the hint keeps away.
///
/// The hint of a response is in its headers: [`HttpError`](crate::http::HttpError) keeps it.
#[diagnostic::do_not_recommend]
impl Transient for StatusCode {
    fn verdict(&self) -> Verdict {
        Verdict::retry_if(matches!(
            self.as_u16(),
            408 | 425 | 429 | 500 | 502 | 503 | 504
        ))
    }

    fn unsent(&self) -> bool {
        self.as_u16() == 425
    }

    fn health(&self) -> Health {
        match self.is_server_error() || self.as_u16() >= 600 {
            true => Health::Failed,
            false => Health::Well,
        }
    }
}
