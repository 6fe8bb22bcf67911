//! `http::StatusCode`.

use ::http::StatusCode;

use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;

/// # `http::StatusCode`
///
/// These statuses, of a state that passes, are transient:
///
/// | status | what it is | its source |
/// |---|---|---|
/// | 408 Request Timeout | the request did not arrive in time; it may be repeated | [RFC 9110, 15.5.9](https://www.rfc-editor.org/rfc/rfc9110#section-15.5.9) |
/// | 425 Too Early | it came in early data of TLS, and was not processed | [RFC 8470, 5.2](https://www.rfc-editor.org/rfc/rfc8470#section-5.2) |
/// | 429 Too Many Requests | the rate is limited | [RFC 6585, 4](https://www.rfc-editor.org/rfc/rfc6585#section-4) |
/// | 500 Internal Server Error | an unexpected condition, one that may pass | [RFC 9110, 15.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-15.6.1) |
/// | 502 Bad Gateway, 504 Gateway Timeout | the server behind did not answer, or not well | [RFC 9110, 15.6.3](https://www.rfc-editor.org/rfc/rfc9110#section-15.6.3), [15.6.5](https://www.rfc-editor.org/rfc/rfc9110#section-15.6.5) |
/// | 503 Service Unavailable | overload or maintenance | [RFC 9110, 15.6.4](https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4) |
/// | any other 5xx, such as 509, 520 to 524, 529, 530 | a status that is not known is to be taken as 500 | [RFC 9110, 15](https://www.rfc-editor.org/rfc/rfc9110#section-15) |
///
/// All others are final, among them these 5xx:
///
/// | status | why it does not pass | its source |
/// |---|---|---|
/// | 501 Not Implemented, 505 HTTP Version Not Supported | the server cannot do what the request needs | [RFC 9110, 15.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-15.6.2), [15.6.6](https://www.rfc-editor.org/rfc/rfc9110#section-15.6.6) |
/// | 506 Variant Also Negotiates | the server is configured wrongly | [RFC 2295, 8.1](https://www.rfc-editor.org/rfc/rfc2295#section-8.1) |
/// | 507 Insufficient Storage | it is temporary, but must not be repeated unasked | [RFC 4918, 11.5](https://www.rfc-editor.org/rfc/rfc4918#section-11.5) |
/// | 508 Loop Detected | the resource contains itself | [RFC 5842, 7.2](https://www.rfc-editor.org/rfc/rfc5842#section-7.2) |
/// | 510 Not Extended | the request lacks an extension | [RFC 2774, 7](https://www.rfc-editor.org/rfc/rfc2774#section-7) |
/// | 511 Network Authentication Required | the network requires a login | [RFC 6585, 6](https://www.rfc-editor.org/rfc/rfc6585#section-6) |
/// | 525, 526 | the certificate of the server behind is refused | [Cloudflare](https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/) |
///
/// A code from 600 on, which HTTP does not have, is final.
///
/// No status is unsent. [Without redirects](Transient::unsent_without_redirects) only 425 is, which states
/// that the request was not processed. A server that redirected the client may have processed it before. No
/// other status states it: 429 and 503 can come from a server behind the part of the service that acted.
///
/// The service's [health](Transient::health) is "failed" with a 5xx or a higher code, and "well" with any
/// other, as in Envoy's outlier detection, Linkerd's circuit breaking and Finagle's response classes. That
/// includes 409 Conflict and 429: a rate limit concerns the caller, whom the hint keeps away.
///
/// The hint of a response is in its headers: [`verdict_in`](crate::http::verdict_in) reads them, and
/// [`HttpError`](crate::http::HttpError) keeps it. A hint makes some of the final statuses transient.
#[diagnostic::do_not_recommend]
impl Transient for StatusCode {
    fn verdict(&self) -> Verdict {
        Verdict::retry_if(classify(*self) == StatusClass::Transient)
    }

    fn unsent_without_redirects(&self) -> bool {
        self.as_u16() == 425
    }

    fn health(&self) -> Health {
        if self.is_server_error() || self.as_u16() >= 600 {
            Health::Failed
        } else {
            Health::Well
        }
    }
}

/// The prospects of repeating a request after a response with this status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatusClass {
    /// Another attempt can help.
    Transient,
    /// Another attempt can help if the server requests it, including by the renewal of a quota.
    IfRateLimited,
    /// Another attempt can help if the server requests it. The cause of the status is not a quota.
    IfAsked,
    /// Another attempt gets the same response.
    Final,
}

pub(crate) fn classify(status: StatusCode) -> StatusClass {
    match status.as_u16() {
        408 | 425 | 429 => StatusClass::Transient,
        // GitHub uses it for rate limits.
        403 => StatusClass::IfRateLimited,
        // RFC 9110, 15.5.10 and 15.5.14; RFC 4918, 11.3 and 11.5; a certificate may be replaced.
        409 | 413 | 423 | 507 | 525 | 526 => StatusClass::IfAsked,
        501 | 505 | 506 | 508 | 510 | 511 => StatusClass::Final,
        500..600 => StatusClass::Transient,
        // An unregistered status, such as 420 and 430, may mean anything.
        400..500 if status.canonical_reason().is_none() => StatusClass::IfRateLimited,
        _ => StatusClass::Final,
    }
}
