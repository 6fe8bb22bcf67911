//! `SdkError` of `aws-smithy-runtime-api`: the error of every call of an AWS SDK.

use core::error::Error;

use ::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{DispatchFailure, SdkError, ServiceError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::ErrorKind;

use super::connect;
use super::downcast::as_transient;
use crate::call::outcome::{Health, Verdict};
use crate::http::verdict_in;
use crate::transient::Transient;
use crate::transient::causes::chain;

/// # `SdkError` of AWS
///
/// Requests that got no response are transient, but not a refused certificate, and not those that cannot be
/// built: without credentials, a region or an endpoint. A provider of credentials that runs out of time, or
/// that cannot reach its own service, is transient too. A response is judged by the service's code first:
/// throttling of every name, and requests that took too long, are transient whatever their status is. Otherwise
/// its [status](crate::http::verdict_in) decides. The hint is `x-amz-retry-after`, or `Retry-After`, which the
/// SDK does not read.
///
/// Nothing is unsent. **The SDK makes three attempts by itself**, and its error is that of the last one: what
/// is refused now may have been processed before. So three attempts of a policy become nine, until the SDK's
/// bucket of retries, which all clients of the process share, is empty. Leave the attempts to one of both:
/// `.retry_config(RetryConfig::disabled())` on the loader of `aws_config` leaves them to the policy.
///
/// The service has [failed](Transient::health) without a response, and with a status of 5xx. It is well if it
/// throttles or refuses. Its health is unknown where the request cannot be built, or has no credentials.
#[diagnostic::do_not_recommend]
impl<E: ProvideErrorMetadata> Transient for SdkError<E, HttpResponse> {
    fn verdict(&self) -> Verdict {
        match self {
            SdkError::DispatchFailure(failure) => dispatched(failure),
            SdkError::ServiceError(error) => answered(error),
            SdkError::TimeoutError(_) | SdkError::ResponseError(_) => Verdict::Retry,
            _ => Verdict::Final,
        }
    }

    fn health(&self) -> Health {
        match self {
            SdkError::DispatchFailure(failure) if failure.is_user() => Health::Unknown,
            SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
                Some(error) if is_unnamed(failure) => unnamed_health(error),
                Some(error) => connect::health(error),
                None => Health::Failed,
            },
            SdkError::ServiceError(error) if is_throttled(error.err()) => Health::Well,
            SdkError::ServiceError(error) => status(error).health(),
            SdkError::TimeoutError(_) | SdkError::ResponseError(_) => Health::Failed,
            _ => Health::Unknown,
        }
    }
}

/// Returns the verdict on a request that got no response.
fn dispatched(failure: &DispatchFailure) -> Verdict {
    match failure.as_connector_error() {
        _ if failure.is_user() => Verdict::Final,
        _ if failure.is_timeout() => Verdict::Retry,
        Some(error) if is_unnamed(failure) => unnamed_verdict(error),
        Some(error) if failure.is_io() => connect::verdict(error),
        _ => Verdict::retry_if(failure.as_other() != Some(ErrorKind::ClientError)),
    }
}

/// Returns whether the SDK has no kind for a failure: something of its own went wrong before it connected, or
/// its client of HTTP met what it does not know.
fn is_unnamed(failure: &DispatchFailure) -> bool {
    failure.is_other() && failure.as_other().is_none()
}

fn unnamed_verdict(error: &(dyn Error + 'static)) -> Verdict {
    match chain(error).find_map(as_transient) {
        Some(inner) => inner.verdict(),
        None => Verdict::retry_if(chain(error).any(is_late_provider)),
    }
}

fn unnamed_health(error: &(dyn Error + 'static)) -> Health {
    match chain(error).find_map(as_transient) {
        Some(inner) if !chain(error).any(is_provider) => inner.health(),
        _ => Health::Unknown,
    }
}

/// Returns whether the error is one of a provider of credentials or tokens, by its text: aws-credential-types
/// 1.3, `provider/error.rs`.
fn is_provider(cause: &(dyn Error + 'static)) -> bool {
    let text = cause.to_string();
    ["credential", "access token"]
        .iter()
        .any(|words| text.contains(words))
}

/// Returns whether a provider of credentials ran out of time: as above, and aws-smithy-runtime 1.16,
/// `identity/cache/lazy.rs`.
fn is_late_provider(cause: &(dyn Error + 'static)) -> bool {
    cause.to_string().contains(" timed out after ")
}

/// Returns the verdict on an error that the service answered.
fn answered<E: ProvideErrorMetadata>(error: &ServiceError<E, HttpResponse>) -> Verdict {
    let status = match error.err() {
        error if is_throttled(error) => StatusCode::TOO_MANY_REQUESTS,
        error if is_late(error) => StatusCode::REQUEST_TIMEOUT,
        _ => status(error),
    };
    verdict_in(&headers(error.raw()), status)
}

fn status<E>(error: &ServiceError<E, HttpResponse>) -> StatusCode {
    // Every status of a response is one.
    StatusCode::from_u16(error.raw().status().as_u16()).unwrap_or_default()
}

/// Converts the headers of a response, but for those that are none of HTTP's.
fn headers(response: &HttpResponse) -> HeaderMap {
    let header = |(name, value): (&str, &str)| {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_str(value).ok()?))
    };
    response.headers().iter().filter_map(header).collect()
}

/// Returns whether the service's code is one of throttling.
///
/// The codes are those of `THROTTLING_ERRORS` in `aws-runtime` 1.5, `retries/classifiers.rs`. Services give them
/// with 400 as well as with 429 and 503.
fn is_throttled(error: &impl ProvideErrorMetadata) -> bool {
    const CODES: [&str; 14] = [
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottledException",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "RequestThrottled",
        "SlowDown",
        "PriorRequestNotComplete",
        "EC2ThrottledException",
    ];
    error.code().is_some_and(|code| CODES.contains(&code))
}

/// Returns whether the request took too long to arrive: `TRANSIENT_ERRORS` there.
fn is_late(error: &impl ProvideErrorMetadata) -> bool {
    let code = error.code();
    code.is_some_and(|code| ["RequestTimeout", "RequestTimeoutException"].contains(&code))
}
