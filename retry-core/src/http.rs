//! What servers say about coming back, and callers about their time, in the words of HTTP and of gRPC.
//!
//! Each function reads the value of one header, as text or as bytes: a `HeaderValue` or a gRPC
//! `MetadataValue` can be given as it is. None trusts it: there is no value that they panic at.

mod date;
mod grpc_timeout;
mod pushback;
mod retry_after;

pub use grpc_timeout::grpc_timeout;
pub use pushback::pushback;
pub use retry_after::retry_after;
