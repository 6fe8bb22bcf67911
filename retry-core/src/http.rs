//! What servers say about coming back, in the words of HTTP and of gRPC.
//!
//! Both functions read the value of one header, as text or as bytes: a `HeaderValue` or a gRPC
//! `MetadataValue` can be given as it is. Neither trusts it: there is no value that they panic at.

mod date;
mod pushback;
mod retry_after;

pub use pushback::pushback;
pub use retry_after::retry_after;
