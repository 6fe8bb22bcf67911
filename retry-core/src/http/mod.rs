//! Requests of servers to come back, and the time that callers have, in the words of HTTP and of gRPC.
//!
//! [`HttpError`] is what an attempt over HTTP fails with, and [`or_http_error`](OrHttpError) makes it of a
//! response; [`idempotency_key`] is what lets a `POST` be repeated.
//!
//! [`verdict_in`] reads whatever the headers of a response ask for. Each of the other functions reads the value of one
//! header, as text or as bytes: a `HeaderValue` or a gRPC `MetadataValue` can be given as it is; [`retry_info`] the details
//! of a gRPC status. None trusts it: there is no value that they panic at.

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
mod status;
mod structured_fields;

pub use error::HttpError;
pub use grpc_timeout::grpc_timeout;
#[cfg(feature = "tower")]
pub(crate) use grpc_timeout::grpc_timeout_of;
pub use idempotency_key::{IdempotencyKey, idempotency_key};
pub use pushback::pushback;
pub use response::OrHttpError;
#[cfg(feature = "reqwest")]
pub(crate) use response::{check, responses};
pub use retry_after::{retry_after, retry_after_in};
pub(crate) use retry_headers::is_error;
pub use retry_headers::verdict_in;
pub use retry_info::retry_info;
