//! Retry hints and time limits of HTTP and gRPC.
//!
//! [`HttpError`] is the error of an attempt over HTTP, and [`or_http_error`](OrHttpError) makes it from a
//! response. [`idempotency_key`] allows a `POST` to be repeated.
//!
//! [`verdict_in`] reads all hints in the headers of a response. Each of the other functions reads the value
//! of one header, as text or as bytes: a `HeaderValue` or a gRPC `MetadataValue` can be passed as it is.
//! [`retry_info`] reads the details of a gRPC status. No function trusts its input, and none panics on any
//! value.
//!
//! `sse`, with the feature `stream`, reads server-sent events.

mod date;
mod error;
mod grpc_timeout;
mod idempotency_key;
mod protobuf;
mod pushback;
mod rate_limit;
mod response;
mod retry_after;
mod retry_headers;
mod retry_info;
#[cfg(feature = "stream")]
pub mod sse;
mod status;
mod structured_fields;

pub use error::HttpError;
pub use grpc_timeout::grpc_timeout;
#[cfg(feature = "tower")]
pub(crate) use grpc_timeout::grpc_timeout_of;
pub use idempotency_key::{IdempotencyKey, idempotency_key};
pub use pushback::pushback;
pub use rate_limit::quota_in;
pub use response::OrHttpError;
#[cfg(feature = "reqwest")]
pub(crate) use response::{check, responses};
#[cfg(feature = "axum")]
pub(crate) use retry_after::number as decimal_seconds;
pub use retry_after::{retry_after, retry_after_in};
pub(crate) use retry_headers::is_error;
pub use retry_headers::verdict_in;
pub use retry_info::retry_info;
